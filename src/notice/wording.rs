//! Owns the wording of mails: which words are filled for whom, and what parts a filled text has.

use serde::Serialize;

use super::when::Reader;
use crate::directory::Language;
use crate::templates::{self, FILES, Kind, Product, Set};

pub use crate::templates::Side;

/// A filled template: its first line and the paragraphs under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it is about, in one line.
    pub headline: String,
    /// The rest, without empty ones.
    pub paragraphs: Vec<String>,
}

/// The words of all client texts as they stand, without what is filled in.
pub fn client_sources() -> Vec<String> {
    sources_of(Product::Mail)
}

/// The words of all of a product's client texts as they stand.
pub(super) fn sources_of(product: Product) -> Vec<String> {
    let of_clients =
        |kind: Kind| matches!(kind, Kind::Words(set) if (set.product, set.side) == (product, Side::Client));
    FILES.iter().filter(|file| of_clients(file.kind)).map(|file| without_placeholders(file.text)).collect()
}

/// Every text that mails are made of, by side and name: each is a kind of mail.
pub fn kinds() -> Vec<(Side, String)> {
    let of = |side| {
        let names = templates::names(set(Language::En, side)).into_iter();
        names.filter(|name| !is_part(name)).map(move |name| (side, name)).collect::<Vec<_>>()
    };
    let mut kinds = [of(Side::Inner), of(Side::Client)].concat();
    kinds.sort();
    kinds
}

/// Whether a template is a phrase within mails, and no mail of its own.
fn is_part(name: &str) -> bool {
    name.contains('.') && name != "trial.text" || matches!(name, "subject" | "footer")
}

/// A text of templates without what is filled in.
pub fn without_placeholders(text: &str) -> String {
    let mut parts = text.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut kept, part| {
        kept.push(' ');
        kept.push_str(part.rsplit_once('}').map_or("", |(_, rest)| rest));
        kept
    })
}

fn set(language: Language, side: Side) -> Set {
    Set { product: Product::Mail, side, language }
}

/// A phrase on one line.
pub fn phrase(reader: &Reader, side: Side, name: &str, values: &impl Serialize) -> String {
    fill(reader, side, name, values).trim().to_owned()
}

/// A whole text.
pub fn text(reader: &Reader, side: Side, name: &str, values: &impl Serialize) -> Text {
    let filled = fill(reader, side, name, values);
    let mut blocks = paragraphs(&filled).into_iter();
    let headline = blocks.next().unwrap_or_default().lines().collect::<Vec<_>>().join(" ");
    Text { headline, paragraphs: blocks.collect() }
}

fn fill(reader: &Reader, side: Side, name: &str, values: &impl Serialize) -> String {
    reader.templates.fill(set(reader.language, side), name, values)
}

/// Blocks between blank lines.
fn paragraphs(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = vec![String::new()];
    for line in text.lines() {
        match (line.trim().is_empty(), blocks.last_mut()) {
            (true, _) => blocks.push(String::new()),
            (false, Some(block)) => {
                if !block.is_empty() {
                    block.push('\n');
                }
                block.push_str(line.trim_end());
            }
            (false, None) => {}
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn mail_text_is_a_value_and_never_evaluated() {
        let values =
            BTreeMap::from([("actor", "{{ 7 * 7 }}"), ("text", "{% for x in y %}"), ("question", "")]);
        let reader = Reader::built_in(TimeZone::UTC, Language::En, Timestamp::UNIX_EPOCH);
        let text = text(&reader, Side::Inner, "note", &values);
        assert_eq!(text.headline, "{{ 7 * 7 }} writes");
        assert_eq!(text.paragraphs, ["{% for x in y %}"]);
    }
}
