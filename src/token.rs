//! Owns what firebell signs: reply addresses, Message-IDs and the check characters of subject tags.
//! Never decides what a valid token may do; that is the incident's business.
//!
//! Nothing is packed into a token. It is a MAC (HMAC-SHA-256, RFC 2104) over everything it stands for, cut to
//! 128 bits; verifying recomputes it for those who could have been granted one.

mod hop;
mod keys;
#[cfg(test)]
mod tests;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::audience::Audience;
use crate::directory::{Address, PersonId};

pub use hop::{FIELD as HOPS, Hop};
pub use keys::{Key, Keys, VERIFIES};

/// What the signature of a mail's way is for.
const HOP: &str = "hop";

/// Characters of a token: 26 of 5 bits hold the 128 bits.
const TOKEN: usize = 26;

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
    /// The plus part of an address by which somebody shows that words are theirs. The grant's number is that of the event
    /// that asked.
    Confirm,
    /// A mail that firebell sends to itself: its address and its Message-ID.
    SelfTest,
    /// The plus part of the address with which a mail of several notices is answered: the answer names its incidents.
    Bundle,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::MessageId => "message-id",
            Self::Confirm => "confirm",
            Self::SelfTest => "self-test",
            Self::Bundle => "bundle",
        }
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
    of_fields(key, &[purpose.word(), &incident, &audience, &number, grant.person.as_str()])
}

/// Whether something has the form of a token. Ids that other programs make of numbers don't.
pub fn looks_signed(token: &str) -> bool {
    token.len() == TOKEN && token.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '2'..='7'))
}

fn of_fields(key: &[u8], fields: &[&str]) -> String {
    base32(&mac(key, fields), TOKEN)
}

fn check(key: &[u8], incident: u64) -> String {
    base32(&mac(key, &["tag", &incident.to_string()]), 2)
}

fn name(key: &[u8]) -> String {
    base32(&mac(key, &["name"]), 8)
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
