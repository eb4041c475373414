//! Owns asking the rules where some of them count: what must be known before, and what is remembered after.

use jiff::Timestamp;

use super::draft::Draft;
use crate::alert::Alert;
use crate::book::Book;
use crate::message::Message;
use crate::rules::count::Outlook;
use crate::rules::{self, Verdict};

/// What the rules may come to say of a mail with these alerts.
pub(super) fn outlook(book: &Book, message: &Message, alerts: &[Alert], now: Timestamp) -> Outlook {
    let of = |alert| rules::outlook(&book.rules, &book.directory, message, alert, now);
    // Of a mail without alerts the services don't matter, only the counts.
    if alerts.is_empty() {
        let counts = book.rules.iter().any(|rule| rule.count.is_some());
        return if counts {
            Outlook { counted: of(None).counted, ..Outlook::default() }
        } else {
            Outlook::default()
        };
    }
    let mut all = Outlook::default();
    for outlook in alerts.iter().map(|alert| of(Some(alert))) {
        all.services.extend(outlook.services);
        all.counted.extend(outlook.counted);
        all.openers.extend(outlook.openers);
    }
    all
}

/// What the rules say, and what they counted is remembered: the next alert of the same mail finds it.
pub(super) fn classified(draft: &mut Draft<'_>, message: &Message, alert: Option<&Alert>) -> Verdict {
    let (book, now, came) = (draft.book, draft.now, draft.came);
    let verdict =
        rules::classify_after(&book.rules, &book.directory, message, alert, now, &draft.known.counts);
    for hit in verdict.counted.iter().filter_map(|tally| tally.hit(came)) {
        draft.known.counts.add(&hit);
        draft.counted(hit);
    }
    verdict
}
