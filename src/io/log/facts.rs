//! Owns what the log says of an event: what kind it is, who did it, to whom, until when. Everything that a mail can have
//! brought in stays out by construction: only what is named here is taken over.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::incident::words::one_line;

/// What names the kind of an event, and of what it is about in turn.
const KINDS: [&str; 14] = [
    "fact",
    "telling",
    "arranged",
    "reporting",
    "judged",
    "silence",
    "carried",
    "lapsed",
    "expected",
    "duty",
    "self_test",
    "keeping",
    "step",
    "trouble",
];
/// Words of the configuration or of firebell itself.
const WORDS: [&str; 22] = [
    "by",
    "person",
    "people",
    "told",
    "client",
    "party",
    "service",
    "severity",
    "to",
    "rule",
    "placed",
    "news",
    "audience",
    "believers",
    "mailbox",
    "schedule",
    "digest",
    "name",
    "address",
    "kind",
    "of",
    "instead",
];
/// Facts and troubles whose reason is a server's, the disk's or the network's, and which the operator must be able to read
/// without the store.
const REASONED: [&str; 9] = [
    "unreachable",
    "unfetchable",
    "mailbox",
    "relay",
    "disk",
    "clock",
    "queue",
    "self-test",
    "self-test-missed",
];

/// An event as the log shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    kind: String,
    fields: Map<String, Value>,
}

impl Shown {
    /// Of an event or a fact.
    pub fn of(event: &impl Serialize) -> Self {
        let Ok(Value::Object(event)) = serde_json::to_value(event) else {
            return Self { kind: "unreadable".to_owned(), fields: Map::new() };
        };
        let kinds: Vec<&str> = KINDS
            .iter()
            .filter_map(|key| event.get(*key))
            .filter_map(Value::as_str)
            .filter(|kind| is_word(kind))
            .collect();
        let kind = kinds.join("-");
        let trouble = event.get("kind").and_then(Value::as_str).unwrap_or_default();
        let reasoned = [kind.as_str(), trouble].iter().any(|kind| REASONED.contains(kind));
        let mut fields = Map::new();
        for (key, value) in &event {
            let reason = key == "reason" && reasoned;
            let shown = if reason { value.as_str().map(|it| one_line(it).into()) } else { shown(key, value) };
            if let Some(shown) = shown {
                fields.insert(key.clone(), shown);
            }
        }
        Self { kind, fields }
    }

    /// In words: `acknowledged by=kato until=2026-11-22T16:34:00Z`.
    pub fn words(&self) -> String {
        let mut words = self.kind.clone();
        for (key, value) in &self.fields {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let _ = write!(words, " {key}={value}");
        }
        words
    }

    /// As data, with what it belongs to: `{"by":"kato","fact":"acknowledged","of":"INC-1"}`.
    pub fn json(&self, of: &str) -> String {
        let mut object = Map::new();
        object.insert("of".to_owned(), of.into());
        object.insert("fact".to_owned(), self.kind.clone().into());
        object.extend(self.fields.clone());
        Value::Object(object).to_string()
    }
}

fn shown(key: &str, value: &Value) -> Option<Value> {
    if KINDS.contains(&key) || matches!(key, "seq" | "at") {
        return None;
    }
    match value {
        Value::Number(_) | Value::Bool(true) => Some(value.clone()),
        Value::String(text) if text.parse::<Timestamp>().is_ok() => Some(value.clone()),
        _ if !WORDS.contains(&key) => None,
        Value::String(text) => is_word(text).then(|| value.clone()),
        Value::Array(all) => {
            let words: Vec<&str> =
                all.iter().filter_map(Value::as_str).filter(|word| is_word(word)).collect();
            (!words.is_empty()).then(|| words.join(",").into())
        }
        // `{"person": "kato"}`; who a stranger is stands in the store.
        Value::Object(one) => one.iter().next().map(|(kind, value)| match value.as_str() {
            Some(id) if kind == "person" && is_word(id) => id.into(),
            _ => kind.as_str().into(),
        }),
        _ => None,
    }
}

/// Whether a text looks like an id. Nobody's sentence does.
fn is_word(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-_.:/@+".contains(c);
    (1..=128).contains(&text.len()) && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Address, PersonId};
    use crate::house::HouseFact;
    use crate::house::troubles::Kind;
    use crate::incident::{Actor, Fact};

    const UNTIL: &str = "2026-11-22T16:34:00Z";

    #[test]
    fn what_happened_is_said_with_who_and_until_when() {
        let fact = Fact::Acknowledged { by: PersonId::new("kato"), until: UNTIL.parse().unwrap() };
        assert_eq!(Shown::of(&fact).words(), format!("acknowledged by=kato until={UNTIL}"));
        let json = format!(r#"{{"by":"kato","fact":"acknowledged","of":"INC-1","until":"{UNTIL}"}}"#);
        assert_eq!(Shown::of(&fact).json("INC-1"), json);
    }

    #[test]
    fn what_a_mail_says_is_not_said() {
        let fact = Fact::AlertJoined { key: "web01/disk".to_owned(), again: true, waits: false };
        assert_eq!(Shown::of(&fact).words(), "alert-joined again=true");
        let stranger = Actor::Stranger(Address::new("noda@elsewhere.example.net"));
        let fact = Fact::Recovered {
            by: stranger,
            key: Some("a".to_owned()),
            still_firing: vec!["b".to_owned()],
            of: 2,
        };
        assert_eq!(Shown::of(&fact).words(), "recovered by=stranger of=2");
        let fact = HouseFact::Ignored { rule: "newsletters".to_owned(), subject: "Offers".to_owned() };
        assert_eq!(Shown::of(&fact).words(), "ignored rule=newsletters");
    }

    #[test]
    fn why_a_server_fails_is_said() {
        let fact = HouseFact::began(Kind::Relay, "", "connection\r\n\u{202e}refused");
        assert_eq!(Shown::of(&fact).words(), "trouble-began kind=relay reason=connection refused");
        let fact = HouseFact::began(Kind::Quarantine, "7", "what it says");
        assert_eq!(Shown::of(&fact).words(), "trouble-began kind=quarantine of=7");
    }
}
