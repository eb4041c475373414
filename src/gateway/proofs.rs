//! Owns words that ask for more than a mail shows of its author: they wait until an answer from their own address says that
//! they are theirs.

use super::draft::Draft;
use super::words::{self, Done, Speaker};
use super::{clients, reports};
use crate::command::{self, Command, Line};
use crate::directory::PersonId;
use crate::incident::answer::Refusal;
use crate::incident::{Arranged, Arrangement, Fact, Incident};
use crate::message::Message;
use crate::rights::Claim;
use crate::thread;

/// The question that a mail answers, by which its author shows that some words are theirs.
pub(super) fn answered(
    draft: &Draft<'_>,
    incident: &Incident,
    person: &PersonId,
    message: &Message,
) -> Option<u32> {
    thread::clues(draft.book, message).tokens.iter().find_map(|(number, token)| {
        let asked =
            (*number == incident.number).then(|| thread::asked(draft.book, incident, token, draft.now));
        let (asked, waits) = asked.flatten()?;
        (&waits.by == person).then_some(asked)
    })
}

/// Whether a command that is not carried out in the incident alone can wait.
pub(super) fn wait(command: &Command) -> bool {
    use Command::{Escalate, Held, Merge, Override, Report, Swap};
    let elsewhere =
        matches!(command, Merge { .. } | Held(_) | Report | Escalate { .. } | Override { .. } | Swap { .. });
    elsewhere || concerns_clients(command)
}

/// Whether a command concerns what clients are told.
fn concerns_clients(command: &Command) -> bool {
    use Command::{Approve, Client, Next, NoNeed, OfReport, Reject};
    matches!(
        command,
        Client { .. } | Next { .. } | Approve { .. } | Reject { .. } | OfReport { .. } | NoNeed { .. }
    )
}

/// A line that waits, as it will be read: which draft it means is known only now.
pub(super) fn waiting_line(draft: &Draft<'_>, number: u64, person: &PersonId, line: &Line) -> String {
    if let Some(draft) = reports::meant(draft, number, person, &line.command) {
        return format!("{} r{draft}", line.command.name());
    }
    match (&line.command, clients::draft_answered(draft, number, person)) {
        (Command::Approve { version: None } | Command::Reject { version: None }, Some(version)) => {
            format!("{} {version}", line.command.name())
        }
        // A block ends with a blank line.
        (Command::Client { .. }, _) => format!("{}\n", line.line),
        _ => line.line.clone(),
    }
}

/// Carries out words that waited until their author showed that they are theirs: once, and only in the occurrence in
/// which they were said.
pub(super) fn confirm(draft: &mut Draft<'_>, done: &mut Done, person: &PersonId, asked: u32) {
    let Some(incident) = draft.incident(done.number) else { return };
    let occurrence = incident.occurrence();
    let Some(waits) = incident.proofs(draft.now).find(|(other, _)| *other == asked).map(|(_, it)| it.clone())
    else {
        return;
    };
    let what = Arranged::ProofGiven { asked };
    draft.record_all(done.number, [Fact::Arranged(Arrangement { by: person.clone(), what })]);
    let said = command::read(&waits.words);
    for line in &said.commands {
        let (reply, next) = if waits.occurrence == occurrence {
            words::one(draft, done.number, Speaker { person, claim: Claim::Proven }, (line, &said))
        } else {
            (words::refused(draft, done.number, person, line, Refusal::Outdated), done.number)
        };
        done.replies.push((line.line.clone(), reply));
        done.number = next;
    }
}
