//! Owns `escalate`: the next step now, or another policy from its first step.

use super::draft::Draft;
use crate::directory::PersonId;
use crate::incident::answer::{Authority, Refusal};
use crate::incident::{Arranged, Arrangement, Fact, NoticeKind};
use crate::notice::Reply;

/// Carries it out.
pub(super) fn command(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    (authority, named): (&Authority, Option<&str>),
) -> Result<(u64, Reply), Refusal> {
    if let Some(refusal) = authority.refusal() {
        return Err(refusal);
    }
    let book = draft.book;
    let incident = draft.incident(number).ok_or(Refusal::UnknownIncident)?;
    if !incident.is_broken() {
        return Err(Refusal::NotBroken);
    }
    let policy = match named {
        None => None,
        Some(named) => match book.policies.values().find(|policy| policy.id.eq_ignore_ascii_case(named)) {
            Some(policy) => Some(policy.clone()),
            None => return Ok((number, Reply::Unclear(book.policies.keys().cloned().collect()))),
        },
    };
    let before = incident.notices.len();
    let what = Arranged::Escalated { policy: policy.map(Box::new) };
    draft.record_all(number, [Fact::Arranged(Arrangement { by: person.clone(), what })]);
    let Some(incident) = draft.incident(number) else { return Ok((number, Reply::Nothing)) };
    let pages = incident.notices.iter().skip(before);
    let pages = pages.filter(|sent| matches!(sent.kind, NoticeKind::Page { .. }));
    let paged = pages.map(|sent| sent.person.clone()).collect();
    Ok((number, Reply::Escalated(paged, incident.run.as_ref().map(|run| run.due))))
}
