//! Owns what people arrange about an incident by their words: who answers for it, who has to do with it, how bad it is,
//! what it is called, what its report says; and words that wait until their author has shown that they are theirs.
//! Never says who may: that is for [`crate::rights`].

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::apply::begin_run;
use super::words::one_line;
use super::{Incident, NoticeKind, calling};
use crate::command::Field;
use crate::directory::{PartyId, PersonId, Severity};
use crate::escalation::Policy;

/// How long words wait until their author has shown that they are theirs.
pub const PROOF_WAITS: SignedDuration = SignedDuration::from_hours(2);
/// Most words that wait at a time; the oldest make room.
const MOST_PROOFS: usize = 20;

/// Most mails of lists that are remembered.
const MOST_BY_LIST: usize = 20;

/// What somebody arranged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrangement {
    /// Who said so.
    pub by: PersonId,
    /// What.
    #[serde(flatten)]
    pub what: Arranged,
}

/// What can be arranged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "arranged", rename_all = "kebab-case")]
pub enum Arranged {
    /// It is as bad as this.
    Severity {
        /// How bad.
        to: Severity,
        /// It is worse than it was taken for: the escalation starts again.
        raised: bool,
        /// The policy for that severity, where it is another one: it holds from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<Policy>,
    },
    /// Somebody answers for it from now on.
    Owner {
        /// Who.
        to: PersonId,
    },
    /// Somebody has another part in it than before.
    Part {
        /// Who.
        person: PersonId,
        /// Which.
        part: Part,
    },
    /// A party has to do with it from now on.
    PartyAdded {
        /// Which.
        party: PartyId,
        /// It is a client, and is told what clients are told.
        client: bool,
    },
    /// A party has nothing to do with it any more.
    PartyRemoved {
        /// Which.
        party: PartyId,
    },
    /// What the house calls it.
    Title {
        /// The title.
        text: String,
    },
    /// A field of its report.
    Field {
        /// Which.
        field: Field,
        /// What it says.
        text: String,
    },
    /// Somebody gave words that ask for more than they showed of themselves: they were asked at their own address.
    ProofAsked {
        /// The words.
        words: String,
        /// Until when they may answer.
        until: Timestamp,
    },
    /// A list's copy of a mail with commands came: they count if it comes directly too.
    ByList {
        /// Its Message-ID.
        message_id: String,
    },
    /// That mail came directly too.
    Directly {
        /// Its Message-ID.
        message_id: String,
    },
    /// Somebody calls for more people: the next step is due at once, or another policy begins.
    Escalated {
        /// The other policy.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<Box<Policy>>,
    },
    /// They showed it: what they said is carried out.
    ProofGiven {
        /// The event that asked.
        asked: u32,
    },
}

impl Arranged {
    /// Whether the report of the incident says it.
    pub(super) fn is_reported(&self) -> bool {
        matches!(self, Self::Field { .. } | Self::Title { .. })
    }
}

/// What part somebody has in an incident by a person's word, whatever their parties have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// They were added: they hear of it, and may work on it.
    Responder,
    /// They joined: they hear of it.
    Follower,
    /// They left: they hear of it no more, unless they are paged.
    Left,
    /// They were removed: they hear of it no more, and their reply addresses act on nothing.
    Removed,
}

/// Words that wait for proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// Whose they are.
    pub by: PersonId,
    /// The words.
    pub words: String,
    /// Until when.
    pub until: Timestamp,
    /// The occurrence in which they were said.
    pub occurrence: u32,
}

/// All that people arranged about an incident, as it stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Arrangements {
    /// Parts that people have by somebody's word.
    #[serde(default)]
    pub parts: BTreeMap<PersonId, Part>,
    /// Fields of the report.
    #[serde(default)]
    pub fields: BTreeMap<Field, String>,
    /// Words that wait for proof, by the event that asked for it.
    #[serde(default)]
    pub proofs: BTreeMap<u32, Waits>,
    /// The title under which an occurrence's thread began, where it has got another since: mail readers split threads
    /// whose subject changes.
    #[serde(default)]
    pub thread: Option<(u32, String)>,
    /// How bad the rules took it for, where somebody said since that it is less bad: alerts that say no worse change
    /// nothing.
    #[serde(default)]
    pub lowered_from: Option<Severity>,
    /// Mails with commands of which only a list's copy came so far, oldest first.
    #[serde(default)]
    pub by_list: Vec<String>,
}

/// The incident after somebody arranged something.
pub(super) fn apply(incident: &mut Incident, arrangement: &Arrangement, at: Timestamp) {
    let by = &arrangement.by;
    match &arrangement.what {
        Arranged::Severity { to, raised, policy } => graded(incident, *to, (*raised, policy.as_ref()), at),
        Arranged::Owner { to } => {
            incident.owner = Some(to.clone());
            incident.engaged.insert(to.clone());
            back(incident, to);
        }
        Arranged::Part { person, part } => {
            incident.arranged.parts.insert(person.clone(), *part);
            if matches!(part, Part::Responder | Part::Follower) {
                incident.engaged.insert(person.clone());
            }
        }
        Arranged::PartyAdded { party, client } => {
            let parties = if *client { &mut incident.clients } else { &mut incident.responders };
            if !parties.contains(party) {
                parties.push(party.clone());
            }
            incident.followers.retain(|follower| follower != party);
        }
        Arranged::PartyRemoved { party } => {
            incident.responders.retain(|other| other != party);
            incident.followers.retain(|other| other != party);
        }
        Arranged::Title { text } => retitled(incident, text),
        Arranged::Field { field, text } => {
            incident.arranged.fields.insert(*field, text.clone());
        }
        Arranged::ProofAsked { words, until } => {
            let (words, until, occurrence) = (words.clone(), *until, incident.occurrence());
            let waits = Waits { by: by.clone(), words, until, occurrence };
            let (events, proofs) = (incident.events, &mut incident.arranged.proofs);
            proofs.retain(|_, other| other.until >= at);
            proofs.insert(events, waits);
            while proofs.len() > MOST_PROOFS {
                proofs.pop_first();
            }
        }
        Arranged::ByList { message_id } => by_list(incident, message_id),
        Arranged::Directly { message_id } => incident.arranged.by_list.retain(|other| other != message_id),
        Arranged::ProofGiven { asked } => {
            incident.arranged.proofs.remove(asked);
        }
        Arranged::Escalated { policy } => calling::escalated(incident, policy.as_deref(), at),
    }
}

fn graded(incident: &mut Incident, to: Severity, (raised, policy): (bool, Option<&Policy>), at: Timestamp) {
    let gravest = incident.taken_for();
    incident.arranged.lowered_from = (to > gravest).then_some(gravest);
    incident.severity = to;
    if let Some(policy) = policy {
        incident.policy = policy.clone();
    }
    if raised && incident.is_broken() {
        incident.acknowledged = None;
        begin_run(incident, at);
    }
}

fn by_list(incident: &mut Incident, message_id: &str) {
    let by_list = &mut incident.arranged.by_list;
    by_list.push(message_id.to_owned());
    let surplus = by_list.len().saturating_sub(MOST_BY_LIST);
    by_list.drain(..surplus);
}

/// The occurrence's thread keeps the title with which it began.
fn retitled(incident: &mut Incident, text: &str) {
    let occurrence = incident.occurrence();
    let begun = incident.notices.iter().any(|sent| sent.occurrence == occurrence);
    let known = incident.arranged.thread.as_ref().is_some_and(|(of, _)| *of == occurrence);
    if begun && !known {
        incident.arranged.thread = Some((occurrence, incident.title.clone()));
    }
    incident.title = text.to_owned();
}

/// Whoever is paged or answers for it hears of it again.
pub(super) fn back(incident: &mut Incident, person: &PersonId) {
    if matches!(incident.arranged.parts.get(person), Some(Part::Left | Part::Removed)) {
        incident.arranged.parts.remove(person);
    }
}

impl Incident {
    /// The title that its subjects carry in the present occurrence.
    pub fn thread_title(&self) -> &str {
        match &self.arranged.thread {
            Some((occurrence, title)) if *occurrence == self.occurrence() => title,
            _ => &self.title,
        }
    }

    /// How bad rules or people have taken it for: an alert raises the severity only if it is worse.
    pub fn taken_for(&self) -> Severity {
        self.arranged.lowered_from.map_or(self.severity, |lowered| lowered.min(self.severity))
    }

    /// The part that somebody has by a person's word.
    pub fn part(&self, person: &PersonId) -> Option<Part> {
        self.arranged.parts.get(person).copied()
    }

    /// Whether somebody left it or was removed from it: they are told nothing of it.
    pub fn is_out(&self, person: &PersonId) -> bool {
        matches!(self.part(person), Some(Part::Left | Part::Removed))
    }

    /// Whether somebody was paged for it, in any occurrence or the present one alone.
    pub fn paged(&self, person: &PersonId, now_only: bool) -> bool {
        let now = self.occurrence();
        self.notices.iter().any(|sent| {
            &sent.person == person
                && matches!(sent.kind, NoticeKind::Page { .. })
                && (!now_only || sent.occurrence == now)
        })
    }

    /// Words that wait until their author has shown that they are theirs, and may still do so.
    pub fn proofs(&self, now: Timestamp) -> impl Iterator<Item = (u32, &Waits)> {
        self.arranged
            .proofs
            .iter()
            .filter(move |(_, waits)| now <= waits.until)
            .map(|(asked, waits)| (*asked, waits))
    }
}

/// How it reads on a timeline.
pub(super) fn line(arrangement: &Arrangement) -> String {
    let by = &arrangement.by;
    match &arrangement.what {
        Arranged::Severity { to, raised, policy } => {
            let raised = if *raised { "raised to " } else { "" };
            let policy = policy.as_ref().map(|policy| format!("; policy {} from now on", policy.id));
            format!("{raised}{to}, says {by}{}", policy.unwrap_or_default())
        }
        Arranged::Owner { to } if to == by => format!("{by} answers for it"),
        Arranged::Owner { to } => format!("{to} answers for it, says {by}"),
        Arranged::Part { person, part: Part::Responder } if person == by => format!("{by} works on it"),
        Arranged::Part { person, part: Part::Responder } => format!("{by} added {person}"),
        Arranged::Part { person, part: Part::Follower } => format!("{person} joined"),
        Arranged::Part { person, part: Part::Left } => format!("{person} left"),
        Arranged::Part { person, part: Part::Removed } => format!("{by} removed {person}"),
        Arranged::PartyAdded { party, .. } => format!("{by} added the party {party}"),
        Arranged::PartyRemoved { party } => format!("{by} removed the party {party}"),
        Arranged::Title { text } => format!("called \"{}\" by {by}", one_line(text)),
        Arranged::Field { field, text } => format!("{} by {by}: {}", field.word(), one_line(text)),
        Arranged::ProofAsked { words, .. } => {
            format!("{by} is asked at their own address whether they said \"{}\"", one_line(words))
        }
        Arranged::ByList { .. } => {
            "its words came through a list: they count if it comes directly too".to_owned()
        }
        Arranged::Directly { .. } => format!("a mail of {by} that a list had passed on came directly too"),
        Arranged::ProofGiven { .. } => format!("{by} said so"),
        Arranged::Escalated { policy: None } => format!("{by} calls for more people: the next step, now"),
        Arranged::Escalated { policy: Some(policy) } => {
            format!("{by} calls for more people, by the policy {}", policy.id)
        }
    }
}
