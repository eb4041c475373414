//! Owns the simulation of escalation: a night, or a week, in which anything may happen at any time, from a seed, in a pretended world
//! with the real core and a real store, and what must hold of it whatever happened.
//! `FIREBELL_WEEKS=20000` plays that many; a seed that failed is named and plays the same again with `FIREBELL_SEED`.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::cast;
use super::chance::{Chance, asked};
use super::script::{Line, What};
use super::world::{Entry, Stop, World};
use crate::audience::Audience;
use crate::book::Book;
use crate::escalation::{Position, STEP};
use crate::incident::{Event, Fact, Incident, NoticeKind, Status, decide};
use crate::io::store::views;

/// How many every test run plays: some 45 s of one core where nothing is optimised, 19 s of them for the week.
const RUNS: u64 = 120;
/// Each of so many is a week, the first among them. The others are nights of 12 hours: what a step costs grows with the
/// mails that an incident has had, and a week takes eighty times as long.
const EACH_A_WEEK: u64 = 150;

const CAST: &str = r#"
[[person]]
id = "abe"
addresses = ["abe@example.com"]

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

fn mail(from: &str, about: &str, body: &str) -> What {
    let body = if body.is_empty() { Vec::new() } else { vec![body.to_owned()] };
    What::Mail { from: from.to_owned(), about: about.to_owned(), headers: Vec::new(), body }
}

/// What happens next.
fn something(chance: &mut Chance, world: &World<'_>, now: Timestamp) -> What {
    let service = chance.of(&["service-a", "service-a@web02", "other"]);
    match chance.below(10) {
        0..=2 => mail("nagios", &format!("CRITICAL {service}"), ""),
        3 => mail("nagios", &format!("OK {service}"), ""),
        4..=6 => {
            let (who, incident) = (chance.of(&["kato", "sato", "abe", "mori"]), 1 + chance.below(3));
            let about = format!("INC-{incident}");
            let word =
                chance.of(&["ack", "ack", "ack", "recovered", "resolved", "close", "reopen", "looking"]);
            match world.answered(who, &about) {
                Some(_) => mail(who, &format!("re {about}"), word),
                None => What::Time,
            }
        }
        7 => {
            let person = Some(chance.of(&["kato", "sato", "abe", "mori"]).to_owned());
            What::Relay { answer: chance.of(&["250", "250", "451", "550"]).to_owned(), person }
        }
        8 => What::Relay { answer: chance.of(&["250", "250", "250", "down"]).to_owned(), person: None },
        _ => What::Down(now + SignedDuration::from_mins(1 + chance.below(300) as i64)),
    }
}

/// Plays a run and gives the incidents with their timelines, and when each page was handed over.
fn run(book: &Book, seed: u64) -> (Vec<(Incident, Vec<Event>)>, usize) {
    let mut chance = Chance(seed);
    let stop = chance.below(400) as usize;
    let mut world = World::new(book, std::path::Path::new("."), Some(stop)).unwrap();
    let start: Timestamp = "2026-11-22T15:00:00Z".parse().unwrap();
    let hours = if seed.is_multiple_of(EACH_A_WEEK) { 7 * 24 } else { 12 };
    let (mut now, end) = (start, start + SignedDuration::from_hours(hours));
    let mut index = 0;
    while now < end {
        // Bursts of minutes, and quiet hours.
        let minutes = if chance.below(3) == 0 { chance.below(600) } else { chance.below(25) };
        now += SignedDuration::from_secs((minutes * 60 + chance.below(60)) as i64);
        let what = something(&mut chance, &world, now);
        let line = Line { number: index, index, at: now, text: String::new(), what };
        index += 1;
        if let Err(Stop::Failed(error)) = world.play(&line) {
            panic!("seed {seed}: the world stops: {error}");
        }
        nobody_is_forgotten(&world, book, now, seed);
    }
    world.check_replay().unwrap();
    let incidents = world.store().read(views::incidents).unwrap();
    let with_events = incidents.into_iter().map(|incident| {
        let events = world.store().read(|store| views::events(store, incident.number)).unwrap();
        (incident, events)
    });
    let pages = world.entries.iter().filter(|entry| matches!(entry, Entry::Sent { .. })).count();
    (with_events.collect(), pages)
}

/// An incident that nobody has is looked at again, within the hour unless the relay or firebell is down.
fn nobody_is_forgotten(world: &World<'_>, book: &Book, now: Timestamp, seed: u64) {
    for incident in world.store().read(views::incidents).unwrap() {
        if incident.status() == Status::Open && incident.merged_into.is_none() {
            let due = decide::next_due(&incident, &book.directory, &Default::default());
            let due = due.unwrap_or_else(|| panic!("seed {seed}: incident {} is silent", incident.number));
            assert!(due <= now + SignedDuration::from_hours(1), "seed {seed}: {due} is late");
        }
    }
}

/// How long the policy lets pass before the step at a position.
fn delay(incident: &Incident, at: Position) -> SignedDuration {
    match at.step {
        0 => STEP,
        step => incident.policy.steps[step as usize].after,
    }
}

/// Steps fire once, in order, each its time after the one before was queued or when nobody of that one can be reached; and
/// never after an acknowledgement or a recovery ended their run.
fn steps_fire_once_and_in_order(incident: &Incident, events: &[Event], seed: u64) {
    let here = |event: &Event| format!("seed {seed}, incident {}, event {}", incident.number, event.seq);
    let mut last: BTreeMap<u32, (Position, Timestamp)> = BTreeMap::new();
    let (mut running, mut failed) = (1, Vec::new());
    for event in events {
        match &event.fact {
            Fact::Escalated { run, position, .. } | Fact::StepPassed { run, position, .. } => {
                assert!(running == *run, "{}: the run is over", here(event));
                let steps = incident.policy.steps.len() as u32;
                match last.get(run) {
                    None => assert_eq!((position.round, position.step), (0, 0), "{}", here(event)),
                    Some((before, at)) => {
                        let number = |at: &Position| at.round * steps + at.step;
                        assert_eq!(number(position), number(before) + 1, "{}", here(event));
                        let waited = event.at.duration_since(*at) >= delay(incident, *position);
                        let unreachable = failed.iter().any(|failure| failure >= at);
                        assert!(waited || unreachable && position.step > 0, "{}: too early", here(event));
                    }
                }
                last.insert(*run, (*position, event.at));
            }
            Fact::Undeliverable { audience: Audience::Inner, .. } => failed.push(event.at),
            Fact::Acknowledged { .. }
            | Fact::Recovered { .. }
            | Fact::Resolved { .. }
            | Fact::Closed { .. } => {
                running = 0;
            }
            Fact::AcknowledgementExpired { .. }
            | Fact::SeverityRaised { .. }
            | Fact::RecoveryWithdrawn { .. }
            | Fact::Recurred { .. } => {
                running = last.keys().max().copied().unwrap_or(0).max(runs(events, event))
            }
            _ => {}
        }
    }
}

/// How many runs there were up to an event.
fn runs(events: &[Event], until: &Event) -> u32 {
    let begins = |event: &&Event| {
        matches!(
            event.fact,
            Fact::AcknowledgementExpired { .. }
                | Fact::SeverityRaised { .. }
                | Fact::RecoveryWithdrawn { .. }
                | Fact::Recurred { .. }
        )
    };
    1 + events.iter().take_while(|event| event.seq <= until.seq).filter(begins).count() as u32
}

/// A page is handed over only while its run goes on.
fn nobody_is_paged_after_the_acknowledgement(incident: &Incident, events: &[Event], seed: u64) {
    let ended = |run: u32| {
        let number = |event: &&Event| runs(events, event);
        let ends = events.iter().filter(|event| matches!(event.fact, Fact::Acknowledged { .. }));
        ends.filter(|event| number(event) >= run).map(|event| event.seq).min()
    };
    for event in events {
        let Fact::Told { audience, number, person } = &event.fact else { continue };
        let Some(sent) = incident.notice(audience, *number, person) else { continue };
        let NoticeKind::Page { run, .. } = sent.kind else { continue };
        if let Some(end) = ended(run) {
            let (at, place) = (event.seq, incident.number);
            assert!(at < end, "seed {seed}, incident {place}: {person} is paged in event {at}, after {end}");
        }
    }
}

#[test]
fn whatever_happens_in_a_week_or_a_night_pages_come_in_order_once_and_not_after_the_acknowledgement() {
    let book = cast::book(&[CAST]).unwrap();
    let seeds = match asked("FIREBELL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..asked("FIREBELL_WEEKS").unwrap_or(RUNS),
    };
    let (mut steps, mut mails, mut acks) = (0, 0, 0);
    for seed in seeds.clone() {
        let (incidents, sent) = run(&book, seed);
        mails += sent;
        for (incident, events) in &incidents {
            steps_fire_once_and_in_order(incident, events, seed);
            nobody_is_paged_after_the_acknowledgement(incident, events, seed);
            steps += events.iter().filter(|event| matches!(event.fact, Fact::Escalated { .. })).count();
            acks += events.iter().filter(|event| matches!(event.fact, Fact::Acknowledged { .. })).count();
        }
    }
    let runs = (seeds.end - seeds.start) as usize;
    // One night alone may be a quiet one.
    assert!(runs == 1 || steps > runs / 2 && acks > 0 && mails > steps, "{runs}: {steps} {acks} {mails}");
}
