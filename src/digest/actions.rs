//! Owns what a digest says of actions: what is still to be done after incidents.

use jiff::civil::Date;
use serde::Serialize;

use crate::chronicle::Record;

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    /// The incident.
    pub incident: u64,
    /// Its title.
    pub title: String,
    /// The action's number within it.
    pub number: u32,
    /// What.
    pub text: String,
    /// Who, as written.
    pub owner: Option<String>,
    /// By when.
    pub due: Option<Date>,
}

/// What is still to be done; what is due first comes first, what has no date last.
pub(super) fn of(records: &[&Record]) -> Vec<Open> {
    let incidents = records.iter().map(|record| &record.incident).filter(|it| it.merged_into.is_none());
    let mut open: Vec<Open> = incidents
        .flat_map(|incident| {
            incident.open_actions().map(|action| Open {
                incident: incident.number,
                title: incident.title.clone(),
                number: action.number,
                text: action.text.clone(),
                owner: action.owner.clone(),
                due: action.due,
            })
        })
        .collect();
    open.sort_by_key(|it| (it.due.is_none(), it.due, it.incident, it.number));
    open
}
