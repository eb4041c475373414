//! Owns the test of non-interference: what a client is sent does not depend on what the house says among itself, nor on
//! other clients. A random conversation is played twice, with other internal words and with or without other clients; the
//! bytes that go to the client are the same.
//! `FIREBELL_CONVERSATIONS=5000` plays that many; a seed that failed is named and plays the same again with
//! `FIREBELL_CONVERSATION`.

mod stage;

use jiff::{SignedDuration, Timestamp};

use super::chance::{Chance, asked};
use super::script::Line;
use super::world::World;
use super::{cast, reports};
use crate::audience::Audience;
use crate::directory::PartyId;
use crate::templates::{Product, altered};
use stage::{Act, House};

/// Conversations that every test run plays; each takes longer where nothing is optimised.
const CONVERSATIONS: u64 = if cfg!(debug_assertions) { 60 } else { 1000 };

/// What reached a client, in order, and what is kept of it; each with a few words on what it is.
fn of_client(world: &World<'_>, book: &crate::book::Book, client: &str) -> Vec<(String, String)> {
    let client = PartyId::new(client);
    let to = Audience::Client(client.clone());
    let mails = world.mails().filter(|(mail, _)| mail.audience == to);
    let mut got: Vec<(String, String)> = mails
        .map(|(mail, text)| {
            (format!("{text} to {}", mail.person), String::from_utf8_lossy(&mail.bytes).into_owned())
        })
        .collect();
    // Each contact has a mailbox: what came to another one before is nothing to it.
    got.sort_by_key(|(what, _)| what.rsplit_once(' ').map(|(_, person)| person.to_owned()));
    let editions = reports::of(book, &world.records().unwrap(), world.now());
    for report in editions.into_iter().filter(|report| report.name.contains(&format!(" {client} "))) {
        let forms = [
            crate::document::text(&report.document, &book.templates),
            crate::document::html(&report.document, &book.templates),
            report.svg,
        ];
        got.extend(forms.map(|form| (report.name.clone(), form)));
    }
    got
}

/// Plays the acts in a house, and gives what its client got.
fn played(acts: &[(Timestamp, Act)], house: &House, seed: u64) -> Vec<(String, String)> {
    let book = cast::book(&[&house.cast(seed)]).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let mut world = World::new(&book, std::path::Path::new("."), None).unwrap();
    for (index, (at, act)) in acts.iter().enumerate() {
        let what = house.line(act, &world);
        let line = Line { number: index, index, at: *at, text: String::new(), what };
        let done = world.play(&line);
        assert!(done.is_ok(), "seed {seed}: the world stops: {done:?}");
    }
    of_client(&world, &book, "client-a")
}

/// Some hours in which anything may happen.
fn conversation(seed: u64) -> Vec<(Timestamp, Act)> {
    let mut chance = Chance(seed);
    let mut now: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
    let mut acts = vec![(now, Act::Alert { host: 0, firing: true })];
    for _ in 0..6 + chance.below(12) {
        let minutes = if chance.below(8) == 0 { chance.below(150) } else { chance.below(12) };
        now += SignedDuration::from_secs((minutes * 60 + chance.below(60)) as i64);
        acts.push((now, Act::random(&mut chance)));
    }
    acts.push((now + SignedDuration::from_mins(50), Act::Nothing));
    acts
}

/// Where two plays differ. `leak` is a template that names a host on purpose.
fn difference(seed: u64, leak: Option<(Product, &'static str)>) -> Option<String> {
    let acts = conversation(seed);
    let [one, other] = House::pair(seed);
    let [a, b] = [one, other].map(|house| {
        altered::let_leak(leak.map(|(of, name)| (of, name, house.hosts[0].chars().take(3).collect())));
        played(&acts, &house, seed)
    });
    altered::let_leak(None);
    let at = (0..a.len().max(b.len())).find(|at| a.get(*at) != b.get(*at))?;
    let (a, b) = (a.get(at), b.get(at));
    let lines = |got: Option<&(String, String)>| {
        got.map(|(_, text)| text.replace("><", ">\n<").lines().map(str::to_owned).collect::<Vec<_>>())
    };
    let (one, other) = (lines(a).unwrap_or_default(), lines(b).unwrap_or_default());
    let line = (0..one.len().max(other.len())).find(|at| one.get(*at) != other.get(*at)).unwrap_or_default();
    let (a, b) = (a.map(|it| &it.0), b.map(|it| &it.0));
    Some(format!("seed {seed}, number {at}: {a:?} {b:?}\n  {:?}\n  {:?}", one.get(line), other.get(line)))
}

#[test]
fn what_a_client_gets_depends_on_nothing_that_the_house_or_other_clients_say() {
    let seeds = match asked("FIREBELL_CONVERSATION") {
        Some(seed) => seed..seed + 1,
        None => 0..asked("FIREBELL_CONVERSATIONS").unwrap_or(CONVERSATIONS),
    };
    let found: Vec<String> = seeds.filter_map(|seed| difference(seed, None)).take(5).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The test of the test. The last look at each mail doesn't find so short a name; this does.
#[test]
fn a_template_that_names_a_host_is_noticed() {
    for template in [(Product::Mail, "down"), (Product::Mail, "still-down")] {
        let found = (0..20).find_map(|seed| difference(seed, Some(template)));
        let found = found.unwrap_or_default();
        assert!(found.contains("\"web\"") && found.contains("\"db-\""), "{template:?}: {found}");
    }
}
