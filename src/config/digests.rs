//! Owns `[[digest]]`: when a summary is sent, whose view it is, and who gets it.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::names::{Names, unique};
use super::reading::{Reading, Span, Word};
use super::table::Table;
use super::values;
use crate::directory::{Directory, PartyId, PersonId, ServiceId, Target};
use crate::timetable::{DigestOrder, Rhythm, View};

/// `[[digest]]` as written.
#[derive(Debug)]
pub(super) struct WrittenDigest {
    id: Option<Word>,
    cron: Option<Word>,
    zone: Option<TimeZone>,
    audience: Option<Word>,
    recipients: Vec<Word>,
    services: Vec<Word>,
    skip_empty: bool,
    trends: Option<Span>,
}

impl WrittenDigest {
    /// Reads one.
    pub(super) fn read(table: Table<'_>) -> Self {
        let digest = Self {
            id: table.required("id"),
            cron: table.required("cron"),
            zone: table.read("time_zone", values::zone),
            audience: table.required("audience"),
            recipients: table.words("recipients"),
            services: table.words("services"),
            skip_empty: table.flag("skip_empty").unwrap_or(false),
            trends: table.flag("trends").unwrap_or(false).then(|| table.place("trends")),
        };
        table.end();
        digest
    }

    /// What it means; None with a mistake otherwise.
    fn order(
        &self,
        directory: &Directory,
        names: &Names,
        zone: &TimeZone,
        reading: &Reading<'_>,
    ) -> Option<DigestOrder> {
        let zone = self.zone.clone().unwrap_or_else(|| zone.clone());
        let cron = self.cron.as_ref().and_then(|word| {
            Rhythm::new(&word.text, zone)
                .map_err(|why| reading.say(&word.span, format!("`cron`: {why}")))
                .ok()
        });
        let id = self.id.as_ref().and_then(|word| values::id(reading, word));
        let audience = self.audience.as_ref().and_then(|word| view(names, reading, word));
        let services: BTreeSet<ServiceId> =
            self.services.iter().filter_map(|word| names.service(reading, word)).collect();
        let (id, rhythm, audience) = (id?, cron?, audience?);
        let client = self.client(directory, &audience, reading)?;
        if let Some(client) = &client {
            self.check_services(directory, client, reading);
        }
        let recipients = self.recipients(directory, names, (&audience, client.is_some()), reading);
        Some(DigestOrder {
            id,
            rhythm,
            audience,
            recipients,
            services,
            skip_empty: self.skip_empty,
            trends: self.trends.is_some(),
        })
    }

    /// The client whose view it is, if it is one's. None with a mistake where that can't be.
    fn client(
        &self,
        directory: &Directory,
        audience: &View,
        reading: &Reading<'_>,
    ) -> Option<Option<PartyId>> {
        let span = self.audience.as_ref().map(|word| word.span.clone()).unwrap_or_default();
        let client = match audience {
            View::Party(party) => directory.parties.get(party).filter(|party| party.external),
            View::Person(person) => {
                let client = directory.parties_of(person).find(|party| party.external);
                if let Some(client) = client {
                    let text = format!(
                        "`{person}` is of the client `{0}`; write `audience = \"{0}\"` and `recipients = [\"{person}\"]`",
                        client.id
                    );
                    reading.say(&span, text);
                    return None;
                }
                None
            }
        };
        if let (Some(client), Some(trends)) = (client, &self.trends) {
            let text = format!("`trends` are for the house; `{}` is a client", client.id);
            reading.say(trends, text);
        }
        Some(client.map(|client| client.id.clone()))
    }

    fn check_services(&self, directory: &Directory, client: &PartyId, reading: &Reading<'_>) {
        for word in &self.services {
            let service = directory.services.get(&ServiceId::new(&word.text));
            if service.is_some_and(|service| !service.clients.contains(client)) {
                let text =
                    format!("`{client}` is no client of service `{}`, and is told nothing of it", word.text);
                reading.say(&word.span, text);
            }
        }
    }

    /// Those who are written, else the audience itself. What the house reads goes to nobody outside.
    fn recipients(
        &self,
        directory: &Directory,
        names: &Names,
        (audience, for_client): (&View, bool),
        reading: &Reading<'_>,
    ) -> Vec<PersonId> {
        let mut people = Vec::new();
        for word in &self.recipients {
            let Some(person) = names.person(reading, word) else { continue };
            match names.of_clients.get(person.as_str()) {
                Some(client) if !for_client => {
                    let text =
                        format!("`{person}` is of the client `{client}` and can't get a digest of the house");
                    reading.say(&word.span, text);
                }
                Some(client) if *audience != View::Party(PartyId::new(client)) => {
                    let text = format!(
                        "`{person}` is of the client `{client}`, and this digest is another client's"
                    );
                    reading.say(&word.span, text);
                }
                _ if !people.contains(&person) => people.push(person),
                _ => {}
            }
        }
        if self.recipients.is_empty() {
            people = match audience {
                View::Person(person) => vec![person.clone()],
                View::Party(party) => directory.people_in([party]),
            };
        }
        people
    }
}

/// A person or a party.
fn view(names: &Names, reading: &Reading<'_>, word: &Word) -> Option<View> {
    match names.anybody(reading, word)? {
        Target::Person(person) => Some(View::Person(person)),
        Target::Party(party) => Some(View::Party(party)),
        Target::OnCall(_) | Target::Owner | Target::All => {
            let text = format!("`{}` is nobody's view; name a party or a person", word.text);
            reading.say(&word.span, text);
            None
        }
    }
}

/// All digests, in the order written.
pub(super) fn digests(
    written: &[WrittenDigest],
    directory: &Directory,
    names: &Names,
    zone: &TimeZone,
    reading: &Reading<'_>,
) -> Vec<DigestOrder> {
    unique(reading, "digest", written.iter().filter_map(|digest| digest.id.as_ref()));
    written.iter().filter_map(|digest| digest.order(directory, names, zone, reading)).collect()
}
