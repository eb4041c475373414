//! Owns every mail that firebell writes about an incident: who gets it, its words, its headers and ids.
//! Never decides that something is to be told: an event does, and this room says what that event owes.

mod bundle;
mod client;
mod details;
mod facts;
mod digest;
mod envelope;
mod duty;
mod held;
mod house;
mod quiet;
mod inner;
mod layout;
mod notes;
mod people;
mod recipients;
mod report;
mod self_test;
mod scan;
mod short;
mod tellings;
mod render;
mod transcript;
mod troubles;
mod trial;
mod unreachable;
mod when;
mod why;
mod wording;

use jiff::Timestamp;

use crate::audience::{Audience, Belief};
use crate::directory::{Address, PersonId};
use crate::incident::NoticeKind;

pub use bundle::{Bundle, For, IN_FULL, Part, bundle, bundle_answered, which_incident};
pub use digest::{DigestMail, digest};
pub use duty::{changed as duty_changed, handover};
pub use facts::status;
pub use house::{
    lines as house_lines, report, result as house_result, transcript as house_transcript,
    trial as house_trial,
};
pub use inner::{label, name};
pub use people::reasons;
pub use recipients::owed;
pub use render::{render, reply_link, thread_root};
pub use report::{ReportMail, report_mail};
pub use scan::{Secrets, leaks, leaks_of_digest, leaks_of_report, other_clients, secrets_of_digest};
pub use self_test::{grant as self_test_grant, self_test};
pub use transcript::{ClientReply, DutyReply, Explained, OnDuty, Reply, results, transcript};
pub use trial::Trial;
pub use unreachable::hear_of;
pub use when::Reader;
pub use why::name_of;
pub use wording::{Side, kinds};

/// A mail that an event owes somebody, before it has a number and bytes.
#[derive(Debug, Clone)]
pub struct Owed {
    /// The thread it belongs to.
    pub audience: Audience,
    /// Its recipient.
    pub person: PersonId,
    /// What kind of mail it is.
    pub kind: NoticeKind,
    /// What its reader will believe.
    pub belief: Option<Belief>,
    /// Name of its template.
    template: &'static str,
    /// What the event adds to what the incident says by itself.
    details: details::Details,
    /// Who else of the audience is told the same.
    also: Vec<PersonId>,
}

impl Owed {
    /// Whether its reader is asked to show that words are theirs.
    pub fn asks(&self) -> bool {
        self.details.asked.is_some()
    }

    /// A transcript with what became of one line more.
    #[must_use]
    pub fn with_line(mut self, reply: Reply) -> Self {
        self.details.lines.push((String::new(), reply));
        self
    }

    /// Whether nobody else will be called any more: the operator hears it by the second path too.
    pub fn is_last_word(&self) -> bool {
        self.template == "exhausted"
    }

    /// The same mail for some people of the inner side.
    fn all(
        people: Vec<PersonId>,
        kind: NoticeKind,
        template: &'static str,
        belief: Option<Belief>,
        details: details::Details,
    ) -> Vec<Self> {
        let to = |person: &PersonId| Self {
            audience: inner::AUDIENCE,
            person: person.clone(),
            kind: kind.clone(),
            belief,
            template,
            details: details.clone(),
            also: people.clone(),
        };
        people.iter().map(to).collect()
    }
}

/// A mail as the outbox keeps it: frozen bytes and whatever sending it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Message-ID without angle brackets. The same notice has the same whenever it is sent.
    pub message_id: String,
    /// The incident; [`crate::house::HOUSE`] for a report of the house.
    pub incident: u64,
    /// Its thread.
    pub audience: Audience,
    /// Its number within its thread.
    pub number: u32,
    /// The recipient.
    pub person: PersonId,
    /// Where it is sent.
    pub to: Address,
    /// Return path; None for the null return path of automatic answers (RFC 3834, 3.3).
    pub from: Option<Address>,
    /// What kind of mail it is.
    pub kind: NoticeKind,
    /// Which text it is: one of [`kinds`], or `digest`. The outbox does not keep it.
    pub text: &'static str,
    /// What its reader will believe.
    pub belief: Option<Belief>,
    /// The event that caused it.
    pub about: u64,
    /// Its subject.
    pub subject: String,
    /// What it says, in a few words, for people who look at the outbox.
    pub summary: String,
    /// The mail, CRLF line ends. Empty when it could not be written, which is a bug.
    pub bytes: Vec<u8>,
    /// When it entered the outbox.
    pub queued_at: Timestamp,
    /// Its reader is asked something. The outbox does not keep it.
    pub asks: bool,
    /// Why it must not be sent.
    pub withheld: Option<String>,
}

/// Why a mail for a client must not be sent, where something stands in it that only the house may know.
pub fn withheld(found: &[String]) -> Option<String> {
    (!found.is_empty()).then(|| format!("it has {} in it", found.join(", ")))
}
