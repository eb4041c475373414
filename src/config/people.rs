//! Owns `[[person]]`: names, addresses, languages, zones, and how their mails look.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::follows::{self, WrittenFollow};
use super::gateway::Gateway;
use super::parties::WrittenParty;
use super::reading::{Reading, Span, Word};
use super::table::Table;
use super::values::{self, LANGUAGES};
use crate::directory::{Address, Bundling, Language, Person, PersonId};

/// The longest time for which somebody's notices wait for each other.
const LONGEST_BUNDLE: SignedDuration = SignedDuration::from_hours(1);

/// `[[person]]` as written.
#[derive(Debug)]
pub(super) struct WrittenPerson {
    /// Its id.
    pub(super) id: Option<Word>,
    name: Option<Word>,
    addresses: Vec<(Address, Span)>,
    short: Vec<Address>,
    language: Option<Language>,
    zone: Option<TimeZone>,
    plain_text: bool,
    bundle: Option<Bundling>,
    /// What they want to be kept informed of.
    pub(super) follows: Vec<WrittenFollow>,
}

impl WrittenPerson {
    /// Reads one.
    pub(super) fn read(table: Table<'_>) -> Self {
        let reading = table.reading;
        let id = table.required("id");
        let why = "[[person]] needs `addresses`: a list of at least one address";
        let (mut addresses, mut short) = (Vec::new(), Vec::new());
        for item in table.some_words_or_tables("addresses", "`addresses`", why) {
            let (word, is_short) = match item {
                Ok(word) => (Some(word), false),
                Err(table) => of_table(table),
            };
            let Some(word) = word else { continue };
            let Some(address) = values::address(reading, &word) else { continue };
            if is_short {
                short.push(address.clone());
            }
            addresses.push((address, word.span));
        }
        let person = Self {
            id,
            name: table.word("name"),
            addresses,
            short,
            language: table.one_of("language", &LANGUAGES),
            zone: table.read("time_zone", values::zone),
            plain_text: table.one_of("format", &[("html", false), ("text", true)]).unwrap_or(false),
            bundle: table.read("bundle", bundle),
            follows: follows::read(&table),
        };
        table.end();
        person
    }

    /// What it means. What the person doesn't say, its first party says that does, else the gateway.
    fn person(&self, id: PersonId, parties: &[WrittenParty], gateway: &Gateway) -> Person {
        let theirs =
            || parties.iter().filter(|party| party.people.iter().any(|word| word.text == id.as_str()));
        let language = self.language.or_else(|| theirs().find_map(|party| party.language));
        let zone = self.zone.clone().or_else(|| theirs().find_map(|party| party.zone.clone()));
        let mut addresses = Vec::new();
        for (address, _) in &self.addresses {
            if !addresses.contains(address) {
                addresses.push(address.clone());
            }
        }
        let reads_short = addresses.first().is_some_and(|first| self.short.contains(first));
        Person {
            name: self.name.as_ref().map_or_else(|| id.to_string(), |name| name.text.clone()),
            id,
            addresses,
            short: self.short.clone(),
            language: language.unwrap_or(gateway.language),
            zone: zone.unwrap_or_else(|| gateway.zone.clone()),
            plain_text: self.plain_text || reads_short,
            bundle: self.bundle.unwrap_or_default(),
        }
    }
}

/// `"5m"`, or `"never"`. What somebody is to know may wait for an hour, not for longer.
fn bundle(text: &str) -> Result<Bundling, String> {
    if text == "never" {
        return Ok(Bundling::Never);
    }
    let time = values::duration(text)?;
    let known = time <= LONGEST_BUNDLE && time.is_positive();
    known
        .then_some(Bundling::All(time))
        .ok_or_else(|| "`bundle` is `never`, or a time of at most an hour, like `5m`".to_owned())
}

/// `{ address = "…", short = true }`.
fn of_table(table: Table<'_>) -> (Option<Word>, bool) {
    let (word, short) = (table.required("address"), table.flag("short").unwrap_or(false));
    table.end();
    (word, short)
}

/// All people.
pub(super) fn people(
    written: &[WrittenPerson],
    parties: &[WrittenParty],
    gateway: &Gateway,
    reading: &Reading<'_>,
) -> BTreeMap<PersonId, Person> {
    one_owner_each(written, gateway, reading);
    let person = |written: &WrittenPerson| {
        let id = PersonId::new(values::id(reading, written.id.as_ref()?)?);
        Some((id.clone(), written.person(id, parties, gateway)))
    };
    written.iter().filter_map(person).collect()
}

/// An address belongs to one person, and the gateway's to none: mail would go round in circles.
fn one_owner_each(written: &[WrittenPerson], gateway: &Gateway, reading: &Reading<'_>) {
    let mut owners: BTreeMap<&Address, (usize, &str)> = BTreeMap::new();
    for (number, person) in written.iter().enumerate() {
        let name = person.id.as_ref().map_or("?", |id| id.text.as_str());
        for (address, span) in &person.addresses {
            if gateway.address.as_ref().is_some_and(|own| is_ours(address, own)) {
                reading
                    .say(span, format!("`{address}` is the gateway's own address and can't be a person's"));
            }
            match owners.get(address) {
                Some((owner, other)) if *owner != number => {
                    reading.say(
                        span,
                        format!("`{address}` already belongs to `{other}`; an address has one owner"),
                    );
                }
                Some(_) => {}
                None => {
                    owners.insert(address, (number, name));
                }
            }
        }
    }
}

/// Whether an address is the gateway's, with or without a plus part.
fn is_ours(address: &Address, own: &Address) -> bool {
    let plain = address.local().split_once('+').map_or(address.local(), |(plain, _)| plain);
    address == own || (address.domain() == own.domain() && plain == own.local())
}
