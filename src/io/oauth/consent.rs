//! Owns getting a person's consent: by a code that is typed elsewhere (RFC 8628), or by a browser that comes back to this
//! machine (RFC 8252, with the proof of RFC 7636).
//! Never keeps anything: what comes out is a grant that somebody writes to a file.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::grant::Grant;
use super::{NoToken, refusal};
use crate::io::http::encoded;

/// How often to ask whether somebody has consented, where the server doesn't say it (RFC 8628, 3.2).
const INTERVAL: u64 = 5;
/// Longest interval and lifetime that are believed, in seconds.
const LONGEST: u64 = 3600;
/// Longest question of a browser, in bytes.
const QUESTION: usize = 16 << 10;

/// What a server says for the person who is to consent (RFC 8628, 3.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Device {
    /// What the person opens.
    #[serde(alias = "verification_url")]
    pub verification_uri: String,
    /// What the person types there.
    pub user_code: String,
    device_code: String,
    expires_in: u64,
    interval: Option<u64>,
}

/// Asks for a code.
pub async fn device(grant: &Grant, device_url: &str) -> Result<Device, NoToken> {
    let asking = Grant { token_url: device_url.to_owned(), client_secret: None, ..grant.clone() };
    let scope = grant.scope.as_deref().unwrap_or_default();
    let answer = asking.ask(&[("scope", scope)]).await?;
    serde_json::from_str(&answer.body)
        .ok()
        .filter(|_| answer.status == 200)
        .ok_or_else(|| refusal::read(&asking, &answer))
}

/// Waits until somebody has typed the code, and gives the grant with what that is good for.
pub async fn typed(grant: &Grant, device: &Device) -> Result<Grant, NoToken> {
    let mut interval = device.interval.unwrap_or(INTERVAL).min(LONGEST);
    let polling = async {
        loop {
            tokio::time::sleep(Duration::from_secs(interval)).await;
            let answer = grant
                .ask(&[
                    ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                    ("device_code", &device.device_code),
                ])
                .await;
            match answer {
                // What a bad network takes away is asked for again.
                Err(why) if why.passing => {}
                Err(why) => return Err(why),
                Ok(answer) => match patience(&answer.body) {
                    Some(more) => interval += more,
                    None => match granted(grant, &answer) {
                        Err(why) if why.passing => {}
                        ended => return ended,
                    },
                },
            }
        }
    };
    let lasts = Duration::from_secs(device.expires_in.min(LONGEST));
    tokio::time::timeout(lasts, polling).await.unwrap_or_else(|_| {
        Err(NoToken {
            words: "nobody has typed the code in time".to_owned(),
            advice: Some("run the same again".to_owned()),
            passing: false,
        })
    })
}

/// By how many seconds the interval grows before the next question; none when there is no further one (RFC 8628, 3.5).
pub(super) fn patience(body: &str) -> Option<u64> {
    let json: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    match json.get("error")?.as_str()? {
        "authorization_pending" => Some(0),
        "slow_down" => Some(INTERVAL),
        _ => None,
    }
}

/// The grant with the refresh token that an answer gives.
fn granted(grant: &Grant, answer: &crate::io::http::Answer) -> Result<Grant, NoToken> {
    let (_, refresh) = grant.taken(answer)?;
    match refresh {
        Some(refresh) => Ok(Grant { refresh_token: Some(refresh), ..grant.clone() }),
        None => Err(NoToken {
            words: "the token server gives no refresh token, so the consent would last an hour".to_owned(),
            advice: Some(
                "at Google take the app's earlier consent away first (https://myaccount.google.com/permissions)"
                    .to_owned(),
            ),
            passing: false,
        }),
    }
}

/// The grant of an app that needs nobody's consent, once the server has given it a token.
pub async fn by_itself(grant: &Grant) -> Result<Grant, NoToken> {
    grant.by_itself().await.map(|_| grant.clone())
}

/// A browser on its way: what it is to open, and where it comes back to.
#[derive(Debug)]
pub struct Browser {
    /// What the person opens.
    pub address: String,
    listener: TcpListener,
    back: String,
    state: String,
    verifier: String,
}

/// Prepares the address to open. It comes back to a port of this machine.
pub async fn browser(grant: &Grant, authorize_url: &str) -> Result<Browser, NoToken> {
    let here =
        |error: std::io::Error| stopped(format!("no port of this machine can be listened on: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(here)?;
    let back = format!("http://{}", listener.local_addr().map_err(here)?);
    let (state, verifier) = (random()?, random()?);
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
    let fields = [
        ("client_id", grant.client_id.as_str()),
        ("redirect_uri", &back),
        ("response_type", "code"),
        ("scope", grant.scope.as_deref().unwrap_or_default()),
        ("state", &state),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    let address = format!("{authorize_url}?{}", encoded(&fields));
    Ok(Browser { address, listener, back, state, verifier })
}

/// Waits until the browser comes back, here or as an address that somebody copies from it, and gives the grant with what
/// that is good for.
pub async fn returned(
    grant: &Grant,
    browser: Browser,
    copied: impl Future<Output = String>,
) -> Result<Grant, NoToken> {
    let Browser { listener, back, state, verifier, .. } = browser;
    let code = tokio::select! {
        code = visited(&listener, &state) => code?,
        address = copied => code(address.trim(), &state).ok_or_else(wrong_address)??,
    };
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &back),
        ("code_verifier", &verifier),
    ];
    granted(grant, &grant.ask(&fields).await?)
}

fn wrong_address() -> NoToken {
    stopped(
        "that is not the address at which the browser ended; it begins with `http://127.0.0.1:`".to_owned(),
    )
}

/// Waits for the browser that brings the code; others are sent away.
async fn visited(listener: &TcpListener, state: &str) -> Result<String, NoToken> {
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { continue };
        let asked = asked(&mut stream).await;
        let code = code(&asked, state);
        let (status, words) = match &code {
            Some(Ok(_)) => ("200 OK", "Done: go back to the terminal.\n"),
            Some(Err(_)) => ("200 OK", "No consent was given: go back to the terminal.\n"),
            None => ("404 Not Found", "Nothing is here.\n"),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{words}",
            words.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        if let Some(code) = code {
            return code;
        }
    }
}

/// The path of a browser's question, with what stands behind it; empty when it asks for nothing in time.
async fn asked(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let reading = async {
        let mut piece = [0; 2048];
        while !bytes.windows(4).any(|four| four == b"\r\n\r\n") && bytes.len() < QUESTION {
            match stream.read(&mut piece).await {
                Ok(read @ 1..) => bytes.extend_from_slice(piece.get(..read).unwrap_or_default()),
                Ok(0) | Err(_) => break,
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), reading).await;
    let head = String::from_utf8_lossy(&bytes);
    let question = head.lines().next().unwrap_or_default();
    question.strip_prefix("GET ").and_then(|rest| rest.split(' ').next()).unwrap_or_default().to_owned()
}

/// The code in an address, if it is the answer to our question (RFC 6749, 4.1.2), or why there is none.
fn code(address: &str, state: &str) -> Option<Result<String, NoToken>> {
    let (_, query) = address.split_once('?')?;
    let field = |name: &str| {
        let value = query.split(['&', '#']).find_map(|field| field.strip_prefix(name)?.strip_prefix('='))?;
        Some(percent_encoding::percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned())
    };
    if field("state")? != state {
        return None;
    }
    let refused = || field("error").map(|error| Err(refusal::of_browser(&error)));
    field("code").map(Ok).or_else(refused)
}

/// 256 random bits as text.
fn random() -> Result<String, NoToken> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| stopped(format!("no random numbers: {error}")))?;
    Ok(BASE64URL_NOPAD.encode(&bytes))
}

fn stopped(words: String) -> NoToken {
    NoToken { words, advice: None, passing: false }
}
