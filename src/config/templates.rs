//! Owns reading a site's templates: what replaces which of the built-in ones, and that each can be filled before anybody is
//! mailed by it.

use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::DeValue;

use super::mistake::{Mistake, Source, suggestion};
use super::reading::{Reading, Span};
use crate::templates::{self, FILES, Fault, File, Kind, Page, Place, Set, Templates, variables};

/// Why some words can't be replaced.
const READ_BY: &str = "can't be replaced: people's answers are read by this word";

/// Reads all files, each with its name for messages.
pub(super) fn read(files: &[(String, String)], mistakes: &mut Vec<Mistake>) -> Templates {
    let mut templates = Templates::default();
    let mut seen = BTreeSet::new();
    for (file, text) in files {
        let mut of_it = Vec::new();
        let source = Source { file, text };
        let known = FILES.iter().find(|known| known.name == base(file));
        match known.map(|known: &File| known.kind) {
            Some(Kind::Words(set)) => words(&mut templates, set, &mut seen, source, &mut of_it),
            Some(Kind::Page(page)) => of_page(&mut templates, page, source, &mut of_it),
            None => {
                let near = suggestion(base(file), FILES.iter().map(|known| known.name));
                of_it.push(source.missing(format!("no file of templates is called so{near}")));
            }
        }
        of_it.sort_by_key(|mistake| mistake.line);
        mistakes.extend(of_it);
    }
    templates
}

/// A file's name without its folder.
fn base(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// One of a site's words, as written.
struct Written {
    name: String,
    text: String,
    key: Span,
    value: Span,
}

fn words(
    templates: &mut Templates,
    set: Set,
    seen: &mut BTreeSet<(Set, String)>,
    source: Source<'_>,
    mistakes: &mut Vec<Mistake>,
) {
    let reading = Reading::new(source);
    let known = templates::names(set);
    for Written { name, text, key, value } in written(&reading) {
        if !known.contains(&name) {
            let near = suggestion(&name, known.iter().map(String::as_str));
            reading.say(&key, format!("there is no template `{name}`{near}"));
        } else if name.starts_with("words.") {
            reading.say(&key, format!("`{name}` {READ_BY}"));
        } else if !seen.insert((set, name.clone())) {
            reading.say(&key, format!("`{name}` stands in two files"));
        } else {
            let place = Place { file: reading.file().to_owned(), line: first_line(&reading, &value) };
            one(templates, (set, &name), place, &text, mistakes);
        }
    }
    mistakes.extend(reading.into_mistakes());
}

/// The line on which a text begins: behind three quotes it is the next one.
fn first_line(reading: &Reading<'_>, value: &Span) -> usize {
    let written = reading.text(value);
    let below =
        ["\"\"\"\n", "'''\n", "\"\"\"\r\n", "'''\r\n"].iter().any(|quotes| written.starts_with(quotes));
    reading.line(value) + usize::from(below)
}

/// All words of a file; those in a table are called `table.name`.
fn written(reading: &Reading<'_>) -> Vec<Written> {
    let Some(file) = reading.toml() else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in file.get_ref() {
        match value.get_ref() {
            DeValue::Table(table) => {
                let of_table = table.iter().map(|(inner, value)| {
                    (format!("{}.{}", key.get_ref(), inner.get_ref()), inner.span(), value)
                });
                found.extend(of_table.filter_map(|(name, key, value)| text_of(reading, name, key, value)));
            }
            _ => found.extend(text_of(reading, key.get_ref().to_string(), key.span(), value)),
        }
    }
    found
}

fn text_of(reading: &Reading<'_>, name: String, key: Span, value: &Spanned<DeValue<'_>>) -> Option<Written> {
    let Some(text) = value.get_ref().as_str() else {
        reading.say(&value.span(), format!("`{name}` must be text in quotes"));
        return None;
    };
    Some(Written { name, text: text.to_owned(), key, value: value.span() })
}

/// Takes one template, and tries it out.
fn one(
    templates: &mut Templates,
    (set, name): (Set, &str),
    place: Place,
    text: &str,
    mistakes: &mut Vec<Mistake>,
) {
    if let Err(fault) = templates.replace(set, name, place.clone(), text) {
        return mistakes.push(mistake(fault));
    }
    let unknown = variables::unknown(templates, set, name);
    let known: BTreeSet<&str> = variables::of(set, name).into_keys().collect();
    if unknown.is_empty() {
        mistakes.extend(variables::rehearsed(templates, set, name).into_iter().map(mistake));
    } else {
        mistakes.extend(unknown.iter().map(|value| nobody_gives(&place, text, name, value, &known)));
    }
}

fn of_page(templates: &mut Templates, page: Page, source: Source<'_>, mistakes: &mut Vec<Mistake>) {
    let place = Place { file: source.file.to_owned(), line: 1 };
    if let Err(fault) = templates.replace_page(page, place.clone(), source.text) {
        return mistakes.push(mistake(fault));
    }
    let unknown = variables::unknown_in_page(templates, page);
    let known: BTreeSet<&str> = variables::of_page(page).into_keys().collect();
    if unknown.is_empty() {
        mistakes.extend(variables::rehearsed_page(templates, page).into_iter().map(mistake));
    } else {
        let of_it = unknown.iter().map(|value| nobody_gives(&place, source.text, page.name(), value, &known));
        mistakes.extend(of_it);
    }
}

/// That a template names what it isn't given, on the line where it first does.
fn nobody_gives(place: &Place, text: &str, template: &str, value: &str, known: &BTreeSet<&str>) -> Mistake {
    let near = match known.is_empty() {
        true => "; it is given nothing".to_owned(),
        false => suggestion(value, known.iter().copied()),
    };
    let line = text.lines().position(|line| line.contains('{') && line.contains(value)).unwrap_or(0);
    let text = format!("`{template}` is given no `{value}`{near}");
    Mistake { file: place.file.clone(), line: place.line + line, text }
}

fn mistake(fault: Fault) -> Mistake {
    let Fault { place, template, reason } = fault;
    Mistake { file: place.file, line: place.line, text: format!("`{template}` {reason}") }
}
