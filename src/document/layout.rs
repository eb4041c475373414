//! Owns the two forms of a document in a mail. The text is complete in itself; the HTML keeps to what Outlook's Word engine,
//! Gmail and phones show alike: tables, widths as attributes, styles inlined, nothing loaded from elsewhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use super::{Document, Tone};

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

static LAYOUTS: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    // A mistake here would leave documents empty, which the tests see.
    let _ = environment.add_template("document.txt", include_str!("document.txt"));
    let _ = environment.add_template("document.html", include_str!("document.html"));
    environment
});

/// The document as text.
pub fn text(document: &Document) -> String {
    let text = render("document.txt", document).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_end())
}

/// The document as HTML.
pub fn html(document: &Document) -> String {
    render("document.html", document).unwrap_or_default()
}

/// What is wrong with a layout shows in the error; the tests fill both.
pub(super) fn render(layout: &str, document: &Document) -> Result<String, minijinja::Error> {
    let name = |ink: &Ink| Value::from(Serde(ink.tone)).to_string();
    let inks: BTreeMap<String, Ink> = INKS.iter().map(|ink| (name(ink), *ink)).collect();
    let inks = Value::from(Serde(inks));
    let values = context! { document => Value::from(Serde(document)), inks, light => LIGHT, dark => DARK };
    LAYOUTS.get_template(layout).and_then(|layout| layout.render(values))
}
