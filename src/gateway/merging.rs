//! Owns what concerns two incidents: that they become one, and what becomes of mails of one that is part of another.

use std::collections::BTreeSet;

use super::DeliveryOutcome;
use super::draft::Draft;
use crate::book::Book;
use crate::command::{self, Command};
use crate::directory::PersonId;
use crate::incident::answer::{self, Authority, Refusal};
use crate::incident::decide::{self, Delivery};
use crate::incident::{Fact, Heard, merging};
use crate::thread;

/// The incidents that are named in words which may be commands.
pub(super) fn named(book: &Book, words: &str) -> BTreeSet<u64> {
    let commands = command::read(words).commands.into_iter();
    let named = commands.filter_map(|line| match line.command {
        Command::Merge { incident } => thread::named(book, &incident),
        _ => None,
    });
    named.collect()
}

/// The other incident of which somebody says that it is the same trouble, if they may join the two.
pub(super) fn other(
    draft: &Draft<'_>,
    number: u64,
    person: &PersonId,
    authority: &Authority,
    name: &str,
) -> Result<u64, Refusal> {
    match authority {
        Authority::Unproven => return Err(Refusal::Unproven),
        Authority::Outdated => return Err(Refusal::Outdated),
        Authority::Granted | Authority::Operator => {}
    }
    let other = thread::named(draft.book, name).map(|number| draft.survivor(number));
    let known = other.and_then(|other| draft.incident(other)).zip(draft.incident(number));
    let Some((there, here)) = known else { return Err(Refusal::UnknownIncident) };
    if there.number == here.number {
        return Err(Refusal::AlreadyOne);
    }
    let may =
        |incident| answer::may_join(incident, draft.directory(), &draft.book.operator, person);
    if *authority == Authority::Operator || may(here) && may(there) {
        Ok(there.number)
    } else {
        Err(Refusal::NotYours)
    }
}

/// Makes two incidents one; the number that stands for both, which is the older one, and the other.
pub(super) fn merge(draft: &mut Draft<'_>, one: u64, other: u64, by: &PersonId, said: bool) -> (u64, u64) {
    let (stays, goes) = (one.min(other), one.max(other));
    let Some((older, younger)) = draft.incident(stays).zip(draft.incident(goes)) else { return (one, other) };
    let (merged, absorbed) = merging::merge(older, younger, draft.directory(), by, said, draft.now);
    draft.record_all(goes, [merged]);
    draft.record_all(stays, [absorbed]);
    (stays, goes)
}

/// A notice came to the end of its way. Where its incident is part of another, that one has to know what its reader
/// believes.
pub(super) fn ended(draft: &mut Draft<'_>, outcome: &DeliveryOutcome) {
    let DeliveryOutcome { incident: number, audience, number: place, person, end, .. } = outcome;
    let Some(incident) = draft.incident(*number) else { return };
    let facts = decide::delivery(incident, audience, *place, person, end);
    let belief = incident.notice(audience, *place, person).and_then(|sent| sent.belief);
    let news = belief.filter(|_| !facts.is_empty());
    draft.record_all(*number, facts);
    let stands_for = draft.survivor(*number);
    let (Some(belief), Some(whole)) = (news.filter(|_| stands_for != *number), draft.incident(stands_for)) else {
        return;
    };
    let heard = Heard {
        incident: *number,
        audience: audience.clone(),
        number: *place,
        person: person.clone(),
        belief,
        at: draft.now,
    };
    let same = |other: &Heard| {
        (other.incident, &other.audience, other.number) == (heard.incident, &heard.audience, heard.number)
    };
    let told = matches!(end, Delivery::Told);
    let was_heard = whole.heard.iter().any(same);
    if told || matches!(end, Delivery::Undeliverable(_)) && was_heard {
        draft.record_all(stands_for, [Fact::HeardThere { heard, told }]);
    }
}
