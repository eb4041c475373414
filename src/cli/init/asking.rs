//! Owns the questions: their words, and asking again when an answer is none.
//! Never shows a password.
//! On failure, the end of the input among them, nothing has been written yet.

use std::io::{self, BufRead, Write};

use super::draft::{Draft, Question};
use crate::cli::Failure;
use crate::incident::words::one_line;

/// Every question: its flag, and its words.
const QUESTIONS: [(Question, &str, &str); 9] = [
    (Question::Address, "--address", "Address of the shared mailbox"),
    (Question::Name, "--name", "Its name in From"),
    (
        Question::Mailbox,
        "--mailbox",
        "Where it is read: imaps://USER@HOST/FOLDER, the path of a Maildir, or `listen` for firebell's own SMTP listener",
    ),
    (Question::Relay, "--relay", "The server that takes firebell's mails"),
    (Question::TimeZone, "--time-zone", "Time zone"),
    (Question::Language, "--language", "Language, en or ja"),
    (
        Question::Person,
        "--person",
        "Who is mailed about incidents, as `Kato Ren <kato@example.com>`; an empty line ends the list",
    ),
    (
        Question::Client,
        "--client",
        "A client to be told, as `Client A <contact@client-a.example.jp>`; an empty line for none",
    ),
    (Question::Service, "--service", "What the client uses, as it calls it"),
];

/// Somebody who answers.
pub(super) struct Asking<'a> {
    /// What they type.
    pub(super) answers: &'a mut dyn BufRead,
    /// Where they read.
    pub(super) words: &'a mut dyn Write,
    /// Whether they sit at a terminal, which would show a password.
    pub(super) at_terminal: bool,
}

impl Asking<'_> {
    /// Asks until the answer is one.
    pub(super) fn ask(&mut self, draft: Draft, question: Question) -> Result<Draft, Failure> {
        let offered = draft.answer(question);
        loop {
            let text = self.line(&prompt(question, &offered))?;
            let text = if text.is_empty() { offered.clone() } else { text };
            match draft.with(question, &text) {
                Ok(next) => return Ok(next),
                Err(why) => self.say(&format!("  {}\n", one_line(&why)))?,
            }
        }
    }

    /// Asks for people until an empty line; one at least.
    pub(super) fn ask_people(&mut self, mut draft: Draft) -> Result<Draft, Failure> {
        let mut prompt = prompt(Question::Person, "");
        loop {
            let text = self.line(&prompt)?;
            prompt = "and: ".to_owned();
            if text.is_empty() && draft.has_people() {
                return Ok(draft);
            }
            match draft.with(Question::Person, &text) {
                Ok(next) => draft = next,
                Err(why) => self.say(&format!("  {}\n", one_line(&why)))?,
            }
        }
    }

    /// Asks for a client; none with an empty line.
    pub(super) fn ask_client(&mut self, draft: Draft) -> Result<Draft, Failure> {
        loop {
            let text = self.line(&prompt(Question::Client, ""))?;
            if text.is_empty() {
                return Ok(draft);
            }
            match draft.with(Question::Client, &text) {
                Ok(next) => return Ok(next),
                Err(why) => self.say(&format!("  {}\n", one_line(&why)))?,
            }
        }
    }

    /// Asks for a password, which a terminal doesn't show. Empty when it is to be written later.
    pub(super) fn password(&mut self, prompt: &str) -> Result<String, Failure> {
        if !self.at_terminal {
            return self.line(prompt);
        }
        rpassword::prompt_password(prompt).map_err(|error| ended(&error.to_string()))
    }

    /// Says something.
    pub(super) fn say(&mut self, text: &str) -> Result<(), Failure> {
        self.words.write_all(text.as_bytes())?;
        Ok(self.words.flush()?)
    }

    /// One line of an answer, without its end.
    pub(super) fn line(&mut self, prompt: &str) -> Result<String, Failure> {
        self.say(prompt)?;
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) => Err(ended("the answers end here")),
            Ok(_) => Ok(line.trim_end_matches(['\n', '\r']).to_owned()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(ended("an answer is not UTF-8")),
            Err(error) => Err(ended(&error.to_string())),
        }
    }
}

/// The first question that a flag answers wrongly.
pub(super) fn refused(question: Question, why: &str) -> Failure {
    let flag = QUESTIONS.iter().find(|(other, ..)| *other == question).map_or("", |(_, flag, _)| flag);
    Failure::Impossible(format!("{flag}: {why}"))
}

fn ended(why: &str) -> Failure {
    Failure::Impossible(format!(
        "{why}, and nothing was written: answer every question, or take what is offered with `firebell init --yes`"
    ))
}

fn prompt(question: Question, offered: &str) -> String {
    let words = QUESTIONS.iter().find(|(other, ..)| *other == question).map_or("", |(.., words)| words);
    let offered = one_line(offered);
    if offered.is_empty() { format!("{words}: ") } else { format!("{words} [{offered}]: ") }
}
