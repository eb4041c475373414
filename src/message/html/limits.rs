//! Owns how HTML is read that would take the parsers long: by the nesting, the attributes and the stray text of its tags.
//! Never parses: it looks at the tags alone, and errs on the side of more work.

/// How HTML becomes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Built as a document.
    Document,
    /// Token after token.
    Tokens,
    /// Byte after byte.
    Bytes,
}

/// The best way that takes no long.
pub(super) fn way(html: &str) -> Way {
    if !attributes_are_few(html) {
        return Way::Bytes;
    }
    if html.len() <= LARGEST && is_harmless(html) { Way::Document } else { Way::Tokens }
}

/// Largest source that is built as a document, in bytes.
const LARGEST: usize = 256 * 1024;
/// Deepest nesting that is rendered: a quote's mark is written at each level.
const DEEPEST: usize = 200;
/// Sum over all tags of how deep they stand: badly nested markup is multiplied by the parser that repairs it.
const MOST_WORK: usize = 1_000_000;
/// Sum over all tags of the square of their attributes: the parser compares each with each.
const MOST_COMPARED: usize = 50_000_000;
/// What stands in tables outside of their cells: the parser looks for its place among all that stands there already.
const MOST_STRAY: usize = 2_000;

/// Whether no tag has so many attributes that the parser takes long to tell them apart.
fn attributes_are_few(html: &str) -> bool {
    let (mut compared, mut looked) = (0_usize, 0_usize);
    // Each is tried as the beginning of a tag: what looks like one may stand in a comment.
    for (at, _) in html.match_indices('<') {
        let (attributes, length) = attributes(html.get(at + 1..).unwrap_or_default());
        compared = compared.saturating_add(attributes.saturating_mul(attributes));
        looked += length;
        if compared > MOST_COMPARED || looked > 8 * html.len() {
            return false;
        }
    }
    true
}

/// Where in a tag a byte stands (HTML standard, 13.2.5).
#[derive(Clone, Copy)]
enum In {
    TagName,
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Value,
    Quoted(u8),
}

/// How many attributes a tag has, and how long it is. It begins behind the `<`.
fn attributes(tag: &str) -> (usize, usize) {
    if !tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
        return (0, 1);
    }
    let (mut count, mut place) = (0, In::TagName);
    for (at, byte) in tag.bytes().enumerate() {
        let space = byte.is_ascii_whitespace();
        place = match (place, byte) {
            (In::Quoted(quote), _) if byte == quote => In::BeforeName,
            (In::Quoted(_), _) => place,
            (_, b'>') => return (count, at + 1),
            (In::BeforeValue, b'"' | b'\'') => In::Quoted(byte),
            (In::BeforeValue, _) if space => In::BeforeValue,
            (In::BeforeValue, _) => In::Value,
            (In::Value | In::TagName, _) if space => In::BeforeName,
            (In::Value, _) => In::Value,
            (_, b'/') => In::BeforeName,
            (In::TagName, _) => In::TagName,
            (In::Name | In::AfterName, b'=') => In::BeforeValue,
            (In::Name | In::AfterName, _) if space => In::AfterName,
            (In::BeforeName, _) if space => In::BeforeName,
            (In::Name, _) => In::Name,
            (In::BeforeName | In::AfterName, _) => {
                count += 1;
                In::Name
            }
        };
    }
    (count, tag.len())
}

/// Estimates the nesting from the tags alone. A closing tag without its opening one closes nothing.
fn is_harmless(html: &str) -> bool {
    let mut open: Vec<String> = Vec::new();
    let (mut work, mut stray) = (0, 0);
    // For each open table, whether a cell is open in it.
    let mut cells: Vec<bool> = Vec::new();
    for tag in html.split('<').skip(1) {
        let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_');
        if let Some(closing) = tag.strip_prefix('/') {
            let name: String = closing.chars().take_while(is_name).collect::<String>().to_ascii_lowercase();
            if let Some(at) = open.iter().rposition(|other| *other == name) {
                open.truncate(at);
            }
            enter(&mut cells, &name, true);
            continue;
        }
        let name: String = tag.chars().take_while(is_name).take(40).collect::<String>().to_ascii_lowercase();
        stray += usize::from(!enter(&mut cells, &name, false) && cells.last() == Some(&false));
        if stray > MOST_STRAY {
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

/// Follows a tag into and out of tables and their cells. The answer is whether it is one of a table's.
fn enter(cells: &mut Vec<bool>, name: &str, closes: bool) -> bool {
    match name {
        "table" if closes => drop(cells.pop()),
        "table" => cells.push(false),
        "caption" | "col" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr" => {
            if let Some(cell) = cells.last_mut() {
                *cell = !closes && matches!(name, "caption" | "td" | "th");
            }
        }
        _ => return false,
    }
    true
}

/// Elements that have no content, or that the next of their kind closes.
const VOID: [&str; 22] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "td", "th", "tr", "dt", "dd", "option",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::html::to_text;

    #[test]
    fn deep_html_is_not_rendered_and_keeps_its_words() {
        for inner in ["<div>", "<div></b>", "<x-y>"] {
            let html = format!("{}<table><tr><td>a</td><td>b</td></tr></table>", inner.repeat(20_000));
            assert_eq!(way(&html), Way::Tokens, "{inner}");
            assert_eq!(to_text(&html).trim(), "a b");
        }
    }

    #[test]
    fn markup_that_multiplies_when_repaired_is_not_rendered() {
        let fonts: String = (0..150).map(|n| format!("<b a={n}>")).collect();
        assert!(!is_harmless(&format!("<p>{fonts}</p>{}", "<p><i>x</i></p>".repeat(15_000))));
    }

    #[test]
    fn text_outside_of_a_tables_cells_is_rendered_only_where_it_is_little() {
        assert!(!is_harmless(&format!("<table>{}", "x<b></b>".repeat(5_000))));
        assert!(!is_harmless(&format!("<table><tr><td></td>{}", "x<b></b>".repeat(5_000))));
        assert!(is_harmless(&format!("<table><tr><td>{}", "x<b></b>".repeat(5_000))));
        assert!(is_harmless(
            &"<table><tr><td><table><tr><td>a</td></tr></table><b>x</b></td></tr></table>".repeat(3_000)
        ));
    }

    #[test]
    fn a_tag_of_countless_attributes_is_not_parsed() {
        let many: String = (0..10_000).map(|n| format!(" a{n}")).collect();
        for tag in [
            format!("<a{many}>"),
            format!("<a b=\">\"{many}>"),
            format!("<!--<a b=\"--><a{many}>"),
            format!("<a{}>", many.replace(' ', "/")),
        ] {
            assert_eq!(way(&format!("{tag}words")), Way::Bytes);
            assert!(to_text(&format!("{tag}words")).ends_with("words"));
        }
        assert_eq!(
            way(&format!("<img src=\"data:image/png;base64,{}\">", "/a+b".repeat(30_000))),
            Way::Document
        );
        assert_eq!(way(&format!("<p>{many}</p>")), Way::Document);
    }

    #[test]
    fn attributes_are_counted_however_they_are_written() {
        assert_eq!(attributes("a b c=d e = 'f g' h=\"i > j\"k/l/>m n"), (6, 32));
    }
}
