//! Owns what alerts said, key by key. In a storm there are thousands: an incident that is copied shares them, and as JSON
//! they are short.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::quiet::Quiet;

/// What alerts said under one key. The long names in JSON are those of older versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Whether the monitor says it is broken.
    #[serde(rename = "f", alias = "firing")]
    pub firing: bool,
    /// When it last said so.
    #[serde(rename = "l", alias = "last_seen", with = "millis")]
    pub last_seen: Timestamp,
    /// How many firing alerts came.
    #[serde(rename = "n", alias = "count")]
    pub count: u32,
    /// Times between the last firing alerts, in seconds, oldest first; at most 9.
    #[serde(rename = "g", alias = "gaps", default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<i64>,
    /// When it last began or ceased to fire, oldest first; at most 5 times.
    #[serde(rename = "c", alias = "changes", default, with = "all_millis")]
    pub changes: Vec<Timestamp>,
    /// It began and ceased too often of late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flaps: bool,
    /// It is counted and told to nobody meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet: Option<Quiet>,
    /// Until when somebody takes it for noise, while it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Timestamp>,
}

/// What alerts said, by fingerprint.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Keys(Arc<BTreeMap<String, Key>>);

impl Deref for Keys {
    type Target = BTreeMap<String, Key>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Keys {
    fn deref_mut(&mut self) -> &mut Self::Target {
        Arc::make_mut(&mut self.0)
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InOrder)
    }
}

/// Takes keys as they come. They come in order, and a map of what is in order is built at once.
struct InOrder;

impl<'de> de::Visitor<'de> for InOrder {
    type Value = Keys;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("alerts by their fingerprints")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys: Vec<(String, Key)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            keys.push(entry);
        }
        Ok(Keys(Arc::new(keys.into_iter().collect())))
    }
}

/// A time as JSON: milliseconds since 1970; older versions wrote text.
struct Millis(Timestamp);

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Either)
    }
}

/// Takes a time as either.
struct Either;

impl de::Visitor<'_> for Either {
    type Value = Millis;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a time")
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<Millis, E> {
        Timestamp::from_millisecond(millis).map(Millis).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Millis, E> {
        self.visit_i64(i64::try_from(millis).map_err(E::custom)?)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Millis, E> {
        text.parse().map(Millis).map_err(E::custom)
    }
}

mod millis {
    use super::{Deserialize as _, Deserializer, Millis, Serializer, Timestamp};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.as_millisecond())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Millis::deserialize(deserializer).map(|Millis(at)| at)
    }
}

mod all_millis {
    use super::{Deserialize as _, Deserializer, Millis, Serializer, Timestamp};

    pub(super) fn serialize<S: Serializer>(all: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(all.iter().map(|at| at.as_millisecond()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Timestamp>, D::Error> {
        let all: Vec<Millis> = Vec::deserialize(deserializer)?;
        Ok(all.into_iter().map(|Millis(at)| at).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_in_json_and_those_of_older_versions_are_read() {
        let old = r#"{"nagios:web01/http":{"firing":true,"last_seen":"2026-11-23T01:00:00.5Z","count":3,"gaps":[60,61],"changes":["2026-11-23T00:00:00Z"],"flaps":false,"quiet":null}}"#;
        let keys: Keys = serde_json::from_str(old).unwrap();
        let short =
            r#"{"nagios:web01/http":{"f":true,"l":1795395600500,"n":3,"g":[60,61],"c":[1795392000000]}}"#;
        assert_eq!(serde_json::to_string(&keys).unwrap(), short);
        assert_eq!(serde_json::from_str::<Keys>(short).unwrap(), keys);
    }

    #[test]
    fn a_copy_does_not_change_with_the_original() {
        let mut keys: Keys = serde_json::from_str(r#"{"a":{"f":true,"l":0,"n":1,"c":[]}}"#).unwrap();
        let before = keys.clone();
        keys.values_mut().for_each(|key| key.firing = false);
        assert!(before.values().all(|key| key.firing) && !keys.values().any(|key| key.firing));
    }
}
