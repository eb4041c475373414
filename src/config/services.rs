//! Owns `[[service]]`: what can break, who mends it, which clients it has.

use std::collections::BTreeMap;

use super::names::Names;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values;
use crate::directory::{PartyId, Service, ServiceId};

/// `[[service]]` as written.
#[derive(Debug)]
pub(super) struct WrittenService {
    /// Its id.
    pub(super) id: Option<Word>,
    public_name: Option<Word>,
    responders: Vec<Word>,
    followers: Vec<Word>,
    clients: Vec<Word>,
    policy: Option<Word>,
}

impl WrittenService {
    /// Reads one.
    pub(super) fn read(table: Table<'_>) -> Self {
        let service = Self {
            id: table.required("id"),
            public_name: table.word("public_name"),
            responders: table.words("responders"),
            followers: table.words("followers"),
            clients: table.words("clients"),
            policy: table.word("policy"),
        };
        if !service.clients.is_empty() && !table.has("public_name") {
            let name = service.id.as_ref().map_or("this service", |id| id.text.as_str());
            let text = format!("service `{name}` has clients and needs `public_name`: what clients call it");
            table.reading.say(&table.span, text);
        }
        table.end();
        service
    }

    /// What it means.
    fn service(&self, id: ServiceId, names: &Names, reading: &Reading<'_>) -> Service {
        let teams = |key: &str, words: &[Word]| -> Vec<PartyId> {
            words.iter().filter_map(|word| names.team(reading, key, word)).collect()
        };
        Service {
            public_name: self.public_name.as_ref().map_or_else(|| id.to_string(), |name| name.text.clone()),
            id,
            responders: teams("responders", &self.responders),
            followers: teams("followers", &self.followers),
            clients: self.clients.iter().filter_map(|word| names.client(reading, word)).collect(),
            policy: self.policy.as_ref().and_then(|word| names.policy(reading, word)),
        }
    }
}

/// All services.
pub(super) fn services(
    written: &[WrittenService],
    names: &Names,
    reading: &Reading<'_>,
) -> BTreeMap<ServiceId, Service> {
    let service = |written: &WrittenService| {
        let id = ServiceId::new(values::id(reading, written.id.as_ref()?)?);
        Some((id.clone(), written.service(id, names, reading)))
    };
    written.iter().filter_map(service).collect()
}
