//! Owns one layer of a schedule: its people take turns, during some hours or always.
//! Turns and hours are meant by the clocks of the zone; each begins at one moment and ends where the next begins.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span as Civil};

use super::clock::moment;
use crate::directory::PersonId;
use crate::rules::Span;

/// How far ahead the stretches of a week are looked for, in days. Longer waits are waited for in parts.
const AHEAD: i32 = 8;

/// How long a turn lasts, by the clocks of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// A divisor of 24, so that turns begin at the same hours every day.
    Hours(u8),
    /// Days; a week is seven.
    Days(u16),
}

/// When the people of a layer take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// When the turn of the first of them began or will begin. The turns before it go the same way.
    pub start: DateTime,
    /// How long each lasts.
    pub length: Length,
}

/// People who take turns.
#[derive(Debug, Clone)]
pub struct Layer {
    /// In the order of their turns; at least one.
    pub people: Vec<PersonId>,
    /// How many of them are on call together: the one whose turn it is, and those who follow.
    pub at_once: usize,
    /// Their turns.
    pub turns: Turns,
    /// Hours during which the layer has somebody on call; none for always.
    pub hours: Vec<Span>,
    /// Hours begin on these days only.
    pub only: Option<Arc<BTreeSet<Date>>>,
    /// No hours begin on these days.
    pub except: Arc<BTreeSet<Date>>,
}

impl Layer {
    /// Who is on call at a time; nobody outside its hours.
    pub fn on_call(&self, zone: &TimeZone, at: Timestamp) -> Option<Vec<PersonId>> {
        if !self.covers(zone, at) || self.people.is_empty() {
            return None;
        }
        let turn = self.turns.number(zone, at);
        let first = turn.rem_euclid(self.people.len() as i64) as usize;
        Some(self.people.iter().cycle().skip(first).take(self.at_once).cloned().collect())
    }

    /// When something may change next, after a time: a turn or some hours begin or end.
    pub fn next_change(&self, zone: &TimeZone, after: Timestamp) -> Timestamp {
        let turn = self.turns.next(zone, after);
        let hours = self.stretches(zone, after, AHEAD).flat_map(|(from, until)| [from, until]);
        hours.filter(|at| *at > after).fold(turn, Timestamp::min)
    }

    fn covers(&self, zone: &TimeZone, at: Timestamp) -> bool {
        self.hours.is_empty() || self.stretches(zone, at, 0).any(|(from, until)| (from..until).contains(&at))
    }

    /// The stretches of its hours around a time, and that many days ahead.
    fn stretches<'a>(
        &'a self,
        zone: &'a TimeZone,
        around: Timestamp,
        ahead: i32,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'a {
        let today = around.to_zoned(zone.clone()).date();
        let days = (-2..=ahead).filter_map(move |days| today.checked_add(Civil::new().days(days)).ok());
        days.filter(|day| self.has_hours_on(*day)).flat_map(move |day| {
            let of_day = self.hours.iter().filter(move |span| span.begins_on(day.weekday()));
            of_day.map(move |span| {
                let (from, until) = span.minutes();
                (at_minute(zone, day, from), at_minute(zone, day, until))
            })
        })
    }

    fn has_hours_on(&self, day: Date) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&day)) && !self.except.contains(&day)
    }
}

/// A minute of a day, or of the day after where there are more than a day has.
fn at_minute(zone: &TimeZone, day: Date, minute: u16) -> Timestamp {
    let at = day.to_datetime(Time::midnight()).saturating_add(Civil::new().minutes(i64::from(minute)));
    moment(zone, at)
}

impl Turns {
    /// The number of the turn at a time: 0 for the one that begins at the start, negative before it.
    fn number(&self, zone: &TimeZone, at: Timestamp) -> i64 {
        let local = at.to_zoned(zone.clone()).datetime();
        let since = local.duration_since(self.start).as_secs();
        let mut number = since.div_euclid(self.length.seconds());
        // Clocks that were put back show an earlier time again: the turn that had begun goes on.
        while self.begins(zone, number + 1) <= at && self.begins(zone, number + 1) < Timestamp::MAX {
            number += 1;
        }
        number
    }

    fn next(&self, zone: &TimeZone, after: Timestamp) -> Timestamp {
        self.begins(zone, self.number(zone, after) + 1)
    }

    fn begins(&self, zone: &TimeZone, number: i64) -> Timestamp {
        let seconds = number.saturating_mul(self.length.seconds());
        let start = self.start.checked_add(SignedDuration::from_secs(seconds));
        start.map_or(Timestamp::MAX, |start| moment(zone, start))
    }
}

impl Length {
    /// Seconds of civil time, of which a day always has 86,400.
    fn seconds(self) -> i64 {
        match self {
            Self::Hours(hours) => i64::from(hours.max(1)) * 3_600,
            Self::Days(days) => i64::from(days.max(1)) * 86_400,
        }
    }
}
