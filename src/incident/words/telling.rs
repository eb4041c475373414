//! Owns the timeline lines about what happened between the house and its clients.

use jiff::tz::TimeZone;

use super::one_line;
use crate::directory::PersonId;
use crate::incident::{Event, Telling};

/// One line.
pub(super) fn line(telling: &Telling, _event: &Event, _zone: &TimeZone) -> String {
    match telling {
        Telling::Withheld { person, found, .. } => {
            let found: Vec<String> = found.iter().map(|word| format!("\"{}\"", one_line(word))).collect();
            format!("mail for {person} held back: it has {} in it", found.join(", "))
        }
        Telling::HeardDirectly { by, people } => {
            format!("the mail of {by} went to {} directly", names(people))
        }
    }
}

fn names(people: &[PersonId]) -> String {
    people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ")
}
