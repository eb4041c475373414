//! Owns `[[service]]`: what can break, who mends it, which clients it has.

use std::collections::BTreeMap;

use super::names::Names;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values;
use crate::directory::{PartyId, Service, ServiceId, Severity};

/// `[[service]]` as written.
#[derive(Debug)]
pub(super) struct WrittenService {
    /// Its id.
    pub(super) id: Option<Word>,
    public_name: Option<Word>,
    responders: Vec<Word>,
    followers: Vec<Word>,
    clients: Vec<Word>,
    policies: Vec<(Option<Severity>, Word)>,
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
            policies: policies(&table),
        };
        if !service.clients.is_empty() && !table.has("public_name") {
            let name = service.id.as_ref().map_or("this service", |id| id.text.as_str());
            let text = format!("service `{name}` has clients and needs `public_name`: what clients call it");
            table.reading.say(&table.span, text);
        }
        table.end();
        service
    }

    fn named(&self, severity: Option<Severity>) -> Option<&Word> {
        self.policies.iter().find(|(of, _)| *of == severity).map(|(_, word)| word)
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
            policy: self.named(None).and_then(|word| names.policy(reading, word)),
            policy_of: Severity::ALL
                .into_iter()
                .filter_map(|severity| Some((severity, names.policy(reading, self.named(Some(severity))?)?)))
                .collect(),
        }
    }
}

/// `policy = "night"`, or one for each severity: `policy = { sev1 = "night", otherwise = "office" }`.
fn policies(table: &Table<'_>) -> Vec<(Option<Severity>, Word)> {
    if !table.holds_table("policy") {
        return table.word("policy").map(|word| (None, word)).into_iter().collect();
    }
    let Some(written) = table.table("policy", "`policy`") else { return Vec::new() };
    let severities = Severity::ALL.into_iter().map(|severity| (Some(severity), severity.word()));
    let keys = severities.chain([(None, "otherwise")]);
    let policies = keys.filter_map(|(severity, key)| Some((severity, written.word(key)?))).collect();
    written.end();
    policies
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
