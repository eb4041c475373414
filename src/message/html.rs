//! Owns HTML → text: one line where a reader sees one, table cells apart, quotes marked with `> `.
//! Never takes long: HTML that is too big or too deep goes through a simpler converter.

use std::panic::{AssertUnwindSafe, catch_unwind};

use html2text::config::with_decorator;
use html2text::render::TextDecorator;
use mail_parser::decoders::html::html_to_text;

/// The renderer's time and memory grow with the square of the nesting (measured: 20,000 levels take seconds).
const LARGEST: usize = 256 * 1024;
const DEEPEST: usize = 200;
/// Sum over all tags of how deep they stand: badly nested markup is multiplied by the parser that repairs it.
const MOST_WORK: usize = 1_000_000;
/// Cells of one row; each row is drawn as wide as all of them.
const MOST_CELLS: usize = 100;
/// Columns; wide enough that only absurd paragraphs are wrapped.
const WIDTH: usize = 10_000;

/// The text of an HTML part.
pub(super) fn to_text(html: &str) -> String {
    // The renderer draws tables with these; the author's own must survive it.
    let marked = html.replace('│', "\u{e000}").replace('─', "\u{e001}");
    let rendered = if html.len() <= LARGEST && is_harmless(html) { render(&marked) } else { None };
    let text = rendered.map_or_else(|| simple(&marked), |text| without_drawing(&text));
    text.replace('\u{e000}', "│").replace('\u{e001}', "─").replace('\u{a0}', " ")
}

fn render(html: &str) -> Option<String> {
    let config = with_decorator(Undecorated).allow_width_overflow().link_footnotes(false);
    let rendering = AssertUnwindSafe(|| config.string_from_read(html.as_bytes(), WIDTH));
    catch_unwind(rendering).ok()?.ok()
}

/// Cells stand between `│`, rows between lines of `─┬┼┴`.
fn without_drawing(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let is_rule =
            !line.is_empty() && line.chars().all(|c| matches!(c, '─' | '┬' | '┼' | '┴' | '/' | ' '));
        if is_rule && line.contains('─') {
            continue;
        }
        if line.contains('│') {
            let cells: Vec<&str> = line.split('│').map(str::trim).filter(|cell| !cell.is_empty()).collect();
            lines.push(cells.join(" | "));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

/// For what the renderer can't be trusted with: linear, no tables.
fn simple(html: &str) -> String {
    let apart =
        ["</td>", "</TD>", "</th>", "</TH>"].iter().fold(html.to_owned(), |html, end| html.replace(end, " "));
    let ends = ["</tr>", "</TR>", "</div>", "</DIV>", "</li>", "</LI>", "</table>", "</TABLE>"];
    html_to_text(&ends.iter().fold(apart, |html, end| html.replace(end, "<br>")))
}

/// Estimates the nesting from the tags alone. A closing tag without its opening one closes nothing.
fn is_harmless(html: &str) -> bool {
    let mut open: Vec<String> = Vec::new();
    let (mut work, mut cells) = (0, 0);
    for tag in html.split('<').skip(1) {
        let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_');
        if let Some(closing) = tag.strip_prefix('/') {
            let name: String = closing.chars().take_while(is_name).collect::<String>().to_ascii_lowercase();
            if let Some(at) = open.iter().rposition(|other| *other == name) {
                open.truncate(at);
            }
            continue;
        }
        let name: String = tag.chars().take_while(is_name).take(40).collect::<String>().to_ascii_lowercase();
        cells = match name.as_str() {
            "td" | "th" => cells + 1,
            "tr" => 0,
            _ => cells,
        };
        if cells > MOST_CELLS {
            return false;
        }
        if name.is_empty() || VOID.contains(&name.as_str()) {
            continue;
        }
        open.push(name);
        work += open.len();
        if open.len() > DEEPEST || work > MOST_WORK {
            return false;
        }
    }
    true
}

/// Elements that have no content, or that the next of their kind closes.
const VOID: [&str; 22] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option",
];

/// No marks but those of quotes and lists.
#[derive(Clone)]
struct Undecorated;

impl TextDecorator for Undecorated {
    type Annotation = ();

    fn decorate_link_start(&mut self, _url: &str) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        String::new()
    }

    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) {}

    fn decorate_preformat_cont(&self) {}

    fn decorate_image(&mut self, _src: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }

    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    fn unordered_item_prefix(&self) -> String {
        "* ".to_owned()
    }

    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }

    fn decorate_superscript_start(&self) -> (String, ()) {
        (String::new(), ())
    }

    fn decorate_superscript_end(&self) -> String {
        String::new()
    }

    fn make_subblock_decorator(&self) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_cells_are_apart_and_rows_are_lines() {
        let html = "<table><tr><td>Host</td><td>web01</td></tr><tr><td>State</td><td>DOWN</td></tr></table>";
        assert_eq!(to_text(html).trim(), "Host | web01\nState | DOWN");
    }

    #[test]
    fn line_breaks_links_and_lists_read_as_a_person_sees_them() {
        let html = "<p>Down<br>since <b>03:12</b> &amp; <a href='https://example.com/x'>see</a></p><p>Now:</p><ul><li>a<li>b</ul>";
        assert_eq!(to_text(html).trim(), "Down\nsince 03:12 & see\n\nNow:\n* a\n* b");
    }

    #[test]
    fn quotes_are_marked() {
        let html = "<div>ack</div><div>On Monday Kato wrote:<blockquote>It is<br>down</blockquote></div>";
        assert_eq!(to_text(html).trim(), "ack\nOn Monday Kato wrote:\n\n> It is\n> down");
    }

    #[test]
    fn a_ruler_of_the_authors_own_survives() {
        assert_eq!(to_text("<p>a</p><p>──────</p><p>b│c</p>").trim(), "a\n\n──────\n\nb│c");
    }

    #[test]
    fn long_paragraphs_are_not_wrapped() {
        let words = "word ".repeat(200);
        assert_eq!(to_text(&format!("<p>{words}</p>")).trim(), words.trim());
    }

    #[test]
    fn deep_html_is_not_rendered_and_keeps_its_words() {
        for inner in ["<div>", "<div></b>", "<x-y>"] {
            let html = format!("{}<table><tr><td>a</td><td>b</td></tr></table>", inner.repeat(20_000));
            assert!(!is_harmless(&html), "{inner}");
            assert_eq!(to_text(&html).trim(), "a b");
        }
    }

    #[test]
    fn a_row_of_countless_cells_is_not_rendered() {
        assert!(!is_harmless(&format!("<table><tr>{}", "<td>a</td>".repeat(200))));
        assert!(is_harmless(&format!("<table>{}", "<tr><td>a</td><td>b</td></tr>".repeat(200))));
    }

    #[test]
    fn markup_that_multiplies_when_repaired_is_not_rendered() {
        let fonts: String = (0..150).map(|n| format!("<b a={n}>")).collect();
        assert!(!is_harmless(&format!("<p>{fonts}</p>{}", "<p><i>x</i></p>".repeat(15_000))));
    }
}
