//! Owns how a token is shown to a mail server: OAUTHBEARER (RFC 7628), XOAUTH2 (of Google and Microsoft), and what a
//! server says when it refuses one.

use data_encoding::BASE64;
use serde_json::Value;

use super::Token;
use crate::incident::words::one_line;

/// A way to show a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::io) enum Mechanism {
    /// The standard's.
    OAuthBearer,
    /// Google's, which Microsoft took over: https://developers.google.com/gmail/imap/xoauth2-protocol.
    XOAuth2,
}

/// Longest word of a refusal that is repeated, in characters.
const WORD: usize = 100;

impl Mechanism {
    /// The one to use with a server that has some of them.
    pub(in crate::io) fn of(offers: impl Fn(&str) -> bool) -> Option<Self> {
        [Self::OAuthBearer, Self::XOAuth2].into_iter().find(|mechanism| offers(mechanism.name()))
    }

    /// As servers list it.
    pub(in crate::io) fn name(self) -> &'static str {
        match self {
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
        }
    }

    /// What is said first, in base64.
    pub(in crate::io) fn opening(self, user: &str, token: &Token, (host, port): (&str, u16)) -> String {
        let token = token.text.reveal();
        let plain = match self {
            // A name in which `,` and `=` are written out (RFC 5801, 4).
            Self::OAuthBearer => format!(
                "n,a={},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01",
                user.replace('=', "=3D").replace(',', "=2C")
            ),
            Self::XOAuth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
        };
        BASE64.encode(plain.as_bytes())
    }

    /// What is said to a refusal in base64, so that the server ends the log-in (RFC 7628, 3.2.3).
    pub(in crate::io) fn resignation(self) -> &'static str {
        match self {
            Self::OAuthBearer => "AQ==",
            Self::XOAuth2 => "",
        }
    }
}

/// A refusal in words, `status 401, scope https://mail.google.com/`; none when the base64 holds no such thing
/// (RFC 7628, 3.2.2).
pub(in crate::io) fn refusal(base64: &str) -> Option<String> {
    let json: Value = serde_json::from_slice(&BASE64.decode(base64.trim().as_bytes()).ok()?).ok()?;
    let word = |key: &str| {
        let text = json.get(key)?.as_str()?;
        Some(format!("{key} {}", one_line(text).chars().take(WORD).collect::<String>()))
    };
    let said: Vec<String> = ["status", "scope"].into_iter().filter_map(word).collect();
    (!said.is_empty()).then(|| said.join(", "))
}
