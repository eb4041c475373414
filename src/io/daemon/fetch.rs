//! Owns the loops that fetch: from mailboxes that others keep. A mail is kept here first, and flagged or moved there after.
//! Never gives up: a mailbox that can't be read is tried again, and the operator hears of it.

pub mod imap;
pub mod maildir;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::{Daemon, stopped};
use crate::config::remote::{After, Start};
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::io::store::{self, find};

/// Wait after the first failure; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Longest wait after a failure that may pass by itself.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Longest wait after one that a person must mend: a refused log-in repeated too often locks an account.
const LONGEST_WAIT_FOR_PEOPLE: Duration = Duration::from_secs(5 * 60);
/// So long a mailbox may be out of reach before the operator hears of it.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// A mail that could not be fetched so often is passed over, and the operator hears of it.
const ATTEMPTS: u32 = 3;

/// A mailbox as the loops see it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name in the store, in logs and in mails to the operator. Without a password.
    pub name: String,
    /// What is done there with a mail that is kept.
    pub after: After,
    /// What is taken at the first start.
    pub start: Start,
}

/// How long a mailbox has been out of reach.
#[derive(Debug, Default)]
struct Outage {
    failures: u32,
    since: Option<Timestamp>,
    told: bool,
    /// How often in a row the mails had new numbers when the mailbox was entered. From the second time on that is the
    /// server's habit, and every visit costs it a listing of all: visits become rarer.
    renumbered: u32,
}

impl Outage {
    /// How long to wait before the next try. Part of it is by chance: many that lost the same server must not all come
    /// back at once.
    fn wait(&self, longest: Duration) -> Duration {
        let longest = if self.renumbered > 1 { LONGEST_WAIT_FOR_PEOPLE } else { longest };
        // Each time that all was listed counts for two failures.
        let failures =
            self.failures.saturating_sub(1).max(self.renumbered.saturating_sub(1).saturating_mul(2));
        let doubled = FIRST_WAIT.saturating_mul(1 << failures.min(16));
        let wait = doubled.min(longest);
        let chance = RandomState::new().build_hasher().finish() % 1000;
        wait * 3 / 4 + wait.mul_f64(chance as f64 / 4000.0)
    }

    /// One more failure: says so, and rests before the next try. The operator is told once, when it lasts.
    async fn failed(
        &mut self,
        daemon: &Daemon,
        name: &str,
        why: &str,
        longest: Duration,
        stop: &watch::Receiver<bool>,
    ) {
        self.failures += 1;
        let now = daemon.clock.now();
        let since = *self.since.get_or_insert(now);
        let wait = self.wait(longest);
        tracing::warn!("{name}: {why}; tried again in {:.0} s", wait.as_secs_f64().ceil());
        if !self.told && now.duration_since(since) >= PATIENCE {
            let fact = HouseFact::began(Kind::Mailbox, name, why);
            self.told = note(daemon, fact).await;
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stopped(stop.clone()) => {}
        }
    }

    /// It can be read, or can again.
    async fn over(&mut self, daemon: &Daemon, name: &str) {
        *self = Self { renumbered: self.renumbered, ..Self::default() };
        let mailbox = name.to_owned();
        let lost = daemon
            .writer
            .run(move |store| Ok(find::house(store)?.troubles.goes_on(Kind::Mailbox, &mailbox)))
            .await;
        if lost.unwrap_or(false) {
            note(daemon, HouseFact::over(Kind::Mailbox, name)).await;
        }
    }
}

/// Writes to the house log; whether that was possible.
async fn note(daemon: &Daemon, fact: HouseFact) -> bool {
    let noted = super::note(daemon, fact).await;
    if let Err(error) = &noted {
        tracing::error!("the house log could not be written: {error}");
    }
    noted.is_ok()
}

/// Why a mailbox was left.
#[derive(Debug)]
enum Trouble {
    /// The mailbox's fault: in words, and whether it may pass by itself.
    Mailbox(String, bool),
    /// The server asks for longer rests, in these words.
    Throttled(String),
    /// Ours: nothing was lost there.
    Store(store::Error),
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

impl Trouble {
    fn words(&self) -> String {
        match self {
            Self::Mailbox(words, _) | Self::Throttled(words) => words.clone(),
            Self::Store(error) => error.to_string(),
        }
    }

    /// How long the next try may be put off.
    fn longest_wait(&self) -> Duration {
        match self {
            Self::Store(_) | Self::Mailbox(_, true) => LONGEST_WAIT,
            Self::Mailbox(_, false) | Self::Throttled(_) => LONGEST_WAIT_FOR_PEOPLE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_to_its_limit_and_is_never_quite_the_same() {
        let after = |failures| Outage { failures, ..Outage::default() };
        for failures in 1..40 {
            let (wait, full) =
                (after(failures).wait(LONGEST_WAIT), FIRST_WAIT * (1 << (failures - 1).min(6)));
            let full = full.min(LONGEST_WAIT);
            assert!(wait >= full * 3 / 4 && wait <= full, "{failures}: {wait:?}");
        }
        assert!(after(20).wait(LONGEST_WAIT_FOR_PEOPLE) > LONGEST_WAIT);
        let waits: std::collections::BTreeSet<Duration> =
            (0..20).map(|_| after(9).wait(LONGEST_WAIT)).collect();
        assert!(waits.len() > 1);
    }

    /// Fault 23.
    #[test]
    fn a_mailbox_whose_mails_have_new_numbers_at_every_visit_is_visited_more_and_more_rarely() {
        let after = |renumbered| Outage { failures: 1, renumbered, ..Outage::default() }.wait(LONGEST_WAIT);
        assert!(after(1) <= FIRST_WAIT);
        for (times, least) in [(2, 3), (3, 12), (4, 48), (5, 192), (9, 225)] {
            assert!(after(times) >= Duration::from_secs(least), "{times}: {:?}", after(times));
        }
        assert!(after(99) <= LONGEST_WAIT_FOR_PEOPLE);
    }
}
