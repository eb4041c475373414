//! Owns how alerts that come in crowds are told: a few one by one, the others together when some time is over.
//! Never forgets that there are some that nobody was told of; the timeline has each.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// So many alerts that come beside others are told by a mail of their own …
const SAID: usize = 3;
/// … within this time.
const WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// So many of those that wait are named.
const NAMED: usize = 10;

/// What people were told of alerts that came beside others, and what not yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Crowd {
    /// When they were last told, oldest first; at most 3.
    said: Vec<Timestamp>,
    /// Alerts that nobody was told of yet, by fingerprint; the first 10.
    waiting: Vec<String>,
    /// How many more there are.
    more: u32,
}

impl Crowd {
    /// Whether one more alert has to wait.
    pub fn is_thick(&self, now: Timestamp) -> bool {
        !self.waiting.is_empty() || self.free_at().is_some_and(|at| now < at)
    }

    /// When those that wait are to be told.
    pub fn due(&self) -> Option<Timestamp> {
        (!self.waiting.is_empty()).then(|| self.free_at().unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Those that wait: the first by name, and how many more.
    pub fn waiting(&self) -> (Vec<String>, u32) {
        (self.waiting.clone(), self.more)
    }

    /// When one more may be told.
    fn free_at(&self) -> Option<Timestamp> {
        (self.said.len() >= SAID).then(|| self.said.first().map(|oldest| *oldest + WITHIN))?
    }

    /// One more waits.
    pub(super) fn wait(&mut self, key: &str) {
        if self.waiting.len() < NAMED {
            self.waiting.push(key.to_owned());
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// People are told now, of all that waited.
    pub(super) fn told(&mut self, at: Timestamp) {
        self.said.push(at);
        let surplus = self.said.len().saturating_sub(SAID);
        self.said.drain(..surplus);
        self.no_longer();
    }

    /// Nobody needs to be told any more.
    pub(super) fn no_longer(&mut self) {
        (self.waiting, self.more) = (Vec::new(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn three_are_told_at_once_and_the_others_together_when_ten_minutes_are_over() {
        let mut crowd = Crowd::default();
        for minute in 0..3 {
            assert!(!crowd.is_thick(at(minute)));
            crowd.told(at(minute));
        }
        assert!(crowd.is_thick(at(3)));
        assert_eq!(crowd.due(), None, "nobody waits");
        for key in 0..12 {
            crowd.wait(&key.to_string());
        }
        assert_eq!((crowd.due(), crowd.waiting().1), (Some(at(10)), 2));
        assert!(crowd.is_thick(at(11)), "those that wait come first");
        crowd.told(at(11));
        assert_eq!((crowd.due(), crowd.waiting()), (None, (Vec::new(), 0)));
        assert!(!crowd.is_thick(at(11)));
    }
}
