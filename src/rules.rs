//! Owns the meaning of rules: [`classify`] gives a [`Verdict`], naming the rule that decided.
//! Never knows what is already open, and reads no files: `config` makes [`Rule`]s of their text.

pub mod condition;
pub mod count;
mod index;
pub mod maintenance;
pub mod near;
pub mod sample;
pub mod title;
pub mod window;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::directory::{Directory, ServiceId, Severity};
use crate::message::Message;
use crate::quiet::{Quiet, Silencer};

pub use condition::{Condition, Field};
pub use count::{Count, Counted, Counts, Hit, Tally, outlook};
pub use maintenance::{Maintenance, Plan};
pub use near::{Near, nearly};
pub use sample::{Fact, Sample, Test};
pub use title::Title;
pub use window::{Span, Window};

/// One `[[rule]]`. Rules are tried in order; the first whose condition holds decides.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name, told wherever the rule decided. Unique in the site.
    pub name: String,
    /// Where it stands: `rules/site.toml:12`.
    pub at: String,
    /// Which mails it is about.
    pub when: Condition,
    /// How many of them must have come before it holds.
    pub count: Option<Count>,
    /// What follows.
    pub then: Then,
}

/// The rules of a site, tried in order.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    all: Vec<Rule>,
    index: index::Index,
    maintenance: Vec<Maintenance>,
}

impl Rules {
    /// In this order.
    pub fn new(all: Vec<Rule>) -> Self {
        Self { index: index::Index::of(&all), all, maintenance: Vec::new() }
    }

    /// The same rules, and what is planned.
    pub fn with_maintenance(self, maintenance: Vec<Maintenance>) -> Self {
        Self { maintenance, ..self }
    }

    /// What is planned under this name.
    pub fn maintenance(&self, name: &str) -> Option<&Maintenance> {
        self.maintenance.iter().find(|planned| planned.name == name)
    }
}

impl Deref for Rules {
    type Target = [Rule];

    fn deref(&self) -> &[Rule] {
        &self.all
    }
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
    /// What is done. None for a rule that decides nothing (`continue = true`): the rules after it are tried, and
    /// what this one says of service, severity, title and policy stands before what they say.
    pub action: Option<Action>,
    /// What is broken: the id of a service, or a template that gives one. A template that gives none says nothing.
    pub service: Option<Title>,
    /// How bad it is; SEV3 without.
    pub severity: Option<Severity>,
    /// Title of the incident; the base subject without.
    pub title: Option<Title>,
    /// Name of the escalation policy; the service's without.
    pub policy: Option<String>,
    /// Words that the incident carries.
    pub tags: BTreeSet<String>,
    /// For how long nobody is told of what it opens.
    pub quiet: Option<SignedDuration>,
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
    /// Tags that the rules give, those of rules that went on included.
    pub tags: BTreeSet<String>,
    /// Why it is told to nobody for a time: a maintenance that covers it, or the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// How the counts of rules stand that were tried and count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<Tally>,
}

impl Verdict {
    /// Rules that would have had the next word, were there more of these mails: `rule many: 3 of 5 within 10 m`.
    pub fn not_yet(&self) -> impl Iterator<Item = String> {
        let few = self.counted.iter().filter(|tally| !tally.is_reached());
        few.map(|tally| format!("rule {}: {}", tally.rule, tally.words()))
    }

    /// The count of the rule that decided, where it counts.
    pub fn decided_by_count(&self) -> Option<&Tally> {
        self.counted.iter().find(|tally| Some(&tally.rule) == self.rule.as_ref())
    }
}

/// What the first rule says whose condition holds, came the mail `now` and nothing that counts before it; what rules with
/// `continue` said before it stands. A mail with several alerts is classified once for each.
pub fn classify(
    rules: &Rules,
    directory: &Directory,
    message: &Message,
    alert: Option<&Alert>,
    now: Timestamp,
) -> Verdict {
    classify_after(rules, directory, message, alert, now, &Counts::default())
}

/// The same, where it is known how many came before it.
pub fn classify_after(
    rules: &Rules,
    directory: &Directory,
    message: &Message,
    alert: Option<&Alert>,
    now: Timestamp,
    before: &Counts,
) -> Verdict {
    let subject = condition::Subject { directory, message, alert, now };
    let found = rules.index.found(&subject);
    let mut said = Said::default();
    let possible = rules.iter().enumerate().filter(|(place, _)| rules.index.may_hold(*place, &found));
    for (_, rule) in possible {
        let Some(captured) = rule.when.holds(&subject) else { continue };
        if said.lacks(rule, &subject, before) {
            continue;
        }
        said.add(rule, &subject, &captured);
        if rule.then.action.is_some() {
            let verdict = said.verdict(Some(rule), message);
            let planned = maintenance::covers(&rules.maintenance, &subject, verdict.service.as_ref());
            return Verdict { quiet: planned.or(verdict.quiet), ..verdict };
        }
    }
    said.verdict(None, message)
}

/// What the rules said so far.
#[derive(Debug, Default)]
struct Said {
    service: Option<ServiceId>,
    severity: Option<Severity>,
    title: Option<String>,
    policy: Option<String>,
    tags: BTreeSet<String>,
    quiet: Option<Quiet>,
    counted: Vec<Tally>,
}

impl Said {
    /// Whether too few came for a rule that counts.
    fn lacks(&mut self, rule: &Rule, subject: &condition::Subject<'_>, before: &Counts) -> bool {
        let Some(count) = &rule.count else { return false };
        let tally = count.tally(rule, subject, before);
        let lacks = !tally.is_reached();
        self.counted.push(tally);
        lacks
    }

    /// What was said before stands.
    fn add(&mut self, rule: &Rule, subject: &condition::Subject<'_>, captured: &Captured) {
        let then = &rule.then;
        let fill = |template: &Title| template.fill(subject.message, subject.alert, captured);
        if self.service.is_none() {
            let service = then.service.as_ref().map(|service| ServiceId::new(fill(service)));
            self.service = service.filter(|service| subject.directory.services.contains_key(service));
        }
        if self.title.is_none() {
            self.title = then.title.as_ref().map(fill).filter(|title| !title.is_empty());
        }
        self.severity = self.severity.or(then.severity);
        self.policy = self.policy.take().or_else(|| then.policy.clone());
        self.tags.extend(then.tags.iter().cloned());
        if self.quiet.is_none() {
            let until = then.quiet.and_then(|quiet| subject.now.checked_add(quiet).ok());
            let quiet = |until| Quiet { until, by: Silencer::Rule(rule.name.clone()), why: String::new() };
            self.quiet = until.map(quiet);
        }
    }

    /// The verdict, with the rule that decided; without one the mail is unmatched.
    fn verdict(self, decided: Option<&Rule>, message: &Message) -> Verdict {
        Verdict {
            rule: decided.map(|rule| rule.name.clone()),
            at: decided.map(|rule| rule.at.clone()),
            action: decided.and_then(|rule| rule.then.action),
            service: self.service.filter(|_| decided.is_some()),
            severity: self.severity.filter(|_| decided.is_some()).unwrap_or(Severity::Sev3),
            title: self.title.filter(|_| decided.is_some()).unwrap_or_else(|| title::of_subject(message)),
            policy: self.policy.filter(|_| decided.is_some()),
            tags: self.tags,
            quiet: self.quiet.filter(|_| decided.is_some()),
            counted: self.counted,
        }
    }
}

/// What named groups of the patterns matched, `(?<disk>sd[a-z])`.
pub type Captured = BTreeMap<String, String>;

#[cfg(test)]
mod tests;
