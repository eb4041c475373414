//! Owns the events: the lines of an incident's timeline, past tense, each with its reason.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::placed::Placed;
use super::{
    Absorbed, Actor, Arrangement, Carried, Doubted, Heard, Judged, Letter, NoticeKind, Opening, Reporting,
    Settled, Silence, Telling,
};
use crate::audience::{Audience, Belief};
use crate::directory::{PartyId, PersonId, Severity};
use crate::escalation::{Policy, Position};
use crate::told::NewsKind;

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place, counted from 1.
    pub seq: u32,
    /// When it happened, for firebell.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// The incident began.
    Opened(Box<Opening>),
    /// A firing alert with a known, firing key: counted.
    AlertRepeated {
        /// Fingerprint.
        key: String,
    },
    /// A firing alert with a key that was not firing here: said.
    AlertJoined {
        /// Fingerprint.
        key: String,
        /// The key had recovered before.
        again: bool,
        /// Too many such alerts came before it: told together with others, later.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waits: bool,
    },
    /// A firing alert after a silence longer than its rhythm: said.
    CameAgain {
        /// Fingerprint.
        key: String,
        /// The silence, in seconds.
        silence: i64,
        /// Too many such alerts came before it: told together with others, later.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waits: bool,
        /// Somebody is asked until then whether it is the old trouble.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asks: Option<Timestamp>,
    },
    /// People are told together of alerts that came in a crowd.
    AlertsTold {
        /// The first of them, by fingerprint.
        keys: Vec<String>,
        /// How many more.
        more: u32,
    },
    /// The monitor said something that changes nothing.
    AlertNoted {
        /// Fingerprint.
        key: String,
        /// `acknowledged`, `flapping`, `info`, `resolved`.
        state: String,
    },
    /// One key recovered, others still fire.
    KeyRecovered {
        /// Fingerprint.
        key: String,
        /// Keys that have recovered now.
        recovered: u32,
        /// All keys.
        of: u32,
    },
    /// The occurrence ended.
    Recovered {
        /// The alerts, or who said so.
        by: Actor,
        /// The key with which the last one recovered.
        key: Option<String>,
        /// Keys that still fire although a person says it works.
        still_firing: Vec<String>,
        /// All keys.
        of: u32,
    },
    /// An alert within the provisional time: the recovery was none.
    RecoveryWithdrawn {
        /// Fingerprint.
        key: String,
        /// Parties that had been told that it works.
        believers: Vec<PartyId>,
    },
    /// It broke again.
    Recurred {
        /// The occurrence that begins, counted from 1.
        occurrence: u32,
        /// The alerts, or who said so.
        by: Actor,
        /// Fingerprint.
        key: Option<String>,
        /// When it began.
        began: Timestamp,
        /// Parties that had been told that it works.
        believers: Vec<PartyId>,
        /// It was not clear whether this is the old trouble.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        doubt: Option<Doubted>,
    },
    /// Somebody has it.
    Acknowledged {
        /// Who.
        by: PersonId,
        /// Until when without news.
        until: Timestamp,
    },
    /// Nothing was heard from whoever had it.
    AcknowledgementExpired {
        /// Who had it.
        by: PersonId,
    },
    /// A monitor whose word reaches clients says so too.
    Confirmed {
        /// Its address.
        source: String,
    },
    /// It is worse than it was.
    SeverityRaised {
        /// What it is now.
        to: Severity,
        /// Rule that says so.
        rule: Option<String>,
        /// The policy for that severity, where it is another one: it holds from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<Policy>,
    },
    /// A step of the policy was queued.
    Escalated {
        /// The run.
        run: u32,
        /// The step.
        position: Position,
        /// Who is paged.
        told: Vec<PersonId>,
        /// When the next step is due.
        next: Timestamp,
    },
    /// A step of the policy told nobody: not at this hour, or not of this severity.
    StepPassed {
        /// The run.
        run: u32,
        /// The step.
        position: Position,
        /// When the next step is due.
        next: Timestamp,
    },
    /// The policy works at other hours only, and goes on then.
    EscalationWaits {
        /// The run.
        run: u32,
        /// Until when.
        until: Timestamp,
    },
    /// The policy is at its end, and nobody has it.
    Exhausted {
        /// The run.
        run: u32,
        /// When the operator hears of it again.
        next: Timestamp,
    },
    /// The cause was removed.
    Resolved {
        /// Who said so.
        by: PersonId,
        /// Said although nothing had recovered.
        anyway: bool,
    },
    /// Done with.
    Closed {
        /// Who said so.
        by: PersonId,
    },
    /// The archive in which it was found has nothing more about it: done with.
    ArchiveEnded,
    /// Somebody wrote something.
    Noted {
        /// Who.
        by: Actor,
        /// Whose side they are on.
        audience: Audience,
        /// How the mail came here.
        placed: Placed,
        /// What they newly wrote.
        text: String,
        /// A robot wrote it: told to nobody.
        automatic: bool,
        /// It came with commands that were carried out: told with what they did.
        with_commands: bool,
        /// Somebody is asked until then whether it is broken again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asks: Option<Timestamp>,
        /// The how manieth answer of theirs in the same words this is, where a machine without any mark is seen by it; else 0.
        #[serde(default, skip_serializing_if = "is_none")]
        alike: u32,
        /// The how manieth note within an hour this is by those whom nobody knows or who write through lists; else 0.
        #[serde(default, skip_serializing_if = "is_none")]
        crowd: u32,
    },
    /// A mail was kept out until somebody says that it belongs here.
    Held {
        /// What is kept of it.
        #[serde(flatten)]
        letter: Letter,
    },
    /// Somebody is asked about the mails that are kept out.
    HeldAsked {
        /// Their numbers.
        mails: Vec<u32>,
    },
    /// Somebody said what becomes of a mail that was kept out.
    HeldSettled {
        /// Its number.
        mail: u32,
        /// Who said so.
        by: PersonId,
        /// What becomes of it.
        how: Settled,
    },
    /// A command was not carried out.
    Refused {
        /// Who gave it.
        by: PersonId,
        /// The line.
        line: String,
        /// Why not.
        why: String,
    },
    /// It is the same trouble as an older one, which stands for both from now on.
    MergedInto {
        /// The older one.
        number: u64,
        /// Its title.
        title: String,
        /// Who made it so.
        by: PersonId,
        /// They said so; otherwise a mail of theirs refers to mails of both.
        said: bool,
    },
    /// A younger one is part of it from now on.
    Absorbed(Box<Absorbed>),
    /// What a merge makes of what was said and asked in either.
    Carried(Carried),
    /// Some of its mails belong to another incident from now on, and so does what answers them.
    MovedAway {
        /// That one.
        to: u64,
        /// Its title.
        title: String,
        /// Who said so.
        by: PersonId,
        /// How many mails, the one with the command included.
        mails: u32,
        /// That one began with it.
        opened: bool,
    },
    /// Mails of another incident belong to this one from now on.
    MovedHere {
        /// That one.
        from: u64,
        /// Its title.
        title: String,
        /// Who said so.
        by: PersonId,
        /// How many mails, the one with the command included.
        mails: u32,
        /// What they wrote, or what they answered.
        text: String,
    },
    /// It may be one with a younger one, and whoever answers for it is asked.
    MergeAsked {
        /// The younger one.
        other: u64,
        /// Its title.
        title: String,
        /// Whose mail refers to mails of both.
        by: PersonId,
    },
    /// A mail of an incident that is part of it reached somebody only now, or came back.
    HeardThere {
        /// What its reader believes.
        heard: Heard,
        /// It reached them; otherwise it came back.
        told: bool,
    },
    /// Something is told to nobody for a time, or is told again.
    Quiet(Silence),
    /// Somebody said what they take for the same trouble, or for none.
    Judged(Judged),
    /// Somebody arranged something about it.
    Arranged(Arrangement),
    /// Something between an incident and its report.
    Reporting(Reporting),
    /// A client is told something.
    Announced {
        /// The client.
        client: PartyId,
        /// What.
        news: NewsKind,
        /// When they will hear again.
        next: Option<Timestamp>,
    },
    /// Something between the house and its clients.
    Telling(Telling),
    /// A notice entered the outbox.
    Queued {
        /// Its thread.
        audience: Audience,
        /// Its number there.
        number: u32,
        /// Its recipient.
        person: PersonId,
        /// What it is.
        kind: NoticeKind,
        /// The event that caused it.
        about: u32,
        /// What its reader will believe.
        belief: Option<Belief>,
    },
    /// The relay took a notice.
    Told {
        /// Its thread.
        audience: Audience,
        /// Its number there.
        number: u32,
        /// Its recipient.
        person: PersonId,
    },
    /// A notice can't be delivered.
    Undeliverable {
        /// Its thread.
        audience: Audience,
        /// Its number there.
        number: u32,
        /// Its recipient.
        person: PersonId,
        /// The relay's words.
        reason: String,
    },
    /// A notice was no longer true when its turn came.
    Superseded {
        /// Its thread.
        audience: Audience,
        /// Its number there.
        number: u32,
        /// Its recipient.
        person: PersonId,
        /// What had happened since.
        reason: String,
    },
}

fn is_none(number: &u32) -> bool {
    *number == 0
}
