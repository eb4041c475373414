//! Owns what becomes of a mail that comes twice, once through a list and once directly: it is heard once, and obeyed once,
//! by the copy that came directly. Either may be the first.

use super::draft::Draft;
use super::words;
use crate::command;
use crate::directory::PersonId;
use crate::incident::{Arranged, Arrangement, Fact};
use crate::message::{AutomaticKind, Message};
use crate::thread::{self, Choice, Clues, Place};

/// A list's copy of a mail joined an incident: its words were heard, but nobody is obeyed by a list. Should the mail come
/// directly too, they count.
pub(super) fn by_a_list(draft: &mut Draft<'_>, message: &Message, number: u64) {
    let listed = message.automatic.as_ref().is_some_and(|automatic| automatic.kind == AutomaticKind::List);
    if !listed || draft.past || command::read(&message.reply_text).commands.is_empty() {
        return;
    }
    let author = message.author().and_then(|author| draft.directory().person_of(&author.address));
    let by = author.map_or_else(|| PersonId::new(""), |person| person.id.clone());
    let what = Arranged::ByList { message_id: message.message_id.clone() };
    draft.record_all(number, [Fact::Arranged(Arrangement { by, what })]);
}

/// Works on a mail of which a copy was received before, where that one could not be obeyed: a list had passed it on. Gives
/// where it belongs.
pub(super) fn directly(draft: &mut Draft<'_>, message: &Message, clues: &Clues) -> Option<(Place, u64)> {
    if message.automatic.is_some() || draft.past {
        return None;
    }
    let Choice::Joins(place) = thread::place(draft.book, message, clues, draft.known.found(), draft.now)
    else {
        return None;
    };
    // Any other mail that comes a second time was obeyed, or was left alone for a reason that still holds.
    let incident = draft.incident(place.incident)?;
    if !incident.arranged.by_list.contains(&message.message_id) {
        return None;
    }
    let author = message.author().and_then(|author| draft.directory().person_of(&author.address))?;
    let (by, message_id) = (author.id.clone(), message.message_id.clone());
    let what = Arranged::Directly { message_id };
    draft.record_all(place.incident, [Fact::Arranged(Arrangement { by, what })]);
    let number = words::in_a_mail_again(draft, message, &place);
    Some((place, number))
}
