//! Owns when a window that is open closes.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::{DAY, Span, Window};

/// As far ahead as an end is looked for, in days: a stretch that goes on for longer than a week has none.
const AHEAD: i64 = 8;

impl Window {
    /// When it closes, if it is open: the first time at which it is not, by the clocks on the wall. None for one that
    /// never closes.
    pub fn end(&self, now: Timestamp) -> Option<Timestamp> {
        if !self.holds(now) {
            return None;
        }
        let today = now.to_zoned(self.zone.clone()).date();
        let days = (-1..=AHEAD).filter_map(|ahead| today.checked_add(ahead.days()).ok());
        let ends = days.flat_map(|day| self.spans.iter().flat_map(move |span| self.ends(span, day)));
        // The clocks are set, and skip an end.
        let set = self.zone.following(now).map(|change| change.timestamp()).take(2);
        ends.chain(set).filter(|end| *end > now && !self.holds(*end)).min()
    }

    /// When a stretch is over that began on a day. Where the clocks are set back, that may be twice.
    fn ends(&self, span: &Span, day: Date) -> impl Iterator<Item = Timestamp> {
        let days = i64::from(span.until <= span.from || span.until == DAY);
        let time = |minute: u16| {
            let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
            Some(day.checked_add(days.days()).ok()?.at(hour, minute, 0, 0))
        };
        let end = time(span.until % DAY).map(|end| self.zone.to_ambiguous_timestamp(end));
        let both = |end: jiff::tz::AmbiguousTimestamp| [end.earlier().ok(), end.later().ok()];
        end.map(both).into_iter().flatten().flatten()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::tz::TimeZone;

    use super::*;

    fn window(spans: &[&str], zone: &str) -> Window {
        Window {
            spans: spans.iter().map(|span| Span::parse(span).unwrap()).collect(),
            zone: TimeZone::get(zone).unwrap(),
            except: Arc::default(),
        }
    }

    #[track_caller]
    fn ends(window: &Window, now: &str, end: Option<&str>) {
        assert_eq!(window.end(now.parse().unwrap()), end.map(|end| end.parse().unwrap()), "{now}");
    }

    #[test]
    fn an_open_window_closes_when_the_clock_on_the_wall_says_so() {
        // 2026-11-29 is a Sunday.
        let night = window(&["Sat 22:00-06:00"], "Asia/Tokyo");
        ends(&night, "2026-11-28T12:59:59Z", None);
        ends(&night, "2026-11-28T13:00:00Z", Some("2026-11-28T21:00:00Z"));
        ends(&night, "2026-11-28T20:59:59Z", Some("2026-11-28T21:00:00Z"));
        ends(&night, "2026-11-28T21:00:00Z", None);
        ends(&window(&["Sun 20:00-24:00"], "UTC"), "2026-11-29T21:00:00Z", Some("2026-11-30T00:00:00Z"));
    }

    #[test]
    fn stretches_that_follow_each_other_are_one() {
        let weekend = window(&["Fri 20:00-24:00", "Sat,Sun", "Mon 00:00-02:30"], "UTC");
        ends(&weekend, "2026-11-27T20:00:00Z", Some("2026-11-30T02:30:00Z"));
        ends(&window(&["00:00-12:00", "12:00-24:00"], "UTC"), "2026-11-27T20:00:00Z", None);
    }

    #[test]
    fn an_end_that_the_clocks_skip_or_show_twice_is_found() {
        // Berlin: 02:00 becomes 03:00 on 2026-03-29, and 03:00 becomes 02:00 on 2026-10-25.
        let until = |end: &str| window(&[&format!("01:00-{end}")], "Europe/Berlin");
        ends(&until("02:30"), "2026-03-29T00:15:00Z", Some("2026-03-29T01:00:00Z"));
        ends(&until("04:00"), "2026-03-29T00:15:00Z", Some("2026-03-29T02:00:00Z"));
        ends(&until("02:30"), "2026-10-25T00:15:00Z", Some("2026-10-25T00:30:00Z"));
        ends(&until("02:30"), "2026-10-25T01:15:00Z", Some("2026-10-25T01:30:00Z"));
        ends(&until("04:00"), "2026-10-25T00:15:00Z", Some("2026-10-25T03:00:00Z"));
    }
}
