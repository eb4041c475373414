//! What a storm of alerts costs: 10,000 within a pretended minute, of one key up to 5,000, of a service and of none, from the
//! mail to what is kept.
//!
//! `cargo bench --bench storm`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement that can't go on stops, it reads clocks, and what it finds is printed"
)]

use std::path::Path;
use std::time::Instant;

use firebell::rehearsal::Rehearsal;

const ALERTS: u32 = 10_000;
/// A rule under which every key would be an incident of its own.
const NO_SERVICE: &str = "---\n[[rule]]\nname = \"anything\"\nwhen = { alert.state = \"firing\" }\n\
    then = { action = \"open\", severity = \"sev2\" }\n---\n\n";

fn main() {
    for (head, what) in [("", "of a service"), (NO_SERVICE, "of no service")] {
        for hosts in [1, 500, 5000] {
            let text = format!(
                "A storm.\n\n{head}Mon 01:00 ! storm {ALERTS} CRITICAL service-a from {hosts} hosts\nMon 01:15 .\n"
            );
            let start = Instant::now();
            let played = Rehearsal::new(&text, None).unwrap().play(Path::new("."), None).unwrap();
            let seconds = start.elapsed().as_secs_f64();
            let mails = played.text.lines().filter(|line| line.contains(" > ")).count();
            println!("{hosts:4} keys {what}: {:6.0} alerts/s {mails:4} mails", f64::from(ALERTS) / seconds);
        }
    }
}
