//! Owns the tests that stand beside rules: a mail as written, and what is expected of it.
//! Never runs them: that takes reading a mail, and `config::checks` does it.

use jiff::Timestamp;

use super::condition::state_word;
use super::{Action, Verdict};
use crate::alert::Alert;

/// One `[[test]]` of a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// File it stands in, `rules/site.toml`.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// The mail to be classified.
    pub mail: Sample,
    /// What must come out, in the order of [`Fact::ALL`].
    pub expect: Vec<(Fact, String)>,
}

/// A mail as written in a `[[test]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// From, as it would stand in the header.
    pub from: Option<String>,
    /// To; the mailbox's own address without.
    pub to: Option<String>,
    /// Subject.
    pub subject: String,
    /// Body, plain text.
    pub text: String,
    /// When it comes; without, on an ordinary Wednesday at noon, UTC.
    pub at: Option<Timestamp>,
    /// More header fields.
    pub headers: Vec<(String, String)>,
    /// How many of its like there are with it, for rules that count; 1 without.
    pub count: u32,
}

/// What a `[[test]]` can expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Name of the rule that decides.
    Rule,
    /// What is done; `unmatched` when no rule wants the mail.
    Action,
    /// The verdict's service.
    Service,
    /// The verdict's severity, `sev1`.
    Severity,
    /// Title of the incident.
    Title,
    /// Escalation policy named by the rule.
    Policy,
    /// Tags, in the order of letters: `disk, tokyo`.
    Tags,
    /// Name of the maintenance, or of the rule, that keeps it quiet.
    Quiet,
    /// Name of the alert format that reads the mail.
    Format,
    /// The alert's state, `firing`.
    State,
    /// The alert's key.
    Key,
    /// The alert's host.
    Host,
}

impl Fact {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Rule,
        Self::Action,
        Self::Service,
        Self::Severity,
        Self::Title,
        Self::Policy,
        Self::Tags,
        Self::Quiet,
        Self::Format,
        Self::State,
        Self::Key,
        Self::Host,
    ];

    /// The key in `expect`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::Action => "action",
            Self::Service => "service",
            Self::Severity => "severity",
            Self::Title => "title",
            Self::Policy => "policy",
            Self::Tags => "tags",
            Self::Quiet => "quiet",
            Self::Format => "format",
            Self::State => "state",
            Self::Key => "key",
            Self::Host => "host",
        }
    }

    /// What came out; None when there is no such thing, such as a rule for an unmatched mail.
    pub fn of(self, verdict: &Verdict, alert: Option<&Alert>) -> Option<String> {
        match self {
            Self::Rule => verdict.rule.clone(),
            Self::Action => Some(verdict.action.map_or("unmatched", Action::word).to_owned()),
            Self::Service => verdict.service.as_ref().map(ToString::to_string),
            Self::Severity => verdict.action.map(|_| verdict.severity.word().to_owned()),
            Self::Title => Some(verdict.title.clone()),
            Self::Policy => verdict.policy.clone(),
            Self::Tags => {
                let tags: Vec<&str> = verdict.tags.iter().map(String::as_str).collect();
                (!tags.is_empty()).then(|| tags.join(", "))
            }
            Self::Quiet => verdict.quiet.as_ref().map(|quiet| quiet.by.name().to_owned()),
            Self::Format => alert.map(|alert| alert.format.clone()),
            Self::State => alert.map(|alert| state_word(alert.state).to_owned()),
            Self::Key => alert.map(|alert| alert.key.clone()),
            Self::Host => alert.and_then(|alert| alert.host.clone()),
        }
    }
}
