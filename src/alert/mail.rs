//! Owns what formats may look at: one mail, or the mail that another one forwards.
//! Never looks at more than [`SEARCHED`] bytes in one search.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::Zoned;
use serde_json::Value;

use super::{Expression, Format, Pattern, Place, Recognise, json};
use crate::message::{Forward, ForwardedHow, Headers, Mailbox, Message};

/// How much of a text one search sees, in bytes.
const SEARCHED: usize = 64 << 10;
/// How much of a mail's text is looked at, in bytes.
const TEXT: usize = 1 << 20;

/// Most tags in front of a subject that are looked behind.
const MOST_TAGS: usize = 3;

/// A mail as formats see it.
pub(super) struct Mail<'a> {
    /// `Name <address>`, empty when there is no single author.
    from: String,
    /// The author's address, lower case; empty when there is no single author.
    pub(super) source: &'a str,
    subject: &'a str,
    /// As [`Place::Kind`] says it.
    kind: String,
    /// At most [`TEXT`] bytes, each line without blanks around it.
    pub(super) text: String,
    html: Option<&'a str>,
    /// The Date.
    pub(super) date: Option<&'a Zoned>,
    headers: Option<&'a Headers>,
    json: OnceCell<Option<Value>>,
}

impl<'a> Mail<'a> {
    /// A mail itself.
    pub(super) fn of(message: &'a Message) -> Self {
        let kind = message.automatic.as_ref().map_or("person", |automatic| automatic.kind.word());
        Self {
            subject: &message.subject,
            kind: if message.is_reply { format!("{kind} reply") } else { kind.to_owned() },
            html: message.html.as_deref(),
            date: message.date.as_ref(),
            headers: Some(&message.headers),
            ..Self::new(message.author(), &message.text)
        }
    }

    /// A mail that a mail forwards. One that stands inline has no header fields, and its HTML is in the mail around it.
    pub(super) fn forwarded(message: &'a Message, forward: &'a Forward) -> Self {
        let inline = forward.how == ForwardedHow::Inline;
        Self {
            subject: &forward.subject,
            kind: "forwarded".to_owned(),
            html: forward.html.as_deref().or(message.html.as_deref().filter(|_| inline)),
            date: forward.date.as_ref(),
            headers: Some(&forward.headers),
            ..Self::new(forward.from.as_ref(), &forward.text)
        }
    }

    fn new(author: Option<&'a Mailbox>, text: &str) -> Self {
        let from = author.map(|author| format!("{} <{}>", author.name, author.address)).unwrap_or_default();
        let lines: Vec<&str> = start_of(text, TEXT).lines().map(str::trim).collect();
        Self {
            from,
            source: author.map_or("", |author| author.address.as_str()),
            subject: "",
            kind: String::new(),
            text: lines.join("\n"),
            html: None,
            date: None,
            headers: None,
            json: OnceCell::new(),
        }
    }

    /// Whether this is one of a format's mails.
    pub(super) fn is_recognised(&self, format: &Format) -> bool {
        let matches = |pattern: &Pattern| self.matches(pattern);
        let Recognise { all, any, none } = &format.recognise;
        // The search of a long text comes last.
        let (cheap, dear) = all.split_at(all.partition_point(|pattern| pattern.place.is_cheap()));
        cheap.iter().all(matches)
            && (any.is_empty() || any.iter().any(matches))
            && dear.iter().all(matches)
            && !none.iter().any(matches)
    }

    fn matches(&self, pattern: &Pattern) -> bool {
        let regex = &pattern.regex;
        self.searched(&pattern.place, &self.text)
            .iter()
            .any(|searched| regex.is_in(start_of(searched, SEARCHED)))
    }

    /// The named groups of a pattern where it matches first; `text` stands for the text. None when it doesn't match.
    pub(super) fn captures(&self, pattern: &Pattern, text: &str) -> Option<Vec<(String, String)>> {
        let found =
            self.searched(&pattern.place, text).iter().find_map(|text| captures(&pattern.regex, text))?;
        Some(match pattern.place {
            Place::Html => found.into_iter().map(|(name, value)| (name, plain(&value))).collect(),
            _ => found,
        })
    }

    /// What a place holds: the first that matches counts. `text` stands for the text.
    fn searched<'b>(&'b self, place: &Place, text: &'b str) -> Vec<Cow<'b, str>> {
        match place {
            Place::From => vec![Cow::Borrowed(&self.from)],
            Place::Subject => subjects(self.subject).map(Cow::Borrowed).collect(),
            Place::Kind => vec![Cow::Borrowed(&self.kind)],
            Place::Text => vec![Cow::Borrowed(text)],
            Place::Html => self.html.into_iter().map(Cow::Borrowed).collect(),
            Place::Anywhere => vec![Cow::Owned(format!("{}\n{}", self.subject, start_of(text, SEARCHED)))],
            Place::Header(name) => {
                let named = self.headers.into_iter().flat_map(|headers| headers.values(name));
                named.map(Cow::Borrowed).collect()
            }
            Place::Json(path) => {
                let root = self.json.get_or_init(|| json::object(&self.text)).as_ref();
                root.and_then(|root| json::value(root, path)).into_iter().map(Cow::Owned).collect()
            }
        }
    }
}

/// A subject as it stands, then without one tag in front after the other: `[monitoring] [EXTERNAL] ** PROBLEM …`.
fn subjects(subject: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(subject), |subject| behind_tag(subject)).take(1 + MOST_TAGS)
}

fn behind_tag(subject: &str) -> Option<&str> {
    const TAGS: [(char, char); 2] = [('[', ']'), ('【', '】')];
    let tagged = TAGS.iter().find_map(|(open, close)| subject.strip_prefix(*open)?.split_once(*close));
    tagged.map(|(_, rest)| rest.trim_start()).filter(|rest| !rest.is_empty())
}

/// The named groups of a match within the first [`SEARCHED`] bytes.
pub(super) fn captures(regex: &Expression, text: &str) -> Option<Vec<(String, String)>> {
    regex.captures(start_of(text, SEARCHED))
}

/// The first bytes of a text, cut between characters.
fn start_of(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// An attribute's value without the character references that occur in links (HTML, 13.1.4).
fn plain(value: &str) -> String {
    const REFERENCES: [(&str, &str); 5] =
        [("&#43;", "+"), ("&#34;", "\""), ("&#39;", "'"), ("&quot;", "\""), ("&amp;", "&")];
    let replaced = REFERENCES.iter().fold(Cow::Borrowed(value), |text, (reference, character)| {
        if text.contains(reference) { Cow::Owned(text.replace(reference, character)) } else { text }
    });
    replaced.into_owned()
}
