//! Owns how two incidents become one: what the younger one gives, worked out against what the older one has, and how the
//! older one takes it in. Nobody is left believing what either of them said and is no longer true.
//! Never decides whether they are one: a person says so, or a mail that belongs to both.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::apply::apply;
use super::carrying::{Carried, carried};
use super::event::{Event, Fact};
use super::{Acknowledgement, Incident, Key, PROVISIONAL, Part, Recovery, SAME_INCIDENT, Status};
use crate::audience::{Audience, Belief};
use crate::directory::{Directory, PartyId, PersonId, ServiceId, Severity};
use crate::escalation::Policy;
use crate::told::Announcement;

/// What an incident takes over from one that becomes part of it: all of it, so that nobody has to look there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Absorbed {
    /// The incident that is part of this one now.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Who made it so.
    pub by: PersonId,
    /// They said `merge`; otherwise a mail of theirs refers to mails of both.
    pub said: bool,
    /// What alerts say under its keys, taken together with what they said here.
    pub keys: BTreeMap<String, Key>,
    /// Its responders who were none here.
    pub responders: Vec<PartyId>,
    /// Its followers who were none here.
    pub followers: Vec<PartyId>,
    /// Its clients who were none here.
    pub clients: Vec<PartyId>,
    /// What its clients call what is broken, where it is not what clients of this one call it.
    pub names: BTreeMap<PartyId, String>,
    /// People who had to do with it, and not with this one.
    pub engaged: BTreeSet<PersonId>,
    /// Parts that people had in it by somebody's word, and none here.
    #[serde(default)]
    pub parts: BTreeMap<PersonId, Part>,
    /// Who answers for it, when nobody did here.
    pub owner: Option<PersonId>,
    /// How bad it is now.
    pub severity: Severity,
    /// Its escalation policy, when it is the graver one: that holds from now on.
    pub policy: Option<Policy>,
    /// Its service, when this one had none.
    pub service: Option<ServiceId>,
    /// Who has what is broken now.
    pub acknowledged: Option<Acknowledgement>,
    /// Whether the word that it is broken may be believed without asking.
    pub trusted: bool,
    /// Both were found in an archive.
    pub past: bool,
    /// What its clients were announced last, in either.
    pub announced: BTreeMap<PartyId, Announcement>,
    /// What people were told there.
    pub heard: Vec<Heard>,
    /// Incidents that were parted from it.
    pub apart: BTreeSet<u64>,
    /// What it makes of the course of this one.
    pub turn: Turn,
    /// Parties that were told that it works, which is not true.
    pub believers: Vec<PartyId>,
}

/// What a mail of an incident that is part of this one now made somebody believe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The incident whose mail it was.
    pub incident: u64,
    /// Its thread.
    pub audience: Audience,
    /// Its number there.
    pub number: u32,
    /// Its reader.
    pub person: PersonId,
    /// What they believe.
    pub belief: Belief,
    /// When the relay took it.
    pub at: Timestamp,
}

/// What becoming one makes of the course of the older incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// It is broken, and stays so; it has been since then.
    Broken {
        /// When the trouble began, in either.
        began: Timestamp,
    },
    /// It had been taken for mended minutes ago, and the other is still broken: the recovery was none.
    Withdrawn,
    /// It had recovered, and the other is broken: it broke again.
    Recurred {
        /// The occurrence that begins, counted from 1.
        occurrence: u32,
        /// When it began.
        began: Timestamp,
    },
    /// Neither is broken.
    Mended {
        /// The later one of both recoveries.
        recovery: Recovery,
        /// When the cause was removed, in both.
        resolved_at: Option<Timestamp>,
        /// When both were done with.
        closed_at: Option<Timestamp>,
    },
}

/// What is to be done about two incidents to both of which a mail belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinship {
    /// They are one.
    One,
    /// They may be one: a person says.
    Perhaps,
    /// They are two.
    Two,
}

/// Whether two incidents are one, given that a mail refers to mails of both. What people parted stays so, and so does
/// what is over: nobody wants yesterday's incident to open again because of an old mail.
pub fn kinship(one: &Incident, other: &Incident, by_the_house: bool, now: Timestamp) -> Kinship {
    let parted = one.apart.contains(&other.number) || other.apart.contains(&one.number);
    let both = |holds: fn(&Incident, Timestamp) -> bool| holds(one, now) && holds(other, now);
    if parted || !both(is_recent) {
        Kinship::Two
    } else if by_the_house && both(Incident::is_live) && one.has_the_parties_of(other) {
        Kinship::One
    } else {
        Kinship::Perhaps
    }
}

/// Live, or closed not longer ago than an incident may come again.
fn is_recent(incident: &Incident, now: Timestamp) -> bool {
    let closed = incident.closed_at.or(incident.resolved_at);
    !incident.past && (incident.is_live(now) || closed.is_some_and(|at| now <= at + SAME_INCIDENT))
}

/// Makes two incidents one: what follows for the younger one, and for the older one, which stands for both from now on.
pub fn merge(
    older: &Incident,
    younger: &Incident,
    directory: &Directory,
    by: &PersonId,
    said: bool,
    now: Timestamp,
) -> (Fact, Vec<Fact>) {
    let goes = Fact::MergedInto { number: older.number, title: older.title.clone(), by: by.clone(), said };
    let mut absorbed = absorbed(older, younger, by, said, now);
    // Who is deceived shows only once both are taken together.
    let fact = Fact::Absorbed(Box::new(absorbed.clone()));
    let after = apply(older.clone(), &Event { seq: older.events + 1, at: now, fact });
    if after.is_broken() {
        let theirs = younger.believers(directory);
        absorbed.believers = after.believers(directory);
        absorbed.believers.retain(|party| !older.is_broken() || theirs.contains(party));
    }
    let carried = carried(older, younger, &after, now);
    // Whoever is left with somebody's word that it works is not taken for deceived.
    let left = |party: &PartyId| {
        carried.iter().any(|fact| {
            matches!(fact, Fact::Carried(Carried::Client { client, account, .. })
            if client == party && account.at_word.is_some())
        })
    };
    absorbed.believers.retain(|party| !left(party));
    let stays = [Fact::Absorbed(Box::new(absorbed))].into_iter().chain(carried).collect();
    (goes, stays)
}

fn absorbed(older: &Incident, younger: &Incident, by: &PersonId, said: bool, now: Timestamp) -> Absorbed {
    let lacks = |ours: &[PartyId], theirs: &[PartyId]| {
        theirs.iter().filter(|party| !ours.contains(party)).cloned().collect::<Vec<_>>()
    };
    let graver = younger.severity < older.severity;
    Absorbed {
        number: younger.number,
        title: younger.title.clone(),
        by: by.clone(),
        said,
        keys: keys(older, younger),
        responders: lacks(&older.responders, &younger.responders),
        followers: lacks(&older.followers, &younger.followers),
        clients: lacks(&older.clients, &younger.clients),
        names: names(older, younger),
        engaged: younger.engaged.difference(&older.engaged).cloned().collect(),
        parts: parts(older, younger),
        owner: younger.owner.clone().filter(|_| older.owner.is_none()),
        severity: if graver && younger.is_broken() { younger.severity } else { older.severity },
        policy: graver.then(|| younger.policy.clone()),
        service: younger.service.clone().filter(|_| older.service.is_none()),
        acknowledged: acknowledged(older, younger, now),
        trusted: older.trusted || younger.trusted,
        past: older.past && younger.past,
        announced: announced(older, younger, now),
        heard: heard(younger),
        apart: younger.apart.clone(),
        turn: turn(older, younger, now),
        believers: Vec::new(),
    }
}

/// Whoever was let out of the one is not let out of the other.
fn parts(older: &Incident, younger: &Incident) -> BTreeMap<PersonId, Part> {
    let theirs = younger.arranged.parts.iter();
    let new = theirs.filter(|(person, _)| older.part(person).is_none() && !younger.is_out(person));
    new.map(|(person, part)| (person.clone(), *part)).collect()
}

/// Whoever is a client of both reads of both: a word on the one alone would not take back what was said of the other.
fn names(older: &Incident, younger: &Incident) -> BTreeMap<PartyId, String> {
    let name = |client: &PartyId| {
        let (ours, theirs) = (older.name_for(client), younger.name_for(client));
        if !older.clients.contains(client) {
            return Some(theirs.to_owned());
        }
        (!ours.split(" / ").any(|part| part == theirs)).then(|| format!("{ours} / {theirs}"))
    };
    younger.clients.iter().filter_map(|client| Some((client.clone(), name(client)?))).collect()
}

/// Keys of what is done with fire no more, whatever their monitor said last.
fn keys(older: &Incident, younger: &Incident) -> BTreeMap<String, Key> {
    let done = younger.closed_at.is_some();
    let together = |name: &String, theirs: &Key| {
        let theirs = Key { firing: theirs.firing && !done, ..theirs.clone() };
        let Some(ours) = older.keys.get(name) else { return theirs };
        Key {
            firing: ours.firing || theirs.firing,
            last_seen: ours.last_seen.max(theirs.last_seen),
            count: ours.count.saturating_add(theirs.count),
            changes: if ours.last_seen > theirs.last_seen { ours.changes.clone() } else { theirs.changes },
            flaps: ours.flaps || theirs.flaps,
            quiet: if theirs.firing { theirs.quiet } else { ours.quiet.clone() },
            // What both call noise is noise.
            noise: ours.noise.zip(theirs.noise).map(|(ours, theirs)| ours.min(theirs)),
            gaps: if ours.last_seen > theirs.last_seen { ours.gaps.clone() } else { theirs.gaps },
        }
    };
    younger.keys.iter().map(|(name, theirs)| (name.clone(), together(name, theirs))).collect()
}

/// Who has what is broken has it still, for no longer than its severity allows; of two that are broken, who has the
/// graver one.
fn acknowledged(older: &Incident, younger: &Incident, now: Timestamp) -> Option<Acknowledgement> {
    let longest = now + older.acknowledgement_holds();
    let (ours, theirs) = (older.acknowledged.clone(), younger.acknowledged.clone());
    let theirs = theirs.map(|theirs| Acknowledgement { until: theirs.until.min(longest), ..theirs });
    match (older.is_broken(), younger.is_broken()) {
        (true, true) if younger.severity < older.severity => theirs,
        (true, true) if younger.severity == older.severity => ours.or(theirs),
        (true, _) => ours,
        (false, true) => theirs,
        (false, false) => None,
    }
}

fn turn(older: &Incident, younger: &Incident, now: Timestamp) -> Turn {
    let began = younger.began();
    match (older.recovery().filter(|_| !older.is_broken()), younger.recovery()) {
        (None, theirs) => {
            let overlaps = theirs.is_none_or(|recovery| recovery.at >= older.began());
            Turn::Broken { began: if overlaps { older.began().min(began) } else { older.began() } }
        }
        (Some(recovery), _) if younger.is_broken() => {
            let provisional = older.status() == Status::Mitigated && now <= recovery.at + PROVISIONAL;
            let recurred = Turn::Recurred { occurrence: older.occurrence() + 1, began };
            if provisional { Turn::Withdrawn } else { recurred }
        }
        (Some(ours), theirs) => {
            let later = theirs.filter(|theirs| theirs.at > ours.at).unwrap_or(ours);
            let both = |ours: Option<Timestamp>, theirs: Option<Timestamp>| Some(ours?.max(theirs?));
            let removed = |it: &Incident| it.resolved_at.or(it.closed_at);
            Turn::Mended {
                recovery: later.clone(),
                resolved_at: both(removed(older), removed(younger)),
                closed_at: both(older.closed_at, younger.closed_at),
            }
        }
    }
}

/// What clients of the younger one were announced last, in either. A promise that both gave is kept at the earlier time.
fn announced(older: &Incident, younger: &Incident, now: Timestamp) -> BTreeMap<PartyId, Announcement> {
    let together = |client: &PartyId| {
        let theirs = reached(younger, client, now)?;
        let Some(ours) = older.announced.get(client) else { return Some(theirs) };
        let (newer, other) = if ours.at > theirs.at { (ours, &theirs) } else { (&theirs, ours) };
        let promised = [newer.next, other.next.filter(|_| other.belief == Belief::Down)];
        let next = promised.into_iter().flatten().min().filter(|_| newer.belief == Belief::Down);
        Some(Announcement { next, ..newer.clone() })
    };
    younger.clients.iter().filter_map(|client| Some((client.clone(), together(client)?))).collect()
}

/// What a client was announced last and will have read: what waits in the outbox is not sent any more. A promise that
/// was lost with it is due at once.
fn reached(younger: &Incident, client: &PartyId, now: Timestamp) -> Option<Announcement> {
    let last = younger.announced.get(client)?;
    let audience = Audience::Client(client.clone());
    let news = || {
        let of_client = younger.notices.iter().filter(|sent| sent.audience == audience && !sent.superseded);
        of_client.filter(|sent| sent.belief.is_some())
    };
    let newest = news().map(|sent| sent.about).max();
    if newest.is_none() || news().any(|sent| Some(sent.about) == newest && sent.told_at.is_some()) {
        return Some(last.clone());
    }
    let belief = younger.statements(&audience).last()?.belief;
    Some(Announcement { belief, at: last.at, next: (belief == Belief::Down).then_some(now) })
}

/// What people were told there, and in what had become part of it.
fn heard(younger: &Incident) -> Vec<Heard> {
    let told = younger.notices.iter().filter(|sent| !sent.failed).filter_map(|sent| {
        let (belief, at) = sent.belief.zip(sent.told_at)?;
        let (audience, person) = (sent.audience.clone(), sent.person.clone());
        Some(Heard { incident: younger.number, audience, number: sent.number, person, belief, at })
    });
    let mut all: Vec<Heard> = younger.heard.iter().cloned().chain(told).collect();
    all.sort_by_key(|heard| heard.at);
    all
}

impl Incident {
    /// What a client calls what is broken.
    pub fn name_for(&self, client: &PartyId) -> &str {
        self.names.get(client).unwrap_or(&self.public_name)
    }

    /// Whether the same parties mend it, follow it and are told of it as of another one.
    pub fn has_the_parties_of(&self, other: &Self) -> bool {
        let set = |parties: &[PartyId]| parties.iter().cloned().collect::<BTreeSet<_>>();
        let all = |it: &Self| [set(&it.responders), set(&it.followers), set(&it.clients)];
        all(self) == all(other)
    }
}
