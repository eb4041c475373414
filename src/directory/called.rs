//! Owns whom people mean by a name: an id, an address, a full name, or a part of one.

use super::{Address, Directory, PartyId, PersonId};

/// Somebody who was named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A person.
    Person(PersonId),
    /// A party.
    Party(PartyId),
}

impl Named {
    /// Their id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Person(person) => person.as_str(),
            Self::Party(party) => party.as_str(),
        }
    }
}

impl Directory {
    /// Those whom a name may mean; one, where it is clear. An id counts before an address, that before a full name, that
    /// before a part of one.
    pub fn called(&self, name: &str) -> Vec<Named> {
        let wanted = plain(name);
        let address = Address::new(name.trim_matches(['<', '>']));
        let by_id = |id: &str, _: &str| id == wanted;
        let by_name = |_: &str, name: &str| plain(name) == wanted;
        let by_part = |_: &str, name: &str| {
            let name = plain(name);
            name.split(' ').any(|part| part == wanted)
                || !wanted.is_ascii()
                    && !wanted.is_empty()
                    && name.replace(' ', "").starts_with(&wanted.replace(' ', ""))
        };
        let owner = self.person_of(&address).map(|person| vec![Named::Person(person.id.clone())]);
        let ways: [Vec<Named>; 4] =
            [self.those(by_id), owner.unwrap_or_default(), self.those(by_name), self.those(by_part)];
        ways.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    fn those(&self, is_meant: impl Fn(&str, &str) -> bool) -> Vec<Named> {
        let people = self.people.values().filter(|person| is_meant(person.id.as_str(), &person.name));
        let parties = self.parties.values().filter(|party| is_meant(party.id.as_str(), &party.name));
        let people = people.map(|person| Named::Person(person.id.clone()));
        people.chain(parties.map(|party| Named::Party(party.id.clone()))).collect()
    }
}

/// Small letters, single blanks, half width.
fn plain(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    };
    let name: String = name.chars().map(narrow).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal;

    fn called(name: &str) -> Vec<String> {
        let directory = rehearsal::standard_cast().unwrap().directory;
        directory.called(name).iter().map(|named| named.as_str().to_owned()).collect()
    }

    #[test]
    fn people_and_parties_are_known_by_id_address_and_name() {
        for name in
            ["kato", "Kato", "KATO@example.com", "Kato Ren", "ren", "Ｋａｔｏ　Ｒｅｎ", "<kato@example.com>"]
        {
            assert_eq!(called(name), ["kato"], "{name}");
        }
        assert_eq!(called("Development"), ["dev"]);
        assert_eq!(called("client"), ["client-a"]);
        assert!(called("nobody").is_empty() && called("").is_empty() && called("kat").is_empty());
    }

    #[test]
    fn a_name_of_two_is_given_as_two() {
        let mut directory = rehearsal::standard_cast().unwrap().directory;
        for (id, name) in [("kato-ren", "加藤 蓮"), ("kato-jun", "加藤 淳")] {
            let mut person = directory.people.values().next().unwrap().clone();
            (person.id, person.name) = (PersonId::new(id), name.to_owned());
            person.addresses = vec![Address::new(&format!("{id}@example.jp"))];
            directory.people.insert(person.id.clone(), person);
        }
        let ids = |name| directory.called(name).iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(ids("加藤"), ["kato-jun", "kato-ren"]);
        assert_eq!(ids("加藤淳"), ["kato-jun"]);
    }
}
