//! Tokens by programs, and how they are shown.

mod consents;
mod grants;

use std::fs;

use super::sasl::{Mechanism, refusal};
use super::*;

fn by(script: &str) -> Tokens {
    Tokens::by_command(["/bin/sh", "-c", script].map(str::to_owned).to_vec())
}

/// A program that writes `token-1`, `token-2` and so on, and where it counts.
fn counting() -> (tempfile::TempDir, Tokens) {
    let home = tempfile::tempdir().unwrap();
    let count = home.path().join("count").display().to_string();
    let tokens = by(&format!("echo x >> {count}; echo token-$(grep -c x {count})"));
    (home, tokens)
}

async fn text(tokens: &Tokens) -> String {
    tokens.token().await.unwrap().text.reveal().to_owned()
}

#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end_and_then_replaced() {
    let (_home, tokens) = counting();
    let first = tokens.token().await.unwrap();
    assert!(first.fresh && first.text.reveal() == "token-1", "{first:?}");
    assert!(!tokens.clone().token().await.unwrap().fresh);
    tokio::time::pause();
    // The program's tokens are taken to last 10 minutes, and are replaced 5 minutes before.
    tokio::time::advance(Duration::from_secs(5 * 60 - 1)).await;
    assert_eq!(text(&tokens).await, "token-1");
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::time::resume();
    assert_eq!(text(&tokens).await, "token-2");
}

#[tokio::test]
async fn a_refused_token_is_not_used_again_and_an_old_refusal_spoils_no_new_one() {
    let (_home, tokens) = counting();
    let first = tokens.token().await.unwrap();
    tokens.refused(&first).await;
    assert_eq!(text(&tokens).await, "token-2");
    tokens.refused(&first).await;
    assert_eq!(text(&tokens).await, "token-2");
}

#[tokio::test]
async fn what_a_program_says_is_never_repeated() {
    for (script, words) in [
        ("echo s3cret >&2; echo s3cret; exit 3", "/bin/sh failed (exit status: 3)"),
        ("echo; echo s3cret", "/bin/sh wrote no token"),
        ("echo s3cret with spaces", "what came as a token is none"),
        ("printf 's3cret\\033[2J\\n'", "what came as a token is none"),
        ("head -c 40000 /dev/zero | tr '\\0' s", "what came as a token is none"),
    ] {
        let why = by(script).token().await.unwrap_err();
        assert!(why.words.starts_with(words), "{why:?}");
        assert!(!format!("{why:?}").contains("s3cret") && !why.words.contains("ssss"), "{why:?}");
    }
    let why = Tokens::by_command(vec!["/nonexistent/token".to_owned()]).token().await.unwrap_err();
    assert!(why.words.starts_with("/nonexistent/token can't be started"), "{why}");
    let shown = format!("{:?} {:?}", by("echo s3cret").token().await, by("echo x"));
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn a_program_that_takes_too_long_is_ended_with_whatever_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    // The one that it starts holds the pipe open: whoever reads it comes to its end only once that one is ended too.
    let script = format!("mkfifo {0}; (exec sleep 600 > {0}) & sleep 600", fifo.display());
    let command = ["/bin/sh".to_owned(), "-c".to_owned(), script];
    let reader = async {
        while !fifo.exists() {
            tokio::task::yield_now().await;
        }
        let path = fifo.clone();
        tokio::task::spawn_blocking(move || fs::read(path)).await.unwrap().unwrap()
    };
    let run = command::run_within(&command, Duration::from_millis(500));
    let (issued, read) = tokio::join!(run, reader);
    assert!(issued.unwrap_err().words.contains("was ended"));
    assert!(read.is_empty());
}

#[tokio::test]
async fn a_program_sees_its_home_and_nothing_that_is_not_its_own() {
    // Cargo sets this one for whatever it runs.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    assert_eq!(text(&by("echo \"[$CARGO_MANIFEST_DIR]\"")).await, "[]");
    let home = std::env::var("HOME").unwrap_or_default();
    assert_eq!(text(&by("echo \"[$HOME]\"")).await, format!("[{home}]"));
}

#[test]
fn a_token_is_shown_as_each_mechanism_wants_it() {
    let token = Token { text: Password::new("ya29.x"), fresh: true };
    let said = |mechanism: Mechanism, user| {
        let opening = mechanism.opening(user, &token, ("imap.example.com", 993));
        String::from_utf8(data_encoding::BASE64.decode(opening.as_bytes()).unwrap()).unwrap()
    };
    assert_eq!(
        said(Mechanism::XOAuth2, "incidents@example.com"),
        "user=incidents@example.com\x01auth=Bearer ya29.x\x01\x01"
    );
    // RFC 7628, 4.1.
    assert_eq!(
        said(Mechanism::OAuthBearer, "a,b=c@example.com"),
        "n,a=a=2Cb=3Dc@example.com,\x01host=imap.example.com\x01port=993\x01auth=Bearer ya29.x\x01\x01"
    );
    assert_eq!(Mechanism::of(|name| name == "XOAUTH2"), Some(Mechanism::XOAuth2));
    assert_eq!(Mechanism::of(|_| true), Some(Mechanism::OAuthBearer));
    assert_eq!(Mechanism::of(|name| name == "PLAIN"), None);
}

#[test]
fn a_refusal_is_read_and_nothing_else_taken_for_one() {
    let said = |json: &str| refusal(&data_encoding::BASE64.encode(json.as_bytes()));
    assert_eq!(
        said(r#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#).as_deref(),
        Some("status 400, scope https://mail.google.com/")
    );
    assert_eq!(said(r#"{"status":"a\u001b[2Jb"}"#).as_deref(), Some("status a [2Jb"));
    for none in ["", "{}", "[1]", "\"x\"", "{\"status\":4}", "no json"] {
        assert_eq!(said(none), None, "{none}");
    }
    assert_eq!(refusal("not base64!"), None);
    assert!(said(&format!("{{\"scope\":\"{}\"}}", "x".repeat(9999))).unwrap().len() < 200);
}
