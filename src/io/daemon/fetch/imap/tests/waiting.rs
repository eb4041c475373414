//! Waits of which nothing comes, and servers that want fewer visits.

use super::*;

/// As short as a test may wait for them.
fn short() -> imap::Timeouts {
    let soon = Duration::from_millis(200);
    imap::Timeouts { poll: soon, done: soon, ..imap::Timeouts::default() }
}

/// Fault 32.
#[tokio::test]
async fn a_wait_that_died_without_a_sign_is_left_and_a_new_connection_finds_what_came_meanwhile() {
    let server = Server::start().await;
    server.has(&[(7, mail("a"))]);
    server.keeps_silent(Some("IDLE"));
    let visitor = Visitor::within(&server, After::Leave, short());
    visitor.keeps(&[mail("a")]).await;
    server.heard_last("IDLE").await;
    server.has(&[(8, mail("b"))]);
    server.heard_last("LOGIN").await;
    visitor.keeps(&[mail("a"), mail("b")]).await;
    assert_eq!(server.most_at_once(), 1);
}

/// Fault 34.
#[tokio::test]
async fn a_server_without_idle_is_asked_again_and_again_on_the_same_connection() {
    let server = Server::start().await;
    server.can("MOVE");
    let visitor = Visitor::within(&server, After::Leave, short());
    server.heard_last("SELECT").await;
    for (uid, service) in [(7, "a"), (8, "b")] {
        server.has(&[(uid, mail(service))]);
        server.heard_last(&format!("UID FETCH {uid} ")).await;
    }
    visitor.keeps(&[mail("a"), mail("b")]).await;
    let heard = server.heard();
    assert_eq!(heard.iter().filter(|line| line.starts_with("LOGIN")).count(), 1, "{heard:?}");
    assert!(!heard.iter().any(|line| line == "IDLE"), "{heard:?}");
}

/// Fault 23.
#[tokio::test]
async fn new_numbers_at_every_visit_double_no_mail_and_reach_the_operator() {
    let server = Server::start().await;
    server.has(&[(7, mail("a"))]);
    server.renumbers();
    let visitor = Visitor::with(&server, After::Leave);
    visitor.keeps(&[mail("a")]).await;
    server.hang_up();
    server.heard_last("SELECT").await;
    let renumbered = |fact: &HouseFact| {
        matches!(fact, HouseFact::Trouble(TroubleFact::Began { kind: Kind::Renumbered, .. }))
    };
    visitor.notes(renumbered).await;
    server.heard_last("IDLE").await;
    visitor.keeps(&[mail("a")]).await;
}

#[test]
fn a_server_that_asks_for_fewer_visits_gets_longer_rests() {
    for words in [
        "[THROTTLED] slow down",
        "[LIMIT] Too many simultaneous connections.",
        "[ALERT] Account exceeded command or bandwidth limits.",
        "Request is throttled. Suggested Backoff Time: 92415 milliseconds",
        "Too many connections from your IP",
    ] {
        for error in [Error::Lost(words.to_owned()), Error::LoginRefused(words.to_owned())] {
            assert!(error.is_throttled() && error.is_passing(), "{error:?}");
        }
    }
    assert!(!Error::Lost("the server hung up".to_owned()).is_throttled());
    let (throttled, passing) = (Trouble::Throttled(String::new()), Trouble::Mailbox(String::new(), true));
    assert!(throttled.longest_wait() > passing.longest_wait());
}
