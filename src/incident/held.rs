//! Owns the mails that wait until somebody says where they belong: those of an incident, and those of the house.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::Address;

/// While mails wait, whoever is to say gets at most one mail in this time.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// How much of a mail's text is kept with it, in characters.
const LONGEST_TEXT: usize = 2000;
/// Most mails that wait with their text: a flood must not make every step slow.
const MOST_TEXTS: usize = 100;
/// Most that are listed; those beyond are counted.
const MOST: usize = 1000;

/// A mail that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMail {
    /// Its number among all that were ever held there, counted from 1.
    pub number: u32,
    /// When it came.
    pub at: Timestamp,
    /// What is known of it.
    #[serde(flatten)]
    pub letter: Letter,
}

/// What is kept of a mail that is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Who wrote it; empty where nobody or several are named.
    pub from: Address,
    /// Its subject.
    pub subject: String,
    /// The beginning of what its author newly wrote.
    #[serde(default)]
    pub text: String,
    /// Its Message-ID and those it refers to, newest first.
    #[serde(default)]
    pub ids: Vec<String>,
    /// The folder in which it lies, where nobody works on it; empty for one that came in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub folder: String,
}

/// What somebody made of a held mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    /// It belongs to this incident.
    Taken(u64),
    /// It opened this one.
    Opened(u64),
    /// Nothing is to be done.
    Ignored,
}

/// The mails that wait in one place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Oldest first.
    pub mails: Vec<HeldMail>,
    /// How many were ever held here.
    pub ever: u32,
    /// How many wait that are not listed, because there are too many.
    pub unlisted: u32,
    /// When somebody was last asked.
    pub asked_at: Option<Timestamp>,
    /// The newest mail they were asked about.
    pub asked_to: u32,
}

impl Waiting {
    /// One more.
    pub(crate) fn add(&mut self, letter: &Letter, at: Timestamp) {
        self.ever = self.ever.saturating_add(1);
        if self.mails.len() >= MOST {
            self.unlisted = self.unlisted.saturating_add(1);
            return;
        }
        let most = if self.mails.len() < MOST_TEXTS { LONGEST_TEXT } else { 0 };
        let text = beginning(&letter.text, most);
        self.mails.push(HeldMail { number: self.ever, at, letter: Letter { text, ..letter.clone() } });
    }

    /// Somebody was asked about all that wait.
    pub(crate) fn asked(&mut self, at: Timestamp) {
        (self.asked_at, self.asked_to) = (Some(at), self.ever);
    }

    /// This one waits no more.
    pub(crate) fn settle(&mut self, number: u32) {
        self.mails.retain(|mail| mail.number != number);
    }

    /// When somebody is to be asked next: at once, and about what came since an hour later.
    pub fn due(&self) -> Option<Timestamp> {
        let newest = self.mails.last().filter(|mail| mail.number > self.asked_to)?;
        let again = self.asked_at.map(|asked| asked + ASKED_AGAIN);
        Some(again.map_or(newest.at, |again| again.max(newest.at)))
    }

    /// Those with these numbers; all of them where none is given.
    pub fn chosen(&self, numbers: &[u32]) -> Vec<HeldMail> {
        let wanted = |mail: &&HeldMail| numbers.is_empty() || numbers.contains(&mail.number);
        self.mails.iter().filter(wanted).cloned().collect()
    }
}

/// The beginning of a text, and that it goes on.
fn beginning(text: &str, most: usize) -> String {
    let mut rest = text.trim().chars();
    let mut start: String = rest.by_ref().take(most).collect();
    if rest.next().is_some() {
        start.push_str(" …");
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(text: &str) -> Letter {
        let from = Address::new("noda@elsewhere.example.net");
        Letter {
            from,
            subject: "x".to_owned(),
            text: text.to_owned(),
            ids: Vec::new(),
            folder: String::new(),
        }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn the_first_is_asked_about_at_once_and_the_others_once_an_hour() {
        let mut waiting = Waiting::default();
        assert_eq!(waiting.due(), None);
        waiting.add(&letter("a"), at(0));
        assert_eq!(waiting.due(), Some(at(0)));
        waiting.asked(at(0));
        assert_eq!(waiting.due(), None);
        waiting.add(&letter("b"), at(5));
        waiting.add(&letter("c"), at(6));
        assert_eq!(waiting.due(), Some(at(60)));
        waiting.settle(3);
        waiting.settle(2);
        assert_eq!(waiting.due(), None);
        waiting.add(&letter("d"), at(90));
        assert_eq!(waiting.due(), Some(at(90)));
        let numbers = |chosen: Vec<HeldMail>| chosen.iter().map(|mail| mail.number).collect::<Vec<_>>();
        assert_eq!(numbers(waiting.chosen(&[])), [1, 4]);
        assert_eq!(numbers(waiting.chosen(&[4, 7])), [4]);
    }

    #[test]
    fn a_flood_is_listed_without_texts_and_then_counted() {
        let mut waiting = Waiting::default();
        let long = "長".repeat(10_000);
        for minute in 0..1500 {
            waiting.add(&letter(&long), at(minute));
        }
        assert_eq!((waiting.mails.len(), waiting.unlisted, waiting.ever), (1000, 500, 1500));
        let kept: usize = waiting.mails.iter().map(|mail| mail.letter.text.chars().count()).sum();
        assert!(kept <= 100 * 2002 + 900 * 2, "{kept}");
        assert!(waiting.mails.first().unwrap().letter.text.ends_with(" …"));
    }
}
