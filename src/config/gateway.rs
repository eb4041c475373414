//! Owns `[gateway]`, `[mailbox]`, `[relay]` and `[security]`: firebell itself and what it is connected to.

use std::net::SocketAddr;

use jiff::tz::TimeZone;

use super::names::Names;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values::{self, LANGUAGES};
use super::{Listen, RelayAddress};
use crate::directory::{Address, Language, PartyId};

/// Longest local part of the mailbox's address: with a plus part of 37 characters (number, 128-bit token in
/// base32) it has to stay within the 64 of RFC 5321, 4.5.3.1.1.
const LONGEST_LOCAL: usize = 26;

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
        }
    }

    /// The party that is meant by `operator`.
    pub(super) fn operator(&self, names: &Names, reading: &Reading<'_>) -> Option<PartyId> {
        names.team(reading, "operator", self.operator.as_ref()?)
    }
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

/// `[mailbox]`.
pub(super) fn listen(root: &Table<'_>, reading: &Reading<'_>) -> Option<Listen> {
    let table = root.table("mailbox", "[mailbox]")?;
    let listen = table.required("listen").and_then(|word| match word.text.parse::<SocketAddr>() {
        Ok(_) => Some(Listen { address: word.text }),
        Err(_) => {
            let text = format!("listen: `{}` is no address and port; write `127.0.0.1:2525`", word.text);
            reading.say(&word.span, text);
            None
        }
    });
    table.end();
    listen
}

/// `[relay]`.
pub(super) fn relay(root: &Table<'_>) -> Option<RelayAddress> {
    let table = root.table("relay", "[relay]")?;
    if !table.has("smtp") {
        table.needs("smtp");
    }
    let relay = table.read("smtp", relay_address);
    table.end();
    relay
}

/// `smtp://host[:port]`.
fn relay_address(text: &str) -> Result<RelayAddress, String> {
    let wrong = || format!("`{text}` is no relay; write `smtp://host` or `smtp://host:25`");
    let rest = text.strip_prefix("smtp://").ok_or_else(wrong)?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match rest.rsplit_once(':').filter(|_| !rest.ends_with(']')) {
        Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
        None => (rest, 25),
    };
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let plain =
        |host: &str| host.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_');
    match v6 {
        Some(v6) if v6.parse::<std::net::Ipv6Addr>().is_ok() => {
            Ok(RelayAddress { host: v6.to_owned(), port })
        }
        None if !host.is_empty() && plain(host) && port != 0 => {
            Ok(RelayAddress { host: host.to_owned(), port })
        }
        _ => Err(wrong()),
    }
}

/// `[security]` as written: the key file and the monitors.
pub(super) fn security(root: &Table<'_>, reading: &Reading<'_>) -> (Option<String>, Vec<String>) {
    let Some(table) = root.table("security", "[security]") else { return (None, Vec::new()) };
    let key_file = table.word("key_file").map(|word| word.text);
    let monitors = table.words("monitors").iter().filter_map(|word| monitor(reading, word)).collect();
    table.end();
    (key_file, monitors)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_a_host_and_a_port() {
        let at = |host: &str, port| Ok(RelayAddress { host: host.into(), port });
        assert_eq!(relay_address("smtp://mail.example.com"), at("mail.example.com", 25));
        assert_eq!(relay_address("smtp://127.0.0.1:2525/"), at("127.0.0.1", 2525));
        assert_eq!(relay_address("smtp://[::1]:26"), at("::1", 26));
        assert_eq!(relay_address("smtp://[::1]"), at("::1", 25));
        for wrong in [
            "submission://a:587",
            "mail.example.com",
            "smtp://",
            "smtp://:25",
            "smtp://a:0",
            "smtp://me@a",
            "smtp://a:x",
            "smtp://[::1",
        ] {
            assert!(relay_address(wrong).is_err(), "{wrong}");
        }
    }
}
