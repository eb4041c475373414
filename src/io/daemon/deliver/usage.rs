//! Owns how much the relay is used: by several connections while it can be reached, by one try at a time with rests in
//! between while it can't, and never more than it takes a minute.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::io::daemon::Pace;

/// Rest after the first time that the relay could not be used; it doubles with each.
const FIRST_REST: Duration = Duration::from_secs(1);
/// Longest rest: so long after its return a page may still wait.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// The time for which a relay's limit counts.
const MINUTE: Duration = Duration::from_secs(60);

/// How much the relay is used now.
#[derive(Debug)]
pub(super) struct Usage {
    pace: Pace,
    /// How often in a row it could not be used.
    failures: u32,
    resting_until: Option<Instant>,
    /// When the mails of the last minute were begun.
    begun: VecDeque<Instant>,
}

impl Usage {
    pub(super) fn new(pace: Pace) -> Self {
        Self { pace, failures: 0, resting_until: None, begun: VecDeque::new() }
    }

    /// How many more mails may be begun while `sending` are on their way.
    pub(super) fn allowed(&mut self, sending: usize, now: Instant) -> usize {
        while self.begun.front().is_some_and(|begun| now.duration_since(*begun) >= MINUTE) {
            self.begun.pop_front();
        }
        if self.resting_until.is_some_and(|until| now < until) {
            return 0;
        }
        let at_once = if self.failures > 0 { 1 } else { self.pace.connections };
        let this_minute = self.pace.per_minute.map_or(usize::MAX, |most| most as usize);
        at_once.saturating_sub(sending).min(this_minute.saturating_sub(self.begun.len()))
    }

    /// When more will be allowed by the clock alone; never in the past, or whoever waits for it would not rest.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        let full = self.pace.per_minute.is_some_and(|most| self.begun.len() >= most as usize);
        let a_minute_later = self.begun.front().filter(|_| full).map(|begun| *begun + MINUTE);
        [self.resting_until, a_minute_later].into_iter().flatten().filter(|at| *at > now).max()
    }

    /// A mail is on its way.
    pub(super) fn begins(&mut self, now: Instant) {
        if self.pace.per_minute.is_some() {
            self.begun.push_back(now);
        }
    }

    /// An attempt ended; whether the relay could be used. Gives the rest that follows; those that were under way when
    /// another one failed lead to none of their own.
    pub(super) fn ended(&mut self, usable: bool, now: Instant) -> Option<Duration> {
        if usable {
            (self.failures, self.resting_until) = (0, None);
            return None;
        }
        if self.resting_until.is_some_and(|until| now < until) {
            return None;
        }
        let rest = FIRST_REST.saturating_mul(1 << self.failures.min(16)).min(LONGEST_REST);
        self.failures += 1;
        self.resting_until = Some(now + rest);
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(per_minute: Option<u32>) -> Usage {
        Usage::new(Pace { connections: 4, per_minute })
    }

    #[tokio::test(start_paused = true)]
    async fn a_relay_that_works_is_used_by_all_connections() {
        let mut usage = usage(None);
        assert_eq!(usage.allowed(0, Instant::now()), 4);
        assert_eq!(usage.allowed(3, Instant::now()), 1);
        assert_eq!(usage.allowed(4, Instant::now()), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_relay_that_can_t_be_used_rests_and_is_tried_by_one_mail_at_a_time() {
        let mut usage = usage(None);
        let mut now = Instant::now();
        let mut rests = Vec::new();
        for _ in 0..8 {
            let rest = usage.ended(false, now).unwrap();
            assert_eq!(usage.ended(false, now), None, "both met the same trouble");
            rests.push(rest.as_secs());
            now += rest;
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 60, 60]);
        now -= LONGEST_REST;
        assert_eq!(usage.allowed(0, now + Duration::from_secs(59)), 0);
        assert_eq!(usage.next(now), Some(now + LONGEST_REST));
        assert_eq!(usage.allowed(0, now + LONGEST_REST), 1);
        assert_eq!(usage.allowed(1, now + LONGEST_REST), 0);
        assert_eq!(usage.next(now + LONGEST_REST), None, "the one try is waited for, not the clock");
        usage.ended(true, now + LONGEST_REST);
        assert_eq!(usage.allowed(0, now + LONGEST_REST), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_mails_are_begun_in_a_minute_than_the_relay_takes() {
        let mut usage = usage(Some(3));
        let now = Instant::now();
        usage.begins(now);
        usage.begins(now + Duration::from_secs(10));
        assert_eq!(usage.allowed(0, now + Duration::from_secs(20)), 1);
        usage.begins(now + Duration::from_secs(20));
        assert_eq!(usage.allowed(0, now + Duration::from_secs(30)), 0);
        assert_eq!(usage.next(now + Duration::from_secs(30)), Some(now + MINUTE));
        assert_eq!(usage.allowed(0, now + MINUTE), 1);
    }
}
