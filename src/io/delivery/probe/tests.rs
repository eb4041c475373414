//! Owns what `probe` finds out from pretended relays.

use super::*;
use crate::config::remote::Security;
use crate::io::delivery::tests::Act::{self, Cut, Say};
use crate::io::delivery::tests::{listen, login, relay_at, serve, unavailable};
use crate::io::net::tests::loopback::Certified;

const OFFERS: &str =
    "250-relay.example.com at your service\r\n250-SIZE 35882577\r\n250-STARTTLS\r\n250 AUTH PLAIN";

async fn probed(script: &[(&str, Act<'_>)]) -> (Result<Probe, Outcome>, Vec<String>) {
    let certified = Certified::by_openssl("127.0.0.1");
    let (listener, mut relay) = listen(&certified, Security::StartTls).await;
    relay.login = login();
    let plus = Address::new("incidents+check@example.com");
    let script: Vec<(&str, Act<'_>)> = script.iter().copied().chain([("EHLO", Say(OFFERS))]).collect();
    tokio::join!(probe(&relay, &plus), serve(listener, &certified, &script))
}

#[tokio::test]
async fn a_relay_says_what_it_can_do_and_gets_no_mail() {
    let (found, heard) = probed(&[]).await;
    assert_eq!(
        found.unwrap(),
        Probe {
            encrypted: true,
            logged_in: true,
            mechanisms: vec!["PLAIN".to_owned()],
            size: Some(35_882_577),
            extensions: ["SIZE 35882577", "STARTTLS", "AUTH PLAIN"].map(str::to_owned).to_vec(),
            plus: Ok(()),
        }
    );
    assert_eq!(
        heard[4..],
        [
            "EHLO firebell.example.com",
            "MAIL FROM:<incidents@example.com>",
            "RCPT TO:<incidents+check@example.com>",
            "RSET",
            "QUIT"
        ]
    );
}

#[tokio::test]
async fn a_relay_without_plus_addresses_is_quoted() {
    for (reply, words) in [
        ("550 5.1.1 No such user", "RCPT: 550 5.1.1 No such user"),
        ("451 4.7.1 Greylisted", "RCPT: 451 4.7.1 Greylisted"),
    ] {
        let (found, heard) = probed(&[("RCPT", Say(reply))]).await;
        assert_eq!(found.unwrap().plus, Err(words.to_owned()));
        assert_eq!(heard.last().unwrap(), "QUIT");
    }
}

#[tokio::test]
async fn a_relay_that_offers_little_is_described_as_it_is() {
    for size in
        ["250-relay\r\n250-SIZE 0\r\n250 HELP", "250-relay\r\n250-SIZE\r\n250 HELP", "250-relay\r\n250 HELP"]
    {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = relay_at(listener.local_addr().unwrap().port());
        let plus = Address::new("incidents+check@example.com");
        let certified = Certified::by_openssl("127.0.0.1");
        let script = [("EHLO", Say(size))];
        let (found, _) = tokio::join!(probe(&relay, &plus), serve(listener, &certified, &script));
        let found = found.unwrap();
        assert_eq!((found.encrypted, found.logged_in, found.size), (false, false, None));
        assert!(found.mechanisms.is_empty(), "{found:?}");
    }
}

#[tokio::test]
async fn what_the_first_mail_would_meet_with_is_the_error() {
    let (found, _) = probed(&[("AUTH", Say("535 5.7.8 no"))]).await;
    assert_eq!(unavailable(found.unwrap_err()).0, "log-in: 535 5.7.8 no");
    let (found, _) = probed(&[("MAIL", Say("553 5.1.7 Not from here"))]).await;
    assert!(matches!(found.unwrap_err(), Outcome::Failed { .. }));
    let (found, _) = probed(&[("MAIL", Cut)]).await;
    assert!(matches!(found.unwrap_err(), Outcome::Deferred { .. }));
    let (found, _) = probed(&[("RCPT", Say("530 5.7.0 Log in"))]).await;
    assert!(unavailable(found.unwrap_err()).1.starts_with("the relay wants a log-in"));
}
