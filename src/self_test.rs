//! Owns the self test: a mail that firebell sends to its own mailbox, by when it must be back, and when the next one goes out.
//! Pure arithmetic on times. Never knows what follows when one is lost.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::{ServiceId, Severity};

/// Who such a mail is for, in the outbox and in what is signed: nobody.
pub const NOBODY: &str = "self-test";

/// What the site wants of it, `[self_test]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTest {
    /// How long after one the next goes out.
    pub every: SignedDuration,
    /// By when it must be back.
    pub within: SignedDuration,
    /// How long none may come back before that is an incident.
    pub lasts: SignedDuration,
    /// What is broken then.
    pub service: Option<ServiceId>,
    /// How bad that is.
    pub severity: Severity,
    /// Who is paged; the service's policy without.
    pub policy: Option<String>,
}

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tested {
    /// When the newest one entered the outbox.
    pub sent: Option<Timestamp>,
    /// The newest one, while it is not back.
    pub under_way: Option<UnderWay>,
    /// Since when none has come back in time.
    pub lost: Option<Timestamp>,
    /// That is an incident now.
    #[serde(default)]
    pub lasts: bool,
}

/// One that is not back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Its number among the mails of the house.
    pub number: u32,
    /// When it entered the outbox.
    pub at: Timestamp,
    /// From when on its time counts: firebell was away, and could neither send nor read it before.
    pub counts_from: Timestamp,
    /// It left the outbox: the relay took it, or refused it for good.
    #[serde(default)]
    pub left: Option<Timestamp>,
    /// Why the relay refused it, if it did.
    #[serde(default)]
    pub refused: Option<String>,
    /// That it is lost was said.
    #[serde(default)]
    pub missed: bool,
}

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The next one is to go out.
    Send,
    /// The one under way is not back in time.
    Missed,
    /// It has been so for so long that it is an incident.
    Lasts,
}

impl SelfTest {
    /// What is to be done now, one thing at a time.
    pub fn due(&self, tested: &Tested, now: Timestamp) -> Option<Due> {
        let (at, due) = self.next(tested)?;
        (at.is_none_or(|at| at <= now)).then_some(due)
    }

    /// When [`SelfTest::due`] will have something to say.
    pub fn next_due(&self, tested: &Tested, now: Timestamp) -> Option<Timestamp> {
        self.next(tested).map(|(at, _)| at.unwrap_or(now))
    }

    /// What comes next, and when; None for at once.
    fn next(&self, tested: &Tested) -> Option<(Option<Timestamp>, Due)> {
        let lasts = tested.lost.filter(|_| !tested.lasts).map(|lost| (lost + self.lasts, Due::Lasts));
        let next = match (&tested.under_way, tested.sent) {
            (None, None) => return Some((None, Due::Send)),
            (None, Some(sent)) => Some((sent + self.every, Due::Send)),
            (Some(one), _) if !one.missed => {
                let refused = one.left.filter(|_| one.refused.is_some());
                Some((refused.unwrap_or(one.counts_from + self.within), Due::Missed))
            }
            // While one waits in the outbox another would only wait behind it.
            (Some(one), _) => one.left.map(|left| (left.max(one.at + self.again()), Due::Send)),
        };
        let (at, due) = next.into_iter().chain(lasts).min_by_key(|(at, _)| *at)?;
        Some((Some(at), due))
    }

    /// While none comes back they go out more often: that it works again is to be seen soon.
    fn again(&self) -> SignedDuration {
        self.within.min(self.every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        "2026-11-23T01:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
    }

    fn order() -> SelfTest {
        SelfTest {
            every: SignedDuration::from_hours(1),
            within: SignedDuration::from_mins(10),
            lasts: SignedDuration::from_mins(30),
            service: None,
            severity: Severity::Sev2,
            policy: None,
        }
    }

    fn under_way(minute: i64) -> Tested {
        let (at, counts_from) = (at(minute), at(minute));
        let one = UnderWay { number: 1, at, counts_from, left: None, refused: None, missed: false };
        Tested { sent: Some(at), under_way: Some(one), ..Tested::default() }
    }

    #[test]
    fn the_first_goes_out_at_once_and_the_next_an_hour_after_it() {
        let tested = Tested::default();
        assert_eq!(order().next_due(&tested, at(7)), Some(at(7)));
        assert_eq!(order().due(&tested, at(7)), Some(Due::Send));
        let tested = Tested { sent: Some(at(0)), ..Tested::default() };
        assert_eq!(order().due(&tested, at(59)), None);
        assert_eq!(order().next_due(&tested, at(59)), Some(at(60)));
        assert_eq!(order().due(&tested, at(60)), Some(Due::Send));
    }

    #[test]
    fn one_that_is_not_back_in_time_is_missed_and_the_next_goes_out_once_the_relay_took_it() {
        let mut tested = under_way(0);
        assert_eq!(order().due(&tested, at(9)), None);
        assert_eq!(order().due(&tested, at(10)), Some(Due::Missed));
        let one = tested.under_way.as_mut().unwrap();
        (one.missed, tested.lost) = (true, Some(at(10)));
        assert_eq!(order().due(&tested, at(39)), None, "it waits in the outbox");
        assert_eq!(order().due(&tested, at(40)), Some(Due::Lasts));
        tested.lasts = true;
        assert_eq!(order().next_due(&tested, at(41)), None);
        tested.under_way.as_mut().unwrap().left = Some(at(50));
        assert_eq!(order().due(&tested, at(50)), Some(Due::Send));
        let mut taken = under_way(0);
        let one = taken.under_way.as_mut().unwrap();
        (one.missed, one.left) = (true, Some(at(0)));
        assert_eq!(order().next_due(&taken, at(1)), Some(at(10)), "more often while none comes back");
    }

    #[test]
    fn one_that_the_relay_refuses_is_missed_at_once() {
        let mut tested = under_way(0);
        let one = tested.under_way.as_mut().unwrap();
        (one.left, one.refused) = (Some(at(1)), Some("550".to_owned()));
        assert_eq!(order().due(&tested, at(1)), Some(Due::Missed));
    }

    #[test]
    fn its_time_counts_from_firebell_s_return() {
        let mut tested = under_way(0);
        tested.under_way.as_mut().unwrap().counts_from = at(200);
        assert_eq!(order().due(&tested, at(200)), None);
        assert_eq!(order().next_due(&tested, at(200)), Some(at(210)));
    }
}
