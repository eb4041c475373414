//! Owns the told ledger: what a party believes, and when it is owed a word. Pure arithmetic on statements and times.
//! Never composes a mail, never looks into an incident.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::audience::Belief;
use crate::directory::{Contacts, Party, PersonId, Tell};

/// How long after one word to a client the next one comes while it is broken.
pub const NEXT_NEWS: SignedDuration = SignedDuration::from_mins(30);

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
}

impl NewsKind {
    /// What its reader believes afterwards.
    pub fn belief(self) -> Belief {
        match self {
            Self::Down | Self::StillDown | Self::DownAgain | Self::Watching => Belief::Down,
            Self::Working => Belief::Working,
            Self::Resolved => Belief::Resolved,
        }
    }
}

/// What is true of an incident, as far as outsiders are concerned.
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
    /// When it is due.
    pub at: Timestamp,
    /// What is to be said then.
    pub news: NewsKind,
}

/// What a client is owed next, and when. None while what it was last told is true and nothing is promised.
///
/// A client that was never told anything believes that it works: it is owed a word only once it doesn't.
pub fn owed(state: State, last: Option<&Announcement>, tell: Tell) -> Option<Owed> {
    let believed = last.map_or(Belief::Working, |last| last.belief);
    let promise = last.filter(|last| last.belief == Belief::Down).and_then(|last| last.next);
    let delay = match tell {
        Tell::AtOnce => SignedDuration::ZERO,
        Tell::HoldingLineAfter(delay) => delay,
    };
    let change = (state.since + delay).max(state.settled);
    match (believed, state.truth) {
        (Belief::Down, Belief::Down) => promise.map(|at| Owed { at, news: NewsKind::StillDown }),
        (Belief::Working | Belief::Resolved, Belief::Down) if !state.trusted => None,
        (Belief::Working | Belief::Resolved, Belief::Down) => {
            let news = if last.is_some() { NewsKind::DownAgain } else { NewsKind::Down };
            Some(Owed { at: change, news })
        }
        (Belief::Down, Belief::Working | Belief::Resolved) => match promise {
            Some(at) if at < change => Some(Owed { at, news: NewsKind::Watching }),
            _ => Some(Owed { at: change, news: works(state.truth) }),
        },
        (Belief::Working, Belief::Resolved) if last.is_some() => {
            Some(Owed { at: change, news: NewsKind::Resolved })
        }
        (Belief::Working | Belief::Resolved, Belief::Working | Belief::Resolved) => None,
    }
}

fn works(truth: Belief) -> NewsKind {
    match truth {
        Belief::Resolved => NewsKind::Resolved,
        Belief::Working | Belief::Down => NewsKind::Working,
    }
}

/// By when the client hears again after this news.
pub fn promise(news: NewsKind, state: State, tell: Tell, now: Timestamp) -> Option<Timestamp> {
    match news {
        NewsKind::Down | NewsKind::StillDown | NewsKind::DownAgain => Some(now + NEXT_NEWS),
        NewsKind::Watching => {
            let last = Announcement { belief: Belief::Down, at: now, next: None };
            owed(state, Some(&last), tell).map(|owed| owed.at.max(now))
        }
        NewsKind::Working | NewsKind::Resolved => None,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::PartyId;

    fn at(minute: i64) -> Timestamp {
        "2026-11-22T01:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
    }

    fn state(truth: Belief, since: i64, settled: i64) -> State {
        State { truth, since: at(since), settled: at(settled), trusted: true }
    }

    fn last(belief: Belief, next: Option<i64>) -> Announcement {
        Announcement { belief, at: at(0), next: next.map(at) }
    }

    const IN_15: Tell = Tell::HoldingLineAfter(SignedDuration::from_mins(15));

    fn words(owed: Option<Owed>) -> Option<(i64, NewsKind)> {
        owed.map(|owed| (owed.at.duration_since(at(0)).as_mins(), owed.news))
    }

    #[test]
    fn an_outage_is_owed_after_the_time_that_the_client_s_terms_give() {
        let down = state(Belief::Down, 0, 0);
        assert_eq!(words(owed(down, None, IN_15)), Some((15, NewsKind::Down)));
        assert_eq!(words(owed(down, None, Tell::AtOnce)), Some((0, NewsKind::Down)));
        assert_eq!(words(owed(State { trusted: false, ..down }, None, Tell::AtOnce)), None);
    }

    #[test]
    fn whoever_was_told_that_it_works_is_owed_the_withdrawal() {
        let down = state(Belief::Down, 120, 120);
        let told = last(Belief::Working, None);
        assert_eq!(words(owed(down, Some(&told), Tell::AtOnce)), Some((120, NewsKind::DownAgain)));
        let told = last(Belief::Resolved, None);
        assert_eq!(words(owed(down, Some(&told), IN_15)), Some((135, NewsKind::DownAgain)));
    }

    #[test]
    fn a_promise_is_kept_while_it_is_broken_and_while_the_recovery_is_provisional() {
        let told = last(Belief::Down, Some(45));
        assert_eq!(
            words(owed(state(Belief::Down, 0, 0), Some(&told), IN_15)),
            Some((45, NewsKind::StillDown))
        );
        let recovered = state(Belief::Working, 40, 55);
        assert_eq!(words(owed(recovered, Some(&told), IN_15)), Some((45, NewsKind::Watching)));
        assert_eq!(promise(NewsKind::Watching, recovered, IN_15, at(45)), Some(at(55)));
        let watched = last(Belief::Down, Some(55));
        assert_eq!(words(owed(recovered, Some(&watched), IN_15)), Some((55, NewsKind::Working)));
    }

    #[test]
    fn what_was_never_noticed_needs_no_news() {
        assert_eq!(owed(state(Belief::Working, 5, 20), None, Tell::AtOnce), None);
        assert_eq!(owed(state(Belief::Resolved, 5, 20), None, Tell::AtOnce), None);
    }

    #[test]
    fn the_newest_event_counts_and_not_the_latest_delivery() {
        let (ueda, noda) = (PersonId::new("ueda"), PersonId::new("noda"));
        let statements = [
            Statement { person: &ueda, belief: Belief::Down, at: at(50) },
            Statement { person: &noda, belief: Belief::Down, at: at(10) },
            Statement { person: &ueda, belief: Belief::Working, at: at(40) },
        ];
        let party = |contacts| Party {
            id: PartyId::new("client-a"),
            name: "A".to_owned(),
            external: true,
            people: vec![ueda.clone(), noda.clone()],
            owner: None,
            tell: Tell::AtOnce,
            contacts,
        };
        let belief = |contacts| believes(&party(contacts), &statements).map(|s| s.belief);
        assert_eq!(belief(Contacts::Any), Some(Belief::Working));
        assert_eq!(belief(Contacts::All), Some(Belief::Down));
        assert_eq!(believes(&party(Contacts::All), &statements[..1]), None);
    }
}
