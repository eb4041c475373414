//! What a client's digest must not hold stays in the outbox, and the operator hears of it.

use super::*;
use crate::document::{Part, Section};
use crate::gateway::{Change, Input, Known, step};
use crate::incident::tests::Life;
use crate::timetable::{Rhythm, View};

fn issued(text: &str) -> Change {
    let life = Life::begin();
    let (person, now) = (PersonId::new("ueda"), life.now);
    let client = crate::directory::PartyId::new("client-a");
    let order = DigestOrder {
        id: "weekly".to_owned(),
        rhythm: Rhythm::new("0 9 * * *", life.book.zone.clone()).unwrap(),
        audience: View::Party(client.clone()),
        recipients: vec![person.clone()],
        services: std::collections::BTreeSet::new(),
        skip_empty: false,
        trends: false,
    };
    let secrets = notice::secrets_of_digest(&life.book, std::iter::once(&life.incident), &client);
    let mut book = life.book;
    book.digests = vec![order];
    let mut known = Known { next_number: 2, ..Known::default() };
    for fact in [
        DigestFact::Wanted { digest: "weekly".to_owned() },
        DigestFact::Due { digest: "weekly".to_owned(), time: now },
    ] {
        let event =
            crate::house::HouseEvent { seq: known.house.events + 1, at: now, fact: HouseFact::Digest(fact) };
        known.house = crate::house::apply(known.house, &event);
    }
    let part = Part::Text { text: text.to_owned() };
    let document = Document {
        language: "en",
        title: "Service A".to_owned(),
        preheader: String::new(),
        lead: Vec::new(),
        sections: vec![Section { heading: "Service A".to_owned(), parts: vec![part] }],
        footer: Vec::new(),
    };
    let digest = "weekly".to_owned();
    let issue = Issue {
        digest,
        time: now,
        person,
        document: Some(document),
        images: Vec::new(),
        secrets: Some(secrets),
    };
    step(&book, known, Input::Composed(&issue), now)
}

#[test]
fn a_client_s_digest_with_internal_text_in_it_is_held_and_the_operator_told() {
    for secret in ["Kato Ren looks at it", "kato@example.com", "web00/service-a fires", "It is web00 again"] {
        let change = issued(secret);
        let of_client = change.notices.iter().find(|it| it.person.as_str() == "ueda").unwrap();
        assert!(of_client.withheld.is_some(), "{secret}");
        let told =
            change.notices.iter().find(|it| it.person.as_str() == "kato").expect("the operator is told");
        let said = String::from_utf8_lossy(&told.bytes).into_owned();
        assert!(said.contains("held back"), "{said}");
        assert!(change.house.digests["weekly"].last.is_empty(), "the next one tells it");
        assert!(change.house.digests["weekly"].sending.as_ref().is_none_or(|it| it.done.len() == 1));
    }
}

#[test]
fn what_a_client_may_know_is_no_secret() {
    let change = issued("Service A works again since 02:00 JST. It did not work from 01:00 JST.");
    assert_eq!(change.notices.len(), 1);
    assert_eq!(change.notices[0].withheld, None);
}
