//! Owns what can be said of a template that fails: where it stands, and why.

use std::fmt;

use minijinja::{Error, ErrorKind};
use serde::Serialize;

/// Longest reason, in characters: an error may repeat what it was filled with.
const LONGEST: usize = 200;

/// Where a template of the site stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as given.
    pub file: String,
    /// Its first line there, counted from 1.
    pub line: usize,
}

/// A template that could not be read or filled.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// Its name.
    pub template: String,
    /// Why.
    pub reason: String,
}

impl Fault {
    /// An error of a template that begins at a place.
    pub(super) fn new(template: &str, start: &Place, error: &Error) -> Self {
        let line = start.line + error.line().unwrap_or(1).saturating_sub(1);
        let place = Place { file: start.file.clone(), line };
        Self { place, template: template.to_owned(), reason: reason(error) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line } = &self.place;
        write!(f, "{file}:{line}: {}: {}", self.template, self.reason)
    }
}

fn reason(error: &Error) -> String {
    let detail = error.detail().unwrap_or_default();
    let words = match error.kind() {
        ErrorKind::SyntaxError => format!("can't be read: {detail}"),
        ErrorKind::UndefinedError => {
            "names a value that is not always there; put it between {% if … %} and {% endif %}".to_owned()
        }
        ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod => {
            format!("asks for something that templates don't have: {detail}")
        }
        ErrorKind::TemplateNotFound => "takes in another file, which templates can't".to_owned(),
        ErrorKind::OutOfFuel => "goes on for too long".to_owned(),
        kind if detail.is_empty() => format!("fails: {kind}"),
        _ => format!("fails: {detail}"),
    };
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect()
}
