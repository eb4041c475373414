//! Owns what becomes of answers that a machine without any mark may have written, and of those of a crowd: they are kept, and
//! told to nobody.

use jiff::Timestamp;

use crate::audience::Audience;
use crate::book::Book;
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::incident::{Actor, Fact, Incident, rounds};
use crate::message::{AutomaticKind, Message};

/// Marks a note that nobody is to be told of. What the operator hears of it, the first time.
pub(super) fn seen(
    book: &Book,
    incident: &Incident,
    message: &Message,
    note: &mut Fact,
    now: Timestamp,
) -> Option<HouseFact> {
    let Fact::Noted { by, audience, text, automatic, asks, alike, crowd, .. } = note else { return None };
    if *automatic || incident.past {
        return None;
    }
    let label = format!("{}-{}", book.tag, incident.number);
    let listed = message.automatic.as_ref().is_some_and(|automatic| automatic.kind == AutomaticKind::List);
    if listed || matches!((&*by, &*audience), (Actor::Stranger(_), Audience::Inner)) {
        let which = rounds::of_many(incident, now);
        *crowd = which;
        if rounds::is_crowd(which) {
            *asks = None;
        }
        let reason = format!("note {which} within an hour by those whom nobody knows, or through a list");
        return rounds::is_new_crowd(which).then(|| HouseFact::began(Kind::Crowd, &label, &reason));
    }
    let which = rounds::alike(incident, by, text, now);
    if !rounds::is_machine(which) {
        return None;
    }
    (*automatic, *asks, *alike) = (true, None, which);
    let person = by.person().filter(|_| rounds::is_news(which))?;
    let reason = format!("{which} answers in the same words, each within minutes of a mail");
    Some(HouseFact::began(Kind::Machine, &format!("{person} ({label})"), &reason))
}
