//! Owns the book: all that the site configured, as loaded. The core reads nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::alert::Format;
use crate::directory::{Address, Directory, Language, PartyId};
use crate::escalation::Policy;
use crate::expectation::Expectation;
use crate::limits::Limits;
use crate::oncall::{Override, Roster, Schedule};
use crate::paths::Paths;
use crate::rules::{Rules, Test};
use crate::self_test::SelfTest;
use crate::templates::Templates;
use crate::timetable::DigestOrder;
use crate::token::Keys;

/// All that was configured.
#[derive(Debug, Clone)]
pub struct Book {
    /// The shared mailbox's address; plus parts of it carry reply tokens.
    pub address: Address,
    /// Name shown in From: `Example Operations`.
    pub name: String,
    /// Word in subjects and commands: the `INC` of `INC-42`.
    pub tag: String,
    /// Zone for those who have none of their own.
    pub zone: TimeZone,
    /// Language for those who have none of their own.
    pub language: Language,
    /// A mail that was sent and reached the mailbox longer ago than this pages nobody.
    pub stale_after: SignedDuration,
    /// So many incidents may one rule open within 10 minutes where no service unites them; the next ones join one.
    pub storm_after: u32,
    /// How much is kept, taken and needed.
    pub limits: Limits,
    /// The party that firebell itself reports to.
    pub operator: PartyId,
    /// Addresses and domains (`@mon.example.com`) whose alerts may reach clients without a person's word.
    pub monitors: Vec<String>,
    /// The site's mail server, as its `Authentication-Results` fields name it; None where they can't be trusted.
    pub authserv_id: Option<String>,
    /// People, parties, services.
    pub directory: Directory,
    /// Escalation policies by name.
    pub policies: BTreeMap<String, Policy>,
    /// On-call schedules by name.
    pub schedules: BTreeMap<String, Schedule>,
    /// Other ways to people beside mail.
    pub paths: Paths,
    /// Mails that must come, in the order written.
    pub expectations: Vec<Expectation>,
    /// Mails that firebell sends to itself; None where the site wants none.
    pub self_test: Option<SelfTest>,
    /// Digests, in the order written.
    pub digests: Vec<DigestOrder>,
    /// Days on which nobody works, beside Saturdays and Sundays.
    pub holidays: Arc<BTreeSet<Date>>,
    /// Fonts for pictures; without one there are none.
    pub fonts: Vec<Arc<Vec<u8>>>,
    /// Alert formats, tried in order of their name.
    pub formats: Vec<Format>,
    /// Rules, tried in order.
    pub rules: Rules,
    /// The tests that stand beside the rules.
    pub rule_tests: Vec<Test>,
    /// The words and pages that all mails are made of.
    pub templates: Arc<Templates>,
    /// Keys for reply tokens and Message-IDs.
    pub keys: Keys,
}

impl Book {
    /// Who can be told, and who is on call, given the exceptions that were made by mail.
    pub fn roster<'a>(&'a self, overrides: &'a [Override]) -> Roster<'a> {
        Roster { directory: &self.directory, schedules: &self.schedules, overrides, operator: &self.operator }
    }
}
