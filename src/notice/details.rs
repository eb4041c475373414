//! Owns what one event adds to what an incident says by itself, before it is put into anybody's words.

use jiff::Timestamp;
use jiff::civil::Date;

use super::client;
use crate::directory::{PartyId, PersonId};
use crate::escalation::Position;
use crate::incident::{
    Actor, Arranged, Arrangement, Carried, Doubted, Doubtful, Event, Fact, Judgement, Silence, Turn,
};
use crate::quiet::Quiet;

/// What one event adds to what the incident says by itself. Taken from the event, not yet put into words.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// When the event happened.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: Option<Actor>,
    /// The client concerned.
    pub client: Option<PartyId>,
    /// The person concerned.
    pub person: Option<PersonId>,
    /// Who is paged.
    pub paged: Vec<PersonId>,
    /// The step of the policy.
    pub position: Option<Position>,
    /// The alert's key.
    pub key: Option<String>,
    /// By when an action is to be done.
    pub due: Option<Date>,
    /// A silence, in seconds.
    pub silence: Option<i64>,
    /// Until when something holds, or when something comes next.
    pub until: Option<Timestamp>,
    /// For how long nobody is paged, and on whose word.
    pub quiet: Option<Quiet>,
    /// Keys that still fire, or that fire now besides.
    pub still_firing: Vec<String>,
    /// How many more there are.
    pub more: u32,
    /// Parties that believe what isn't true any more.
    pub believers: Vec<PartyId>,
    /// Somebody's words, or a reason.
    pub text: String,
    /// The number of a draft for a client.
    pub draft: Option<u32>,
    /// What somebody wrote for a client.
    pub written: Option<String>,
    /// Lines of a transcript: what was said, and what became of it.
    pub lines: Vec<(String, super::Reply)>,
    /// What a client is told.
    pub news: Option<crate::told::NewsKind>,
    /// Another incident, and its title.
    pub other: Option<(u64, String)>,
    /// Somebody said so; otherwise their mail shows it.
    pub said: bool,
    /// What became broken again by this.
    pub turn: Option<Turn>,
    /// Until when the reader is asked whether it is the old trouble.
    pub question: Option<Timestamp>,
    /// What was not clear before this.
    pub doubted: Option<Doubted>,
    /// What somebody takes it for.
    pub judged: Option<Judgement>,
    /// The event by which the reader is asked whether some words are theirs.
    pub asked: Option<u32>,
}

impl Details {
    /// What an event tells.
    pub fn of(event: &Event) -> Self {
        let mut details = Self { at: event.at, ..Self::default() };
        match event.fact.clone() {
            Fact::Escalated { told, position: at, .. } => {
                (details.paged, details.position) = (told, Some(at))
            }
            Fact::Acknowledged { by, until } => {
                (details.actor, details.until) = (Some(Actor::Person(by)), Some(until));
            }
            Fact::AlertJoined { key, .. } => details.key = Some(key),
            Fact::AlertsTold { keys, more } => {
                (details.still_firing, details.more) = (keys, more);
            }
            Fact::CameAgain { key, silence, asks, .. } => {
                (details.key, details.silence, details.question) = (Some(key), Some(silence), asks);
            }
            Fact::Recovered { by, still_firing, .. } => {
                (details.actor, details.still_firing) = (Some(by), still_firing);
            }
            Fact::RecoveryWithdrawn { key, believers } => {
                (details.key, details.believers) = (Some(key), believers)
            }
            Fact::Recurred { by, key, believers, doubt, .. } => {
                (details.actor, details.key, details.believers) = (Some(by), key, believers);
                details.doubted = doubt;
            }
            Fact::Judged(judged) => {
                (details.actor, details.judged) = (Some(Actor::Person(judged.by)), Some(judged.as_what));
            }
            Fact::Resolved { by, .. } | Fact::Closed { by } => details.actor = Some(Actor::Person(by)),
            Fact::Noted { by, audience, text, asks, .. } => {
                (details.actor, details.text, details.question) = (Some(by), text, asks);
                details.client = client::client_of(&audience).cloned();
            }
            Fact::Arranged(arrangement) => details.arranged(arrangement),
            Fact::Announced { client, news, next } => {
                (details.client, details.news, details.until) = (Some(client), Some(news), next);
            }
            fact @ (Fact::MergedInto { .. }
            | Fact::MovedAway { .. }
            | Fact::MergeAsked { .. }
            | Fact::MovedHere { .. }
            | Fact::Absorbed(_)) => details.of_two(fact),
            Fact::Carried(Carried::Question { from, about, open }) => {
                (details.other, details.question) = (Some((from, String::new())), open.map(|it| it.until));
                details.key = match about {
                    Doubtful::CameAgain { key } => Some(key),
                    Doubtful::Said { .. } => None,
                };
            }
            Fact::Quiet(silence) => details.of_silence(silence),
            Fact::Undeliverable { audience, person, reason, .. } => {
                (details.person, details.text) = (Some(person), reason);
                details.client = client::client_of(&audience).cloned();
            }
            _ => {}
        }
        details
    }

    /// Fingerprints of the alerts concerned.
    pub(super) fn keys(&self) -> Vec<String> {
        let noise = match &self.judged {
            Some(Judgement::Noise { keys, .. }) => keys.clone(),
            _ => Vec::new(),
        };
        self.key.iter().cloned().chain(noise).collect()
    }

    fn of_two(&mut self, fact: Fact) {
        match fact {
            Fact::MergedInto { number, title, by, said } => {
                (self.actor, self.said) = (Some(Actor::Person(by)), said);
                self.other = Some((number, title));
            }
            Fact::MovedAway { to: other, title, by, .. } | Fact::MergeAsked { other, title, by } => {
                (self.actor, self.other) = (Some(Actor::Person(by)), Some((other, title)));
            }
            Fact::MovedHere { from, title, by, text, .. } => {
                (self.actor, self.other) = (Some(Actor::Person(by)), Some((from, title)));
                self.text = text;
            }
            Fact::Absorbed(absorbed) => {
                (self.actor, self.said) = (Some(Actor::Person(absorbed.by)), absorbed.said);
                self.other = Some((absorbed.number, absorbed.title));
                (self.turn, self.believers) = (Some(absorbed.turn), absorbed.believers);
            }
            _ => {}
        }
    }

    fn arranged(&mut self, arrangement: Arrangement) {
        self.actor = Some(Actor::Person(arrangement.by));
        if let Arranged::Owner { to } = arrangement.what {
            self.person = Some(to);
        }
    }
}

impl Details {
    fn of_silence(&mut self, silence: Silence) {
        match silence {
            Silence::Hushed { quiet } => (self.until, self.quiet) = (Some(quiet.until), Some(quiet)),
            Silence::Over { firing, .. } | Silence::Steady { firing, .. } => self.still_firing = firing,
            Silence::Flaps { key } => self.key = Some(key),
            Silence::Unheard { since, keys } => (self.until, self.still_firing) = (Some(since), keys),
            Silence::Covered { .. } | Silence::Uncovered { .. } | Silence::HushOver => {}
        }
    }
}
