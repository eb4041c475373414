//! Owns `[limits]`: how much firebell keeps, takes and needs.

use jiff::SignedDuration;

use super::table::Table;
use super::values;
use crate::limits::{LARGEST_MAIL, Limits};

/// Days of the units in which people say how long something is kept.
const UNITS: [(&str, i64); 4] = [("day", 1), ("week", 7), ("month", 30), ("year", 365)];
/// A mail must outlast the incident that it belongs to, and the questions about it.
const LEAST_DAYS: i64 = 7;
/// More years than anybody keeps anything.
const MOST_DAYS: i64 = 100 * 365;
/// A mail of a monitor has this much.
const LEAST_MAIL: usize = 64 << 10;

/// Reads it. Everything has a default.
pub(super) fn limits(root: &Table<'_>) -> Limits {
    let usual = Limits::default();
    let Some(table) = root.table("limits", "[limits]") else { return usual };
    let limits = Limits {
        keep_mail: table.read("keep_mail", keeping).unwrap_or(usual.keep_mail),
        free_disk: table.read("free_disk", values::size).map_or(usual.free_disk, |bytes| bytes as u64),
        largest_mail: table.read("largest_mail", largest_mail).unwrap_or(usual.largest_mail),
        connections: table.number("connections", 1..=1000).map_or(usual.connections, |it: u32| it as usize),
    };
    table.end();
    limits
}

/// `2 years`, `90 days`, `for ever`.
fn keeping(text: &str) -> Result<Option<SignedDuration>, String> {
    if text.trim() == "for ever" {
        return Ok(None);
    }
    let wrong = || {
        format!("`{text}` is no time to keep something; write `2 years`, `6 months`, `90 days` or `for ever`")
    };
    let (number, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim().strip_suffix('s').unwrap_or(unit.trim());
    let (_, days) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
    match number.checked_mul(*days) {
        Some(days) if days < LEAST_DAYS => Err(format!(
            "`{text}` is too short: mails are looked at again while an incident goes on; at least `7 days`"
        )),
        Some(days) if days <= MOST_DAYS => Ok(Some(SignedDuration::from_hours(days * 24))),
        _ => Err(wrong()),
    }
}

fn largest_mail(text: &str) -> Result<usize, String> {
    match values::size(text)? {
        bytes if bytes < LEAST_MAIL => {
            Err(format!("`{text}` is too small for mails of people; at least `64KiB`"))
        }
        bytes if bytes > LARGEST_MAIL => {
            Err(format!("`{text}` is more than firebell reads of a mail; at most `50MiB`"))
        }
        bytes => Ok(bytes),
    }
}
