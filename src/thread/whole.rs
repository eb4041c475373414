//! Owns where mails of an incident go when that is part of another, or when people parted them from it.

use std::collections::BTreeMap;

use super::{Clues, Granted, Place};
use crate::incident::{Incident, Placed};

/// Occurrences are counted from 1: a right of this one is always outdated.
const NO_OCCURRENCE: u32 = 0;

/// The incident that stands for this one: it may be part of another, and that one of a third. An incident is only ever
/// part of an older one, so this comes to an end.
pub fn survivor(incidents: &BTreeMap<u64, Incident>, number: u64) -> u64 {
    led(incidents, number, None).0
}

/// The same, and what a right that was given there is worth here: it holds while no other occurrence has begun since
/// the two became one.
fn led(
    incidents: &BTreeMap<u64, Incident>,
    mut number: u64,
    mut granted: Option<Granted>,
) -> (u64, Option<Granted>) {
    let into = |number: u64| {
        let part = incidents.get(&number)?;
        let whole = incidents.get(&part.merged_into.filter(|into| *into < number)?)?;
        Some((part, whole))
    };
    while let Some((part, whole)) = into(number) {
        if let Some((_, _, occurrence)) = &mut granted {
            let since = whole.absorbed.get(&number) == Some(&whole.occurrence());
            *occurrence =
                if since && *occurrence == part.occurrence() { whole.occurrence() } else { NO_OCCURRENCE };
        }
        number = whole.number;
    }
    (number, granted)
}

/// The place of a mail that this incident's clue leads to.
pub(super) fn place(
    incidents: &BTreeMap<u64, Incident>,
    number: u64,
    by: Placed,
    granted: Option<Granted>,
) -> Place {
    let (incident, granted) = led(incidents, number, granted);
    Place { incident, by, granted }
}

/// What answers a mail that people parted from its incident goes where that is now, without a right there.
pub(super) fn unless_parted(
    place: Place,
    clues: &Clues,
    incidents: &BTreeMap<u64, Incident>,
    known_ids: &BTreeMap<String, u64>,
) -> Place {
    let answered = clues.message_ids.iter().skip(1).find_map(|id| known_ids.get(id));
    let there = answered.map(|number| survivor(incidents, *number));
    let apart = |there: &u64| incidents.get(&place.incident).is_some_and(|it| it.apart.contains(there));
    match there.filter(|there| *there != place.incident).filter(apart) {
        Some(incident) => Place { incident, by: Placed::References, granted: None },
        None => place,
    }
}
