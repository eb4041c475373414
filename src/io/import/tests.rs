//! Tests of importing: the past is filed at its own time, whole, once, and changes nothing of today.

mod forms;
mod stop;
mod today;

use std::fmt::Write as _;
use std::path::Path;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::*;
use crate::incident::{Event, Incident, Status, replay};
use crate::io::store::tests::{MailRow, leads, mail_rows};
use crate::io::store::{find, views, wake};
use crate::rehearsal;

/// When the tests import.
fn now() -> Timestamp {
    "2026-11-22T16:00:00Z".parse().unwrap()
}

/// Minutes after the beginning of the archive.
fn then(minute: i64) -> Timestamp {
    "2024-02-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn date(at: Timestamp) -> String {
    jiff::fmt::rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).unwrap()
}

/// A mail of the archive.
fn mail(from: &str, headers: &str, subject: &str, at: Timestamp) -> String {
    format!("From: {from}\nDate: {}\n{headers}Subject: {subject}\n\nas it was\n", date(at))
}

/// What Nagios says of a service.
fn alert(id: &str, service: &str, state: &str, at: Timestamp) -> String {
    let kind = if state == "OK" { "RECOVERY" } else { "PROBLEM" };
    let subject = format!("** {kind} Service Alert: web01/{service} is {state} **");
    mail("nagios@mon.example.com", &format!("Message-ID: <{id}@mon.example.com>\n"), &subject, at)
}

/// Mails as an incident mailbox has them, a good half hour between two.
fn a_mailbox(count: i64) -> Vec<String> {
    let one = |number: i64| {
        let at = then(number * 37);
        match number % 8 {
            0 => alert(&format!("a{number}"), &format!("service-a{}", number % 3), "CRITICAL", at),
            1 => alert(&format!("b{number}"), &format!("disk{}", number % 5), "CRITICAL", at),
            2 => {
                mail("kato@example.com", &format!("Message-ID: <k{number}@example.com>\n"), "slow log-in", at)
            }
            3 => {
                let answers = format!(
                    "Message-ID: <s{number}@example.com>\nIn-Reply-To: <k{}@example.com>\n",
                    number - 1
                );
                mail("sato@example.com", &answers, "Re: slow log-in", at)
            }
            4 => alert(&format!("r{number}"), &format!("service-a{}", (number - 4) % 3), "OK", at),
            5 => mail("news@example.jp", "", &format!("Newsletter {number}"), at),
            6 => alert("the-same", &format!("disk{}", number % 5), "CRITICAL", at),
            _ => mail(
                "kato@example.com",
                "Message-ID: <the-same@example.com>\n",
                &format!("again {number}"),
                at,
            ),
        }
    };
    (0..count).map(one).collect()
}

/// An mbox of these mails, with From_ lines of which nobody believes the date.
fn mbox(mails: &[String]) -> String {
    mails.iter().fold(String::new(), |mut text, mail| {
        write!(text, "From - Wed Dec 31 23:59:59 1969\n{mail}\n").unwrap();
        text
    })
}

fn open(folder: &Path, mails: &[String]) -> Archive {
    let path = folder.join("incidents.mbox");
    std::fs::write(&path, mbox(mails)).unwrap();
    archive::open(&path, &mut |_| {}).unwrap()
}

fn import(store: &mut Store, archive: &Archive) -> Vec<Account> {
    let book = rehearsal::standard_cast().unwrap();
    let mut accounts = Vec::new();
    run(store, &book, archive, now(), &mut |account| accounts.push(account)).unwrap();
    accounts
}

/// These mails, brought into a new store.
fn imported(mails: &[String]) -> (Store, Vec<Account>) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::in_memory().unwrap();
    let accounts = import(&mut store, &open(folder.path(), mails));
    (store, accounts)
}

/// All that importing changes, but when it was done.
#[derive(Debug, PartialEq)]
struct Kept {
    incidents: Vec<(Incident, Vec<Event>)>,
    mails: Vec<MailRow>,
    leads: Vec<(String, u64)>,
}

fn kept(store: &Store) -> Kept {
    let events = |incident: Incident| {
        let events = store.read(|c| views::events(c, incident.number)).unwrap();
        (incident, events)
    };
    Kept {
        incidents: store.read(views::incidents).unwrap().into_iter().map(events).collect(),
        mails: mail_rows(store),
        leads: leads(store),
    }
}

fn outcomes(accounts: &[Account]) -> Vec<crate::gateway::Outcome> {
    let filed = |account: &Account| match &account.fate {
        Fate::Filed(Some(outcome)) => outcome.what,
        other => panic!("{other:?}"),
    };
    accounts.iter().map(filed).collect()
}

#[test]
fn mails_are_worked_on_at_their_own_date_in_the_order_of_the_dates() {
    let mut mails = a_mailbox(40);
    mails.reverse();
    let (store, accounts) = imported(&mails);
    assert_eq!(accounts.len(), 40);
    let at: Vec<Timestamp> = kept(&store).mails.iter().map(|mail| mail.received_at).collect();
    assert_eq!(at, (0..40).map(|number| then(number * 37)).collect::<Vec<_>>());
    for (incident, events) in kept(&store).incidents {
        assert!(events.windows(2).all(|pair| pair[0].at <= pair[1].at));
        assert!(events.iter().all(|event| event.at <= then(40 * 37)), "{incident:?}");
    }
}

#[test]
fn nobody_is_told_nothing_becomes_due_and_every_incident_ends_closed() {
    let (store, _) = imported(&a_mailbox(200));
    assert!(store.read(|c| views::outbox(c, true)).unwrap().is_empty());
    assert!(store.read(views::house_events).unwrap().is_empty());
    assert_eq!(store.read(wake::next_wake).unwrap(), None);
    let incidents = kept(&store).incidents;
    assert!(incidents.len() > 20, "{}", incidents.len());
    for (incident, events) in incidents {
        assert_eq!(incident.status(), Status::Closed);
        assert_eq!(replay(incident.number, &events), Some(incident));
    }
}

#[test]
fn a_second_import_adds_nothing_whatever_the_mails_lack() {
    let mut mails = a_mailbox(150);
    mails.push("Subject: neither date nor name\n\nso it is\n".to_owned());
    mails.push("From: kato@example.com\nSubject: printer on fire\n\nit burns\n".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let archive = open(folder.path(), &mails);
    let mut store = Store::in_memory().unwrap();
    import(&mut store, &archive);
    let before = kept(&store);
    let again = import(&mut store, &archive);
    assert!(again.iter().all(|account| matches!(account.fate, Fate::Known(_))), "{again:?}");
    assert_eq!(kept(&store), before);
    let incident = |fate: &Fate| if let Fate::Known(incident) = fate { *incident } else { None };
    assert!(again.iter().any(|account| incident(&account.fate).is_some() && !account.message_id.is_empty()));
}

#[test]
fn a_first_mail_without_a_date_does_not_bring_the_others_to_today() {
    let undated = "From: kato@example.com\nSubject: printer on fire\n\nit burns\n".to_owned();
    let (store, _) = imported(&[undated, alert("1", "disk", "CRITICAL", then(5))]);
    let at: Vec<Timestamp> = kept(&store).mails.iter().map(|mail| mail.received_at).collect();
    assert_eq!(at, [then(5), then(5)]);
}

#[test]
fn a_date_in_the_future_is_taken_for_now() {
    let far = now() + SignedDuration::from_hours(24 * 365);
    let (store, _) = imported(&[alert("1", "disk", "CRITICAL", far)]);
    assert_eq!(kept(&store).mails[0].received_at, now());
}

#[test]
fn what_was_not_heard_of_for_a_day_is_over_for_whatever_fires_next_in_its_service() {
    let (store, accounts) = imported(&[
        alert("1", "service-a1", "CRITICAL", then(0)),
        alert("2", "service-a2", "CRITICAL", then(60)),
        alert("3", "service-a3", "CRITICAL", then(60 * 24 * 400)),
        alert("4", "service-a1", "CRITICAL", then(60 * 24 * 800)),
    ]);
    use crate::gateway::Outcome::{Joined, Opened};
    assert_eq!(outcomes(&accounts), [Opened, Joined, Opened, Opened]);
    assert_eq!(kept(&store).incidents.len(), 3);
}

#[test]
fn a_recovery_after_days_of_silence_still_ends_its_incident() {
    let (store, accounts) = imported(&[
        alert("1", "service-a1", "CRITICAL", then(0)),
        alert("2", "service-a1", "OK", then(60 * 24 * 3)),
    ]);
    use crate::gateway::Outcome::{Joined, Opened};
    assert_eq!(outcomes(&accounts), [Opened, Joined]);
    let recovery = kept(&store).incidents[0].0.recovery().cloned();
    assert_eq!(recovery.map(|recovery| recovery.at), Some(then(60 * 24 * 3)));
}

#[test]
fn a_mail_over_which_reading_panicked_would_be_put_aside_and_known_the_next_time() {
    let mut store = Store::in_memory().unwrap();
    let times = Times { at: then(0), now: now() };
    let digest = inbound::digest(b"poison");
    store.write(|c| past::put_aside(c, b"poison", &digest, "it panicked", times)).unwrap();
    let row = &kept(&store).mails[0];
    assert_eq!((row.state.as_str(), row.received_at), ("quarantined", then(0)));
    let known = store.read(|c| past::stored(c, &digest)).unwrap().unwrap();
    assert_eq!((known.message_id.as_str(), known.incident), ("", None));
    assert!(store.read(find::house).unwrap() == crate::house::House::default());
}
