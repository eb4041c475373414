//! Owns how a document is shown on a terminal, as JSON, or written into a file.

use std::path::Path;

use anstyle::Style;
use serde::Serialize;

use super::output::{self, NAME, QUIET, WARNING, WELL, WRONG, paint};
use super::{End, Failure};
use crate::document::{self, Document, Item, Part, Tone};
use crate::templates::Templates;

/// Shows a document: as text in colour, or what it says as JSON; the HTML of its mail into a file where one is named.
pub(super) fn write(
    (document, templates): (&Document, &Templates),
    says: &impl Serialize,
    json: bool,
    html: Option<&Path>,
) -> Result<End, Failure> {
    if let Some(path) = html {
        write_file(path, document::html(document, templates).as_bytes())?;
    }
    if json {
        output::print_json(says)?;
    } else if html.is_none() {
        output::print(&text(document))?;
    }
    Ok(End::Done)
}

/// Writes a file, or says why not.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes)
        .map_err(|error| Failure::Impossible(format!("{} can't be written: {error}", path.display())))
}

fn text(document: &Document) -> String {
    let mut text = format!("{}\n", paint(NAME, &document.title));
    for line in &document.lead {
        text.push_str(&format!("{}\n", paint(QUIET, line)));
    }
    for section in &document.sections {
        text.push_str(&format!("\n{}\n", paint(NAME, &section.heading)));
        section.parts.iter().for_each(|part| text.push_str(&self::part(part)));
    }
    text
}

fn part(part: &Part) -> String {
    match part {
        Part::Text { text } => text.lines().map(|line| format!("  {line}\n")).collect(),
        Part::Facts { rows } => {
            let width = rows.iter().map(|(name, _)| columns(name)).max().unwrap_or(0);
            let line = |(name, value): &(String, String)| {
                let indent = format!("\n{}", " ".repeat(width + 4));
                format!("  {}  {}\n", paint(QUIET, &padded(name, width)), value.replace('\n', &indent))
            };
            rows.iter().map(line).collect()
        }
        Part::Items { items } => items.iter().map(item).collect(),
        Part::Table { head, rows, .. } => table(head, rows),
        Part::Answers { answers } => {
            answers.iter().map(|it| format!("  {}  {}\n", paint(NAME, &it.word), it.meaning)).collect()
        }
        Part::Picture { .. } => String::new(),
    }
}

fn item(item: &Item) -> String {
    let mark = if item.mark.is_empty() { String::new() } else { paint(style(item.tone), &item.mark) + " " };
    let lines: String = item.lines.iter().map(|line| format!("    {line}\n")).collect();
    format!("  {mark}{}\n{lines}", paint(NAME, &item.title))
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Bad => WRONG,
        Tone::Warn => WARNING,
        Tone::Good => WELL,
        Tone::Quiet => QUIET,
    }
}

pub(super) fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| columns(cell)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(cell));
        }
    }
    let line = |cells: &[String]| {
        let cells: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    let rows: String = rows.iter().map(|row| format!("  {}\n", line(row))).collect();
    format!("  {}\n{rows}", paint(QUIET, &line(head)))
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// How many columns of a terminal a text takes: East Asian wide characters take two (UAX #11, the blocks in use).
fn columns(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
            | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::night::plain;

    #[test]
    fn columns_stand_under_each_other_in_japanese_too() {
        let rows = vec![vec!["障害件数".to_owned(), "3".to_owned()], vec!["x".to_owned(), "12".to_owned()]];
        let shown = plain(&table(&["今週".to_owned(), "n".to_owned()], &rows));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines, ["  今週      n", "  障害件数  3", "  x         12"]);
    }
}
