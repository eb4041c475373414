//! What mailboxes and relays mean. Wrong ones, with the words their author gets, are in tests/mistakes.

use jiff::civil::date;

use super::*;
use crate::config::{Files, read};
use crate::token::Keys;

const MAIN: &str = "[gateway]\naddress = \"incidents@example.com\"\noperator = \"infra\"\n\
    [[person]]\nid = \"kato\"\naddresses = [\"kato@example.com\"]\n\
    [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n";

fn meaning(more: &str) -> (Vec<Mailbox>, Option<RelayAddress>) {
    let main = ("firebell.toml".to_owned(), format!("{MAIN}{more}"));
    let config = read(&Files { main, ..Files::default() }, Keys::new(Vec::new()));
    let config = config.unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    (config.mailboxes, config.relay)
}

fn remote(host: &str, port: u16, security: Security) -> Remote {
    let password = Some(Secret::File("imap.password".into()));
    Remote { host: host.into(), port, security, user: Some("incidents".into()), password, ca_file: None }
}

#[test]
fn what_is_not_said_of_a_mailbox_leaves_it_as_it_is() {
    let (mailboxes, relay) = meaning(
        "[mailbox]\nimap = \"imaps://incidents@imap.example.com\"\npassword_file = \"imap.password\"\n",
    );
    let server = remote("imap.example.com", 993, Security::Tls);
    let source = Source::Imap { server, folder: "INBOX".into() };
    assert_eq!(mailboxes, [Mailbox { source, after: After::Leave, start: Start::Now, junk: Junk::Marked }]);
    assert_eq!(relay, None);
}

#[test]
fn several_mailboxes_may_stand_beside_each_other() {
    let (mailboxes, _) = meaning(
        "[[mailbox]]\nimap = \"imap://incidents@h:1143/%E9%9A%9C%E5%AE%B3/受信\"\npassword_env = \"P\"\nca_file = \"ca.pem\"\n\
         after = { move_to = \"済/2026\" }\nstart = 2026-11-01\n\
         [[mailbox]]\nmaildir = \"/var/mail/incidents\"\nafter = \"flag\"\nstart = \"2026-11-02\"\n\
         [[mailbox]]\nlisten = \"[::1]:2525\"\n\
         [[mailbox]]\nmaildir = \"others\"\nafter = { move_to = \"handled\" }\nstart = \"now\"\n",
    );
    let password = Some(Secret::Environment("P".into()));
    let server = Remote { password, ca_file: Some("ca.pem".into()), ..remote("h", 1143, Security::StartTls) };
    let imap = Source::Imap { server, folder: "障害/受信".into() };
    let mailbox = |source, after, start| Mailbox { source, after, start, junk: Junk::Marked };
    let expected = [
        mailbox(imap, After::Move("済/2026".into()), Start::Since(date(2026, 11, 1))),
        mailbox(Source::Maildir("/var/mail/incidents".into()), After::Flag, Start::Since(date(2026, 11, 2))),
        mailbox(Source::Listen("[::1]:2525".into()), After::Leave, Start::Now),
        mailbox(Source::Maildir("others".into()), After::Move("handled".into()), Start::Now),
    ];
    assert_eq!(mailboxes, expected);
}

#[test]
fn folders_and_users_of_one_server_are_different_mailboxes() {
    let urls = ["a@h/INBOX", "a@h/Alerts", "a@h/alerts", "b@h/INBOX", "a@g/INBOX", "a@h:1993/INBOX"];
    let more = urls.map(|url| format!("[[mailbox]]\nimap = \"imaps://{url}\"\npassword_env = \"P\"\n"));
    assert_eq!(meaning(&more.concat()).0.len(), urls.len());
}

#[test]
fn a_relay_takes_four_connections_and_any_number_of_mails_unless_said_otherwise() {
    let (_, relay) = meaning("[relay]\nsmtp = \"smtp://127.0.0.1\"\n");
    let none = Remote { user: None, password: None, ..remote("127.0.0.1", 25, Security::Plain) };
    assert_eq!(relay, Some(RelayAddress { server: none, connections: 4, per_minute: None, fallback: None }));
    let (_, relay) = meaning(
        "[relay]\nsmtp = \"submissions://incidents@smtp.example.com\"\npassword_file = \"imap.password\"\n\
         connections = 20\nper_minute = 30\n",
    );
    let server = remote("smtp.example.com", 465, Security::Tls);
    let written = RelayAddress { server, connections: 20, per_minute: Some(30), fallback: None };
    assert_eq!(relay, Some(written));
}

#[test]
fn a_second_relay_takes_over_after_five_minutes_unless_said_otherwise() {
    let (_, relay) =
        meaning("[relay]\nsmtp = \"smtp://127.0.0.1\"\n[relay.fallback]\nsmtp = \"smtp://127.0.0.1:26\"\n");
    let server = Remote { user: None, password: None, ..remote("127.0.0.1", 26, Security::Plain) };
    let after = SignedDuration::from_mins(5);
    assert_eq!(relay.unwrap().fallback, Some(FallbackRelay { server, after }));
}
