//! Owns what a timeline knows of the mails that were sent: of which kind each is, and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::Fact;
use super::{Incident, arranged};
use crate::audience::{Audience, Belief};
use crate::directory::{PartyId, PersonId};
use crate::escalation::Position;
use crate::told::NewsKind;

/// What kind of mail a notice is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Somebody is to act. Not sent once the run is over.
    Page {
        /// The run it belongs to.
        run: u32,
        /// The step within the policy.
        at: Position,
    },
    /// Somebody is to know. The newest one counts; an older one is not sent once a newer state holds.
    Inform,
    /// News for a client.
    News(NewsKind),
    /// Somebody is to see that a client is told. The newest one counts.
    ForClient(PartyId),
    /// What became of somebody's commands.
    Transcript,
    /// Something that the operator must know.
    Report,
    /// A digest.
    Digest,
    /// A draft of the incident's report, to be approved. The newest one counts.
    ReportDraft,
    /// Somebody's copy of the report. Not sent once it has broken again.
    ReportCopy,
}

/// A notice as the timeline knows it. The bytes are in the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentNotice {
    /// Its thread.
    pub audience: Audience,
    /// Its number within that thread.
    pub number: u32,
    /// Its recipient.
    pub person: PersonId,
    /// In which occurrence it was queued.
    pub occurrence: u32,
    /// What it is.
    pub kind: NoticeKind,
    /// The event that caused it.
    pub about: u32,
    /// What its reader will believe.
    pub belief: Option<Belief>,
    /// When it entered the outbox.
    #[serde(default)]
    pub queued_at: Timestamp,
    /// When the relay took it.
    pub told_at: Option<Timestamp>,
    /// It came back, or the relay refused it for good.
    pub failed: bool,
    /// It was no longer true when its turn came: nobody got it.
    pub superseded: bool,
}

/// What became of a mail.
pub(super) fn mailed(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::Queued { audience, number, person, kind, about, belief } => {
            if *audience == Audience::Inner {
                incident.engaged.insert(person.clone());
            }
            if matches!(kind, NoticeKind::Page { .. }) {
                arranged::back(incident, person);
            }
            incident.notices.push(SentNotice {
                audience: audience.clone(),
                number: *number,
                person: person.clone(),
                occurrence: incident.occurrence(),
                kind: kind.clone(),
                about: *about,
                belief: *belief,
                queued_at: at,
                told_at: None,
                failed: false,
                superseded: false,
            });
        }
        Fact::Told { audience, number, .. } => {
            if let Some(sent) = sent(incident, audience, *number) {
                sent.told_at = Some(at);
            }
        }
        Fact::Undeliverable { audience, number, person, .. } => {
            if let Some(sent) = sent(incident, audience, *number) {
                sent.failed = true;
            }
            let another_way = has_another_way(incident, audience, *number);
            if let Some(run) = incident.run.as_mut().filter(|_| !another_way) {
                run.unreachable(person, at);
            }
        }
        _ => {}
    }
}

/// Whether the same page is on its way to its reader, or arrived, by another way: a phone that can't be rung says nothing
/// about their mailbox.
fn has_another_way(incident: &Incident, audience: &Audience, number: u32) -> bool {
    let failed = incident.notices.iter().find(|sent| &sent.audience == audience && sent.number == number);
    let Some(failed) = failed.filter(|sent| matches!(sent.kind, NoticeKind::Page { .. })) else {
        return false;
    };
    let same = |sent: &SentNotice| (&sent.person, sent.about) == (&failed.person, failed.about);
    let goes_on = |sent: &SentNotice| sent.kind == failed.kind && !sent.failed && !sent.superseded;
    incident.notices.iter().any(|sent| same(sent) && goes_on(sent))
}

fn sent<'a>(incident: &'a mut Incident, audience: &Audience, number: u32) -> Option<&'a mut SentNotice> {
    incident.notices.find_mut(|sent| &sent.audience == audience && sent.number == number)
}

/// A word to a client was void when its turn came: the client still believes what it was told before. That counts from
/// now on, so that it is owed the truth anew; and a promise made to it that was lost on the way is due at once.
pub(super) fn unsaid(incident: &mut Incident, audience: &Audience, number: u32, at: Timestamp) {
    if let Some(sent) = sent(incident, audience, number) {
        sent.superseded = true;
    }
    let Audience::Client(client) = audience else { return };
    let said = |sent: &&SentNotice| &sent.audience == audience && !sent.failed && !sent.superseded;
    let newest = incident.notices.iter().rev().filter(said).find_map(|sent| sent.belief);
    let heard = || incident.heard.iter().rev().find(|heard| &heard.audience == audience);
    let newest = newest.or_else(|| heard().map(|heard| heard.belief));
    let broken = incident.is_broken();
    match (newest, incident.announced.get_mut(client)) {
        (None, _) => {
            incident.announced.remove(client);
        }
        (Some(Belief::Down), Some(last)) if broken && last.belief != Belief::Down => {
            (last.belief, last.next) = (Belief::Down, Some(at));
        }
        (Some(belief), Some(last)) => last.belief = belief,
        (Some(_), None) => {}
    }
}
