//! Owns what becomes of an incident's report: people ask for it, approve a draft or don't, and what was composed enters the
//! outbox.

use std::collections::BTreeSet;

use super::clients;
use super::draft::Draft;
use crate::audience::Audience;
use crate::command::Command;
use crate::directory::{PartyId, PersonId};
use crate::incident::answer::{Authority, ClientRefusal, Refusal};
use crate::incident::{Copy, Fact, Incident, NoticeKind, ReportDraft, Reporting};
use crate::notice::{self, Reply, ReportMail};
use crate::report::{self, Issued, Paper, Stage};
use crate::thread;

/// What somebody says of the report; None for what concerns something else.
pub(super) fn command(
    draft: &mut Draft<'_>,
    number: u64,
    (person, authority): (&PersonId, &Authority),
    command: &Command,
) -> Option<Result<Reply, Refusal>> {
    let meant = meant(draft, number, person, command);
    let of_report = matches!(command, Command::Report) || meant.is_some();
    if let Some(refusal) = authority.refusal().filter(|_| of_report) {
        return Some(Err(refusal));
    }
    Some(match (command, meant) {
        (Command::Report, _) => wanted(draft, number, person),
        (Command::Approve { .. } | Command::OfReport { approve: true, .. }, Some(meant)) => {
            approve(draft, number, (person, authority), meant)
        }
        (_, Some(meant)) => reject(draft, number, (person, authority), meant),
        (Command::Approve { version: None } | Command::Reject { version: None }, None)
            if only_report_waits(draft, number) =>
        {
            Err(Refusal::Client(ClientRefusal::WhichDraft))
        }
        (_, None) => return None,
    })
}

/// Whether a draft of the report waits, and none for a client.
fn only_report_waits(draft: &Draft<'_>, number: u64) -> bool {
    draft.incident(number).is_some_and(|incident| {
        incident.waiting_report().is_some() && !incident.accounts.values().any(|account| account.waits)
    })
}

/// The number of the draft of the report that somebody means: it is named, or it is that of the very mail that is
/// answered.
pub(super) fn meant(draft: &Draft<'_>, number: u64, person: &PersonId, command: &Command) -> Option<u32> {
    let version = match command {
        Command::OfReport { draft, .. } => return Some(*draft),
        Command::Approve { version } | Command::Reject { version } => *version,
        _ => return None,
    };
    let (incident, mail) = (draft.incident(number)?, draft.mail?);
    let clues = thread::clues(draft.book, mail);
    let newest = clues.signed.iter().find(|(incident, _, _)| *incident == number)?;
    let answered = incident.notice(&Audience::Inner, newest.1, person)?;
    if answered.kind != NoticeKind::ReportDraft {
        return None;
    }
    // What is said of a draft after it, reminders, is said of the newest one. One that was replaced has no number here
    // any more; 0 is nobody's.
    let current = incident.reports.draft.as_ref().filter(|draft| draft.event <= answered.about);
    Some(version.unwrap_or_else(|| current.map_or(0, |draft| draft.number)))
}

fn wanted(draft: &mut Draft<'_>, number: u64, person: &PersonId) -> Result<Reply, Refusal> {
    draft.record_all(number, [Fact::Reporting(Reporting::Wanted { by: Some(person.clone()) })]);
    let incident = draft.incident(number).ok_or(Refusal::UnknownIncident)?;
    let mut people: BTreeSet<PersonId> =
        incident.answerable(&draft.roster(), draft.now).into_iter().collect();
    people.extend(incident.reports.asked_by.iter().cloned());
    Ok(Reply::ReportWanted(people.into_iter().collect()))
}

/// The draft that waits, if it is the one that is meant, and of all whose clients are told by it the speaker answers for
/// each.
fn waiting(
    draft: &Draft<'_>,
    number: u64,
    (person, authority): (&PersonId, &Authority),
    meant: u32,
) -> Result<ReportDraft, Refusal> {
    let incident = draft.incident(number).ok_or(Refusal::UnknownIncident)?;
    let waiting = incident.waiting_report().ok_or(Refusal::Client(ClientRefusal::NoDraft))?;
    let theirs = clients::answered_for(draft, number, person, authority);
    if !incident.clients.iter().all(|client| theirs.contains(client)) {
        return Err(Refusal::Client(ClientRefusal::NotYours));
    }
    // Somebody wrote into it since: what they wrote stands in the next one.
    if waiting.number != meant || clients::answers_another(draft, number) || incident.reports.wanted.is_some()
    {
        return Err(Refusal::Client(ClientRefusal::OutdatedDraft));
    }
    Ok(waiting.clone())
}

fn approve(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: (&PersonId, &Authority),
    meant: u32,
) -> Result<Reply, Refusal> {
    let waiting = waiting(draft, number, speaker, meant)?;
    let incident = draft.incident(number).ok_or(Refusal::UnknownIncident)?;
    if incident.is_broken() {
        return Err(Refusal::CloseWhileBroken);
    }
    if !waiting.found.is_empty() {
        return Err(Refusal::HoldsInternal);
    }
    let to = copies(draft, incident);
    let (count, by) = (to.len(), speaker.0.clone());
    let approved = Reporting::Approved { draft: waiting.number, by, to };
    draft.record_all(number, [Fact::Reporting(approved)]);
    Ok(Reply::ReportApproved(waiting.number, count))
}

fn reject(
    draft: &mut Draft<'_>,
    number: u64,
    speaker: (&PersonId, &Authority),
    meant: u32,
) -> Result<Reply, Refusal> {
    let waiting = waiting(draft, number, speaker, meant)?;
    let rejected = Reporting::Rejected { draft: waiting.number, by: speaker.0.clone() };
    draft.record_all(number, [Fact::Reporting(rejected)]);
    Ok(Reply::ReportRejected(waiting.number))
}

/// Who gets a copy: everybody of the parties that have to do with it, and whoever of the house wrote or was paged; each
/// client's people in a thread of their own.
fn copies(draft: &Draft<'_>, incident: &Incident) -> Vec<Copy> {
    let directory = draft.directory();
    let engaged = incident.engaged.iter().filter(|person| directory.is_internal(person)).cloned();
    let parties = directory.people_in(&incident.responders).into_iter().chain(incident.following(directory));
    let house: BTreeSet<PersonId> =
        parties.chain(engaged).filter(|person| !incident.is_out(person)).collect();
    let inner = house.into_iter().map(|person| Copy { audience: Audience::Inner, person });
    let of = |client: &PartyId| {
        let people = directory.people_in([client]).into_iter();
        let audience = Audience::Client(client.clone());
        people.map(move |person| Copy { audience: audience.clone(), person }).collect::<Vec<_>>()
    };
    inner.chain(incident.clients.iter().flat_map(of)).collect()
}

/// Something was composed: it enters the outbox, unless it is there already or something else is wanted by now.
pub(super) fn composed(draft: &mut Draft<'_>, issued: &Issued) {
    let number = issued.incident;
    let Some(incident) = draft.incident(number).filter(|it| it.wants_composing()) else { return };
    let reports = &incident.reports;
    match &issued.stage {
        Stage::Draft { as_of, due, found } => {
            if reports.wanted.is_none_or(|wanted| wanted > *as_of) {
                return;
            }
            let (draft_number, as_of, due, found) = (reports.drafts + 1, *as_of, *due, found.clone());
            let drafted = Reporting::Drafted { draft: draft_number, as_of, due, found };
            draft.record_all(number, [Fact::Reporting(drafted)]);
        }
        Stage::Copy(copy) if reports.left.contains(copy) => {
            draft.record_all(number, [Fact::Reporting(Reporting::Copied(copy.clone()))]);
        }
        Stage::Copy(_) => return,
    }
    let about = draft.incident(number).map_or(0, |incident| incident.events);
    for paper in &issued.papers {
        enter(draft, number, paper, (&issued.stage, about));
    }
    draft.touch(number);
}

fn enter(draft: &mut Draft<'_>, number: u64, paper: &Paper, (stage, about): (&Stage, u32)) {
    let Some(incident) = draft.incident(number).cloned() else { return };
    let kind = match stage {
        Stage::Draft { .. } => NoticeKind::ReportDraft,
        Stage::Copy(_) => NoticeKind::ReportCopy,
    };
    let Paper { to: Copy { audience, person }, document, images, attachments } = paper;
    let mail = ReportMail { audience, person, kind, document, images, attachments };
    let place = draft.next_mail(&incident, audience);
    let Some(notice) = notice::report_mail(draft.book, &incident, &mail, (place, about), draft.now) else {
        return;
    };
    let found = match audience {
        Audience::Client(client) => {
            let fields = report::fields(&incident);
            notice::leaks_of_report(draft.book, &incident, client, &fields, &notice.bytes)
        }
        Audience::Inner => Vec::new(),
    };
    draft.enter(number, notice, found);
}
