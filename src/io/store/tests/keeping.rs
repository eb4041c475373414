//! Mails that are old enough are let go of, and nothing else is.

use super::super::keeping::{Place, some};
use super::*;
use crate::directory::PersonId;
use crate::gateway::OperatorWords;
use crate::io::evidence;

const OFFER: &[u8] =
    b"From: a@example.net\r\nMessage-ID: <o@example.net>\r\nDate: Sun, 22 Nov 2026 16:00:00 +0000\r\n\
    Subject: offer\r\n\r\nbuy\r\n";
const DAY: i64 = 24 * 60;

/// Lets go of all that came before a time; how often that took a transaction.
fn let_go(store: &mut Store, before: Timestamp) -> (u64, usize) {
    let (mut place, mut more, mut rounds) = (Place::default(), true, 0);
    while more {
        (place, more) = store.write(|c| some(c, place, before)).unwrap();
        rounds += 1;
    }
    (place.gone, rounds)
}

fn kept(store: &Store) -> Vec<i64> {
    rows(store, "SELECT mail FROM raw ORDER BY mail", |row| row.get(0))
}

fn deliver(store: &mut Store, book: &Book, now: Timestamp) {
    let (mails, _) = store.write(|c| outbox::claim(c, book, &lease("test", 9 * DAY), 99, now)).unwrap();
    for mail in mails {
        store.write(|c| outbox::record(c, book, &mail, &Attempt::Delivered, now)).unwrap();
    }
}

fn says(store: &mut Store, book: &Book, words: &str, now: Timestamp) {
    let (person, words) = (PersonId::new("kato"), words.to_owned());
    let words = OperatorWords { incident: 1, person, words };
    store.write(|c| work(c, book, Input::Operator(&words), now)).unwrap();
}

/// An incident of three mails, its page taken by the relay; a mail that nobody wants; an old one out of an archive that was
/// imported on the third day.
fn filled(book: &Book) -> Store {
    let mut store = Store::in_memory().unwrap();
    receive(&mut store, book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    deliver(&mut store, book, at(1));
    receive(&mut store, book, OFFER, at(2));
    let old = alert("0", "PROBLEM", "CRITICAL");
    let (digest, message) = (inbound::digest(&old), message::read(&old));
    let times = past::Times { at: at(-400 * DAY), now: at(3 * DAY) };
    store.write(|c| past::file(c, book, &old, &digest, &message, times)).unwrap();
    store.write(|c| past::close_all(c, book).map(|_| ())).unwrap();
    receive(&mut store, book, &alert("2", "RECOVERY", "OK"), at(10));
    receive(&mut store, book, &alert("3", "CUSTOM", "OK"), at(5 * DAY));
    store
}

#[test]
fn what_is_old_enough_is_let_go_of_but_not_while_its_incident_goes_on_and_the_timeline_stays() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = filled(&book);
    assert_eq!(kept(&store), [1, 2, 3, 4, 5]);
    let before = store.read(|c| records::one(c, 1)).unwrap();
    assert_eq!(let_go(&mut store, at(DAY)).0, 4, "the offer, and what was sent to three people");
    assert_eq!(kept(&store), [1, 3, 4, 5], "the incident is not closed, the archive was imported later");
    assert_eq!(let_go(&mut store, at(DAY)).0, 0, "once");

    says(&mut store, &book, "resolved\nclose", at(6 * DAY));
    let_go(&mut store, at(DAY));
    assert_eq!(kept(&store), [3, 5]);
    let_go(&mut store, at(4 * DAY));
    assert_eq!(kept(&store), [5]);
    let after = store.read(|c| records::one(c, 1)).unwrap().unwrap();
    assert!(after.events.starts_with(&before.unwrap().events));
    assert_eq!(crate::incident::replay(1, &after.events), Some(after.incident.clone()));
    assert_eq!(mail_rows(&store).len(), 5, "that there was a mail stays");

    let mails = store.read(|c| records::originals(c, 1)).unwrap();
    assert_eq!(mails.iter().map(|mail| mail.bytes.is_some()).collect::<Vec<_>>(), [false, false, true]);
    let zip = evidence::archive(&book, &after, &mails, "report").unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let index = std::io::read_to_string(zip.by_name("index.txt").unwrap()).unwrap();
    assert_eq!(index.matches(", not kept any more").count(), 2, "{index}");
    assert_eq!(zip.len(), 4);
}

#[test]
fn a_mail_that_is_known_is_known_after_its_bytes_are_gone() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = filled(&book);
    let_go(&mut store, at(DAY));
    let again = receive(&mut store, &book, OFFER, at(7 * DAY));
    assert_eq!(again.outcome.unwrap().what, gateway::Outcome::Duplicate);
}

#[test]
fn of_what_was_sent_the_line_stays_and_what_is_still_to_be_sent_stays_whole() {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = filled(&book);
    let lengths = "SELECT state = 'delivered', length(bytes) > 0 FROM notice ORDER BY id";
    let_go(&mut store, at(9 * DAY));
    let notices: Vec<(bool, bool)> = rows(&store, lengths, |row| Ok((row.get(0)?, row.get(1)?)));
    assert!(notices.contains(&(true, false)) && notices.contains(&(false, true)), "{notices:?}");
    assert!(notices.iter().all(|(delivered, whole)| delivered != whole), "{notices:?}");
}

#[test]
fn many_old_mails_go_in_small_portions() {
    let mut store = Store::in_memory().unwrap();
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1800)
        INSERT INTO mail (id, received_at, state) SELECT i, 0, 'done' FROM n;
        INSERT INTO raw (mail, bytes) SELECT id, x'00' FROM mail";
    store.write(|c| Ok(c.execute_batch(fill)?)).unwrap();
    assert_eq!(let_go(&mut store, at(0)), (1800, 4));
}
