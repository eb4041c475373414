//! Rehearsing other rules on the mails that firebell itself got.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use firebell::config::{self, Files};
use firebell::io::clock::Clock;
use firebell::io::store::{Lease, Store, inbound};
use firebell::message;
use firebell::token::Keys;
use jiff::SignedDuration;

const SITE: &str = r#"
gateway = { address = "incidents@example.com", operator = "infra" }
party = [{ id = "infra", people = ["kato"] }]
person = [{ id = "kato", addresses = ["kato@example.com"] }]
"#;

fn rule(word: &str, then: &str) -> String {
    format!("[[rule]]\nname = \"{word}\"\nwhen = {{ subject = \"{word}\" }}\nthen = {{ {then} }}\n")
}

fn rules(folder: &Path, name: &str, text: &str) {
    let folder = folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("site.toml"), text).unwrap();
}

/// A site that got a mail two days ago and one just now.
fn site(folder: &Path) {
    fs::write(folder.join("firebell.toml"), SITE).unwrap();
    let open = "action = \"open\", severity = \"sev2\"";
    rules(folder, "rules", &(rule("disk", open) + &rule("router", open)));
    rules(folder, "renamed", &(rule("dis[k]", open) + &rule("router", open)));
    rules(folder, "silent", &(rule("disk", "action = \"ignore\"") + &rule("router", open)));
    let main = ("firebell.toml".to_owned(), SITE.to_owned());
    let book = config::read(&Files { main, ..Files::default() }, Keys::for_rehearsal()).unwrap().book;
    fs::create_dir(folder.join("data")).unwrap();
    let mut store = Store::open(&folder.join("data/firebell.db")).unwrap();
    for (subject, hours) in [("disk full", 48), ("router down", 0)] {
        let now = Clock::World.now() - SignedDuration::from_hours(hours);
        let raw = format!("From: a@example.org\r\nSubject: {subject}\r\n\r\nx\r\n").into_bytes();
        let lease = Lease { owner: "test".to_owned(), until: now };
        store.write(|store| inbound::deposit(store, &raw, now)).unwrap();
        let claimed = store.write(|store| inbound::claim(store, &lease, 1, now)).unwrap();
        let mail = claimed.first().unwrap();
        store.write(|store| inbound::finish(store, &book, mail, &message::read(&raw), now)).unwrap();
    }
}

fn rehearse(folder: &Path, since: &str, rules: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_firebell"))
        .args(["rehearse", "--since", since, "--rules", rules])
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn what_other_rules_would_have_made_of_the_last_mails_is_told() {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    let silent = rehearse(folder.path(), "30d", "silent");
    let shown = String::from_utf8(silent.stdout).unwrap();
    assert_eq!(silent.status.code(), Some(1), "{shown}");
    assert!(shown.starts_with("mail 1  "), "{shown}");
    for part in
        ["  disk full\n", "now   opened: SEV2, \"disk full\" (rule disk); pages kato", "then  ignored"]
    {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    assert!(shown.contains("1 of 2 mails come out otherwise"), "{shown}");
    assert!(!shown.contains("router down"), "{shown}");
}

#[test]
fn what_does_the_same_or_was_before_is_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    site(folder.path());
    for (since, rules, mails) in [("30d", "renamed", 2), ("1d", "silent", 1)] {
        let same = rehearse(folder.path(), since, rules);
        let shown = String::from_utf8(same.stdout).unwrap();
        assert_eq!(same.status.code(), Some(0), "{shown}");
        assert!(shown.starts_with(&format!("0 of {mails} mails come out otherwise")), "{shown}");
    }
    let wrong = rehearse(folder.path(), "lately", "silent");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("how long ago, `30d`, or a day"));
}
