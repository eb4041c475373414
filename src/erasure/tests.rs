//! Tests of what is found of a person, and of what only looks like it.

use super::*;
use crate::message;
use serde_json::json;

fn kato() -> Erased {
    let (id, addresses) = (PersonId::new("kato"), [Address::new("kato@example.com")]);
    Erased::new(Some(&id), &addresses, &["Kato Ren".to_owned(), "加藤 蓮".to_owned()], 3)
}

#[test]
fn a_text_is_rid_of_address_full_name_and_id_and_of_nothing_that_only_looks_like_them() {
    let text = |text: &str| kato().text(text);
    assert_eq!(
        text("Kato Ren <KATO@example.com> (kato) wrote:"),
        "former participant <former-participant-3@erased.invalid> (former-participant-3) wrote:"
    );
    assert_eq!(
        text("ren kato, Ren, Kato and REN KATO."),
        "former participant, former participant and former participant."
    );
    assert_eq!(text("加藤蓮と加藤\u{3000}蓮"), "former participantとformer participant");
    assert_eq!(text("acknowledged by kato."), "acknowledged by former-participant-3.");
    for other in [
        "mkato@example.com",
        "x.kato@example.com",
        "kato@example.com.example.org",
        "kato@example.community",
        "katos",
        "kato-web01",
        "Kato",
        "kato.example.net",
        "disk /home/kato/x",
        "Kato Renge",
        "kato@example.org",
    ] {
        assert_eq!(text(other), other);
    }
    assert!(kato().hints("ask Kato-san") && !kato().hints("ask Katoh"));
}

#[test]
fn what_is_stored_keeps_parties_keys_and_ids_and_loses_the_person() {
    let stored = json!({
        "fact": "absorbed", "by": "kato", "told": ["kato", "sato"], "party": "kato", "clients": ["kato"],
        "key": "nagios:kato", "ids": ["kato@example.com"], "parts": {"kato": "left"}, "names": {"kato": "Kato Ren"},
        "audience": {"client": "kato"}, "text": "sorry, kato", "from": "kato@example.com", "seq": 4,
    });
    assert_eq!(
        kato().json(stored),
        json!({
            "fact": "absorbed", "by": "former-participant-3", "told": ["former-participant-3", "sato"],
            "party": "kato", "clients": ["kato"], "key": "nagios:kato", "ids": ["kato@example.com"],
            "parts": {"former-participant-3": "left"}, "names": {"kato": "former participant"},
            "audience": {"client": "kato"}, "text": "sorry, former-participant-3",
            "from": "former-participant-3@erased.invalid", "seq": 4,
        })
    );
}

#[test]
fn a_mail_of_somebody_else_is_rid_of_what_stands_in_the_clear_and_says_when_that_was_not_all() {
    let mail = |to: &str, text: &str| {
        format!("From: Sato <sato@example.com>\r\nTo: {to}\r\nSubject: x\r\n\r\n{text}\r\n").into_bytes()
    };
    let rid = |raw: &[u8]| kato().is_in(&message::read(&kato().mail(raw)));
    let clear = mail("Kato Ren <kato@example.com>", "Kato Ren <kato@example.com> wrote:\r\n> hello");
    assert!(kato().is_in(&message::read(&clear)) && !kato().wrote(&message::read(&clear)));
    assert!(!rid(&clear));
    let rewritten = message::read(&kato().mail(&clear));
    assert_eq!(rewritten.recipients, [Address::new("former-participant-3@erased.invalid")]);
    assert!(
        rid(&mail("=?utf-8?B?S2F0byBSZW4=?= <kato@example.com>", "x")),
        "an encoded name stays, and is seen"
    );
    assert!(!kato().is_in(&message::read(&mail("mori@example.com", "ask Kato"))));
    let own = b"From: Kato@Example.com\r\nSubject: x\r\n\r\nx\r\n";
    assert!(kato().wrote(&message::read(own)));
}
