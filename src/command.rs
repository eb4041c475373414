//! Owns the words by which people act: new text → commands and note. Never decides whether they may.
//!
//! Commands stand at the top of the new text, one per line, after up to three lines of salutation. The first other
//! line that is none ends them, and the rest is a note. An unknown word is a note, never a guess.

mod line;
#[cfg(test)]
mod tests;
mod vocabulary;

use jiff::SignedDuration;
use serde::Serialize;

use crate::directory::Severity;

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// I have it.
    Ack,
    /// It works again.
    Recovered,
    /// The cause is gone.
    Resolved {
        /// Although nothing shows that it works.
        anyway: bool,
    },
    /// Done with.
    Close,
    /// It is broken after all.
    Reopen,
    /// It is as bad as this.
    Severity {
        /// How bad.
        to: Severity,
    },
    /// Somebody else answers for it from now on.
    Owner {
        /// Their id, name or address, as written.
        name: String,
    },
    /// Somebody, or a party, has to do with it from now on.
    Add {
        /// Their id, name or address, as written.
        name: String,
    },
    /// Somebody, or a party, has nothing to do with it any more.
    Remove {
        /// Their id, name or address, as written.
        name: String,
    },
    /// I want to hear of it.
    Join,
    /// I don't want to hear of it any more.
    Leave,
    /// Nobody moves: start a policy from its first step.
    Escalate {
        /// Another policy than the incident's own, as written.
        policy: Option<String>,
    },
    /// Somebody is on call instead of somebody else.
    Override {
        /// Who and when, as written.
        words: String,
    },
    /// I change places with somebody on a day.
    Swap {
        /// With whom and when, as written.
        words: String,
    },
    /// Count its alerts, tell nobody for this long.
    Quiet {
        /// How long; none was said where it is missing.
        length: Option<SignedDuration>,
    },
    /// The clients hear again within this time.
    Next {
        /// From now.
        within: SignedDuration,
    },
    /// Words for the clients.
    Client {
        /// The text, as written; may be empty.
        text: String,
    },
    /// A draft may go out as it is.
    Approve {
        /// The version meant, where one is named.
        version: Option<u32>,
    },
    /// A draft may not go out.
    Reject {
        /// The version meant, where one is named.
        version: Option<u32>,
    },
    /// A draft of the incident's report may be sent as it is, or may not.
    OfReport {
        /// It may.
        approve: bool,
        /// Its number.
        draft: u32,
    },
    /// An action of its report is done.
    Done {
        /// Its number.
        action: u32,
    },
    /// It is the old trouble. The answer to a question, as are `noise` and [`HeldWord::New`] without numbers.
    Same,
    /// It is none.
    Noise,
    /// Nobody need be told what they are owed.
    NoNeed {
        /// Why not; may be empty.
        reason: String,
    },
    /// What becomes of mails that wait. `new` without numbers also answers the question whether what came is the old
    /// trouble: whoever works on it looks first for such a question, which does not wait long, then for mails that wait.
    Held(Held),
    /// It is the same trouble as another incident.
    Merge {
        /// The other one, as written: `inc-40`, `[inc-40-k7]` or `40`.
        incident: String,
    },
    /// What is said here is another trouble.
    Split,
    /// What is said here belongs to another incident.
    Move {
        /// That one, as written.
        incident: String,
    },
    /// What the house calls it.
    Title {
        /// The title; may be empty.
        text: String,
    },
    /// A field of its report.
    Field {
        /// Which.
        field: Field,
        /// What it says; may be empty.
        text: String,
    },
    /// It is I who said what you ask about.
    Confirm,
    /// Write its report.
    Report,
    /// Why was I mailed?
    Why {
        /// The number of the mail in its thread, where one is named.
        mail: Option<u32>,
        /// The client in whose thread it is, as written; None for the house's.
        client: Option<String>,
    },
    /// Who is on call, and who has to do with it?
    Who,
    /// How does it stand?
    Status,
    /// What can I say?
    Help,
}

impl Command {
    /// Its name, which is the word that people know it by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Recovered => "recovered",
            Self::Resolved { anyway: false } => "resolved",
            Self::Resolved { anyway: true } => "resolved anyway",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Severity { to } => to.word(),
            Self::Owner { .. } => "owner",
            Self::Add { .. } => "add",
            Self::Remove { .. } => "remove",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Escalate { .. } => "escalate",
            Self::Override { .. } => "override",
            Self::Swap { .. } => "swap",
            Self::Quiet { .. } => "quiet",
            Self::Next { .. } => "next",
            Self::Client { .. } => "client",
            Self::Approve { .. } | Self::OfReport { approve: true, .. } => "approve",
            Self::Reject { .. } | Self::OfReport { approve: false, .. } => "reject",
            Self::Done { .. } => "done",
            Self::Same => "same",
            Self::Noise => "noise",
            Self::NoNeed { .. } => "no need",
            Self::Held(held) => held.what.word(),
            Self::Merge { .. } => "merge",
            Self::Split => "split",
            Self::Move { .. } => "move",
            Self::Title { .. } => "title",
            Self::Field { field, .. } => field.word(),
            Self::Confirm => "confirm",
            Self::Report => "report",
            Self::Why { .. } => "why",
            Self::Who => "who",
            Self::Status => "status",
            Self::Help => "help",
        }
    }

    /// Whether it only wants to know something.
    pub fn asks(&self) -> bool {
        matches!(self, Self::Why { .. } | Self::Who | Self::Status | Self::Help)
    }
}

/// A field of a report, which people fill by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// What it meant for those who use the service.
    Impact,
    /// Why it happened.
    Cause,
    /// What was done about it, and what will be.
    Fix,
    /// What keeps it from happening again.
    Prevention,
}

impl Field {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 4] = [Self::Impact, Self::Cause, Self::Fix, Self::Prevention];

    /// The word as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Impact => "impact",
            Self::Cause => "cause",
            Self::Fix => "fix",
            Self::Prevention => "prevention",
        }
    }
}

/// What becomes of mails that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// What.
    pub what: HeldWord,
    /// Their numbers; all of them where there is none.
    pub mails: Vec<u32>,
    /// The incident they belong to, where one is named, as written.
    pub incident: Option<String>,
}

/// The words for mails that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeldWord {
    /// They belong here.
    Take,
    /// They are another trouble.
    New,
    /// Nothing is to be done.
    Ignore,
}

impl HeldWord {
    /// The word as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::New => "new",
            Self::Ignore => "ignore",
        }
    }
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As written, trimmed; a block with all its lines.
    pub line: String,
    /// What it means.
    pub command: Command,
}

/// What a new text says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Its commands, in order.
    pub commands: Vec<Line>,
    /// Everything else.
    pub note: String,
}

/// The first line of a block for clients, below the word itself, that is a command by itself: it would reach them as text.
pub fn command_among(block: &str) -> Option<&str> {
    let is_command =
        |line: &&str| line::understand(line).is_some_and(|understood| understood.note.is_empty());
    block.lines().skip(1).map(str::trim).find(is_command)
}

/// Reads a new text.
pub fn read(text: &str) -> Said {
    let mut said = Said::default();
    let mut lines = text.lines().peekable();
    let mut greetings = 0;
    while let Some(line) = lines.peek().map(|line| line.trim()) {
        if let Some(understood) = line::understand(line) {
            lines.next();
            let block = line::rest_of_block(&understood.command, &mut lines);
            let command = line::with_block(understood.command, &block);
            let line = [line].into_iter().chain(block.lines()).collect::<Vec<_>>().join("\n");
            said.commands.push(Line { line, command });
            if !understood.note.is_empty() {
                said.note.push_str(&format!("{}\n", understood.note));
            }
        } else if line.is_empty() {
            lines.next();
        } else if said.commands.is_empty() && greetings < 3 && line::is_salutation(line) {
            greetings += 1;
            lines.next();
        } else {
            break;
        }
    }
    if said.commands.is_empty() {
        said.note = text.trim().to_owned();
    } else {
        said.note.extend(lines.flat_map(|line| [line, "\n"]));
        said.note = said.note.trim().to_owned();
    }
    said
}
