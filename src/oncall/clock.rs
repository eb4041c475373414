//! Owns the way from what a clock on the wall shows to the one moment that is meant, whatever the clocks do that night.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The first moment at which the clocks of a zone show this time or a later one. What they show twice is meant the first
/// time; what they skip, be it an hour or a day, is meant when they have skipped it. So a later time is never an earlier
/// moment, and stretches of civil time that touch become stretches of real time that touch.
pub fn moment(zone: &TimeZone, at: DateTime) -> Timestamp {
    let ambiguous = zone.to_ambiguous_timestamp(at);
    let moment = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(at),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(at),
        AmbiguousOffset::Gap { before, .. } => before.to_timestamp(at).map(|late| skipped(zone, late)),
    };
    // Only at the ends of the calendar, in the years -9999 and 9999.
    moment.unwrap_or(if at.year() > 0 { Timestamp::MAX } else { Timestamp::MIN })
}

/// When the clocks were put forward last, at this moment or before.
fn skipped(zone: &TimeZone, late: Timestamp) -> Timestamp {
    let after = late.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(late);
    zone.preceding(after).next().map_or(late, |transition| transition.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(zone: &str, civil: &str, at: &str) {
        let moment = moment(&TimeZone::get(zone).unwrap(), civil.parse().unwrap());
        assert_eq!(moment, at.parse().unwrap(), "{civil} in {zone}");
    }

    #[test]
    fn what_clocks_show_twice_is_meant_the_first_time() {
        is("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30:00Z");
        is("America/New_York", "2026-11-01T01:59", "2026-11-01T05:59:00Z");
        is("Asia/Tokyo", "2026-11-01T01:59", "2026-10-31T16:59:00Z");
    }

    #[test]
    fn what_clocks_skip_is_meant_when_they_have_skipped_it() {
        for civil in ["2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T02:00"] {
            is("Europe/London", civil, "2026-03-29T01:00:00Z");
        }
        // Samoa had no 30th of December in 2011.
        for civil in ["2011-12-30T00:00", "2011-12-30T09:00", "2011-12-30T23:59", "2011-12-31T00:00"] {
            is("Pacific/Apia", civil, "2011-12-30T10:00:00Z");
        }
    }
}
