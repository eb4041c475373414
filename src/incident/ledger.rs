//! Owns what an incident knows of the told ledger: what is true of it, and what each party was told.

use jiff::{SignedDuration, Timestamp};

use super::{Incident, PROVISIONAL};
use crate::audience::{Audience, Belief};
use crate::directory::{Directory, PartyId, Severity};
use crate::escalation::SETTLE;
use crate::told::{self, Statement};

impl Incident {
    /// What is true now, as far as outsiders are concerned.
    pub fn state(&self) -> told::State {
        let state = |truth, since, settled| told::State { truth, since, settled, trusted: self.trusted };
        let audible = self.audible();
        let Some(recovery) = self.recovery().filter(|_| !self.is_broken()) else {
            let settles = self.occurrences.len() == 1 && self.severity >= Severity::Sev3;
            let settle = if settles { SETTLE } else { SignedDuration::ZERO };
            return state(Belief::Down, audible, audible + settle);
        };
        match (self.resolved_at, self.closed_at, &recovery.by) {
            (Some(at), _, _) | (None, Some(at), _) => state(Belief::Resolved, at, at),
            (None, None, Some(_)) => state(Belief::Working, recovery.at, recovery.at),
            (None, None, None) => state(Belief::Working, recovery.at, recovery.at + PROVISIONAL),
        }
    }

    /// Since when it is false that it works, for whoever was told so at a time: what is broken may have been before firebell
    /// knew of it at `since`, but what was told can't have been false before it was told.
    pub fn false_since(&self, since: Timestamp, told_at: Option<Timestamp>) -> Timestamp {
        if !self.is_broken() || since != self.detected() {
            return since;
        }
        since.min(told_at.map_or(self.began(), |told| told.max(self.began())))
    }

    /// What people of this audience were told, in the order of events; what they were told of incidents that are part of
    /// this one, by the time at which they read it.
    pub fn statements(&self, audience: &Audience) -> Vec<Statement<'_>> {
        let heard = self.heard.iter().filter(|heard| &heard.audience == audience);
        let heard =
            heard.map(|heard| Statement { person: &heard.person, belief: heard.belief, at: heard.at });
        let (mut heard, mut all) = (heard.peekable(), Vec::new());
        for sent in self.notices.iter().filter(|sent| &sent.audience == audience && !sent.failed) {
            let Some((belief, at)) = sent.belief.zip(sent.told_at) else { continue };
            all.extend(std::iter::from_fn(|| heard.next_if(|heard| heard.at < at)));
            all.push(Statement { person: &sent.person, belief, at });
        }
        all.extend(heard);
        all
    }

    /// What a party believes: the newest statement that reached it, if any did.
    pub fn believes(&self, directory: &Directory, party: &PartyId) -> Option<Statement<'_>> {
        let party = directory.parties.get(party)?;
        let audience = if party.external { Audience::Client(party.id.clone()) } else { Audience::Inner };
        told::believes(party, &self.statements(&audience))
    }

    /// Parties that were told that it works.
    pub(super) fn believers(&self, directory: &Directory) -> Vec<PartyId> {
        let works = |party: &&PartyId| {
            self.believes(directory, party).is_some_and(|statement| statement.belief != Belief::Down)
        };
        self.parties().filter(works).cloned().collect()
    }
}
