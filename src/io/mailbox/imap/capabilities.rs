//! Owns what a server can do, as it says itself.
//! Never takes a word that it said before encryption or log-in for true after it.

use std::collections::BTreeMap;

/// What a server can do beyond IMAP4rev1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// It tells at once what is new (RFC 2177).
    pub idle: bool,
    /// It moves mails (RFC 6851).
    pub move_: bool,
    /// It removes one mail without removing others (RFC 4315).
    pub uidplus: bool,
    /// All that it names, in capitals.
    pub all: Vec<String>,
    /// What it says of itself (RFC 2971): `name`, `version` and whatever else; empty when it says nothing.
    pub server: BTreeMap<String, String>,
}

impl Capabilities {
    /// Reads a CAPABILITY response (RFC 9051, 7.2.2); none when it is another.
    pub(super) fn read(raw: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(raw).to_ascii_uppercase();
        let all: Vec<String> =
            text.strip_prefix("* CAPABILITY ")?.split_whitespace().map(str::to_owned).collect();
        let has = |name: &str| all.iter().any(|one| one == name);
        let (idle, move_, uidplus) = (has("IDLE"), has("MOVE"), has("UIDPLUS"));
        Some(Self { idle, move_, uidplus, all, server: BTreeMap::new() })
    }

    /// Whether it names this, in capitals.
    pub fn has(&self, name: &str) -> bool {
        self.all.iter().any(|one| one == name)
    }
}
