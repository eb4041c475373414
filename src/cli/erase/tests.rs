//! Tests of the command on a store in files, after a night.

use std::fs;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::cli::night::{SITE, at, book, deliver};
use crate::gateway::Input;
use crate::house::{self, House, HouseFact};
use crate::incident;
use crate::io::store::{Lease, find, inbound, views};
use crate::message;

fn arguments(person: &str) -> Arguments {
    let person = person.to_owned();
    Arguments { person, name: Vec::new(), address: Vec::new(), originals: false, dry_run: false, yes: true }
}

/// A mail comes in and is worked on, as when firebell runs.
fn receive(store: &mut Store, raw: &str, now: Timestamp) {
    let book = book();
    store.write(|c| inbound::deposit(c, raw.as_bytes(), now)).unwrap();
    let lease = Lease { owner: "test".to_owned(), until: now + SignedDuration::from_mins(1) };
    let claimed = store.write(|c| inbound::claim(c, &lease, 9, now)).unwrap();
    for mail in claimed {
        let message = message::read(&mail.raw);
        store.write(|c| inbound::finish(c, &book, &mail, &message, now)).unwrap();
    }
}

fn mail(id: &str, from: &str, subject: &str, text: &str) -> String {
    crate::cli::night::mail(id, from, subject, text)
}

/// A site with its store: an alert, an answer of Kato Ren, one of somebody else that names him, a stranger.
fn site(folder: &Path) -> PathBuf {
    let (data, config) = (folder.join("data"), folder.join("firebell.toml"));
    fs::create_dir(&data).unwrap();
    let site = SITE.replace("[gateway]", &format!("[gateway]\ndata = \"{}\"", data.display()));
    fs::write(&config, site).unwrap();
    let (mut store, book) = (Store::open(&data.join(site::DATABASE)).unwrap(), book());
    receive(&mut store, &crate::cli::night::alert("1", "PROBLEM", "CRITICAL"), at(0));
    deliver(&mut store, &book, at(1));
    let page = store.read(|c| views::outbox(c, true)).unwrap();
    let subject = page.iter().find(|mail| mail.person == "kato").unwrap().subject.clone();
    let subject = format!("Re: {subject}");
    receive(&mut store, &mail("2", "Kato Ren <kato@example.com>", &subject, "Looking. Kato Ren\r\n"), at(2));
    let about = "I asked Kato Ren <kato@example.com>, he knows.\r\nKato is quick.\r\n";
    receive(&mut store, &mail("3", "sato@client-a.example.jp", &subject, about), at(3));
    receive(&mut store, &mail("4", "Kato Ren <kato@example.com>", "Of kato@example.com", "New one"), at(4));
    receive(&mut store, &mail("5", "noda@elsewhere.example.net", "Offer for Kato Ren", "Buy"), at(5));
    // All that is due by today, so that nothing waits.
    for _ in 0..9 {
        let now = Clock::World.now();
        store.write(|c| crate::io::store::work(c, &book, Input::Due(1), now)).unwrap();
        deliver(&mut store, &book, now + SignedDuration::from_hours(2));
    }
    config
}

fn store_of(config: &Path) -> Store {
    Store::open(&config.with_file_name("data").join(site::DATABASE)).unwrap()
}

fn replays(store: &Store) {
    for found in store.read(views::incidents).unwrap() {
        let events = store.read(|c| views::events(c, found.number)).unwrap();
        assert_eq!(incident::replay(found.number, &events), Some(found));
    }
    let log = store.read(views::house_events).unwrap();
    assert_eq!(log.iter().fold(House::default(), house::apply), store.read(find::house).unwrap());
}

#[test]
fn whoever_is_erased_is_in_no_file_any_more_and_states_are_what_their_timelines_say() {
    let folder = tempfile::tempdir().unwrap();
    let config = site(folder.path());
    replays(&store_of(&config));
    let before = store_of(&config).read(|c| views::events(c, 1)).unwrap().len();
    run(Some(&config), &arguments("kato")).unwrap();

    let store = store_of(&config);
    replays(&store);
    let events = store.read(|c| views::events(c, 1)).unwrap();
    assert_eq!(events.len(), before, "no line is lost");
    let said = serde_json::to_string(&events).unwrap();
    assert!(said.contains("former-participant-1") && !said.contains("\"kato\""), "{said}");
    let log = store.read(views::house_events).unwrap();
    assert!(matches!(log.last().unwrap().fact, HouseFact::Keeping(_)));
    drop(store);
    for file in fs::read_dir(folder.path().join("data")).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        for trace in ["kato@example.com", "Kato Ren"] {
            let found = bytes.windows(trace.len()).position(|window| window == trace.as_bytes());
            assert_eq!(found, None, "{trace}");
        }
    }
}

#[test]
fn mails_of_theirs_are_gone_and_those_of_others_still_say_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let config = site(folder.path());
    let (told, store) = {
        let loaded = site::load_without_rules(Some(&config)).unwrap();
        let person = Traces::of(&loaded.config, &arguments("KATO@example.com")).unwrap();
        person.erase(&loaded.config, false, false).unwrap()
    };
    let told = crate::cli::night::plain(&told);
    assert!(
        told.contains("  Their mails  2 removed\n") && told.contains("Others' mails 2 changed"),
        "{told}"
    );
    assert!(told.contains("of its timeline: a part of the name"), "Kato is quick: {told}");
    assert!(told.contains("still in firebell.toml"), "{told}");
    let kept = store.read(|c| crate::io::store::past::kept_since(c, at(0))).unwrap();
    let raw = |id| String::from_utf8(store.read(|c| crate::io::store::past::raw(c, id)).unwrap()).unwrap();
    let texts: Vec<String> = kept.iter().map(|mail| raw(mail.id)).collect();
    assert_eq!(texts.len(), 3);
    assert!(texts[1].contains("I asked former participant <former-participant-1@erased.invalid>, he knows."));
    assert!(texts[2].contains("Subject: Offer for former participant\r\n"));
}

#[test]
fn what_goes_on_goes_on_afterwards_and_a_second_one_is_somebody_else() {
    let folder = tempfile::tempdir().unwrap();
    let config = site(folder.path());
    run(Some(&config), &arguments("kato")).unwrap();
    run(Some(&config), &arguments("noda@elsewhere.example.net")).unwrap();
    let mut store = store_of(&config);
    replays(&store);
    assert_eq!(store.read(find::house).unwrap().erased, 2);
    receive(&mut store, &crate::cli::night::alert("9", "RECOVERY", "OK"), at(40));
    let incident = store.read(|c| find::incident(c, 1)).unwrap().unwrap();
    assert!(!incident.is_broken());
    replays(&store);
}

#[test]
fn trying_changes_nothing_and_a_firebell_that_runs_is_not_disturbed() {
    let folder = tempfile::tempdir().unwrap();
    let config = site(folder.path());
    let digest = || store_of(&config).digest().unwrap();
    let before = digest();
    run(Some(&config), &Arguments { dry_run: true, yes: false, ..arguments("kato") }).unwrap();
    assert_eq!(digest(), before);
    let lock = site::lock(&folder.path().join("data")).unwrap();
    let refused = run(Some(&config), &arguments("kato")).unwrap_err().to_string();
    assert!(refused.contains("stop it first"), "{refused}");
    drop(lock);
    store_of(&config).write(|c| inbound::deposit(c, b"Subject: waits\r\n\r\n", at(50))).unwrap();
    let waits = run(Some(&config), &arguments("kato")).unwrap_err().to_string();
    assert!(waits.contains("1 mails are not worked on yet"), "{waits}");
}

#[test]
fn whoever_is_meant_is_known_by_id_or_address_and_a_mistyped_one_is_suggested() {
    let folder = tempfile::tempdir().unwrap();
    let config = site::load_without_rules(Some(&site(folder.path()))).unwrap().config;
    let of = |arguments: &Arguments| Traces::of(&config, arguments);
    let kato = of(&arguments("kato")).unwrap();
    assert_eq!((kato.names.as_slice(), kato.listed), (["Kato Ren".to_owned()].as_slice(), true));
    assert_eq!(of(&arguments("Kato@example.com")).unwrap(), kato);
    assert!(of(&arguments("katoo")).unwrap_err().to_string().contains("did you mean `kato`?"));
    let gone = Arguments { name: vec!["Abe Jun".to_owned()], ..arguments("abe") };
    assert_eq!(of(&gone).unwrap().id, Some(PersonId::new("abe")));
    assert!(of(&arguments("incidents@example.com")).is_err());
}
