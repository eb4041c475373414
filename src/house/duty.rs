//! Owns what the house knows of who is on call beside what the site wrote down: exceptions made by mail, hours that nobody
//! has and of which the operator was told, and who was told that they take over.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{House, HouseEvent};
use crate::directory::PersonId;
use crate::oncall::{Override, Schedule, Stretch};

/// How far ahead the operator hears of hours that nobody has, once the first of them is near.
const AHEAD: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How near: time to find somebody, a weekend included.
const NEAR: SignedDuration = SignedDuration::from_hours(3 * 24);
/// Exceptions are forgotten this long after their end: who was on call yesterday can still be said.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Hours of a schedule that are remembered as told.
const MOST_GAPS: usize = 200;

/// What happened to who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "duty", rename_all = "kebab-case")]
pub enum DutyFact {
    /// Somebody is on call instead of somebody else. Its number is that of the event.
    Changed {
        /// Who says so.
        by: PersonId,
        /// What.
        exception: Override,
        /// When, in words, by the schedule's clocks.
        words: String,
    },
    /// An exception was taken back.
    TakenBack {
        /// Who says so.
        by: PersonId,
        /// Its number.
        number: u64,
    },
    /// The operator is told of hours that nobody has.
    GapsTold {
        /// The schedule.
        schedule: String,
        /// From when until when, each.
        gaps: Vec<(Timestamp, Timestamp)>,
        /// The same in words, by the schedule's clocks.
        words: String,
    },
    /// Somebody else is on call now, and is told what is open. The first time nobody is: it was so before.
    HandedOver {
        /// The schedule.
        schedule: String,
        /// Who is on call.
        people: Vec<PersonId>,
        /// Who of them is told.
        told: Vec<PersonId>,
    },
}

/// What was told of a schedule.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DutyState {
    /// Hours that nobody has, of which the operator was told, and that aren't over.
    #[serde(default)]
    pub gaps: Vec<(Timestamp, Timestamp)>,
    /// Who was on call when that was last looked at, and when; None where nobody is told of it.
    #[serde(default)]
    pub people: Option<(Timestamp, Vec<PersonId>)>,
}

/// The house after one more fact.
pub(super) fn apply(house: &mut House, fact: &DutyFact, event: &HouseEvent) {
    match fact {
        DutyFact::Changed { exception, .. } => {
            house.overrides.retain(|old| old.until + KEPT > event.at);
            house.overrides.push(Override { number: event.seq, ..exception.clone() });
        }
        DutyFact::TakenBack { number, .. } => house.overrides.retain(|old| old.number != *number),
        DutyFact::GapsTold { schedule, gaps, .. } => {
            let told = &mut house.duty.entry(schedule.clone()).or_default().gaps;
            told.retain(|(_, until)| *until > event.at);
            told.extend(gaps);
            let surplus = told.len().saturating_sub(MOST_GAPS);
            told.drain(..surplus);
        }
        DutyFact::HandedOver { schedule, people, .. } => {
            house.duty.entry(schedule.clone()).or_default().people = Some((event.at, people.clone()));
        }
    }
}

impl House {
    /// What is to be said now of a schedule: somebody else is on call, or soon nobody will be.
    pub fn due_of_duty(&self, schedule: &Schedule, now: Timestamp) -> Option<DutyFact> {
        self.handover(schedule, now).or_else(|| self.gaps(schedule, now))
    }

    /// When somebody else will be on call by a schedule that tells them.
    pub fn next_handover(&self, schedule: &Schedule, now: Timestamp) -> Option<Timestamp> {
        let (at, _) = self.duty.get(&schedule.id).and_then(|state| state.people.as_ref())?;
        schedule.next_handover(&self.overrides, *at.max(&now)).filter(|_| schedule.tells_of_handover)
    }

    fn handover(&self, schedule: &Schedule, now: Timestamp) -> Option<DutyFact> {
        if !schedule.tells_of_handover {
            return None;
        }
        let before = self.duty.get(&schedule.id).and_then(|state| state.people.as_ref());
        let people = schedule.on_call(&self.overrides, now);
        let told = match before {
            Some((_, before)) if *before == people => return None,
            Some((_, before)) => people.iter().filter(|person| !before.contains(person)).cloned().collect(),
            None => Vec::new(),
        };
        Some(DutyFact::HandedOver { schedule: schedule.id.clone(), people, told })
    }

    /// Each is told once, however its ends move while it lies ahead: what of it was told is not told again.
    fn gaps(&self, schedule: &Schedule, now: Timestamp) -> Option<DutyFact> {
        if schedule.may_be_empty {
            return None;
        }
        let told = self.duty.get(&schedule.id).map(|state| state.gaps.as_slice()).unwrap_or_default();
        let is_told = |gap: &Stretch| told.iter().any(|(from, until)| gap.from < *until && *from < gap.until);
        let mut gaps = schedule.gaps(&self.overrides, now, now + AHEAD);
        gaps.retain(|gap| !is_told(gap));
        gaps.truncate(MOST_GAPS);
        let words = schedule.in_words(&gaps);
        let gaps: Vec<_> = gaps.iter().map(|gap| (gap.from, gap.until)).collect();
        let near = gaps.first().is_some_and(|(from, _)| *from <= now + NEAR);
        near.then(|| DutyFact::GapsTold { schedule: schedule.id.clone(), gaps, words })
    }
}

impl DutyFact {
    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Changed { by, exception: Override { schedule, person, instead_of, .. }, words } => {
                let instead = instead_of.as_ref().map(|other| format!(" instead of {other}"));
                let instead = instead.unwrap_or_default();
                format!("{person} is on call by {schedule}{instead} {words}, says {by}")
            }
            Self::TakenBack { by, number } => format!("{by} takes back exception {number} of who is on call"),
            Self::GapsTold { schedule, words, .. } => {
                format!(
                    "schedule {schedule}: nobody is on call {words}; whoever is paged then is the operator. \
                     Somebody who takes it can answer any mail of ours with `override me 22:00-06:00`"
                )
            }
            Self::HandedOver { schedule, people, .. } if people.is_empty() => {
                format!("nobody is on call by {schedule} now")
            }
            Self::HandedOver { schedule, people, .. } => {
                let people: Vec<&str> = people.iter().map(PersonId::as_str).collect();
                format!("{} on call by {schedule} now", people.join(", "))
            }
        }
    }
}
