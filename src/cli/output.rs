//! Owns how output is written: text in colour on a terminal and plain elsewhere, JSON one object a line.

use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::incident::Status;
use crate::incident::words::one_line;

/// What names a thing.
pub(super) const NAME: Style = Style::new().bold();
/// What is less important.
pub(super) const QUIET: Style = Style::new().dimmed();
/// What is wrong.
pub(super) const WRONG: Style = AnsiColor::Red.on_default().bold();
/// What should be looked at.
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
/// What is well.
pub(super) const WELL: Style = AnsiColor::Green.on_default();

/// Text in a style.
pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of a status.
pub(super) fn style_of(status: Status) -> Style {
    match status {
        Status::Open => WRONG,
        Status::Acknowledged | Status::Mitigated => WARNING,
        Status::Resolved => WELL,
        Status::Closed => QUIET,
    }
}

/// Writes text for people to standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes a remark that is no result to standard error.
pub(super) fn remark(text: &str) -> io::Result<()> {
    anstream::stderr().lock().write_all(text.as_bytes())
}

/// Writes one object on one line to standard output.
pub(super) fn print_json(object: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(json(object).as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()
}

/// An object as JSON. What could steer a terminal is escaped, as JSON allows everywhere in strings.
pub(super) fn json(object: &impl Serialize) -> String {
    let mut safe = String::new();
    for c in serde_json::to_string(object).unwrap_or_default().chars() {
        if c == ' ' || !one_line(c.encode_utf8(&mut [0; 4])).is_empty() {
            safe.push(c);
        } else {
            safe.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    safe
}

/// Lines `Heading   value` with a value that may go on over lines, each fit for a terminal already.
pub(super) fn fact(heading: &str, lines: &[String]) -> String {
    let heads = std::iter::once(heading).chain(std::iter::repeat(""));
    lines
        .iter()
        .zip(heads)
        .map(|(line, head)| format!("  {head:<12} {line}").trim_end().to_owned() + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_can_t_steer_a_terminal_and_says_the_same() {
        let text = "a b\u{1b}[31m\u{9b}2J\u{202e}\u{3000}日本\n";
        let written = json(&text);
        assert!(!written.chars().any(char::is_control) && !written.contains('\u{202e}'), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
    }

    #[test]
    fn a_long_value_is_indented_under_its_heading() {
        let lines = ["one".to_owned(), "two".to_owned()];
        assert_eq!(fact("Text", &lines), "  Text         one\n               two\n");
        assert_eq!(fact("Text", &[]), "");
    }
}
