//! Tests of old mail and of lost mailboxes: nobody is paged for what is over, and the operator hears of it once.

use jiff::tz::TimeZone;

use super::super::mailboxes::{Found, keep};
use super::*;
use crate::gateway::Outcome;
use crate::house::HOUSE;
use crate::house::troubles::Kind;

/// A mail that was sent and reached the mailbox so many hours ago is worked on now.
fn mail(store: &mut Store, sent: Option<i64>, arrived: i64, now: Timestamp) -> Change {
    let ago = |hours: i64| now - SignedDuration::from_hours(hours);
    let date = sent.map(|hours| format!("Date: {}\r\n", date(ago(hours)))).unwrap_or_default();
    let alert = alert(&format!("n{}", mail_rows(store).len()), "PROBLEM", "CRITICAL");
    found(store, [date.into_bytes(), alert].concat(), ago(arrived), now)
}

fn date(at: Timestamp) -> String {
    jiff::fmt::rfc2822::to_string(&at.to_zoned(TimeZone::UTC)).unwrap()
}

/// A mail that reached the mailbox then is worked on now.
fn found(store: &mut Store, raw: Vec<u8>, arrived: Timestamp, now: Timestamp) -> Change {
    let book = rehearsal::standard_cast().unwrap();
    let found = Found {
        mailbox: "box".to_owned(),
        epoch: 1,
        item: mail_rows(store).len().to_string(),
        raw,
        arrived: Some(arrived),
        was_there: false,
        settled: true,
    };
    store.write(|c| keep(c, &found, now)).unwrap();
    let owner = Lease { owner: "test".to_owned(), until: now + SignedDuration::from_mins(1) };
    let claimed = store.write(|c| inbound::claim(c, &owner, 10, now)).unwrap();
    let message = message::read(&claimed[0].raw);
    store.write(|c| inbound::finish(c, &book, &claimed[0], &message, now)).unwrap()
}

fn reports(change: &Change) -> usize {
    change.notices.len()
}

/// Fault 30.
#[test]
fn a_mail_that_is_old_by_its_date_and_by_its_arrival_pages_nobody_and_the_operator_is_told_once_a_day() {
    let mut store = Store::in_memory().unwrap();
    let mut told = Vec::new();
    for hour in [0, 1, 23, 24, 25, 47, 48] {
        let change = mail(&mut store, Some(200), 100, at(hour * 60));
        assert!(change.incidents.is_empty());
        let outcome = change.outcome.as_ref().unwrap();
        assert_eq!((outcome.what, outcome.incident), (Outcome::Unmatched, None));
        assert!(matches!(change.house_events[0].fact, HouseFact::Stale { sent: Some(_), .. }));
        for notice in &change.notices {
            assert_eq!((notice.kind.clone(), notice.to.as_str()), (NoticeKind::Report, "kato@example.com"));
        }
        told.push(reports(&change));
    }
    assert_eq!(told, [1, 0, 0, 1, 0, 0, 1]);
    assert_eq!(store.read(find::house).unwrap().stale, 7);
}

/// Fault 45.
#[test]
fn a_mail_that_is_old_by_only_one_of_them_is_worked_on() {
    for (sent, arrived) in [(Some(200), 1), (Some(1), 200), (None, 24), (Some(24), 24), (Some(25), 24)] {
        let change = mail(&mut Store::in_memory().unwrap(), sent, arrived, at(0));
        assert_eq!(change.outcome.unwrap().what, Outcome::Opened, "{sent:?} {arrived}");
    }
}

#[test]
fn without_a_date_the_arrival_alone_says_how_old_a_mail_is() {
    let change = mail(&mut Store::in_memory().unwrap(), None, 25, at(0));
    assert!(change.incidents.is_empty());
    assert!(matches!(change.house_events[0].fact, HouseFact::Stale { sent: None, .. }));
}

/// Fault 106.
#[test]
fn a_command_of_days_ago_is_not_obeyed_when_it_is_dragged_in_nor_when_it_is_dragged_in_once_more() {
    let mut store = Store::in_memory().unwrap();
    let opened = mail(&mut store, Some(0), 0, at(0));
    let page = String::from_utf8(opened.notices[0].bytes.clone()).unwrap();
    let reply_to = page.lines().find_map(|line| line.strip_prefix("Reply-To: ")).unwrap();
    let ack = |list: &str, hours: i64| {
        let sent = date(at(0) - SignedDuration::from_hours(hours));
        format!(
            "Date: {sent}\r\nFrom: <kato@example.com>\r\nTo: {reply_to}\r\nMessage-ID: <{hours}@example.com>\r\n\
             {list}Subject: Re: it\r\n\r\nack\r\n"
        )
    };
    let mut way = 0;
    let mut placed = |mail: String, arrived: i64| {
        way += 1;
        let mail = format!("Received: from relay{way}.example.com\r\n{mail}");
        let change = found(&mut store, mail.into_bytes(), at(0) - SignedDuration::from_hours(arrived), at(1));
        let acknowledged = change.incidents.values().any(|incident| incident.acknowledged.is_some());
        (change.outcome.unwrap().what, acknowledged)
    };
    assert_eq!(placed(ack("", 72), 72), (Outcome::Unmatched, false));
    assert_eq!(placed(ack("", 72), 72), (Outcome::Duplicate, false));
    assert_eq!(placed(ack("", 72), 0), (Outcome::Duplicate, false));
    // A list was late, and the mail itself is of days ago.
    let list = "List-Id: <ops.lists.example.com>\r\n";
    assert_eq!(placed(ack(list, 48), 0), (Outcome::Joined, false));
    assert_eq!(placed(ack("", 48), 48), (Outcome::Duplicate, false));
    assert_eq!(placed(ack("", 48), 0), (Outcome::Joined, true));
    assert_eq!(placed(ack("", 48), 0), (Outcome::Duplicate, false));
}

#[test]
fn a_mailbox_that_is_lost_and_one_that_is_back_are_reported_once_each_also_after_a_restart() {
    let mut store = Store::in_memory().unwrap();
    let book = rehearsal::standard_cast().unwrap();
    let lost = |mailbox: &str| HouseFact::began(Kind::Mailbox, mailbox, "connection refused");
    let back = |mailbox: &str| HouseFact::over(Kind::Mailbox, mailbox);
    let facts = [
        (back("a"), 0),
        (lost("a"), 1),
        (lost("a"), 0),
        // Of one kind one beginning an hour; an end at once.
        (lost("b"), 0),
        (back("a"), 1),
        (back("a"), 0),
        (lost("a"), 0),
        (lost("b"), 0),
    ];
    for (minute, (fact, told)) in (0..).zip(facts) {
        // All that is known of it is in the store: each of these may be told by a firebell started anew.
        let change = store.write(|c| work(c, &book, Input::House(&fact), at(minute))).unwrap();
        assert_eq!(reports(&change), told, "{minute}: {fact:?}");
    }
    let house = store.read(find::house).unwrap();
    assert_eq!(house.troubles.of_kind(Kind::Mailbox).collect::<Vec<_>>(), [("a", at(6)), ("b", at(3))]);
    let mut look = |minute| store.write(|c| work(c, &book, Input::Due(HOUSE), at(minute))).unwrap();
    assert_eq!(reports(&look(60)), 0);
    assert_eq!(reports(&look(61)), 1, "both in one mail");
    assert_eq!(reports(&look(62)), 0);
    let log = store.read(views::house_events).unwrap();
    let replayed = log.iter().fold(crate::house::House::default(), crate::house::apply);
    assert_eq!(store.read(find::house).unwrap(), replayed);
}

#[test]
fn an_attempt_at_a_relay_that_can_t_be_used_is_not_counted_against_the_mail() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    for minute in 1..9 {
        let mails = store.write(|c| outbox::claim(c, &book, &lease("test", 60), 9, at(minute))).unwrap().0;
        assert!(mails.iter().all(|mail| mail.attempts == 1), "{minute}");
        for mail in mails {
            let attempt = Attempt::NoRelay("connection refused".to_owned());
            store.write(|c| outbox::record(c, &book, &mail, &attempt, at(minute))).unwrap();
        }
    }
    let waiting = store.read(|c| views::outbox(c, false)).unwrap();
    assert!(waiting.iter().all(|mail| (mail.state.as_str(), mail.attempts) == ("deferred", 0)));
    assert!(waiting.iter().all(|mail| mail.reply == "connection refused"));
    assert_eq!(store.read(outbox::next_attempt).unwrap(), Some(at(8)));
}
