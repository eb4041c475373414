//! Owns what is put in the place of a person who is erased: in what is stored as JSON, in texts, in the mails of others.
//! Never guesses: a first name alone, a nickname, a picture are no traces that a program can know; [`Erased::hints`] says
//! where somebody has to look.

mod pattern;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::directory::{Address, PersonId};
use crate::message::Message;
use pattern::{Pattern, Word};

/// What stands in the place of a name.
const NAME: &str = "former participant";
/// The domain of addresses in the place of others: one that will never exist (RFC 2606, 2).
const DOMAIN: &str = "erased.invalid";

/// Fields whose words name no people: parties and other things of the configuration, which may have the same id.
const OTHERS: [&str; 16] = [
    "party",
    "parties",
    "client",
    "clients",
    "responders",
    "followers",
    "believers",
    "service",
    "services",
    "on-call",
    "schedule",
    "rule",
    "digest",
    "names",
    "announced",
    "accounts",
];
/// Fields by which things are found again: a key of an alert that read otherwise would be another alert's, and a mail with
/// another Message-ID another mail.
const FOUND_BY: [&str; 5] = ["key", "keys", "still_firing", "message_id", "ids"];

/// Somebody who is erased.
#[derive(Debug)]
pub struct Erased {
    id: Option<PersonId>,
    addresses: Vec<Address>,
    instead: PersonId,
    stored: Pattern,
    mailed: Pattern,
    parts: Pattern,
}

impl Erased {
    /// By what the configuration says of them, or whoever erases: their id, their addresses, the names by which they are
    /// known in full. `number` tells them from others who were erased.
    pub fn new(id: Option<&PersonId>, addresses: &[Address], names: &[String], number: u32) -> Self {
        let instead = PersonId::new(format!("former-participant-{number}"));
        let address = format!("{instead}@{DOMAIN}");
        let of_address = addresses.iter().map(|old| Word::address(old.as_str(), &address));
        let mailed: Vec<Word> =
            of_address.chain(names.iter().flat_map(|name| Word::names(name, NAME))).collect();
        let mut stored = mailed.clone();
        stored.extend(id.map(|id| Word::id(id.as_str(), instead.as_str())));
        let parts = names.iter().flat_map(|name| name.split_whitespace());
        let parts = parts.flat_map(|part| Word::names(part, NAME)).collect();
        Self {
            id: id.cloned(),
            addresses: addresses.to_vec(),
            stored: Pattern::of(stored),
            mailed: Pattern::of(mailed),
            parts: Pattern::of(parts),
            instead,
        }
    }

    /// The id that stands in the place of theirs.
    pub fn instead(&self) -> &PersonId {
        &self.instead
    }

    /// Whether this is their id.
    pub fn is_person(&self, id: &str) -> bool {
        self.id.as_ref().is_some_and(|own| own.as_str() == id)
    }

    /// Whether this is an address of theirs.
    pub fn is_address(&self, address: &str) -> bool {
        self.addresses.contains(&Address::new(address))
    }

    /// A text that is stored, without their id, addresses and full names.
    pub fn text(&self, text: &str) -> String {
        String::from_utf8(self.stored.replaced(text.as_bytes())).unwrap_or_default()
    }

    /// Whether a text names them by id, address or full name.
    pub fn is_named(&self, text: &str) -> bool {
        self.stored.is_in(text.as_bytes())
    }

    /// Whether a text has a part of a name of theirs in it, which may mean them or somebody else.
    pub fn hints(&self, text: &str) -> bool {
        self.parts.is_in(text.as_bytes())
    }

    /// What is stored, without them. What things are found by stays as it is.
    pub fn json(&self, value: Value) -> Value {
        self.value(value, "")
    }

    fn value(&self, value: Value, field: &str) -> Value {
        match value {
            Value::String(text) if FOUND_BY.contains(&field) => Value::String(text),
            Value::String(text) if OTHERS.contains(&field) && self.is_person(&text) => Value::String(text),
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(values) => {
                Value::Array(values.into_iter().map(|value| self.value(value, field)).collect())
            }
            Value::Object(fields) => Value::Object(self.fields(fields, field)),
            other => other,
        }
    }

    /// The fields of an object; `of` is the field that it stands in. Some objects have ids of people for fields.
    fn fields(&self, fields: Map<String, Value>, of: &str) -> Map<String, Value> {
        let fixed = OTHERS.contains(&of) || FOUND_BY.contains(&of);
        let name = |name: String| match fixed || !self.is_person(&name) && !self.is_address(&name) {
            true => name,
            false => self.text(&name),
        };
        // What is found by its name may have anything in it.
        fields.into_iter().map(|(field, value)| (name(field.clone()), self.value(value, &field))).collect()
    }

    /// Whether they wrote a mail, or are one of those who did.
    pub fn wrote(&self, mail: &Message) -> bool {
        mail.from.iter().any(|from| self.addresses.contains(&from.address))
    }

    /// Whether a mail names them by address or full name, wherever a reader sees it or a program reads it.
    pub fn is_in(&self, mail: &Message) -> bool {
        let header = mail.headers.iter().any(|(_, value)| self.mailed.is_in(value.as_bytes()));
        let texts = [Some(&mail.text), mail.html.as_ref(), mail.forwarded.as_ref().map(|it| &it.text)];
        let forwarded = mail.forwarded.as_ref();
        let author = forwarded.and_then(|it| it.from.as_ref());
        header
            || mail.recipients.iter().any(|address| self.addresses.contains(address))
            || texts.into_iter().flatten().any(|text| self.mailed.is_in(text.as_bytes()))
            || author.is_some_and(|it| {
                self.addresses.contains(&it.address) || self.mailed.is_in(it.name.as_bytes())
            })
            || forwarded.is_some_and(|it| self.mailed.is_in(it.subject.as_bytes()))
    }

    /// The bytes of somebody else's mail without their address and name where these stand in the clear. What is encoded
    /// stays: a mail that still names them afterwards says so ([`Erased::is_in`]).
    pub fn mail(&self, raw: &[u8]) -> Vec<u8> {
        self.mailed.replaced(raw)
    }
}
