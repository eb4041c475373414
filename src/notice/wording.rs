//! Owns the wording: templates by language and side, and how they are filled. Templates are data, mail text only ever
//! a value in them: nothing in a mail is evaluated.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

use crate::directory::Language;

/// For whom a text is: the two sides have templates of their own, and never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The house's own people.
    Inner,
    /// Clients.
    Client,
}

/// A filled template: its first line and the paragraphs under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it is about, in one line.
    pub headline: String,
    /// The rest, without empty ones.
    pub paragraphs: Vec<String>,
}

static EN_INNER: LazyLock<Environment<'static>> =
    LazyLock::new(|| load(&[include_str!("words/en.inner.toml"), include_str!("words/en.house.toml")]));
static EN_CLIENT: LazyLock<Environment<'static>> =
    LazyLock::new(|| load(&[include_str!("words/en.client.toml")]));
static JA_INNER: LazyLock<Environment<'static>> =
    LazyLock::new(|| load(&[include_str!("words/ja.inner.toml"), include_str!("words/ja.house.toml")]));
static JA_CLIENT: LazyLock<Environment<'static>> =
    LazyLock::new(|| load(&[include_str!("words/ja.client.toml")]));

/// The words of all client texts as they stand, without what is filled in.
pub fn client_sources() -> Vec<String> {
    let files = [include_str!("words/en.client.toml"), include_str!("words/ja.client.toml")];
    files.into_iter().map(without_placeholders).collect()
}

/// Every text that mails are made of, by side and name: each is a kind of mail.
pub fn kinds() -> Vec<(Side, String)> {
    let of = |side| {
        let names = environment(Language::En, side).templates().map(|(name, _)| name.to_owned());
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

fn environment(language: Language, side: Side) -> &'static Environment<'static> {
    match (language, side) {
        (Language::En, Side::Inner) => &EN_INNER,
        (Language::En, Side::Client) => &EN_CLIENT,
        (Language::Ja, Side::Inner) => &JA_INNER,
        (Language::Ja, Side::Client) => &JA_CLIENT,
    }
}

/// One template a string; those in a table are called `table.name`. Files that can't be read give no templates, which
/// the tests below would see.
fn load(texts: &[&'static str]) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let read = |text: &&str| toml::from_str::<BTreeMap<String, toml::Value>>(text).unwrap_or_default();
    for (name, value) in texts.iter().flat_map(read) {
        let entries = match value {
            toml::Value::Table(table) => {
                table.into_iter().map(|(key, value)| (format!("{name}.{key}"), value)).collect()
            }
            value => vec![(name, value)],
        };
        for (name, value) in entries {
            if let toml::Value::String(template) = value {
                // A template with a mistake in it is missing then; the tests fill every one of them.
                let _ = environment.add_template_owned(name, template);
            }
        }
    }
    environment
}

/// A phrase on one line. What is missing shows its name, so that a mistake in a template never loses a mail.
pub fn phrase(language: Language, side: Side, name: &str, values: &impl Serialize) -> String {
    fill(language, side, name, values).trim().to_owned()
}

/// A whole text.
pub fn text(language: Language, side: Side, name: &str, values: &impl Serialize) -> Text {
    let filled = fill(language, side, name, values);
    let mut blocks = paragraphs(&filled).into_iter();
    let headline = blocks.next().unwrap_or_default().lines().collect::<Vec<_>>().join(" ");
    Text { headline, paragraphs: blocks.collect() }
}

fn fill(language: Language, side: Side, name: &str, values: &impl Serialize) -> String {
    let filled = environment(language, side)
        .get_template(name)
        .and_then(|template| template.render(Value::from(Serde(values))));
    let filled = filled.unwrap_or_else(|_| name.to_owned());
    #[cfg(test)]
    let filled = altered::altered(side, name, filled);
    filled
}

/// A template that is changed on purpose, for tests that must notice.
#[cfg(test)]
pub(crate) mod altered {
    use std::cell::RefCell;

    use super::Side;

    thread_local! {
        /// A client's template, and what it says besides.
        static LEAK: RefCell<Option<(&'static str, String)>> = const { RefCell::new(None) };
    }

    /// From now on this client's template names something more; None ends it.
    pub(crate) fn let_leak(leak: Option<(&'static str, String)>) {
        LEAK.set(leak);
    }

    pub(super) fn altered(side: Side, name: &str, filled: String) -> String {
        LEAK.with_borrow(|leak| match leak {
            Some((template, more)) if side == Side::Client && *template == name => {
                format!("{filled}\n\n{more}")
            }
            _ => filled,
        })
    }
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
    use super::*;

    fn names(language: Language, side: Side) -> Vec<String> {
        let mut names: Vec<String> =
            environment(language, side).templates().map(|(n, _)| n.to_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn both_languages_have_the_same_texts() {
        for side in [Side::Inner, Side::Client] {
            let english = names(Language::En, side);
            assert!(english.len() > 5, "{english:?}");
            assert_eq!(english, names(Language::Ja, side));
        }
    }

    #[test]
    fn mail_text_is_a_value_and_never_evaluated() {
        let values =
            BTreeMap::from([("actor", "{{ 7 * 7 }}"), ("text", "{% for x in y %}"), ("question", "")]);
        let text = text(Language::En, Side::Inner, "note", &values);
        assert_eq!(text.headline, "{{ 7 * 7 }} writes");
        assert_eq!(text.paragraphs, ["{% for x in y %}"]);
    }
}
