//! What is asked, and what the written configuration means.

use std::collections::BTreeMap;
use std::io::Cursor;

use clap::Parser as _;

use super::*;
use crate::cli::{Cli, Command};
use crate::config::remote::{Secret, Security, Source};
use crate::config::{self, Config, Files};
use crate::directory::{Language, PartyId, PersonId, ServiceId, Target};
use crate::token::Keys;

fn arguments(flags: &[&str]) -> Arguments {
    let all = ["firebell", "init"].iter().chain(flags);
    match Cli::try_parse_from(all).unwrap().command {
        Command::Init(arguments) => arguments,
        _ => panic!("another command"),
    }
}

/// What comes of these flags and answers, and what was said meanwhile.
fn asked(flags: &[&str], answers: &str) -> (Result<(Draft, Vec<Password>), Failure>, String) {
    let arguments = arguments(flags);
    let draft = Draft::new("example.com".into(), "Asia/Tokyo".into(), arguments.yes);
    let mut words = Vec::new();
    let mut asking = Asking { answers: &mut Cursor::new(answers), words: &mut words, at_terminal: false };
    let end = answered(&arguments, draft, &mut asking);
    (end, String::from_utf8(words).unwrap())
}

/// What the written texts mean, and the passwords by the names of their files.
fn site(flags: &[&str], answers: &str) -> (Config, BTreeMap<&'static str, String>) {
    let (end, words) = asked(flags, answers);
    let (draft, passwords) = end.unwrap_or_else(|failure| panic!("{failure}\n{words}"));
    let config = config::read(&written(&draft), Keys::for_rehearsal()).unwrap();
    (config, passwords.into_iter().map(|password| (password.name, password.text)).collect())
}

fn written(draft: &Draft) -> Files {
    let files = texts(draft, "firebell.toml".into(), "rules/site.toml".into()).unwrap();
    let [main, rules] = files.try_into().unwrap();
    let pair = |file: NewFile| (file.path.display().to_string(), file.text);
    Files { main: pair(main), rules: vec![pair(rules)], ..Files::default() }
}

fn failure(flags: &[&str], answers: &str) -> String {
    let (end, words) = asked(flags, answers);
    end.err().map_or_else(|| panic!("went well\n{words}"), |failure| failure.to_string())
}

#[test]
fn with_yes_nothing_is_asked_and_all_is_offered() {
    let (end, words) = asked(&["--yes"], "");
    let (draft, passwords) = end.unwrap();
    assert_eq!((words.as_str(), passwords.len()), ("", 0));
    assert_eq!(config::told(&written(&draft)), "");
    let config = draft.config().unwrap();
    assert_eq!(config.book.address.as_str(), "incidents@example.com");
    assert_eq!(config.book.zone.iana_name(), Some("Asia/Tokyo"));
    assert_eq!(config.mailboxes.first().unwrap().source, Source::Listen("127.0.0.1:2525".into()));
    let relay = config.relay.unwrap().server;
    assert_eq!((relay.host.as_str(), relay.port, relay.security), ("127.0.0.1", 25, Security::Plain));
    assert_eq!(config.book.directory.people.len(), 1);
    assert_eq!(config.key_file.as_deref(), Some("firebell.key"));
}

#[test]
fn enter_takes_what_stands_in_brackets() {
    let answers = "support@gmail.com\n\n\ns3cret\n\n\n\n\nKato Ren <kato@example.com>\n\n\n";
    let (config, passwords) = site(&[], answers);
    assert_eq!((config.book.name.as_str(), config.book.language), ("gmail.com", Language::En));
    let Source::Imap { server, folder } = &config.mailboxes.first().unwrap().source else { panic!("IMAP") };
    assert_eq!((server.host.as_str(), server.port, folder.as_str()), ("imap.gmail.com", 993, "INBOX"));
    assert_eq!(server.user.as_deref(), Some("support@gmail.com"));
    let relay = config.relay.unwrap().server;
    assert_eq!((relay.host.as_str(), relay.security), ("smtp.gmail.com", Security::StartTls));
    // The password of the mailbox is the relay's too.
    assert_eq!(relay.password, Some(Secret::File("imap.password".into())));
    assert_eq!(server.password, relay.password);
    assert_eq!(passwords, BTreeMap::from([("imap.password", "s3cret".to_owned())]));
}

#[test]
fn names_of_any_kind_are_kept_letter_by_letter() {
    let answers = "incidents@example.jp\n障害 \"窓口\" C:\\mail\nlisten\nsmtp://127.0.0.1:2526\n\nja\n\
        加藤 蓮 <kato.ren@example.jp>\n\"Ito \\\"Aoi\\\", Ops\" <ito@example.jp>\nkato.ren@phone.example.net\n\n\
        株式会社ひまわり <Ueda@himawari.example.jp>\n受注「サービス」\n";
    let (config, passwords) = site(&[], answers);
    assert_eq!(passwords.len(), 0);
    assert_eq!((config.book.name.as_str(), config.book.language), ("障害 \"窓口\" C:\\mail", Language::Ja));
    let directory = config.book.directory;
    let name = |id: &str| directory.people.get(&PersonId::new(id)).map(|person| person.name.as_str());
    assert_eq!(name("kato-ren"), Some("加藤 蓮"));
    assert_eq!(name("ito"), Some("Ito \"Aoi\", Ops"));
    assert_eq!(name("kato-ren-2"), Some("kato.ren@phone.example.net"));
    let client = directory.parties.get(&PartyId::new("client")).unwrap();
    assert_eq!((client.name.as_str(), client.external), ("株式会社ひまわり", true));
    assert_eq!(client.people, [PersonId::new("ueda")]);
    assert_eq!(client.owner, Some(Target::Party(PartyId::new("operations"))));
    let service = directory.services.get(&ServiceId::new("service")).unwrap();
    assert_eq!(
        (service.public_name.as_str(), &service.clients),
        ("受注「サービス」", &vec![client.id.clone()])
    );
    assert_eq!(directory.parties.get(&PartyId::new("operations")).unwrap().people.len(), 3);
}

#[test]
fn flags_answer_and_only_the_rest_is_asked() {
    let flags = [
        "--address=incidents@example.com",
        "--mailbox=imap://ops@mail.example.com/Alerts",
        "--relay=submissions://mailer@smtp.example.net",
        "--time-zone=Europe/Paris",
        "--language=en",
        "--person=Kato Ren <kato@example.com>",
        "--person=ito@example.com",
        "--client=Client A <contact@client-a.example.jp>",
        "--service=Web Shop",
    ];
    let (end, words) = asked(&flags, "Operations\nof-imap\nof-smtp\n");
    let (draft, passwords) = end.unwrap();
    let asked: Vec<&str> = words.split(": ").filter(|prompt| !prompt.is_empty()).collect();
    assert_eq!(asked.len(), 3, "{words}");
    let config = draft.config().unwrap();
    assert_eq!(config.book.name, "Operations");
    assert_eq!(config.relay.unwrap().server.password, Some(Secret::File("relay.password".into())));
    let texts: Vec<(&str, &str)> =
        passwords.iter().map(|password| (password.name, password.text.as_str())).collect();
    assert_eq!(texts, [("imap.password", "of-imap"), ("relay.password", "of-smtp")]);
    assert!(config.book.directory.services.contains_key(&ServiceId::new("web-shop")));
}

#[test]
fn a_password_may_be_in_a_file_already_or_come_later() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("mail.password");
    fs::write(&file, "s3cret\n").unwrap();
    let mailbox = "--mailbox=imaps://ops@mail.example.com";
    let flag = format!("--password-file={}", file.display());
    let (config, passwords) = site(&["--yes", mailbox, &flag], "");
    let secret = Some(Secret::File(fs::canonicalize(&file).unwrap().display().to_string()));
    assert_eq!((config.relay.unwrap().server.password, passwords.len()), (secret, 0));
    let (_, passwords) = site(&["--yes", mailbox, "--relay=submission://ops@mail.example.com"], "");
    assert_eq!(passwords, BTreeMap::from([("imap.password", String::new())]));
    assert!(failure(&["--yes", "--password-file=/nowhere/password"], "").contains("/nowhere/password"));
}

#[test]
fn what_is_no_answer_is_asked_again_with_the_reason() {
    let answers = "incidents\nincidents@example.com\n\nimap.example.com:993\nimaps://me:s3cret@imap.example.com\n\
        /var/mail/incidents\nsmtp.example.com:587\nsmtp://smtp.example.com\nAsia/Tokio\nAsia/Tokyo\nfr\nja\n\n\
        Kato Ren\nincidents@example.com\nKato Ren <kato@example.com>\nkato@example.com\n\n\
        Client A\nClient A <kato@example.com>\nClient A <contact@client-a.example.jp>\n\n";
    let (end, words) = asked(&[], answers);
    let config = end.unwrap_or_else(|failure| panic!("{failure}\n{words}")).0.config().unwrap();
    assert_eq!(config.mailboxes.first().unwrap().source, Source::Maildir("/var/mail/incidents".into()));
    for reason in [
        "`incidents` is no address that mail can be sent to; write `name@example.com`",
        "write `imaps://USER@imap.example.com:993`",
        "a password doesn't belong in here",
        "write `submission://USER@smtp.example.com:587`",
        "did you mean `Asia/Tokyo`?",
        "unknown language `fr`",
        "write `Kato Ren <kato@example.com>`",
        "`incidents@example.com` is the gateway's own address",
        "`kato@example.com` already belongs to `kato`",
        "write `Client A <contact@client-a.example.jp>`",
    ] {
        assert!(words.contains(reason), "{reason}\n{words}");
    }
    assert!(!words.contains("s3cret"), "{words}");
}

#[test]
fn a_wrong_flag_is_told_with_its_name() {
    assert!(failure(&["--yes", "--time-zone=Asia/Tokio"], "").starts_with("error: --time-zone: "));
    assert!(failure(&["--yes", "--person=Kato"], "").starts_with("error: --person: `Kato` has no address"));
    assert!(failure(&["--yes", "--relay=mail"], "").starts_with("error: --relay: "));
}

#[test]
fn answers_that_end_early_are_no_answers() {
    let all = "incidents@example.com\n\nlisten\n\n\n\nKato Ren <kato@example.com>\n\n\n";
    assert!(asked(&[], all).0.is_ok());
    let ends = all.char_indices().filter(|(_, c)| *c == '\n').map(|(at, _)| at + 1);
    for end in std::iter::once(0).chain(ends).filter(|end| *end < all.len()) {
        let told = failure(&[], all.get(..end).unwrap());
        assert!(told.contains("nothing was written") && told.contains("--yes"), "{told}");
    }
}

#[test]
fn all_that_is_commented_out_can_be_switched_on() {
    let client = "--client=Client A <contact@client-a.example.jp>";
    let imap = "--mailbox=imaps://me@imap.example.com";
    for flags in [&["--yes"] as &[&str], &["--yes", imap], &["--yes", client], &["--yes", imap, client]] {
        let mut files = written(&asked(flags, "").0.unwrap_or_else(|failure| panic!("{failure}")).0);
        let on = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        };
        let all = std::iter::once(&mut files.main).chain(&mut files.rules);
        let mut switched = 0;
        for (_, text) in all {
            let changed: String = text.lines().map(on).collect();
            switched += usize::from(changed != *text);
            *text = changed;
        }
        assert_eq!(config::told(&files), "", "{}", files.main.1);
        assert!(switched > 0);
    }
}

#[test]
fn whatever_people_are_called_the_ids_are_their_own() {
    let flags = [
        "--yes",
        "--person=A <operations@example.com>",
        "--person=B <ops@a.example.com>",
        "--person=C <ops@b.example.com>",
        "--person=D <!#$@example.com>",
        "--client=Operations <ops@client.example.jp>",
        "--service=alerts",
    ];
    let (config, _) = site(&flags, "");
    let people: Vec<String> = config.book.directory.people.keys().map(ToString::to_string).collect();
    assert_eq!(people, ["operations", "ops", "ops-2", "ops-3", "person"]);
    assert!(config.book.directory.parties.contains_key(&PartyId::new("operations-2")));
    assert!(config.book.directory.services.contains_key(&ServiceId::new("alerts-2")));
}

#[test]
fn all_files_are_made_or_none() {
    let home = tempfile::tempdir().unwrap();
    let file =
        |name: &str, secret| NewFile { path: home.path().join(name), text: "text".into(), secret, what: "" };
    fs::write(home.path().join("firebell.key"), "mine").unwrap();
    let told = written::make(&[file("firebell.toml", false), file("firebell.key", true)]).unwrap_err();
    assert!(told.to_string().contains("firebell.key is there already, and nothing was written"), "{told}");
    assert!(!home.path().join("firebell.toml").exists());
    // `firebell.key` is no directory.
    let told = written::make(&[file("firebell.toml", false), file("firebell.key/x", true)]).unwrap_err();
    assert!(told.to_string().contains("nothing was kept"), "{told}");
    assert!(!home.path().join("firebell.toml").exists());
    assert_eq!(fs::read_to_string(home.path().join("firebell.key")).unwrap(), "mine");
}
