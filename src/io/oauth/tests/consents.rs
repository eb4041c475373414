//! Getting a consent, from a pretended provider.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::consent;
use super::super::grant::Grant;
use crate::io::http::tests::{Pretended, said};

fn app(url: String) -> Grant {
    Grant {
        token_url: url,
        client_id: "app".to_owned(),
        client_secret: None,
        refresh_token: None,
        scope: Some("https://mail.example.com/".to_owned()),
        ca_file: None,
    }
}

const CODE: &str = r#"{"device_code":"s3cret-device","user_code":"ABCD-EFGH","verification_uri":"https://example.com/device","expires_in":900,"interval":0}"#;
const GIVEN: &str = r#"{"access_token":"a1","expires_in":3599,"refresh_token":"s3cret-1"}"#;

fn error(error: &str) -> String {
    said(400, &format!(r#"{{"error":"{error}"}}"#))
}

#[tokio::test]
async fn somebody_types_a_code_elsewhere_and_the_consent_is_asked_for_until_then() {
    let server = Pretended::new().await;
    let (app, device_url) = (app(server.url("/token")), server.url("/devicecode"));
    let answers = [said(200, CODE), error("authorization_pending"), said(503, "busy"), said(200, GIVEN)];
    let consenting = async {
        let device = consent::device(&app, &device_url).await.unwrap();
        assert_eq!(
            (device.user_code.as_str(), device.verification_uri.as_str()),
            ("ABCD-EFGH", "https://example.com/device")
        );
        consent::typed(&app, &device).await.unwrap()
    };
    let (granted, heard) = tokio::join!(consenting, server.answering(&answers));
    assert_eq!(granted.refresh_token.as_deref(), Some("s3cret-1"));
    assert_eq!(heard[0], "/devicecode client_id=app&scope=https%3A%2F%2Fmail.example.com%2F");
    let poll = "/token client_id=app&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=s3cret-device";
    assert!(heard[1..].iter().all(|question| question == poll), "{heard:?}");
}

#[test]
fn a_server_that_asks_for_more_patience_gets_it() {
    let said = |error: &str| consent::patience(&format!(r#"{{"error":"{error}"}}"#));
    assert_eq!((said("authorization_pending"), said("slow_down")), (Some(0), Some(5)));
    assert_eq!(
        (said("access_denied"), consent::patience(GIVEN), consent::patience("no json")),
        (None, None, None)
    );
}

#[tokio::test]
async fn a_refused_consent_ends_the_waiting_with_its_reason() {
    for (answer, words, advised) in [
        (error("access_denied"), "the token server refuses: access_denied", "did not consent"),
        (error("expired_token"), "the token server refuses: expired_token", "again"),
        (
            said(200, r#"{"access_token":"a1","expires_in":3599}"#),
            "the token server gives no refresh token",
            "myaccount.google.com/permissions",
        ),
    ] {
        let server = Pretended::new().await;
        let (app, device_url) = (app(server.url("/token")), server.url("/devicecode"));
        let consenting = async {
            let device = consent::device(&app, &device_url).await.unwrap();
            consent::typed(&app, &device).await.err().unwrap()
        };
        let answers = [said(200, CODE), answer];
        let (why, _) = tokio::join!(consenting, server.answering(&answers));
        assert!(why.words.starts_with(words), "{why:?}");
        assert!(why.advice.unwrap().contains(advised));
    }
    let server = Pretended::new().await;
    let (app, url) = (app(server.url("/token")), server.url("/devicecode"));
    let answers = [said(400, r#"{"error":"invalid_client","error_description":"AADSTS7000218: x"}"#)];
    let (refused, _) = tokio::join!(consent::device(&app, &url), server.answering(&answers));
    assert!(refused.unwrap_err().advice.unwrap().contains("Allow public client flows"));
}

/// What a browser gets that opens this address.
async fn opened(address: &str) -> String {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap_or((address, ""));
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn field(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|field| field.strip_prefix(&format!("{name}="))).unwrap();
    percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned()
}

#[tokio::test]
async fn a_browser_comes_back_with_a_code_that_only_we_can_use() {
    let server = Pretended::new().await;
    let app = app(server.url("/token"));
    let browser = consent::browser(&app, "https://accounts.example.com/auth").await.unwrap();
    let address = browser.address.clone();
    assert!(address.starts_with(
        "https://accounts.example.com/auth?client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A"
    ));
    let (back, state) = (field(&address, "redirect_uri"), field(&address, "state"));
    let visits = async {
        assert!(opened(&format!("{back}/favicon.ico")).await.contains("404"));
        assert!(opened(&format!("{back}/?code=s3cret&state=forged")).await.contains("404"));
        let answer = opened(&format!("{back}/?state={state}&code=4%2Fs3cret+code&scope=x")).await;
        assert!(answer.contains("go back to the terminal") && !answer.contains("s3cret"), "{answer}");
    };
    let answers = [said(200, GIVEN)];
    let granting = consent::returned(&app, browser, std::future::pending());
    let (granted, heard, ()) = tokio::join!(granting, server.answering(&answers), visits);
    assert_eq!(granted.ok().unwrap().refresh_token.as_deref(), Some("s3cret-1"));
    let asked = format!("https://x/?{}", heard[0].split_once(' ').unwrap().1);
    assert_eq!(field(&asked, "code"), "4/s3cret code");
    assert_eq!(
        (field(&asked, "grant_type"), field(&asked, "redirect_uri")),
        ("authorization_code".to_owned(), back)
    );
    // RFC 7636, 4.6.
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(field(&asked, "code_verifier").as_bytes());
    assert_eq!(field(&address, "code_challenge"), data_encoding::BASE64URL_NOPAD.encode(&digest));
}

#[tokio::test]
async fn an_address_copied_from_another_machines_browser_does_as_well() {
    let server = Pretended::new().await;
    let app = app(server.url("/token"));
    let browser = consent::browser(&app, "https://accounts.example.com/auth").await.unwrap();
    let (back, state) = (field(&browser.address, "redirect_uri"), field(&browser.address, "state"));
    let copied = async { format!("  {back}/?state={state}&code=s3cret \n") };
    let answers = [said(200, GIVEN)];
    let (granted, heard) = tokio::join!(consent::returned(&app, browser, copied), server.answering(&answers));
    assert!(granted.is_ok() && heard[0].contains("&code=s3cret&"), "{heard:?}");
}

#[tokio::test]
async fn no_consent_or_another_address_ends_it_with_words() {
    let app = app("http://127.0.0.1:1/token".to_owned());
    for (query, words) in [
        ("error=access_denied&state=", "no consent: access_denied"),
        ("code=x&nothing=", "that is not the address"),
    ] {
        let browser = consent::browser(&app, "https://accounts.example.com/auth").await.unwrap();
        let address = format!("http://127.0.0.1/?{query}{}", field(&browser.address, "state"));
        let why = consent::returned(&app, browser, async { address }).await.err().unwrap();
        assert!(why.words.starts_with(words), "{why:?}");
    }
}
