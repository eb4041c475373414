//! Owns the site and the night on which commands are tested.
//! Never part of the program.

use jiff::{SignedDuration, Timestamp};

use crate::book::Book;
use crate::config::{self, Files};
use crate::gateway::{Arrival, Change, Input};
use crate::io::store::{self, Store};
use crate::message;
use crate::token::Keys;

/// The site as it is written.
pub(super) const SITE: &str = r#"
[gateway]
address = "incidents@example.com"
name = "Operations"
time_zone = "Asia/Tokyo"
operator = "infra"

[security]
monitors = ["@mon.example.com"]

[[person]]
id = "kato"
name = "Kato Ren"
addresses = ["kato@example.com"]

[[person]]
id = "sato"
addresses = ["sato@client-a.example.jp"]

[[party]]
id = "infra"
people = ["kato"]

[[party]]
id = "client-a"
external = true
people = ["sato"]
owner = "infra"
tell = "at once"

[[service]]
id = "service-a"
public_name = "Service A"
responders = ["infra"]
clients = ["client-a"]
"#;

const RULES: &str = r#"
[[rule]]
name = "service-a"
when = { alert.service = "^svc-a", alert.state = "firing" }
then = { action = "open", service = "service-a", severity = "sev1", title = "{host} {service}" }

[[rule]]
name = "offers"
when = { subject = "offers" }
then = { action = "ignore" }

[[rule]]
name = "house"
when = { internal = true, automatic = false }
then = { action = "open", severity = "sev3" }
"#;

/// The site's book.
pub(super) fn book() -> Book {
    let main = ("firebell.toml".to_owned(), SITE.to_owned());
    let rules = vec![("rules/site.toml".to_owned(), RULES.to_owned())];
    config::read(&Files { main, rules, ..Files::default() }, Keys::for_rehearsal()).unwrap().book
}

/// So many minutes after one o'clock at night.
pub(super) fn at(minutes: i64) -> Timestamp {
    "2026-11-21T16:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

/// A mail of the monitor: `PROBLEM` and `CRITICAL`, or `RECOVERY` and `OK`.
pub(super) fn alert(id: &str, kind: &str, state: &str) -> String {
    mail(
        id,
        "nagios@mon.example.com",
        &format!("** {kind} Service Alert: web01/svc-a is {state} **"),
        &format!("Notification Type: {kind}\r\nService: svc-a\r\nHost: web01\r\nState: {state}\r\n"),
    )
}

/// A mail, sent at one o'clock.
pub(super) fn mail(id: &str, from: &str, subject: &str, text: &str) -> String {
    format!(
        "From: {from}\r\nTo: incidents@example.com\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.net>\r\n\
         Date: Sun, 22 Nov 2026 01:00:00 +0900\r\n\r\n{text}"
    )
}

/// A mail comes in.
pub(super) fn receive(store: &mut Store, book: &Book, raw: &str, now: Timestamp) -> Change {
    let message = message::read(raw.as_bytes());
    store
        .write(|connection| store::work(connection, book, Input::Mail(&message, Arrival::At(now)), now))
        .unwrap()
}

/// The relay takes everything that waits.
pub(super) fn deliver(store: &mut Store, book: &Book, now: Timestamp) {
    let lease = store::Lease { owner: "test".to_owned(), until: now + SignedDuration::from_mins(1) };
    let (mails, _) = store.write(|c| store::outbox::claim(c, book, &lease, 100, now)).unwrap();
    for mail in mails {
        let taken = crate::outbox::Attempt::Delivered;
        store.write(|c| store::outbox::record(c, book, &mail, &taken, now)).unwrap();
    }
}

/// What is painted, without the paint.
pub(super) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
