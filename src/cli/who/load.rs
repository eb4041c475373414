//! Owns `firebell who --load`: how often people and parties were paged in a week, at night too, and how soon they had it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::book::Book;
use crate::chronicle::Record;
use crate::cli::{End, Failure, output, paper, site};
use crate::config::Config;
use crate::digest::{self, Load, Pages, PartyLoad, Period};
use crate::directory::Language;
use crate::incident::words::one_line;
use crate::io::store::records;
use crate::notice::Reader;

/// How far back the weeks before are counted.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 7 * digest::WEEKS);

/// What JSON says.
#[derive(Debug, Serialize)]
struct Line<T> {
    #[serde(flatten)]
    period: Period,
    #[serde(flatten)]
    of: T,
}

/// Says it of the week before a time.
pub(super) fn run(config: &Config, at: Timestamp, json: bool) -> Result<End, Failure> {
    let store = site::store_to_read(config)?;
    let kept = store.read(|connection| records::since(connection, at - LONGEST))?;
    let book = &config.book;
    if !json {
        output::print(&told(book, &kept.incidents, at))?;
        return Ok(End::Done);
    }
    let (period, people, parties) = digest::load_until(&book.directory, &kept.incidents, &book.zone, at);
    for of in people {
        output::print_json(&Line { period, of })?;
    }
    for of in parties {
        output::print_json(&Line { period, of })?;
    }
    Ok(End::Done)
}

/// The same as tables; times by the gateway's clocks.
fn told(book: &Book, records: &[Record], at: Timestamp) -> String {
    let (period, people, parties) = digest::load_until(&book.directory, records, &book.zone, at);
    let reader = Reader::anybody(book, Language::En, at);
    let stretch = format!("{} to {}", reader.time(period.from), reader.time(period.to));
    if people.is_empty() {
        return format!("Nobody was paged from {stretch}.\n");
    }
    let person = |load: &Load| {
        let known = book.directory.people.get(&load.person);
        row(&reader, known.map_or(load.person.as_str(), |person| person.name.as_str()), &load.pages)
    };
    let party = |load: &PartyLoad| {
        let known = book.directory.parties.get(&load.party);
        row(&reader, known.map_or(load.party.as_str(), |party| party.name.as_str()), &load.pages)
    };
    let head = |whose: &str| {
        let head = [whose, "pages", "at night", "a week before", "until they had it"];
        head.map(str::to_owned)
    };
    let people: Vec<Vec<String>> = people.iter().map(person).collect();
    let parties: Vec<Vec<String>> = parties.iter().map(party).collect();
    let tables = [paper::table(&head("person"), &people), paper::table(&head("party"), &parties)];
    format!("Pages from {stretch}; night is 22:00 to 07:00.\n\n{}", tables.join("\n"))
}

fn row(reader: &Reader, name: &str, pages: &Pages) -> Vec<String> {
    let had = pages.to_acknowledge.map(|seconds| reader.length(SignedDuration::from_secs(seconds)));
    let counts = [pages.pages, pages.at_night, pages.before].map(|count| count.to_string());
    let had = had.unwrap_or_else(|| "-".to_owned());
    [vec![one_line(name)], counts.to_vec(), vec![had]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::night::{alert, at, book, deliver, plain, receive};
    use crate::directory::PersonId;
    use crate::gateway::{Input, OperatorWords};
    use crate::io::store::{self, Store};

    fn records(store: &Store, now: Timestamp) -> Vec<Record> {
        store.read(|connection| records::since(connection, now - LONGEST)).unwrap().incidents
    }

    #[test]
    fn each_person_and_party_is_listed_with_pages_nights_and_how_soon_they_had_it() {
        let (book, mut store) = (book(), Store::in_memory().unwrap());
        receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
        deliver(&mut store, &book, at(1));
        let ack = OperatorWords { incident: 1, person: PersonId::new("kato"), words: "ack".to_owned() };
        store.write(|c| store::work(c, &book, Input::Operator(&ack), at(5))).unwrap();
        let week = 7 * 24 * 60;
        let told_at = |now| plain(&told(&book, &records(&store, now), now));
        let now = told_at(at(10));
        let lines: Vec<&str> = now.lines().map(str::trim_end).collect();
        assert_eq!(lines[0], "Pages from Sun 15 Nov 01:10 JST to 01:10 JST; night is 22:00 to 07:00.");
        assert_eq!(lines[2], "  person    pages  at night  a week before  until they had it");
        assert_eq!(lines[3], "  Kato Ren  1      1         0              4 min");
        assert_eq!(lines[6], "  infra  1      1         0              4 min");
        assert!(told_at(at(week + 10)).starts_with("Nobody was paged from"), "a week later");
        let (_, people, parties) =
            digest::load_until(&book.directory, &records(&store, at(10)), &book.zone, at(10));
        let json = serde_json::to_value(&parties[0]).unwrap();
        assert_eq!(json["party"], "infra");
        assert_eq!((json["pages"].as_u64(), people[0].pages.to_acknowledge), (Some(1), Some(240)));
    }
}
