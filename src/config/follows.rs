//! Owns `follows` of people and parties: of what they are kept informed, service by service and as bad as they say.

use super::names::Names;
use super::parties::WrittenParty;
use super::people::WrittenPerson;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values;
use crate::directory::{Follow, PartyId, PersonId, Severity};

/// One wish as written.
#[derive(Debug)]
pub(super) struct WrittenFollow {
    service: Option<Word>,
    severity: Option<Severity>,
}

/// The wishes in a table of a person or party: `follows = [{ service = "mail", severity = "sev2" }]`.
pub(super) fn read(table: &Table<'_>) -> Vec<WrittenFollow> {
    let wish = |written: Table<'_>| {
        if !written.has("service") && !written.has("severity") {
            let text =
                "`follows` needs `service`, `severity` or both; `{ severity = \"sev4\" }` is all that breaks";
            written.reading.say(&written.span, text);
        }
        let wish = WrittenFollow {
            service: written.word("service"),
            severity: written.read("severity", values::severity),
        };
        written.end();
        wish
    };
    table.tables("follows", "follows").into_iter().map(wish).collect()
}

/// What they mean: of a party each of its people follows.
pub(super) fn follows(
    people: &[WrittenPerson],
    parties: &[WrittenParty],
    names: &Names,
    reading: &Reading<'_>,
) -> Vec<Follow> {
    let mut found = Vec::new();
    for (person, wish) in
        people.iter().flat_map(|person| person.follows.iter().map(move |wish| (person, wish)))
    {
        let Some(who) = person.id.as_ref().and_then(|id| names.follower(reading, id)) else { continue };
        found.extend(meaning(wish, names, reading).map(|of| follow(who, None, of)));
    }
    for (party, wish) in parties.iter().flat_map(|party| party.follows.iter().map(move |wish| (party, wish)))
    {
        let (Some(id), Some(of)) = (&party.id, meaning(wish, names, reading)) else { continue };
        let of_house =
            party.people.iter().filter(|word| !party.external && names.people.contains(&word.text));
        let party = PartyId::new(&id.text);
        found.extend(of_house.map(|word| follow(PersonId::new(&word.text), Some(party.clone()), of.clone())));
    }
    found
}

type Of = (Option<crate::directory::ServiceId>, Severity);

fn meaning(wish: &WrittenFollow, names: &Names, reading: &Reading<'_>) -> Option<Of> {
    let service = match &wish.service {
        Some(word) => Some(names.service(reading, word)?),
        None => None,
    };
    Some((service, wish.severity.unwrap_or(Severity::Sev4)))
}

fn follow(person: PersonId, party: Option<PartyId>, (service, severity): Of) -> Follow {
    Follow { person, party, service, severity }
}
