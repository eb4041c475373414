//! Owns what relays are known to say, and what it is about.

use super::*;

fn reply(text: &str) -> Reply {
    let (code, rest) = text.split_at_checked(3).unwrap();
    Reply { code: code.to_owned(), lines: vec![rest.trim_start().to_owned()] }
}

fn outcome(step: Step, text: &str) -> Outcome {
    refused(step, &reply(text))
}

#[test]
fn what_is_said_about_the_mail_is_final() {
    for (step, text, status) in [
        (Step::Rcpt, "550 5.1.1 No such user", "5.1.1"),
        (Step::Rcpt, "550 5.1.1 No such user, please try again with another address", "5.1.1"),
        (Step::Rcpt, "550 No such user", "550"),
        (Step::Rcpt, "550", "550"),
        (Step::Rcpt, "501 Bad address", "501"),
        (Step::Rcpt, "551 5.1.6 Moved", "5.1.6"),
        (Step::Rcpt, "553 5.1.3 Bad address syntax", "5.1.3"),
        (Step::Rcpt, "556 5.1.10 Null MX", "5.1.10"),
        (Step::Rcpt, "550 5.2.1 The account that you tried to reach is disabled", "5.2.1"),
        (Step::Rcpt, "550 5.4.1 Recipient address rejected: Access denied", "5.4.1"),
        (Step::Rcpt, "550 5.4.4 Unable to route", "5.4.4"),
        (Step::Rcpt, "554 5.7.1 Relay access denied", "5.7.1"),
        (Step::Rcpt, "550 2.1.5 a status of another class", "550"),
        (Step::Mail, "553 5.1.7 Sender not understood", "5.1.7"),
        (Step::Mail, "552 5.3.4 Message size exceeds fixed limit", "5.3.4"),
        (Step::Data, "554 5.5.1 No valid recipients", "5.5.1"),
        (Step::Content, "552 5.3.4 Too large", "5.3.4"),
        (Step::Content, "552 Too large", "552"),
        (Step::Content, "554 5.6.0 Malformed", "5.6.0"),
        (Step::Content, "554 5.7.1 Spam", "5.7.1"),
        (
            Step::Content,
            "550 5.7.26 This mail is unauthenticated; all senders authenticate with SPF or DKIM",
            "5.7.26",
        ),
    ] {
        let reason = format!("{step}: {text}");
        assert_eq!(outcome(step, text), Outcome::Failed { reason, status: Some(status.to_owned()) });
    }
}

/// Fault 52.
#[test]
fn what_is_said_about_the_moment_or_our_rights_is_tried_again() {
    for (step, text) in [
        (Step::Rcpt, "450 4.2.0 Greylisted, see http://postgrey.example.com/help"),
        (Step::Rcpt, "451 4.7.1 Greylisting in action, please come back later"),
        (Step::Rcpt, "450 4.1.2 Domain not found"),
        (Step::Rcpt, "450 5.1.1 code and status contradict each other"),
        (Step::Rcpt, "550 4.2.2 code and status contradict each other"),
        (Step::Rcpt, "452 4.5.3 Too many recipients"),
        (Step::Rcpt, "552 Storage exceeded"),
        (Step::Rcpt, "552 5.2.2 Mailbox full"),
        (Step::Rcpt, "550 5.2.1 The user is receiving mail at a rate that prevents delivery"),
        (Step::Rcpt, "550 5.4.5 Daily user sending limit exceeded"),
        (Step::Rcpt, "550 5.5.0 Unavailable"),
        (Step::Rcpt, "550 5.7.1 Sending rate limit exceeded, try again later"),
        (Step::Rcpt, "550 5.7.1 Temporarily blocked"),
        (Step::Rcpt, "550 Too many messages in the last hour"),
        (Step::Rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.org"),
        (Step::Rcpt, "553 5.7.1 Sender address rejected: not owned by user gate"),
        (Step::Mail, "550 5.1.8 Domain of sender does not exist"),
        (Step::Mail, "500 5.5.2 Command unrecognized"),
        (Step::Rcpt, "503 5.5.1 Need MAIL first"),
        (Step::Content, "452 4.3.1 Disk full"),
        (Step::Content, "554 5.3.0 Internal trouble"),
        (Step::Content, "421 4.7.0 This message is suspicious due to the nature of the content"),
        (Step::Content, "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        (
            Step::Content,
            "554 5.2.252 SendAsDenied; incidents@example.com not allowed to send as other@example.com",
        ),
    ] {
        assert_eq!(outcome(step, text), Outcome::Deferred { reason: format!("{step}: {text}") });
    }
}

#[test]
fn what_is_said_about_the_relay_as_a_whole_says_nothing_about_the_mail() {
    let log_in = "the relay wants a log-in: write `user` and `password_file` under [relay]";
    for (step, text, advised) in [
        (Step::Greeting, "554 5.7.1 No mail service here", ""),
        (Step::Greeting, "421 4.7.0 Too busy", ""),
        (Step::Ehlo, "550 5.7.1 Your name is not welcome", ""),
        (Step::StartTls, "454 4.7.0 TLS not available", ""),
        (Step::Mail, "421 4.4.2 Timeout exceeded", ""),
        (Step::Rcpt, "421 4.7.0 Try again later, closing connection", ""),
        (Step::Content, "421 4.3.2 System shutting down", ""),
        (Step::Content, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", ""),
        (Step::Mail, "451 4.7.0 Too many connections from your host", ""),
        (Step::Mail, "554 5.7.1 Too many concurrent SMTP connections", ""),
        (Step::Mail, "530 5.7.0 Authentication required", log_in),
        (Step::Mail, "530 5.7.57 Client not authenticated to send mail", log_in),
        (Step::Mail, "535 Bad credentials", log_in),
        (Step::Rcpt, "550 5.7.1 Authentication required", log_in),
        (Step::Rcpt, "554 5.7.1 Client was not authenticated", log_in),
        (
            Step::Mail,
            "530 5.7.0 Must issue a STARTTLS command first",
            "the relay wants encryption first: write `submission://` with port 587 (STARTTLS) or `submissions://` \
             with port 465",
        ),
    ] {
        let advice = (!advised.is_empty()).then(|| advised.to_owned());
        assert_eq!(outcome(step, text), Outcome::Unavailable { reason: format!("{step}: {text}"), advice });
    }
}

#[test]
fn a_status_that_stands_on_every_line_is_said_once() {
    let lines = ["5.1.1 No such", "5.1.1 user", "here"].map(str::to_owned).to_vec();
    assert_eq!(Reply { code: "550".to_owned(), lines }.words(), "550 5.1.1 No such user here");
}

#[test]
fn words_of_the_relay_can_not_disturb_a_log() {
    let said = outcome(Step::Rcpt, &format!("451 \u{1b}[2J\u{202e}{}", "x".repeat(9999)));
    let Outcome::Deferred { reason } = said else { panic!("{said:?}") };
    assert!(reason.starts_with("RCPT: 451 ?[2J?xxx"), "{reason}");
    assert!(reason.len() < 600);
}
