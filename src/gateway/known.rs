//! Owns the question that goes to the store before an input is worked on, and its answer.
//! Never asks: the store does, within the transaction in which the answer is used.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::storms::Opened;
use super::{Branch, SentWith};
use crate::alert::{Alert, Source};
use crate::directory::{PersonId, ServiceId};
use crate::house::House;
use crate::incident::{Event, Incident};
use crate::rules::{Counted, Counts};
use crate::thread;

/// What must be known before an input can be worked on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Incidents that are named.
    pub incidents: BTreeSet<u64>,
    /// Message-IDs that may be stored.
    pub message_ids: Vec<String>,
    /// Fingerprints of alerts.
    pub keys: Vec<String>,
    /// What products call the troubles of alerts, with the format: [`Alert::named`].
    pub references: Vec<String>,
    /// The folded base subject of a reply; empty when the mail is none.
    pub subject: String,
    /// Services in which something may be broken already, or mended just now.
    pub services: BTreeSet<ServiceId>,
    /// Message-ID and content hash of the mail itself.
    pub mail: Option<(String, String)>,
    /// Somebody may part this mail, and what belongs with it, from its incident: its Message-ID, and that of the mail that
    /// it answers.
    pub branch: Option<(String, String)>,
    /// Its author, where it is somebody we know: how many answers they got of late.
    pub author: Option<PersonId>,
    /// It came to the test address: only another test is the same mail again.
    pub test: bool,
    /// Somebody asks what only a timeline tells.
    pub timelines: bool,
    /// All that is broken: whoever comes on call is told of it.
    pub broken: bool,
    /// What went with this notice, by its Message-ID: it came back.
    pub sent_with: Option<String>,
    /// Keys and services lead to incidents of the past only: a mail out of an archive asks.
    pub past: bool,
    /// Rules that count, and what of the past they count.
    pub counted: Vec<Counted>,
    /// Sources of its alerts: format and address.
    pub sources: BTreeSet<(String, String)>,
    /// Rules that may open an incident of an alert.
    pub openers: BTreeSet<String>,
    /// When the mail came: they count up to then.
    pub came: Timestamp,
}

/// Whether a mail was received before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    /// No.
    #[default]
    New,
    /// The same Message-ID and content.
    Duplicate,
    /// The same Message-ID with other content.
    SameId {
        /// When the first one came.
        since: Timestamp,
    },
}

/// What the store answered.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The incidents that the question named, those that its ids and keys led to, and those that stand for them.
    pub incidents: BTreeMap<u64, Incident>,
    /// Their timelines, where the question asks for them.
    pub timelines: BTreeMap<u64, Vec<Event>>,
    /// Message-IDs of the question that are known, and the incident they belong to.
    pub ids: BTreeMap<String, u64>,
    /// Incidents that had mails under the question's subject within the last 7 days.
    pub of_subject: BTreeSet<u64>,
    /// References of the question that are known, and the key of the alert that fired with each.
    pub references: BTreeMap<String, String>,
    /// Fingerprints that belong to an incident now.
    pub live: BTreeMap<String, u64>,
    /// Incidents opened with a fingerprint within the last 7 days, newest first.
    pub past: BTreeMap<String, Vec<u64>>,
    /// The incident of each service of the question that is broken; where none is, its newest one.
    pub in_service: BTreeMap<ServiceId, u64>,
    /// Incidents that are broken in the same services.
    pub beside: Vec<Incident>,
    /// The number that the next new incident gets.
    pub next_number: u64,
    /// All that is broken, where the question asks for it.
    pub broken: Vec<Incident>,
    /// The house.
    pub house: House,
    /// Whether the mail was received before.
    pub seen: Seen,
    /// What belongs with the mail: the mail of a person that it answers, and what answers either.
    pub branch: Vec<Branch>,
    /// What the rules of the question that open incidents have opened of late.
    pub opened: BTreeMap<String, Opened>,
    /// Of the sources that the question named, those that were heard before.
    pub sources: Vec<Source>,
    /// How many answers its author got within the last hour.
    pub answered: u32,
    /// What rules have counted so far.
    pub counts: Counts,
    /// Notices that went with the one that came back.
    pub sent_with: Vec<SentWith>,
}

impl Known {
    /// What is known of the clues of a mail.
    pub fn found(&self) -> thread::Found<'_> {
        thread::Found { incidents: &self.incidents, ids: &self.ids, of_subject: &self.of_subject }
    }

    /// The alert under the key that its trouble has: a mail may name it by the product's own id alone.
    pub fn as_known(&self, alert: &Alert) -> Alert {
        let key = alert.named().and_then(|reference| self.references.get(&reference));
        key.map_or_else(|| alert.clone(), |key| alert.clone().under(key))
    }

    /// Leaves only incidents of the past, and what leads to them: nothing else may change.
    pub(super) fn leave_out_today(&mut self) {
        self.incidents.retain(|_, incident| incident.past);
        self.ids.retain(|_, number| self.incidents.contains_key(number));
        self.of_subject.retain(|number| self.incidents.contains_key(number));
    }
}
