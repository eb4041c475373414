//! Owns the test of non-interference: what a client is sent does not depend on what the house says among itself, nor on
//! other clients. A random conversation is played twice, with other internal words and with or without other clients; the
//! bytes that go to the client are the same.
//! `FIREBELL_CONVERSATIONS=5000` plays that many; a seed that failed is named and plays the same again with
//! `FIREBELL_CONVERSATION`.

mod act;
mod ending;
mod stage;

use jiff::{SignedDuration, Timestamp};

use super::chance::{Chance, asked};
use super::script::Line;
use super::world::World;
use super::{cast, reports};
use crate::audience::Audience;
use crate::directory::PartyId;
use crate::templates::{Product, altered};
use act::Act;
use stage::House;

/// Conversations from this seed on end with a report.
const REPORTED: u64 = 1 << 32;

/// Conversations from this seed on are about two troubles of one name.
const TWO: u64 = 2 << 32;

/// Of so many of these the reports are written as PDF too, which takes a while.
const WITH_PDF: u64 = 10;

/// A font with Japanese letters.
const FONT: &str = "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf";

/// Conversations that every test run plays; each takes longer where nothing is optimised.
const CONVERSATIONS: u64 = if cfg!(debug_assertions) { 60 } else { 1000 };

/// What reached a client, in order, and what is kept of it; each with a few words on what it is.
fn of_client(
    world: &World<'_>,
    book: &crate::book::Book,
    client: &str,
    as_pdf_too: bool,
) -> Vec<(String, String)> {
    let client = PartyId::new(client);
    let to = Audience::Client(client.clone());
    let mails = world.mails().filter(|(mail, _)| mail.audience == to);
    let mut got: Vec<((String, u64), (String, String))> = mails
        .map(|(mail, text)| {
            let bytes = String::from_utf8_lossy(&mail.bytes).into_owned();
            ((mail.person.to_string(), mail.incident), (format!("{text} to {}", mail.person), bytes))
        })
        .collect();
    // Each contact has a mailbox: what came to another one before is nothing to it. In each the mails of a thread are in
    // order; of two threads the one may come first within a second, and bears the same time.
    got.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut got: Vec<(String, String)> = got.into_iter().map(|(_, got)| got).collect();
    let editions = reports::of(book, &world.records().unwrap(), world.now());
    for report in editions.into_iter().filter(|report| report.name.contains(&format!(" {client} "))) {
        let forms = [
            crate::document::text(&report.document, &book.templates),
            crate::document::html(&report.document, &book.templates),
            report.svg,
        ];
        let pdf = [as_pdf(&report.document)].into_iter().filter(|_| as_pdf_too);
        got.extend(forms.into_iter().chain(pdf).map(|form| (report.name.clone(), form)));
    }
    got
}

/// The same as PDF, text and metadata and all, where this is built with it.
fn as_pdf(document: &crate::document::Document) -> String {
    let fonts = std::fs::read(FONT).map(std::sync::Arc::new).into_iter().collect::<Vec<_>>();
    let pdf = crate::document::pdf(document, &[], &fonts);
    assert!(pdf.is_some() || !crate::document::WRITES_PDF, "{FONT} is missing, tests/run installs it");
    pdf.iter().flatten().map(|byte| format!("{byte:02x}")).collect()
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
    of_client(&world, &book, "client-a", (REPORTED..REPORTED + WITH_PDF).contains(&seed))
}

/// Some hours in which anything may happen; or, from [`REPORTED`] on, a trouble that ends, whatever else is
/// broken beside it, and of which a report is sent.
fn conversation(seed: u64) -> Vec<(Timestamp, Act)> {
    let mut chance = Chance(seed);
    let reported = seed >= REPORTED;
    let mut now: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
    if seed >= TWO {
        let acts = ending::two(&mut chance).into_iter().chain([(90, Act::Nothing)]);
        return acts
            .map(|(minutes, act)| {
                now +=
                    SignedDuration::from_mins(minutes) + SignedDuration::from_secs(chance.below(60) as i64);
                (now, act)
            })
            .collect();
    }
    let mut acts = vec![(now, Act::Alert { host: 0, firing: true })];
    for _ in 0..6 + chance.below(12) {
        let minutes = if chance.below(8) == 0 { chance.below(150) } else { chance.below(12) };
        now += SignedDuration::from_secs((minutes * 60 + chance.below(60)) as i64);
        let act = Act::random(&mut chance);
        acts.extend((!reported || act.leaves_the_first_as_it_is()).then_some((now, act)));
    }
    let end = if reported { ending::end(&mut chance) } else { Vec::new() };
    for (minutes, act) in end {
        now += SignedDuration::from_mins(minutes);
        acts.push((now, act));
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
    let some = (seeds.end - seeds.start).div_ceil(3);
    let (reports, two) = (REPORTED..REPORTED + some, TWO..TWO + some);
    let found: Vec<String> =
        seeds.chain(reports).chain(two).filter_map(|seed| difference(seed, None)).take(5).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The test of the test, for what is mailed by itself, digests, reports and their pictures. The last look at each mail doesn't find so short a name; this does.
#[test]
fn a_template_that_names_a_host_is_noticed() {
    let mails = [(Product::Mail, "down"), (Product::Mail, "still-down")];
    let others =
        [(Product::Digest, "footer"), (Product::Report, "footer"), (Product::Report, "legend-broken")];
    for template in mails.into_iter().chain(others) {
        let first = if template.0 == Product::Report { REPORTED } else { 0 };
        let found = (first..first + 20).find_map(|seed| difference(seed, Some(template)));
        let found = found.unwrap_or_default();
        assert!(found.contains("web") && found.contains("db-"), "{template:?}: {found}");
    }
}

/// What is compared would be worth little if it were not there.
#[test]
fn the_conversations_bring_clients_mails_digests_and_reports_of_more_than_one_version() {
    let kinds: std::collections::BTreeSet<String> = (REPORTED..REPORTED + 6)
        .flat_map(|seed| {
            let [house, _] = House::pair(seed);
            played(&conversation(seed), &house, seed)
        })
        .map(|(what, _)| what)
        .collect();
    for kind in
        ["down to ueda", "digest to ueda", "report-copy to ueda", "INC-1 client-a ja", "INC-1 client-a en"]
    {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
}
