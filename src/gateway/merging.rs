//! Owns what concerns two incidents: that they become one, and what becomes of mails of one that is part of another.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::words::Speaker;
use super::{DeliveryOutcome, Seen};
use crate::book::Book;
use crate::command::{self, Command};
use crate::directory::PersonId;
use crate::incident::answer::{Authority, Refusal};
use crate::incident::decide::{self, Delivery};
use crate::incident::merging::{self, Kinship};
use crate::incident::{Fact, Heard, Settled};
use crate::message::Message;
use crate::rights;
use crate::thread;

/// The incidents that are named in words which may be commands.
pub(super) fn named(book: &Book, words: &str) -> BTreeSet<u64> {
    let mentioned = |name: &str| thread::mentioned(book, name).map(|(number, _)| number);
    let commands = command::read(words).commands.into_iter();
    let named = commands.filter_map(|line| match line.command {
        Command::Merge { incident } | Command::Move { incident } => mentioned(&incident),
        Command::Held(held) => mentioned(&held.incident?),
        _ => None,
    });
    named.collect()
}

/// Whether words may be commands that part mails from their incident.
pub(super) fn may_part(words: &str) -> bool {
    let parts = |line: &command::Line| matches!(line.command, Command::Split | Command::Move { .. });
    command::read(words).commands.iter().any(parts)
}

/// The other incident that somebody names, if what belongs to either may be joined to the other by them.
pub(super) fn other(
    draft: &Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    name: &str,
    command: &str,
) -> Result<u64, Refusal> {
    let Speaker { person, claim } = speaker;
    let roles_here = draft
        .incident(number)
        .map(|it| rights::roles(&draft.roster(), it, person, draft.now))
        .unwrap_or_default();
    let authority = rights::judge(command, &roles_here, claim);
    // Whoever has no say here may have it there, and was asked.
    if let Some(refusal) = authority.refusal().filter(|_| authority != Authority::NotYours) {
        return Err(refusal);
    }
    let other = thread::named(draft.book, name, draft.now).map(|number| draft.survivor(number));
    let known = other.and_then(|other| draft.incident(other)).zip(draft.incident(number));
    let Some((there, here)) = known else { return Err(Refusal::UnknownIncident) };
    if there.number == here.number {
        return Err(Refusal::AlreadyOne);
    }
    let may = |incident| rights::may(&draft.roster(), incident, person, command, draft.now);
    let (older, younger) = if here.number < there.number { (here, there) } else { (there, here) };
    // Whoever was asked may say so.
    let asked = older.asked.contains(&younger.number) && may(older);
    if authority == Authority::Operator || asked || may(here) && may(there) {
        Ok(there.number)
    } else {
        Err(Refusal::NotYours)
    }
}

/// Makes two incidents one; the number that stands for both, which is the older one, and the other.
pub(super) fn merge(draft: &mut Draft<'_>, one: u64, other: u64, by: &PersonId, said: bool) -> (u64, u64) {
    let (stays, goes) = (one.min(other), one.max(other));
    let Some((older, younger)) = draft.incident(stays).zip(draft.incident(goes)) else { return (one, other) };
    let (merged, taken_over) = merging::merge(older, younger, draft.directory(), by, said, draft.now);
    let waiting = younger.waiting.mails.clone();
    draft.record_all(goes, [merged]);
    draft.record_all(stays, taken_over);
    // Whoever answers for both is asked about the mails that wait, too.
    for mail in waiting {
        let settled = Fact::HeldSettled { mail: mail.number, by: by.clone(), how: Settled::Taken(stays) };
        draft.record_all(goes, [settled]);
        draft.record_all(stays, [Fact::Held { letter: mail.letter }]);
    }
    (stays, goes)
}

/// A mail may refer to mails of other incidents than the one that it joined: a late ancestor of both, or an answer to
/// both. Then they are one, or somebody is asked. Strangers and robots refer to whatever they like.
pub(super) fn belong_together(draft: &mut Draft<'_>, message: &Message, number: u64) {
    let author = message.author().and_then(|author| draft.directory().person_of(&author.address));
    let heard = message.automatic.is_none() && message.forwarded.is_none() && draft.known.seen == Seen::New;
    let Some(by) = author.map(|person| person.id.clone()).filter(|_| heard && !draft.past) else { return };
    let by_the_house = draft.directory().is_internal(&by);
    let others: BTreeSet<u64> = draft.known.ids.values().copied().collect();
    for other in others {
        let (one, other) = (draft.survivor(number), draft.survivor(other));
        let Some((here, there)) = draft.incident(one).zip(draft.incident(other)) else { continue };
        if one == other {
            continue;
        }
        match merging::kinship(here, there, by_the_house, draft.now) {
            Kinship::One => {
                merge(draft, one, other, &by, false);
            }
            Kinship::Perhaps => ask(draft, one.min(other), one.max(other), &by),
            Kinship::Two => {}
        }
    }
}

/// Whoever answers for the older one is asked, once.
fn ask(draft: &mut Draft<'_>, older: u64, younger: u64, by: &PersonId) {
    let title = draft.incident(younger).map(|incident| incident.title.clone()).unwrap_or_default();
    if draft.incident(older).is_some_and(|incident| !incident.asked.contains(&younger)) {
        draft.record_all(older, [Fact::MergeAsked { other: younger, title, by: by.clone() }]);
    }
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
    let (Some(belief), Some(whole)) = (news.filter(|_| stands_for != *number), draft.incident(stands_for))
    else {
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
