//! Owns night manners: the hours in which a client is not to be woken by routine news, and what wakes it all the same.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Severity;

/// The quiet hours of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietHours {
    /// When they begin, each day.
    pub from: Time,
    /// When they end: on the same day, or on the next one where that is not later than their beginning.
    pub until: Time,
    /// By whose clock.
    pub zone: TimeZone,
    /// Incidents so bad that the client wants to be woken.
    pub except: BTreeSet<Severity>,
    /// Why even that a false "it works again" is no longer true has to wait: the client's own contract. None where it
    /// never waits.
    pub withdrawals_wait: Option<String>,
}

impl QuietHours {
    /// The end of the quiet hours in which a time lies; None outside of them. Where the clock is set forward over the
    /// end, they end at the first time that there is after it.
    pub fn end_after(&self, at: Timestamp) -> Option<Timestamp> {
        let local = at.to_zoned(self.zone.clone()).datetime();
        let (time, today) = (local.time(), local.date());
        let over_midnight = self.until <= self.from;
        let day = match over_midnight {
            true if time >= self.from => today.tomorrow().ok()?,
            true if time < self.until => today,
            false if time >= self.from && time < self.until => today,
            _ => return None,
        };
        let end = day.to_datetime(self.until).to_zoned(self.zone.clone()).ok()?.timestamp();
        // Where the clock is set back, the end may come twice: the first one counts.
        (end > at).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, until: &str, zone: &str) -> QuietHours {
        let time = |text: &str| text.parse().unwrap();
        let zone = TimeZone::get(zone).unwrap();
        let (from, until) = (time(from), time(until));
        QuietHours { from, until, zone, except: BTreeSet::new(), withdrawals_wait: None }
    }

    fn end(hours: &QuietHours, at: &str) -> Option<String> {
        let at = format!("{at}[{}]", hours.zone.iana_name().unwrap()).parse::<jiff::Zoned>().unwrap();
        let end = hours.end_after(at.timestamp())?;
        Some(end.to_zoned(hours.zone.clone()).strftime("%d %H:%M").to_string())
    }

    #[test]
    fn hours_over_midnight_end_in_the_morning() {
        let night = hours("22:00", "07:00", "Asia/Tokyo");
        assert_eq!(end(&night, "2026-11-23T21:59"), None);
        assert_eq!(end(&night, "2026-11-23T22:00"), Some("24 07:00".to_owned()));
        assert_eq!(end(&night, "2026-11-24T06:59"), Some("24 07:00".to_owned()));
        assert_eq!(end(&night, "2026-11-24T07:00"), None);
        let noon = hours("12:00", "13:00", "Asia/Tokyo");
        assert_eq!(end(&noon, "2026-11-24T12:30"), Some("24 13:00".to_owned()));
        assert_eq!(end(&noon, "2026-11-24T13:00"), None);
    }

    #[test]
    fn both_changes_of_the_clock_are_lived_through() {
        let night = hours("22:00", "02:30", "Europe/Berlin");
        // 02:00 becomes 03:00: there is no 02:30 that night.
        assert_eq!(end(&night, "2026-03-28T23:00"), Some("29 03:30".to_owned()));
        assert_eq!(end(&night, "2026-10-24T23:00"), Some("25 02:30".to_owned()));
    }
}
