//! Owns storms of troubles that no service unites: a rule opens only so many incidents within a time, and what comes then is
//! one incident more, the storm, until it is calm again.
//! Never holds a page back: the storm is paged like any incident, and what joins it is told like any other alert.

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use crate::directory::Language;
use crate::incident::{Incident, Opening, decide};
use crate::rules::{Action, Verdict};

/// Within this time a rule opens so many incidents of their own as the site says.
pub const WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// What a rule opened of late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    /// So many incidents within the time.
    pub count: u32,
    /// Its newest storm that is not closed.
    pub storm: Option<u64>,
}

/// The storm that a firing alert belongs to which nothing else wants.
pub(super) fn joins(draft: &Draft<'_>, verdict: &Verdict) -> Option<u64> {
    let opened = opened(draft, verdict)?;
    let storm = draft.incident(draft.survivor(opened.storm?))?;
    let blows = opened.count >= draft.book.storm_after || changed(storm, draft.now);
    (blows && decide::takes_another(storm, draft.now)).then_some(storm.number)
}

/// Makes a storm of what an incident would begin with, when its rule has opened enough of them.
pub(super) fn gather(draft: &Draft<'_>, verdict: &Verdict, opening: Opening) -> Opening {
    let many = opened(draft, verdict).is_some_and(|opened| opened.count >= draft.book.storm_after);
    let Some(rule) = verdict.rule.as_ref().filter(|_| many) else { return opening };
    let most = draft.book.storm_after;
    let title = match draft.book.language {
        Language::En => format!("Storm of alerts: more than {most} troubles by rule {rule} within 10 min"),
        Language::Ja => format!("アラート多発: ルール {rule} で10分間に{most}件を超える障害"),
    };
    Opening { public_name: title.clone(), title, storm: true, ..opening }
}

/// One more was opened by a rule.
pub(super) fn count(draft: &mut Draft<'_>, verdict: &Verdict, storm: bool, number: u64) {
    let Some(rule) = &verdict.rule else { return };
    let opened = draft.known.opened.entry(rule.clone()).or_default();
    opened.count = opened.count.saturating_add(1);
    if storm {
        opened.storm = Some(number);
    }
}

/// What the rule opened, where that counts: the past is filed as it was, and a service unites by itself.
fn opened(draft: &Draft<'_>, verdict: &Verdict) -> Option<Opened> {
    let counts = verdict.action == Some(Action::Open) && verdict.service.is_none() && !draft.past;
    draft.known.opened.get(verdict.rule.as_ref()?).copied().filter(|_| counts)
}

/// Whether one of its alerts began or ceased to fire within the time.
fn changed(storm: &Incident, now: Timestamp) -> bool {
    storm.keys.values().filter_map(|key| key.changes.last()).any(|at| now.duration_since(*at) <= WITHIN)
}
