//! What rules must do, each with its own few rules.

use std::collections::BTreeMap;

use regex::Regex;

use super::*;
use crate::alert::State;
use crate::directory::{Address, Contacts, Language, Party, PartyId, Person, PersonId, Tell};
use crate::message::{Automatic, AutomaticKind, Forward, ForwardedHow, Mailbox};

fn mail(from: &[&str], subject: &str) -> Message {
    let mut mail = crate::message::read(b"Subject: x\r\n\r\n");
    mail.from =
        from.iter().map(|from| Mailbox { name: String::new(), address: Address::new(from) }).collect();
    mail.subject = subject.to_owned();
    mail.base_subject = subject.to_owned();
    mail
}

fn alert() -> Alert {
    Alert {
        format: "nagios".into(),
        source: "nagios@mon.example.com".into(),
        key: "web01/HTTP".into(),
        state: State::Firing,
        severity: Some("CRITICAL".into()),
        host: Some("web01".into()),
        service: Some("HTTP".into()),
        since: None,
        link: None,
    }
}

/// Kato of the house, Sato of a client.
fn directory() -> Directory {
    let person = |id: &str, address: &str| Person {
        id: PersonId::new(id),
        name: id.to_owned(),
        addresses: vec![Address::new(address)],
        language: Language::En,
        zone: jiff::tz::TimeZone::UTC,
    };
    let party = |id: &str, external, member: &str| Party {
        id: PartyId::new(id),
        name: id.to_owned(),
        external,
        people: vec![PersonId::new(member)],
        owner: None,
        tell: Tell::AtOnce,
        contacts: Contacts::Any,
    };
    let people = [person("kato", "kato@example.com"), person("sato", "sato@client-a.example.jp")];
    let parties = [party("infra", false, "kato"), party("client-a", true, "sato")];
    Directory {
        people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
        parties: parties.into_iter().map(|party| (party.id.clone(), party)).collect(),
        services: BTreeMap::new(),
    }
}

fn found(field: Field, pattern: &str) -> Condition {
    Condition::Match { field, pattern: Regex::new(pattern).unwrap() }
}

fn rule(name: &str, when: Condition, title: Option<&str>) -> Rule {
    let title = title.map(|title| Title::parse(title).unwrap());
    let then = Then { action: Action::Open, service: None, severity: None, title, policy: None };
    Rule { name: name.to_owned(), at: format!("rules/{name}.toml:1"), when, then }
}

/// Whether a condition holds for a mail.
fn holds(when: Condition, mail: &Message, alert: Option<&Alert>) -> bool {
    classify(&[rule("r", when, None)], &directory(), mail, alert).action.is_some()
}

/// The title that a rule for every mail gives.
fn titled(when: Condition, title: &str, mail: &Message, alert: Option<&Alert>) -> String {
    classify(&[rule("r", when, Some(title))], &directory(), mail, alert).title
}

#[test]
fn the_first_rule_that_matches_decides_and_is_named() {
    let rules = [
        rule("other", found(Field::Subject, "router"), None),
        rule("disk", found(Field::Subject, "disk"), None),
        rule("every", Condition::All(Vec::new()), None),
    ];
    let verdict = classify(&rules, &directory(), &mail(&["a@example.com"], "disk full"), None);
    assert_eq!(verdict.rule.as_deref(), Some("disk"));
    assert_eq!(verdict.at.as_deref(), Some("rules/disk.toml:1"));
    assert_eq!(verdict.action, Some(Action::Open));
    assert_eq!(verdict.severity, Severity::Sev3);
    assert_eq!(verdict.title, "disk full");
}

#[test]
fn a_mail_that_no_rule_wants_is_unmatched() {
    let verdict = classify(&[], &directory(), &mail(&["a@example.com"], "hello"), None);
    assert_eq!((verdict.rule, verdict.action, verdict.title.as_str()), (None, None, "hello"));
}

#[test]
fn all_any_and_not_nest() {
    let subject = |word: &str| found(Field::Subject, word);
    let disk = mail(&["a@example.com"], "disk full");
    let both = |a, b| Condition::All(vec![subject(a), subject(b)]);
    let either = |a, b| Condition::Any(vec![subject(a), subject(b)]);
    assert!(holds(both("disk", "full"), &disk, None));
    assert!(!holds(both("disk", "empty"), &disk, None));
    assert!(holds(either("router", "full"), &disk, None));
    assert!(!holds(either("router", "empty"), &disk, None));
    assert!(holds(Condition::Not(Box::new(either("router", "empty"))), &disk, None));
    assert!(!holds(Condition::Any(Vec::new()), &disk, None));
}

#[test]
fn who_sends_is_known_by_address_and_party() {
    let (kato, sato) = (mail(&["kato@example.com"], ""), mail(&["sato@client-a.example.jp"], ""));
    let stranger = mail(&["who@example.net"], "");
    for (mail, known, internal) in [(&kato, true, true), (&sato, true, false), (&stranger, false, false)] {
        assert_eq!(holds(Condition::Known(true), mail, None), known);
        assert_eq!(holds(Condition::Known(false), mail, None), !known);
        assert_eq!(holds(Condition::Internal(true), mail, None), internal);
    }
    assert!(holds(Condition::Party(PartyId::new("infra")), &kato, None));
    assert!(!holds(Condition::Party(PartyId::new("infra")), &sato, None));
    assert!(holds(Condition::Person(PersonId::new("sato")), &sato, None));
}

#[test]
fn a_mail_with_two_authors_is_nobodys() {
    let two = mail(&["kato@example.com", "who@example.net"], "");
    assert!(!holds(Condition::Known(true), &two, None));
    assert!(!holds(Condition::Internal(true), &two, None));
}

#[test]
fn of_a_forwarded_mail_the_forwarded_mail_is_seen_but_the_sender_stays() {
    let mut mail = mail(&["kato@example.com"], "Fwd: see below");
    mail.forwarded = Some(Forward {
        from: Some(Mailbox { name: String::new(), address: Address::new("nagios@mon.example.com") }),
        date: None,
        subject: "PROBLEM disk".to_owned(),
        text: "disk is full".to_owned(),
        html: None,
        how: ForwardedHow::Attached,
        headers: vec![("X-Site".to_owned(), "tokyo".to_owned())],
        to: Vec::new(),
        forwarded: None,
    });
    for (field, pattern, seen) in [
        (Field::From, "^nagios@", true),
        (Field::From, "^kato@", false),
        (Field::Subject, "^PROBLEM", true),
        (Field::Text, "full", true),
        (Field::Header("x-site".to_owned()), "tokyo", true),
    ] {
        assert_eq!(holds(found(field.clone(), pattern), &mail, None), seen, "{field:?} {pattern}");
    }
    assert!(holds(Condition::Party(PartyId::new("infra")), &mail, None));
    assert!(holds(Condition::Forwarded(true), &mail, None));
}

#[test]
fn a_mail_without_an_alert_matches_no_pattern_of_alerts() {
    let mail = mail(&["a@example.com"], "x");
    let alert = alert();
    for (field, pattern) in [
        (Field::AlertFormat, "^nagios$"),
        (Field::AlertSource, "@mon"),
        (Field::AlertKey, "^web01/HTTP$"),
        (Field::AlertState, "^firing$"),
        (Field::AlertSeverity, "^CRITICAL$"),
        (Field::AlertHost, "^web01$"),
        (Field::AlertService, "^HTTP$"),
    ] {
        assert!(holds(found(field.clone(), pattern), &mail, Some(&alert)), "{field:?}");
        assert!(!holds(found(field.clone(), ""), &mail, None), "{field:?}");
    }
    assert!(holds(Condition::IsAlert(true), &mail, Some(&alert)));
    assert!(holds(Condition::IsAlert(false), &mail, None));
}

#[test]
fn recipients_lists_and_headers_can_be_asked() {
    let mut mail = mail(&["a@example.com"], "x");
    mail.recipients = vec![Address::new("ops@example.com"), Address::new("dev@example.com")];
    mail.headers = vec![("LIST-ID".to_owned(), "<announce.example.com>".to_owned())];
    mail.automatic = Some(Automatic { kind: AutomaticKind::List, evidence: "List-Id".to_owned() });
    assert!(holds(found(Field::To, "^dev@"), &mail, None));
    assert!(holds(found(Field::ListId, "announce"), &mail, None));
    assert!(holds(Condition::Automatic(true), &mail, None));
    assert!(!holds(found(Field::Header("X-Other".to_owned()), ""), &mail, None));
}

#[test]
fn what_stands_after_64_kib_is_not_searched() {
    let mut mail = mail(&["a@example.com"], "x");
    mail.reply_text = format!("{}needle", "あ".repeat(22_000));
    assert!(!holds(found(Field::Text, "needle"), &mail, None));
    mail.reply_text = format!("{}needle", "あ".repeat(21_000));
    assert!(holds(found(Field::Text, "needle"), &mail, None));
}

#[test]
fn a_title_takes_fields_of_the_alert_and_what_is_missing_vanishes() {
    let every = || Condition::All(Vec::new());
    let mail = mail(&["a@example.com"], "Alert!");
    let mut alert = alert();
    let title = "{host}  {service} is {severity} ({key})";
    assert_eq!(titled(every(), title, &mail, Some(&alert)), "web01 HTTP is CRITICAL (web01/HTTP)");
    alert.host = None;
    assert_eq!(titled(every(), "{host} {service} is down", &mail, Some(&alert)), "HTTP is down");
    assert_eq!(titled(every(), "{host} {service}", &mail, None), "Alert!");
    assert_eq!(titled(every(), "Mail: {subject}", &mail, None), "Mail: Alert!");
}

#[test]
fn a_title_takes_named_groups_and_they_go_first() {
    let mail = mail(&["a@example.com"], "disk /var on db02");
    let when = found(Field::Subject, r"disk (?<disk>\S+) on (?<host>\S+)");
    assert_eq!(when.captures(), ["disk", "host"]);
    assert_eq!(titled(when, "{disk} of {host}", &mail, Some(&alert())), "/var of db02");
    let not = Condition::Not(Box::new(found(Field::Subject, "(?<never>x)")));
    assert!(not.captures().is_empty());
}

#[test]
fn text_of_a_mail_is_never_read_as_a_template_and_stays_on_one_line() {
    let every = || Condition::All(Vec::new());
    let hostile = mail(&["a@example.com"], "{host}\r\nBcc: all@example.com\u{0}\u{1b}[2J");
    let title = titled(every(), "{subject}", &hostile, Some(&alert()));
    assert_eq!(title, "{host} Bcc: all@example.com [2J");
    let long = mail(&["a@example.com"], &"あ".repeat(5_000));
    assert_eq!(titled(every(), "{subject}", &long, None).chars().count(), 200);
}

#[test]
fn a_template_with_a_broken_brace_is_refused() {
    for wrong in ["{host", "{}", "{a b}", "{{host}}"] {
        assert!(Title::parse(wrong).is_err(), "{wrong}");
    }
    assert_eq!(Title::parse("a {b} {c}").unwrap().holes().collect::<Vec<_>>(), ["b", "c"]);
    assert!(Title::parse("no holes }").is_ok());
}
