//! Owns what formats may look at: one mail, or the mail that another one forwards, or an example.
//! Never looks at more than [`SEARCHED`] bytes in one search.

use std::borrow::Cow;

use jiff::Zoned;

use super::{Example, Format, Pattern, Place};
use crate::message::{Forward, ForwardedHow, Mailbox, Message};

/// How much of a text one search sees, in bytes.
const SEARCHED: usize = 64 << 10;
/// How much of a mail's text is looked at, in bytes.
const TEXT: usize = 1 << 20;

/// A mail as formats see it.
pub(super) struct Mail<'a> {
    /// `Name <address>`, empty when there is no single author.
    from: String,
    /// The author's address, lower case; empty when there is no single author.
    pub(super) source: &'a str,
    subject: &'a str,
    /// At most [`TEXT`] bytes, each line without blanks around it.
    pub(super) text: String,
    html: Option<&'a str>,
    /// The Date.
    pub(super) date: Option<&'a Zoned>,
    headers: &'a [(String, String)],
}

impl<'a> Mail<'a> {
    /// A mail itself.
    pub(super) fn of(message: &'a Message) -> Self {
        Self {
            subject: &message.subject,
            html: message.html.as_deref(),
            date: message.date.as_ref(),
            headers: &message.headers,
            ..Self::new(message.author(), &message.text)
        }
    }

    /// The mail that a mail forwards. One that stands inline has no header fields, and its HTML is in the mail around it.
    pub(super) fn forwarded(message: &'a Message, forward: &'a Forward) -> Self {
        let inline = forward.how == ForwardedHow::Inline;
        Self {
            subject: &forward.subject,
            html: message.html.as_deref().filter(|_| inline),
            date: forward.date.as_ref(),
            headers: &forward.headers,
            ..Self::new(forward.from.as_ref(), &forward.text)
        }
    }

    /// An example from a format file.
    pub(super) fn example(example: &'a Example) -> Self {
        Self {
            subject: &example.subject,
            html: example.html.as_deref(),
            date: example.date.as_ref(),
            headers: &example.headers,
            ..Self::new(example.from.as_ref(), &example.text)
        }
    }

    fn new(author: Option<&'a Mailbox>, text: &str) -> Self {
        let from = author.map(|author| format!("{} <{}>", author.name, author.address)).unwrap_or_default();
        let lines: Vec<&str> = start_of(text, TEXT).lines().map(str::trim).collect();
        Self {
            from,
            source: author.map_or("", |author| author.address.as_str()),
            subject: "",
            text: lines.join("\n"),
            html: None,
            date: None,
            headers: &[],
        }
    }

    /// Whether this is one of a format's mails.
    pub(super) fn is_recognised(&self, format: &Format) -> bool {
        let matches = |pattern: &Pattern| self.captures(pattern, &self.text).is_some();
        let (all, any) = (&format.recognise.all, &format.recognise.any);
        all.iter().all(matches) && (any.is_empty() || any.iter().any(matches))
    }

    /// The named groups of a pattern where it matches first; `text` stands for the text. None when it doesn't match.
    pub(super) fn captures(&self, pattern: &Pattern, text: &str) -> Option<Vec<(String, String)>> {
        let groups = |searched: &str| captures(&pattern.regex, searched);
        match &pattern.place {
            Place::From => groups(&self.from),
            Place::Subject => groups(self.subject),
            Place::Text => groups(text),
            Place::Html => {
                Some(groups(self.html?)?.into_iter().map(|(name, value)| (name, plain(&value))).collect())
            }
            Place::Header(name) => {
                let named = self.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
                named.map(|(_, value)| value).find_map(|value| groups(value))
            }
        }
    }
}

/// The named groups of a match within the first [`SEARCHED`] bytes.
pub(super) fn captures(regex: &regex::Regex, text: &str) -> Option<Vec<(String, String)>> {
    let found = regex.captures(start_of(text, SEARCHED))?;
    let named = regex.capture_names().flatten();
    Some(named.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect())
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
