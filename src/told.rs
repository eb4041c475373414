//! Owns the told ledger: what a party believes, and when it is owed a word. Pure arithmetic on statements and times.
//! Never composes a mail, never looks into an incident.

mod speech;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::audience::Belief;
use crate::directory::{Contacts, Party, PersonId, QuietHours, Severity, Tell};

pub use speech::{speaks_of_recovery, speaks_of_trouble};

/// How long before a promised time whoever answers for the client is reminded of it.
pub const NAG: SignedDuration = SignedDuration::from_mins(10);
/// How long after the time at which a client should have heard somebody of the house hears that it hasn't.
pub const LATE: SignedDuration = SignedDuration::from_mins(5);
/// How often the house is told anew of a debt that nobody pays.
pub const STILL_LATE: SignedDuration = SignedDuration::from_hours(1);

/// How long after one word to a client the next one comes while it is broken, unless somebody promises another time.
pub fn next_news(severity: Severity) -> SignedDuration {
    match severity {
        Severity::Sev1 | Severity::Sev2 => SignedDuration::from_mins(30),
        Severity::Sev3 => SignedDuration::from_hours(1),
        Severity::Sev4 => SignedDuration::from_hours(4),
    }
}

/// What a client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewsKind {
    /// It is broken.
    Down,
    /// It is still broken, at the promised time.
    StillDown,
    /// It is broken although the client was told that it works.
    DownAgain,
    /// It seems to work, and is being watched.
    Watching,
    /// It works again.
    Working,
    /// It works, and the cause is gone.
    Resolved,
    /// What somebody of the house wrote for it, after which it believes this.
    Words(Belief),
}

impl NewsKind {
    /// What its reader believes afterwards.
    pub fn belief(self) -> Belief {
        match self {
            Self::Down | Self::StillDown | Self::DownAgain | Self::Watching => Belief::Down,
            Self::Working => Belief::Working,
            Self::Resolved => Belief::Resolved,
            Self::Words(belief) => belief,
        }
    }

    /// Whether it says that something is otherwise than the client believes.
    pub fn is_change(self) -> bool {
        matches!(self, Self::Down | Self::DownAgain | Self::Working | Self::Resolved)
    }
}

/// What is true of an incident, as far as one client is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// What they should believe.
    pub truth: Belief,
    /// Since when firebell has known.
    pub since: Timestamp,
    /// Before this it may still turn out not to be so.
    pub settled: Timestamp,
    /// Whether it may be said without a person's word.
    pub trusted: bool,
}

/// On what terms a client is told of an incident.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// When it is told by itself.
    pub tell: Tell,
    /// How bad the incident is.
    pub severity: Severity,
    /// When it is not to be woken.
    pub quiet: Option<&'a QuietHours>,
}

impl Terms<'_> {
    /// How long it is left to people whether and how the client is told.
    fn delay(&self) -> SignedDuration {
        match self.tell {
            Tell::AtOnce | Tell::AfterApproval => SignedDuration::ZERO,
            Tell::HoldingLineAfter(delay) => delay,
        }
    }

    /// When the client may be told this, if it could be told then.
    fn awake(&self, news: NewsKind, at: Timestamp) -> Timestamp {
        let quiet = self.quiet.filter(|quiet| !quiet.except.contains(&self.severity));
        let quiet = quiet.filter(|quiet| news != NewsKind::DownAgain || quiet.withdrawals_wait.is_some());
        quiet.and_then(|quiet| quiet.end_after(at)).unwrap_or(at)
    }
}

/// The newest statement to a client, whether it arrived or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    /// What the client is to believe.
    pub belief: Belief,
    /// When it was queued.
    pub at: Timestamp,
    /// By when the client will hear again: the promise.
    pub next: Option<Timestamp>,
}

/// A word that a client is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// When it is known well enough for somebody to say it.
    pub ready: Timestamp,
    /// When it is due.
    pub at: Timestamp,
    /// When it would be due if the client were awake; None where it is.
    pub asleep: Option<Timestamp>,
    /// What is to be said then.
    pub news: NewsKind,
}

/// What a client is owed next, and when. None while what it was last told is true and nothing is promised.
///
/// A client that was never told anything believes that it works: it is owed a word only once it doesn't.
pub fn owed(state: State, last: Option<&Announcement>, terms: Terms<'_>) -> Option<Owed> {
    let believed = last.map_or(Belief::Working, |last| last.belief);
    let promise = last.filter(|last| last.belief == Belief::Down).and_then(|last| last.next);
    let change = (state.since + terms.delay()).max(state.settled);
    let owed = |news, ready: Timestamp, at: Timestamp| {
        let awake = terms.awake(news, at);
        let asleep = (awake > at).then_some(at);
        Some(Owed { ready: terms.awake(news, ready), at: awake, asleep, news })
    };
    let changed = |news| owed(news, state.since.max(state.settled), change);
    match (believed, state.truth) {
        (Belief::Down, Belief::Down) => promise.and_then(|at| owed(NewsKind::StillDown, at - NAG, at)),
        (Belief::Working | Belief::Resolved, Belief::Down) if !state.trusted => None,
        (Belief::Working | Belief::Resolved, Belief::Down) => {
            changed(if last.is_some() { NewsKind::DownAgain } else { NewsKind::Down })
        }
        (Belief::Down, Belief::Working | Belief::Resolved) => {
            let works = changed(works(state.truth))?;
            let watching = promise.and_then(|at| owed(NewsKind::Watching, at, at));
            Some(watching.filter(|watching| watching.at < works.at).unwrap_or(works))
        }
        (Belief::Working, Belief::Resolved) if last.is_some() => changed(NewsKind::Resolved),
        (Belief::Working | Belief::Resolved, Belief::Working | Belief::Resolved) => None,
    }
}

fn works(truth: Belief) -> NewsKind {
    match truth {
        Belief::Resolved => NewsKind::Resolved,
        Belief::Working | Belief::Down => NewsKind::Working,
    }
}

/// By when the client hears again after this news; `said` is the time that somebody of the house promised for it.
pub fn promise(
    news: NewsKind,
    state: State,
    said: Option<Timestamp>,
    terms: Terms<'_>,
    now: Timestamp,
) -> Option<Timestamp> {
    match (news, news.belief()) {
        (NewsKind::Watching, _) => {
            let last = Announcement { belief: Belief::Down, at: now, next: None };
            owed(state, Some(&last), terms).map(|owed| owed.at.max(now))
        }
        (_, Belief::Down) => {
            let next = said.filter(|next| *next > now).unwrap_or(now + next_news(terms.severity));
            Some(terms.awake(NewsKind::StillDown, next))
        }
        (_, Belief::Working | Belief::Resolved) => None,
    }
}

/// That a party believes what isn't so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debt {
    /// What it believes, and since when; None where it was told nothing and takes everything for working.
    pub believes: Option<(Belief, Timestamp)>,
    /// Since when that is not so.
    pub since: Timestamp,
}

/// What a party is owed by what it believes. A recovery that may still be withdrawn is owed to nobody.
pub fn debt(state: State, believes: Option<(Belief, Timestamp)>) -> Option<Debt> {
    let takes_for_down = believes.is_some_and(|(belief, _)| belief == Belief::Down);
    match (takes_for_down, state.truth) {
        (false, Belief::Down) => Some(Debt { believes, since: state.since }),
        (true, Belief::Working | Belief::Resolved) => {
            Some(Debt { believes, since: state.since.max(state.settled) })
        }
        (true, Belief::Down) | (false, Belief::Working | Belief::Resolved) => None,
    }
}

/// One statement that reached somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// Whom.
    pub person: &'a PersonId,
    /// What it said.
    pub belief: Belief,
    /// When the relay took it.
    pub at: Timestamp,
}

/// What a party believes: the newest statement that reached one of its people, or with [`Contacts::All`] the newest
/// that every one of them knows at least. `statements` in the order of the events they tell of: the newest event
/// counts, never the latest delivery.
pub fn believes<'a>(party: &Party, statements: &[Statement<'a>]) -> Option<Statement<'a>> {
    let newest = |person: &PersonId| statements.iter().rposition(|statement| statement.person == person);
    let known = party.people.iter().map(newest);
    let index = match party.contacts {
        Contacts::Any => known.flatten().max()?,
        Contacts::All => known.collect::<Option<Vec<usize>>>()?.into_iter().min()?,
    };
    statements.get(index).copied()
}
