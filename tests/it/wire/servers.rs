//! What firebell relies on of the servers that people have: of Dovecot, and of Postfix in front of it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

use super::dovecot::Dovecot;
use super::machine::{program, succeeds};
use super::mails::{self, header};
use super::postfix::Postfix;
use super::{until, wait_for};

/// Who is mailed.
const KATO: &str = "kato@example.com";

/// Sends a mail with Python's smtplib: port, CA file, `starttls` or `tls`, password, recipient.
const SUBMIT: &str = r#"
import smtplib, ssl, sys
port, ca, security, password, to = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
if security == "tls":
    server = smtplib.SMTP_SSL("localhost", int(port), context=context)
else:
    server = smtplib.SMTP("localhost", int(port))
    server.starttls(context=context)
try:
    server.login("incidents@example.com", password)
except smtplib.SMTPAuthenticationError as error:
    sys.exit(f"refused: {error.smtp_code}")
server.sendmail("incidents@example.com", [to], "Subject: by submission\r\n\r\nhello\r\n")
"#;

fn subjects(dovecot: &Dovecot, user: &str) -> Vec<String> {
    dovecot.mails(user, "INBOX").iter().map(|mail| header(mail, "Subject")).collect()
}

fn submit(postfix: &Postfix, security: &str, password: &str, to: &str) -> std::process::Output {
    let port = if security == "tls" { postfix.submissions } else { postfix.submission };
    let ca = postfix.ca_file();
    let mut python = program("python3");
    python.args(["-c", SUBMIT, &port.to_string()]).arg(ca).args([security, password, to]);
    python.output().unwrap()
}

#[test]
fn an_appended_mail_comes_back_byte_for_byte_and_unread() {
    let dovecot = Dovecot::start();
    dovecot.append(KATO, "INBOX", &mails::alert("svc-a"));
    assert_eq!(dovecot.mails(KATO, "INBOX"), [mails::with_crlf(&mails::alert("svc-a"))]);
    assert_eq!(dovecot.flags(KATO, "INBOX"), [[""; 0]]);
}

#[test]
fn a_mail_to_an_address_with_a_plus_arrives_where_the_plain_one_does() {
    let dovecot = Dovecot::start();
    dovecot.deliver("incidents+i.1.abc@example.com", &mails::alert("svc-a"));
    let arrived = dovecot.mails("incidents@example.com", "INBOX");
    assert_eq!(header(&arrived[0], "Delivered-To"), "incidents+i.1.abc@example.com");
}

#[test]
fn what_people_do_to_their_mail_is_seen_by_others_and_outlives_a_restart() {
    let mut dovecot = Dovecot::start();
    for service in ["svc-a", "svc-b", "svc-c"] {
        dovecot.append(KATO, "INBOX", &mails::alert(service));
    }
    dovecot.create_folder(KATO, "Done.&lptc8w-");
    dovecot.mark_seen(KATO, "INBOX", 1);
    dovecot.move_mail(KATO, "INBOX", "Done.&lptc8w-", 2);
    dovecot.delete(KATO, "INBOX", 0);
    dovecot.restart();
    assert_eq!(dovecot.flags(KATO, "INBOX"), [["\\Seen"]]);
    assert_eq!(dovecot.mails(KATO, "INBOX"), [mails::with_crlf(&mails::alert("svc-b"))]);
    assert_eq!(dovecot.mails(KATO, "Done.&lptc8w-"), [mails::with_crlf(&mails::alert("svc-c"))]);
}

#[test]
fn after_a_restore_the_same_mails_have_another_uidvalidity() {
    let mut dovecot = Dovecot::start();
    dovecot.append(KATO, "INBOX", &mails::alert("svc-a"));
    dovecot.append(KATO, "INBOX", &mails::alert("svc-b"));
    dovecot.delete(KATO, "INBOX", 0);
    assert_eq!(dovecot.status(KATO, "INBOX", "UIDNEXT"), 3);
    dovecot.new_uidvalidity(KATO, "INBOX");
    assert_eq!(dovecot.status(KATO, "INBOX", "UIDNEXT"), 2);
    assert_eq!(dovecot.mails(KATO, "INBOX"), [mails::with_crlf(&mails::alert("svc-b"))]);
}

#[test]
fn a_poor_server_does_not_say_that_it_can_idle_or_move() {
    let capabilities = |dovecot: &Dovecot| dovecot.log_in(KATO).say("CAPABILITY").remove(0).text;
    let [rich, poor] =
        [Dovecot::start(), Dovecot::start_without(&["IDLE", "MOVE", "UIDPLUS", "SPECIAL-USE"])]
            .map(|dovecot| format!("{} ", capabilities(&dovecot)));
    for word in [" IDLE ", " MOVE ", " UIDPLUS ", " SPECIAL-USE "] {
        assert!(rich.contains(word) && !poor.contains(word), "{word}: {rich}\n{poor}");
    }
}

#[test]
fn a_password_is_not_taken_in_clear_from_elsewhere() {
    let dovecot = Dovecot::start();
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.2", dovecot.imap)).unwrap());
    let mut said = String::new();
    stream.read_line(&mut said).unwrap();
    assert!(said.contains("STARTTLS") && said.contains("LOGINDISABLED"), "{said}");
    stream.get_mut().write_all(b"a LOGIN kato@example.com secret\r\n").unwrap();
    while !said.contains("a NO ") {
        assert_ne!(stream.read_line(&mut said).unwrap(), 0, "{said}");
    }
}

#[test]
fn a_submission_server_takes_mail_for_everybody_from_who_logs_in_encrypted() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    for (security, to) in [("starttls", "ueda@client-a.example.jp"), ("tls", "kato+night@example.com")] {
        let sent = submit(&postfix, security, "secret", to);
        assert!(sent.status.success(), "{}", String::from_utf8_lossy(&sent.stderr));
    }
    for user in ["ueda@client-a.example.jp", KATO] {
        until("the mail to arrive", || subjects(&dovecot, user) == ["by submission"]);
    }
    until("the queue to be empty", || postfix.queue_is_empty());
    let refused = submit(&postfix, "starttls", "wrong", KATO);
    assert_eq!(String::from_utf8_lossy(&refused.stderr).trim(), "refused: 535");
}

#[test]
fn a_mail_server_takes_mail_for_its_own_domain_only_from_who_does_not_log_in() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let server = format!("127.0.0.1:{}", postfix.smtp);
    let mail = |to: &str| {
        let mut swaks = program("swaks");
        swaks.args(["--silent", "--server", &server, "--from", "nagios@mon.example.com", "--to", to]);
        swaks
    };
    succeeds(&mut mail("incidents@example.com"));
    until("the mail to arrive", || dovecot.mails("incidents@example.com", "INBOX").len() == 1);
    assert!(!mail("ueda@client-a.example.jp").output().unwrap().status.success());
}

#[test]
fn a_mail_that_nobody_takes_is_refused_at_once_or_comes_back_to_its_sender() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let refused = submit(&postfix, "tls", "secret", "sato@refused.example.com");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("550"), "{refused:?}");
    assert!(submit(&postfix, "tls", "secret", "sato@gone.example.com").status.success());
    let bounce =
        wait_for("the bounce", || dovecot.mails("incidents@example.com", "INBOX").into_iter().next());
    let bounce = firebell::message::read(&bounce);
    assert!(bounce.bounce.is_some(), "{bounce:?}");
    assert!(postfix.log().contains("no such user"), "{}", postfix.log());
}
