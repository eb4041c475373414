//! The real program on the wire: real clients and relays on ports of this computer, signals, kills.
//! Nothing here waits for a time: a state is looked for, often, until it is there.

mod certificate;
mod client;
mod commands;
mod crash;
mod dovecot;
mod first_minutes;
mod gateway;
mod hostile;
mod init;
mod imap;
mod machine;
mod mails;
mod operator;
mod postfix;
mod programs;
mod relay;
mod reply;
mod servers;
mod signals;
mod site;
mod store;

use std::thread;
use std::time::Duration;

/// How often a state is looked for, and how long after each look: half a minute at least.
const LOOKS: usize = 6_000;
const PAUSE: Duration = Duration::from_millis(5);

/// What `look` finds, as soon as it finds something; fails the test in the words of `what` when it never does.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..LOOKS {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(PAUSE);
    }
    panic!("waited in vain for {what}");
}

/// Returns once `holds` does.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_for(what, || holds().then_some(()));
}
