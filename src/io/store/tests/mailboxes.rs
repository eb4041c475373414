//! Tests of mailboxes: how far they were read, and which of their mails are known.

use super::super::mailboxes::{
    Cursor, First, Found, Numbering, attempts, enter, failed, is_new, items, keep, pass_over, seen, settled,
    unsettled,
};
use super::super::past::{self, Times};
use super::*;

const BOX: &str = "imap://incidents@imap.example.com/INBOX";

fn numbering(epoch: u32, next: u32) -> Numbering {
    Numbering { epoch, next: Some(next), there: next - 1 }
}

fn entered(store: &mut Store, epoch: u32, next: u32) -> (Cursor, bool) {
    store.write(|c| enter(c, BOX, numbering(epoch, next), First::New(at(0)))).unwrap()
}

fn found(uid: u32, raw: &str, arrived: i64) -> Found {
    Found {
        mailbox: BOX.to_owned(),
        epoch: 1,
        item: uid.to_string(),
        raw: raw.as_bytes().to_vec(),
        arrived: Some(at(arrived)),
        was_there: false,
        settled: false,
    }
}

fn kept(store: &mut Store, found: &Found) -> Option<i64> {
    store.write(|c| keep(c, found, at(60))).unwrap()
}

#[test]
fn a_mailbox_that_is_entered_first_begins_with_what_comes_from_now_on() {
    let mut store = Store::in_memory().unwrap();
    assert!(store.read(|c| is_new(c, BOX)).unwrap());
    let (cursor, again) = entered(&mut store, 1, 101);
    assert_eq!((cursor.seen_to, cursor.there, cursor.renumbered, again), (100, 100, false, false));
    assert!(!store.read(|c| is_new(c, BOX)).unwrap());
    let since = First::Since(at(-90));
    let other = store.write(|c| enter(c, "other", numbering(1, 101), since)).unwrap().0;
    assert_eq!((other.seen_to, other.there, other.since), (0, 100, at(-90)));
}

/// Fault 24.
#[test]
fn a_mailbox_is_found_where_it_was_left_and_never_behind_that() {
    let mut store = Store::in_memory().unwrap();
    entered(&mut store, 1, 101);
    store.write(|c| seen(c, BOX, 1, 120)).unwrap();
    store.write(|c| seen(c, BOX, 1, 110)).unwrap();
    store.write(|c| seen(c, BOX, 7, 500)).unwrap();
    let (cursor, again) = entered(&mut store, 1, 130);
    assert_eq!((cursor.seen_to, cursor.there, again), (120, 100, false));
    let without_next = Numbering { epoch: 1, next: None, there: 90 };
    let (cursor, again) = store.write(|c| enter(c, BOX, without_next, First::New(at(0)))).unwrap();
    assert_eq!((cursor.seen_to, again), (120, false));
}

/// Faults 21 and 24.
#[test]
fn new_numbers_and_numbers_that_fell_back_list_all_of_it_again() {
    for (epoch, next) in [(2, 500), (2, 5), (1, 50)] {
        let mut store = Store::in_memory().unwrap();
        entered(&mut store, 1, 101);
        kept(&mut store, &Found { settled: true, ..found(101, "a", 1) });
        store.write(|c| failed(c, BOX, 1, "102")).unwrap();
        let (cursor, again) = entered(&mut store, epoch, next);
        assert!(again && cursor.renumbered, "{epoch} {next}");
        assert_eq!((cursor.epoch, cursor.seen_to, cursor.there, cursor.since), (epoch, 0, next - 1, at(0)));
        // What the numbers meant before is forgotten where they mean something else now.
        let failures = store.read(|c| attempts(c, BOX, epoch)).unwrap();
        assert!(failures.is_empty());
        let (_, again) = entered(&mut store, epoch, next);
        assert!(!again, "said once");
    }
}

#[test]
fn the_same_bytes_are_the_same_mail_when_they_arrived_at_the_same_time() {
    let mut store = Store::in_memory().unwrap();
    let first = kept(&mut store, &found(1, "same", 1));
    assert!(first.is_some());
    assert_eq!(kept(&mut store, &found(1, "same", 1)), None, "listed again");
    assert_eq!(kept(&mut store, &found(2, "same", 1)), None, "moved away and back");
    assert!(kept(&mut store, &found(3, "same", 2)).is_some(), "sent again");
    assert!(kept(&mut store, &found(4, "other", 1)).is_some());
    let there = Found { was_there: true, arrived: Some(Timestamp::UNIX_EPOCH), ..found(9, "same", 0) };
    assert_eq!(kept(&mut store, &there), None, "numbered anew: the server may say any time");
    assert!(kept(&mut store, &Found { raw: b"never seen".to_vec(), ..there }).is_some());
}

#[test]
fn what_an_archive_had_is_known_but_the_same_words_that_come_later_are_news() {
    let mut store = Store::in_memory().unwrap();
    let book = rehearsal::standard_cast().unwrap();
    let raw = alert("1", "PROBLEM", "CRITICAL");
    let times = Times { at: at(-600), now: at(0) };
    let (digest, message) = (inbound::digest(&raw), message::read(&raw));
    store.write(|c| past::file(c, &book, &raw, &digest, &message, times)).unwrap();
    let raw = String::from_utf8(raw).unwrap();
    assert_eq!(kept(&mut store, &found(1, &raw, -300)), None, "it was in the mailbox when that was archived");
    assert!(
        kept(&mut store, &found(2, &raw, 5)).is_some(),
        "an alert of today is never taken for an old one"
    );
}

#[test]
fn failures_are_counted_by_mail_and_shown_only_for_those_that_failed() {
    let mut store = Store::in_memory().unwrap();
    kept(&mut store, &found(1, "a", 1));
    for count in 1..=3 {
        assert_eq!(store.write(|c| failed(c, BOX, 1, "7")).unwrap(), count);
    }
    assert_eq!(store.write(|c| failed(c, BOX, 2, "7")).unwrap(), 1);
    let shown = store.read(|c| attempts(c, BOX, 1)).unwrap();
    assert_eq!(shown.into_iter().collect::<Vec<_>>(), [("7".to_owned(), 3)]);
    assert!(store.read(|c| unsettled(c, BOX, 1)).unwrap() == ["1"], "one that was never kept is never moved");
}

#[test]
fn what_is_kept_is_to_be_flagged_or_moved_until_that_is_done() {
    let mut store = Store::in_memory().unwrap();
    kept(&mut store, &found(1, "a", 1));
    kept(&mut store, &found(2, "b", 1));
    kept(&mut store, &Found { settled: true, ..found(3, "c", 1) });
    assert_eq!(store.read(|c| unsettled(c, BOX, 1)).unwrap(), ["1", "2"]);
    store.write(|c| settled(c, BOX, 1, "1")).unwrap();
    assert_eq!(store.read(|c| unsettled(c, BOX, 1)).unwrap(), ["2"]);
    assert!(store.read(|c| unsettled(c, "other", 1)).unwrap().is_empty());
    // Somebody moved it back: it is there, and to be moved again.
    kept(&mut store, &found(1, "a", 1));
    assert_eq!(store.read(|c| unsettled(c, BOX, 1)).unwrap(), ["1", "2"]);
}

#[test]
fn a_maildir_s_mails_are_known_by_name_kept_or_not_wanted() {
    let mut store = Store::in_memory().unwrap();
    let maildir = |item: &str| Found { epoch: 0, item: item.to_owned(), ..found(0, item, 1) };
    kept(&mut store, &maildir("kept"));
    store.write(|c| failed(c, BOX, 0, "failed")).unwrap();
    store.write(|c| pass_over(c, BOX, &["old".to_owned(), "kept".to_owned()])).unwrap();
    let known: Vec<String> = store.read(|c| items(c, BOX)).unwrap().into_iter().collect();
    assert_eq!(known, ["kept", "old"], "what failed is tried again");
}

/// Fault 1.
#[test]
fn a_stop_before_the_commit_leaves_the_mail_to_be_fetched_again() {
    let mut store = Store::in_memory().unwrap();
    entered(&mut store, 1, 1);
    let stopped = store.write(|c| {
        keep(c, &found(5, "a", 1), at(60))?;
        seen(c, BOX, 1, 5)?;
        Err::<(), _>(Error::Panicked)
    });
    assert!(stopped.is_err());
    assert_eq!(entered(&mut store, 1, 6).0.seen_to, 0);
    assert!(store.read(|c| unsettled(c, BOX, 1)).unwrap().is_empty());
    assert!(mail_rows(&store).is_empty());
    assert!(kept(&mut store, &found(5, "a", 1)).is_some());
}
