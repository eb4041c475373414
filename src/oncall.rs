//! Owns schedules: who is on call at a time, when that changes next, and when nobody is. Pure, and meant by the clocks of
//! a schedule's zone, so that on the days on which they are set nobody is on call twice and nobody never.
//! Never knows incidents, nor whether somebody can be reached.

mod clock;
mod layer;
mod shifts;
pub mod wish;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, PartyId, PersonId, Target};

pub use clock::moment;
pub use layer::{Layer, Length, Turns};
pub use shifts::{Shift, Shifts};

/// More changes than this are not walked through at once: hourly turns for five years.
const MOST_CHANGES: usize = 50_000;
/// How many of several stretches are named.
const NAMED: usize = 3;

/// Who is on call when.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Name in the configuration, as in `on-call:infra`.
    pub id: String,
    /// By whose clocks turns and hours are meant.
    pub zone: TimeZone,
    /// Where its people come from.
    pub rota: Rota,
    /// Exceptions that the site wrote down.
    pub overrides: Vec<Override>,
    /// Whoever comes on call is mailed what is open.
    pub tells_of_handover: bool,
    /// It has hours that nobody has on purpose: nobody is told of them.
    pub may_be_empty: bool,
}

/// Where the people of a schedule come from.
#[derive(Debug, Clone)]
pub enum Rota {
    /// The first layer that has somebody on call decides.
    Layers(Vec<Layer>),
    /// Shifts out of a calendar.
    Calendar {
        /// The shifts.
        shifts: Shifts,
        /// Titles of events in it that name nobody of the house.
        nameless: Vec<String>,
    },
}

/// For some time somebody else is on call than would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// By which people name it; 0 for what the site wrote down.
    #[serde(default)]
    pub number: u64,
    /// The schedule.
    pub schedule: String,
    /// Who is on call instead.
    pub person: PersonId,
    /// Of whom they take the place; without one, of whoever is on call first.
    pub instead_of: Option<PersonId>,
    /// From when.
    pub from: Timestamp,
    /// The moment at which it is over.
    pub until: Timestamp,
}

/// A stretch of time, and who is on call during it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// When it begins.
    pub from: Timestamp,
    /// The moment at which it is over.
    pub until: Timestamp,
    /// Who is on call; nobody during a gap.
    pub people: Vec<PersonId>,
}

impl Schedule {
    /// Who is on call at a time. `more` are exceptions that were made since the configuration was written; the last one
    /// made counts.
    pub fn on_call(&self, more: &[Override], at: Timestamp) -> Vec<PersonId> {
        let mut people = match &self.rota {
            Rota::Layers(layers) => {
                layers.iter().find_map(|layer| layer.on_call(&self.zone, at)).unwrap_or_default()
            }
            Rota::Calendar { shifts, .. } => shifts.on_call(at),
        };
        for exception in self.exceptions(more).filter(|exception| exception.holds(at)) {
            exception.change(&mut people);
        }
        people
    }

    /// When somebody else comes on call or goes, after a time; None when nothing changes within the next stretches.
    pub fn next_handover(&self, more: &[Override], after: Timestamp) -> Option<Timestamp> {
        let now = self.on_call(more, after);
        let mut changes = self.changes(more, after).take(1_000);
        changes.find(|at| self.on_call(more, *at) != now)
    }

    /// Who is on call from one time to another, each stretch as long as it can be.
    pub fn stretches(&self, more: &[Override], from: Timestamp, until: Timestamp) -> Vec<Stretch> {
        let first = Stretch { from, until, people: self.on_call(more, from) };
        let mut stretches = vec![first];
        for at in self.changes(more, from).take_while(|at| *at < until).take(MOST_CHANGES) {
            let people = self.on_call(more, at);
            if let Some(last) = stretches.last_mut().filter(|last| last.people != people) {
                last.until = at;
                stretches.push(Stretch { from: at, until, people });
            }
        }
        stretches
    }

    /// When nobody is on call, from one time to another.
    pub fn gaps(&self, more: &[Override], from: Timestamp, until: Timestamp) -> Vec<Stretch> {
        let mut stretches = self.stretches(more, from, until);
        stretches.retain(|stretch| stretch.people.is_empty());
        stretches
    }

    /// Stretches as people read them, by its clocks: the first few, and how many more.
    pub fn in_words(&self, stretches: &[Stretch]) -> String {
        let at = |at: Timestamp, format: &str| at.to_zoned(self.zone.clone()).strftime(format).to_string();
        let words = |it: &Stretch| {
            format!("from {} to {}", at(it.from, "%a %d %b %H:%M"), at(it.until, "%a %d %b %H:%M %Z"))
        };
        let mut named: Vec<String> = stretches.iter().take(NAMED).map(words).collect();
        let more = stretches.len().saturating_sub(NAMED);
        named.extend((more > 0).then(|| format!("and {more} more times")));
        named.join(", ")
    }

    /// Whether somebody is ever on call by it, exceptions aside.
    pub fn has(&self, person: &PersonId) -> bool {
        match &self.rota {
            Rota::Layers(layers) => layers.iter().any(|layer| layer.people.contains(person)),
            Rota::Calendar { shifts, .. } => shifts.has(person),
        }
    }

    fn exceptions<'a>(&'a self, more: &'a [Override]) -> impl Iterator<Item = &'a Override> {
        self.overrides.iter().chain(more).filter(|exception| exception.schedule == self.id)
    }

    /// The times after one at which something may change.
    fn changes<'a>(&'a self, more: &'a [Override], after: Timestamp) -> impl Iterator<Item = Timestamp> + 'a {
        std::iter::successors(self.next_change(more, after), |at| self.next_change(more, *at))
    }

    fn next_change(&self, more: &[Override], after: Timestamp) -> Option<Timestamp> {
        let change = match &self.rota {
            Rota::Layers(layers) => layers.iter().map(|layer| layer.next_change(&self.zone, after)).min(),
            Rota::Calendar { shifts, .. } => shifts.next_change(after),
        };
        let exceptions = self.exceptions(more).flat_map(|exception| [exception.from, exception.until]);
        change.into_iter().chain(exceptions).filter(|at| *at > after && *at < Timestamp::MAX).min()
    }
}

impl Override {
    /// Whether it holds at a time.
    pub fn holds(&self, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
    }

    /// Nobody is on call twice, and there are as many as before; where nobody is, the one who was named.
    fn change(&self, people: &mut Vec<PersonId>) {
        if people.contains(&self.person) {
            return;
        }
        let place = match &self.instead_of {
            Some(other) => people.iter_mut().find(|person| *person == other),
            None if people.is_empty() => return people.push(self.person.clone()),
            None => people.first_mut(),
        };
        if let Some(place) = place {
            *place = self.person.clone();
        }
    }
}

/// Everybody who can be told, and who is on call now: what turns targets into people.
#[derive(Debug, Clone, Copy)]
pub struct Roster<'a> {
    /// People and parties.
    pub directory: &'a Directory,
    /// Schedules by name.
    pub schedules: &'a BTreeMap<String, Schedule>,
    /// Exceptions that were made by mail.
    pub overrides: &'a [Override],
    /// The party that firebell itself reports to.
    pub operator: &'a PartyId,
}

impl Roster<'_> {
    /// Who is on call at a time; nobody when there is no such schedule any more.
    pub fn on_call(&self, schedule: &str, at: Timestamp) -> Vec<PersonId> {
        self.schedules.get(schedule).map(|schedule| schedule.on_call(self.overrides, at)).unwrap_or_default()
    }

    /// Everybody whom these targets mean at a time, each once, in order. Who the owner is, and who is meant by all, the
    /// caller knows. Nobody from outside is ever meant: an incident keeps the targets with which it began, and whoever was of
    /// the house then may be a client's now.
    pub fn people_meant_by(
        &self,
        targets: &[Target],
        owner: &[PersonId],
        all: &[PersonId],
        at: Timestamp,
    ) -> Vec<PersonId> {
        let mut people = Vec::new();
        for target in targets {
            let meant = match target {
                Target::Person(person) => vec![person.clone()],
                Target::Party(party) => self.directory.people_in([party]),
                Target::OnCall(schedule) => self.on_call(schedule, at),
                Target::Owner => owner.to_vec(),
                Target::All => all.to_vec(),
            };
            for person in meant {
                if self.directory.is_internal(&person) && !people.contains(&person) {
                    people.push(person);
                }
            }
        }
        people
    }
}
