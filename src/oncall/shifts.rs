//! Owns shifts that were written down one by one, as calendars have them.

use jiff::{SignedDuration, Timestamp};

use crate::directory::PersonId;

/// Somebody is on call for some time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// From when.
    pub from: Timestamp,
    /// The moment at which it is over.
    pub until: Timestamp,
    /// Who.
    pub person: PersonId,
}

/// Shifts in the order in which they begin.
#[derive(Debug, Clone, Default)]
pub struct Shifts {
    shifts: Vec<Shift>,
    longest: SignedDuration,
}

impl Shifts {
    /// Shifts in any order. Those that are over when they begin are none.
    pub fn new(mut shifts: Vec<Shift>) -> Self {
        shifts.retain(|shift| shift.from < shift.until);
        shifts.sort();
        let length = |shift: &Shift| shift.until.duration_since(shift.from);
        let longest = shifts.iter().map(length).max().unwrap_or(SignedDuration::ZERO);
        Self { shifts, longest }
    }

    /// Who is on call at a time, each once, whose shift began first first.
    pub fn on_call(&self, at: Timestamp) -> Vec<PersonId> {
        let mut people = Vec::new();
        for shift in self.around(at).filter(|shift| shift.from <= at && at < shift.until) {
            if !people.contains(&shift.person) {
                people.push(shift.person.clone());
            }
        }
        people
    }

    /// When the next shift begins or ends, after a time.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let begins = self.shifts.get(self.shifts.partition_point(|shift| shift.from <= after));
        let ends = self.around(after).map(|shift| shift.until);
        begins.map(|shift| shift.from).into_iter().chain(ends).filter(|at| *at > after).min()
    }

    /// Whether somebody has one of them.
    pub fn has(&self, person: &PersonId) -> bool {
        self.shifts.iter().any(|shift| &shift.person == person)
    }

    /// When the last of them is over.
    pub fn end(&self) -> Option<Timestamp> {
        self.shifts.iter().map(|shift| shift.until).max()
    }

    /// Those that began before a time, or at it, and can still go on.
    fn around(&self, at: Timestamp) -> impl Iterator<Item = &Shift> {
        let early = at.checked_sub(self.longest).unwrap_or(Timestamp::MIN);
        let first = self.shifts.partition_point(|shift| shift.from < early);
        self.shifts.iter().skip(first).take_while(move |shift| shift.from <= at)
    }
}
