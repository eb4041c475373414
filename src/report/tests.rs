//! What reports say.

use std::collections::BTreeMap;

use super::account::Detail;
use super::*;
use crate::audience::{Audience, Belief};
use crate::directory::Language;
use crate::incident::{self, Actor, Event, Fact, NoticeKind, Opening, Placed};
use crate::notice::Reader;

fn account(fields: &[(Field, &str)]) -> Account {
    let fields: BTreeMap<Field, String> =
        fields.iter().map(|(field, text)| (*field, (*text).to_owned())).collect();
    Account::read(&fields)
}

#[test]
fn details_stand_in_lines_of_their_own_in_either_language() {
    let account = account(&[
        (Field::Impact, "120 users could not log in.\nData loss: none\n個人情報の漏えい:なし"),
        (Field::Cause, "The pool ran dry.\nroot cause: a leak in the driver"),
    ]);
    assert_eq!(account.impact, "120 users could not log in.");
    assert_eq!(account.detail(Detail::DataLoss), Some("none"));
    assert_eq!(account.detail(Detail::Leak), Some("なし"));
    assert_eq!(account.detail(Detail::RootCause), Some("a leak in the driver"));
    assert_eq!(account.cause, "The pool ran dry.");
}

#[test]
fn an_action_has_an_owner_and_a_date_where_somebody_wrote_them() {
    let account = account(&[
        (Field::Fix, "Restarted.\n- replace the pool @sato by 2026-12-01"),
        (Field::Prevention, "・監視を追加 @kato 2026-12-10まで\n- tell the client sooner"),
    ]);
    let told: Vec<(u32, &str, Option<&str>, Option<String>)> = account
        .actions
        .iter()
        .map(|it| (it.number, it.text.as_str(), it.owner.as_deref(), it.due.map(|due| due.to_string())))
        .collect();
    assert_eq!(
        told,
        [
            (1, "replace the pool", Some("sato"), Some("2026-12-01".to_owned())),
            (2, "監視を追加", Some("kato"), Some("2026-12-10".to_owned())),
            (3, "tell the client sooner", None, None),
        ]
    );
    assert_eq!(account.fix, "Restarted.");
}

#[test]
fn what_nobody_wrote_is_asked_for_by_name() {
    assert_eq!(account(&[]).missing(), Field::ALL);
    assert_eq!(account(&[(Field::Cause, "x"), (Field::Fix, "- y")]).missing(), [Field::Impact]);
}

/// An incident of a night with 2,000 notes and 300 mails.
fn long(book: &Book) -> Record {
    let at = |seconds: i64| {
        "2026-11-22T16:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
    };
    // As a store has it: what later versions add has a default.
    let opening: Opening = serde_json::from_value(serde_json::json!({
        "title": "Service A is down", "public_name": "Service A", "service": null, "severity": "sev1",
        "responders": ["infra", "dev"], "followers": ["sales"], "clients": ["client-a"],
        "policy": { "id": "default", "steps": [], "repeat": 0 }, "rule": null, "by": "alerts", "key": null,
        "began": at(0), "trusted": true, "previous": null, "neighbour": null, "report": "",
    }))
    .unwrap();
    let mut events = vec![Event { seq: 1, at: at(0), fact: Fact::Opened(Box::new(opening)) }];
    let mut add = |fact| {
        let seq = events.len() as u32 + 1;
        events.push(Event { seq, at: at(i64::from(seq) * 20), fact });
    };
    let people = ["kato", "sato", "mori", "ueda"];
    for number in 1..=300 {
        let person = PersonId::new(people[number % 4]);
        let client = number % 4 == 3;
        let audience = if client { Audience::Client(PartyId::new("client-a")) } else { Audience::Inner };
        let number = number as u32;
        let belief = Some(if number.is_multiple_of(3) { Belief::Working } else { Belief::Down });
        add(Fact::Queued {
            audience: audience.clone(),
            number,
            person: person.clone(),
            kind: NoticeKind::Inform,
            about: 1,
            belief,
        });
        add(Fact::Told { audience, number, person });
    }
    for number in 0..1400 {
        let text = format!("Note {number}: {}", "接続プールとディスクをあらためて確認しました。".repeat(20));
        add(Fact::Noted {
            by: Actor::Person(PersonId::new("kato")),
            audience: Audience::Inner,
            placed: Placed::Token,
            text,
            automatic: false,
            with_commands: false,
            asks: None,
            alike: 0,
            crowd: 0,
        });
    }
    let incident = incident::replay(1, &events).unwrap();
    assert_eq!((events.len(), incident.notices.len(), book.directory.people.len()), (2001, 300, 4));
    Record { incident, events }
}

#[test]
fn the_report_of_a_long_incident_is_shorter_than_what_gmail_clips_in_either_edition() {
    let book = crate::rehearsal::standard_cast().unwrap();
    let record = long(&book);
    let now = record.events.last().unwrap().at;
    for language in [Language::En, Language::Ja] {
        let reader = Reader::anybody(&book, language, now);
        let whole = report(&book, &record, 1, now);
        let html = crate::document::html(&paper(&book, &whole, &reader), &book.templates);
        assert!(html.len() > 10_000 && html.len() < 100_000, "{}", html.len());
        let client = client_report(&book, &record, &PartyId::new("client-a"), 1, now).unwrap();
        let html = crate::document::html(&client_paper(&book, &client, &reader), &book.templates);
        assert!(html.len() > 5_000 && html.len() < 100_000, "{}", html.len());
        assert!(!figure(&book, &record, &reader).alt.is_empty());
    }
}
