//! Logging in with a token.

use super::super::login::Greeting;
use super::*;
use crate::io::net::Proof;
use crate::io::oauth::Tokens;

const AT: (&str, u16) = ("mail.example.com", 993);
/// `user=incidents@example.com`, `auth=Bearer token-1`.
const FIRST: &str = "dXNlcj1pbmNpZGVudHNAZXhhbXBsZS5jb20BYXV0aD1CZWFyZXIgdG9rZW4tMQEB";
/// The same for OAUTHBEARER, with host and port.
const STANDARD: &str = "bixhPWluY2lkZW50c0BleGFtcGxlLmNvbSwBaG9zdD1tYWlsLmV4YW1wbGUuY29tAXBvcnQ9OTkzAWF1dGg9QmVhcmVyIHRva2VuLTEBAQ==";
/// `{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}`.
const REFUSAL: &str =
    "eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==";

fn account(script: &str) -> Login {
    let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    let proof = Proof::Tokens(Tokens::by_command(command));
    Login { user: "incidents@example.com".to_owned(), proof }
}

async fn log_in(script: &str, login: &Login) -> Result<(), Error> {
    let offers = |all: &str| format!("C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 {all}\nS: $ OK\n");
    let (all, script) = script.split_once('\n').unwrap_or((script, ""));
    let script = offers(all) + script;
    talk(&script, async |session| session.log_in(login, AT, Greeting::Welcome).await).await
}

const IN: &str = "S: $ OK\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: $ OK";

#[tokio::test]
async fn a_token_goes_the_way_that_the_server_lists() {
    for script in [
        format!("AUTH=XOAUTH2 AUTH=PLAIN SASL-IR\nC: AUTHENTICATE XOAUTH2 {FIRST}\n{IN}"),
        format!("AUTH=xoauth2\nC: AUTHENTICATE XOAUTH2\nS: +\nC+ {FIRST}\n{IN}"),
        format!("AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR\nC: AUTHENTICATE OAUTHBEARER {STANDARD}\n{IN}"),
    ] {
        assert_eq!(log_in(&script, &account("echo token-1")).await, Ok(()), "{script}");
    }
}

#[tokio::test]
async fn a_refusal_is_answered_with_nothing_and_its_reason_is_told_without_the_token() {
    for (way, opening, resignation) in [("XOAUTH2", FIRST, ""), ("OAUTHBEARER", STANDARD, "AQ==")] {
        let script = format!(
            "AUTH={way} SASL-IR\nC: AUTHENTICATE {way} {opening}\nS: + {REFUSAL}\nC+ {resignation}\n\
             S: $ NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"
        );
        let error = log_in(&script, &account("echo token-1")).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the server refuses the token: [AUTHENTICATIONFAILED] Invalid credentials (Failure) \
             (status 400, scope https://mail.google.com/)"
        );
        // It was made for this log-in: another would be refused as well.
        assert!(matches!(error, Error::TokenRefused { again: false, .. }) && !error.is_passing());
        assert!(!format!("{error:?}").contains("token-1"));
    }
}

#[tokio::test]
async fn a_token_that_was_used_before_may_be_replaced_unless_the_server_is_only_busy() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count").display().to_string();
    let login = account(&format!("echo x >> {count}; echo token-$(grep -c x {count})"));
    let begin = format!("AUTH=XOAUTH2 SASL-IR\nC: AUTHENTICATE XOAUTH2 {FIRST}\n");
    log_in(&format!("{begin}{IN}"), &login).await.unwrap();
    let error = log_in(&format!("{begin}S: $ NO [THROTTLED] slow down"), &login).await.unwrap_err();
    assert!(matches!(error, Error::TokenRefused { again: false, .. }) && error.is_passing(), "{error:?}");

    let second = FIRST.replace("tMQEB", "tMgEB");
    let begin = begin.replace(FIRST, &second);
    log_in(&format!("{begin}{IN}"), &login).await.unwrap();
    let error = log_in(&format!("{begin}S: $ NO AUTHENTICATE failed."), &login).await.unwrap_err();
    assert!(matches!(error, Error::TokenRefused { again: true, .. }), "{error:?}");
}

#[tokio::test]
async fn without_a_token_or_a_way_to_show_it_nothing_is_said_to_the_server() {
    let error = log_in("AUTH=PLAIN LOGINDISABLED", &account("echo token-1")).await.unwrap_err();
    assert_eq!(error, Error::NoTokens);
    assert!(error.advice("mail.example.com").unwrap().contains("auth_mechanisms"));

    let error = log_in("AUTH=XOAUTH2", &account("echo token-1; exit 1")).await.unwrap_err();
    assert_eq!(error.to_string(), "no token for the log-in: /bin/sh failed (exit status: 1)");
    assert!(error.advice("mail.example.com").unwrap().starts_with("run it by hand"));
}

#[test]
fn a_refused_token_is_explained_for_who_refused_it() {
    let refused = |words: &str| Error::TokenRefused { words: words.to_owned(), again: false };
    for (error, host, says) in [
        (refused("Invalid credentials"), "imap.gmail.com", "https://mail.google.com/"),
        (
            refused("AUTHENTICATE failed."),
            "outlook.office365.com",
            "Set-CASMailbox MAILBOX -ImapEnabled $true",
        ),
        (refused("Authentication failed"), "mail.example.com", "which account and scope"),
        (
            refused("User is authenticated but not connected."),
            "outlook.office365.com",
            "may not open this mailbox",
        ),
        (Error::LoginDisabled, "outlook.office365.com", "init --oauth microsoft"),
    ] {
        let advice = error.advice(host).unwrap();
        assert!(advice.contains(says), "{host}: {error}: {advice}");
    }
}
