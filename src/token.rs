//! Owns what firebell signs: reply addresses, Message-IDs and the check characters of subject tags.
//! Never decides what a valid token may do; that is the incident's business.
//!
//! Nothing is packed into a token. It is a MAC (HMAC-SHA-256, RFC 2104) over everything it stands for, cut to
//! 128 bits; verifying recomputes it for those who could have been granted one.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::audience::Audience;
use crate::directory::{Address, PersonId};

/// Characters of a token: 26 of 5 bits hold the 128 bits.
const TOKEN: usize = 26;

/// The site's secret keys, newest first. The first signs, all of them verify.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    keys: Vec<Vec<u8>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

/// To whom, about what and when a reply address or a Message-ID was given.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// Number of the incident.
    pub incident: u64,
    /// Thread in which the mail was sent.
    pub audience: &'a Audience,
    /// Number of the occurrence (reply address), or of the notice within its audience (Message-ID).
    pub number: u32,
    /// The recipient.
    pub person: &'a PersonId,
}

/// What a token is for. A token for one purpose never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The plus part of a reply address.
    Reply,
    /// The signed part of a Message-ID.
    MessageId,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::MessageId => "message-id",
        }
    }
}

impl Keys {
    /// Keys that sign with `current`.
    pub fn new(current: Vec<u8>) -> Self {
        Self { keys: vec![current] }
    }

    /// The key of demonstrations, rehearsals and tests. It is public: never a site's key.
    pub fn for_rehearsal() -> Self {
        Self::new(b"a key that everybody knows, for rehearsals only".to_vec())
    }

    /// Signs a grant: 26 characters of lower-case base32.
    pub fn sign(&self, purpose: Purpose, grant: Grant<'_>) -> String {
        self.keys.first().map(|key| token(key, purpose, grant)).unwrap_or_default()
    }

    /// Whether one of the keys signed this grant. Takes the same time for every wrong token.
    pub fn verify(&self, purpose: Purpose, grant: Grant<'_>, given: &str) -> bool {
        let given = given.to_ascii_lowercase();
        self.keys.iter().fold(false, |found, key| {
            let right = token(key, purpose, grant);
            found | bool::from(right.as_bytes().ct_eq(given.as_bytes()))
        })
    }

    /// The two check characters of a subject tag, upper case: the `K7` of `[INC-42-K7]`.
    pub fn check_characters(&self, incident: u64) -> String {
        self.keys.first().map(|key| check(key, incident)).unwrap_or_default()
    }

    /// Whether these are the check characters of the incident under one of the keys.
    pub fn checks(&self, incident: u64, given: &str) -> bool {
        self.keys.iter().any(|key| check(key, incident).eq_ignore_ascii_case(given))
    }
}

/// MAC over the fields, each with its length before it, so that no two lists of fields look alike.
fn mac(key: &[u8], fields: &[&str]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new(); // HMAC takes keys of every length: this can't happen.
    };
    for field in fields {
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

fn base32(bytes: &[u8], length: usize) -> String {
    let text = BASE32_NOPAD.encode(bytes).to_ascii_lowercase();
    text.chars().take(length).collect()
}

fn token(key: &[u8], purpose: Purpose, grant: Grant<'_>) -> String {
    let incident = grant.incident.to_string();
    let number = grant.number.to_string();
    let audience = grant.audience.to_string();
    let fields = [purpose.word(), &incident, &audience, &number, grant.person.as_str()];
    base32(&mac(key, &fields), TOKEN)
}

/// Whether something has the form of a token. Ids that other programs make of numbers don't.
pub fn looks_signed(token: &str) -> bool {
    token.len() == TOKEN && token.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '2'..='7'))
}

fn check(key: &[u8], incident: u64) -> String {
    base32(&mac(key, &["tag", &incident.to_string()]), 2).to_ascii_uppercase()
}

/// The reply address that carries a token: `incidents+42-k3f9…@example.com`.
pub fn reply_address(mailbox: &Address, incident: u64, token: &str) -> Address {
    Address::new(&format!("{}+{incident}-{token}@{}", mailbox.local(), mailbox.domain()))
}

/// What a recipient address carries: the incident's number and the token, not yet verified.
pub fn in_address<'a>(mailbox: &Address, recipient: &'a Address) -> Option<(u64, &'a str)> {
    if recipient.domain() != mailbox.domain() {
        return None;
    }
    let plus = recipient.local().strip_prefix(mailbox.local())?.strip_prefix('+')?;
    let (number, token) = plus.split_once('-')?;
    Some((number.parse().ok()?, token))
}

/// A signed Message-ID, without angle brackets: `42.7.k3f9…@example.com` is the 7th notice of its audience.
pub fn message_id(mailbox: &Address, incident: u64, number: u32, token: &str) -> String {
    format!("{incident}.{number}.{token}@{}", mailbox.domain())
}

/// What one of our Message-IDs says: incident, number and token, not yet verified.
pub fn in_message_id<'a>(mailbox: &Address, id: &'a str) -> Option<(u64, u32, &'a str)> {
    let (local, domain) = id.rsplit_once('@')?;
    if !domain.eq_ignore_ascii_case(mailbox.domain()) {
        return None;
    }
    let mut parts = local.split('.');
    let found = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant<'a>(audience: &'a Audience, person: &'a PersonId) -> Grant<'a> {
        Grant { incident: 42, audience, number: 1, person }
    }

    #[test]
    fn a_token_is_good_for_exactly_what_it_was_given_for() {
        let keys = Keys::for_rehearsal();
        let (inner, kato) = (Audience::Inner, PersonId::new("kato"));
        let given = keys.sign(Purpose::Reply, grant(&inner, &kato));
        assert_eq!(given.len(), 26);
        assert!(keys.verify(Purpose::Reply, grant(&inner, &kato), &given));
        assert!(keys.verify(Purpose::Reply, grant(&inner, &kato), &given.to_uppercase()));

        let client = Audience::Client(crate::directory::PartyId::new("client-a"));
        let sato = PersonId::new("sato");
        let others = [
            Grant { incident: 43, ..grant(&inner, &kato) },
            Grant { number: 2, ..grant(&inner, &kato) },
            grant(&inner, &sato),
            grant(&client, &kato),
        ];
        for other in others {
            assert!(!keys.verify(Purpose::Reply, other, &given), "{other:?}");
        }
        assert!(!keys.verify(Purpose::MessageId, grant(&inner, &kato), &given));
        assert!(!keys.verify(Purpose::Reply, grant(&inner, &kato), ""));
        assert!(!Keys::new(b"another".to_vec()).verify(Purpose::Reply, grant(&inner, &kato), &given));
    }

    #[test]
    fn what_is_put_into_an_address_comes_out_again() {
        let mailbox = Address::new("incidents@example.com");
        let reply = reply_address(&mailbox, 42, "abc");
        assert_eq!(reply.as_str(), "incidents+42-abc@example.com");
        assert_eq!(in_address(&mailbox, &reply), Some((42, "abc")));
        assert_eq!(in_address(&mailbox, &mailbox), None);
        assert_eq!(in_address(&mailbox, &Address::new("incidents+42-abc@example.org")), None);
        let id = message_id(&mailbox, 42, 7, "abc");
        assert_eq!(in_message_id(&mailbox, &id), Some((42, 7, "abc")));
        assert_eq!(in_message_id(&mailbox, "20261122.7.abc.d@example.com"), None);
    }

    #[test]
    fn ids_of_other_programs_do_not_look_signed() {
        assert!(looks_signed(
            &Keys::for_rehearsal().sign(Purpose::MessageId, grant(&Audience::Inner, &PersonId::new("kato")))
        ));
        for other in ["16526388040877946887", "12345678901234567890123456", "abc", ""] {
            assert!(!looks_signed(other), "{other}");
        }
    }

    #[test]
    fn a_key_never_shows_in_debug_output() {
        assert_eq!(format!("{:?}", Keys::new(b"secret".to_vec())), "Keys(redacted)");
    }
}
