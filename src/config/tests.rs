//! What a configuration means. Wrong ones, with the words their author gets, are in tests/mistakes.

use jiff::SignedDuration;

use super::*;
use crate::directory::{Contacts, Language, PersonId, ServiceId, Severity, Target, Tell};
use crate::rules::Action;

/// The whole of DESIGN 7 that can be written.
const SITE: &str = include_str!("../../tests/mistakes/none.toml");

/// Texts that stand in one file, each after a line `#--- NAME`; the first is firebell.toml.
fn files(text: &str) -> Files {
    let mut parts = text.split("#--- ");
    let mut files =
        Files { main: ("firebell.toml".into(), parts.next().unwrap().into()), ..Files::default() };
    for (name, text) in parts.map(|part| part.split_once('\n').unwrap()) {
        let list = if name.contains("alerts/") { &mut files.formats } else { &mut files.rules };
        list.push((name.into(), text.into()));
    }
    files
}

fn config_of(text: &str) -> Config {
    read(&files(text), Keys::new(Vec::new())).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

#[test]
fn ten_lines_are_enough() {
    let config = config_of(
        "[gateway]\naddress = \"Incidents@Example.com\"\noperator = \"infra\"\n\
         [[person]]\nid = \"kato\"\naddresses = [\"kato@example.com\"]\n\
         [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n",
    );
    let book = config.book;
    assert_eq!((book.address.as_str(), book.name.as_str()), ("incidents@example.com", "example.com"));
    assert_eq!((book.tag.as_str(), book.language), ("INC", Language::En));
    assert_eq!(book.zone, jiff::tz::TimeZone::UTC);
    assert_eq!(config.data, "data");
    assert_eq!((config.mailboxes, config.relay, config.key_file), (Vec::new(), None, None));
    let kato = book.directory.people.get(&PersonId::new("kato")).unwrap();
    assert_eq!((kato.name.as_str(), kato.language), ("kato", Language::En));
    let infra = book.directory.parties.get(&PartyId::new("infra")).unwrap();
    assert_eq!((infra.name.as_str(), infra.external, infra.contacts), ("infra", false, Contacts::Any));
    assert!(book.policies.is_empty());
    assert_eq!(book.rules.first().unwrap().name, "default-information");
}

#[test]
fn a_whole_site_means_what_it_says() {
    let Config { book, data, mailboxes, relay, key_file, fonts, log: form } = config_of(SITE);
    assert_eq!((fonts, form), (Vec::<String>::new(), Some(LogFormat::Json)));
    assert_eq!((data.as_str(), key_file.as_deref()), ("/var/lib/firebell", Some("key")));
    let mailbox = mailboxes.first().unwrap();
    assert_eq!(mailbox.source, remote::Source::Listen("127.0.0.1:2525".into()));
    let relay = relay.unwrap().server;
    assert_eq!((relay.host.as_str(), relay.port), ("relay.example.com", 2526));
    assert_eq!((book.tag.as_str(), book.name.as_str()), ("OPS", "Example Operations"));
    assert_eq!(book.monitors, ["nagios@example.com", "@mon.example.com"]);
    let client = book.directory.parties.get(&PartyId::new("client-a")).unwrap();
    assert_eq!(client.tell, Tell::HoldingLineAfter(SignedDuration::from_mins(20)));
    assert_eq!(client.owner, Some(Target::Party(PartyId::new("sales"))));
    assert_eq!(client.contacts, Contacts::All);
    let service = book.directory.services.get(&ServiceId::new("service-a")).unwrap();
    assert_eq!(
        (service.public_name.as_str(), service.policy.as_deref()),
        ("Service A", Some("round-the-clock"))
    );
    assert_eq!(service.clients, [PartyId::new("client-a")]);
    let policy = book.policies.get("round-the-clock").unwrap();
    let delays: Vec<i64> = policy.steps.iter().map(|step| step.after.as_mins()).collect();
    assert_eq!((delays, policy.repeat), (vec![0, 5, 75], 3));
    assert_eq!(
        policy.steps.get(1).unwrap().tell,
        [Target::Person(PersonId::new("ito")), Target::Party(PartyId::new("sales"))]
    );
    let rule = book.rules.first().unwrap();
    assert_eq!((rule.name.as_str(), rule.at.as_str()), ("service-a", "rules/site.toml:1"));
    assert_eq!((rule.then.action, rule.then.severity), (Some(Action::Open), Some(Severity::Sev1)));
}

#[test]
fn what_a_person_doesnt_say_the_party_says_else_the_gateway() {
    let book = config_of(SITE).book;
    let of = |id: &str| book.directory.people.get(&PersonId::new(id)).unwrap();
    let zone = |id: &str| of(id).zone.iana_name().map(str::to_owned);
    assert_eq!((of("kato").language, zone("kato").as_deref()), (Language::En, Some("Asia/Tokyo")));
    assert_eq!((of("sato").language, zone("sato").as_deref()), (Language::Ja, Some("Asia/Singapore")));
    assert_eq!((of("suzuki").language, zone("suzuki").as_deref()), (Language::En, Some("Europe/Paris")));
}

#[test]
fn tables_may_be_written_inline() {
    let config = config_of(
        "gateway = { address = \"incidents@example.com\", operator = \"infra\" }\n\
         person = [{ id = \"kato\", addresses = [\"kato@example.com\"] }]\n\
         party = [{ id = \"infra\", people = [\"kato\"] }]\n",
    );
    assert_eq!(config.book.directory.people.len(), 1);
}

#[test]
fn a_site_format_replaces_the_shipped_one_of_its_name() {
    let shipped = formats::shipped().len();
    let own = |name: &str| {
        let mut files = files(SITE);
        let (_, text) = formats::shipped().first().unwrap();
        files.formats.push((format!("rules/alerts/{name}.toml"), (*text).to_owned()));
        read(&files, Keys::new(Vec::new())).unwrap().book.formats.len()
    };
    let (first, _) = formats::shipped().first().unwrap();
    assert_eq!(own(stem(first)), shipped);
    assert_eq!(own("zz-of-our-own"), shipped + 1);
}

#[test]
fn the_example_rules_pass_their_own_tests() {
    let mut files = files(SITE);
    files.rules = vec![("rules/example.toml".into(), include_str!("../../rules/example.toml").into())];
    assert_eq!(told(&files), "");
    let count = config_of(SITE).book.rule_tests.len();
    assert!(count > 0);
}

#[test]
fn the_built_in_rules_open_for_alerts_and_the_house_only() {
    let mut files = files(SITE);
    files.rules = Vec::new();
    let mut book = read(&files, Keys::new(Vec::new())).unwrap().book;
    assert_eq!(checks::failures(&book), []);
    let verdict = |book: &Book, from: &str, subject: &str| {
        let raw = format!("From: {from}\r\nTo: incidents@example.com\r\nSubject: {subject}\r\n\r\nx\r\n");
        let message = crate::message::read(raw.as_bytes());
        let alerts = crate::alert::read(&message, &book.formats);
        crate::rules::classify(
            &book.rules,
            &book.directory,
            &message,
            alerts.first(),
            jiff::Timestamp::UNIX_EPOCH,
        )
    };
    let firing = verdict(&book, "nagios@mon.example.com", "** PROBLEM Service Alert: a/b is CRITICAL **");
    assert_eq!((firing.action, firing.severity), (Some(Action::Open), Severity::Sev2));
    let house = verdict(&book, "kato@example.com", "The router reboots");
    assert_eq!((house.action, house.severity), (Some(Action::Open), Severity::Sev3));
    assert_eq!(verdict(&book, "sato@client-a.example.jp", "Hello").action, None);
    book.rules = Rules::default();
    assert_eq!(verdict(&book, "kato@example.com", "x").action, None);
}

#[test]
fn patterns_ignore_case_where_people_do() {
    let rule = |when: &str| {
        let rule = format!("[[rule]]\nname = \"r\"\nwhen = {{ {when} }}\nthen = {{ action = \"hold\" }}\n");
        let mut files = files(SITE);
        files.rules = vec![("rules/r.toml".into(), rule)];
        let book = read(&files, Keys::new(Vec::new())).unwrap().book;
        let raw = b"From: KATO@example.com\r\nSubject: Router DOWN\r\n\r\nFirst line\nSecond line\n";
        let message = crate::message::read(raw);
        crate::rules::classify(&book.rules, &book.directory, &message, None, jiff::Timestamp::UNIX_EPOCH)
            .action
            .is_some()
    };
    assert!(rule("subject = \"router down\""));
    assert!(rule("from = \"^Kato@\""));
    assert!(rule("text = \"^Second\""));
    assert!(!rule("text = \"^second\""));
}
