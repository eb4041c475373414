//! From the greeting to the log-in.

use tokio::io::AsyncReadExt as _;

use super::super::login::Greeting;
use super::*;
use crate::io::net::{Password, Proof};

/// Where the server is.
const AT: (&str, u16) = ("mail.example.com", 993);

fn account(password: &str) -> Login {
    Login { user: "incidents@example.com".to_owned(), proof: Proof::Password(Password::new(password)) }
}

async fn greeted(says: &str) -> Result<Greeting, Error> {
    let (ours, theirs) = duplex(4096);
    let script = format!("S: {says}\nhang up");
    let (greeted, ()) = tokio::join!(Session::greeted(ours, Timeouts::default()), serve(theirs, &script));
    greeted.map(|(_, greeting)| greeting)
}

async fn log_in(script: &str, password: &str) -> Result<Capabilities, Error> {
    talk(script, async |session| {
        session.log_in(&account(password), AT, Greeting::Welcome).await.map(|()| session.can().clone())
    })
    .await
}

#[tokio::test]
async fn only_an_imap_server_that_welcomes_is_greeted() {
    assert_eq!(greeted("* OK [CAPABILITY IMAP4rev1] ready").await, Ok(Greeting::Welcome));
    assert_eq!(greeted("* preauth hello").await, Ok(Greeting::Known));
    assert_eq!(greeted("* OK [ALERT]é").await, Ok(Greeting::Welcome));
    assert_eq!(greeted("* BYE too busy").await, Err(Error::Lost("too busy".to_owned())));
    let error = greeted("220 mail.example.com ESMTP").await.unwrap_err();
    assert_eq!(error.to_string(), "the server does not speak IMAP: 220 mail.example.com ESMTP");
    assert!(error.advice("mail.example.com").unwrap().contains("993"));
}

/// Fault 44.
#[tokio::test]
async fn nothing_is_said_in_the_clear_to_a_server_without_starttls() {
    let script = "
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
        S: $ OK";
    let (ours, theirs) = duplex(64);
    let session = Session::over(ours, Timeouts::default());
    let (stream, ()) = tokio::join!(session.start_tls(Greeting::Welcome), serve(theirs, script));
    assert_eq!(stream.map(drop), Err(Error::NoStartTls));

    let (ours, theirs) = duplex(64);
    let session = Session::over(ours, Timeouts::default());
    let (stream, ()) = tokio::join!(session.start_tls(Greeting::Known), serve(theirs, ""));
    assert_eq!(stream.map(drop), Err(Error::NoStartTls));
}

#[tokio::test]
async fn what_came_in_the_clear_is_forgotten_when_encryption_begins() {
    let (ours, mut theirs) = duplex(4096);
    let session = Session::over(ours, Timeouts::default());
    let said =
        "* CAPABILITY IMAP4rev1 STARTTLS\r\nF1 OK\r\nF2 OK go\r\n* CAPABILITY IMAP4rev1 EVIL\r\nF1 OK\r\n";
    theirs.write_all(said.as_bytes()).await.unwrap();
    let stream = session.start_tls(Greeting::Welcome).await.unwrap();

    let commands = b"F1 CAPABILITY\r\nF2 STARTTLS\r\n";
    let mut heard = [0; 28];
    theirs.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, commands);
    let mut session = Session::over(stream, Timeouts::default());
    let script = "
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1 IDLE
        S: $ OK";
    let (_, ()) = tokio::join!(
        async {
            session.log_in(&account("x"), AT, Greeting::Known).await.unwrap();
            assert_eq!(session.can().all, ["IMAP4REV1", "IDLE"]);
            drop(session);
        },
        serve(theirs, script)
    );
}

#[tokio::test]
async fn the_password_goes_the_way_that_the_server_lists() {
    // The first is base64 of `\0incidents@example.com\0pa"ss\wörd` (RFC 4616).
    let plain = "AGluY2lkZW50c0BleGFtcGxlLmNvbQBwYSJzc1x3w7ZyZA==";
    for (offered, said) in [
        ("AUTH=PLAIN SASL-IR LOGINDISABLED", format!("C: AUTHENTICATE PLAIN {plain}")),
        ("auth=plain", format!("C: AUTHENTICATE PLAIN\nS: +\nC+ {plain}")),
        (
            "SASL-IR AUTH=XOAUTH2",
            "C: LOGIN \"incidents@example.com\" {11}\nS: + ok\nC+ pa\"ss\\wörd".to_owned(),
        ),
    ] {
        let script = format!(
            "C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 {offered}\nS: $ OK\n{said}\nS: $ OK [CAPABILITY IMAP4rev1] in\n\
             C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 MOVE UIDPLUS\nS: $ OK",
        );
        let can = log_in(&script, "pa\"ss\\wörd").await.unwrap();
        assert!(can.move_ && can.uidplus && !can.idle && !can.has("SASL-IR"), "{can:?}");
    }
}

#[tokio::test]
async fn a_password_of_plain_characters_is_quoted() {
    let script = r#"
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: $ OK
        C: LOGIN "incidents@example.com" "a\"b\\c d"
        S: $ OK
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1
        S: $ OK"#;
    log_in(script, r#"a"b\c d"#).await.unwrap();
}

#[tokio::test]
async fn no_password_is_sent_where_none_is_taken_or_none_can_be() {
    let offers = |all: &str| format!("C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 {all}\nS: $ OK");
    assert_eq!(log_in(&offers("LOGINDISABLED AUTH=XOAUTH2"), "x").await, Err(Error::LoginDisabled));
    let refused = log_in(&offers(""), "x\r\nF9 LOGOUT").await;
    assert!(matches!(refused, Err(Error::LoginRefused(_))), "{refused:?}");
}

#[tokio::test]
async fn a_refused_log_in_shows_the_servers_words_and_not_the_password() {
    for status in ["NO", "BAD"] {
        let script = format!(
            "C: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: $ OK\nC: LOGIN \"incidents@example.com\" \"s3cret\"\n\
             S: $ {status} [AUTHENTICATIONFAILED] Authentication failed.",
        );
        let error = log_in(&script, "s3cret").await.unwrap_err();
        assert_eq!(error, Error::LoginRefused("[AUTHENTICATIONFAILED] Authentication failed.".to_owned()));
        assert!(!error.is_passing());
    }
}

#[tokio::test]
async fn a_challenge_to_which_we_have_no_answer_is_declined() {
    let script = "
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR
        S: $ OK
        C: AUTHENTICATE PLAIN AGluY2lkZW50c0BleGFtcGxlLmNvbQB4
        S: + eyJzdGF0dXMiOiI0MDEifQ==
        C+ *
        S: $ NO no";
    assert_eq!(log_in(script, "x").await, Err(Error::LoginRefused("no".to_owned())));
}

#[tokio::test]
async fn a_server_that_wants_to_know_who_we_are_is_told_and_says_who_it_is() {
    let script = format!(
        "C: CAPABILITY\nS: * CAPABILITY IMAP4rev1 ID IDLE\nS: $ OK\n\
         C: ID (\"name\" \"firebell\" \"version\" \"{}\")\n\
         S: * ID (\"NAME\" \"Dovecot\" \"version\" NIL)\nS: $ OK",
        env!("CARGO_PKG_VERSION")
    );
    let can = talk(&script, async |session| {
        session.log_in(&account("x"), AT, Greeting::Known).await.unwrap();
        session.can().clone()
    });
    let can = can.await;
    assert!(can.idle);
    assert_eq!(can.server.into_iter().collect::<Vec<_>>(), [("name".to_owned(), "Dovecot".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_greet_is_not_waited_for() {
    let (ours, _theirs) = duplex(64);
    let greeted = Session::greeted(ours, Timeouts::default()).await.map(drop);
    let after = Duration::from_secs(60);
    assert!(matches!(greeted, Err(Error::Silent { after: waited, .. }) if waited == after), "{greeted:?}");
}
