//! Webs of mails: whatever answers what, in whatever order it comes, what hangs together is one incident.
//! `FIREBELL_TREES=100000` plays more of them than the thousand of every test run.

mod mails;
pub mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use firebell::book::Book;
use firebell::gateway::{Change, Outcome};
use firebell::incident;
use firebell::io::store::{Connection, Lease, Result, Store, inbound, views};
use firebell::message;
use firebell::rehearsal;
use jiff::{SignedDuration, Timestamp};

use mails::Web;
use random::Random;

/// Says how many webs are played.
const TREES: &str = "FIREBELL_TREES";
/// How many webs share a store: making one costs as much as playing a web.
const WEBS_A_STORE: u64 = 50;

/// Takes a mail in and works on it.
fn receive(connection: &Connection, book: &Book, raw: &[u8], now: Timestamp) -> Result<Change> {
    inbound::deposit(connection, raw, now)?;
    let lease = Lease { owner: "test".to_owned(), until: now + SignedDuration::from_mins(1) };
    let claimed = inbound::claim(connection, &lease, 1, now)?.remove(0);
    inbound::finish(connection, book, &claimed, &message::read(&claimed.raw), now)
}

/// Lets the mails of a web come in their order, and gives the incident to which each led.
fn play(store: &mut Store, book: &Book, web: &Web, start: Timestamp) -> BTreeMap<String, u64> {
    let mut led = BTreeMap::new();
    let play = |connection: &Connection| {
        for (step, mail) in web.arriving.iter().enumerate() {
            let now = start + SignedDuration::from_secs(step as i64);
            let outcome = receive(connection, book, &mail.bytes(), now)?.outcome.expect("every mail has one");
            match (outcome.what, led.get(&mail.id)) {
                (Outcome::Duplicate, Some(_)) => {}
                (Outcome::Opened | Outcome::Joined, None) => {
                    led.insert(mail.id.clone(), outcome.incident.expect("it led to one"));
                }
                (what, before) => panic!("{what:?} after {before:?}: {mail:?}\nof {web:#?}"),
            }
        }
        Ok(())
    };
    store.write(play).unwrap();
    led
}

/// What stands for an incident in the end.
fn survivor(into: &BTreeMap<u64, u64>, mut number: u64) -> u64 {
    while let Some(older) = into.get(&number) {
        assert!(*older < number, "the older number stays");
        number = *older;
    }
    number
}

fn check(into: &BTreeMap<u64, u64>, web: &Web, led: &BTreeMap<String, u64>) {
    let mut of_part: BTreeMap<&str, u64> = BTreeMap::new();
    for mail in &web.arriving {
        let (part, number) = (web.part(mail), survivor(into, led[&mail.id]));
        let first = *of_part.entry(part).or_insert(number);
        assert_eq!(first, number, "{} hangs together with others and is apart\nof {web:#?}", mail.id);
    }
    let different: BTreeSet<&u64> = of_part.values().collect();
    assert_eq!(different.len(), of_part.len(), "parts that don't hang together are one\nof {web:#?}");
}

/// Stored state equals the replay of its timeline; what became part of what.
fn check_replay(store: &Store) -> BTreeMap<u64, u64> {
    let incidents = store.read(views::incidents).unwrap();
    for stored in &incidents {
        let events = store.read(|connection| views::events(connection, stored.number)).unwrap();
        assert_eq!(incident::replay(stored.number, &events).as_ref(), Some(stored));
    }
    incidents.iter().filter_map(|incident| Some((incident.number, incident.merged_into?))).collect()
}

fn many(web: fn(&mut Random) -> Web, webs: u64) {
    let book = rehearsal::standard_cast().unwrap();
    let start: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
    let (mut merged, mut parts, mut mails) = (0, 0, 0);
    for first in (0..webs).step_by(WEBS_A_STORE as usize) {
        let mut store = Store::in_memory().unwrap();
        let webs = first..webs.min(first + WEBS_A_STORE);
        let webs: Vec<Web> = webs.map(|seed| web(&mut Random::new(seed))).collect();
        let led: Vec<_> = webs.iter().map(|web| play(&mut store, &book, web, start)).collect();
        let into = check_replay(&store);
        for (web, led) in webs.iter().zip(&led) {
            check(&into, web, led);
            mails += web.arriving.len();
            parts += web.arriving.iter().map(|mail| web.part(mail)).collect::<BTreeSet<_>>().len();
        }
        merged += into.len();
    }
    assert!(merged > 0 && parts > webs as usize, "no web put it to the test");
    if std::env::var_os(TREES).is_some() {
        let told =
            format!("{webs} webs, {mails} mails, {parts} incidents; {merged} became part of another\n");
        std::io::stdout().write_all(told.as_bytes()).unwrap();
    }
}

/// How many webs each test plays.
fn webs() -> u64 {
    std::env::var(TREES).map_or(1000, |trees| trees.parse().unwrap())
}

#[test]
fn a_tree_of_answers_is_one_incident_for_each_part_that_hangs_together() {
    many(Web::tree, webs());
}

#[test]
fn two_trees_that_a_late_mail_joins_are_one_incident() {
    many(Web::joined_trees, webs() / 4);
}
