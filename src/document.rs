//! Owns documents: what digests and reports are made of, and how a mail shows it as text and as HTML.
//! Never knows what a document is about.

mod layout;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::directory::Language;

pub use layout::{DARK, INKS, Ink, LIGHT, html, text};
#[cfg(feature = "pdf")]
pub use pdf::pdf;

/// Whether this firebell was built to write PDF.
pub const WRITES_PDF: bool = cfg!(feature = "pdf");

/// This firebell was built to write none.
#[cfg(not(feature = "pdf"))]
pub fn pdf(_: &Document, _: &[Image], _: &[std::sync::Arc<Vec<u8>>]) -> Option<Vec<u8>> {
    None
}

/// Something to read, in the order in which it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its language, as HTML names it: `en`, `ja`.
    pub language: &'static str,
    /// What it is, in one line.
    pub title: String,
    /// What a list of mails shows beside the subject: the news in one line.
    pub preheader: String,
    /// Whom and which time it is about; under the title.
    pub lead: Vec<String>,
    /// Its sections.
    pub sections: Vec<Section>,
    /// The small print.
    pub footer: Vec<String>,
}

/// A picture that goes along with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its Content-ID, without angle brackets.
    pub id: String,
    /// The bytes of a PNG file.
    pub png: Vec<u8>,
}

/// A file that goes along with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What stands in it.
    pub parts: Vec<Part>,
}

/// What sections are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Part {
    /// A paragraph; its lines stay lines.
    Text {
        /// The words.
        text: String,
    },
    /// Names and values.
    Facts {
        /// Name and value.
        rows: Vec<(String, String)>,
    },
    /// Things in a list, each with a mark in words and in colour.
    Items {
        /// The things.
        items: Vec<Item>,
    },
    /// A table of a few narrow columns.
    Table {
        /// What the columns are.
        head: Vec<String>,
        /// The rows, each as long as the head.
        rows: Vec<Vec<String>>,
        /// What stands in the first column stays on one line: times do.
        whole: bool,
    },
    /// Words with which the mail can be answered, each with a link that writes it.
    Answers {
        /// The words.
        answers: Vec<Answer>,
    },
    /// A picture that the mail carries.
    Picture {
        /// Its Content-ID, without angle brackets.
        id: String,
        /// What it shows, for those who don't see it.
        alt: String,
        /// Width at which it is shown, in pixels.
        width: u32,
        /// Height at which it is shown, in pixels.
        height: u32,
    },
}

/// A word with which a mail can be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The word.
    pub word: String,
    /// What it does.
    pub meaning: String,
    /// A link that writes it (RFC 6068).
    pub link: String,
}

/// One thing of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
pub struct Item {
    /// How it stands, in a word: `OPEN`. Empty for none.
    pub mark: String,
    /// The colour of that word.
    pub tone: Tone,
    /// What it is.
    pub title: String,
    /// More of it.
    pub lines: Vec<String>,
}

/// What a colour means; the words beside it say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Nothing special.
    #[default]
    Plain,
    /// Must be acted on.
    Bad,
    /// Should be looked at.
    Warn,
    /// Is well.
    Good,
    /// Less important.
    Quiet,
}

impl Section {
    /// A section with one part.
    pub fn of(heading: String, part: Part) -> Self {
        Self { heading, parts: vec![part] }
    }
}

/// A language as HTML and file names have it.
pub fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Ja => "ja",
    }
}
