//! What `explain` says of mails, in JSON and in words.

use std::fs;

use super::*;
use crate::cli::night::{self, alert, at, book, mail, plain};

/// The mail explained among nothing, at one o'clock.
fn account(raw: &str) -> Account {
    explained(&book(), &Store::in_memory().unwrap(), raw)
}

fn explained(book: &Book, store: &Store, raw: &str) -> Account {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("a.eml");
    fs::write(&file, raw).unwrap();
    let account = explain(book, store, &file, at(0)).unwrap();
    Account { file: "a.eml".to_owned(), ..account }
}

fn json(account: &Account) -> serde_json::Value {
    serde_json::from_str(&output::json(account)).unwrap()
}

#[test]
fn an_alert_s_account_has_the_names_that_scripts_rely_on() {
    let account = account(&alert("1", "PROBLEM", "CRITICAL"));
    let written = output::json(&account);
    assert!(
        written.starts_with(
            r#"{"file":"a.eml","message_id":"1@example.net","date":"2026-11-22T01:00:00+09:00","#
        )
    );
    let json = json(&account);
    let names: Vec<&str> =
        "file message_id date from subject base_subject reply_text quoted_text trimmed_at automatic bounce \
         invitation forwarded alerts commands placement candidates verdict would_send defects"
            .split_whitespace()
            .collect();
    assert!(names.iter().all(|name| json.get(name).is_some()));
    assert_eq!(json.as_object().unwrap().len(), names.len());
    assert_eq!(json["from"], serde_json::json!({"name": "", "address": "nagios@mon.example.com"}));
    assert_eq!(json["alerts"][0]["state"], "firing");
    assert_eq!(json["alerts"][0]["format"], "nagios");
    assert_eq!(json["placement"], serde_json::json!({"by": "new", "incident": "INC-1"}));
    let verdict = serde_json::json!({"rule": "service-a", "action": "open", "service": "service-a", "severity": "sev1"});
    assert_eq!(json["verdict"], verdict);
    assert_eq!(json["would_send"][0]["to"], "kato@example.com");
    assert_eq!(json["would_send"][0]["because"], "page, step 1");
    assert_eq!(json["would_send"][1]["to"], "sato@client-a.example.jp");
    assert_eq!(json["would_send"][1]["because"], "holding line");
}

#[test]
fn an_alert_is_told_in_words() {
    let text = plain(&words::text(&account(&alert("1", "PROBLEM", "CRITICAL"))));
    for line in [
        "a.eml",
        "  From         nagios@mon.example.com",
        "  Alerts       firing nagios:web01/svc-a, severity critical, host web01, service svc-a",
        "  Rule         service-a (rules/site.toml:2): open, SEV1, service service-a, \"web01 svc-a\"",
        "  Outcome      opens INC-1",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is missing in\n{text}");
    }
    assert!(text.contains("  Would send   kato@example.com (page, step 1): [INC-1-"), "{text}");
}

#[test]
fn a_person_s_mail_of_lesser_trouble_is_told_after_it_has_settled() {
    let account = account(&mail("1", "Kato <kato@example.com>", "Router reboots", "ack\r\n\r\nlooking"));
    assert!(account.automatic.is_none());
    assert_eq!(json(&account)["commands"], serde_json::json!([{"line": "ack", "command": "ack"}]));
    assert_eq!(account.would_send.first().unwrap().because, "page, step 1, after 30 s");
    assert!(plain(&words::text(&account)).contains("\n  Kind         a person's mail\n"));
}

#[test]
fn a_person_sees_why_a_text_was_cut_and_where_a_forward_was_found() {
    let told = |subject: &str, text: &str| {
        let account = account(&mail("1", "kato@example.com", subject, &text.replace('\n', "\r\n")));
        (plain(&words::text(&account)), json(&account)["trimmed_at"].clone())
    };
    let (text, at) =
        told("Re: x", "ack\n\nSent from my iPhone\n\n> On 5 May 2026, Ken wrote:\n> a\n> b\n> c");
    let left_out = "\n  Left out     from a signature, a footer or what stands below one on:\n               Sent from my iPhone\n               > On 5 May 2026, Ken wrote:\n               > a\n               \
        … 2 more lines; --json shows all\n";
    assert!(text.contains(left_out), "{text}");
    assert_eq!(at, "Sent from my iPhone");
    let (text, at) =
        told("Fwd: x", "See\n\n---------- Forwarded message ---------\nFrom: b@example.com\nSubject: x\n\ny");
    assert!(text.contains("(inline, in what is left out of the new text)"), "{text}");
    assert!(text.contains("\n  Left out     from the mark of a forward on:\n               ---------- Forwarded message ---------\n"), "{text}");
    assert_eq!(at, "---------- Forwarded message ---------");
    let attached = account(include_str!("../../../tests/corpus/attached_forward.eml"));
    assert!(plain(&words::text(&attached)).contains("(attached as alert.eml)"));
    let (text, at) = told("x", "nothing is quoted");
    assert!(!text.contains("Left out") && at.is_null(), "{text}");
}

#[test]
fn every_mail_that_leads_nowhere_says_why() {
    let cases = [
        (
            mail("1", "x@example.net", "Hello", "Hi"),
            "unmatched",
            "no rule",
            "unmatched: \"Hello\" from x@example.net",
        ),
        (
            mail("1", "x@example.net", "Our offers", "Hi"),
            "ignored",
            "offers",
            "ignored by rule offers: \"Our offers\"",
        ),
        (alert("1", "RECOVERY", "OK"), "ignored", "no rule", "recovered, but no live incident knows it"),
    ];
    for (raw, by, rule, words) in cases {
        let account = account(&raw);
        let json = json(&account);
        assert_eq!(json["placement"], serde_json::json!({"by": by, "incident": null}));
        assert_eq!(json["verdict"].get("rule").map_or("no rule", |rule| rule.as_str().unwrap()), rule);
        assert_eq!(account.would_send.len(), 0);
        let text = plain(&words::text(&account));
        assert!(text.contains(words) && text.contains("nothing at once"), "{text}");
    }
}

#[test]
fn the_site_s_store_is_asked_and_stays_as_it_was() {
    let (book, mut store) = (book(), Store::in_memory().unwrap());
    night::receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let before = store.read(crate::io::store::views::incidents).unwrap();
    let again = explained(&book, &store, &alert("2", "PROBLEM", "CRITICAL"));
    assert_eq!(json(&again)["placement"], serde_json::json!({"by": "key", "incident": "INC-1"}));
    let reply = mail("3", "kato@example.com", "Re: it", "ack")
        .replace("Date:", "References: <1@example.net>\r\nDate:");
    let reply = explained(&book, &store, &reply);
    assert_eq!(json(&reply)["placement"]["by"], "references");
    assert!(reply.verdict.is_none());
    assert_eq!(store.read(crate::io::store::views::incidents).unwrap(), before);
    assert_eq!(store.read(crate::io::store::views::house_events).unwrap(), []);
}

#[test]
fn our_own_mail_come_back_is_own() {
    let (book, mut store) = (book(), Store::in_memory().unwrap());
    let change = night::receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let sent = String::from_utf8(change.notices.first().unwrap().bytes.clone()).unwrap();
    let account = explained(&book, &store, &sent);
    assert_eq!(json(&account)["automatic"]["kind"], "own");
    assert_eq!(json(&account)["placement"]["by"], "ignored");
}

#[test]
fn every_clue_is_told_with_what_it_leads_to_and_the_store_is_only_read() {
    let (book, mut store) = (book(), Store::in_memory().unwrap());
    let change = night::receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    let notice = change.notices.first().unwrap();
    let raw = mail("2", "kato@example.com", "Re: [INC-1-ZZ] web01 svc-a", "ack");
    let references = format!("In-Reply-To: <{}>\r\nReferences: <never@seen>", notice.message_id);
    let raw = raw.replacen("Subject:", &format!("{references} <1@example.net>\r\nSubject:"), 1);
    let account = explained(&book, &store, &raw);
    let told = json(&account)["candidates"].clone();
    let of = |at: usize| (told[at]["by"].clone(), told[at]["fate"].clone(), told[at]["decides"].clone());
    assert_eq!(of(0), ("message-id".into(), "leads".into(), true.into()));
    assert_eq!(told[0]["incident"], "INC-1");
    assert_eq!(of(1), ("references".into(), "unknown".into(), false.into()));
    let text = plain(&words::text(&account));
    assert!(text.contains("→ signed Message-ID 1.1."), "{text}");
    assert!(text.contains("INC-1, given to kato in the inner thread of occurrence 1"), "{text}");
    assert!(text.contains("Message-ID never@seen: not known here"), "{text}");
    assert!(text.contains("subject tag [INC-1-ZZ]: not signed with a key of this site"), "{text}");
    assert_eq!(json(&explained(&book, &store, &raw))["candidates"], told);
}

#[test]
fn a_file_that_can_t_be_read_is_an_account_too() {
    let (book, store) = (minimal().unwrap(), Store::in_memory().unwrap());
    let account = explain(&book, &store, Path::new("/nowhere/a.eml"), at(0)).unwrap();
    assert!(account.unreadable);
    assert!(json(&account)["defects"][0].as_str().unwrap().starts_with("can't be read: "));
    assert!(plain(&words::text(&account)).starts_with("/nowhere/a.eml\n  Odd          can't be read: "));
}

#[test]
fn any_bytes_and_any_date_give_an_account() {
    let book = minimal().unwrap();
    let store = Store::in_memory().unwrap();
    let late = mail("1", "x@example.net", "x", "").replace("22 Nov 2026", "31 Dec 9999");
    let early = late.replace("9999", "0001");
    for raw in ["", "\0\0\r\n\r\n", "From: \u{1b}[31m\r\n\r\n\u{9b}2J", &late, &early] {
        let account = explained(&book, &store, raw);
        let text = plain(&words::text(&account));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        assert!(json(&account)["placement"].is_object());
    }
}
