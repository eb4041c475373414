//! Owns acknowledgements that were long on their way. One counts for the escalation that it answers: what was paged anew
//! since it was written it doesn't stop, and it takes nothing from whoever has it by now.

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::words::Speaker;
use crate::command::{Command, Line};
use crate::incident::{Fact, Incident, NoticeKind, SAME_INCIDENT};
use crate::notice::Reply;

/// So long any mail may be on its way, and the clock of a phone be wrong.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(10);

/// What its author is told of an acknowledgement that is overtaken; None of anything else.
pub(super) fn acknowledged(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    line: &Line,
) -> Option<Reply> {
    let incident = draft.incident(number).filter(|incident| incident.is_broken())?;
    let entitled = speaker.authority(draft, incident, line).refusal().is_none();
    if line.command != Command::Ack || !entitled {
        return None;
    }
    let written = written(draft)?;
    let somebody_s = incident.acknowledged.as_ref().filter(|had| had.by != *speaker.person);
    let taken = somebody_s.and_then(|had| had.since).is_some_and(|since| since > written);
    if !(taken || is_paged_anew(incident, written)) || written < incident.began() {
        return None;
    }
    let why = format!("it was on its way for {} min", draft.now.duration_since(written).as_mins());
    let (by, line) = (speaker.person.clone(), line.line.clone());
    draft.record_all(number, [Fact::Refused { by, line, why }]);
    Some(Reply::Late(written))
}

/// When the present mail was written, where that is long ago: by its own word, or when it came to lie in the mailbox.
fn written(draft: &Draft<'_>) -> Option<Timestamp> {
    let date = draft.mail?.date.as_ref().map_or(draft.came, jiff::Zoned::timestamp);
    let believed = date <= draft.came && draft.came.duration_since(date) <= SAME_INCIDENT;
    let written = if believed { date } else { draft.came };
    (draft.now.duration_since(written) > ON_ITS_WAY).then_some(written)
}

/// Whether a run goes on that paged nobody before this time, after one that had.
fn is_paged_anew(incident: &Incident, written: Timestamp) -> bool {
    let Some(run) = &incident.run else { return false };
    let paged = |which: &dyn Fn(u32) -> bool| {
        let pages = incident.notices.iter().filter(|sent| match sent.kind {
            NoticeKind::Page { run, .. } => which(run),
            _ => false,
        });
        pages.map(|sent| sent.queued_at).min()
    };
    let (earlier, this) = (paged(&|number| number < run.number), paged(&|number| number == run.number));
    earlier.is_some_and(|at| at <= written) && this.is_some_and(|at| at > written)
}
