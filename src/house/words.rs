//! Owns how the house log reads: one fact, one line, and what the operator is mailed of it.

use super::digests::DigestFact;
use super::duty::DutyFact;
use super::{HouseFact, lines};
use crate::incident::Letter;
use crate::incident::words::settled;

impl HouseFact {
    /// Whether somebody should look at it.
    pub fn is_trouble(&self) -> bool {
        matches!(
            self,
            Self::Quarantined { .. }
                | Self::ReloadRefused { .. }
                | Self::Held { .. }
                | Self::Unfetchable { .. }
                | Self::Stale { .. }
                | Self::Circle { .. }
                | Self::Duty(DutyFact::GapsTold { .. })
                | Self::Digest(DigestFact::Withheld { .. })
        )
    }

    /// Whether the operator hears of it by the second path too: mail alone may not bring it.
    pub fn is_for_second_path(&self) -> bool {
        matches!(self, Self::Trouble(fact) if fact.is_for_second_path())
    }

    /// The operator's mail about it. Most facts are told one by one; old mails are only announced.
    pub fn report(&self) -> String {
        match self {
            Self::Stale { .. } => format!("{}; `firebell log` lists all such mails", self.line()),
            _ => self.line(),
        }
    }

    /// One line for people. Subjects and addresses in it are a stranger's text.
    pub fn line(&self) -> String {
        match self {
            Self::Unmatched { from, subject, not_yet } => lines::unmatched(from, subject, not_yet.as_deref()),
            Self::Ignored { rule, subject } => format!("ignored by rule {rule}: \"{subject}\""),
            Self::Held { .. } | Self::HeldCame { .. } | Self::HeldAsked { .. } | Self::HeldSettled { .. } => {
                self.of_held()
            }
            Self::Duplicate { message_id } => format!("duplicate of {message_id}"),
            Self::SameIdOtherContent { message_id } => {
                format!("another mail has the Message-ID {message_id}: both are kept")
            }
            Self::Tested { by, from, subject } => lines::tested(by.as_ref(), from, subject),
            Self::OwnMail { message_id } => format!("our own mail came back: {message_id}"),
            Self::Circle { gateway, subject } => {
                let gateway = gateway.address();
                format!("{gateway} mails us what it had from us, nothing is done: \"{subject}\"")
            }
            Self::ForeignBounce { about: Some(about) } => {
                format!("a delivery report about {about}, which isn't ours")
            }
            Self::ForeignBounce { about: None } => "a delivery report that names no mail of ours".to_owned(),
            Self::RecoveryOfNothing { key } => format!("{key} recovered, but no live incident knows it"),
            Self::Quarantined { mail, reason } => {
                format!("mail {mail} quarantined after three attempts: {reason}")
            }
            Self::Stale { from, subject, sent: Some(sent) } => {
                format!(
                    "too old to act on: \"{subject}\" from {from}, sent {sent:.0}; kept, nobody was paged"
                )
            }
            Self::Stale { from, subject, sent: None } => {
                format!("too old to act on: \"{subject}\" from {from}; kept, nobody was paged")
            }
            Self::MailboxRenumbered { .. } | Self::Unfetchable { .. } => self.of_a_mailbox(),
            Self::ReloadRefused { mistakes } => {
                format!("the changed configuration has mistakes, the old one stays: {mistakes}")
            }
            Self::Unreachable { person, address, reason } => {
                format!("{person} <{address}> can't be reached: {reason}")
            }
            Self::Address(fact) => fact.line(),
            Self::Digest(fact) => fact.line(),
            Self::Duty(fact) => fact.line(),
            Self::Trouble(fact) => fact.line(),
            Self::Keeping(fact) => fact.line(),
            Self::SelfTest(fact) => fact.line(),
            Self::Expect(fact) => fact.line(),
            Self::Queued { person, about } => format!("report on event {about} queued for {person}"),
        }
    }

    fn of_held(&self) -> String {
        match self {
            Self::Held { letter: Letter { from, subject, folder, .. }, .. } if !folder.is_empty() => {
                format!("held: \"{subject}\" from {from}, which lies in the folder {folder}")
            }
            Self::HeldCame { mails } => match mails.as_slice() {
                [mail] => format!("held mail {mail} came in after all"),
                several => format!("{} held mails came in after all", several.len()),
            },
            Self::Held { rule, letter: Letter { from, subject, .. } } if rule.is_empty() => {
                format!("held: \"{subject}\" from {from}, a subject of several incidents")
            }
            Self::Held { rule, letter: Letter { from, subject, .. } } => {
                format!("held by rule {rule}: \"{subject}\" from {from}")
            }
            Self::HeldAsked { mails } => match mails.len() {
                1 => "the operator is asked about a held mail".to_owned(),
                several => format!("the operator is asked about {several} held mails"),
            },
            Self::HeldSettled { mail, by, how } => settled(*mail, by, *how),
            _ => String::new(),
        }
    }

    fn of_a_mailbox(&self) -> String {
        match self {
            Self::MailboxRenumbered { mailbox } => {
                format!("the mailbox {mailbox} numbers its mails anew: all of it was listed again")
            }
            Self::Unfetchable { mailbox, item, reason } => {
                format!("mail {item} of {mailbox} can't be fetched, look at it there: {reason}")
            }
            _ => String::new(),
        }
    }
}
