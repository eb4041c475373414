//! Owns escalation policies: who is due when. Pure arithmetic on times.
//! Never knows mails, nor whether somebody was really reached.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::{PartyId, PersonId, Severity, Target};
use crate::rules::Window;

/// Between two steps when the policy names no time, and before the steps are repeated.
pub const STEP: SignedDuration = SignedDuration::from_mins(15);
/// Between two words to the operator once a policy is at its end.
pub const EXHAUSTED: SignedDuration = SignedDuration::from_hours(1);
/// How long a new SEV3 or SEV4 is left to mend itself before anybody hears of it.
pub const SETTLE: SignedDuration = SignedDuration::from_secs(30);

/// One step of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How long after the step before it was queued. The first step's counts from the start of the run.
    pub after: SignedDuration,
    /// Who is paged.
    pub tell: Vec<Target>,
    /// Only within these hours is anybody. Outside them the step passes with nobody told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Window>,
    /// Only of an incident that is at least as severe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Step {
    /// A step without conditions.
    pub fn new(after: SignedDuration, tell: Vec<Target>) -> Self {
        Self { after, tell, within: None, severity: None }
    }

    /// Whether anybody is told by it at a time.
    pub fn holds(&self, severity: Severity, at: Timestamp) -> bool {
        self.within.as_ref().is_none_or(|within| within.holds(at))
            && self.severity.is_none_or(|least| severity <= least)
    }
}

/// Steps, gone through until somebody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Name in the configuration.
    pub id: String,
    /// At least one.
    pub steps: Vec<Step>,
    /// How many times the steps are gone through again after the first time.
    pub repeat: u32,
    /// The hours in which it works. Outside them it waits until they begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Window>,
}

impl Policy {
    /// Until when a step that is due now has to wait; None when it has not. Hours that don't come within a month are not
    /// waited for.
    pub fn waits(&self, now: Timestamp) -> Option<Timestamp> {
        let within = self.within.as_ref()?;
        within.opens(now, 31).filter(|opens| *opens > now)
    }

    /// What holds where nothing is configured: all responders at once, three more times.
    pub fn default_for(responders: &[PartyId]) -> Self {
        let tell = responders.iter().cloned().map(Target::Party).collect();
        Self {
            id: "default".to_owned(),
            steps: vec![Step::new(SignedDuration::ZERO, tell)],
            repeat: 3,
            within: None,
        }
    }

    /// The place behind one.
    pub fn after(&self, at: Position) -> Position {
        after(self, at)
    }

    /// How long to wait after the step that was just queued for the one at `at`.
    /// The first step of a repetition waits as long as any other without a time of its own.
    fn wait_before(&self, at: Position) -> SignedDuration {
        match (at.step, self.steps.get(at.step as usize)) {
            (0, _) | (_, None) => STEP,
            (_, Some(step)) => step.after,
        }
    }
}

/// A place in a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// 0 for the first time through.
    pub round: u32,
    /// Index of the step.
    pub step: u32,
}

/// One run of a policy: begun by opening, recurrence, a withdrawn recovery, raised severity or an expired
/// acknowledgement; ended by an acknowledgement or a recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Counted from 1 within the incident.
    pub number: u32,
    /// The step that is due next.
    pub next: Position,
    /// When it is due.
    pub due: Timestamp,
    /// Who was paged by the step before it and hasn't been found unreachable.
    pub waiting_for: Vec<PersonId>,
}

/// What a due run asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due<'a> {
    /// These targets are to be paged, and the next step is due then.
    Page(&'a [Target], Timestamp),
    /// The step tells nobody now; the next one is due then.
    Pass(Timestamp),
    /// Nothing before this time: the policy's hours begin then.
    Wait(Timestamp),
    /// The policy is at its end: the operator is told, and told again then.
    Exhausted(Timestamp),
}

impl Run {
    /// A run that begins now. Only a first run of SEV3 or SEV4 settles first.
    pub fn begin(number: u32, policy: &Policy, settle: Option<Severity>, now: Timestamp) -> Self {
        let settle = match settle {
            Some(Severity::Sev3 | Severity::Sev4) => SETTLE,
            Some(Severity::Sev1 | Severity::Sev2) | None => SignedDuration::ZERO,
        };
        let first = policy.steps.first().map_or(SignedDuration::ZERO, |step| step.after);
        Self {
            number,
            next: Position { round: 0, step: 0 },
            due: now + settle.max(first),
            waiting_for: Vec::new(),
        }
    }

    /// What is to be done if the run is due at `now`. The step after this one counts from `now`, when this one is
    /// really queued: after a downtime one step is made up for, not a burst.
    pub fn due_at<'a>(&self, policy: &'a Policy, severity: Severity, now: Timestamp) -> Option<Due<'a>> {
        if now < self.due {
            return None;
        }
        if self.next.round > policy.repeat {
            return Some(Due::Exhausted(now + EXHAUSTED));
        }
        if let Some(until) = policy.waits(now) {
            return Some(Due::Wait(until));
        }
        let next = now + policy.wait_before(after(policy, self.next));
        let step = policy.steps.get(self.next.step as usize);
        if step.is_some_and(|step| !step.holds(severity, now)) {
            return Some(Due::Pass(next));
        }
        Some(Due::Page(step.map_or(&[][..], |step| step.tell.as_slice()), next))
    }

    /// The run after the step at `at` was queued to these people.
    pub fn paged(&mut self, policy: &Policy, at: Position, told: &[PersonId], due: Timestamp) {
        self.next = after(policy, at);
        self.due = due;
        self.waiting_for = told.to_vec();
    }

    /// Somebody can't be reached. When that was the last one this step was waiting for, the next is due at once. Not so
    /// a repetition, which would ask the same people again: a relay that refuses everything for a minute must not use
    /// up the whole policy.
    pub fn unreachable(&mut self, person: &PersonId, now: Timestamp) {
        let before = self.waiting_for.len();
        self.waiting_for.retain(|waiting| waiting != person);
        if before > 0 && self.waiting_for.is_empty() && self.next.step > 0 {
            self.due = self.due.min(now);
        }
    }
}

fn after(policy: &Policy, at: Position) -> Position {
    if at.step as usize + 1 < policy.steps.len() {
        Position { step: at.step + 1, ..at }
    } else {
        Position { round: at.round.saturating_add(1), step: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(repeat: u32) -> Policy {
        let step = |minutes, who: &str| {
            Step::new(SignedDuration::from_mins(minutes), vec![Target::Person(PersonId::new(who))])
        };
        Policy {
            id: "p".to_owned(),
            steps: vec![step(0, "kato"), step(5, "sato"), step(15, "abe")],
            repeat,
            within: None,
        }
    }

    fn walk(policy: &Policy, mut run: Run, times: usize) -> Vec<(Timestamp, Option<Position>)> {
        let mut seen = Vec::new();
        for _ in 0..times {
            let now = run.due;
            match run.due_at(policy, Severity::Sev1, now) {
                Some(Due::Page(_, next)) => {
                    seen.push((now, Some(run.next)));
                    run.paged(policy, run.next, &[PersonId::new("kato")], next);
                }
                Some(Due::Exhausted(next)) => {
                    seen.push((now, None));
                    run.due = next;
                }
                _ => panic!("a run is due at its due time"),
            }
        }
        seen
    }

    #[test]
    fn steps_come_in_order_each_after_its_own_delay_and_then_the_operator_hourly() {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let policy = policy(1);
        let run = Run::begin(1, &policy, Some(Severity::Sev1), start);
        let minutes: Vec<(i64, Option<(u32, u32)>)> = walk(&policy, run, 8)
            .into_iter()
            .map(|(at, position)| (at.duration_since(start).as_mins(), position.map(|p| (p.round, p.step))))
            .collect();
        let expected = [
            (0, Some((0, 0))),
            (5, Some((0, 1))),
            (20, Some((0, 2))),
            (35, Some((1, 0))),
            (40, Some((1, 1))),
            (55, Some((1, 2))),
            (70, None),
            (130, None),
        ];
        assert_eq!(minutes, expected);
    }

    /// Fault 70.
    #[test]
    fn after_three_hours_of_downtime_one_step_is_due_and_the_next_counts_from_it() {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let policy = policy(3);
        let mut run = Run::begin(1, &policy, Some(Severity::Sev1), start);
        let late = start + SignedDuration::from_hours(3);
        let Some(Due::Page(_, next)) = run.due_at(&policy, Severity::Sev1, late) else { panic!("due") };
        assert_eq!(next, late + SignedDuration::from_mins(5));
        run.paged(&policy, run.next, &[], next);
        assert_eq!(run.due_at(&policy, Severity::Sev1, late), None);
    }

    /// Fault 69.
    #[test]
    fn a_clock_that_jumps_doubles_no_step_and_skips_none() {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let policy = policy(3);
        let mut run = Run::begin(1, &policy, Some(Severity::Sev1), start);
        // Minutes that the clock shows, one after the other, and the step that is taken then.
        let shown = [
            (0, Some(0)),
            (-10, None),
            (-1, None),
            (4, None),
            (5, Some(1)),
            (125, Some(2)),
            (126, None),
            (0, None),
        ];
        for (minute, step) in shown {
            let now = start + SignedDuration::from_mins(minute);
            let taken = match run.due_at(&policy, Severity::Sev1, now) {
                Some(Due::Page(_, next)) => {
                    let step = run.next.step;
                    run.paged(&policy, run.next, &[PersonId::new("kato")], next);
                    Some(step)
                }
                _ => None,
            };
            assert_eq!(taken, step, "{minute}");
        }
        assert_eq!(run.due, start + SignedDuration::from_mins(125) + STEP);
    }

    #[test]
    fn the_next_step_is_pulled_forward_only_when_nobody_of_this_one_can_be_reached() {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let policy = policy(3);
        let mut run = Run::begin(1, &policy, Some(Severity::Sev1), start);
        let (kato, sato) = (PersonId::new("kato"), PersonId::new("sato"));
        run.paged(&policy, run.next, &[kato.clone(), sato.clone()], start + STEP);
        run.unreachable(&kato, start);
        assert_eq!(run.due, start + STEP);
        run.unreachable(&kato, start);
        assert_eq!(run.due, start + STEP);
        run.unreachable(&sato, start);
        assert_eq!(run.due, start);
    }

    #[test]
    fn a_repetition_is_never_pulled_forward() {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let policy = policy(3);
        let mut run = Run::begin(1, &policy, Some(Severity::Sev1), start);
        let kato = PersonId::new("kato");
        run.paged(&policy, Position { round: 0, step: 2 }, std::slice::from_ref(&kato), start + STEP);
        run.unreachable(&kato, start);
        assert_eq!((run.due, run.next), (start + STEP, Position { round: 1, step: 0 }));
    }

    #[test]
    fn a_policy_with_hours_waits_for_them_and_a_step_with_conditions_passes() {
        let within = |text: &str| {
            let zone = jiff::tz::TimeZone::get("Asia/Tokyo").unwrap();
            let spans = vec![crate::rules::Span::parse(text).unwrap()];
            Some(Window { spans, zone, except: std::sync::Arc::default() })
        };
        // Friday, 23:30:10 in Tokyo.
        let night: Timestamp = "2026-11-27T14:30:10Z".parse().unwrap();
        let mut office = policy(0);
        office.within = within("Mon-Fri 09:00-18:00");
        let run = Run::begin(1, &office, Some(Severity::Sev1), night);
        let monday: Timestamp = "2026-11-30T00:00:00Z".parse().unwrap();
        assert_eq!(run.due_at(&office, Severity::Sev1, night), Some(Due::Wait(monday)));
        assert!(matches!(run.due_at(&office, Severity::Sev1, monday), Some(Due::Page(..))));
        let mut stepped = policy(0);
        stepped.steps[0].within = within("Mon-Fri 09:00-18:00");
        stepped.steps[1].severity = Some(Severity::Sev2);
        let mut run = Run::begin(1, &stepped, Some(Severity::Sev1), night);
        let next = night + SignedDuration::from_mins(5);
        assert_eq!(run.due_at(&stepped, Severity::Sev3, night), Some(Due::Pass(next)));
        run.paged(&stepped, run.next, &[], next);
        assert!(matches!(run.due_at(&stepped, Severity::Sev3, next), Some(Due::Pass(_))));
        assert!(matches!(run.due_at(&stepped, Severity::Sev2, next), Some(Due::Page(..))));
        let stored = serde_json::to_string(&office).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&stored).unwrap(), office, "{stored}");
    }

    #[test]
    fn only_a_first_run_of_low_severity_settles() {
        let start: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let due = |severity| Run::begin(1, &policy(0), severity, start).due;
        assert_eq!(due(Some(Severity::Sev1)), start);
        assert_eq!(due(Some(Severity::Sev3)), start + SETTLE);
        assert_eq!(due(None), start);
    }
}
