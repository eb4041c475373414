//! A copy of a store takes its place: what was given since the copy was made is not given to anything else.

use std::collections::BTreeSet;

use super::super::witness::Progress;
use super::super::{health, restore};
use super::*;

fn reply(id: &str, words: &str, subject: &str) -> Vec<u8> {
    format!(
        "From: Kato <kato@example.com>\r\nMessage-ID: <{id}@example.com>\r\nSubject: Re: {subject}\r\n\r\n{words}\r\n"
    )
    .into_bytes()
}

fn ids(store: &Store) -> BTreeSet<String> {
    store.read(|c| views::outbox(c, true)).unwrap().into_iter().map(|notice| notice.message_id).collect()
}

#[test]
fn no_message_id_and_no_incident_that_may_have_been_given_since_the_copy_is_given_again() {
    let (book, folder) = (rehearsal::standard_cast().unwrap(), tempfile::tempdir().unwrap());
    let (path, copy) = (folder.path().join("firebell.db"), folder.path().join("copy.db"));
    let mut store = Store::open(&path).unwrap();
    let page = receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let subject = page.notices[0].subject.clone();
    store.read(|c| health::backup(c, &copy)).unwrap();
    let before = ids(&store);
    receive(&mut store, &book, &reply("a", "ack\n\nthe pool is full", &subject), at(1));
    store
        .write(|c| work(c, &book, Input::House(&HouseFact::ReloadRefused { mistakes: "x".into() }), at(1)))
        .unwrap();
    let since: BTreeSet<String> = ids(&store).difference(&before).cloned().collect();
    let lost = store.read(Progress::of).unwrap();

    let mut store = Store::open(&copy).unwrap();
    assert!(lost.is_ahead_of(&store.read(Progress::of).unwrap()));
    let lost = Progress { incidents: 7, ..lost };
    store.write(|c| restore::begin(c, &book, Some(lost), &[], at(10))).unwrap();
    receive(&mut store, &book, &reply("b", "ack\n\nthe disk is full", &subject), at(11));
    store
        .write(|c| work(c, &book, Input::House(&HouseFact::ReloadRefused { mistakes: "y".into() }), at(11)))
        .unwrap();
    let given: BTreeSet<String> = ids(&store).difference(&before).cloned().collect();
    assert!(given.len() >= 3 && since.len() >= 3, "{given:?} {since:?}");
    assert_eq!(given.intersection(&since).count(), 0, "{given:?} {since:?}");
    let opened = receive(
        &mut store,
        &book,
        b"From: kato@example.com\r\nMessage-ID: <c@a>\r\nSubject: other\r\n\r\nhelp\r\n",
        at(12),
    );
    assert_eq!(opened.outcome.unwrap().incident, Some(8));
    let log = store.read(views::house_events).unwrap();
    let house = log.iter().fold(crate::house::House::default(), crate::house::apply);
    assert_eq!(house, store.read(find::house).unwrap());
}
