//! Owns that some mails of an incident become another one (`split`) or part of another one (`move`), and what answers them
//! with them.

use super::draft::Draft;
use super::merging;
use super::words::Speaker;
use crate::command::Command;
use crate::incident::answer::Refusal;
use crate::incident::{Fact, Opening};
use crate::message::Message;
use crate::notice::Reply;
use crate::rights;

/// How much of what was written is kept, in characters.
const LONGEST_REPORT: usize = 1500;

/// One mail that belongs with another: it answers it, or passes it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its Message-ID.
    pub message_id: String,
    /// The incident to which that leads.
    pub incident: u64,
    /// A person wrote it; otherwise it is a notice of ours.
    pub mail: bool,
}

/// A stored mail and what it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Its Message-ID.
    pub message_id: String,
    /// The mail that it answers or, for a notice, passes on; empty when it answers none.
    pub answers: String,
    /// What it is.
    pub kind: MailKind,
}

/// What a mail is among those that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// An incident began with it. It is never parted from that.
    First,
    /// It joined one.
    Mail,
    /// A notice of ours that passes a mail on.
    Notice,
}

impl MailKind {
    /// The word in the store.
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Mail => "mail",
            Self::Notice => "notice",
        }
    }
}

/// Whether a command parts mails from an incident, and may.
pub(super) fn parts(draft: &Draft<'_>, number: u64, speaker: Speaker<'_>, command: &Command) -> bool {
    match command {
        Command::Split => may_part(draft, number, speaker).is_ok(),
        Command::Move { incident } => {
            merging::other(draft, number, speaker, incident, command.name()).is_ok()
        }
        _ => false,
    }
}

fn may_part(draft: &Draft<'_>, number: u64, speaker: Speaker<'_>) -> Result<(), Refusal> {
    let Some(incident) = draft.incident(number) else { return Err(Refusal::UnknownIncident) };
    let authority = rights::authority(
        &draft.roster(),
        incident,
        speaker.person,
        speaker.claim,
        (&Command::Split, draft.now),
    );
    authority.refusal().map_or(Ok(()), Err)
}

/// What is said here is another trouble: an incident of its own, and its number.
pub(super) fn split(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    note: &str,
) -> Result<(u64, Reply), Refusal> {
    may_part(draft, number, speaker)?;
    let person = speaker.person;
    let Some(incident) = draft.incident(number) else { return Err(Refusal::UnknownIncident) };
    let opening = Opening::parted(incident, person, note, written(draft.mail, note), draft.now);
    let title = opening.title.clone();
    let to = draft.open(opening);
    let mails = take_along(draft, number, to);
    let by = person.clone();
    draft.record_all(number, [Fact::MovedAway { to, title, by, mails, opened: true }]);
    Ok((to, Reply::Split(number, mails)))
}

/// What is said here belongs to another incident: that one.
pub(super) fn move_to(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: Speaker<'_>,
    (name, note): (&str, &str),
) -> Result<(u64, Reply), Refusal> {
    let to = merging::other(draft, number, speaker, name, "move")?;
    let person = speaker.person;
    let title_of = |number| draft.incident(number).map(|incident| incident.title.clone()).unwrap_or_default();
    let (here, there) = (title_of(number), title_of(to));
    let text = written(draft.mail, note);
    let mails = take_along(draft, number, to);
    let by = person.clone();
    draft.record_all(number, [Fact::MovedAway { to, title: there, by: by.clone(), mails, opened: false }]);
    draft.record_all(to, [Fact::MovedHere { from: number, title: here, by, mails, text }]);
    Ok((to, Reply::Moved(mails)))
}

/// The mail with the command, and all that belongs with it, leads to another incident from now on; how many mails.
fn take_along(draft: &mut Draft<'_>, from: u64, to: u64) -> u32 {
    let own = draft.mail.map(|mail| mail.message_id.clone());
    let branch = std::mem::take(&mut draft.known.branch);
    let along = branch.into_iter().filter(|it| draft.survivor(it.incident) == from).collect::<Vec<_>>();
    let along = along.into_iter().filter(|it| Some(&it.message_id) != own.as_ref()).collect::<Vec<_>>();
    let mails = along.iter().filter(|it| it.mail).count() as u32 + 1;
    for id in own.into_iter().chain(along.into_iter().map(|it| it.message_id)) {
        draft.move_id(id, to);
    }
    mails
}

/// What somebody wrote, and what they wrote it about.
fn written(mail: Option<&Message>, note: &str) -> String {
    let quoted = mail.map(|mail| mail.quoted_text.trim()).unwrap_or_default();
    let text = format!("{}\n\n{quoted}", note.trim());
    text.trim().chars().take(LONGEST_REPORT).collect()
}
