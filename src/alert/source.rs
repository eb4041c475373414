//! Owns sources of alerts: who was heard, how often, and who has fallen silent.
//! Never knows why: a monitor that is broken and one that has nothing to say are the same silence.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Alerts that come within this time after another are one occasion: a burst is no rhythm.
const ONE_OCCASION: SignedDuration = SignedDuration::from_hours(1);
/// So many times between occasions are kept …
const MOST_GAPS: usize = 15;
/// … and with so many a rhythm is known.
const ENOUGH_GAPS: usize = 5;
/// A shorter silence says nothing.
const SHORTEST: SignedDuration = SignedDuration::from_hours(24);
/// Whoever is silent for longer is gone, and that was told often enough.
const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What is known of a source: a sender whose mails one format reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The format, `nagios`.
    pub format: String,
    /// The sender's address.
    pub address: String,
    /// When it was last heard.
    pub last: Timestamp,
    /// Times between the last occasions on which it was heard, in seconds, oldest first; at most 15.
    pub gaps: Vec<i64>,
}

/// A source that has fallen silent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silent {
    /// The format.
    pub format: String,
    /// The sender's address.
    pub address: String,
    /// When it was last heard.
    pub last: Timestamp,
    /// How often it used to be heard: the median time between two occasions, in seconds.
    pub rhythm: i64,
}

impl Source {
    /// One that is heard for the first time.
    pub fn new(format: &str, address: &str, at: Timestamp) -> Self {
        Self { format: format.to_owned(), address: address.to_owned(), last: at, gaps: Vec::new() }
    }

    /// The source after it was heard again; None where that says nothing new.
    pub fn heard(&self, at: Timestamp) -> Option<Self> {
        let silence = at.duration_since(self.last);
        if silence < SignedDuration::from_mins(1) {
            return None;
        }
        let mut source = Self { last: at, ..self.clone() };
        if silence >= ONE_OCCASION {
            source.gaps.push(silence.as_secs());
            let surplus = source.gaps.len().saturating_sub(MOST_GAPS);
            source.gaps.drain(..surplus);
        }
        Some(source)
    }

    /// Whether it is silent for longer than it ever was of late, and than three times its rhythm, and at least for a day.
    pub fn silent(&self, now: Timestamp) -> Option<Silent> {
        let mut gaps = self.gaps.clone();
        gaps.sort_unstable();
        let (rhythm, longest) = (*gaps.get(gaps.len() / 2)?, *gaps.last()?);
        let silence = now.duration_since(self.last);
        let usual = SignedDuration::from_secs(longest.max(rhythm.saturating_mul(3))).max(SHORTEST);
        (gaps.len() >= ENOUGH_GAPS && silence > usual && silence <= LONGEST).then(|| Silent {
            format: self.format.clone(),
            address: self.address.clone(),
            last: self.last,
            rhythm,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    /// Heard at these hours.
    fn source(hours: impl IntoIterator<Item = i64>) -> Source {
        let mut hours = hours.into_iter();
        let first = Source::new("nagios", "nagios@mon.example.com", at(hours.next().unwrap()));
        hours.fold(first, |source, hour| source.heard(at(hour)).unwrap_or(source))
    }

    #[test]
    fn a_source_is_silent_after_three_times_its_rhythm() {
        let steady = source((0..10).map(|n| n * 12));
        assert_eq!(steady.silent(at(9 * 12 + 36)), None);
        let silent = steady.silent(at(9 * 12 + 37)).unwrap();
        assert_eq!((silent.last, silent.rhythm), (at(108), 12 * 3600));
    }

    #[test]
    fn a_day_of_silence_says_something_and_no_shorter_one() {
        let lively = source((0..10).map(|n| n * 2));
        assert_eq!((lively.silent(at(18 + 24)), lively.silent(at(18 + 25)).is_some()), (None, true));
    }

    #[test]
    fn whoever_was_silent_for_as_long_before_is_not_told_of() {
        let moody = source([0, 2, 4, 6, 106, 108, 110]);
        assert_eq!((moody.silent(at(110 + 99)), moody.silent(at(110 + 101)).is_some()), (None, true));
    }

    #[test]
    fn a_burst_is_one_occasion_and_few_occasions_are_no_rhythm() {
        let minute = |n: i64| at(0) + SignedDuration::from_mins(n);
        let burst = (0..600).fold(Source::new("nagios", "a@example.com", at(0)), |source, n| {
            source.heard(minute(n)).unwrap_or(source)
        });
        assert_eq!((burst.gaps.len(), burst.last), (0, minute(599)));
        assert_eq!(source([0, 30, 60, 90, 120]).silent(at(1000)), None, "four times between five occasions");
        assert!(source([0, 30, 60, 90, 120, 150]).silent(at(1000)).is_some());
    }

    #[test]
    fn whoever_is_gone_for_a_season_is_forgotten_and_an_older_mail_changes_nothing() {
        let gone = source((0..10).map(|n| n * 12));
        assert_eq!(gone.silent(at(108 + 90 * 24 + 1)), None);
        assert_eq!(gone.heard(at(50)), None);
    }
}
