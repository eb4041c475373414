//! Owns what a later version of a report says otherwise than the one before it.

use serde::Serialize;

use super::account::{Account, Detail};
use crate::chronicle::Record;
use crate::directory::PartyId;
use crate::templates::Phrases;

/// Something that is otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// What the house calls it.
    Title,
    /// How bad it was.
    Severity,
    /// When it was broken.
    Windows,
    /// What it meant for those who use the service.
    Impact,
    /// Why it happened.
    Cause,
    /// What was done.
    Fix,
    /// What keeps it from happening again.
    Prevention,
    /// What is still to be done, or was.
    Actions,
}

impl Changed {
    /// The name of its phrase.
    fn name(self) -> &'static str {
        match self {
            Self::Title => "changed-title",
            Self::Severity => "changed-severity",
            Self::Windows => "times-heading",
            Self::Impact => "impact-heading",
            Self::Cause => "cause-heading",
            Self::Fix => "fix-heading",
            Self::Prevention => "prevention-heading",
            Self::Actions => "actions-heading",
        }
    }
}

/// What is otherwise in the house's edition.
pub fn of_house(before: &Record, after: &Record) -> Vec<Changed> {
    let (one, other) = (&before.incident, &after.incident);
    let own = [
        (Changed::Title, one.title != other.title),
        (Changed::Severity, one.severity != other.severity),
        (Changed::Windows, one.occurrences != other.occurrences || one.resolved_at != other.resolved_at),
    ];
    own.into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(changed, _)| changed)
        .chain(fields(before, after))
        .collect()
}

/// What is otherwise in a client's edition.
pub fn of_client(before: &Record, after: &Record, client: &PartyId) -> Vec<Changed> {
    let times = |record: &Record| -> Vec<_> {
        let of = |it: &crate::incident::Occurrence| (it.began, it.recovered.as_ref().map(|it| it.at));
        record.incident.occurrences.iter().map(of).collect()
    };
    let differs = times(before) != times(after)
        || before.incident.resolved_at != after.incident.resolved_at
        || before.incident.name_for(client) != after.incident.name_for(client);
    differs.then_some(Changed::Windows).into_iter().chain(fields(before, after)).collect()
}

fn fields(before: &Record, after: &Record) -> Vec<Changed> {
    let (one, other) = (Account::of(&before.incident), Account::of(&after.incident));
    let detail = |details: &[Detail]| details.iter().any(|it| one.detail(*it) != other.detail(*it));
    let of_impact = detail(&[Detail::DataLoss, Detail::Leak, Detail::Attack]);
    let differs = [
        (Changed::Impact, one.impact != other.impact || of_impact),
        (Changed::Cause, one.cause != other.cause || detail(&[Detail::RootCause, Detail::Late])),
        (Changed::Fix, one.fix != other.fix || detail(&[Detail::Stopgap])),
        (Changed::Prevention, one.prevention != other.prevention),
        (Changed::Actions, one.actions != other.actions),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(changed, _)| changed).collect()
}

/// The line that says so; None for the first version.
pub(super) fn line(phrases: Phrases<'_>, version: u32, changed: &[Changed]) -> Option<String> {
    let before = version.checked_sub(1).filter(|before| *before > 0)?.to_string();
    if changed.is_empty() {
        return Some(phrases.say("unchanged-since", &[("version", &before)]));
    }
    let what: Vec<String> = changed.iter().map(|changed| phrases.word(changed.name())).collect();
    Some(phrases.say("changed-since", &[("version", &before), ("what", &what.join(&phrases.word("and")))]))
}
