//! Owns when digests are due, and for whom they are: pure arithmetic on times, a cron expression in a zone.
//! Never knows what a digest says.
//!
//! Summer time: a time of day that a day lacks comes right after the gap, one that it has twice comes once.

use std::collections::BTreeSet;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::directory::{PartyId, PersonId, ServiceId};

/// A cron expression in a zone.
#[derive(Debug, Clone)]
pub struct Rhythm {
    cron: Cron,
    zone: TimeZone,
}

impl Rhythm {
    /// Five fields: minute, hour, day of the month, month, day of the week. The error says what is wrong.
    pub fn new(text: &str, zone: TimeZone) -> Result<Self, String> {
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let example = "write five fields: minute, hour, day of the month, month, day of the week, such as \
                       `0 9 * * Mon-Fri` or `0 9 * * Mon`";
        let cron =
            parser.parse(text).map_err(|error| format!("`{text}` can't be read ({error}); {example}"))?;
        let rhythm = Self { cron, zone };
        match rhythm.next_after(Timestamp::UNIX_EPOCH) {
            Some(_) => Ok(rhythm),
            None => Err(format!("`{text}` never comes; {example}")),
        }
    }

    /// The first time after this one.
    pub fn next_after(&self, at: Timestamp) -> Option<Timestamp> {
        let at = at.to_zoned(self.zone.clone());
        self.cron.find_next_occurrence(&at, false).ok().map(|next| next.timestamp())
    }

    /// The newest time that is not after this one.
    pub fn newest_until(&self, at: Timestamp) -> Option<Timestamp> {
        let at = at.to_zoned(self.zone.clone());
        self.cron.find_previous_occurrence(&at, true).ok().map(|before| before.timestamp())
    }

    /// The zone in which it is meant.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }
}

/// Whose view a digest is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// A person's.
    Person(PersonId),
    /// A party's, be it a team or a client.
    Party(PartyId),
}

/// A digest that the site wants, `[[digest]]`.
#[derive(Debug, Clone)]
pub struct DigestOrder {
    /// Its name.
    pub id: String,
    /// When it is sent.
    pub rhythm: Rhythm,
    /// Whose view it is.
    pub audience: View,
    /// Who gets it.
    pub recipients: Vec<PersonId>,
    /// Services it is about; all of the audience's where there is none.
    pub services: BTreeSet<ServiceId>,
    /// Not sent when there is nothing to say.
    pub skip_empty: bool,
    /// With numbers, beside those of the weeks before.
    pub trends: bool,
}

impl DigestOrder {
    /// The time for which it is to be sent now, when `after` is the newest for which it was: one only, however many
    /// went by.
    pub fn due(&self, after: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let next = self.rhythm.next_after(after).filter(|next| *next <= now)?;
        Some(self.rhythm.newest_until(now).map_or(next, |newest| newest.max(next)))
    }
}

#[cfg(test)]
mod tests;
