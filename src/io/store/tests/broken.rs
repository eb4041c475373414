//! A store that breaks while firebell writes to it: what to do is said, and said for as long as it is so.

use std::fs;

use super::*;

#[tokio::test]
async fn damage_that_is_found_while_firebell_runs_is_told_with_what_to_do_and_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    let mut store = Store::open(&path).unwrap();
    for _ in 0..20 {
        store.write(|c| inbound::deposit(c, &vec![b'x'; 100_000], at(0))).unwrap();
    }
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xa5);
    fs::write(&path, &bytes).unwrap();

    let writer = Writer::start(Store::open(&path).unwrap()).unwrap();
    assert!(writer.failing().is_none());
    let read = writer.run(|c| past::raw(c, 20)).await;
    assert!(read.is_err_and(|error| error.to_string().contains("the store is damaged")));
    let advice = |writer: &Writer| writer.failing().unwrap().1;
    assert!(advice(&writer).contains("put the newest backup in its place"), "{}", advice(&writer));
    let next = |c: &Connection| next_fence(c);
    assert!(writer.run(next).await.is_ok(), "other pages can be written");
    assert!(advice(&writer).contains("is damaged"), "and yet it is");
}

#[tokio::test]
async fn a_store_that_may_only_be_read_is_told_as_that() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    drop(Store::open(&path).unwrap());
    let writer = Writer::start(Store::open_to_read(&path).unwrap()).unwrap();
    let kept = writer.run(|c| inbound::deposit(c, b"Subject: x\r\n\r\n", at(0))).await;
    assert!(kept.is_err());
    let (_, why) = writer.failing().unwrap();
    assert!(why.contains("mounted read-only") && why.contains("mails wait where they are"), "{why}");
}
