//! Owns the tokens by which a mailbox or a relay is entered instead of a password (RFC 6749, RFC 6750): where they come
//! from, and for how long each is used.
//! Never shows one, nor anything else that the program or server says from which it comes.
//! On failure says what to do next, and whether it may pass by itself.

mod command;
pub mod consent;
pub mod grant;
mod refusal;
pub(super) mod sasl;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::clock::moment;
use super::net::Password;

/// A token is replaced so long before it runs out, or at half its time if that comes first.
const BEFORE: Duration = Duration::from_secs(5 * 60);
/// Longest token that is believed to be one, in bytes; those of Microsoft have about 2,500.
const LONGEST: usize = 16 << 10;

/// Where tokens come from.
#[derive(Debug)]
enum Origin {
    /// A program of the site writes one.
    Command(Vec<String>),
    /// A server gives one for what this file holds.
    Grant(String),
}

/// The tokens of one account. Clones share what they know.
#[derive(Debug, Clone)]
pub struct Tokens(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    origin: Origin,
    kept: Mutex<Known>,
}

/// What is known of an account.
#[derive(Debug, Default)]
struct Known {
    token: Option<Kept>,
    /// A refresh token that could not be put into its file.
    replaced: Option<grant::Replaced>,
}

/// A token in use.
#[derive(Debug)]
struct Kept {
    text: Password,
    until: Instant,
}

/// A token, for one log-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The token itself.
    pub text: Password,
    /// Whether it was made for this very log-in: another one would be refused as well.
    pub fresh: bool,
}

/// A token as it was handed out.
#[derive(Debug)]
struct Issued {
    text: String,
    lasts: Duration,
}

/// Why there is no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoToken {
    /// What happened, one printable line without a full stop.
    pub words: String,
    /// What to do about it, where that can be said.
    pub advice: Option<String>,
    /// Whether it may pass by itself.
    pub passing: bool,
}

impl fmt::Display for NoToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl Tokens {
    /// Tokens that a program writes: its path and its arguments.
    pub fn by_command(command: Vec<String>) -> Self {
        Self::of(Origin::Command(command))
    }

    /// Tokens for what a file holds that `firebell init --oauth` wrote.
    pub fn by_grant(file: String) -> Self {
        Self::of(Origin::Grant(file))
    }

    fn of(origin: Origin) -> Self {
        Self(Arc::new(Shared { origin, kept: Mutex::default() }))
    }

    /// The token that is good now: the last one, or a new one before that runs out. Whoever asks meanwhile waits for
    /// the same.
    pub async fn token(&self) -> Result<Token, NoToken> {
        let mut kept = self.0.kept.lock().await;
        if let Some(kept) = kept.token.as_ref().filter(|kept| moment() < kept.until) {
            return Ok(Token { text: kept.text.clone(), fresh: false });
        }
        let issued = match &self.0.origin {
            Origin::Command(command) => command::run(command).await?,
            Origin::Grant(file) => grant::issue(file, &mut kept.replaced).await?,
        };
        let text = Password::new(checked(issued.text)?);
        let before = BEFORE.min(issued.lasts / 2);
        kept.token = Some(Kept { text: text.clone(), until: moment() + issued.lasts.saturating_sub(before) });
        Ok(Token { text, fresh: true })
    }

    /// A server has refused this token: the next one is made anew.
    pub async fn refused(&self, token: &Token) {
        let mut kept = self.0.kept.lock().await;
        kept.token.take_if(|kept| kept.text == token.text);
    }
}

/// A token of characters that can stand in one (RFC 6750, 2.1), and no more.
fn checked(text: String) -> Result<String, NoToken> {
    let plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    let odd = || NoToken {
        words: "what came as a token is none: it must be one line of printable ASCII without spaces"
            .to_owned(),
        advice: None,
        passing: false,
    };
    (plain && !text.is_empty()).then_some(text).ok_or_else(odd)
}

#[cfg(test)]
mod tests;
