//! Tokens by what `firebell init --oauth` wrote, from a pretended token server.

use std::os::unix::fs::PermissionsExt as _;

use super::super::grant::Grant;
use super::*;
use crate::io::http::tests::{Pretended, said};

fn grant(url: String) -> Grant {
    Grant {
        token_url: url,
        client_id: "app".to_owned(),
        client_secret: Some("s3cret-app".to_owned()),
        refresh_token: Some("s3cret-1".to_owned()),
        scope: Some("mail".to_owned()),
        ca_file: None,
    }
}

fn written(grant: &Grant) -> (tempfile::TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("google.oauth");
    fs::write(&file, grant.text()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let file = file.display().to_string();
    (home, file)
}

/// What comes of asking for a token so often, and what the server was asked.
async fn asked(
    server: &Pretended,
    tokens: &Tokens,
    answers: &[String],
) -> (Vec<Result<Token, NoToken>>, Vec<String>) {
    let asking = async {
        let mut all = Vec::new();
        for _ in answers {
            all.push(tokens.token().await);
        }
        all
    };
    tokio::join!(asking, server.answering(answers))
}

#[tokio::test]
async fn a_refresh_token_gives_tokens_and_the_one_that_comes_back_is_kept() {
    let server = Pretended::new().await;
    let (_home, file) = written(&grant(server.url("/token")));
    let tokens = Tokens::by_grant(file.clone());
    let answers = [
        said(200, r#"{"access_token":"a1","expires_in":0,"refresh_token":"s3cret-2","token_type":"Bearer"}"#),
        said(200, r#"{"access_token":"a2","expires_in":"3599"}"#),
    ];
    let (got, heard) = asked(&server, &tokens, &answers).await;
    let texts: Vec<&str> = got.iter().map(|token| token.as_ref().unwrap().text.reveal()).collect();
    assert_eq!(texts, ["a1", "a2"]);
    let question = |refresh| {
        format!("/token client_id=app&client_secret=s3cret%2Dapp&grant_type=refresh_token&refresh_token={refresh}&scope=mail")
            .replace("%2D", "-")
    };
    assert_eq!(heard, [question("s3cret-1"), question("s3cret-2")]);
    assert_eq!(Grant::read(&file).unwrap().refresh_token.as_deref(), Some("s3cret-2"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // An hour's token is not asked for again.
    assert!(!tokens.token().await.unwrap().fresh);
}

#[tokio::test]
async fn an_app_asks_in_its_own_name_without_a_refresh_token() {
    let server = Pretended::new().await;
    let grant = Grant { refresh_token: None, ..grant(server.url("/t/token")) };
    let (_home, file) = written(&grant);
    let answers = [said(200, r#"{"access_token":"a1","expires_in":3599}"#)];
    let (got, heard) = asked(&server, &Tokens::by_grant(file.clone()), &answers).await;
    assert_eq!(got[0].as_ref().unwrap().text.reveal(), "a1");
    assert_eq!(
        heard,
        ["/t/token client_id=app&client_secret=s3cret-app&grant_type=client_credentials&scope=mail"]
    );
    assert_eq!(fs::read_to_string(file).unwrap(), grant.text());
}

#[tokio::test]
async fn what_can_not_be_written_is_kept_in_mind() {
    let server = Pretended::new().await;
    let (home, file) = written(&grant(server.url("/token")));
    // Where the new file would be made there is one that can't be taken for it.
    fs::create_dir(home.path().join("google.oauth.new")).unwrap();
    let tokens = Tokens::by_grant(file.clone());
    let given =
        |refresh| said(200, &format!(r#"{{"access_token":"a","expires_in":0,"refresh_token":"{refresh}"}}"#));
    let (got, heard) = asked(&server, &tokens, &[given("s3cret-2"), given("s3cret-2")]).await;
    assert!(got.iter().all(Result::is_ok), "{got:?}");
    assert!(heard[1].contains("refresh_token=s3cret-2"), "{heard:?}");
    assert_eq!(Grant::read(&file).unwrap().refresh_token.as_deref(), Some("s3cret-1"));
}

#[tokio::test]
async fn every_refusal_says_what_to_do_next_and_shows_no_secret() {
    for (status, body, words, advised) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            "the token server refuses: invalid_grant: Token has been expired or revoked.",
            "\"Testing\" lasts 7 days",
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired due to inactivity.\r\nTrace ID: 1"}"#,
            "the token server refuses: invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.",
            "the consent has run out",
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented"}"#,
            "",
            "Grant admin consent",
        ),
        (
            401,
            r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired"}"#,
            "",
            "secret has expired",
        ),
        (401, r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid"}"#, "", "not its ID"),
        (401, r#"{"error":"invalid_client"}"#, "the token server refuses: invalid_client", "\"Desktop app\""),
        (400, r#"{"error":"invalid_scope"}"#, "", "https://mail.google.com/"),
        (400, r#"{"error":"never_heard_of"}"#, "", "`firebell init --oauth` with the same file"),
        (
            404,
            "<html>s3cret</html>",
            "the token server answers 404 and gives no token",
            "look at `token_url`",
        ),
        (200, "{}", "the token server answers 200 and gives no token", "look at `token_url`"),
    ] {
        let server = Pretended::new().await;
        let (_home, file) = written(&grant(server.url("/token")));
        let (got, _) = asked(&server, &Tokens::by_grant(file), &[said(status, body)]).await;
        let why = got[0].clone().unwrap_err();
        assert!(!why.passing && (words.is_empty() || why.words == words), "{why:?}");
        assert!(why.advice.as_ref().unwrap().contains(advised), "{why:?}");
        assert!(!format!("{why:?}").contains("s3cret"), "{why:?}");
    }
}

#[tokio::test]
async fn a_token_server_that_is_ill_is_waited_for() {
    for (status, body) in [(503, "busy"), (429, "{}"), (400, r#"{"error":"temporarily_unavailable"}"#)] {
        let server = Pretended::new().await;
        let (_home, file) = written(&grant(server.url("/token")));
        let (got, _) = asked(&server, &Tokens::by_grant(file), &[said(status, body)]).await;
        assert!(got[0].as_ref().unwrap_err().passing, "{got:?}");
    }
    let nobody = Pretended::new().await.url("/token");
    let (_home, file) = written(&grant(nobody));
    let why = Tokens::by_grant(file).token().await.unwrap_err();
    assert!(why.passing && why.words.contains("refused the connection"), "{why:?}");
}

#[test]
fn a_file_that_is_none_is_refused_without_being_shown() {
    for (text, words) in [
        ("token_url = \"https://a.example/t\"\nclient_id = s3cret\n", "can't be read in line 2; "),
        ("token_url = \"https://a.example/t\"\n", "can't be read"),
        ("s3cret\n", "can't be read in line 1; "),
        ("token_url = \"a\"\nclient_id = \"a\"\ns3cret = \"a\"\n", "can't be read in line 3; "),
    ] {
        let (_home, file) = written(&grant(String::new()));
        fs::write(&file, text).unwrap();
        let why = Grant::read(&file).err().unwrap();
        assert!(why.starts_with(words) && !why.contains("s3cret"), "{why}");
        assert!(why.contains("`firebell init --oauth google`"), "{why}");
    }
    let (_home, file) = written(&grant(String::new()));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(Grant::read(&file).err().unwrap().contains("chmod 600"));
}
