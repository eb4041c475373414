//! Who is in an incident, and why, as people change it.

use jiff::SignedDuration;

use super::*;
use crate::audience::Audience;
use crate::incident::Placed;
use crate::incident::tests::Life;

/// Each participant, whether they hear of it, and the first words of their reasons.
fn seen(life: &Life) -> Vec<String> {
    let said = |why: &Because| match serde_json::to_value(why).unwrap() {
        serde_json::Value::Object(why) => {
            let why: Vec<String> =
                why.values().map(|value| value.to_string().trim_matches('"').to_owned()).collect();
            why.join(" ")
        }
        other => other.to_string(),
    };
    participants(&life.book.roster(&[]), &life.incident, &life.events, life.now)
        .iter()
        .map(|one| {
            let because: Vec<String> = one.because.iter().map(said).collect();
            let hears = if one.hears { "" } else { " (hears nothing)" };
            format!("{}{hears}: {}", one.person, because.join(", "))
        })
        .collect()
}

fn arranged(by: &str, what: Arranged) -> Fact {
    Fact::Arranged(Arrangement { by: PersonId::new(by), what })
}

fn part(person: &str, part: Part) -> Arranged {
    Arranged::Part { person: PersonId::new(person), part }
}

#[test]
fn everybody_is_named_with_every_reason_the_weightiest_first() {
    let mut life = Life::begin();
    assert_eq!(
        seen(&life),
        [
            "kato: stands-in, infra responder, 2026-11-22T16:00:00Z 1 paged",
            "sato (hears nothing): dev responder",
            "mori: client-a account-owner, sales follower",
            "ueda: client-a contact",
        ]
    );
    life.now += SignedDuration::from_mins(5);
    life.due();
    let (by, text) = (Actor::Person(PersonId::new("mori")), "How long?".to_owned());
    let (audience, placed) = (Audience::Inner, Placed::Operator);
    let note = Fact::Noted {
        by,
        audience,
        placed,
        text,
        automatic: false,
        with_commands: false,
        asks: None,
        alike: 0,
        crowd: 0,
    };
    let until = life.now + SignedDuration::from_mins(60);
    life.record(vec![note, Fact::Acknowledged { by: PersonId::new("sato"), until }]);
    assert_eq!(
        seen(&life),
        [
            "sato: owner, 2026-11-22T17:05:00Z has, dev responder, 2026-11-22T16:05:00Z 1 paged",
            "kato: infra responder, 2026-11-22T16:00:00Z 1 paged",
            "mori: client-a account-owner, sales follower, 2026-11-22T16:05:00Z 1 wrote",
            "ueda: client-a contact",
        ]
    );
}

#[test]
fn who_brought_somebody_in_or_let_them_out_is_named() {
    let mut life = Life::begin();
    let sales = PartyId::new("sales");
    life.record(vec![
        arranged("kato", part("sato", Part::Responder)),
        arranged("kato", Arranged::PartyAdded { party: sales, client: false }),
        arranged("kato", part("mori", Part::Removed)),
    ]);
    let now = seen(&life);
    assert!(now[1].starts_with("sato: dev responder, kato added"), "{now:?}");
    assert!(now[2].starts_with("ueda: "), "{now:?}");
    let removed = "mori (hears nothing): kato sales responder, client-a account-owner, kato removed";
    assert_eq!(now[3], removed, "{now:?}");
    life.record(vec![arranged("mori", part("mori", Part::Follower))]);
    let now = seen(&life);
    assert!(now.iter().any(|one| one.starts_with("mori: ") && one.ends_with("joined")), "{now:?}");
    life.record(vec![arranged("mori", part("mori", Part::Left))]);
    let now = seen(&life);
    assert!(now.last().is_some_and(|one| one.starts_with("mori (hears nothing): ")), "{now:?}");
    assert!(now.last().is_some_and(|one| one.ends_with("left")), "{now:?}");
}
