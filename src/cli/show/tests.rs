//! What `show`, `incidents` and `do` say of a night.

use super::*;
use crate::cli::night::{alert, at, book, deliver, mail, plain, receive};
use crate::io::store::Store;

/// Down at 01:00, works again at 02:00, down again at 03:00; the client was told of all but the last.
fn night() -> (Book, Store) {
    let (book, mut store) = (book(), Store::in_memory().unwrap());
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    deliver(&mut store, &book, at(0));
    receive(&mut store, &book, &alert("2", "RECOVERY", "OK"), at(60));
    let due = crate::gateway::Input::Due(1);
    store.write(|connection| crate::io::store::work(connection, &book, due, at(80))).unwrap();
    deliver(&mut store, &book, at(80));
    receive(&mut store, &book, &alert("3", "PROBLEM", "CRITICAL"), at(120));
    (book, store)
}

fn known(store: &Store) -> (Incident, Vec<Event>) {
    store.read(|c| Ok((find::incident(c, 1)?.unwrap(), views::events(c, 1)?))).unwrap()
}

fn text(book: &Book, incident: &Incident, events: &[Event], now: Timestamp) -> String {
    let people = participants(&book.roster(&[]), incident, events, now);
    words::text(book, incident, (events, &people), now)
}

#[test]
fn a_client_that_believes_what_is_no_longer_true_is_seen_at_once() {
    let (book, store) = night();
    let (incident, events) = known(&store);
    let text = plain(&text(&book, &incident, &events, at(130)));
    for line in [
        "INC-1: web01 svc-a",
        "  Status       SEV1, open",
        "  Service      service-a, \"Service A\" to clients",
        "  Broken       01:00 JST to 02:00 JST: 1 h",
        "               since 03:00 JST (10 min ago)",
        "  Alerts       firing nagios:web01/svc-a, fired 2 times, last at 03:00 JST",
        "  People       kato  answers for it until somebody has it; mends it with infra; paged 2 times, last at 03:00 JST; answers for client-a",
        "               sato  reads for client-a",
        "               client-a  \"works again\", told at 02:20 JST: FALSE since 03:00 JST",
        "                         owed a word for 10 min, which is on its way",
        "                         hears again by 03:30 JST",
        "Sun 22 Nov 2026, JST",
        "  01:00  opened: SEV1, Service A (rule service-a)",
        "  02:00  recovered (1 of 1 keys); provisional until 02:15",
        "  03:00  occurrence 2; acknowledgement void; infra, client-a believe \"works again\", false since 03:00",
    ] {
        assert!(text.lines().any(|told| told == line), "{line:?} is missing in\n{text}");
    }
}

#[test]
fn json_has_facts_beliefs_and_the_timeline_in_one_object() {
    let (book, store) = night();
    let (incident, events) = known(&store);
    let json: serde_json::Value =
        serde_json::from_str(&output::json(&whole(&book, &incident, &events, &[]))).unwrap();
    assert_eq!((json["incident"].as_str(), json["status"].as_str()), (Some("INC-1"), Some("open")));
    assert_eq!(json["occurrences"], 2);
    assert_eq!(json["history"].as_array().unwrap().len(), 2);
    assert_eq!(json["parties"][1]["party"], "client-a");
    assert_eq!(
        (&json["parties"][1]["believes"], &json["parties"][1]["true"]),
        (&"working".into(), &false.into())
    );
    let client = &json["parties"][1];
    assert_eq!(client["owed_since"], "2026-11-21T18:00:00Z");
    assert_eq!((&client["on_its_way"], &client["promised"]), (&true.into(), &"2026-11-21T18:30:00Z".into()));
    assert_eq!((&client["no_need"], &client["told_by_itself_at"]), (&().into(), &().into()));
    assert_eq!(json["parties"][0].get("owed_since"), None);
    assert_eq!(json["timeline"][0]["line"], "opened: SEV1, Service A (rule service-a)");
    assert_eq!(json["timeline"].as_array().unwrap().len(), events.len());
}

#[test]
fn who_was_told_nothing_takes_it_for_working() {
    let (book, mut store) = (book(), Store::in_memory().unwrap());
    receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let (incident, events) = known(&store);
    let text = plain(&text(&book, &incident, &events, at(1)));
    assert!(text.contains("  client-a  told nothing: FALSE since 01:00 JST\n"), "{text}");
    assert_eq!(beliefs::deceived(&book, &incident).len(), 1);
    deliver(&mut store, &book, at(1));
    let (incident, _) = known(&store);
    assert_eq!(beliefs::deceived(&book, &incident), []);
}

#[test]
fn of_two_that_are_one_each_names_the_other_and_only_one_tells_what_is_believed() {
    let (book, mut store) = night();
    receive(&mut store, &book, &mail("4", "kato@example.com", "Orders hang", "since three"), at(121));
    let (incident, person, words) = (2, crate::directory::PersonId::new("kato"), "merge INC-1".to_owned());
    let words = crate::gateway::OperatorWords { incident, person, words };
    let merge = crate::gateway::Input::Operator(&words);
    let change = store.write(|c| crate::io::store::work(c, &book, merge, at(122))).unwrap();
    assert_eq!(change.replies.len(), 1);
    assert!(change.replies[0].1.contains("INC-2") && change.replies[0].1.contains("INC-1"), "{change:?}");
    let shown = |number| {
        let (incident, events) =
            store.read(|c| Ok((find::incident(c, number)?.unwrap(), views::events(c, number)?))).unwrap();
        let json: serde_json::Value =
            serde_json::from_str(&output::json(&whole(&book, &incident, &events, &[]))).unwrap();
        (plain(&text(&book, &incident, &events, at(130))), json)
    };
    let ((older, stays), (younger, goes)) = (shown(1), shown(2));
    assert!(
        older.contains("  Stands for   INC-2\n") && older.contains("client-a  \"works again\""),
        "{older}"
    );
    assert!(younger.contains("  Goes on as   INC-1, which stands for it\n"), "{younger}");
    assert!(!younger.contains("Believes"), "{younger}");
    assert_eq!((&stays["parts"][0], &goes["merged_into"]), (&"INC-2".into(), &"INC-1".into()));
}

#[test]
fn whoever_said_that_a_client_need_not_be_told_is_named_with_the_reason() {
    let (book, mut store) = night();
    let words = "no need: they watch it with us on the phone".to_owned();
    let person = crate::directory::PersonId::new("kato");
    let words = crate::gateway::OperatorWords { incident: 1, person, words };
    let input = crate::gateway::Input::Operator(&words);
    store.write(|c| crate::io::store::work(c, &book, input, at(121))).unwrap();
    let (incident, events) = known(&store);
    let text = plain(&text(&book, &incident, &events, at(130)));
    assert!(!text.contains("owed a word"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&output::json(&whole(&book, &incident, &events, &[]))).unwrap();
    assert_eq!(json["parties"][1]["no_need"]["by"], "kato");
    assert_eq!(json["parties"][1]["no_need"]["reason"], "they watch it with us on the phone");
    assert_eq!(json["parties"][1]["told_by_itself_at"], serde_json::Value::Null);
}
