//! Words for what went wrong, and what to do about it.

use super::*;

fn refused(words: &str) -> Error {
    Error::LoginRefused(words.to_owned())
}

#[test]
fn the_advice_is_the_providers() {
    let password = refused("[AUTHENTICATIONFAILED] Invalid credentials (Failure)");
    for (error, host, says) in [
        (&password, "imap.gmail.com", "app password"),
        (&password, "IMAP.GMAIL.COM.", "app password"),
        (&password, "outlook.office365.com", "listen"),
        (&password, "imap.notgmail.com", "doveadm auth test"),
        (&refused("[PRIVACYREQUIRED] Plaintext"), "mail.example.com", "disable_plaintext_auth"),
        (&refused("[EXPIRED] Password expired"), "mail.example.com", "expired"),
        (&Error::LoginDisabled, "outlook.office365.com", "basic authentication is off"),
        (&Error::LoginDisabled, "mail.example.com", "auth_mechanisms"),
        (&Error::NoStartTls, "mail.example.com", "imaps://"),
        (
            &Error::NoSuchFolder { folder: "a".to_owned(), words: "[NOPERM] no".to_owned() },
            "mail.example.com",
            "rights",
        ),
    ] {
        let advice = error.advice(host).unwrap();
        assert!(advice.contains(says), "{host}: {error}: {advice}");
    }
    assert_eq!(Error::Lost("bye".to_owned()).advice("imap.gmail.com"), None);
}

#[test]
fn what_the_server_calls_temporary_is_no_matter_for_a_person() {
    for words in [
        "[UNAVAILABLE] Temporary authentication failure.",
        "[INUSE] Mailbox in use",
        "[LIMIT] Too many connections",
        "[THROTTLED] Slow down",
        "[OVERQUOTA] Full",
        "[ALERT] Too many simultaneous connections. (Failure)",
    ] {
        let error = refused(words);
        assert!(error.is_passing(), "{words}");
        assert_eq!(error.advice("imap.gmail.com"), None);
    }
    assert!(!refused("[AUTHENTICATIONFAILED] Authentication failed.").is_passing());
    assert!(!Error::NoStartTls.is_passing() && !Error::LoginDisabled.is_passing());
}

#[tokio::test]
async fn words_of_the_server_are_one_short_printable_line() {
    let words = format!("NO \u{1b}[2J\u{202e}{}", "長".repeat(9999));
    let script = format!("C: NOOP\nS: $ {words}");
    let error = talk(&script, async |session| session.noop().await).await.unwrap_err().to_string();
    assert!(error.starts_with("the server refuses NOOP: [2J 長長"), "{error}");
    assert!(error.chars().count() < 500 && !error.chars().any(char::is_control));
}
