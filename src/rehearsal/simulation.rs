//! Owns the simulation: weeks in which anything may happen at any time, from a seed, in a pretended world with the real core
//! and a real store, where commits fail, relays break off, firebell is killed and a second one works on the same store.
//! What must hold of it whatever happened is in `invariants`.
//! `FIREBELL_WEEKS=20000` plays that many; a seed that failed is told with its transcript, and `FIREBELL_SEED` plays it again.

mod edges;
mod invariants;
mod week;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};

use super::chance::{Chance, asked};
use super::world::{Stop, World};
use super::{cast, print};
use crate::book::Book;
use edges::{Failing, Lie, Outside};
use invariants::{Broken, Holds};
use week::Week;

/// How many weeks every test run plays.
const WEEKS: u64 = 300;
/// In so many parts, side by side.
const PARTS: u64 = 2;

const CAST: &str = r#"
[gateway]
storm_after = 100

[[rule]]
name = "service-a"
when = { alert.service = "^service-a", alert.state = "firing" }
then = { action = "open", service = "service-a", severity = "sev1", title = "Service A is down" }

[[rule]]
name = "burst"
when = { alert.service = "^burst", alert.state = "firing" }
then = { action = "open", severity = "sev2", title = "{host} burst" }

[[rule]]
name = "other-alerts"
when = { alert.state = "firing" }
then = { action = "open", severity = "sev3" }

[[rule]]
name = "colleague-reports"
when = { internal = true, automatic = false }
then = { action = "open", severity = "sev3" }

[[person]]
id = "abe"
addresses = ["abe@example.com"]

[[person]]
id = "zama"
addresses = ["zama@client-b.example.jp"]

[[party]]
id = "client-b"
external = true
owner = "sales"
people = ["zama"]

[[service]]
id = "service-a"
clients = ["client-a", "client-b"]

[[schedule]]
id = "dev"
layers = [
  { people = ["sato", "abe"], every = "daily", start = 2026-11-23, hours = "Mon-Fri 09:00-18:00" },
  { people = ["abe", "sato"], every = "12h", start = 2026-11-23, hours = "Mon-Sat 18:00-09:00" },
]

[[policy]]
id = "round-the-clock"
steps = [
  { tell = ["on-call:dev"] },
  { after = "5m", tell = ["party:infra"], severity = "sev2" },
  { after = "15m", tell = ["owner", "all"], within = "08:00-22:00" },
  { after = "7m", tell = ["party:sales"] },
]
repeat = 2
"#;

/// How much of something there was, so that nobody takes a week without anything for a proof.
#[derive(Debug, Default, Clone, Copy)]
struct Much {
    mails: usize,
    taken: usize,
    unheard: usize,
    /// Mails that said what several would have said.
    together: usize,
}

/// A seed that failed, with what happened up to then.
#[derive(Debug)]
struct Failure {
    broken: Broken,
    transcript: String,
}

/// Plays a seed's week.
fn play(book: &Book, seed: u64, length: SignedDuration, lie: Option<Lie>) -> Result<Much, Failure> {
    let mut chance = Chance(seed);
    let outside = Rc::new(RefCell::new(Outside::default()));
    let edge = Failing::new(Chance(chance.below(u64::MAX)), Rc::clone(&outside), lie);
    let mut world = World::new(book, Path::new("."), None).unwrap().with(edge);
    let start: Timestamp = "2026-11-22T15:00:00Z".parse().unwrap();
    let mut week = Week::new(start, length);
    let mut holds: Holds = Ok(());
    while holds.is_ok() && week.next(&mut chance, &world).is_some() {
        let Some(line) = week.lines.last() else { break };
        holds = match world.play(line) {
            Err(Stop::Failed(error)) => Err(Broken { name: "firebell goes on", text: error.to_string() }),
            _ => invariants::at_any_time(&world, book, line.at),
        };
        if holds.is_ok() && world.is_up() {
            holds = invariants::when_idle(&world, line.at);
        }
    }
    let outside = outside.borrow();
    let holds = holds.and_then(|()| invariants::at_the_end(&world, book, &outside));
    let much = Much {
        mails: outside.handed_in.len(),
        taken: outside.took.len(),
        unheard: outside.unheard.len(),
        together: outside.took.iter().filter(|took| !took.mail.parts.is_empty()).count(),
    };
    let transcript = || print(&week.lines, &world.entries, book);
    holds.map(|()| much).map_err(|broken| Failure { broken, transcript: transcript() })
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Plays a part of the weeks.
fn play_part(part: u64) {
    let book = cast::book(&[CAST]).unwrap();
    let seeds: Vec<u64> = match asked("FIREBELL_SEED") {
        Some(seed) => (seed..=seed).filter(|_| part == 0).collect(),
        None => (part..asked("FIREBELL_WEEKS").unwrap_or(WEEKS)).step_by(PARTS as usize).collect(),
    };
    let mut all = Much::default();
    let mut failures = Vec::new();
    for seed in &seeds {
        let much = match play(&book, *seed, DAY * 7, None) {
            Ok(much) => much,
            Err(failure) => {
                failures.push((seed, failure));
                continue;
            }
        };
        all = Much {
            mails: all.mails + much.mails,
            taken: all.taken + much.taken,
            unheard: all.unheard + much.unheard,
            together: all.together + much.together,
        };
    }
    let told = |(seed, Failure { broken, .. }): &(&u64, Failure)| {
        format!("seed {seed}: {}: {}", broken.name, broken.text)
    };
    let transcript = failures.first().map_or("", |(_, failure)| failure.transcript.as_str());
    assert!(
        failures.is_empty(),
        "{}\n{transcript}",
        failures.iter().map(told).collect::<Vec<_>>().join("\n")
    );
    // One week alone may be a quiet one.
    let enough = all.mails > seeds.len() * 10 && all.taken > all.mails && all.unheard > seeds.len();
    let enough = enough && all.together > seeds.len();
    assert!(seeds.len() < 10 || enough, "{} weeks: {all:?}", seeds.len());
}

#[test]
fn whatever_happens_in_a_week_every_invariant_holds_in_even_seeds() {
    play_part(0);
}

#[test]
fn whatever_happens_in_a_week_every_invariant_holds_in_odd_seeds() {
    play_part(1);
}

/// Each lie, and the invariant that notices it.
const LIES: [(Lie, &str); 13] = [
    (Lie::LostCommit, "every mail is worked on"),
    (Lie::FlaggedBeforeKept, "every mail is kept once"),
    (Lie::DoubledClaim, "nothing is sent twice but what was not heard"),
    (Lie::DroppedDue, "firebell goes on"),
    (Lie::FastClock, "times never go back"),
    (Lie::LeakedWord, "clients read nothing of others"),
    (Lie::OtherRecipient, "everybody gets his own"),
    (Lie::DeafRelay, "told is what the relay took"),
    (Lie::ChangedBytes, "the same mail has the same bytes"),
    (Lie::LatePage, "pages end with their run"),
    (Lie::LostOutcome, "nothing is sent twice but what was not heard"),
    (Lie::Copied, "every mail is kept once"),
    (Lie::ForgottenPace, "nobody gets more than the caps"),
];

#[test]
fn whatever_happens_in_a_week_an_edge_that_lies_breaks_the_invariant_that_is_there_for_it() {
    let book = cast::book(&[CAST]).unwrap();
    for (lie, name) in LIES {
        let mut found = (0..100).filter_map(|seed| play(&book, seed, DAY * 2, Some(lie)).err());
        assert!(found.any(|found| found.broken.name == name), "`{name}` does not notice {lie:?}");
    }
}
