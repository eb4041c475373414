//! A mailbox whose UIDs mean other mails than they did (UIDVALIDITY, RFC 9051, 2.3.1.1).

use firebell::io::clock::Clock;
use jiff::fmt::rfc2822;

use super::mails::{self, GATEWAY};
use super::shared::Shared;

/// Fault 21.
#[test]
fn the_same_mails_under_new_numbers_are_no_new_incidents_and_page_nobody_again() {
    let mut shared = Shared::new();
    let gateway = shared.site.open();
    for service in ["svc-a", "svc-b", "svc-c"] {
        shared.append(service);
    }
    shared.settles(3);
    shared.dovecot.new_uidvalidity(GATEWAY, "INBOX");
    gateway.says("kind=renumbered");
    shared.append("svc-d");
    shared.settles_and_is_told(4);
    // Those of before and those of now: each was looked at again.
    assert_eq!(shared.site.store().arrivals().len(), 7);
}

/// Fault 22.
#[test]
fn of_a_mailbox_with_new_numbers_exactly_the_mails_that_came_in_between_are_taken() {
    let mut shared = Shared::new();
    let gateway = shared.site.open();
    shared.append("svc-a");
    shared.append("svc-b");
    shared.settles(2);
    gateway.kill();
    shared.append("svc-without-date");
    let now = rfc2822::DateTimePrinter::new().timestamp_to_string(&Clock::World.now()).unwrap();
    let dated = [format!("Date: {now}\n").as_bytes(), &mails::alert("svc-with-date")].concat();
    shared.dovecot.append(GATEWAY, "INBOX", &dated);
    shared.dovecot.new_uidvalidity(GATEWAY, "INBOX");
    let _gateway = shared.site.open();
    shared.settles_and_is_told(4);
}
