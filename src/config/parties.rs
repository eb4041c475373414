//! Owns `[[party]]`: teams and clients, who answers for a client, and when it is told.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::follows::{self, WrittenFollow};
use super::names::Names;
use super::quiet::WrittenQuiet;
use super::reading::{Reading, Span, Word};
use super::table::Table;
use super::values::{self, LANGUAGES};
use crate::directory::{Contacts, Ladder, Language, Party, PartyId, Rung, Tell};
use crate::escalation::{Policy, Step};

/// How long a client waits for the holding line when the site says nothing (DESIGN 3.7).
const HOLDING_LINE: SignedDuration = SignedDuration::from_mins(15);

/// `[[party]]` as written.
#[derive(Debug)]
pub(super) struct WrittenParty {
    /// Its id.
    pub(super) id: Option<Word>,
    /// Whether it is a client.
    pub(super) external: bool,
    /// Ids of its people.
    pub(super) people: Vec<Word>,
    /// Language of its people, where they say nothing.
    pub(super) language: Option<Language>,
    /// Zone of its people, where they say nothing.
    pub(super) zone: Option<TimeZone>,
    name: Option<Word>,
    owner: Option<Word>,
    tell: Option<Tell>,
    contacts: Option<Contacts>,
    quiet_hours: Option<WrittenQuiet>,
    /// What its people are kept informed of.
    pub(super) follows: Vec<WrittenFollow>,
    /// The policy by which what it is owed climbs.
    pub(super) policy: Option<Word>,
    span: Span,
}

impl WrittenParty {
    /// Reads one.
    pub(super) fn read(table: Table<'_>) -> Self {
        let party = Self {
            id: table.required("id"),
            external: table.flag("external").unwrap_or(false),
            people: table.some_words(
                "people",
                "[[party]] needs `people`, or nobody gets its mails: write `people = [\"kato\"]` with the ids of its \
                 [[person]]s",
            ),
            language: table.one_of("language", &LANGUAGES),
            zone: table.read("time_zone", values::zone),
            name: table.word("name"),
            owner: table.word("owner"),
            tell: table.read("tell", tell),
            quiet_hours: table.table("quiet_hours", "party.quiet_hours").map(WrittenQuiet::read),
            policy: table.word("policy"),
            contacts: table.one_of("contacts", &[("any", Contacts::Any), ("all", Contacts::All)]),
            follows: follows::read(&table),
            span: table.span.clone(),
        };
        party.check(&table);
        table.end();
        party
    }

    /// What a client needs and a team can't have: whoever forgot `external = true` would send a client
    /// what only the house may know.
    fn check(&self, table: &Table<'_>) {
        let name = self.id.as_ref().map_or("this party", |id| id.text.as_str());
        if self.external && !table.has("owner") {
            let text =
                format!("client `{name}` needs `owner`: the person or party of the house who answers for it");
            table.reading.say(&self.span, text);
        }
        if self.external && table.has("follows") {
            let text = format!(
                "`follows` is for teams; `{name}` is a client: name it under `clients` of its services"
            );
            table.reading.say(&table.place("follows"), text);
        }
        for key in ["owner", "tell", "quiet_hours", "policy"]
            .into_iter()
            .filter(|key| !self.external && table.has(key))
        {
            let text = format!("`{key}` is for clients; is `external = true` missing in party `{name}`?");
            table.reading.say(&table.place(key), text);
        }
    }

    /// What it means.
    fn party(&self, id: PartyId, names: &Names, reading: &Reading<'_>, zone: &TimeZone) -> Party {
        let zone = self.zone.as_ref().unwrap_or(zone);
        let mut people = Vec::new();
        for person in self.people.iter().filter_map(|word| names.person(reading, word)) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        Party {
            name: self.name.as_ref().map_or_else(|| id.to_string(), |name| name.text.clone()),
            id,
            external: self.external,
            people,
            owner: self.owner.as_ref().and_then(|word| names.target(reading, word)),
            tell: self.tell.unwrap_or(Tell::HoldingLineAfter(HOLDING_LINE)),
            contacts: self.contacts.unwrap_or(Contacts::Any),
            quiet_hours: self.quiet_hours.as_ref().and_then(|hours| hours.meaning(zone)),
            ladder: None,
        }
    }
}

/// `at once`, `after approval, or in 15m`, or `after approval`.
fn tell(text: &str) -> Result<Tell, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["at", "once"] => Ok(Tell::AtOnce),
        ["after", "approval,", "or", "in", time] => values::duration(time).map(Tell::HoldingLineAfter),
        ["after", "approval"] => Ok(Tell::AfterApproval),
        _ => Err(format!(
            "`{text}` is unknown; write `at once`, `after approval, or in 15m` or `after approval`"
        )),
    }
}

/// Lets what each client is owed climb by the policy that it names.
pub(super) fn ladders(
    written: &[WrittenParty],
    names: &Names,
    policies: &BTreeMap<String, Policy>,
    parties: &mut BTreeMap<PartyId, Party>,
    reading: &Reading<'_>,
) {
    for (party, word) in written
        .iter()
        .filter(|party| party.external)
        .filter_map(|party| Some((party.id.as_ref()?, party.policy.as_ref()?)))
    {
        let policy = names.policy(reading, word).and_then(|id| policies.get(&id));
        let Some(policy) = policy else { continue };
        let conditions = policy.steps.iter().any(|step| step.within.is_some() || step.severity.is_some());
        if conditions || policy.within.is_some() {
            let text = format!(
                "policy `{}` has hours or severities in it: what a client is owed climbs at any time; name one without",
                policy.id
            );
            reading.say(&word.span, text);
        }
        let rung = |step: &Step| Rung { after: step.after, tell: step.tell.clone() };
        let ladder = Ladder { rungs: policy.steps.iter().map(rung).collect(), repeat: policy.repeat };
        if let Some(party) = parties.get_mut(&PartyId::new(party.text.clone())) {
            party.ladder = Some(ladder);
        }
    }
}

/// All parties.
pub(super) fn parties(
    written: &[WrittenParty],
    names: &Names,
    reading: &Reading<'_>,
    zone: &TimeZone,
) -> BTreeMap<PartyId, Party> {
    for word in written.iter().filter(|party| !party.external).flat_map(|party| &party.people) {
        if let Some(client) = names.of_clients.get(&word.text) {
            let text = format!(
                "`{}` is also in the client `{client}`; nobody can be of the house and of a client",
                word.text
            );
            reading.say(&word.span, text);
        }
    }
    let party = |written: &WrittenParty| {
        let id = PartyId::new(values::id(reading, written.id.as_ref()?)?);
        Some((id.clone(), written.party(id, names, reading, zone)))
    };
    written.iter().filter_map(party).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_told_at_once_after_a_time_or_after_approval_alone() {
        assert_eq!(tell("at once"), Ok(Tell::AtOnce));
        assert_eq!(
            tell("after approval, or in 1h"),
            Ok(Tell::HoldingLineAfter(SignedDuration::from_hours(1)))
        );
        assert_eq!(tell("after approval"), Ok(Tell::AfterApproval));
        assert!(tell("after approval, or in 15").is_err());
        assert!(tell("later").is_err());
    }
}
