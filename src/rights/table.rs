//! Owns the table of rights itself: data, and how README shows it.

use std::collections::BTreeSet;

use super::Role::{AccountOwner, Colleague, Follower, Operator, Owner, Responder};
use super::{Evidence, Role};

/// Which commands ask for which role and which evidence.
#[derive(Debug, Clone, Copy)]
pub struct Right {
    /// Commands by their names ([`crate::command::Command::name`]), and [`ADD_A_CLIENT`].
    pub commands: &'static [&'static str],
    /// Who may.
    pub roles: &'static [Role],
    /// What must be shown.
    pub evidence: Evidence,
}

impl Right {
    /// Whether one of these roles may.
    pub fn is_for(&self, roles: &BTreeSet<Role>) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }
}

/// The name of `add` where it names a client: what clients are told reaches somebody outside.
pub const ADD_A_CLIENT: &str = "add of a client";

/// The name of `client` where its words become a draft, which somebody else may approve.
pub const PROPOSE: &str = "client, as a draft";

/// The name of a mail to the test address.
pub const TEST: &str = "a mail to the test address";

/// Everybody of the house.
const HOUSE: &[Role] = &[Responder, Owner, AccountOwner, Follower, Operator, Colleague];

/// The table of rights. A command that stands in none of its rows is nobody's.
pub const RIGHTS: &[Right] = &[
    Right { commands: &["status", "who", "why", "help"], roles: HOUSE, evidence: Evidence::Sent },
    Right { commands: &[TEST], roles: HOUSE, evidence: Evidence::Unforged },
    Right {
        commands: &["join", "leave", "confirm", "override", "swap", "done"],
        roles: HOUSE,
        evidence: Evidence::Known,
    },
    Right {
        commands: &[
            "ack",
            "recovered",
            "reopen",
            "sev1",
            "sev2",
            "sev3",
            "sev4",
            "next",
            "same",
            "new",
            "noise",
            "quiet",
            "impact",
            "cause",
            "fix",
            "prevention",
            "report",
        ],
        roles: &[Responder, Owner, AccountOwner, Operator],
        evidence: Evidence::Known,
    },
    Right {
        commands: &[
            "resolved",
            "resolved anyway",
            "owner",
            "add",
            "remove",
            "escalate",
            "merge",
            "split",
            "move",
            "take",
            "ignore",
            "title",
        ],
        roles: &[Responder, Owner, Operator],
        evidence: Evidence::Known,
    },
    Right { commands: &[PROPOSE], roles: &[Responder], evidence: Evidence::Known },
    Right {
        commands: &["client", "approve", "reject", "no need", "close", ADD_A_CLIENT],
        roles: &[Owner, AccountOwner, Operator],
        evidence: Evidence::Proven,
    },
];

impl Role {
    /// The role as a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Responder => "responder",
            Self::Owner => "owner",
            Self::AccountOwner => "account-owner",
            Self::Follower => "follower",
            Self::Operator => "operator",
            Self::Colleague => "colleague",
            Self::Client => "client",
            Self::Stranger => "stranger",
        }
    }

    /// Who they are, as README says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Responder => "responders",
            Self::Owner => "the owner",
            Self::AccountOwner => "whoever answers for a client",
            Self::Follower => "followers",
            Self::Operator => "the operator",
            Self::Colleague => "everybody of the house",
            Self::Client => "clients",
            Self::Stranger => "strangers",
        }
    }
}

impl Evidence {
    /// What must be shown, as README says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sent => {
                "an answer to any mail sent to them, or an authenticated sender; the answer goes to their own address"
            }
            Self::Unforged => {
                "an authenticated sender; on a site without `authserv_id`, one of their addresses as its From; the answer goes to their own address"
            }
            Self::Known => {
                "an answer to a mail sent to them in this occurrence, from one of their addresses; or an authenticated sender"
            }
            Self::Proven => {
                "both: such an answer **and** an authenticated sender; else one answer to a question mailed to their own address"
            }
        }
    }
}

/// The table as README shows it.
pub fn markdown() -> String {
    let mut table = String::from("| words | who | what the mail must show |\n|---|---|---|\n");
    for Right { commands, roles, evidence } in RIGHTS {
        let commands: Vec<String> = commands.iter().map(|word| format!("`{word}`")).collect();
        let roles = if roles.contains(&Colleague) {
            Colleague.words().to_owned()
        } else {
            roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", ")
        };
        table.push_str(&format!("| {} | {roles} | {} |\n", commands.join(", "), evidence.words()));
    }
    table.push_str("| a note | everybody whose mail belongs to the incident, clients too | nothing |\n");
    table
}
