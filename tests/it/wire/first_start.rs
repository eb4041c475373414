//! The first start on a mailbox with a past.

use firebell::io::clock::Clock;
use firebell::message;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::dovecot::Dovecot;
use super::mails::{self, GATEWAY};
use super::shared::Shared;
use super::until;

/// So many days ago.
fn ago(days: i64) -> Date {
    Clock::World.now().to_zoned(TimeZone::UTC).date().saturating_sub(days.days())
}

/// Puts an alert into the INBOX that came some days ago.
fn append_old(shared: &Shared, days: i64, service: &str) {
    let day = ago(days).strftime("%-d-%b-%Y").to_string();
    let mail = mails::with_crlf(&mails::alert(service));
    shared.dovecot.log_in(GATEWAY).append_of(&day, "INBOX", &mail);
}

/// Fault 49.
#[test]
fn of_a_mailbox_with_a_past_only_new_mails_are_taken_unless_said_otherwise() {
    let shared = Shared::new();
    for number in 0..40 {
        append_old(&shared, number / 4, &format!("svc-old-{number}"));
    }
    let gateway = shared.site.open();
    gateway.says(": open, 40 mails");
    shared.append("svc-new");
    shared.settles(1);
    assert_eq!(shared.site.store().seen_to(), [41]);
}

/// Fault 49.
#[test]
fn from_a_day_on_mails_are_taken_and_the_old_ones_among_them_page_nobody() {
    let since = ago(10);
    let shared = Shared::with(Dovecot::start(), &format!("mailbox.start = \"{since}\"\n"));
    append_old(&shared, 30, "svc-before");
    append_old(&shared, 5, "svc-old-1");
    append_old(&shared, 4, "svc-old-2");
    shared.append("svc-of-today");
    let _gateway = shared.site.open();
    let store = shared.site.store();
    until("three mails to be done", || store.mails_in("done") == 3);
    until("a report and a page", || store.notices_in("delivered") == 2);
    assert_eq!((store.mails().len(), store.notices().len()), (3, 2));

    let incidents = shared.site.json(&["incidents", "--json"]);
    assert_eq!(incidents.len(), 1, "{incidents:?}");
    assert_eq!(shared.site.incident()["title"], "web01 svc-of-today critical");
    let told = shared.relay.taken_for("kato@example.com");
    let reports = told.iter().map(|mail| message::read(&mail.bytes).reply_text);
    let reports: Vec<String> = reports.filter(|text| text.contains("Too old to act on")).collect();
    assert_eq!(reports.len(), 1, "one mail for all of them: {reports:?}");
    assert!(reports[0].contains("svc-old-1") && reports[0].contains("firebell log"), "{}", reports[0]);
}
