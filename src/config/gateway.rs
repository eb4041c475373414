//! Owns `[gateway]` and `[security]`: firebell itself.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::names::Names;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values::{self, LANGUAGES};
use crate::directory::{Address, Language, PartyId};

/// Longest local part of the mailbox's address: with a plus part of 37 characters (number, 128-bit token in
/// base32) it has to stay within the 64 of RFC 5321, 4.5.3.1.1.
const LONGEST_LOCAL: usize = 26;

/// A mail that is older pages nobody.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// More incidents of one rule within 10 minutes are a storm.
const STORM_AFTER: u32 = 10;

/// `[gateway]` as written.
#[derive(Debug)]
pub(super) struct Gateway {
    /// The shared mailbox.
    pub(super) address: Option<Address>,
    /// Name in From.
    pub(super) name: Option<String>,
    /// Zone for those without.
    pub(super) zone: TimeZone,
    /// Language for those without.
    pub(super) language: Language,
    /// Directory of the store.
    pub(super) data: String,
    /// Word in subjects.
    pub(super) tag: String,
    /// Whom firebell reports to.
    pub(super) operator: Option<Word>,
    /// Font files for pictures.
    pub(super) fonts: Vec<String>,
    /// So many incidents a rule opens within 10 minutes, before it is a storm.
    pub(super) storm_after: u32,
    /// How old a mail may be that is acted on.
    pub(super) stale_after: SignedDuration,
}

impl Gateway {
    /// Reads it. Everything but the address and the operator has a default.
    pub(super) fn read(root: &Table<'_>, reading: &Reading<'_>) -> Self {
        let Some(table) = root.table("gateway", "[gateway]") else {
            if !root.has("gateway") {
                reading.missing("needs a [gateway] with `address` and `operator`");
            }
            return Self::nothing();
        };
        let gateway = Self {
            address: table.required("address").and_then(|word| shared_address(reading, &word)),
            name: table.word("name").map(|word| word.text),
            zone: table.read("time_zone", values::zone).unwrap_or(TimeZone::UTC),
            language: table.one_of("language", &LANGUAGES).unwrap_or(Language::En),
            data: table.word("data").map_or_else(|| "data".to_owned(), |word| word.text),
            tag: table.read("tag", tag).unwrap_or_else(|| "INC".to_owned()),
            operator: table.required("operator"),
            fonts: table.words("fonts").into_iter().map(|word| word.text).collect(),
            storm_after: table.number("storm_after", 2..=1000).unwrap_or(STORM_AFTER),
            stale_after: table.read("stale_after", stale_after).unwrap_or(STALE_AFTER),
        };
        table.end();
        gateway
    }

    fn nothing() -> Self {
        Self {
            address: None,
            name: None,
            zone: TimeZone::UTC,
            language: Language::En,
            data: String::new(),
            tag: String::new(),
            operator: None,
            fonts: Vec::new(),
            storm_after: STORM_AFTER,
            stale_after: STALE_AFTER,
        }
    }

    /// The party that is meant by `operator`.
    pub(super) fn operator(&self, names: &Names, reading: &Reading<'_>) -> Option<PartyId> {
        names.team(reading, "operator", self.operator.as_ref()?)
    }
}

/// Mail may wait for an hour anywhere between a monitor and us, and must still page.
fn stale_after(text: &str) -> Result<SignedDuration, String> {
    let time = values::duration(text)?;
    if time < SignedDuration::from_hours(1) {
        return Err(format!("`{text}` is too short: mails may be on their way for that long; at least `1h`"));
    }
    Ok(time)
}

/// An address that has room for reply tokens.
fn shared_address(reading: &Reading<'_>, word: &Word) -> Option<Address> {
    let address = values::address(reading, word)?;
    if address.local().len() > LONGEST_LOCAL {
        let text = format!(
            "`{}` is too long before the `@`: reply addresses add to it; at most {LONGEST_LOCAL} characters",
            word.text
        );
        reading.say(&word.span, text);
    }
    Some(address)
}

/// The `INC` of `INC-42`.
fn tag(text: &str) -> Result<String, String> {
    if text.len() > 10 || !text.chars().all(|c| c.is_ascii_alphabetic()) {
        return Err(format!("`{text}` must be one to ten letters, such as `INC`"));
    }
    Ok(text.to_ascii_uppercase())
}

/// `[security]` as written.
#[derive(Debug, Default)]
pub(super) struct Security {
    /// Where the keys lie.
    pub(super) key_file: Option<String>,
    /// Senders whose alerts may reach clients.
    pub(super) monitors: Vec<String>,
    /// How the site's mail server names itself in `Authentication-Results`.
    pub(super) authserv_id: Option<String>,
}

/// Reads `[security]`.
pub(super) fn security(root: &Table<'_>, reading: &Reading<'_>) -> Security {
    let Some(table) = root.table("security", "[security]") else { return Security::default() };
    let key_file = table.word("key_file").map(|word| word.text);
    let monitors = table.words("monitors").iter().filter_map(|word| monitor(reading, word)).collect();
    let authserv_id = table.read("authserv_id", authserv_id);
    table.end();
    Security { key_file, monitors, authserv_id }
}

/// A server's name, as it stands first in its fields (RFC 8601, 2.5).
fn authserv_id(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || ";=\"()".contains(c)) {
        let wrong = "must be one word, such as `mx.example.com`: what stands first in the \
            `Authentication-Results` of mails in the mailbox";
        return Err(format!("`{text}` {wrong}"));
    }
    Ok(text.to_ascii_lowercase())
}

/// An address, or a domain as `@mon.example.com`.
fn monitor(reading: &Reading<'_>, word: &Word) -> Option<String> {
    let text = word.text.trim().to_ascii_lowercase();
    let judged = if text.starts_with('@') { format!("any{text}") } else { text.clone() };
    if !Address::new(&judged).is_deliverable() {
        let wrong = format!(
            "monitors: `{}` is no address; write `nagios@example.com` or `@mon.example.com`",
            word.text
        );
        reading.say(&word.span, wrong);
        return None;
    }
    Some(text)
}
