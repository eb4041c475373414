//! Owns what is wrong with firebell itself and around it: what goes on, since when, and what of it the operator was told.
//! Whoever sees a trouble reports it, as often as they like; only what is new is a fact. Of one kind a beginning is told at
//! most once an hour, together with all that has come meanwhile; that something is over is told at once.

mod kinds;
mod meaning;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use kinds::Kind;

/// So long after the operator was told of something of a kind the next of it waits.
const APART: SignedDuration = SignedDuration::from_hours(1);
/// Most troubles of one kind that are told one by one; those beyond are counted.
const MOST: usize = 20;
/// How much of a reason is kept, in characters.
const LONGEST_REASON: usize = 500;

/// What happened to firebell or around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "trouble", rename_all = "kebab-case")]
pub enum TroubleFact {
    /// Something is wrong from now on; or it happened, where its kind is over as soon as it is there.
    Began {
        /// What kind of trouble.
        kind: Kind,
        /// Which one of several: a mailbox, a mail. Empty where there is but one.
        #[serde(default)]
        of: String,
        /// What is known of it, and what to do.
        reason: String,
    },
    /// It is over.
    Over {
        /// What kind of trouble.
        kind: Kind,
        /// Which one of several.
        #[serde(default)]
        of: String,
    },
    /// What it is about is not there any more, a mailbox that was taken out of the configuration: nobody is told.
    Dropped {
        /// What kind of trouble.
        kind: Kind,
        /// Which one of several.
        of: String,
    },
    /// The operator is told.
    Told {
        /// Of what.
        news: Vec<News>,
    },
}

/// One trouble of which the operator is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What kind of trouble.
    pub kind: Kind,
    /// Which one of several.
    #[serde(default)]
    pub of: String,
    /// What is known of it.
    pub reason: String,
    /// When it began.
    pub since: Timestamp,
    /// When it was over, if it is.
    pub until: Option<Timestamp>,
    /// How often it came within that time.
    pub times: u32,
    /// It was told before that it began.
    pub known: bool,
    /// How many more of its kind there were that are not told one by one.
    #[serde(default)]
    pub more: u64,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Troubles(BTreeMap<Kind, OfKind>);

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct OfKind {
    /// What goes on, or is over and was not told yet.
    of: BTreeMap<String, Trouble>,
    /// When a beginning was last told.
    told: Option<Timestamp>,
    /// Those that found no place.
    #[serde(default)]
    more: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Trouble {
    since: Timestamp,
    until: Option<Timestamp>,
    reason: String,
    times: u32,
    told: bool,
}

impl Troubles {
    /// Whether a report of it says anything new.
    pub fn is_new(&self, fact: &TroubleFact) -> bool {
        let goes_on = |kind: &Kind, of: &String| {
            let trouble = self.0.get(kind).and_then(|known| known.of.get(of));
            trouble.is_some_and(|trouble| trouble.until.is_none())
        };
        match fact {
            TroubleFact::Began { kind, of, .. } => !goes_on(kind, of),
            TroubleFact::Over { kind, of } | TroubleFact::Dropped { kind, of } => goes_on(kind, of),
            TroubleFact::Told { .. } => true,
        }
    }

    /// What of a kind goes on: which ones, since when.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (&str, Timestamp)> {
        let all = self.0.get(&kind).into_iter().flat_map(|known| &known.of);
        all.filter(|(_, trouble)| trouble.until.is_none()).map(|(of, trouble)| (of.as_str(), trouble.since))
    }

    /// Whether one goes on.
    pub fn goes_on(&self, kind: Kind, of: &str) -> bool {
        self.of_kind(kind).any(|(known, _)| known == of)
    }

    /// What is to be told now.
    pub(super) fn due(&self, now: Timestamp) -> Option<TroubleFact> {
        let of_kind = |(kind, known): (&Kind, &OfKind)| known.news(*kind, now);
        let news: Vec<News> = self.0.iter().flat_map(of_kind).collect();
        (!news.is_empty()).then_some(TroubleFact::Told { news })
    }

    /// When [`Troubles::due`] will have something to say.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.0.values().filter_map(OfKind::next_due).min()
    }

    /// What is known after one more fact.
    pub(super) fn apply(&mut self, fact: &TroubleFact, at: Timestamp) {
        match fact {
            TroubleFact::Began { kind, of, reason } => {
                self.0.entry(*kind).or_default().begins(of, reason, kind.passes().then_some(at), at);
            }
            TroubleFact::Over { kind, of } => {
                let trouble = self.0.get_mut(kind).and_then(|known| known.of.get_mut(of));
                if let Some(trouble) = trouble.filter(|trouble| trouble.until.is_none()) {
                    trouble.until = Some(at);
                }
            }
            TroubleFact::Dropped { kind, of } => {
                self.0.get_mut(kind).and_then(|known| known.of.remove(of));
            }
            TroubleFact::Told { news } => news.iter().for_each(|news| self.told(news, at)),
        }
    }

    fn told(&mut self, news: &News, at: Timestamp) {
        let known = self.0.entry(news.kind).or_default();
        if !news.known {
            (known.told, known.more) = (Some(at), 0);
        }
        match known.of.get_mut(&news.of) {
            Some(trouble) if trouble.until.is_none() => trouble.told = true,
            _ => {
                known.of.remove(&news.of);
            }
        }
    }
}

impl OfKind {
    fn begins(&mut self, of: &str, reason: &str, until: Option<Timestamp>, at: Timestamp) {
        let reason: String = reason.chars().take(LONGEST_REASON).collect();
        let full = self.of.len() >= MOST;
        match self.of.get_mut(of) {
            Some(known) if known.until.is_some() => {
                (known.until, known.reason, known.times) = (until, reason, known.times.saturating_add(1));
            }
            Some(_) => {}
            None if full => self.more += 1,
            None => {
                let trouble = Trouble { since: at, until, reason, times: 1, told: false };
                self.of.insert(of.to_owned(), trouble);
            }
        }
    }

    fn may_be_told(&self) -> Option<Timestamp> {
        self.told.map(|told| told + APART)
    }

    fn news(&self, kind: Kind, now: Timestamp) -> Vec<News> {
        let may = self.may_be_told().is_none_or(|may| may <= now);
        let is_due = |trouble: &Trouble| if trouble.told { trouble.until.is_some() } else { may };
        let mut more = self.more;
        let news = |(of, trouble): (&String, &Trouble)| News {
            kind,
            of: of.clone(),
            reason: trouble.reason.clone(),
            since: trouble.since,
            until: trouble.until,
            times: trouble.times,
            known: trouble.told,
            // Said once, beside the first that is new.
            more: if trouble.told { 0 } else { std::mem::take(&mut more) },
        };
        self.of.iter().filter(|(_, trouble)| is_due(trouble)).map(news).collect()
    }

    fn next_due(&self) -> Option<Timestamp> {
        let due = |trouble: &Trouble| match trouble.told {
            true => trouble.until,
            false => Some(self.may_be_told().map_or(trouble.since, |may| may.max(trouble.since))),
        };
        self.of.values().filter_map(due).min()
    }
}

impl TroubleFact {
    /// Whether the operator hears of it by the second path too: mail alone may not bring it.
    pub(super) fn is_for_second_path(&self) -> bool {
        matches!(self, Self::Told { news } if news.iter().any(|news| news.kind.is_for_second_path()))
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Began { kind, of, reason } => kind.begins(of, reason),
            Self::Over { kind, of } => kind.ends(of),
            Self::Dropped { of, .. } => format!("{of} is not configured any more"),
            Self::Told { news } => news.iter().map(News::line).collect::<Vec<_>>().join("; "),
        }
    }
}

impl News {
    /// Whether it tells that something is over that was told before.
    pub fn is_end(&self) -> bool {
        self.known && self.until.is_some()
    }

    /// Whether it does not go on.
    pub fn is_over(&self) -> bool {
        self.until.is_some() && !self.kind.passes()
    }

    fn line(&self) -> String {
        match (self.is_end(), self.is_over()) {
            (true, _) => self.kind.ends(&self.of),
            (false, true) => format!("{} (it is over)", self.kind.begins(&self.of, &self.reason)),
            (false, false) => self.kind.begins(&self.of, &self.reason),
        }
    }
}
