//! Owns conditions: whether a rule is about a mail.
//! Never lets a mail cost more than one linear search per pattern over at most 64 KiB.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use regex::Regex;

use super::{Captured, Window};
use crate::alert::{Alert, State};
use crate::directory::{Directory, PartyId, Person, PersonId};
use crate::message::Message;

/// As much of a text as patterns see, in bytes.
const SEEN: usize = 64 * 1024;

/// When a rule applies.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Every one holds; holds when empty.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It doesn't hold.
    Not(Box<Condition>),
    /// The pattern is found in the field, anywhere unless anchored.
    Match {
        /// Where it is searched.
        field: Field,
        /// What is searched.
        pattern: Regex,
    },
    /// The field is an entry of a list.
    Among {
        /// What is looked for there.
        field: Field,
        /// Name of the list.
        list: String,
        /// Its entries; where the field ignores case, in lower case. For addresses `@example.com` is every
        /// address of that domain.
        entries: Arc<BTreeSet<String>>,
    },
    /// The raw mail has at least so many bytes.
    AtLeast(usize),
    /// The raw mail has at most so many bytes.
    AtMost(usize),
    /// It comes within this window of time.
    Time(Window),
    /// The sender is this person.
    Person(PersonId),
    /// The sender belongs to this party.
    Party(PartyId),
    /// Whether the sender is a known person.
    Known(bool),
    /// Whether the sender is a known person of the house.
    Internal(bool),
    /// Whether a program sent it.
    Automatic(bool),
    /// Whether it is an alert that a format could read.
    IsAlert(bool),
    /// Whether it forwards another mail.
    Forwarded(bool),
}

/// What a pattern is searched in. Of a mail that forwards another, `From`, `Subject` and `Text` are the
/// forwarded mail's (DESIGN 3.2); who sends it is asked by `party`, `person`, `known` and `internal`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// An author's address.
    From,
    /// Any recipient's address.
    To,
    /// The subject as written.
    Subject,
    /// What the author newly wrote.
    Text,
    /// Any value of this header field, in the mail or in a mail attached to it.
    Header(String),
    /// The List-Id header field (RFC 2919).
    ListId,
    /// The alert's format, `nagios`.
    AlertFormat,
    /// Who sent the alert: an address.
    AlertSource,
    /// What the same trouble has in common.
    AlertKey,
    /// Firing, resolved …, in lower case.
    AlertState,
    /// The monitor's own word, `CRITICAL`.
    AlertSeverity,
    /// The alert's host.
    AlertHost,
    /// The alert's service or check.
    AlertService,
}

impl Field {
    /// Whether patterns ignore case there: in what people and mail servers write as they like, yes;
    /// in a text and in a monitor's own words, no.
    pub fn ignores_case(&self) -> bool {
        match self {
            Self::From | Self::To | Self::Subject | Self::Header(_) | Self::ListId | Self::AlertState => true,
            Self::Text
            | Self::AlertFormat
            | Self::AlertSource
            | Self::AlertKey
            | Self::AlertSeverity
            | Self::AlertHost
            | Self::AlertService => false,
        }
    }

    /// Whether `^` and `$` mean the ends of each line there.
    pub fn has_lines(&self) -> bool {
        *self == Self::Text
    }

    /// Whether an address stands there.
    fn is_address(&self) -> bool {
        matches!(self, Self::From | Self::To | Self::AlertSource)
    }

    /// All that the pattern may be found in.
    pub(super) fn values<'a>(&self, subject: &Subject<'a>) -> Vec<&'a str> {
        let Subject { message, alert, .. } = *subject;
        let forward = message.forwarded.as_ref();
        let of_alert = |value: fn(&'a Alert) -> Option<&'a str>| alert.and_then(value).into_iter().collect();
        match self {
            Self::From => match forward {
                Some(forward) => forward.from.iter().map(|author| author.address.as_str()).collect(),
                None => message.from.iter().map(|author| author.address.as_str()).collect(),
            },
            Self::To => message.recipients.iter().map(|address| address.as_str()).collect(),
            Self::Subject => vec![forward.map_or(message.subject.as_str(), |forward| &forward.subject)],
            Self::Text => vec![forward.map_or(message.reply_text.as_str(), |forward| &forward.text)],
            Self::Header(name) => header_values(message, name),
            Self::ListId => header_values(message, "List-Id"),
            Self::AlertFormat => of_alert(|alert| Some(&alert.format)),
            Self::AlertSource => of_alert(|alert| Some(&alert.source)),
            Self::AlertKey => of_alert(|alert| Some(&alert.key)),
            Self::AlertState => of_alert(|alert| Some(state_word(alert.state))),
            Self::AlertSeverity => of_alert(|alert| alert.severity.as_deref()),
            Self::AlertHost => of_alert(|alert| alert.host.as_deref()),
            Self::AlertService => of_alert(|alert| alert.service.as_deref()),
        }
    }
}

/// What is being classified.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// Who is who.
    pub(super) directory: &'a Directory,
    /// The mail.
    pub(super) message: &'a Message,
    /// The alert in it.
    pub(super) alert: Option<&'a Alert>,
    /// When the mail came.
    pub(super) now: Timestamp,
}

impl<'a> Subject<'a> {
    /// Who sent it. Nobody when there are several authors.
    fn sender(&self) -> Option<&'a Person> {
        self.directory.person_of(&self.message.author()?.address)
    }
}

impl Condition {
    /// Whether it holds of a mail that is no alert, came it `now`.
    pub fn is_met(&self, directory: &Directory, message: &Message, now: Timestamp) -> bool {
        self.holds(&Subject { directory, message, alert: None, now }).is_some()
    }

    /// What the patterns caught when the condition holds; None when it doesn't.
    pub(super) fn holds(&self, subject: &Subject<'_>) -> Option<Captured> {
        let told = |holds: bool| holds.then(Captured::new);
        match self {
            Self::All(all) => {
                let caught: Option<Vec<Captured>> = all.iter().map(|each| each.holds(subject)).collect();
                Some(caught?.into_iter().flatten().collect())
            }
            Self::Any(any) => any.iter().find_map(|each| each.holds(subject)),
            Self::Not(not) => told(not.holds(subject).is_none()),
            Self::Match { field, pattern } => {
                field.values(subject).into_iter().find_map(|text| search(pattern, text))
            }
            Self::Among { field, entries, .. } => {
                told(field.values(subject).into_iter().any(|value| is_among(field, entries, value)))
            }
            Self::AtLeast(bytes) => told(subject.message.size >= *bytes),
            Self::AtMost(bytes) => told(subject.message.size <= *bytes),
            Self::Time(window) => told(window.holds(subject.now)),
            Self::Person(person) => told(subject.sender().is_some_and(|sender| sender.id == *person)),
            Self::Party(party) => told(subject.sender().is_some_and(|sender| {
                subject.directory.parties_of(&sender.id).any(|theirs| theirs.id == *party)
            })),
            Self::Known(wanted) => told(subject.sender().is_some() == *wanted),
            Self::Internal(wanted) => told(
                subject.sender().is_some_and(|sender| subject.directory.is_internal(&sender.id)) == *wanted,
            ),
            Self::Automatic(wanted) => told(subject.message.automatic.is_some() == *wanted),
            Self::IsAlert(wanted) => told(subject.alert.is_some() == *wanted),
            Self::Forwarded(wanted) => told(subject.message.forwarded.is_some() == *wanted),
        }
    }

    /// Names of the groups that a title may use: those of every pattern that is not under a `not`.
    pub fn captures(&self) -> Vec<String> {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().flat_map(Self::captures).collect(),
            Self::Match { pattern, .. } => pattern.capture_names().flatten().map(str::to_owned).collect(),
            Self::Not(_)
            | Self::Among { .. }
            | Self::AtLeast(_)
            | Self::AtMost(_)
            | Self::Time(_)
            | Self::Person(_)
            | Self::Party(_)
            | Self::Known(_)
            | Self::Internal(_)
            | Self::Automatic(_)
            | Self::IsAlert(_)
            | Self::Forwarded(_) => Vec::new(),
        }
    }
}

impl Condition {
    /// Whether it holds for every mail, as it stands.
    pub fn is_every(&self) -> bool {
        match self {
            Self::All(inner) => inner.iter().all(Self::is_every),
            Self::Any(inner) => inner.iter().any(Self::is_every),
            _ => false,
        }
    }
}

/// Whether a value is an entry of a list.
fn is_among(field: &Field, entries: &BTreeSet<String>, value: &str) -> bool {
    let value = if field.ignores_case() { value.to_lowercase() } else { value.to_owned() };
    let domain =
        value.rsplit_once('@').filter(|_| field.is_address()).map(|(_, domain)| format!("@{domain}"));
    entries.contains(&value) || domain.is_some_and(|domain| entries.contains(&domain))
}

/// Every state of an alert.
pub const STATES: [State; 5] =
    [State::Firing, State::Resolved, State::Acknowledged, State::Flapping, State::Info];

/// The word for a state in rules and JSON.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Firing => "firing",
        State::Resolved => "resolved",
        State::Acknowledged => "acknowledged",
        State::Flapping => "flapping",
        State::Info => "info",
    }
}

/// The values of a header field, in the mail and in a mail attached to it.
fn header_values<'a>(message: &'a Message, name: &str) -> Vec<&'a str> {
    let attached = message.forwarded.iter().map(|forward| &forward.headers);
    [&message.headers].into_iter().chain(attached).flat_map(|headers| headers.values(name)).collect()
}

/// What patterns see of a text.
pub(super) fn seen(text: &str) -> &str {
    text.get(..text.floor_char_boundary(SEEN)).unwrap_or(text)
}

/// One search in what is seen of a text.
fn search(pattern: &Regex, text: &str) -> Option<Captured> {
    let caught = pattern.captures(seen(text))?;
    let named = pattern.capture_names().flatten();
    Some(named.filter_map(|name| Some((name.to_owned(), caught.name(name)?.as_str().to_owned()))).collect())
}
