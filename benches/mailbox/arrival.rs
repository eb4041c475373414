//! How long it takes from an alert in the mailbox to the first notice at the relay, and how much memory that takes.
//!
//! Half a second of it is Dovecot's: so long it gathers what is new before it tells those who wait (`NOTIFY_DELAY_MSECS`
//! in its source).

use std::thread;
use std::time::{Duration, Instant};

use firebell::io::clock::Clock;

use super::process::{self, Running};
use super::random::Random;
use super::wire::dovecot::Dovecot;
use super::wire::relay::Relay;
use super::wire::{mails, until};

/// How many alerts are measured.
const TRIES: usize = 50;
/// How often the relay is looked at while one is on its way.
const LOOK: Duration = Duration::from_micros(200);
/// After how long that is given up.
const PATIENCE: Duration = Duration::from_secs(60);
const USER: &str = "incidents";

/// Appends alerts to a mailbox that firebell watches by IDLE, and prints how long each took to become a page.
pub fn measure() {
    let (dovecot, relay) = (Dovecot::start(), Relay::start());
    let site = process::site(&format!(
        "relay.smtp = \"smtp://127.0.0.1:{}\"\n\n[mailbox]\nimap = \"imaps://{USER}@localhost:{}/INBOX\"\n\
         password_file = \"imap.password\"\nca_file = \"{}\"",
        relay.port,
        dovecot.imaps,
        dovecot.ca_file().display()
    ));
    let child = process::firebell(site.path(), &["run"]).stdout(std::process::Stdio::null()).spawn().unwrap();
    let running = Running(child);
    warm_up(&dovecot, &relay);
    let mut random = Random(2);
    let mut session = dovecot.log_in(USER);
    let mut times: Vec<Duration> = (0..TRIES)
        .map(|number| {
            // An alert comes when it likes.
            thread::sleep(Duration::from_millis(random.below(300)));
            let service = format!("try-{number}");
            let alert = mails::with_crlf(&alert(&service));
            let begin = Instant::now();
            session.append("INBOX", &alert);
            while !relay.taken().iter().any(|mail| is_about(&mail.bytes, &service)) {
                assert!(begin.elapsed() < PATIENCE, "no page about {service}");
                thread::sleep(LOOK);
            }
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "arrival: {TRIES} alerts, from APPEND to the first notice at the relay: median {:.0} ms, worst {:.0} ms, best {:.0} ms",
        milliseconds(times[TRIES / 2]),
        milliseconds(times[TRIES - 1]),
        milliseconds(times[0])
    );
    println!("run: {:.0} MB resident after that", process::memory(running.0.id(), "VmRSS").unwrap());
}

/// Appends alerts until there is a page: then firebell watches the mailbox.
fn warm_up(dovecot: &Dovecot, relay: &Relay) {
    let mut number = 0;
    until("firebell to watch the mailbox", || {
        // One in a second is enough.
        if number % 200 == 0 {
            dovecot.append(USER, "INBOX", &alert(&format!("warm-up-{number}")));
        }
        number += 1;
        !relay.taken().is_empty()
    });
}

/// A Nagios mail of this moment.
fn alert(service: &str) -> Vec<u8> {
    let mut mail = format!(
        "Date: {}\n",
        jiff::fmt::rfc2822::to_string(&Clock::World.now().to_zoned(jiff::tz::TimeZone::UTC)).unwrap()
    )
    .into_bytes();
    mail.extend(mails::alert(service));
    mail
}

fn is_about(mail: &[u8], service: &str) -> bool {
    let subject = mails::header(mail, "Subject");
    // `try-1` is no `try-10`.
    subject.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == service)
}
