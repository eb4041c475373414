//! Owns the incident: its facts, and the status that follows from them.
//! It changes only through [`apply`]; [`decide`] and [`answer`] say which facts come next, and may refuse.
//! Never composes a mail, never sees a rule, never reads a clock.

mod event;
mod actor;
mod key;
mod sent;
mod notices;
mod actions;
mod arranged;
mod opening;
mod participants;
mod apply;
mod crowd;
mod leads;
mod held;
mod origin;
mod calling;
mod placed;
mod quiet;
mod flapping;
mod unheard;
mod doubt;
mod because;
mod carrying;
pub mod owing;
mod joining;
mod keys;
mod ledger;
mod reporting;
pub mod rounds;
mod telling;
pub mod merging;
pub mod decide;
pub mod answer;
pub mod words;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::audience::Audience;
use crate::directory::{Directory, PartyId, PersonId, ServiceId, Severity};
use crate::escalation::{Policy, Run};
use crate::quiet::Quiet;
use crate::told::Announcement;

pub use actions::{Action, read as read_action};
pub use actor::Actor;
pub use apply::{apply, catch_up, open, replay};
pub use arranged::{Arranged, Arrangement, Arrangements, PROOF_WAITS, Part, Waits};
pub use because::because;
pub use carrying::{Carried, Lapsed, carried};
pub use crowd::Crowd;
pub use doubt::{Doubt, Doubted, Doubtful, Judged, Judgement, of_words as asks_about_words};
pub use event::{Event, Fact};
pub use held::{HeldMail, Letter, Settled, Waiting};
pub use keys::{Key, Keys};
pub use merging::{Absorbed, Heard, Turn};
pub use notices::Notices;
pub use opening::Opening;
pub use origin::{Neighbour, Origin, Previous};
pub use participants::{Because, Participant, participants};
pub use placed::Placed;
pub use quiet::{Late, Silence};
pub use reporting::{Copy, ReportDraft, Reporting, Reports, Version};
pub use rounds::Rounds;
pub use sent::{NoticeKind, SentNotice};
pub use telling::{Account, ClientDraft, NoNeed, Telling};

/// How long a recovery may still be withdrawn.
pub const PROVISIONAL: SignedDuration = SignedDuration::from_mins(15);
/// How long after its recovery a mended incident is still the same one.
pub const SAME_INCIDENT: SignedDuration = SignedDuration::from_hours(24);

/// One trouble, from its opening to its close.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The 42 of `INC-42`.
    pub number: u64,
    /// How many events its timeline has. Also its version: whoever writes must have seen the last one.
    pub events: u32,
    /// Title for the inner side.
    pub title: String,
    /// What clients call what is broken.
    pub public_name: String,
    /// The service, when a rule named one.
    pub service: Option<ServiceId>,
    /// How bad it is.
    pub severity: Severity,
    /// Who answers for it: the first to acknowledge.
    pub owner: Option<PersonId>,
    /// Internal parties that mend it.
    pub responders: Vec<PartyId>,
    /// Internal parties that are kept informed.
    pub followers: Vec<PartyId>,
    /// Clients that are told.
    pub clients: Vec<PartyId>,
    /// The escalation policy with which it was opened.
    pub policy: Policy,
    /// What its alerts say, by fingerprint.
    pub keys: Keys,
    /// Stretches of being broken, oldest first; at least one.
    pub occurrences: Vec<Occurrence>,
    /// Who has it.
    pub acknowledged: Option<Acknowledgement>,
    /// The escalation that goes on.
    pub run: Option<Run>,
    /// How many runs there were.
    pub runs: u32,
    /// When the cause was removed.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The word that it is broken comes from somebody or something that may be believed without asking.
    pub trusted: bool,
    /// The incident that had this key before, and how many there were within 7 days, this one included.
    pub previous: Option<Previous>,
    /// The incident of the same service that had recovered not long before, under another key.
    pub neighbour: Option<Neighbour>,
    /// The beginning of what was reported, for the inner side.
    pub report: String,
    /// Internal people who got a mail of it or wrote one.
    pub engaged: BTreeSet<PersonId>,
    /// How it stands between the house and each client.
    #[serde(default)]
    pub accounts: BTreeMap<PartyId, Account>,
    /// How many drafts there were for clients.
    #[serde(default)]
    pub drafts: u32,
    /// The beginnings of the newest notes: what a client's mail must not hold.
    #[serde(default)]
    pub notes: Vec<String>,
    /// What was last announced to each client, whether it arrived or not.
    pub announced: BTreeMap<PartyId, Announcement>,
    /// Every notice that was queued, oldest first.
    pub notices: Notices,
    /// Through whom its first mail came, and to whom else.
    #[serde(default)]
    pub origin: Origin,
    /// Mails that wait until somebody says whether they belong to it.
    #[serde(default)]
    pub waiting: Waiting,
    /// It was found in an archive. Nothing of it is ever due, until somebody reopens it.
    #[serde(default)]
    pub past: bool,
    /// The older incident of which it is a part now, and which stands for it. Nothing of it is ever due again.
    #[serde(default)]
    pub merged_into: Option<u64>,
    /// Alerts beside others, and what people were told of them.
    #[serde(default)]
    pub crowd: Crowd,
    /// Incidents that are part of it, and the occurrence in which each became so.
    #[serde(default)]
    pub absorbed: BTreeMap<u64, u32>,
    /// What people were told by mails of those, in the order in which they read it.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// Clients that came with those, and what they call what is broken.
    #[serde(default)]
    pub names: BTreeMap<PartyId, String>,
    /// The incident from which people parted it.
    #[serde(default)]
    pub parted_from: Option<u64>,
    /// Incidents that people parted from it: their mails refer to each other, and yet they never become one by themselves.
    #[serde(default)]
    pub apart: BTreeSet<u64>,
    /// Younger incidents of which somebody was asked whether they are one with this.
    #[serde(default)]
    pub asked: BTreeSet<u64>,
    /// Somebody wants nobody to be paged.
    #[serde(default)]
    pub hushed: Option<Quiet>,
    /// When somebody was last asked whether it is over, because no alert came any more.
    #[serde(default)]
    pub asked_unheard: Option<Timestamp>,
    /// Whoever answers for it is asked whether something is the old trouble or a new one.
    #[serde(default)]
    pub doubt: Option<Doubt>,
    /// When somebody last answered that.
    #[serde(default)]
    pub judged_at: Option<Timestamp>,
    /// What people arranged about it.
    #[serde(default)]
    pub arranged: Arrangements,
    /// How far its report is.
    #[serde(default)]
    pub reports: Reports,
    /// Answers in the same words.
    #[serde(default)]
    pub rounds: Rounds,
}

/// One stretch of being broken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// When the trouble began, by the monitor's clock where it tells.
    pub began: Timestamp,
    /// When firebell knew.
    pub detected: Timestamp,
    /// How it ended.
    pub recovered: Option<Recovery>,
    /// When it was last taken for mended, and wasn't.
    pub withdrawn: Option<Timestamp>,
    /// Why nobody has heard of it so far: all that fires in it is covered.
    #[serde(default)]
    pub hidden: Option<Quiet>,
    /// That it was told late.
    #[serde(default)]
    pub late: Option<Late>,
}

/// The end of an occurrence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recovery {
    /// When firebell knew.
    pub at: Timestamp,
    /// Who said so; None when the alerts did.
    pub by: Option<PersonId>,
}

/// That somebody has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// Who.
    pub by: PersonId,
    /// Without news it is void after this.
    pub until: Timestamp,
    /// Since when they have it; None where it was written down before that was kept.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// Where an incident stands. Derived from its facts, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Broken, and nobody has it.
    Open,
    /// Broken, and somebody has it.
    Acknowledged,
    /// Works again (暫定対応).
    Mitigated,
    /// Works again, and the cause is gone (恒久対応).
    Resolved,
    /// Done with.
    Closed,
}

impl Status {
    /// The status as a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }
}

impl Incident {
    /// Where it stands.
    pub fn status(&self) -> Status {
        if self.closed_at.is_some() {
            Status::Closed
        } else if self.is_broken() && self.acknowledged.is_some() {
            Status::Acknowledged
        } else if self.is_broken() {
            Status::Open
        } else if self.resolved_at.is_some() {
            Status::Resolved
        } else {
            Status::Mitigated
        }
    }

    /// The newest occurrence has not ended.
    pub fn is_broken(&self) -> bool {
        self.closed_at.is_none() && self.recovery().is_none()
    }

    /// How the newest occurrence ended.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.occurrences.last().and_then(|occurrence| occurrence.recovered.as_ref())
    }

    /// The number of the newest occurrence, counted from 1.
    pub fn occurrence(&self) -> u32 {
        self.occurrences.len() as u32
    }

    /// When firebell knew of the newest occurrence.
    pub fn detected(&self) -> Timestamp {
        self.occurrences.last().map_or(Timestamp::UNIX_EPOCH, |occurrence| occurrence.detected)
    }

    /// When the newest occurrence began.
    pub fn began(&self) -> Timestamp {
        self.occurrences.last().map_or(Timestamp::UNIX_EPOCH, |occurrence| occurrence.began)
    }

    /// Whether a firing alert with one of its keys still belongs to it: not closed, and broken, mitigated, or
    /// resolved with a recovery at most 24 h old.
    pub fn is_live(&self, now: Timestamp) -> bool {
        match (self.closed_at, self.recovery(), self.resolved_at) {
            (Some(_), _, _) => false,
            (None, Some(recovery), Some(_)) => now <= recovery.at + SAME_INCIDENT,
            (None, _, _) => true,
        }
    }

    /// When a monitor last spoke of it, or it last broke or recovered.
    pub fn last_heard_of(&self) -> Timestamp {
        let keys = self.keys.values().map(|key| key.last_seen);
        let recovered = self.recovery().map(|recovery| recovery.at);
        keys.chain(recovered).max().map_or(self.detected(), |heard| heard.max(self.detected()))
    }

    /// Until when the newest recovery may be withdrawn.
    pub fn provisional_until(&self) -> Option<Timestamp> {
        self.recovery().map(|recovery| recovery.at + PROVISIONAL)
    }

    /// Keys whose monitor still says that it is broken.
    pub fn firing(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(|(_, key)| key.firing).map(|(name, _)| name.as_str())
    }

    /// Its parties, inner ones first, each once.
    pub fn parties(&self) -> impl Iterator<Item = &PartyId> {
        let again = |party: &PartyId| self.responders.contains(party);
        let followers = self.followers.iter().filter(move |party| !again(party));
        self.responders.iter().chain(followers).chain(&self.clients)
    }

    /// The next occurrence.
    fn recurs(&self, directory: &Directory, by: Actor, key: Option<String>, began: Timestamp) -> Fact {
        let (occurrence, believers) = (self.occurrence() + 1, self.believers(directory));
        // Some monitors count from the first time that it broke.
        let began = self.recovery().map_or(began, |recovery| began.max(recovery.at));
        Fact::Recurred { occurrence, by, key, began, believers, doubt: None }
    }

    /// The grant under which a notice was sent, found again by its thread's number.
    pub fn notice(&self, audience: &Audience, number: u32, person: &PersonId) -> Option<&SentNotice> {
        let same =
            |sent: &&SentNotice| (&sent.audience, sent.number, &sent.person) == (audience, number, person);
        self.notices.iter().find(same)
    }

    /// The number of the next notice of an audience.
    pub fn next_number(&self, audience: &Audience) -> u32 {
        self.notices.iter().filter(|sent| &sent.audience == audience).count() as u32 + 1
    }

    /// How long an acknowledgement holds without news.
    pub fn acknowledgement_holds(&self) -> SignedDuration {
        match self.severity {
            Severity::Sev1 => SignedDuration::from_mins(30),
            Severity::Sev2 => SignedDuration::from_mins(60),
            Severity::Sev3 | Severity::Sev4 => SignedDuration::from_hours(4),
        }
    }
}
