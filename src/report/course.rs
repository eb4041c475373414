//! Owns what happened in an incident, in order, as a report tells it: turns and words, without the traffic of mails.

use jiff::Timestamp;
use serde::Serialize;

use crate::chronicle::Record;
use crate::directory::{PartyId, PersonId, Severity};
use crate::incident::words::one_line;
use crate::incident::{Actor, Event, Fact, Reporting};
use crate::told::NewsKind;

/// Most of somebody's words that are repeated, in characters.
const LONGEST_WORDS: usize = 200;

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub turn: Turn,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "turn", rename_all = "kebab-case")]
pub enum Turn {
    /// firebell knew of it.
    Opened,
    /// It broke again.
    Recurred {
        /// Which occurrence that is.
        occurrence: u32,
    },
    /// It had not recovered after all.
    Withdrawn,
    /// People were paged.
    Paged {
        /// Who.
        people: Vec<PersonId>,
    },
    /// Somebody had it.
    Acknowledged {
        /// Who.
        by: PersonId,
    },
    /// Nothing was heard of whoever had it.
    Expired {
        /// Who.
        by: PersonId,
    },
    /// It got worse.
    Raised {
        /// What it was then.
        to: Severity,
    },
    /// Somebody wrote.
    Noted {
        /// Who.
        by: Actor,
        /// The beginning of what they wrote.
        text: String,
    },
    /// A client was told.
    Announced {
        /// Which.
        client: PartyId,
        /// What.
        news: NewsKind,
    },
    /// It worked again.
    Recovered {
        /// Who said so; None when the alerts did.
        by: Option<PersonId>,
    },
    /// The cause was gone.
    Resolved {
        /// Who said so.
        by: PersonId,
    },
    /// Done with.
    Closed,
}

/// The steps of an incident.
pub(super) fn steps(record: &Record) -> Vec<Step> {
    let step = |event: &Event| turn(&event.fact).map(|turn| Step { at: event.at, turn });
    record.events.iter().filter_map(step).collect()
}

fn turn(fact: &Fact) -> Option<Turn> {
    Some(match fact {
        Fact::Opened(_) => Turn::Opened,
        Fact::Recurred { occurrence, .. } => Turn::Recurred { occurrence: *occurrence },
        Fact::RecoveryWithdrawn { .. } => Turn::Withdrawn,
        Fact::Escalated { told, .. } if !told.is_empty() => Turn::Paged { people: told.clone() },
        Fact::Acknowledged { by, .. } => Turn::Acknowledged { by: by.clone() },
        Fact::AcknowledgementExpired { by } => Turn::Expired { by: by.clone() },
        Fact::SeverityRaised { to, .. } => Turn::Raised { to: *to },
        Fact::Noted { by, text, automatic: false, .. } if !text.is_empty() => {
            let text = one_line(text);
            let start: String = text.chars().take(LONGEST_WORDS).collect();
            let more = if start.len() < text.len() { " …" } else { "" };
            Turn::Noted { by: by.clone(), text: format!("{start}{more}") }
        }
        fact if fact.tells().is_some() => {
            let (client, news, _) = fact.tells()?;
            Turn::Announced { client: client.clone(), news }
        }
        Fact::Recovered { by, .. } => Turn::Recovered { by: by.person().cloned() },
        Fact::Resolved { by, .. } => Turn::Resolved { by: by.clone() },
        Fact::Closed { .. } | Fact::Reporting(Reporting::Approved { .. }) => Turn::Closed,
        _ => return None,
    })
}
