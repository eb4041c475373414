//! Owns why a mail was sent: the chain of facts from what came in to what became of the mail. A reading of the timeline,
//! and nothing but that.

use super::event::{Event, Fact};
use super::{Arranged, Arrangement, Carried, SentNotice, Telling};
use crate::audience::Audience;

/// Longest chain: facts refer backwards only, so that a longer one would be a mistake of ours.
const LONGEST: usize = 20;

/// The events that led to a mail, first cause first, and then what became of the mail, as far as the timeline knows.
pub fn because<'a>(events: &'a [Event], sent: &SentNotice) -> Vec<&'a Event> {
    let mut chain = Vec::new();
    let mut next = at(events, sent.about);
    // A transcript follows the last thing that became of the words, be it a mail about them.
    if next.is_some_and(|event| mail_of(&event.fact).is_some() || matches!(event.fact, Fact::Queued { .. })) {
        let earlier = events.iter().rev().skip_while(|event| event.seq >= sent.about);
        next = earlier
            .into_iter()
            .find(|event| mail_of(&event.fact).is_none() && !matches!(event.fact, Fact::Queued { .. }));
    }
    while let Some(event) = next.filter(|_| chain.len() < LONGEST) {
        chain.push(event);
        next = cause(events, event);
    }
    chain.reverse();
    chain.extend(events.iter().filter(|event| concerns(&event.fact, sent)));
    chain
}

fn at(events: &[Event], seq: u32) -> Option<&Event> {
    events.iter().find(|event| event.seq == seq)
}

/// The event without which this one would not have been.
fn cause<'a>(events: &'a [Event], event: &Event) -> Option<&'a Event> {
    let before = |holds: &dyn Fn(&Fact) -> bool| {
        events.iter().rev().find(|other| other.seq < event.seq && holds(&other.fact))
    };
    match &event.fact {
        Fact::Escalated { .. }
        | Fact::StepPassed { .. }
        | Fact::EscalationWaits { .. }
        | Fact::Acknowledged { .. }
        | Fact::Exhausted { .. } => before(&begins_a_run),
        Fact::AcknowledgementExpired { .. } => before(&|fact| matches!(fact, Fact::Acknowledged { .. })),
        Fact::Recurred { doubt: Some(_), .. } | Fact::Judged(_) => before(&raises_a_question),
        Fact::Announced { .. } => before(&changes_the_truth),
        Fact::Carried(_) => before(&|fact| matches!(fact, Fact::Absorbed(_))),
        Fact::Telling(telling) => match telling {
            Telling::Approved { client, draft, .. } | Telling::Rejected { client, draft, .. } => {
                before(&|fact| drafted(fact, client.as_str(), *draft))
            }
            Telling::Nagged { client, .. } => {
                before(&|fact| fact.tells().is_some_and(|(to, ..)| to == client))
            }
            _ => before(&changes_the_truth),
        },
        Fact::Told { audience: Audience::Client(_), .. } | Fact::Undeliverable { .. } => {
            before(&|fact| is_queued_as(fact, &event.fact))
        }
        Fact::Queued { about, .. } => at(events, *about).filter(|other| other.seq < event.seq),
        Fact::HeldAsked { .. } => before(&|fact| matches!(fact, Fact::Held { .. })),
        Fact::Arranged(Arrangement { what: Arranged::ProofGiven { asked }, .. }) => {
            at(events, *asked).filter(|other| other.seq < event.seq)
        }
        Fact::Quiet(_) | Fact::AlertsTold { .. } => before(&is_of_an_alert),
        _ => None,
    }
}

fn begins_a_run(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Opened(_)
            | Fact::Recurred { .. }
            | Fact::RecoveryWithdrawn { .. }
            | Fact::AcknowledgementExpired { .. }
            | Fact::SeverityRaised { .. }
            | Fact::Absorbed(_)
            | Fact::Arranged(Arrangement { what: Arranged::Severity { raised: true, .. }, .. })
    )
}

fn changes_the_truth(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Opened(_)
            | Fact::Recurred { .. }
            | Fact::RecoveryWithdrawn { .. }
            | Fact::Recovered { .. }
            | Fact::Resolved { .. }
            | Fact::Closed { .. }
            | Fact::Absorbed(_)
    )
}

fn raises_a_question(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::CameAgain { asks: Some(_), .. }
            | Fact::Noted { asks: Some(_), .. }
            | Fact::Carried(Carried::Question { .. })
    )
}

fn is_of_an_alert(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Opened(_)
            | Fact::AlertRepeated { .. }
            | Fact::AlertJoined { .. }
            | Fact::CameAgain { .. }
            | Fact::KeyRecovered { .. }
            | Fact::Recovered { .. }
            | Fact::RecoveryWithdrawn { .. }
            | Fact::Recurred { .. }
    )
}

fn drafted(fact: &Fact, of: &str, number: u32) -> bool {
    matches!(fact, Fact::Telling(Telling::Drafted { client, draft }) if client.as_str() == of && draft.number == number)
}

/// Whether a mail was queued of which the other fact tells.
fn is_queued_as(fact: &Fact, other: &Fact) -> bool {
    let Fact::Queued { audience, number, .. } = fact else { return false };
    mail_of(other).is_some_and(|(to, which)| (to, which) == (audience, *number))
}

/// Whether a fact is about this very mail.
fn concerns(fact: &Fact, sent: &SentNotice) -> bool {
    let queued = matches!(fact, Fact::Queued { audience, number, .. }
        if (audience, number) == (&sent.audience, &sent.number));
    queued || mail_of(fact).is_some_and(|(to, which)| (to, which) == (&sent.audience, sent.number))
}

/// The mail of which a fact says what became.
fn mail_of(fact: &Fact) -> Option<(&Audience, u32)> {
    match fact {
        Fact::Told { audience, number, .. }
        | Fact::Undeliverable { audience, number, .. }
        | Fact::Superseded { audience, number, .. } => Some((audience, *number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::directory::PersonId;
    use crate::escalation::Position;
    use crate::incident::NoticeKind;

    #[test]
    fn a_page_leads_back_over_its_run_to_what_began_it() {
        let (kato, mori) = (PersonId::new("kato"), PersonId::new("mori"));
        let (audience, at, run) = (Audience::Inner, Timestamp::UNIX_EPOCH, 2);
        let position = Position { round: 0, step: 0 };
        let kind = NoticeKind::Page { run, at: position };
        let queued = |number, about| Fact::Queued {
            audience: audience.clone(),
            number,
            person: kato.clone(),
            kind: kind.clone(),
            about,
            belief: None,
        };
        let told = |number| Fact::Told { audience: audience.clone(), number, person: kato.clone() };
        let facts = [
            Fact::Acknowledged { by: mori.clone(), until: at },
            Fact::Refused { by: kato.clone(), line: "x".to_owned(), why: "y".to_owned() },
            Fact::AcknowledgementExpired { by: mori.clone() },
            Fact::Escalated { run, position, told: vec![kato.clone()], next: at },
            queued(7, 4),
            queued(8, 4),
            told(8),
            told(7),
        ];
        let events: Vec<Event> = (1..).zip(facts).map(|(seq, fact)| Event { seq, at, fact }).collect();
        let sent = SentNotice {
            audience: audience.clone(),
            number: 7,
            person: kato.clone(),
            occurrence: 1,
            kind: kind.clone(),
            about: 4,
            belief: None,
            queued_at: at,
            told_at: Some(at),
            failed: false,
            superseded: false,
        };
        let chain: Vec<u32> = because(&events, &sent).iter().map(|event| event.seq).collect();
        assert_eq!(chain, [1, 3, 4, 5, 8]);
    }
}
