//! Owns finding what a word names: a party, a client, a person. Knows only which names there are, so that
//! a mistake in one entry doesn't make its name unknown in all others.

use std::collections::{BTreeMap, BTreeSet};

use super::mistake::suggestion;
use super::reading::{Reading, Word};
use crate::directory::{PartyId, PersonId, ServiceId, Target};

/// Every name of the site.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// People.
    pub(super) people: BTreeSet<String>,
    /// Parties, and whether they are clients.
    pub(super) parties: BTreeMap<String, bool>,
    /// People in a client's party, and which.
    pub(super) of_clients: BTreeMap<String, String>,
    /// Services.
    pub(super) services: BTreeSet<String>,
    /// Escalation policies.
    pub(super) policies: BTreeSet<String>,
    /// On-call schedules.
    pub(super) schedules: BTreeSet<String>,
}

impl Names {
    /// A person.
    pub(super) fn person(&self, reading: &Reading<'_>, word: &Word) -> Option<PersonId> {
        known(reading, "person", word, self.people.iter()).map(PersonId::new)
    }

    /// A party of either kind.
    pub(super) fn party(&self, reading: &Reading<'_>, word: &Word) -> Option<PartyId> {
        known(reading, "party", word, self.parties.keys()).map(PartyId::new)
    }

    /// A service.
    pub(super) fn service(&self, reading: &Reading<'_>, word: &Word) -> Option<ServiceId> {
        known(reading, "service", word, self.services.iter()).map(ServiceId::new)
    }

    /// An escalation policy.
    pub(super) fn policy(&self, reading: &Reading<'_>, word: &Word) -> Option<String> {
        known(reading, "policy", word, self.policies.iter())
    }

    /// An on-call schedule.
    pub(super) fn schedule(&self, reading: &Reading<'_>, word: &Word) -> Option<String> {
        if self.schedules.is_empty() {
            let text = format!("unknown schedule `{0}`; write a [[schedule]] with `id = \"{0}\"`", word.text);
            reading.say(&word.span, text);
            return None;
        }
        known(reading, "schedule", word, self.schedules.iter())
    }

    /// A person of the house.
    pub(super) fn colleague(&self, reading: &Reading<'_>, word: &Word) -> Option<PersonId> {
        let person = self.person(reading, word)?;
        if let Some(client) = self.of_clients.get(person.as_str()) {
            let text = format!(
                "`{person}` is of the client `{client}` and can't be on call; name people of the house"
            );
            reading.say(&word.span, text);
            return None;
        }
        Some(person)
    }

    /// A person of the house who is kept informed.
    pub(super) fn follower(&self, reading: &Reading<'_>, word: &Word) -> Option<PersonId> {
        if let Some(client) = self.of_clients.get(&word.text) {
            let text =
                format!("`{}` is of the client `{client}`: `follows` is for people of the house", word.text);
            reading.say(&word.span, text);
            return None;
        }
        Some(PersonId::new(&word.text))
    }

    /// A party of the house.
    pub(super) fn team(&self, reading: &Reading<'_>, key: &str, word: &Word) -> Option<PartyId> {
        let party = self.party(reading, word)?;
        if self.is_client(&party) {
            let text = format!("`{party}` is a client (`external = true`) and can't be under `{key}`");
            reading.say(&word.span, text);
            return None;
        }
        Some(party)
    }

    /// A client.
    pub(super) fn client(&self, reading: &Reading<'_>, word: &Word) -> Option<PartyId> {
        let party = self.party(reading, word)?;
        if !self.is_client(&party) {
            let text = format!(
                "`{party}` is no client; write `external = true` in its [[party]], or list it under `followers`"
            );
            reading.say(&word.span, text);
            return None;
        }
        Some(party)
    }

    /// Whom a step of a policy can tell: what [`Names::target`] knows, and `owner` and `all` of the incident.
    pub(super) fn told(&self, reading: &Reading<'_>, word: &Word) -> Option<Target> {
        let named = self.people.contains(&word.text) || self.parties.contains_key(&word.text);
        match word.text.as_str() {
            "owner" if !named => Some(Target::Owner),
            "all" if !named => Some(Target::All),
            _ => self.target(reading, word),
        }
    }

    /// Somebody of the house: `person:kato`, `party:infra`, `on-call:infra`, or the bare word where only one of person and
    /// party has it.
    pub(super) fn target(&self, reading: &Reading<'_>, word: &Word) -> Option<Target> {
        let target = self.anybody(reading, word)?;
        let client = match &target {
            Target::Person(person) => self.of_clients.get(person.as_str()).map(String::as_str),
            Target::Party(party) => self.is_client(party).then_some(party.as_str()),
            Target::OnCall(_) | Target::Owner | Target::All => None,
        };
        if let Some(client) = client {
            let text =
                format!("`{}` means the client `{client}`; name people or parties of the house", word.text);
            reading.say(&word.span, text);
            return None;
        }
        Some(target)
    }

    /// A person or party.
    pub(super) fn anybody(&self, reading: &Reading<'_>, word: &Word) -> Option<Target> {
        let rest = |name: &str| Word { text: name.trim().to_owned(), span: word.span.clone() };
        match word.text.split_once(':') {
            Some(("person", name)) => return self.person(reading, &rest(name)).map(Target::Person),
            Some(("party", name)) => return self.party(reading, &rest(name)).map(Target::Party),
            Some(("on-call", name)) => return self.schedule(reading, &rest(name)).map(Target::OnCall),
            Some((kind, name)) => {
                let text = format!(
                    "unknown kind `{kind}:`; write `person:{name}`, `party:{name}` or `on-call:{name}`"
                );
                reading.say(&word.span, text);
                return None;
            }
            None => {}
        }
        match (self.people.contains(&word.text), self.parties.contains_key(&word.text)) {
            (true, true) => {
                let name = &word.text;
                let text =
                    format!("`{name}` is a person and a party; write `person:{name}` or `party:{name}`");
                reading.say(&word.span, text);
                None
            }
            (true, false) => Some(Target::Person(PersonId::new(&word.text))),
            (false, true) => Some(Target::Party(PartyId::new(&word.text))),
            (false, false) => {
                let all: BTreeSet<&String> = self.people.iter().chain(self.parties.keys()).collect();
                known(reading, "person or party", word, all.iter().copied());
                None
            }
        }
    }

    fn is_client(&self, party: &PartyId) -> bool {
        self.parties.get(party.as_str()).is_some_and(|external| *external)
    }
}

/// The word itself when it is known; None with a mistake otherwise.
fn known<'a>(
    reading: &Reading<'_>,
    what: &str,
    word: &Word,
    mut names: impl Iterator<Item = &'a String> + Clone,
) -> Option<String> {
    let near = suggestion(&word.text, names.clone().map(String::as_str));
    if !names.any(|name| *name == word.text) {
        reading.say(&word.span, format!("unknown {what} `{}`{near}", word.text));
        return None;
    }
    Some(word.text.clone())
}

/// The ids of some entries, each with a mistake where it stands a second time.
pub(super) fn unique<'a>(
    reading: &Reading<'_>,
    what: &str,
    ids: impl Iterator<Item = &'a Word>,
) -> BTreeSet<String> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for id in ids {
        let line = reading.line(&id.span);
        match first.get(id.text.as_str()) {
            Some(before) => {
                reading.say(
                    &id.span,
                    format!("{what} `{}` stands a second time; the first is in line {before}", id.text),
                );
            }
            None => {
                first.insert(&id.text, line);
            }
        }
    }
    first.into_keys().map(str::to_owned).collect()
}
