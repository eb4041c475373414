//! Owns how actions stand in a digest.

use super::Pen;
use crate::digest::Open;
use crate::directory::PersonId;
use crate::document::{Item, Tone};
use crate::incident::words::one_line;

/// One of them; what is overdue where the reader lives is marked.
pub(super) fn item(pen: &Pen<'_>, it: &Open) -> Item {
    let today = pen.reader.now.to_zoned(pen.reader.zone.clone()).date();
    let overdue = it.due.is_some_and(|due| due < today);
    let name = |owner: &String| pen.name(&PersonId::new(one_line(owner)));
    let owner = it.owner.as_ref().map_or_else(|| pen.say("action-nobody", &[]), name);
    let due = it.due.map_or_else(|| pen.say("action-no-date", &[]), |due| pen.reader.date(due));
    let number = format!("A{}", it.number);
    Item {
        mark: if overdue { pen.say("mark-overdue", &[]) } else { number.clone() },
        tone: if overdue { Tone::Bad } else { Tone::Plain },
        title: one_line(&it.text),
        lines: vec![
            pen.say("action-line", &[("owner", &owner), ("due", &due)]),
            pen.say("action-of", &[("number", &number), ("label", &pen.label(it.incident, &it.title))]),
        ],
    }
}
