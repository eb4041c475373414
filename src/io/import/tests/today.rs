//! The past beside what happens today: neither finds the other, but for people who answer.

use super::*;
use crate::directory::PersonId;
use crate::gateway::{Change, Input, OperatorWords, Outcome};
use crate::incident::{Fact, NoticeKind};
use crate::io::store::tests::receive;
use crate::io::store::{Lease, outbox, work};

fn cast() -> Book {
    rehearsal::standard_cast().unwrap()
}

fn into(store: &mut Store, mails: &[String]) -> Vec<Account> {
    let folder = tempfile::tempdir().unwrap();
    import(store, &open(folder.path(), mails))
}

fn come(store: &mut Store, mail: &str, at: Timestamp) -> Change {
    receive(store, &cast(), mail.as_bytes(), at)
}

fn say(store: &mut Store, incident: u64, words: &str, at: Timestamp) -> Change {
    let words = OperatorWords { incident, person: PersonId::new("kato"), words: words.to_owned() };
    store.write(|c| work(c, &cast(), Input::Operator(&words), at)).unwrap()
}

fn is_page(kind: &NoticeKind) -> bool {
    matches!(kind, NoticeKind::Page { .. })
}

#[test]
fn an_alert_of_the_past_changes_no_incident_of_today() {
    let mut store = Store::in_memory().unwrap();
    come(&mut store, &alert("now", "service-a1", "CRITICAL", now()), now());
    let (before, outbox) = (kept(&store), store.read(|c| views::outbox(c, true)).unwrap());
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    let answers = "Message-ID: <r@example.com>\nIn-Reply-To: <now@mon.example.com>\n";
    let accounts = into(
        &mut store,
        &[
            alert("1", "service-a1", "CRITICAL", ago(20)),
            alert("2", "service-a1", "OK", ago(10)),
            alert("3", "service-a2", "CRITICAL", ago(5)),
            mail("sato@example.com", answers, "Re: Service A", ago(1)),
        ],
    );
    assert_eq!(kept(&store).incidents[0], before.incidents[0]);
    let led_to_today =
        |account: &Account| matches!(&account.fate, Fate::Filed(Some(it)) if it.incident == Some(1));
    assert!(!accounts.iter().any(led_to_today), "{accounts:?}");
    assert_eq!(store.read(|c| views::outbox(c, true)).unwrap(), outbox);
}

#[test]
fn our_own_mails_in_an_archive_are_ours_whichever_incident_they_are_of() {
    let mut store = Store::in_memory().unwrap();
    come(&mut store, &alert("now", "service-a1", "CRITICAL", now()), now());
    let lease = Lease { owner: "test".to_owned(), until: now() };
    let sent = store.write(|c| outbox::claim(c, &cast(), &lease, 9, now())).unwrap().0;
    let own = String::from_utf8(sent[0].bytes.clone()).unwrap();
    assert_eq!(outcomes(&into(&mut store, &[own])), [Outcome::Ignored]);
    assert_eq!(kept(&store).incidents.len(), 1);
}

#[test]
fn an_alert_of_today_finds_nothing_of_the_past_alive_but_names_it() {
    let mut store = Store::in_memory().unwrap();
    let an_hour_ago = now() - SignedDuration::from_hours(1);
    into(&mut store, &[alert("1", "service-a1", "CRITICAL", an_hour_ago)]);
    let before = kept(&store);
    let change = come(&mut store, &alert("2", "service-a1", "CRITICAL", now()), now());
    let incident = &change.incidents[&2];
    assert!(!incident.past);
    assert_eq!(incident.previous.as_ref().map(|previous| previous.number), Some(1));
    assert!(change.notices.iter().any(|notice| is_page(&notice.kind)));
    assert_eq!(kept(&store).incidents[0], before.incidents[0]);
}

#[test]
fn an_import_that_was_killed_leaves_nothing_that_today_finds_or_that_is_due() {
    let mut store = Store::in_memory().unwrap();
    let times = Times { at: now() - SignedDuration::from_hours(2), now: now() };
    let raw = alert("1", "service-a1", "CRITICAL", times.at);
    let (message, digest) = (message::read(raw.as_bytes()), inbound::digest(raw.as_bytes()));
    store.write(|c| past::file(c, &cast(), raw.as_bytes(), &digest, &message, times)).unwrap();
    assert_eq!(kept(&store).incidents[0].0.status(), Status::Open);
    let due = store.write(|c| work(c, &cast(), Input::Due(1), now())).unwrap();
    assert!(due.notices.is_empty() && due.due[&1].is_none(), "{due:?}");
    let change = come(&mut store, &alert("2", "service-a2", "CRITICAL", now()), now());
    assert_eq!(change.outcome.unwrap().what, Outcome::Opened);
}

#[test]
fn an_answer_of_today_joins_its_closed_incident_as_a_note_pages_nobody_and_tells_no_client() {
    let mut store = Store::in_memory().unwrap();
    let thread = mail("kato@example.com", "Message-ID: <t@example.com>\n", "slow log-in", then(5));
    into(&mut store, &[alert("1", "service-a1", "CRITICAL", then(0)), thread]);
    for (number, first) in [(1, "1@mon.example.com"), (2, "t@example.com")] {
        let headers = format!("Message-ID: <answer-{number}@example.com>\nIn-Reply-To: <{first}>\n");
        let answer = mail("sato@example.com", &headers, "Re: what was that?", now());
        let change = come(&mut store, &answer, now());
        let outcome = change.outcome.unwrap();
        assert_eq!((outcome.what, outcome.incident), (Outcome::Joined, Some(number)));
        let incident = &change.incidents[&number];
        assert_eq!((incident.status(), incident.past), (Status::Closed, true));
        assert!(matches!(change.events[0].1.fact, Fact::Noted { .. }));
        for notice in &change.notices {
            assert_eq!((&notice.kind, notice.to.domain()), (&NoticeKind::Inform, "example.com"));
        }
        assert_eq!(change.due[&number], None);
    }
}

#[test]
fn whoever_reopens_an_incident_of_the_past_makes_it_one_of_today_that_escalates() {
    let mut store = Store::in_memory().unwrap();
    into(&mut store, &[alert("1", "service-a1", "CRITICAL", then(0))]);
    let change = say(&mut store, 1, "reopen", now());
    let incident = &change.incidents[&1];
    assert!(!incident.past && incident.run.is_some());
    assert!(change.notices.iter().any(|notice| is_page(&notice.kind)), "{:?}", change.notices);
    assert!(change.due[&1].is_some());
    // Its key leads to it again, and no archive does.
    let later = now() + SignedDuration::from_mins(1);
    let change = come(&mut store, &alert("2", "service-a1", "CRITICAL", later), later);
    assert_eq!(change.outcome.unwrap().incident, Some(1));
    let before = kept(&store).incidents.remove(0);
    into(&mut store, &[alert("3", "service-a1", "OK", then(10))]);
    assert_eq!(kept(&store).incidents.remove(0), before);
    assert_eq!(replay(1, &before.1), Some(before.0));
}

#[test]
fn a_key_that_an_alert_of_today_has_stays_with_it_when_the_past_is_reopened() {
    let mut store = Store::in_memory().unwrap();
    into(&mut store, &[alert("1", "service-a1", "CRITICAL", then(0))]);
    come(&mut store, &alert("2", "service-a1", "CRITICAL", now()), now());
    say(&mut store, 1, "reopen", now());
    let later = now() + SignedDuration::from_mins(1);
    let change = come(&mut store, &alert("3", "service-a1", "OK", later), later);
    assert_eq!(change.outcome.unwrap().incident, Some(2));
}
