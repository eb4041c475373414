//! Owns the templates that are part of the program: files of words, an entry each, and pages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::{Page, Product, Set, Side, own};
use crate::directory::Language;

/// A file of templates.
#[derive(Debug, Clone, Copy)]
pub struct File {
    /// Its name; a site's file of this name replaces what stands in it.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Its text.
    pub text: &'static str,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// TOML: words by their names, `name = "text"`; those in a table are called `table.name`.
    Words(Set),
    /// One page.
    Page(Page),
}

/// Names a file after what it holds.
macro_rules! words {
    ($name:literal, $product:ident, $side:ident, $language:ident, $path:literal) => {
        File {
            name: $name,
            kind: Kind::Words(Set {
                product: Product::$product,
                side: Side::$side,
                language: Language::$language,
            }),
            text: include_str!($path),
        }
    };
}

macro_rules! page {
    ($name:literal, $page:ident, $path:literal) => {
        File { name: $name, kind: Kind::Page(Page::$page), text: include_str!($path) }
    };
}

/// All files of templates.
pub static FILES: [File; 20] = [
    words!("mail.inner.en.toml", Mail, Inner, En, "../notice/words/en.inner.toml"),
    words!("mail.inner.ja.toml", Mail, Inner, Ja, "../notice/words/ja.inner.toml"),
    words!("mail.house.en.toml", Mail, Inner, En, "../notice/words/en.house.toml"),
    words!("mail.house.ja.toml", Mail, Inner, Ja, "../notice/words/ja.house.toml"),
    words!("mail.people.en.toml", Mail, Inner, En, "../notice/words/en.people.toml"),
    words!("mail.people.ja.toml", Mail, Inner, Ja, "../notice/words/ja.people.toml"),
    words!("mail.client.en.toml", Mail, Client, En, "../notice/words/en.client.toml"),
    words!("mail.client.ja.toml", Mail, Client, Ja, "../notice/words/ja.client.toml"),
    words!("digest.inner.en.toml", Digest, Inner, En, "../digest/words/en.toml"),
    words!("digest.inner.ja.toml", Digest, Inner, Ja, "../digest/words/ja.toml"),
    words!("digest.client.en.toml", Digest, Client, En, "../digest/words/en.client.toml"),
    words!("digest.client.ja.toml", Digest, Client, Ja, "../digest/words/ja.client.toml"),
    words!("report.inner.en.toml", Report, Inner, En, "../report/words/en.toml"),
    words!("report.inner.ja.toml", Report, Inner, Ja, "../report/words/ja.toml"),
    words!("report.client.en.toml", Report, Client, En, "../report/words/en.client.toml"),
    words!("report.client.ja.toml", Report, Client, Ja, "../report/words/ja.client.toml"),
    page!("mail.html", MailHtml, "../notice/words/mail.html"),
    page!("mail.txt", MailText, "../notice/words/mail.txt"),
    page!("document.html", DocumentHtml, "../document/document.html"),
    page!("document.txt", DocumentText, "../document/document.txt"),
];

static WORDS: LazyLock<BTreeMap<Set, Environment<'static>>> = LazyLock::new(|| {
    let mut words: BTreeMap<Set, Environment<'static>> = BTreeMap::new();
    for file in &FILES {
        if let Kind::Words(set) = file.kind {
            let environment = words.entry(set).or_insert_with(environment);
            for (name, text) in entries(file.text) {
                // A template with a mistake in it is missing then; the tests fill every one of them.
                let _ = environment.add_template_owned(name, text);
            }
        }
    }
    words
});

/// The same, to be filled with nothing but what is there.
static CAREFUL: LazyLock<BTreeMap<Set, Environment<'static>>> = LazyLock::new(|| {
    let mut words = WORDS.clone();
    words.values_mut().for_each(|environment| environment.set_formatter(own::something));
    words
});

static NONE: LazyLock<Environment<'static>> = LazyLock::new(environment);

/// The built-in words of a set.
pub(super) fn words(set: Set) -> &'static Environment<'static> {
    WORDS.get(&set).unwrap_or(&NONE)
}

/// Whether the built-in words can be filled with these values, and never write one that isn't there.
pub(super) fn can_fill(set: Set, name: &str, values: &impl Serialize) -> bool {
    let template = CAREFUL.get(&set).and_then(|words| words.get_template(name).ok());
    template.is_some_and(|template| template.render(Value::from(Serde(values))).is_ok())
}

/// An environment for words.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(own::plain);
    environment
}

/// The words of a file by their names. One that can't be read has none, which the tests would see.
pub(super) fn entries(text: &str) -> Vec<(String, String)> {
    let read: BTreeMap<String, toml::Value> = toml::from_str(text).unwrap_or_default();
    let mut entries = Vec::new();
    for (name, value) in read {
        match value {
            toml::Value::String(text) => entries.push((name, text)),
            toml::Value::Table(table) => entries.extend(table.into_iter().filter_map(|(key, value)| {
                value.as_str().map(|text| (format!("{name}.{key}"), text.to_owned()))
            })),
            _ => {}
        }
    }
    entries
}
