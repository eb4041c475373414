//! Owns how it reads that two incidents became one.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{clock, false_since};
use crate::directory::PersonId;
use crate::incident::{Absorbed, Turn};

/// Who made two incidents one.
pub(super) fn by(by: &PersonId, said: bool) -> String {
    if said { format!(", says {by}") } else { format!(": a mail of {by} belongs to both") }
}

/// The line of the incident that stands for both.
pub(super) fn took_in(absorbed: &Absorbed, at: Timestamp, zone: &TimeZone) -> String {
    let turn = match &absorbed.turn {
        Turn::Broken { .. } | Turn::Mended { .. } => String::new(),
        Turn::Withdrawn => "; recovery withdrawn".to_owned(),
        Turn::Recurred { occurrence, .. } => format!("; occurrence {occurrence}"),
    };
    let by = by(&absorbed.by, absorbed.said);
    let has = absorbed.acknowledged.as_ref();
    let has = has.map(|it| format!("; {} has it until {}", it.by, clock(it.until, zone))).unwrap_or_default();
    let believers = false_since(&absorbed.believers, at, zone);
    format!("incident {} is part of it{by}{turn}{has}{believers}", absorbed.number)
}
