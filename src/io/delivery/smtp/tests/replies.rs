//! Owns the table of what a relay may answer at each step (RFC 5321, 4.3.2; RFC 3207, 4; RFC 4954, 6), and what follows
//! for the mail: played over an encrypted, logged-in connection with a pretended relay.

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::config::remote::Security;
use crate::io::delivery::tests::{Script, listen, login, serve};
use crate::io::net::tests::loopback::Certified;
use crate::outbox::{self, Attempt, Next};

/// What becomes of the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// The relay has it.
    Taken,
    /// It is tried again after a minute, and counted; a page goes by the second relay if it waits too long.
    Waits,
    /// Every mail waits until the relay can be used, and none is counted; the operator hears of it, a page goes by the
    /// second relay.
    NoRelay,
    /// It is given up with this status: the step after a page is pulled forward.
    Fails(&'static str),
}
use Follows::{Fails, NoRelay, Taken, Waits};

/// When something is answered, what, and what follows. `TLS ` is what comes once the connection is encrypted, `.` the
/// final dot.
const REPLIES: [(&str, &str, Follows); 81] = [
    ("", "220 relay.example.com ESMTP", Taken),
    ("", "421 4.3.2 Service not available", NoRelay),
    ("", "450 4.3.2 Later", NoRelay),
    ("", "521 5.3.2 This host accepts no mail", NoRelay),
    ("", "554 5.7.1 No SMTP service here", NoRelay),
    ("EHLO", "421 4.7.0 Closing", NoRelay),
    ("EHLO", "451 4.3.0 Local error", NoRelay),
    ("EHLO", "500 Unknown", NoRelay),
    ("EHLO", "501 5.5.4 Bad name", NoRelay),
    ("EHLO", "502 Not implemented", NoRelay),
    ("EHLO", "504 5.5.2 Name not resolved", NoRelay),
    ("EHLO", "550 5.7.1 Not you", NoRelay),
    ("STARTTLS", "421 4.7.0 Closing", NoRelay),
    ("STARTTLS", "454 4.7.0 TLS not available", NoRelay),
    ("STARTTLS", "501 Syntax", NoRelay),
    ("STARTTLS", "502 5.5.1 Not implemented", NoRelay),
    ("STARTTLS", "554 5.7.3 Not now", NoRelay),
    ("TLS EHLO", "421 4.7.0 Closing", NoRelay),
    ("TLS EHLO", "550 5.7.1 Not you either", NoRelay),
    ("AUTH", "421 4.7.0 Closing", NoRelay),
    ("AUTH", "432 4.7.12 A password transition is needed", NoRelay),
    ("AUTH", "454 4.7.0 Temporary authentication failure", NoRelay),
    ("AUTH", "500 5.5.6 Line too long", NoRelay),
    ("AUTH", "501 5.5.2 Cannot decode", NoRelay),
    ("AUTH", "503 5.5.1 Not enabled", NoRelay),
    ("AUTH", "504 5.5.4 Unrecognized type", NoRelay),
    ("AUTH", "530 5.7.0 Must issue a STARTTLS command first", NoRelay),
    ("AUTH", "534 5.7.9 Mechanism too weak", NoRelay),
    ("AUTH", "535 5.7.8 Credentials invalid", NoRelay),
    ("AUTH", "538 5.7.11 Encryption required", NoRelay),
    ("AUTH", "550 5.7.1 Account disabled", NoRelay),
    ("MAIL", "421 4.3.2 Shutting down", NoRelay),
    ("MAIL", "432 4.3.2 Concurrent connections limit exceeded", NoRelay),
    ("MAIL", "450 4.1.8 Sender's domain not found", Waits),
    ("MAIL", "451 4.3.0 Local error", Waits),
    ("MAIL", "452 4.3.1 Insufficient storage", Waits),
    ("MAIL", "455 4.5.0 Parameters not now", Waits),
    ("MAIL", "501 5.1.7 Syntax of the sender", Fails("5.1.7")),
    ("MAIL", "503 5.5.1 Nested MAIL", Waits),
    ("MAIL", "530 5.7.0 Authentication required", NoRelay),
    ("MAIL", "550 Access denied", Waits),
    ("MAIL", "550 5.7.1 Sender not allowed", Waits),
    ("MAIL", "552 5.3.4 Message size exceeds fixed limit", Fails("5.3.4")),
    ("MAIL", "552 Too large", Fails("552")),
    ("MAIL", "553 Not this sender", Waits),
    ("MAIL", "554 5.7.1 Policy", Waits),
    ("MAIL", "555 5.5.4 Unsupported option", Waits),
    ("RCPT", "421 4.7.0 Closing", NoRelay),
    ("RCPT", "450 4.2.1 Mailbox busy", Waits),
    ("RCPT", "451 4.7.1 Greylisted", Waits),
    ("RCPT", "452 4.2.2 Mailbox full", Waits),
    ("RCPT", "455 4.5.0 Parameters not now", Waits),
    ("RCPT", "501 5.1.3 Syntax of the address", Fails("5.1.3")),
    ("RCPT", "503 5.5.1 Need MAIL", Waits),
    ("RCPT", "530 5.7.0 Authentication required", NoRelay),
    ("RCPT", "550 5.1.1 No such user", Fails("5.1.1")),
    ("RCPT", "550 5.5.0 A filter", Waits),
    ("RCPT", "551 5.1.6 User not local", Fails("5.1.6")),
    ("RCPT", "552 Too many recipients", Waits),
    ("RCPT", "552 5.2.2 Mailbox full", Waits),
    ("RCPT", "553 5.1.3 Mailbox name not allowed", Fails("5.1.3")),
    ("RCPT", "554 5.7.1 Relay access denied", Fails("5.7.1")),
    ("RCPT", "555 5.5.4 Unsupported option", Waits),
    ("RCPT", "556 5.1.10 Null MX", Fails("5.1.10")),
    ("DATA", "354 Go ahead", Taken),
    ("DATA", "421 4.3.2 Shutting down", NoRelay),
    ("DATA", "450 4.7.1 Policy server away", Waits),
    ("DATA", "451 4.3.0 Local error", Waits),
    ("DATA", "452 4.3.1 Insufficient storage", Waits),
    ("DATA", "503 5.5.1 Need RCPT", Waits),
    ("DATA", "552 5.3.4 Too large", Fails("5.3.4")),
    ("DATA", "554 5.5.1 No valid recipients", Fails("5.5.1")),
    (".", "250 2.0.0 Queued", Taken),
    (".", "421 4.3.2 Shutting down", NoRelay),
    (".", "450 4.7.1 Later", Waits),
    (".", "451 4.3.0 Local error", Waits),
    (".", "452 4.3.1 Insufficient storage", Waits),
    (".", "550 5.7.1 Content refused", Fails("5.7.1")),
    (".", "552 5.3.4 Too large", Fails("5.3.4")),
    (".", "552 5.2.2 Mailbox full", Waits),
    (".", "554 5.6.0 Malformed", Fails("5.6.0")),
];

/// What follows where the connection ends in place of an answer.
const CUTS: [(&str, Follows); 12] = [
    ("", NoRelay),
    ("EHLO", NoRelay),
    ("STARTTLS", NoRelay),
    ("TLS EHLO", NoRelay),
    ("AUTH", NoRelay),
    ("MAIL", Waits),
    ("RCPT", Waits),
    ("DATA", Waits),
    ("a line of the content", Waits),
    (".", Waits),
    ("TLS QUIT", Taken),
    ("QUIT", Taken),
];

/// What the relay offers.
const OFFERS: &str = "250-relay.example.com\r\n250-STARTTLS\r\n250-8BITMIME\r\n250 AUTH PLAIN";

/// Hands a mail to a relay that does one thing otherwise than relays do.
async fn handed(certified: &Certified, when: &str, act: Act<'_>) -> Outcome {
    let (listener, mut relay) = listen(certified, Security::StartTls).await;
    relay.login = login();
    let to = Address::new("kato@example.com");
    let mail = Outgoing { from: Some(&to), to: &to, id: "n1@example.com", bytes: MAIL };
    let script: Script<'_> = &[(when, act), ("EHLO", Say(OFFERS))];
    tokio::join!(deliver(&relay, mail), serve(listener, certified, script)).0
}

/// What follows from an outcome, by the outbox's own words.
fn follows(outcome: &Outcome) -> Follows {
    let now: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
    let attempt = outcome.clone().attempt();
    match outbox::after(&attempt, 1, now, now) {
        Next::Delivered => Taken,
        Next::Retry(at) if at == now => NoRelay,
        Next::Retry(at) => {
            assert_eq!(at, now + SignedDuration::from_mins(1), "{outcome:?}");
            Waits
        }
        Next::Failed(_) => match outcome {
            Outcome::Failed { status: Some(status), .. } => Fails(status.clone().leak()),
            other => panic!("{other:?}"),
        },
    }
}

/// Fault 52.
#[tokio::test]
async fn every_reply_at_every_step_has_the_consequence_that_the_table_says() {
    let certified = Certified::by_openssl("127.0.0.1");
    let mut wrong = Vec::new();
    for (when, reply, expected) in REPLIES {
        let outcome = handed(&certified, when, Say(reply)).await;
        if follows(&outcome) != expected {
            wrong.push(format!("{when} {reply}: {outcome:?} and not {expected:?}"));
        }
        assert!(
            matches!(expected, Taken) || reason(&outcome).ends_with(reply),
            "{when} {reply}: {outcome:?}"
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_connection_that_ends_at_any_step_has_the_consequence_that_the_table_says() {
    let certified = Certified::by_openssl("127.0.0.1");
    for (when, expected) in CUTS {
        let outcome = handed(&certified, when, Cut).await;
        assert_eq!(follows(&outcome), expected, "{when}: {outcome:?}");
        let unknown = reason(&outcome).contains("unknown outcome");
        assert_eq!(unknown, [".", "a line of the content"].contains(&when), "{when}: {outcome:?}");
    }
}

/// Fault 65.
#[tokio::test]
async fn a_relay_that_falls_silent_before_or_within_the_encryption_is_given_its_time_and_no_more() {
    let certified = Certified::by_openssl("127.0.0.1");
    for (when, act, words) in [
        ("STARTTLS", Silence, "STARTTLS: no answer for 1 s"),
        ("TLS EHLO", Silence, "EHLO: no answer for 1 s"),
        ("TLS AUTH", Silence, "log-in: no answer for 1 s"),
    ] {
        let (listener, mut relay) = listen(&certified, Security::StartTls).await;
        relay.login = login();
        relay.timeouts.command = Duration::from_secs(1);
        let to = Address::new("kato@example.com");
        let mail = Outgoing { from: None, to: &to, id: "", bytes: MAIL };
        let script: Script<'_> = &[(when, act), ("EHLO", Say(OFFERS))];
        let (outcome, _) = tokio::join!(deliver(&relay, mail), serve(listener, &certified, script));
        assert_eq!(unavailable(outcome).0, words);
    }
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut relay = relay_at(socket.local_addr().unwrap().port());
    relay.server.security = Security::Tls;
    relay.timeouts.connect = Duration::from_secs(1);
    let to = Address::new("kato@example.com");
    // The connection stands, and nobody ever shakes hands.
    let (reason, _) =
        unavailable(deliver(&relay, Outgoing { from: None, to: &to, id: "", bytes: MAIL }).await);
    assert!(reason.starts_with("TLS: ") && reason.contains("1 s"), "{reason}");
}

/// Every attempt that is not taken says how it ended in one line, whatever it is.
#[test]
fn an_attempt_keeps_the_words_and_the_advice() {
    let advice = Some("look at the password".to_owned());
    let outcome = Outcome::Unavailable { reason: "log-in: 535 no".to_owned(), advice };
    assert_eq!(outcome.attempt(), Attempt::NoRelay("log-in: 535 no; look at the password".to_owned()));
}
