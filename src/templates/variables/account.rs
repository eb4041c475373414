//! Owns the account of all templates for whoever replaces some: which files there are, and what each template can name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::super::{FILES, Kind, Page, Set, names};
use super::{Variable, of, of_page, section, section_of, whole_section};
use crate::directory::Language;

const OPENING: &str = "# Templates

Made from the program by `tests/it/templates.rs`; `firebell init --templates DIR` writes this file and all built-in
templates into a folder. What you put into the folder `templates/` beside `firebell.toml` takes the place of the built-in
template of the same file and name; all others stay built in. So copy what you change, and nothing else.

Templates are [Jinja](https://docs.rs/minijinja/latest/minijinja/syntax/): `{{ value }}`, `{% if value %} … {% endif %}`,
`{% for line in lines %} … {% endfor %}`. What is not always there is marked *maybe*, and has to be asked for with `if`.
In a text of a mail the first line is the headline; paragraphs follow after empty lines. `firebell check` fills every one of
your templates with samples and refuses what can't be filled. What fails all the same when a mail is written gives way to
the built-in template, and the operator is told. `words.…` can't be replaced: answers are read by them.
";

/// The account, as Markdown.
pub fn account() -> String {
    let mut text = OPENING.to_owned();
    for (set, files) in sets() {
        let _ = write!(text, "\n## {}\n", files.join(", "));
        of_set(&mut text, set);
    }
    for (page, files) in
        [(Page::MailHtml, "mail.html, mail.txt"), (Page::DocumentHtml, "document.html, document.txt")]
    {
        let _ = write!(text, "\n## {files}\n\n");
        table(&mut text, &of_page(page));
    }
    text
}

/// Sets of words, whatever their language, with the names of their files.
fn sets() -> BTreeMap<Set, Vec<String>> {
    let mut sets: BTreeMap<Set, Vec<String>> = BTreeMap::new();
    for file in &FILES {
        if let Kind::Words(set) = file.kind {
            sets.entry(Set { language: Language::En, ..set }).or_default().push(file.name.to_owned());
        }
    }
    sets
}

fn of_set(text: &mut String, set: Set) {
    let names: BTreeSet<String> = names(set).into_iter().filter(|name| !name.starts_with("words.")).collect();
    let mut by_section: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut others: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for name in &names {
        match whole_section(set, name) {
            Some(section) => by_section.entry(section).or_default().push(format!("`{name}`")),
            None => {
                let named: Vec<String> = of(set, name).keys().map(|name| format!("`{name}`")).collect();
                others.entry(named.join(", ")).or_default().push(name);
            }
        }
    }
    for (name, of_it) in by_section {
        let _ = write!(text, "\n{}\n\n", of_it.join(", "));
        table(text, &section(&name).unwrap_or_default());
    }
    if others.is_empty() {
        return;
    }
    let _ = write!(text, "\n| may name | templates |\n|---|---|\n");
    for (named, of_it) in others {
        let of_it: Vec<String> = of_it.into_iter().map(|name| format!("`{name}`")).collect();
        let _ = writeln!(
            text,
            "| {} | {} |",
            if named.is_empty() { "nothing" } else { &named },
            of_it.join(", ")
        );
    }
    let used: BTreeMap<&str, &Variable> = names
        .iter()
        .filter(|name| whole_section(set, name).is_none())
        .flat_map(|name| of(set, name))
        .collect();
    let _ = writeln!(text, "\nThe values of {}:\n", section_of(set));
    table(text, &used);
}

fn table(text: &mut String, variables: &BTreeMap<&str, &Variable>) {
    text.push_str("| value | what it is | such as |\n|---|---|---|\n");
    for (name, variable) in variables {
        let maybe = if variable.missing { "*maybe* " } else { "" };
        let sample = match &variable.sample {
            toml::Value::Table(_) | toml::Value::Array(_) => String::new(),
            sample => format!("`{}`", sample.to_string().trim_matches('"').replace('|', "\\|")),
        };
        let _ = writeln!(text, "| `{name}` | {maybe}{} | {sample} |", variable.says);
    }
}
