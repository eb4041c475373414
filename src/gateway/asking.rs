//! Owns answers that only a timeline gives: who is in an incident and why, and why somebody was mailed.

use super::draft::Draft;
use crate::audience::Audience;
use crate::command::{self, Command};
use crate::directory::{PartyId, PersonId};
use crate::incident::answer::Refusal;
use crate::incident::{Event, NoticeKind, Participant, SentNotice, because, participants};
use crate::notice::{Explained, Reply};
use crate::thread;

/// More lines of a mail are not read.
const MOST_LINES: usize = 30;

/// Whether words may ask for what only a timeline tells: at their top, or behind the name of an incident, as in an answer
/// to a digest.
pub(super) fn may_ask(words: &str) -> bool {
    let asks = |words: &str| {
        let said = command::read(words).commands;
        said.iter().any(|line| matches!(line.command, Command::Why { .. } | Command::Who))
    };
    let behind =
        |line: &str| line.trim().split_once([' ', '\t', ':', '\u{3000}']).map(|(_, rest)| asks(rest));
    asks(words) || words.lines().take(MOST_LINES).filter_map(behind).any(|asked| asked)
}

/// Who is in an incident.
pub(super) fn who_is_in(draft: &Draft<'_>, number: u64) -> Vec<Participant> {
    let Some(incident) = draft.incident(number) else { return Vec::new() };
    participants(&draft.roster(), incident, events(draft, number), draft.now)
}

/// Why somebody was mailed: by the mail that they name, else by the one that they answer, else by their newest.
pub(super) fn why(
    draft: &Draft<'_>,
    number: u64,
    person: &PersonId,
    (mail, client): (Option<u32>, Option<&str>),
) -> Result<Reply, Refusal> {
    let audience = client.map_or(Audience::Inner, |client| Audience::Client(PartyId::new(client)));
    let found = match mail {
        Some(mail) => named(draft, number, (&audience, mail)),
        None => answered(draft, number, person).or_else(|| newest(draft, number, person)),
    };
    let (number, sent) = found.ok_or(Refusal::NoSuchMail)?;
    let facts = because(events(draft, number), sent).into_iter().cloned().collect();
    Ok(Reply::Explained(Box::new(Explained { incident: number, mail: sent.clone(), facts })))
}

fn events<'a>(draft: &'a Draft<'_>, number: u64) -> &'a [Event] {
    draft.known.timelines.get(&number).map(Vec::as_slice).unwrap_or_default()
}

fn named<'a>(
    draft: &'a Draft<'_>,
    number: u64,
    (audience, mail): (&Audience, u32),
) -> Option<(u64, &'a SentNotice)> {
    let incident = draft.incident(number)?;
    let found = incident.notices.iter().find(|sent| (&sent.audience, sent.number) == (audience, mail))?;
    Some((number, found))
}

/// The mail of ours that is answered, though its incident may be part of another one by now.
fn answered<'a>(draft: &'a Draft<'_>, number: u64, person: &PersonId) -> Option<(u64, &'a SentNotice)> {
    let clues = thread::clues(draft.book, draft.mail?);
    let theirs = clues.signed.iter().filter(|(other, ..)| draft.survivor(*other) == number);
    theirs.into_iter().find_map(|(other, place, _)| {
        Some((*other, draft.incident(*other)?.notice(&Audience::Inner, *place, person)?))
    })
}

/// What became of somebody's words explains itself.
fn newest<'a>(draft: &'a Draft<'_>, number: u64, person: &PersonId) -> Option<(u64, &'a SentNotice)> {
    let incident = draft.incident(number)?;
    let to_them = |sent: &&SentNotice| {
        sent.audience == Audience::Inner
            && &sent.person == person
            && sent.kind != NoticeKind::Transcript
            && !sent.superseded
    };
    incident.notices.iter().rev().find(to_them).map(|sent| (number, sent))
}
