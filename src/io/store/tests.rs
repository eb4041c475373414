//! Tests of the store: what must hold of it whatever is written.

mod broken;
mod keeping;
mod mailboxes;
mod migration;
mod pace;
mod plans;
mod power;
mod restored;
mod schemas;
mod stale;

use jiff::SignedDuration;
use rusqlite::OptionalExtension as _;

use super::writer::Writer;
use super::*;
use crate::house::HouseFact;
use crate::incident::{Fact, NoticeKind};
use crate::message;
use crate::outbox::Attempt;
use crate::rehearsal;

fn at(minute: i64) -> Timestamp {
    "2026-11-22T16:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

fn lease(owner: &str, until: i64) -> Lease {
    Lease { owner: owner.to_owned(), until: at(until) }
}

fn alert(id: &str, kind: &str, state: &str) -> Vec<u8> {
    format!(
        "From: nagios@mon.example.com\r\nMessage-ID: <{id}@mon.example.com>\r\n\
         Subject: ** {kind} Service Alert: web01/service-a is {state} **\r\n\r\nas the check says\r\n"
    )
    .into_bytes()
}

/// Takes a mail in and works on it.
pub(in crate::io) fn receive(store: &mut Store, book: &Book, raw: &[u8], now: Timestamp) -> Change {
    store.write(|c| inbound::deposit(c, raw, now)).unwrap();
    let until = now + SignedDuration::from_mins(1);
    let owner = Lease { owner: "test".to_owned(), until };
    let claimed = store.write(|c| inbound::claim(c, &owner, 10, now)).unwrap();
    let message = message::read(&claimed[0].raw);
    store.write(|c| inbound::finish(c, book, &claimed[0], &message, now)).unwrap()
}

#[test]
fn a_store_that_is_only_read_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    assert!(Store::open_to_read(&path).is_err());
    let writer = Store::open(&path).unwrap();
    let mut reader = Store::open_to_read(&path).unwrap();
    assert_eq!(reader.read(views::incidents).unwrap(), []);
    let raw = b"Subject: x\r\n\r\n";
    assert!(reader.write(|store| inbound::deposit(store, raw, Timestamp::UNIX_EPOCH)).is_err());
    drop(writer);
}

#[test]
fn mails_of_the_last_days_are_found_by_when_they_came() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    for (id, minute) in [("1", 0), ("2", 10), ("3", 20)] {
        receive(&mut store, &book, &alert(id, "PROBLEM", "CRITICAL"), at(minute));
    }
    let out_of_an_archive = alert("0", "PROBLEM", "CRITICAL");
    let (digest, message) = (inbound::digest(&out_of_an_archive), message::read(&out_of_an_archive));
    let times = past::Times { at: at(5), now: at(30) };
    store.write(|c| past::file(c, &book, &out_of_an_archive, &digest, &message, times)).unwrap();
    let kept = store.read(|c| past::kept_since(c, at(1))).unwrap();
    assert_eq!(kept.iter().map(|mail| mail.at).collect::<Vec<_>>(), [at(5), at(10), at(20)]);
    let raw: Vec<_> = kept.iter().map(|mail| store.read(|c| past::raw(c, mail.id)).unwrap()).collect();
    assert_eq!(raw, ["0", "2", "3"].map(|id| alert(id, "PROBLEM", "CRITICAL")));
}

#[test]
fn a_mail_is_there_once_it_was_deposited_and_is_worked_on_once() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    let change = receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    assert_eq!(change.incidents.len(), 1);
    assert!(store.write(|c| inbound::claim(c, &lease("test", 60), 10, at(1))).unwrap().is_empty());
    let raw: Vec<u8> =
        store.read(|c| Ok(c.query_row("SELECT bytes FROM raw", [], |row| row.get(0))?)).unwrap();
    assert_eq!(raw, alert("1", "PROBLEM", "CRITICAL"));
}

#[test]
fn whoever_comes_back_after_its_lease_ran_out_changes_nothing() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    store.write(|c| inbound::deposit(c, &alert("1", "PROBLEM", "CRITICAL"), at(0))).unwrap();
    let slow = store.write(|c| inbound::claim(c, &lease("slow", 1), 1, at(0))).unwrap().remove(0);
    let nothing = store.write(|c| inbound::claim(c, &lease("quick", 1), 1, at(0))).unwrap();
    assert!(nothing.is_empty(), "a claimed mail is nobody else's");
    let quick = store.write(|c| inbound::claim(c, &lease("quick", 5), 1, at(2))).unwrap().remove(0);
    let message = message::read(&quick.raw);
    let late = store.write(|c| inbound::finish(c, &book, &slow, &message, at(3)));
    assert!(matches!(late, Err(Error::LostLease)));
    assert!(store.read(views::incidents).unwrap().is_empty(), "what the slow one did is rolled back");
    store.write(|c| inbound::finish(c, &book, &quick, &message, at(3))).unwrap();
    assert_eq!(store.read(views::incidents).unwrap().len(), 1);
}

#[test]
fn a_notice_is_recorded_only_by_the_one_who_holds_it() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let slow = store.write(|c| outbox::claim(c, &book, &lease("slow", 1), 9, at(0))).unwrap().0;
    let quick = store.write(|c| outbox::claim(c, &book, &lease("quick", 9), 9, at(2))).unwrap().0;
    assert_eq!(slow.len(), quick.len());
    assert_eq!(slow[0].bytes, quick[0].bytes, "what is sent again is the same");
    let late = store.write(|c| outbox::record(c, &book, &slow[0], &Attempt::Delivered, at(3)));
    assert!(matches!(late, Err(Error::LostLease)));
    store.write(|c| outbox::record(c, &book, &quick[0], &Attempt::Delivered, at(3))).unwrap();
    let again = store.write(|c| outbox::record(c, &book, &quick[0], &Attempt::Delivered, at(3)));
    assert!(matches!(again, Err(Error::LostLease)), "a row never goes back from its end");
}

/// Fault 133.
#[test]
fn a_mail_that_failed_three_times_is_put_aside_and_the_others_go_on() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    store.write(|c| inbound::deposit(c, b"poison", at(0))).unwrap();
    store.write(|c| inbound::deposit(c, &alert("1", "PROBLEM", "CRITICAL"), at(0))).unwrap();
    let both = store.write(|c| inbound::claim(c, &lease("test", 60), 10, at(0))).unwrap();
    assert_eq!(both.len(), 2);
    let (poison, good) = (&both[0], &both[1]);
    store.write(|c| inbound::fail(c, &book, poison, "it panicked", at(0))).unwrap();
    store.write(|c| inbound::finish(c, &book, good, &message::read(&good.raw), at(0))).unwrap();
    for _ in 0..2 {
        let alone = store.write(|c| inbound::claim(c, &lease("test", 60), 10, at(0))).unwrap();
        assert_eq!(alone.len(), 1);
        store.write(|c| inbound::fail(c, &book, &alone[0], "it panicked", at(0))).unwrap();
    }
    assert!(store.write(|c| inbound::claim(c, &lease("test", 60), 10, at(0))).unwrap().is_empty());
    let state: String = store
        .read(|c| Ok(c.query_row("SELECT state FROM mail WHERE id = 1", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(state, "quarantined");
    assert_eq!(store.read(find::house).unwrap().quarantined, 1);
    let told = store.read(|c| views::outbox(c, true)).unwrap();
    assert!(told.iter().any(|mail| mail.summary.contains("it panicked")), "the operator hears of it");
}

#[test]
fn a_key_belongs_to_one_live_incident_at_most() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let twice = store.write(|c| {
        let insert = "INSERT INTO incident_key (key, incident, live, opened_at)
            SELECT key, 2, 1, 0 FROM incident_key";
        c.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        Ok(c.execute(insert, [])?)
    });
    assert!(twice.is_err(), "the index refuses what a mistake elsewhere would do");
}

#[test]
fn a_restart_gives_back_what_was_claimed_and_counts_the_attempt_once() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let before = store.write(|c| outbox::claim(c, &book, &lease("dead", 60), 9, at(0))).unwrap().0;
    assert!(before.iter().any(|mail| matches!(mail.kind, NoticeKind::Page { .. })));
    store.write(wake::release_all).unwrap();
    let after = store.write(|c| outbox::claim(c, &book, &lease("new", 60), 9, at(0))).unwrap().0;
    let ids = |mails: &[outbox::Claimed]| -> Vec<(String, u32)> {
        mails.iter().map(|mail| (mail.message_id.clone(), mail.attempts)).collect()
    };
    assert_eq!(ids(&before), ids(&after));
}

#[test]
fn a_conflicting_version_is_refused_whole() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let stale = store.read(|c| find::answer(c, &gateway::Question::default(), at(0))).unwrap();
    let mut known = stale;
    let incident = store.read(|c| find::incident(c, 1)).unwrap().unwrap();
    known.incidents.insert(1, incident);
    let outcome = gateway::OperatorWords {
        incident: 1,
        person: crate::directory::PersonId::new("kato"),
        words: "ack".to_owned(),
    };
    let change = gateway::step(&book, known, Input::Operator(&outcome), at(1));
    store.write(|c| keep::change(c, &change, at(1))).unwrap();
    let events = store.read(|c| views::events(c, 1)).unwrap().len();
    let again = store.write(|c| keep::change(c, &change, at(1)));
    assert!(matches!(again, Err(Error::Conflict(1))));
    let after = store.read(|c| views::events(c, 1)).unwrap();
    assert_eq!(after.len(), events);
    assert!(after.iter().any(|event| matches!(event.fact, Fact::Acknowledged { .. })));
}

/// Fault 15.
#[test]
fn a_store_of_a_newer_program_is_refused_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    drop(Store::open(&path).unwrap());
    drop(Store::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let refused = Store::open(&path).unwrap_err().to_string();
    assert!(refused.contains("newer firebell (schema 99"), "{refused}");
}

#[tokio::test]
async fn a_job_that_fails_is_rolled_back_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    let writer = Writer::start(Store::open(&path).unwrap()).unwrap();
    let good = writer.run(|c| inbound::deposit(c, b"one", at(0)));
    let bad = writer.run(|c| {
        inbound::deposit(c, b"two", at(0))?;
        Err::<(), Error>(Error::LostLease)
    });
    let panics = writer.run(|c| {
        inbound::deposit(c, b"three", at(0))?;
        if c.is_autocommit() { Ok(()) } else { panic!("planted") }
    });
    let last = writer.run(|c| inbound::deposit(c, b"four", at(0)));
    let (good, bad, panics, last) = tokio::join!(good, bad, panics, last);
    assert!(good.is_ok() && last.is_ok());
    assert!(matches!(bad, Err(Error::LostLease)));
    assert!(matches!(panics, Err(Error::Panicked)));
    let reader = rusqlite::Connection::open(&path).unwrap();
    let count: i64 = reader.query_row("SELECT count(*) FROM mail", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2, "committed when the answer came");
    let two =
        reader.query_row("SELECT 1 FROM raw WHERE bytes = ?1", [b"two"], |_| Ok(())).optional().unwrap();
    assert!(two.is_none());
}

/// What is stored of a mail beside its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::io) struct MailRow {
    pub(in crate::io) received_at: Timestamp,
    pub(in crate::io) state: String,
    pub(in crate::io) message_id: String,
    pub(in crate::io) outcome: String,
    pub(in crate::io) incident: i64,
}

/// All mails, in order.
pub(in crate::io) fn mail_rows(store: &Store) -> Vec<MailRow> {
    let select = "SELECT received_at, state, message_id, outcome, incident FROM mail ORDER BY id";
    rows(store, select, |row| {
        Ok(MailRow {
            received_at: time(row.get(0)?),
            state: row.get(1)?,
            message_id: row.get(2)?,
            outcome: row.get(3)?,
            incident: row.get(4)?,
        })
    })
}

/// Message-IDs and keys, and the incidents to which they lead.
pub(in crate::io) fn leads(store: &Store) -> Vec<(String, u64)> {
    let select = "SELECT message_id, incident FROM message_ref
        UNION ALL SELECT key || live || past || opened_at, incident FROM incident_key ORDER BY 1, 2";
    rows(store, select, |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))
}

fn rows<T>(
    store: &Store,
    select: &str,
    read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let all = |connection: &Connection| {
        let mut statement = connection.prepare(select)?;
        Ok(statement.query_map([], read)?.collect::<rusqlite::Result<Vec<T>>>()?)
    };
    store.read(all).unwrap()
}

/// Makes what is stored of an incident unreadable.
pub(in crate::io) fn damage(connection: &Connection, number: i64) {
    connection.execute("UPDATE incident_state SET state = '{}' WHERE incident = ?1", [number]).unwrap();
    connection.execute("UPDATE incident SET stamp = 0 WHERE number = ?1", [number]).unwrap();
}

fn with(mails: &[&[u8]]) -> Store {
    let mut store = Store::in_memory().unwrap();
    for mail in mails {
        store.write(|store| inbound::deposit(store, mail, at(0))).unwrap();
    }
    store
}

fn claim(store: &mut Store, owner: &str, minute: i64) -> Vec<inbound::Claimed> {
    store.write(|store| inbound::claim(store, &lease(owner, minute + 20), 64, at(minute))).unwrap()
}

#[test]
fn what_a_failure_left_claimed_is_claimed_again_at_once_by_its_owner_and_by_no_one_else() {
    let mut store = with(&[b"a", b"b"]);
    assert_eq!(claim(&mut store, "one", 0).len(), 2);
    assert_eq!(claim(&mut store, "two", 1).len(), 0);
    assert_eq!(claim(&mut store, "one", 1).len(), 1, "one that was tried before comes alone");
    assert_eq!(claim(&mut store, "two", 21).len(), 1);
}

#[test]
fn a_mail_given_back_after_a_failure_of_the_store_is_never_put_aside_for_that() {
    let mut store = with(&[b"a"]);
    for minute in 0..5 {
        let mail = claim(&mut store, "one", minute).pop().unwrap();
        store.write(|store| inbound::give_back(store, &mail)).unwrap();
    }
    assert_eq!(claim(&mut store, "two", 5).len(), 1);
}

#[test]
fn no_more_is_claimed_than_fits_into_memory_but_always_something() {
    let large = vec![b'a'; 40 * 1024 * 1024];
    let mut store = with(&[&large, &large, b"b"]);
    assert_eq!(claim(&mut store, "one", 0).len(), 1);
    assert_eq!(claim(&mut store, "two", 0).len(), 2);
}

#[test]
fn a_claim_of_nothing_writes_nothing() {
    let mut store = with(&[]);
    let fence = |store: &Store| -> i64 {
        let select = "SELECT value FROM counter WHERE name = 'fence'";
        store.read(|store| Ok(store.query_row(select, [], |row| row.get(0))?)).unwrap()
    };
    let before = fence(&store);
    assert_eq!(claim(&mut store, "one", 0).len(), 0);
    assert_eq!(fence(&store), before);
}

#[test]
fn a_mail_that_waits_is_work_but_nothing_to_deliver() {
    let store = with(&[b"a"]);
    assert_eq!(store.read(wake::next_work).unwrap(), Some(at(0)));
    assert_eq!(store.read(outbox::next_attempt).unwrap(), None);
    assert_eq!(store.read(wake::next_wake).unwrap(), Some(at(0)));
}

#[tokio::test]
async fn a_store_that_can_t_write_says_so_and_writes_again_once_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    let store = Store::open(&path).unwrap();
    store.connection.busy_timeout(Duration::ZERO).unwrap();
    let writer = Writer::start(store).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = writer.run(|c| inbound::deposit(c, b"one", at(0))).await;
    assert!(matches!(&refused, Err(Error::NotCommitted(why)) if why.contains("locked")), "{refused:?}");
    other.execute_batch("ROLLBACK").unwrap();
    assert!(writer.run(|c| inbound::deposit(c, b"one", at(0))).await.is_ok());
}
