//! Owns the two forms of a mail about an incident: the text, complete in itself, and the HTML, which keeps to what Outlook's
//! Word engine, Gmail and phones show alike. And the links in it that write an answer.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::inner;
use super::when::Reader;
use super::wording::{self, Side, Text};
use crate::directory::Language;
use crate::document;
use crate::templates::{Page, Templates};

/// The colour of what can be tapped, on the light and on the dark ground.
const LINK: (&str, &str) = ("#0b57d0", "#9ec2ff");
/// How much of a mail's text a list of mails shows beside its subject, in characters.
const PREHEADER: usize = 140;
/// A paragraph of so few characters is none to show there.
const GREETING: usize = 20;

/// A mail in parts, the same for text and HTML.
#[derive(Debug, Clone, Serialize, Default)]
pub(super) struct Body {
    pub(super) headline: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) facts: Vec<(String, String)>,
    pub(super) answer: String,
    pub(super) answers: Vec<Answer>,
    pub(super) reported: String,
    pub(super) report: String,
    pub(super) footer: String,
}

impl From<Text> for Body {
    fn from(text: Text) -> Self {
        Self { headline: text.headline, paragraphs: text.paragraphs, ..Self::default() }
    }
}

/// A word with which the mail can be answered, and the link that writes it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Answer {
    word: String,
    meaning: String,
    link: String,
}

/// What all answers to a mail have in common.
pub(super) struct Reply<'a> {
    pub(super) to: &'a str,
    pub(super) subject: &'a str,
    pub(super) reader: &'a Reader,
}

impl Reply<'_> {
    /// An answer in the reader's language, though the English word does the same.
    pub(super) fn with(&self, word: &str, meaning: &str) -> Answer {
        let word = in_language(word, self.reader);
        Answer {
            meaning: inner::phrase(self.reader, &format!("phrases.{meaning}"), &[]),
            link: mailto(self.to, self.subject, &word),
            // What is still to be written is shown as such.
            word: if word.ends_with(' ') { format!("{word}…") } else { word },
        }
    }

    /// An answer of several lines, and how it is shown.
    pub(super) fn lines(&self, shown: &str, meaning: &str, body: &str) -> Answer {
        Answer {
            meaning: inner::phrase(self.reader, &format!("phrases.{meaning}"), &[]),
            link: mailto(self.to, self.subject, body),
            word: shown.to_owned(),
        }
    }
}

/// `merge INC-3` and `client: ` in a language: its first word by the list of words.
fn in_language(word: &str, reader: &Reader) -> String {
    let end = word.find(':').or_else(|| word.find(' ')).unwrap_or(word.len());
    let (name, rest) = word.split_at_checked(end).unwrap_or((word, ""));
    let key = format!("words.{}", name.replace(' ', "-"));
    let none: BTreeMap<&str, &str> = BTreeMap::new();
    match wording::phrase(reader, Side::Inner, &key, &none) {
        unknown if unknown == key => word.to_owned(),
        known => format!("{known}{rest}"),
    }
}

/// A link that writes an answer (RFC 6068).
pub(super) fn mailto(to: &str, subject: &str, word: &str) -> String {
    let body = word.replace('\n', "\r\n");
    format!("mailto:{}?subject={}&body={}", percent(to), percent(&format!("Re: {subject}")), percent(&body))
}

/// Everything but unreserved characters and `@`, percent-encoded in UTF-8. The plus sign too: some mail programs
/// take a bare one for a blank.
fn percent(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// What a mail says, as text and as HTML. None where a layout can't be filled, which is a bug.
pub(super) fn forms(body: &Body, language: Language, templates: &Templates) -> Option<(String, String)> {
    // A greeting says nothing.
    let first = body.paragraphs.iter().find(|text| text.chars().count() > GREETING).unwrap_or(&body.headline);
    let first = first.lines().collect::<Vec<_>>().join(" ");
    let inks = document::INKS.map(|ink| (Value::from(Serde(ink.tone)).to_string(), (ink.light, ink.dark)));
    let mut inks: BTreeMap<String, (&str, &str)> = inks.into_iter().collect();
    inks.insert("link".to_owned(), LINK);
    let values = context! {
        mail => Value::from(Serde(body)),
        language => document::tag(language),
        preheader => inner::beginning(&first, PREHEADER),
        inks => Value::from(Serde(inks)),
        light => document::LIGHT,
        dark => document::DARK,
    };
    let text = templates.page(Page::MailText, &values)?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    // Two dashes and a blank begin a signature (RFC 3676, 4.3).
    let text = lines.join("\n").replace("\n--\n", "\n-- \n");
    Some((format!("{}\n", text.trim_end()), templates.page(Page::MailHtml, &values)?))
}

#[cfg(test)]
mod tests;
