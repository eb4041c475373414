//! Owns the way to a pretended relay: encrypted, logged in, or said why not.

mod tokens;

use tokio::io::duplex;
use tokio::time::Instant;

use super::*;
use crate::directory::Address;
use crate::io::delivery::smtp::deliver;
use crate::io::delivery::tests::Act::{Cut, Say, Silence};
use crate::io::delivery::tests::{
    BOTH, PASSWORD, Script, USER, listen, login, play, play_with, relay_at, serve, unavailable,
};
use crate::io::delivery::{Outgoing, Relay};
use crate::io::net::tests::loopback::Certified;

const OFFERS: &str = "250-relay.example.com\r\n250-STARTTLS\r\n250 auth PLAIN LOGIN XOAUTH2";

/// Hands a mail to a relay that shows a certificate for 127.0.0.1; what came of it and what the relay heard.
async fn handed(
    security: Security,
    with: impl FnOnce(&mut Relay),
    script: Script<'_>,
) -> (Outcome, Vec<String>) {
    let certified = Certified::by_openssl("127.0.0.1");
    let (listener, mut relay) = listen(&certified, security).await;
    relay.login = login();
    with(&mut relay);
    let to = Address::new("kato@example.com");
    let mail = Outgoing { from: None, to: &to, id: "", bytes: b"Subject: x\r\n\r\nx\r\n" };
    if security == Security::Tls {
        let playing = async {
            let (stream, _) = listener.accept().await.unwrap();
            match certified.acceptor().accept(stream).await {
                Ok(stream) => play_with(Box::new(stream), None, script).await,
                Err(_) => Vec::new(),
            }
        };
        return tokio::join!(deliver(&relay, mail), playing);
    }
    tokio::join!(deliver(&relay, mail), serve(listener, &certified, script))
}

fn keep(_: &mut Relay) {}

/// What comes of logging in over an encrypted connection that stands.
async fn logged_in(script: Script<'_>) -> (Result<(), Outcome>, Vec<String>) {
    let (ours, theirs) = duplex(64 << 10);
    let relay = Relay { login: login(), ..relay_at(0) };
    let entering = async {
        let mut session = greet(ours, &relay).await?;
        log_in(&mut session, &relay, true).await
    };
    tokio::join!(entering, play(theirs, script))
}

async fn refused(script: Script<'_>) -> (String, String) {
    unavailable(logged_in(script).await.0.unwrap_err())
}

#[tokio::test]
async fn a_mail_goes_over_starttls_with_a_log_in() {
    let (outcome, heard) = handed(Security::StartTls, keep, &[("EHLO", Say(OFFERS))]).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    let auth = format!("AUTH PLAIN {BOTH}");
    let ehlo = "EHLO firebell.example.com";
    assert_eq!(heard[..5], [ehlo, "STARTTLS", ehlo, &auth, "MAIL FROM:<>"]);
}

#[tokio::test]
async fn a_mail_goes_over_tls_from_the_first_byte_with_a_log_in_by_turns() {
    let script = [
        ("EHLO", Say("250-relay\r\n250-AUTH=LOGIN\r\n250 SIZE 1000")),
        (USER, Say("334 Passwort?")),
        (PASSWORD, Say("235 in")),
    ];
    let (outcome, heard) = handed(Security::Tls, keep, &script).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    assert_eq!(heard[1..5], ["AUTH LOGIN", USER, PASSWORD, "MAIL FROM:<> SIZE=17"]);
}

#[tokio::test]
async fn a_relay_on_this_machine_is_entered_without_encryption() {
    let (outcome, heard) = handed(Security::Plain, keep, &[("EHLO", Say(OFFERS))]).await;
    assert!(matches!(outcome, Outcome::Delivered { .. }), "{outcome:?}");
    assert!(heard[1].starts_with("AUTH PLAIN "), "{heard:?}");
    let (_, heard) = handed(Security::Plain, |relay| relay.login = None, &[("EHLO", Say(OFFERS))]).await;
    assert_eq!(heard[1], "MAIL FROM:<>");
}

/// Fault 44.
#[tokio::test]
async fn a_relay_that_will_not_encrypt_gets_neither_password_nor_mail() {
    let offers_none = ("EHLO", Say("250-relay.example.com\r\n250 AUTH PLAIN"));
    let offers = ("EHLO", Say(OFFERS));
    for (script, words, advised) in [
        (vec![offers_none], "STARTTLS: the relay does not offer it", "write `submissions://` with port 465"),
        (
            vec![offers, ("STARTTLS", Say("454 4.7.0 TLS not available"))],
            "STARTTLS: 454 4.7.0 TLS not available",
            "",
        ),
        (vec![offers, ("STARTTLS", Say("501 no"))], "STARTTLS: 501 no", ""),
        (vec![offers, ("STARTTLS", Cut)], "STARTTLS: the relay closed the connection", ""),
        (
            vec![offers, ("STARTTLS", Say("220 go\r\n250-relay\r\n250 AUTH PLAIN"))],
            "STARTTLS: something came in the clear behind the relay's answer",
            "whoever sent it may sit between",
        ),
    ] {
        let (outcome, heard) = handed(Security::StartTls, keep, &script).await;
        let (reason, advice) = unavailable(outcome);
        assert_eq!(reason, words);
        assert!(advice.starts_with(advised), "{advice}");
        assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{heard:?}");
    }
}

#[tokio::test]
async fn what_was_offered_in_the_clear_counts_no_more_once_encrypted() {
    let script = [("TLS EHLO", Say("250 relay")), ("EHLO", Say(OFFERS))];
    let (reason, advice) = unavailable(handed(Security::StartTls, keep, &script).await.0);
    assert_eq!(reason, "log-in: the relay offers no log-in here");
    assert!(advice.contains("leave `user` out"), "{advice}");
}

#[tokio::test]
async fn a_certificate_that_is_not_believed_ends_the_attempt_with_advice() {
    let other = Certified::by_openssl("127.0.0.1").trust();
    for security in [Security::StartTls, Security::Tls] {
        let distrust = |relay: &mut Relay| relay.server.trust = other.clone();
        let (outcome, heard) = handed(security, distrust, &[("EHLO", Say(OFFERS))]).await;
        let (reason, advice) = unavailable(outcome);
        assert!(reason.starts_with("TLS: the certificate of 127.0.0.1 port "), "{reason}");
        assert!(reason.contains("signed by nobody whom this machine trusts"), "{reason}");
        assert!(advice.contains("openssl s_client -connect 127.0.0.1:"), "{advice}");
        assert_eq!(advice.contains("-starttls smtp"), security == Security::StartTls, "{advice}");
        assert!(!heard.iter().any(|line| line.starts_with("AUTH")), "{heard:?}");
    }
}

#[tokio::test]
async fn a_password_never_crosses_a_network_in_the_clear() {
    let (ours, theirs) = duplex(64 << 10);
    let relay = Relay { login: login(), ..relay_at(0) };
    let entering = async {
        let mut session = greet(ours, &relay).await?;
        log_in(&mut session, &relay, false).await
    };
    let (outcome, heard) = tokio::join!(entering, play(theirs, &[("EHLO", Say(OFFERS))]));
    let (reason, advice) = unavailable(outcome.unwrap_err());
    assert_eq!(reason, "log-in: the connection is not encrypted, so the password was not sent");
    assert!(advice.starts_with("write `submission://`"), "{advice}");
    assert_eq!(heard, ["EHLO firebell.example.com"]);
}

#[tokio::test]
async fn a_refused_log_in_is_told_with_what_helps() {
    for (reply, advised) in [
        ("535 5.7.8 Error: authentication failed", "look at the relay's user and password"),
        (
            "535 5.7.8 Username and Password not accepted. 5.7.8 https://support.google.com",
            "Gmail and others take",
        ),
        (
            "534 5.7.9 Application-specific password required",
            "Gmail and others take no account password here",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            "switch on \"Authenticated SMTP\"",
        ),
        (
            "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            "Microsoft 365 refuses",
        ),
        ("530 5.7.0 Must issue a STARTTLS command first", "the relay wants encryption first"),
        ("538 Encryption required", "the relay wants encryption first"),
        ("454 4.7.0 Temporary authentication failure", ""),
        ("421 4.7.0 Try again later", ""),
        ("503 5.5.1 Error: authentication not enabled", ""),
    ] {
        let (reason, advice) = refused(&[("EHLO", Say(OFFERS)), ("AUTH", Say(reply))]).await;
        assert_eq!(reason, format!("log-in: {reply}"));
        assert!(advice.starts_with(advised), "{reply}: {advice}");
        assert_eq!(advice.is_empty(), advised.is_empty(), "{reply}: {advice}");
    }
}

#[tokio::test]
async fn a_log_in_that_firebell_does_not_know_is_named() {
    let (reason, advice) = refused(&[("EHLO", Say("250-relay\r\n250 AUTH XOAUTH2 GSSAPI"))]).await;
    assert_eq!(reason, "log-in: the relay offers GSSAPI, XOAUTH2, firebell knows PLAIN and LOGIN");
    assert!(advice.contains("by password"), "{advice}");
}

#[tokio::test]
async fn a_password_that_the_relay_repeats_reaches_no_log() {
    let plain = format!("AUTH PLAIN {BOTH}");
    let echo = format!("500 unknown: {plain}");
    let (reason, _) = refused(&[("EHLO", Say(OFFERS)), ("AUTH", Say(&echo))]).await;
    assert_eq!(reason, "log-in: 500 unknown: AUTH PLAIN …");
    let echo = format!("501 what is {PASSWORD}?");
    let script =
        [("EHLO", Say("250-relay\r\n250 AUTH LOGIN")), (USER, Say("334 UGFz")), (PASSWORD, Say(&echo))];
    assert_eq!(refused(&script).await.0, "log-in: 501 what is …");
}

/// Fault 65.
#[tokio::test(start_paused = true)]
async fn a_silent_relay_is_given_its_time_at_each_step_of_the_opening() {
    for (when, reason) in [
        ("", "greeting: no answer for 60 s"),
        ("EHLO", "EHLO: no answer for 60 s"),
        ("AUTH", "log-in: no answer for 60 s"),
    ] {
        let began = Instant::now();
        let (got, advice) = refused(&[(when, Silence), ("EHLO", Say(OFFERS))]).await;
        assert_eq!(got, reason);
        assert_eq!(began.elapsed().as_secs(), 60, "{when}");
        assert_eq!(advice.contains("may want TLS from the first byte"), when.is_empty(), "{advice}");
    }
}

#[tokio::test]
async fn a_port_on_which_no_relay_speaks_is_told_with_the_usual_ones() {
    for (act, words) in [
        (Say("* OK IMAP4rev1 ready"), "greeting: no SMTP reply: * OK IMAP4rev1 ready"),
        (Cut, "greeting: the relay closed the connection"),
    ] {
        let (reason, advice) = refused(&[("", act)]).await;
        assert_eq!(reason, words);
        assert!(advice.ends_with("587 (submission://) and 25 (smtp://)"), "{advice}");
    }
}

#[tokio::test]
async fn a_relay_that_greets_with_a_refusal_takes_no_mail_at_all() {
    for (when, reply, words) in [
        ("", "554 5.7.1 Go away", "greeting: 554 5.7.1 Go away"),
        ("", "421 busy", "greeting: 421 busy"),
        ("EHLO", "550 5.7.1 Not you", "EHLO: 550 5.7.1 Not you"),
        ("EHLO", "502 what?", "EHLO: 502 what?"),
        ("EHLO", "354 go", "EHLO: unexpected reply 354 go"),
    ] {
        assert_eq!(refused(&[(when, Say(reply))]).await.0, words);
    }
}

#[test]
fn a_name_that_is_an_address_goes_in_brackets() {
    assert_eq!(hello("192.0.2.1"), "[192.0.2.1]");
    assert_eq!(hello("2001:db8::1"), "[IPv6:2001:db8::1]");
    assert_eq!(hello("gate.example.com"), "gate.example.com");
}
