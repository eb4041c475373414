//! Owns how far the report of an incident is: wanted, drafted, approved, sent; when somebody is reminded of it; and how
//! facts change that. Never composes one: what is large is composed elsewhere, and comes back as a fact.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::actions::{self, Action};
use super::{Arranged, Fact, Incident};
use crate::audience::Audience;
use crate::directory::{Directory, PartyId, PersonId};

/// A report is drafted by itself this long after the cause was removed.
const AFTER_RESOLVED: SignedDuration = SignedDuration::from_hours(24);
/// The second reminder comes this long after the first, with the operator in it.
const SECOND: SignedDuration = SignedDuration::from_hours(24);
/// Each further one comes this long after the one before.
const FURTHER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What happened to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reporting", rename_all = "kebab-case")]
pub enum Reporting {
    /// It is to be drafted.
    Wanted {
        /// Who asked for it; None where the time for it has come.
        by: Option<PersonId>,
    },
    /// A draft was composed.
    Drafted {
        /// Its number, counted from 1. Approval is of one number.
        draft: u32,
        /// The last event that it knows of.
        as_of: u32,
        /// When a report is expected.
        due: Timestamp,
        /// What stands in clients' editions that only the house may know.
        found: BTreeMap<PartyId, BTreeSet<String>>,
    },
    /// Somebody approved a draft as it stood: it is sent, and the incident is closed.
    Approved {
        /// The draft's number.
        draft: u32,
        /// Who.
        by: PersonId,
        /// Who gets a copy.
        to: Vec<Copy>,
    },
    /// Somebody doesn't want a draft to be sent.
    Rejected {
        /// The draft's number.
        draft: u32,
        /// Who.
        by: PersonId,
    },
    /// A copy entered the outbox, or can't be made for somebody who isn't in the directory any more.
    Copied(Copy),
    /// Whoever is to do something is reminded of it.
    ActionReminded {
        /// Its number.
        action: u32,
    },
    /// Something that was to be done is done.
    ActionDone {
        /// Its number.
        action: u32,
        /// Who says so.
        by: PersonId,
    },
    /// Whoever answers for it is reminded that a draft waits.
    Reminded {
        /// The draft's number.
        draft: u32,
        /// How often that was said, this time included.
        step: u32,
    },
}

/// Somebody's copy of a report.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Copy {
    /// The thread in which it is sent, and the edition: the house's or a client's.
    pub audience: Audience,
    /// Who.
    pub person: PersonId,
}

/// How far the report of an incident is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reports {
    /// The event since which a draft is wanted that knows of it.
    pub wanted: Option<u32>,
    /// Who asked for it: they get drafts too.
    pub asked_by: BTreeSet<PersonId>,
    /// How many drafts there were.
    pub drafts: u32,
    /// The newest draft.
    pub draft: Option<ReportDraft>,
    /// When a report is expected, while one waits.
    pub due: Option<Timestamp>,
    /// How often somebody was reminded of that, and when last.
    pub reminded: Option<(u32, Timestamp)>,
    /// The versions that were sent, oldest first.
    pub versions: Vec<Version>,
    /// What is to be done after it, all that ever stood in the fields.
    pub actions: Vec<Action>,
    /// Copies of the newest version that are still to be made.
    pub left: BTreeSet<Copy>,
}

/// A draft. What it says is read off the timeline as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDraft {
    /// Its number.
    pub number: u32,
    /// The last event that it knows of.
    pub as_of: u32,
    /// When it was composed.
    pub at: Timestamp,
    /// The event by which it was made: mails about it name that.
    pub event: u32,
    /// It may be approved.
    pub waits: bool,
    /// It has broken or recovered since.
    pub outdated: bool,
    /// What stands in clients' editions that only the house may know.
    pub found: BTreeMap<PartyId, BTreeSet<String>>,
}

/// A version that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The last event that it knows of.
    pub as_of: u32,
    /// When its draft was composed.
    pub at: Timestamp,
    /// Who approved it.
    pub by: PersonId,
}

/// What follows from such a fact.
pub(super) fn apply(incident: &mut Incident, reporting: &Reporting, at: Timestamp) {
    let event = incident.events;
    let reports = &mut incident.reports;
    match reporting {
        Reporting::Wanted { by } => {
            reports.wanted = Some(event);
            reports.asked_by.extend(by.clone());
        }
        Reporting::Drafted { draft, as_of, due, found } => {
            let (number, as_of, found) = (*draft, *as_of, found.clone());
            reports.draft =
                Some(ReportDraft { number, as_of, at, event, waits: true, outdated: false, found });
            (reports.drafts, reports.wanted) = (number, None);
            reports.due.get_or_insert(*due);
        }
        Reporting::Approved { by, to, .. } => {
            if let Some(draft) = &mut reports.draft {
                draft.waits = false;
                reports.versions.push(Version { as_of: draft.as_of, at: draft.at, by: by.clone() });
            }
            reports.left = to.iter().cloned().collect();
            (reports.due, reports.reminded) = (None, None);
            (incident.closed_at, incident.run) = (Some(incident.closed_at.unwrap_or(at)), None);
        }
        Reporting::Rejected { .. } => {
            reports.draft.iter_mut().for_each(|draft| draft.waits = false);
            (reports.due, reports.reminded) = (None, None);
        }
        Reporting::Copied(copy) => {
            reports.left.remove(copy);
        }
        Reporting::Reminded { step, .. } => reports.reminded = Some((*step, at)),
        Reporting::ActionReminded { action } => {
            reports
                .actions
                .iter_mut()
                .filter(|it| it.number == *action)
                .for_each(|it| it.reminded = Some(at));
        }
        Reporting::ActionDone { action, by } => {
            let same = reports.actions.iter_mut().filter(|it| it.number == *action);
            same.for_each(|it| it.done = Some((by.clone(), at)));
        }
    }
}

/// What another fact means for the report: what people write into it makes a new draft; one of a trouble that went on is
/// void.
pub(super) fn follows(incident: &mut Incident, fact: &Fact) {
    let event = incident.events;
    let reports = &mut incident.reports;
    match fact {
        Fact::Arranged(arrangement) if arrangement.what.is_reported() => {
            if let Arranged::Field { field, text } = &arrangement.what {
                actions::written(&mut reports.actions, *field, text);
            }
            let goes_on = reports.draft.as_ref().is_some_and(|draft| draft.waits && !draft.outdated);
            if goes_on || !reports.versions.is_empty() {
                reports.wanted = Some(event);
            }
        }
        Fact::Recurred { .. } | Fact::RecoveryWithdrawn { .. } | Fact::Recovered { .. } => {
            if let Some(draft) = &mut reports.draft {
                (draft.waits, draft.outdated) = (false, true);
            }
            (reports.due, reports.reminded) = (None, None);
            if !matches!(fact, Fact::Recovered { .. }) {
                reports.left.clear();
            }
        }
        _ => {}
    }
}

/// The next fact that is due by the clock for the report, if any.
pub(super) fn due(incident: &Incident, directory: &Directory, now: Timestamp) -> Option<Fact> {
    let reports = &incident.reports;
    if let Some(fact) = actions::due(incident, directory, now) {
        return Some(fact);
    }
    if owes_draft_at(incident, directory).is_some_and(|at| at <= now) {
        return Some(Fact::Reporting(Reporting::Wanted { by: None }));
    }
    reminder_at(incident).filter(|at| *at <= now)?;
    let draft = reports.draft.as_ref()?.number;
    let step = reports.reminded.map_or(1, |(step, _)| step.saturating_add(1));
    Some(Fact::Reporting(Reporting::Reminded { draft, step }))
}

/// When [`due`] will have something to say.
pub(super) fn next_due(incident: &Incident, directory: &Directory) -> Option<Timestamp> {
    let action = actions::next_due(incident, directory);
    owes_draft_at(incident, directory).into_iter().chain(reminder_at(incident)).chain(action).min()
}

/// When a draft is written without anybody's asking: once it is closed, or some time after its cause was removed; and
/// once for each time that it broke. Of what nobody heard nothing is reported, nor of what is slighter than the site wants.
fn owes_draft_at(incident: &Incident, directory: &Directory) -> Option<Timestamp> {
    let reports = &incident.reports;
    let heard_of = incident.notices.iter().any(|sent| sent.belief.is_some());
    let drafted = reports.draft.as_ref().is_some_and(|draft| !draft.outdated);
    let slight = directory.drafted_from.is_some_and(|from| incident.severity > from);
    if slight || incident.is_broken() || reports.wanted.is_some() || drafted || !heard_of {
        return None;
    }
    incident.closed_at.or_else(|| Some(incident.resolved_at? + AFTER_RESOLVED))
}

fn reminder_at(incident: &Incident) -> Option<Timestamp> {
    let reports = &incident.reports;
    reports.draft.as_ref().filter(|draft| draft.waits && reports.wanted.is_none())?;
    match reports.reminded {
        None => reports.due,
        Some((1, at)) => Some(at + SECOND),
        Some((_, at)) => Some(at + FURTHER),
    }
}

impl Incident {
    /// The draft of its report that may be approved.
    pub fn waiting_report(&self) -> Option<&ReportDraft> {
        self.reports.draft.as_ref().filter(|draft| draft.waits)
    }

    /// Whether something of its report is to be composed.
    pub fn wants_composing(&self) -> bool {
        self.merged_into.is_none()
            && !self.past
            && (self.reports.wanted.is_some() || !self.reports.left.is_empty())
    }
}

/// How it reads on a timeline.
pub(super) fn line(reporting: &Reporting) -> String {
    match reporting {
        Reporting::Wanted { by: Some(by) } => format!("{by} asks for its report"),
        Reporting::Wanted { by: None } => "its report is to be written".to_owned(),
        Reporting::Drafted { draft, found, .. } if found.is_empty() => format!("draft {draft} of its report"),
        Reporting::Drafted { draft, found, .. } => {
            let of = |(client, found): (&PartyId, &BTreeSet<String>)| {
                format!("{client}'s edition has {} in it", words(found))
            };
            format!("draft {draft} of its report; {}", found.iter().map(of).collect::<Vec<_>>().join("; "))
        }
        Reporting::Approved { draft, by, .. } => {
            format!("draft {draft} of its report approved by {by}: closed")
        }
        Reporting::Rejected { draft, by } => format!("draft {draft} of its report rejected by {by}"),
        Reporting::Copied(Copy { audience, person }) => match audience {
            Audience::Inner => format!("the report goes to {person}"),
            Audience::Client(client) => format!("the report goes to {client}/{person}"),
        },
        Reporting::ActionReminded { action } => format!("action A{action} is due: reminded"),
        Reporting::ActionDone { action, by } => format!("action A{action} is done, says {by}"),
        Reporting::Reminded { draft, step: 1 } => format!("draft {draft} of its report waits: reminded"),
        Reporting::Reminded { draft, step } => {
            format!("draft {draft} of its report waits: reminded, time {step}")
        }
    }
}

fn words(found: &BTreeSet<String>) -> String {
    found.iter().map(|word| super::words::one_line(word)).collect::<Vec<_>>().join(", ")
}
