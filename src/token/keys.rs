//! Owns the site's secret keys: which of them signs, and how long the earlier ones verify.
//! Never shows one.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::{Grant, Purpose, check, name, of_fields, token};

/// How long a key verifies after another has taken its place: as long as somebody may answer an old mail.
pub const VERIFIES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// One secret key.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    secret: Vec<u8>,
    retired: Option<Timestamp>,
}

/// The site's secret keys, newest first. The first signs, all of them verify while they may.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    keys: Vec<Key>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(redacted)")
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

impl Key {
    /// What people call it: 8 characters made of it, from which nobody can make it.
    pub fn id(&self) -> String {
        name(&self.secret)
    }

    /// When another took its place; None for the one that signs.
    pub fn retired(&self) -> Option<Timestamp> {
        self.retired
    }

    /// Whether what it signed is still good.
    pub fn verifies(&self, now: Timestamp) -> bool {
        self.retired.is_none_or(|retired| now.duration_since(retired) < VERIFIES)
    }
}

impl Keys {
    /// One key, that signs.
    pub fn new(current: Vec<u8>) -> Self {
        Self { keys: vec![Key { secret: current, retired: None }] }
    }

    /// The same, with an earlier key and when another took its place. The newest of them first.
    #[must_use]
    pub fn with_earlier(mut self, secret: Vec<u8>, retired: Timestamp) -> Self {
        self.keys.push(Key { secret, retired: Some(retired) });
        self
    }

    /// The key of demonstrations, rehearsals and tests. It is public: never a site's key.
    pub fn for_rehearsal() -> Self {
        Self::new(b"a key that everybody knows, for rehearsals only".to_vec())
    }

    /// All of them, the one that signs first.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// Signs a grant: 26 characters of lower-case base32.
    pub fn sign(&self, purpose: Purpose, grant: Grant<'_>) -> String {
        self.keys.first().map(|key| token(&key.secret, purpose, grant)).unwrap_or_default()
    }

    /// Signs a grant as it was signed at an earlier time, where what was signed then is still good: a thread keeps its
    /// root when the key changes.
    pub fn sign_as_of(&self, at: Timestamp, purpose: Purpose, grant: Grant<'_>, now: Timestamp) -> String {
        self.as_of(at, now).map(|key| token(&key.secret, purpose, grant)).unwrap_or_default()
    }

    /// Whether one of the keys signed this grant, and may still do so. Takes the same time for every wrong token.
    pub fn verify(&self, purpose: Purpose, grant: Grant<'_>, given: &str, now: Timestamp) -> bool {
        self.any(given, now, |secret| token(secret, purpose, grant))
    }

    /// Signs what is named, its purpose first.
    pub(super) fn sign_fields(&self, fields: &[&str]) -> String {
        self.keys.first().map(|key| of_fields(&key.secret, fields)).unwrap_or_default()
    }

    /// Whether one of the keys signed this.
    pub(super) fn verify_fields(&self, fields: &[&str], given: &str, now: Timestamp) -> bool {
        self.any(given, now, |secret| of_fields(secret, fields))
    }

    /// The two check characters of a subject tag, upper case: the `K7` of `[INC-42-K7]`. `since` is when the subject was
    /// first written: it stays the same when the key changes.
    pub fn check_characters(&self, incident: u64, since: Timestamp, now: Timestamp) -> String {
        self.as_of(since, now)
            .map(|key| check(&key.secret, incident))
            .unwrap_or_default()
            .to_ascii_uppercase()
    }

    /// Whether these are the check characters of the incident under one of the keys.
    pub fn checks(&self, incident: u64, given: &str, now: Timestamp) -> bool {
        self.any(given, now, |secret| check(secret, incident))
    }

    /// The key that signed at a time; the current one, where that doesn't verify any more.
    fn as_of(&self, at: Timestamp, now: Timestamp) -> Option<&Key> {
        let signed = |key: &&Key| key.retired.is_none_or(|retired| at < retired);
        self.keys.iter().rev().find(signed).filter(|key| key.verifies(now)).or(self.keys.first())
    }

    fn any(&self, given: &str, now: Timestamp, right: impl Fn(&[u8]) -> String) -> bool {
        let given = given.to_ascii_lowercase();
        self.keys.iter().fold(false, |found, key| {
            let same = bool::from(right(&key.secret).as_bytes().ct_eq(given.as_bytes()));
            found | (same & key.verifies(now))
        })
    }
}
