//! Owns title templates: `{host} {service}`. Text of a mail is put in as it is and never read as a template.

use super::Captured;
use crate::alert::Alert;
use crate::message::Message;

/// Longest title, in characters: subjects stay readable in a list of mails.
const LONGEST: usize = 200;

/// What every title may name, besides the named groups of its rule's patterns.
pub const PLACEHOLDERS: [&str; 5] = ["host", "service", "subject", "key", "severity"];

/// A title with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(Vec<Piece>);

/// A stretch of a title.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// As it stands.
    Text(String),
    /// `{name}`.
    Hole(String),
}

impl Title {
    /// Reads a template. The error says what is wrong with its braces.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or("a `{` without its `}`")?;
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || name.is_empty() {
                return Err(format!("`{{{name}}}` is no placeholder: write a name such as `{{host}}`"));
            }
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(Piece::Hole(name.to_owned()));
            rest = behind;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// The names in its holes.
    pub fn holes(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Hole(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The title of one incident. What is missing vanishes, with the space around it. A named group goes
    /// before the alert's field of the same name: the site wrote it.
    pub(super) fn fill(&self, message: &Message, alert: Option<&Alert>, captured: &Captured) -> String {
        let value =
            |name: &str| captured.get(name).map(String::as_str).or_else(|| known(name, message, alert));
        let filled: String = self
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.as_str(),
                Piece::Hole(name) => value(name).unwrap_or_default(),
            })
            .collect();
        on_one_line(&filled)
    }
}

/// The title of a mail for which nobody wrote one.
pub(super) fn of_subject(message: &Message) -> String {
    on_one_line(&message.base_subject)
}

/// What [`PLACEHOLDERS`] stand for.
fn known<'a>(name: &str, message: &'a Message, alert: Option<&'a Alert>) -> Option<&'a str> {
    match name {
        "subject" => Some(&message.base_subject),
        "host" => alert?.host.as_deref(),
        "service" => alert?.service.as_deref(),
        "key" => Some(&alert?.key),
        "severity" => alert?.severity.as_deref(),
        _ => None,
    }
}

/// Titles go into subjects: one line, single spaces, no control characters, not too long.
fn on_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let joined = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    joined.chars().take(LONGEST).collect()
}
