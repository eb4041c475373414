//! Owns pages: the layouts of mails and documents, as text and as HTML.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::built_in::{FILES, Kind};

/// A layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// A mail about an incident or about firebell, as text.
    MailText,
    /// The same as HTML.
    MailHtml,
    /// A digest or a report, as text.
    DocumentText,
    /// The same as HTML.
    DocumentHtml,
}

impl Page {
    /// The name of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::MailText => "mail.txt",
            Self::MailHtml => "mail.html",
            Self::DocumentText => "document.txt",
            Self::DocumentHtml => "document.html",
        }
    }
}

pub(super) static BUILT_IN: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment();
    for file in FILES.iter().filter(|file| matches!(file.kind, Kind::Page(_))) {
        // A mistake here would leave mails empty, which the tests see.
        let _ = environment.add_template(file.name, file.text);
    }
    environment
});

/// An environment for pages; what ends in `.html` is escaped.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.add_filter("indented", indented);
    environment
}

/// A line, and how many blanks it begins with.
#[derive(Serialize)]
struct Indented<'a> {
    indent: usize,
    text: &'a str,
}

/// Lines and how far they are indented: a line that is too long for the screen goes on where it began.
fn indented(text: &str) -> Value {
    let line = |line| {
        let text = str::trim_start_matches(line, ' ');
        Value::from(Serde(Indented { indent: line.len() - text.len(), text }))
    };
    text.lines().map(line).collect()
}
