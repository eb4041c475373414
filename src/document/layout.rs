//! Owns the two forms of a document in a mail. The text is complete in itself; the HTML keeps to what Outlook's Word engine,
//! Gmail and phones show alike: tables, widths as attributes, styles inlined, nothing loaded from elsewhere.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;

use super::{Document, Tone};
use crate::templates::{Page, Templates};

/// Colours on the light and on the dark ground; each stands out from it by 4.5:1 at least (WCAG 2.2, 1.4.3).
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ink {
    /// What it is for.
    pub tone: Tone,
    /// On [`LIGHT`].
    pub light: &'static str,
    /// On [`DARK`].
    pub dark: &'static str,
}

/// The light ground.
pub const LIGHT: &str = "#ffffff";
/// The dark ground.
pub const DARK: &str = "#16181c";
/// The inks.
pub const INKS: [Ink; 5] = [
    Ink { tone: Tone::Plain, light: "#1f2328", dark: "#e6e8eb" },
    Ink { tone: Tone::Bad, light: "#b3261e", dark: "#ff9a91" },
    Ink { tone: Tone::Warn, light: "#8a5200", dark: "#ffc46b" },
    Ink { tone: Tone::Good, light: "#1a6b3c", dark: "#7fd49b" },
    Ink { tone: Tone::Quiet, light: "#57606a", dark: "#a3abb5" },
];

/// The document as text.
pub fn text(document: &Document, templates: &Templates) -> String {
    let text = templates.page(Page::DocumentText, &values(document)).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

/// The document as HTML.
pub fn html(document: &Document, templates: &Templates) -> String {
    templates.page(Page::DocumentHtml, &values(document)).unwrap_or_default()
}

/// All that the pages of a document can name.
fn values(document: &Document) -> Value {
    let name = |ink: &Ink| Value::from(Serde(ink.tone)).to_string();
    let inks: BTreeMap<String, Ink> = INKS.iter().map(|ink| (name(ink), *ink)).collect();
    let inks = Value::from(Serde(inks));
    context! { document => Value::from(Serde(document)), inks, light => LIGHT, dark => DARK }
}
