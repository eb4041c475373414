//! Owns what templates can name: each value with its meaning, and a sample with which a template is tried out before
//! anybody is mailed by it.

mod account;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use minijinja::Value;
use minijinja::value::Serde;
use serde::Deserialize;
use toml::Value as Sample;

use super::{Fault, Page, Product, Set, Side, Templates, built_in, variables_of};

pub use account::account;

/// A value that a template can name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// What it is.
    pub says: String,
    /// One such value.
    pub sample: Sample,
    /// It is not always there.
    #[serde(default)]
    pub missing: bool,
}

/// Values by their names.
pub type Variables = BTreeMap<&'static str, &'static Variable>;

static SECTIONS: LazyLock<BTreeMap<String, BTreeMap<String, Variable>>> = LazyLock::new(|| {
    // A mistake here would leave templates nothing to name, which the tests see.
    toml::from_str(include_str!("variables.toml")).unwrap_or_default()
});

/// The section for what every text about an event may name.
const EVENT: &str = "mail.inner/event";

/// Functions that every template has.
const FUNCTIONS: [&str; 3] = ["dict", "namespace", "range"];

/// What a section is called.
fn section_of(set: Set) -> &'static str {
    match (set.product, set.side) {
        (Product::Mail, Side::Inner) => "mail.inner",
        (Product::Mail, Side::Client) => "mail.client",
        (Product::Digest, Side::Inner) => "digest.inner",
        (Product::Digest, Side::Client) => "digest.client",
        (Product::Report, Side::Inner) => "report.inner",
        (Product::Report, Side::Client) => "report.client",
    }
}

fn section(name: &str) -> Option<Variables> {
    let section = SECTIONS.get(name)?;
    Some(section.iter().map(|(name, variable)| (name.as_str(), variable)).collect())
}

/// The name of the section that lists all that words may name; None where that is what the built-in ones name.
fn whole_section(set: Set, name: &str) -> Option<String> {
    let of_set = section_of(set);
    let own = format!("{of_set}/{name}");
    match (set.product, set.side) {
        _ if SECTIONS.contains_key(&own) => Some(own),
        (Product::Mail, Side::Inner) if !name.contains('.') => Some(EVENT.to_owned()),
        (Product::Mail, Side::Client) => Some(of_set.to_owned()),
        _ => None,
    }
}

/// All that words of this name may name.
pub fn of(set: Set, name: &str) -> Variables {
    let whole = whole_section(set, name).and_then(|whole| section(&whole));
    whole.unwrap_or_else(|| {
        let used = variables_of(set, name);
        used.iter().filter_map(|variable| found(section_of(set), name, variable)).collect()
    })
}

/// A value by its name: in the section with the longest beginning of the template's name.
fn found(set: &str, name: &str, variable: &str) -> Option<(&'static str, &'static Variable)> {
    let fits = |section: &&String| {
        section.strip_prefix(set).is_some_and(|rest| {
            rest.is_empty() || rest.strip_prefix('/').is_some_and(|beginning| name.starts_with(beginning))
        })
    };
    let mut fitting: Vec<&String> = SECTIONS.keys().filter(fits).collect();
    fitting.sort_by_key(|section| std::cmp::Reverse(section.len()));
    let mut found = fitting.into_iter().filter_map(|section| SECTIONS.get(section)?.get_key_value(variable));
    found.next().map(|(name, variable)| (name.as_str(), variable))
}

/// All that a page may name.
pub fn of_page(page: Page) -> Variables {
    section(match page {
        Page::MailText | Page::MailHtml => Page::MailHtml.name(),
        Page::DocumentText | Page::DocumentHtml => Page::DocumentHtml.name(),
    })
    .unwrap_or_default()
}

/// What the site's words name and nobody gives them.
pub fn unknown(templates: &Templates, set: Set, name: &str) -> BTreeSet<String> {
    beyond(templates.names_in(set, name), &of(set, name))
}

/// The same for a page.
pub fn unknown_in_page(templates: &Templates, page: Page) -> BTreeSet<String> {
    beyond(templates.names_in_page(page), &of_page(page))
}

fn beyond(named: BTreeSet<String>, known: &Variables) -> BTreeSet<String> {
    let is_known = |name: &String| known.contains_key(name.as_str()) || FUNCTIONS.contains(&name.as_str());
    named.into_iter().filter(|name| !is_known(name)).collect()
}

/// Fills the site's words with samples: all at once, then each value as it may be otherwise where the built-in words take
/// that. What went wrong.
pub fn rehearsed(templates: &Templates, set: Set, name: &str) -> Vec<Fault> {
    let _ = templates.take_faults();
    let (whole, others) = samples(&of(set, name));
    let taken = others.into_iter().filter(|values| built_in::can_fill(set, name, values));
    for values in std::iter::once(whole).chain(taken) {
        let _ = templates.fill(set, name, &values);
    }
    templates.take_faults()
}

/// The same for a page: full, then with nothing to show.
pub fn rehearsed_page(templates: &Templates, page: Page) -> Vec<Fault> {
    let _ = templates.take_faults();
    let variables = of_page(page);
    for bare in [false, true] {
        let shown = |name: &str, sample: &Sample| match name {
            "mail" | "document" if bare => emptied(sample),
            _ => sample.clone(),
        };
        let values: BTreeMap<&str, Sample> =
            variables.iter().map(|(name, variable)| (*name, shown(name, &variable.sample))).collect();
        let _ = templates.page(page, &Value::from(Serde(values)));
    }
    templates.take_faults()
}

/// Values by their names; None for one that isn't there.
type Samples = BTreeMap<&'static str, Option<Sample>>;

/// Samples of all values, and the same with one of them as it may be otherwise.
fn samples(variables: &Variables) -> (Samples, Vec<Samples>) {
    let whole: Samples =
        variables.iter().map(|(name, variable)| (*name, Some(variable.sample.clone()))).collect();
    let otherwise = |(name, variable): (&&'static str, &&'static Variable)| {
        let mut values = whole.clone();
        values.insert(*name, (!variable.missing).then(|| other(&variable.sample)));
        values
    };
    let others = variables.iter().map(otherwise).collect();
    (whole, others)
}

/// A value as it may be otherwise.
fn other(sample: &Sample) -> Sample {
    match sample {
        Sample::Boolean(yes) => Sample::Boolean(!yes),
        Sample::Integer(_) => Sample::Integer(0),
        other => emptied(other),
    }
}

/// A value with nothing to show in it.
fn emptied(sample: &Sample) -> Sample {
    match sample {
        Sample::String(_) => Sample::String(String::new()),
        Sample::Array(_) => Sample::Array(Vec::new()),
        Sample::Table(table) => {
            Sample::Table(table.iter().map(|(name, value)| (name.clone(), emptied(value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
