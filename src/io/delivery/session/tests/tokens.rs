//! Logging in at a relay with a token.

use super::*;
use crate::io::net::Login;
use crate::io::oauth::Tokens;

/// `user=gate`, `auth=Bearer token-1`.
const FIRST: &str = "dXNlcj1nYXRlAWF1dGg9QmVhcmVyIHRva2VuLTEBAQ==";
/// `{"status":"401"}`.
const REFUSAL: &str = "334 eyJzdGF0dXMiOiI0MDEifQ==";
const OFFERS: &str = "250-relay.example.com\r\n250 AUTH LOGIN XOAUTH2";

fn relay(script: &str) -> Relay {
    let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    let login = Login { user: "gate".to_owned(), proof: Proof::Tokens(Tokens::by_command(command)) };
    Relay { login: Some(login), ..relay_at(0) }
}

async fn entered(relay: &Relay, script: Script<'_>) -> (Result<(), Outcome>, Vec<String>) {
    let (ours, theirs) = duplex(64 << 10);
    let entering = async {
        let mut session = greet(ours, relay).await?;
        log_in(&mut session, relay, true).await
    };
    tokio::join!(entering, play(theirs, script))
}

#[tokio::test]
async fn a_token_is_shown_by_what_the_relay_offers() {
    let script = [("EHLO", Say(OFFERS)), ("AUTH XOAUTH2", Say("235 2.7.0 in"))];
    let (entered, heard) = entered(&relay("echo token-1"), &script).await;
    assert_eq!(entered, Ok(()));
    assert_eq!(heard[1], format!("AUTH XOAUTH2 {FIRST}"));
}

#[tokio::test]
async fn a_token_too_long_for_a_command_waits_for_the_relays_invitation() {
    let both = "250-relay.example.com\r\n250 AUTH XOAUTH2 OAUTHBEARER";
    let script =
        [("EHLO", Say(both)), ("AUTH OAUTHBEARER", Say("334 ")), ("bixhPWdhdGUs", Say("235 2.7.0 in"))];
    let (entered, heard) = entered(&relay("head -c 2000 /dev/zero | tr '\\0' x"), &script).await;
    assert_eq!(entered, Ok(()));
    assert_eq!(heard[1], "AUTH OAUTHBEARER");
    assert!(heard[2].len() > 2000);
}

#[tokio::test]
async fn a_refused_token_is_given_up_told_without_itself_and_made_anew_for_the_next_log_in() {
    let folder = tempfile::tempdir().unwrap();
    let count = folder.path().join("count").display().to_string();
    let relay = relay(&format!("echo x >> {count}; echo token-$(grep -c x {count})"));
    let echo = format!("535 5.7.8 Not accepted: {FIRST}");
    let script = [("EHLO", Say(OFFERS)), ("AUTH XOAUTH2", Say(REFUSAL)), ("\r\n", Say(&echo))];
    let (refused, heard) = entered(&relay, &script).await;
    let (reason, advice) = unavailable(refused.unwrap_err());
    assert_eq!(reason, "log-in: 535 5.7.8 Not accepted: …");
    assert!(advice.contains("account and scope"), "{advice}");
    assert_eq!(heard[1..3], [format!("AUTH XOAUTH2 {FIRST}"), String::new()]);

    let script = [("EHLO", Say(OFFERS)), ("AUTH XOAUTH2", Say("235 in"))];
    let (entered, heard) = entered(&relay, &script).await;
    assert_eq!(entered, Ok(()));
    assert_eq!(heard[1], format!("AUTH XOAUTH2 {}", FIRST.replace("LTEB", "LTIB")));
}

#[tokio::test]
async fn what_the_relay_says_of_a_refusal_is_told() {
    let script = [("EHLO", Say(OFFERS)), ("AUTH XOAUTH2", Say(REFUSAL)), ("\r\n", Say("535 5.7.8 no"))];
    let (reason, _) = unavailable(entered(&relay("echo token-1"), &script).await.0.unwrap_err());
    assert_eq!(reason, "log-in: 535 5.7.8 no (status 401)");
    let passing = [("EHLO", Say(OFFERS)), ("AUTH XOAUTH2", Say("454 4.7.0 Temporary failure"))];
    let (reason, advice) = unavailable(entered(&relay("echo token-1"), &passing).await.0.unwrap_err());
    assert_eq!((reason.as_str(), advice.as_str()), ("log-in: 454 4.7.0 Temporary failure", ""));
}

#[tokio::test]
async fn without_a_token_or_a_way_to_show_it_the_relay_hears_nothing_of_it() {
    let script = [("EHLO", Say("250-relay.example.com\r\n250 AUTH PLAIN"))];
    let (refused, heard) = entered(&relay("echo token-1"), &script).await;
    let (reason, advice) = unavailable(refused.unwrap_err());
    assert_eq!(reason, "log-in: the relay offers PLAIN, firebell knows for tokens OAUTHBEARER and XOAUTH2");
    assert!(advice.starts_with("write `password_file`") && heard.len() == 1, "{advice} {heard:?}");

    let (refused, heard) = entered(&relay("exit 1"), &[("EHLO", Say(OFFERS))]).await;
    let (reason, advice) = unavailable(refused.unwrap_err());
    assert_eq!(reason, "log-in: no token: /bin/sh failed (exit status: 1)");
    assert!(advice.starts_with("run it by hand") && heard.len() == 1, "{advice} {heard:?}");
}

#[tokio::test]
async fn a_refused_token_is_explained_for_who_refused_it() {
    for (host, words, says) in [
        ("smtp.office365.com", "535 5.7.3 Authentication unsuccessful", "SMTP.Send"),
        (
            "smtp.office365.com",
            "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant",
            "aka.ms/smtp_auth_disabled",
        ),
        (
            "smtp.gmail.com",
            "535-5.7.8 Username and Password not accepted\r\n535 5.7.8 bad",
            "mail.google.com",
        ),
    ] {
        let mut relay = relay("echo token-1");
        relay.server.host = host.to_owned();
        let script = [("EHLO", Say(OFFERS)), ("AUTH XOAUTH2", Say(words))];
        let (_, advice) = unavailable(entered(&relay, &script).await.0.unwrap_err());
        assert!(advice.contains(says), "{host}: {advice}");
    }
}
