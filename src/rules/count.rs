//! Owns counting: a rule may hold only once so many of its mails came within a time, "5 alerts within 10 minutes".
//! Never remembers: what came before is the store's answer, under the rule's name and what it counts apart.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::condition::Subject;
use super::{Action, Rule, Rules, Said};
use crate::alert::{Alert, State};
use crate::directory::{Directory, ServiceId};
use crate::message::Message;

/// Most that can be asked for, and so much is remembered.
pub const MOST: u32 = 1000;
/// The longest time.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// `count` of a rule: beside its condition, so many must have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// So many, the present one included; 2 to [`MOST`].
    pub at_least: u32,
    /// Within this time before the present one; at most [`LONGEST`].
    pub within: SignedDuration,
    /// What is counted apart.
    pub each: Each,
}

/// What a rule counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// Nothing: all that its condition holds for counts together.
    All,
    /// Each trouble; of a mail that is no alert, each base subject.
    Key,
    /// Each host.
    Host,
    /// Each service or check.
    Service,
    /// Each address that it comes from.
    Sender,
}

impl Each {
    /// Words in rule files. Without one all is counted together.
    pub const WORDS: [(&str, Self); 4] =
        [("key", Self::Key), ("host", Self::Host), ("service", Self::Service), ("sender", Self::Sender)];

    /// What the present mail is counted under.
    fn group(self, subject: &Subject<'_>) -> String {
        let of_alert = |part: fn(&Alert) -> Option<String>| subject.alert.and_then(part);
        let group = match self {
            Self::All => None,
            Self::Key => of_alert(|alert| Some(alert.fingerprint()))
                .or_else(|| Some(subject.message.base_subject.to_lowercase())),
            Self::Host => of_alert(|alert| alert.host.clone()),
            Self::Service => of_alert(|alert| alert.service.clone()),
            Self::Sender => super::Field::From.values(subject).first().map(|from| (*from).to_owned()),
        };
        group.unwrap_or_default()
    }
}

impl Count {
    /// About as it is written: `count = 5 within 10 m`.
    pub fn words(&self) -> String {
        format!("count = {} within {}", self.at_least, short(self.within))
    }

    /// How the count stands with the present mail. A recovery is looked at, and not counted.
    pub(super) fn tally(&self, rule: &Rule, subject: &Subject<'_>, before: &Counts) -> Tally {
        let counts = subject.alert.is_none_or(|alert| alert.state == State::Firing);
        let group = self.each.group(subject);
        let have = before.of(&rule.name, &group).saturating_add(u32::from(counts));
        Tally {
            rule: rule.name.clone(),
            group,
            have,
            at_least: self.at_least,
            within: self.within.as_secs(),
            counts,
        }
    }
}

/// How the count of a rule stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The rule.
    pub rule: String,
    /// What it counts apart from others; empty where it counts all together.
    pub group: String,
    /// So many came within the time, the present one included.
    pub have: u32,
    /// So many are needed.
    pub at_least: u32,
    /// The time, in seconds.
    pub within: i64,
    /// Whether the present one counts.
    pub counts: bool,
}

impl Tally {
    /// Whether there are enough.
    pub fn is_reached(&self) -> bool {
        self.have >= self.at_least
    }

    /// `3 of 5 within 10 m`.
    pub fn words(&self) -> String {
        format!("{} of {} within {}", self.have, self.at_least, short(SignedDuration::from_secs(self.within)))
    }

    /// What is to be remembered of a mail that came then; nothing of one that doesn't count.
    pub fn hit(&self, at: Timestamp) -> Option<Hit> {
        let until = at.checked_add(SignedDuration::from_secs(self.within)).ok()?;
        self.counts.then(|| Hit { rule: self.rule.clone(), group: self.group.clone(), at, until })
    }
}

/// That a rule counted a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The rule.
    pub rule: String,
    /// What it counts apart.
    pub group: String,
    /// When the mail came.
    pub at: Timestamp,
    /// Afterwards it counts no more.
    pub until: Timestamp,
}

/// What must be known of the past of a rule that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The rule.
    pub rule: String,
    /// What it counts apart.
    pub group: String,
    /// Over what time.
    pub within: SignedDuration,
}

/// How many came before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    came: BTreeMap<(String, String), u32>,
    /// Of whatever nothing is known of.
    otherwise: u32,
}

impl Counts {
    /// As if so many had come before, whatever the rule.
    pub fn assumed(before: u32) -> Self {
        Self { otherwise: before, ..Self::default() }
    }

    /// So many came.
    pub fn know(&mut self, rule: String, group: String, came: u32) {
        self.came.insert((rule, group), came);
    }

    /// One more came.
    pub fn add(&mut self, hit: &Hit) {
        let came = self.of(&hit.rule, &hit.group).saturating_add(1);
        self.know(hit.rule.clone(), hit.group.clone(), came);
    }

    fn of(&self, rule: &str, group: &str) -> u32 {
        self.came.get(&(rule.to_owned(), group.to_owned())).copied().unwrap_or(self.otherwise)
    }
}

/// What the rules may come to say, before it is known what came before.
#[derive(Debug, Default)]
pub struct Outlook {
    /// Services that they may name.
    pub services: BTreeSet<ServiceId>,
    /// Those that may open an incident.
    pub openers: BTreeSet<String>,
    /// What must be known of those that count.
    pub counted: Vec<Counted>,
}

/// What the rules may come to say of a mail, whatever their counts are.
pub fn outlook(
    rules: &Rules,
    directory: &Directory,
    message: &Message,
    alert: Option<&Alert>,
    now: Timestamp,
) -> Outlook {
    let subject = Subject { directory, message, alert, now };
    let found = rules.index.found(&subject);
    let mut outlook = Outlook::default();
    for (_, rule) in rules.iter().enumerate().filter(|(place, _)| rules.index.may_hold(*place, &found)) {
        let Some(captured) = rule.when.holds(&subject) else { continue };
        let mut said = Said::default();
        said.add(rule, &subject, &captured);
        outlook.services.extend(said.service);
        if rule.then.action == Some(Action::Open) {
            outlook.openers.insert(rule.name.clone());
        }
        match rule.count {
            Some(Count { within, each, .. }) => {
                let group = each.group(&subject);
                outlook.counted.push(Counted { rule: rule.name.clone(), group, within });
            }
            None if rule.then.action.is_some() => break,
            None => {}
        }
    }
    outlook
}

/// `10 m`, `1 h 30 m`.
fn short(time: SignedDuration) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut rest = time.as_secs();
    let mut parts = Vec::new();
    for (seconds, unit) in units {
        if rest >= seconds {
            parts.push(format!("{} {unit}", rest / seconds));
        }
        rest %= seconds;
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests;
