//! Owns the meaning of firebell.toml and rules/: texts in, [`Config`] out, or every mistake at once.
//! Never reads a file; `io::files` brings the texts.

pub mod checks;
pub mod formats;
pub mod mistake;
mod conditions;
mod count;
mod digests;
mod expects;
mod follows;
mod calendars;
mod gateway;
mod limits;
mod lists;
pub mod log;
mod maintenance;
mod names;
mod parties;
mod paths;
mod people;
mod policies;
mod quiet;
mod reading;
pub mod remote;
mod reports;
mod rules;
mod samples;
mod schedules;
mod self_test;
mod services;
mod site;
mod table;
mod templates;
mod values;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::alert::Format;
use crate::book::Book;
use crate::directory::{Address, PartyId};
use crate::rules::Rules;
use crate::templates::Templates;
use crate::token::Keys;
use log::LogFormat;
use mistake::{Mistake, Source};
use remote::{Mailbox, RelayAddress};
pub use values::duration;

/// The texts of a configuration, each with its name for messages.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// firebell.toml.
    pub main: (String, String),
    /// `rules/*.toml`, in the order of their names. The built-in rules hold where none of them has a rule.
    pub rules: Vec<(String, String)>,
    /// `rules/alerts/*.toml`: each replaces the shipped format of the same file name, or adds one.
    pub formats: Vec<(String, String)>,
    /// `rules/lists/*.txt`: each is the list of its file name, an entry a line.
    pub lists: Vec<(String, String)>,
    /// `templates/*`: each replaces templates of the built-in file of the same name.
    pub templates: Vec<(String, String)>,
    /// Calendars of on-call schedules, under the names by which firebell.toml calls them.
    pub calendars: Calendars,
}

/// The files of calendars, each with its name for messages, by what firebell.toml calls them: a file, or a folder.
pub type Calendars = BTreeMap<String, Vec<(String, String)>>;

/// All that was configured: the book for the core, the rest for the edges.
#[derive(Debug, Clone)]
pub struct Config {
    /// What the core reads.
    pub book: Book,
    /// Directory of the store; a relative one is meant from where firebell.toml lies.
    pub data: String,
    /// Where mail is taken in, in the order written, each place once; none without a `[mailbox]`.
    pub mailboxes: Vec<Mailbox>,
    /// Where mail is handed over; none without a `[relay]`.
    pub relay: Option<RelayAddress>,
    /// Font files for pictures. Reading them is the caller's.
    pub fonts: Vec<String>,
    /// File of the site's key; none when not configured.
    pub key_file: Option<String>,
    /// The form of the log; none to have the fitting one.
    pub log: Option<LogFormat>,
}

/// Reads a configuration. The error holds every mistake, file by file in the order of lines. `keys` go into
/// the book as they are: reading the key file is the caller's.
pub fn read(files: &Files, keys: Keys) -> Result<Config, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let (file, text) = &files.main;
    let days = lists::Lists::of_files(&files.lists);
    let site = site::read(Source { file, text }, (&days, &files.calendars), &mut mistakes);
    // Without a readable firebell.toml every name in the rules would be unknown: noise.
    let rules = site.as_ref().map(|site| {
        let lists = rules::lists(&files.rules, &files.lists, &mut mistakes);
        let around = conditions::Site { names: &site.names, lists: &lists, zone: &site.gateway.zone };
        rules::read(&files.rules, around, &mut mistakes)
    });
    let formats = read_formats(&files.formats, &mut mistakes);
    let templates = Arc::new(templates::read(&files.templates, &mut mistakes));
    match (site, rules) {
        (Some(site), Some(rules)) if mistakes.is_empty() => {
            Ok(config(site, rules, formats, (templates, keys)))
        }
        _ => Err(mistakes),
    }
}

/// The calendars that firebell.toml names: files or folders, as written there.
pub fn calendars_named(text: &str) -> Vec<String> {
    schedules::calendars_named(text)
}

/// The words a person gets for these files: every mistake in a line of its own, or the rule tests that fail;
/// empty when all is well.
pub fn told(files: &Files) -> String {
    let mistakes = match read(files, Keys::new(Vec::new())) {
        Ok(config) => checks::failures(&config.book),
        Err(mistakes) => mistakes,
    };
    mistakes.iter().map(|mistake| format!("{mistake}\n")).collect()
}

/// Puts together what has no mistakes.
fn config(
    site: site::Site,
    rules: rules::Rules,
    formats: Vec<Format>,
    (templates, keys): (Arc<Templates>, Keys),
) -> Config {
    let address = site.gateway.address.unwrap_or_else(|| Address::new(""));
    let book = Book {
        name: site.gateway.name.unwrap_or_else(|| address.domain().to_owned()),
        address,
        tag: site.gateway.tag,
        zone: site.gateway.zone,
        language: site.gateway.language,
        operator: site.operator.unwrap_or_else(|| PartyId::new("")),
        storm_after: site.gateway.storm_after,
        stale_after: site.gateway.stale_after,
        limits: site.limits,
        monitors: site.security.monitors,
        authserv_id: site.security.authserv_id,
        directory: site.directory,
        policies: site.policies,
        schedules: site.schedules,
        digests: site.digests,
        holidays: site.reports.holidays,
        expectations: site.expectations,
        self_test: site.self_test,
        paths: site.paths,
        fonts: Vec::new(),
        formats,
        rules: Rules::new(rules.rules).with_maintenance(rules.maintenance),
        rule_tests: rules.tests,
        templates,
        keys,
    };
    let (data, fonts, key_file) = (site.gateway.data, site.gateway.fonts, site.security.key_file);
    Config { book, data, fonts, mailboxes: site.mailboxes, relay: site.relay, key_file, log: site.log }
}

/// Shipped formats and the site's, in the order of their file names.
fn read_formats(own: &[(String, String)], mistakes: &mut Vec<Mistake>) -> Vec<Format> {
    let built_in = formats::built_in().iter().map(|(name, format)| (*name, Ok(format)));
    let own = own.iter().map(|(file, text)| (stem(file), Err(Source { file, text })));
    let by_name: BTreeMap<&str, _> = built_in.chain(own).collect();
    let mut formats = Vec::new();
    for format in by_name.into_values() {
        match format.map_or_else(formats::parse, |built_in| Ok(built_in.clone())) {
            Ok(format) => formats.push(format),
            Err(found) => mistakes.extend(found),
        }
    }
    formats
}

/// The `nagios` of `rules/alerts/nagios.toml`.
fn stem(file: &str) -> &str {
    let name = file.rsplit_once(['/', '\\']).map_or(file, |(_, name)| name);
    name.strip_suffix(".toml").unwrap_or(name)
}

#[cfg(test)]
mod tests;
