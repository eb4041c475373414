//! Owns the meaning of rules: [`classify`] gives a [`Verdict`], naming the rule that decided.
//! Never knows what is already open, and reads no files: `config` makes [`Rule`]s of their text.

pub mod condition;
pub mod sample;
pub mod title;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::directory::{Directory, ServiceId, Severity};
use crate::message::Message;

pub use condition::{Condition, Field};
pub use sample::{Fact, Sample, Test};
pub use title::Title;

/// One `[[rule]]`. Rules are tried in order; the first whose condition holds decides.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, told wherever the rule decided. Unique in the site.
    pub name: String,
    /// Where it stands: `rules/site.toml:12`.
    pub at: String,
    /// Which mails it is about.
    pub when: Condition,
    /// What follows.
    pub then: Then,
}

/// What a rule does with a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Opens an incident, or joins the live one of the same key.
    Open,
    /// Joins the live incident of the same key; opens none.
    Join,
    /// Stored and listed; nothing happens.
    Ignore,
    /// Held until a person decides.
    Hold,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Join, Self::Ignore, Self::Hold];

    /// The word in rule files: `open`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Join => "join",
            Self::Ignore => "ignore",
            Self::Hold => "hold",
        }
    }
}

/// What follows when a rule's condition holds.
#[derive(Debug, Clone)]
pub struct Then {
    /// What is done.
    pub action: Action,
    /// What is broken.
    pub service: Option<ServiceId>,
    /// How bad it is; SEV3 without.
    pub severity: Option<Severity>,
    /// Title of the incident; the base subject without.
    pub title: Option<Title>,
    /// Name of the escalation policy; the service's without.
    pub policy: Option<String>,
}

/// What the rules say of one mail, or of one alert in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Name of the rule that decided; None when no rule wants the mail.
    pub rule: Option<String>,
    /// Where that rule stands: `rules/site.toml:12`.
    pub at: Option<String>,
    /// What is to be done; None when no rule wants the mail: it is *unmatched*.
    pub action: Option<Action>,
    /// What is broken, if the rule knows.
    pub service: Option<ServiceId>,
    /// How bad it would be.
    pub severity: Severity,
    /// Title an incident would get: one line, at most 200 characters. Empty when the mail has no subject.
    pub title: String,
    /// Escalation policy named by the rule.
    pub policy: Option<String>,
}

/// What the first rule says whose condition holds. A mail with several alerts is classified once for each.
pub fn classify(rules: &[Rule], directory: &Directory, message: &Message, alert: Option<&Alert>) -> Verdict {
    let subject = condition::Subject { directory, message, alert };
    let found = rules.iter().find_map(|rule| Some((rule, rule.when.holds(&subject)?)));
    let Some((rule, captured)) = found else {
        return unmatched(message);
    };
    let written = rule.then.title.as_ref().map(|title| title.fill(message, alert, &captured));
    Verdict {
        rule: Some(rule.name.clone()),
        at: Some(rule.at.clone()),
        action: Some(rule.then.action),
        service: rule.then.service.clone(),
        severity: rule.then.severity.unwrap_or(Severity::Sev3),
        title: written.filter(|title| !title.is_empty()).unwrap_or_else(|| title::of_subject(message)),
        policy: rule.then.policy.clone(),
    }
}

/// No rule wants it.
fn unmatched(message: &Message) -> Verdict {
    Verdict {
        rule: None,
        at: None,
        action: None,
        service: None,
        severity: Severity::Sev3,
        title: title::of_subject(message),
        policy: None,
    }
}

/// What named groups of the patterns matched, `(?<disk>sd[a-z])`.
pub type Captured = BTreeMap<String, String>;

#[cfg(test)]
mod tests;
