//! Owns how an erasure is told: what was done, where somebody has to look, and what no program can reach.

use crate::book::Book;
use crate::cli::output::{NAME, WARNING, fact, paint};
use crate::incident::words::one_line;
use crate::io::store::erase::{Done, Left};
use crate::notice;

/// So many places are listed of each kind.
const LISTED: usize = 20;

/// What is told besides.
pub(super) struct Told<'a> {
    pub(super) book: &'a Book,
    pub(super) listed: bool,
    pub(super) only_tried: bool,
    pub(super) number: u32,
}

impl Told<'_> {
    /// All of it.
    pub(super) fn text(&self, done: &Done) -> String {
        let name = paint(NAME, &format!("former-participant-{}", self.number));
        let mut text = match self.only_tried {
            true => format!("Nothing is changed yet. They would become {name}:\n"),
            false => format!("They are {name} from now on:\n"),
        };
        let lines = [
            ("Timelines", format!("{} lines rewritten", done.lines)),
            ("Their mails", format!("{} removed", done.removed)),
            ("Others' mails", format!("{} changed", done.changed)),
            ("Our mails", format!("{} emptied, {} no longer to be sent", done.emptied, done.withdrawn)),
        ];
        lines.into_iter().for_each(|(heading, line)| text.push_str(&fact(heading, &[line])));
        text.push_str(&self.left(&done.left));
        text.push_str(
            "\nOut of reach: the mailbox itself, mailboxes of others, backups and copies of the store, the log of the system.\n",
        );
        if self.listed && !self.only_tried {
            text.push_str(
                "They are still in firebell.toml: take them out, or they come back with the next mail.\n",
            );
        }
        text
    }

    fn left(&self, left: &[Left]) -> String {
        if left.is_empty() {
            return String::new();
        }
        let mut text =
            format!("\n{}\n", paint(WARNING, "Look at these, firebell can't tell or may not change them:"));
        for left in left.iter().take(LISTED) {
            text.push_str(&format!("  {}\n", one_line(&self.place(left))));
        }
        if left.len() > LISTED {
            text.push_str(&format!("  and {} more\n", left.len() - LISTED));
        }
        text
    }

    fn place(&self, left: &Left) -> String {
        let label = |incident: u64| notice::label(self.book, incident);
        match left {
            Left::Line { incident, seq } => {
                format!(
                    "{}, line {seq} of its timeline: a part of the name, or a word like it",
                    label(*incident)
                )
            }
            Left::HouseLine(seq) => {
                format!("line {seq} of the house log: a part of the name, or a word like it")
            }
            Left::Mail { mail, incident: 0 } => format!("mail {mail}: names them where its text is encoded"),
            Left::Mail { mail, incident } => {
                format!("mail {mail}, of {}: names them where its text is encoded", label(*incident))
            }
            Left::Unreadable(mail) => format!("mail {mail} can't be read: it may be theirs"),
            Left::Waits { notice, incident } => {
                format!(
                    "mail {notice} of the outbox, of {}: names them, and is still to be sent",
                    label(*incident)
                )
            }
            Left::Key(key) => format!("the alert key {key}: alerts are found by it"),
            Left::MessageId(id) => format!("the Message-ID {id}: mails are found by it"),
        }
    }
}
