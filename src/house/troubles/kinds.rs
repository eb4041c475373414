//! Owns the kinds of trouble: one line of data each. What the operator reads of a kind stands in the words of each language,
//! `[troubles]` in `src/notice/words/*.house.toml`: its name, and what it says when it begins and when it is over.

use serde::{Deserialize, Serialize};

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A mailbox can't be read, for some minutes now.
    Mailbox,
    /// The relay takes no mail, for some minutes now.
    Relay,
    /// The disk of the store is filling.
    Disk,
    /// The clock jumped.
    Clock,
    /// What is to be sent or worked on grows.
    Queue,
    /// A mail to ourselves did not come back.
    SelfTest,
    /// Three attempts to work on a mail failed. Mails in the folder for junk were told of as a kind of their own once.
    #[serde(alias = "junk")]
    Quarantine,
    /// A mail can't be fetched from its mailbox.
    Unfetchable,
    /// A mailbox numbers its mails anew: all of it was listed again.
    Renumbered,
    /// A mailbox has no room, or hardly any.
    Full,
    /// Mail to an address came back twice: it is left alone for a week.
    Address,
    /// A template of the site failed while a mail was written; the built-in one took its place.
    Template,
    /// Somebody's answers are those of a machine, by their words.
    Machine,
    /// Many whom nobody knows write into one incident.
    Crowd,
    /// The store was put back from a copy.
    Restored,
}

/// What holds for all troubles of a kind.
struct Nature {
    kind: Kind,
    /// As written in the house log, in transcripts, and before the words of each language.
    name: &'static str,
    /// In the house log, when it begins.
    begins: &'static str,
    /// And when it is over; empty where it is over as soon as it is there.
    ends: &'static str,
    /// Whether the operator hears of it by the second path too: mail alone may not bring it.
    second_path: bool,
}

const fn nature(
    kind: Kind,
    name: &'static str,
    [begins, ends]: [&'static str; 2],
    second_path: bool,
) -> Nature {
    Nature { kind, name, begins, ends, second_path }
}

#[rustfmt::skip]
const NATURES: [Nature; 15] = [
    nature(Kind::Mailbox, "mailbox", ["the mailbox {of} can't be read, what comes there waits: {reason}", "the mailbox {of} can be read again"], true),
    nature(Kind::Relay, "relay", ["the relay takes no mail, what is to be sent waits: {reason}", "the relay takes mail again"], true),
    nature(Kind::Disk, "disk", ["the disk of the store is filling: {reason}", "the disk of the store has room again"], true),
    nature(Kind::Clock, "clock", ["the clock jumped: {reason}", ""], false),
    nature(Kind::Queue, "queue", ["more waits than usual: {reason}", "what had piled up is done"], true),
    nature(Kind::SelfTest, "self-test", ["our own mail does not come back: {reason}", "our own mail comes back again"], true),
    nature(Kind::Quarantine, "quarantine", ["mail {of} was put aside: {reason}", ""], false),
    nature(Kind::Unfetchable, "unfetchable", ["mail {of} can't be fetched: {reason}", ""], false),
    nature(Kind::Renumbered, "renumbered", ["the mailbox {of} numbers its mails anew: {reason}", ""], false),
    nature(Kind::Full, "full", ["the mailbox {of} has hardly any room: {reason}", "the mailbox {of} has room again"], false),
    nature(Kind::Address, "address", ["mail to {of} came back twice, nothing is written there for 7 days: {reason}", "{of} is written to again"], false),
    nature(Kind::Machine, "machine", ["the answers of {of} are a machine's, they are kept and told to nobody: {reason}", ""], false),
    nature(Kind::Crowd, "crowd", ["many write into {of}, what they write from now on is kept and told to nobody: {reason}", ""], false),
    nature(Kind::Template, "template", ["the template {of} failed, the built-in one was used: it {reason}", ""], false),
    nature(Kind::Restored, "restored", ["the store was put back from a copy: {reason}", ""], false),
];

impl Kind {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        NATURES.iter().map(|nature| nature.kind)
    }

    /// A kind by its name.
    pub fn called(name: &str) -> Option<Self> {
        NATURES.iter().find(|nature| nature.name == name).map(|nature| nature.kind)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.nature().map_or("", |nature| nature.name)
    }

    /// Whether it is over as soon as it is there.
    pub fn passes(self) -> bool {
        self.nature().is_some_and(|nature| nature.ends.is_empty())
    }

    pub(super) fn is_for_second_path(self) -> bool {
        self.nature().is_some_and(|nature| nature.second_path)
    }

    pub(super) fn begins(self, of: &str, reason: &str) -> String {
        filled(self.nature().map_or("", |nature| nature.begins), of, reason)
    }

    pub(super) fn ends(self, of: &str) -> String {
        filled(self.nature().map_or("", |nature| nature.ends), of, "")
    }

    fn nature(self) -> Option<&'static Nature> {
        NATURES.iter().find(|nature| nature.kind == self)
    }
}

/// What is filled in is not looked through again: it may have braces in it.
fn filled(line: &str, of: &str, reason: &str) -> String {
    let with_reason = |part: &str| match part.split_once("{reason}") {
        Some((before, after)) => format!("{before}{reason}{after}"),
        None => part.to_owned(),
    };
    match line.split_once("{of}") {
        Some((before, after)) => format!("{}{of}{}", with_reason(before), with_reason(after)),
        None => with_reason(line),
    }
}
