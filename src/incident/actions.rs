//! Owns the actions of a report: what is to be done after an incident, by whom and by when; that somebody is reminded of
//! it; and how it is done. Each keeps its number, whatever else is written into its field.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::reporting::Reporting;
use super::{Fact, Incident};
use crate::command::Field;
use crate::directory::{Directory, Named, PersonId};
use crate::oncall::Roster;

/// Somebody is reminded at this hour of the day on which it is due.
const HOUR: i8 = 9;
/// And again after this, until it is done.
const AGAIN: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Something to be done after an incident. Written as a line of `fix:` or `prevention:`:
/// `- replace the pool @sato by 2026-12-01`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// Its number within the incident, counted from 1.
    pub number: u32,
    /// The field in which it stands.
    pub field: Field,
    /// What.
    pub text: String,
    /// Who, as written.
    pub owner: Option<String>,
    /// By when.
    pub due: Option<Date>,
    /// Who said that it is done, and when.
    pub done: Option<(PersonId, Timestamp)>,
    /// When somebody was last reminded of it.
    #[serde(default)]
    pub reminded: Option<Timestamp>,
    /// It stands in its field no more.
    #[serde(default)]
    pub dropped: bool,
}

/// The action that a line of a field is; None for prose.
pub fn read(field: Field, line: &str) -> Option<Action> {
    let rest = ["- ", "* ", "・", "• "].iter().find_map(|mark| line.trim().strip_prefix(mark))?;
    let (mut words, mut owner, mut due) = (Vec::new(), None, None);
    for word in rest.split_whitespace() {
        let plain = word.trim_end_matches([',', '.', '、', '。']).trim_end_matches("まで");
        if let Some(name) = plain.strip_prefix('@').filter(|name| !name.is_empty()) {
            owner = Some(name.to_owned());
        } else if let Ok(date) = plain.parse::<Date>() {
            due = Some(date);
            words.pop_if(|before| *before == "by");
        } else {
            words.push(word);
        }
    }
    let text = words.join(" ");
    let action = Action { number: 0, field, text, owner, due, done: None, reminded: None, dropped: false };
    (!action.text.is_empty()).then_some(action)
}

/// A field was written anew: actions that stood in it before are the same ones.
pub(super) fn written(actions: &mut Vec<Action>, field: Field, text: &str) {
    if !matches!(field, Field::Fix | Field::Prevention) {
        return;
    }
    for known in actions.iter_mut().filter(|known| known.field == field && known.done.is_none()) {
        known.dropped = true;
    }
    for action in text.lines().filter_map(|line| read(field, line)) {
        let same = |known: &&mut Action| known.field == field && known.text == action.text;
        match actions.iter_mut().find(same) {
            Some(known) => {
                if known.due != action.due {
                    known.reminded = None;
                }
                (known.owner, known.due, known.dropped) = (action.owner, action.due, false);
            }
            None => {
                let number = actions.len() as u32 + 1;
                actions.push(Action { number, ..action });
            }
        }
    }
}

impl Incident {
    /// What is still to be done.
    pub fn open_actions(&self) -> impl Iterator<Item = &Action> {
        self.reports.actions.iter().filter(|action| !action.dropped && action.done.is_none())
    }

    /// An action by its number.
    pub fn action(&self, number: u32) -> Option<&Action> {
        self.reports.actions.iter().find(|action| action.number == number && !action.dropped)
    }

    /// Who is to do something: whoever it names, else whoever answers for the incident.
    pub fn doers(&self, roster: &Roster<'_>, action: &Action, now: Timestamp) -> Vec<PersonId> {
        match doer(roster.directory, action) {
            Some(person) => vec![person],
            None => self.answerable(roster, now),
        }
    }
}

/// The one of the house whom an action names.
fn doer(directory: &Directory, action: &Action) -> Option<PersonId> {
    match directory.called(action.owner.as_ref()?).as_slice() {
        [Named::Person(person)] if directory.is_internal(person) => Some(person.clone()),
        _ => None,
    }
}

/// The next action of which somebody is to be reminded, if any.
pub(super) fn due(incident: &Incident, directory: &Directory, now: Timestamp) -> Option<Fact> {
    let mut due =
        incident.open_actions().filter(|action| at(incident, directory, action).is_some_and(|at| at <= now));
    due.next().map(|action| Fact::Reporting(Reporting::ActionReminded { action: action.number }))
}

/// When [`due`] will have something to say.
pub(super) fn next_due(incident: &Incident, directory: &Directory) -> Option<Timestamp> {
    incident.open_actions().filter_map(|action| at(incident, directory, action)).min()
}

/// In the morning of the day on which it is due, where whoever is to do it lives.
fn at(incident: &Incident, directory: &Directory, action: &Action) -> Option<Timestamp> {
    if let Some(at) = action.reminded {
        return Some(at + AGAIN);
    }
    let person = doer(directory, action).or_else(|| incident.owner.clone());
    let zone = person.and_then(|person| directory.people.get(&person)).map(|person| person.zone.clone());
    let morning = action.due?.at(HOUR, 0, 0, 0).to_zoned(zone.unwrap_or(TimeZone::UTC)).ok()?;
    Some(morning.timestamp())
}
