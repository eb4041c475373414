//! An import that was stopped, and one that keeps nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

/// Imports, and dies once so many mails are told of: what was committed by then stays, nothing is closed.
fn dies_after(count: usize, store: &mut Store, archive: &Archive) {
    let book = rehearsal::standard_cast().unwrap();
    let mut told = 0;
    let mut tell = |_| {
        told += 1;
        assert!(told < count, "planted");
    };
    let earlier = now() - SignedDuration::from_hours(30);
    let died = catch_unwind(AssertUnwindSafe(|| run(store, &book, archive, earlier, &mut tell)));
    assert!(died.is_err());
}

/// A store in which the first mails were committed before the import died.
fn stopped_after(count: usize, archive: &mut Archive) -> Store {
    let mut store = Store::in_memory().unwrap();
    archive.entries.truncate(count);
    dies_after(count, &mut store, archive);
    store
}

#[test]
fn an_import_that_was_killed_goes_on_and_ends_as_if_it_had_not_been() {
    let mut mails = a_mailbox(300);
    for mail in mails.iter_mut().skip(4).step_by(5) {
        *mail = mail.replace("Date: ", "X-Date: ");
    }
    let folder = tempfile::tempdir().unwrap();
    let mut whole = Store::in_memory().unwrap();
    import(&mut whole, &open(folder.path(), &mails));
    let whole = kept(&whole);
    for count in [1, 2, 9, 64, 127, 128, 129, 200, 299, 300] {
        let mut store = stopped_after(count, &mut open(folder.path(), &mails));
        let cut = kept(&store);
        assert_eq!(cut.mails.len(), count);
        assert!(cut.incidents.iter().any(|(incident, _)| incident.status() != Status::Closed));
        let accounts = import(&mut store, &open(folder.path(), &mails));
        let known = accounts.iter().filter(|account| matches!(account.fate, Fate::Known(_))).count();
        assert_eq!((accounts.len(), known), (300, count));
        assert_eq!(kept(&store), whole, "stopped after {count}");
    }
}

#[test]
fn a_second_stop_does_no_harm_either() {
    let mails = a_mailbox(200);
    let folder = tempfile::tempdir().unwrap();
    let (whole, _) = imported(&mails);
    let mut store = stopped_after(50, &mut open(folder.path(), &mails));
    let archive = open(folder.path(), &mails);
    dies_after(140, &mut store, &archive);
    import(&mut store, &archive);
    assert_eq!(kept(&store), kept(&whole));
}

#[test]
fn a_dry_run_says_the_same_as_the_real_run_and_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    let mails = a_mailbox(260);
    let archive = open(folder.path(), &mails);
    // The store knows some of the mails, one of them with other line ends, and has incidents of its own.
    let mut known: Vec<String> = mails.iter().take(60).cloned().collect();
    known.push(mails[80].replace('\n', "\r\n"));
    let first = tempfile::tempdir().unwrap();
    import(&mut Store::open(&path).unwrap(), &open(first.path(), &known));
    let before = kept(&Store::open(&path).unwrap());

    let mut store = Store::open(&path).unwrap();
    store.keep_nothing().unwrap();
    let dry = import(&mut store, &archive);
    drop(store);
    assert_eq!(kept(&Store::open(&path).unwrap()), before);

    let real = import(&mut Store::open(&path).unwrap(), &archive);
    assert_eq!(dry, real);
    assert_ne!(kept(&Store::open(&path).unwrap()), before);
}
