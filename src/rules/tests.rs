//! What rules must do, each with its own few rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use regex::Regex;

use super::*;
use crate::alert::State;
use crate::directory::{Address, Contacts, Language, Party, PartyId, Person, PersonId, Tell};
use crate::message::{Automatic, AutomaticKind, Forward, ForwardedHow, Mailbox};

/// 2026-01-14 12:00 UTC, a Wednesday.
const NOON: Timestamp = Timestamp::constant(1_768_392_000, 0);

/// As the rules are in a book.
fn classify(
    rules: &[Rule],
    directory: &Directory,
    message: &Message,
    alert: Option<&Alert>,
    now: Timestamp,
) -> Verdict {
    super::classify(&Rules::new(rules.to_vec()), directory, message, alert, now)
}

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
        reference: None,
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
        short: Vec::new(),
        language: Language::En,
        zone: jiff::tz::TimeZone::UTC,
        plain_text: false,
        bundle: crate::directory::Bundling::default(),
    };
    let party = |id: &str, external, member: &str| Party {
        id: PartyId::new(id),
        name: id.to_owned(),
        external,
        people: vec![PersonId::new(member)],
        owner: None,
        tell: Tell::AtOnce,
        quiet_hours: None,
        ladder: None,
        contacts: Contacts::Any,
    };
    let people = [person("kato", "kato@example.com"), person("sato", "sato@client-a.example.jp")];
    let parties = [party("infra", false, "kato"), party("client-a", true, "sato")];
    Directory {
        people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
        parties: parties.into_iter().map(|party| (party.id.clone(), party)).collect(),
        ..Directory::default()
    }
}

fn found(field: Field, pattern: &str) -> Condition {
    Condition::Match { field, pattern: Regex::new(pattern).unwrap() }
}

fn rule(name: &str, when: Condition, title: Option<&str>) -> Rule {
    let title = title.map(|title| Title::parse(title).unwrap());
    let then = Then {
        action: Some(Action::Open),
        service: None,
        severity: None,
        title,
        policy: None,
        tags: BTreeSet::new(),
        quiet: None,
    };
    Rule { name: name.to_owned(), at: format!("rules/{name}.toml:1"), when, count: None, then }
}

/// Whether a condition holds for a mail.
fn holds(when: Condition, mail: &Message, alert: Option<&Alert>) -> bool {
    classify(&[rule("r", when, None)], &directory(), mail, alert, NOON).action.is_some()
}

/// The title that a rule for every mail gives.
fn titled(when: Condition, title: &str, mail: &Message, alert: Option<&Alert>) -> String {
    classify(&[rule("r", when, Some(title))], &directory(), mail, alert, NOON).title
}

#[test]
fn the_first_rule_that_matches_decides_and_is_named() {
    let rules = [
        rule("other", found(Field::Subject, "router"), None),
        rule("disk", found(Field::Subject, "disk"), None),
        rule("every", Condition::All(Vec::new()), None),
    ];
    let verdict = classify(&rules, &directory(), &mail(&["a@example.com"], "disk full"), None, NOON);
    assert_eq!(verdict.rule.as_deref(), Some("disk"));
    assert_eq!(verdict.at.as_deref(), Some("rules/disk.toml:1"));
    assert_eq!(verdict.action, Some(Action::Open));
    assert_eq!(verdict.severity, Severity::Sev3);
    assert_eq!(verdict.title, "disk full");
}

#[test]
fn a_mail_that_no_rule_wants_is_unmatched() {
    let verdict = classify(&[], &directory(), &mail(&["a@example.com"], "hello"), None, NOON);
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
        headers: [("X-Site", "tokyo")].into_iter().collect(),
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
    mail.headers.add("LIST-ID", "<announce.example.com>");
    mail.automatic = Some(Automatic { kind: AutomaticKind::List, evidence: "List-Id".to_owned() });
    assert!(holds(found(Field::To, "^dev@"), &mail, None));
    assert!(holds(found(Field::ListId, "announce"), &mail, None));
    assert!(holds(Condition::Automatic(true), &mail, None));
    assert!(!holds(found(Field::Header("X-Other".to_owned()), ""), &mail, None));
}

/// Fault 129.
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

fn among(field: Field, entries: &[&str]) -> Condition {
    let entries = Arc::new(entries.iter().map(|entry| (*entry).to_owned()).collect());
    Condition::Among { field, list: "a-list".to_owned(), entries }
}

#[test]
fn an_entry_of_a_list_is_the_whole_value_or_the_domain_of_an_address() {
    let kato = mail(&["Kato@Example.com"], "Disk full");
    for (field, entry, held) in [
        (Field::From, "kato@example.com", true),
        (Field::From, "@example.com", true),
        (Field::From, "@ample.com", false),
        (Field::From, "kato", false),
        (Field::Subject, "disk full", true),
        (Field::Subject, "disk", false),
    ] {
        assert_eq!(holds(among(field, &["other", entry]), &kato, None), held, "{entry}");
    }
    assert!(holds(among(Field::AlertHost, &["web01"]), &kato, Some(&alert())));
    assert!(!holds(among(Field::AlertHost, &["WEB01"]), &kato, Some(&alert())));
    assert!(!holds(among(Field::AlertHost, &["web01"]), &kato, None));
}

#[test]
fn a_mail_is_as_large_as_its_bytes() {
    let mut mail = mail(&["a@example.com"], "x");
    mail.size = 1000;
    assert!(holds(Condition::AtLeast(1000), &mail, None) && !holds(Condition::AtLeast(1001), &mail, None));
    assert!(holds(Condition::AtMost(1000), &mail, None) && !holds(Condition::AtMost(999), &mail, None));
}

#[test]
fn the_time_of_a_rule_is_when_the_mail_came() {
    let window = |text: &str| {
        Condition::Time(Window {
            spans: vec![Span::parse(text).unwrap()],
            zone: jiff::tz::TimeZone::UTC,
            except: Arc::default(),
        })
    };
    let mail = mail(&["a@example.com"], "x");
    assert!(holds(window("Wed 12:00-12:01"), &mail, None));
    assert!(!holds(window("Wed 12:01-13:00"), &mail, None));
}

#[test]
fn a_rule_that_goes_on_decides_nothing_and_its_word_stands() {
    let every = || Condition::All(Vec::new());
    let tags = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    let mut first = rule("first", every(), Some("First"));
    first.then = Then { action: None, severity: Some(Severity::Sev1), tags: tags(&["b"]), ..first.then };
    let mut second = rule("second", every(), Some("Second"));
    second.then = Then {
        severity: Some(Severity::Sev4),
        policy: Some("day".into()),
        tags: tags(&["a"]),
        ..second.then
    };
    let mail = mail(&["a@example.com"], "x");
    let verdict = classify(&[first.clone(), second], &directory(), &mail, None, NOON);
    assert_eq!(
        (verdict.rule.as_deref(), verdict.at.as_deref()),
        (Some("second"), Some("rules/second.toml:1"))
    );
    assert_eq!((verdict.severity, verdict.title.as_str()), (Severity::Sev1, "First"));
    assert_eq!((verdict.policy.as_deref(), verdict.tags), (Some("day"), tags(&["a", "b"])));
    let alone = classify(&[first], &directory(), &mail, None, NOON);
    assert_eq!((alone.rule, alone.action, alone.title.as_str()), (None, None, "x"));
}

#[test]
fn a_service_may_be_named_by_the_mail_but_only_one_that_there_is() {
    let mut directory = directory();
    let service = crate::directory::Service {
        id: ServiceId::new("web"),
        public_name: "Web".into(),
        responders: Vec::new(),
        followers: Vec::new(),
        clients: Vec::new(),
        policy: None,
        policy_of: Default::default(),
    };
    directory.services.insert(service.id.clone(), service);
    let mut named = rule("r", found(Field::Subject, r"^\[(?<what>\w+)\]"), None);
    named.then.service = Some(Title::parse("{what}").unwrap());
    let of = |subject: &str| {
        classify(&[named.clone()], &directory, &mail(&["a@example.com"], subject), None, NOON).service
    };
    assert_eq!(of("[web] down"), Some(ServiceId::new("web")));
    assert_eq!(of("[mail] down"), None);
}
