//! Owns the way from a fresh connection to one that is logged in: greeting, STARTTLS, capabilities, password or token.
//! Never sends either where the server does not list a way for it, nor twice in one connection.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use imap_proto::Response;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::Timeouts;
use super::advice;
use super::capabilities::Capabilities;
use super::error::{Error, GREETING};
use super::name::quoted;
use super::session::{Command, SMALL, Session};
use crate::incident::words::one_line;
use crate::io::net::{Login, Password, Proof};
use crate::io::oauth::Tokens;
use crate::io::oauth::sasl::{self, Mechanism};

/// What the server says first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greeting {
    /// Log in.
    Welcome,
    /// You are known already, by your address or your certificate.
    Known,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// A session over a stream on which the server speaks first, and how it greets.
    pub(super) async fn greeted(stream: S, timeouts: Timeouts) -> Result<(Self, Greeting), Error> {
        let mut session = Self::over(stream, timeouts);
        let wait = timeouts.command;
        let silent = Error::Silent { command: GREETING, after: wait };
        let words = timeout(wait, session.hear(GREETING, 0)).await.unwrap_or(Err(silent))?.words();
        let greeting = match words.split(' ').take(2).collect::<Vec<_>>().as_slice() {
            ["*", status] if status.eq_ignore_ascii_case("OK") => Greeting::Welcome,
            ["*", status] if status.eq_ignore_ascii_case("PREAUTH") => Greeting::Known,
            _ => return Err(Error::unreadable(GREETING, &words)),
        };
        Ok((session, greeting))
    }

    /// Agrees with the server on encryption (RFC 9051, 6.2.1), and gives the stream on which it is to begin.
    pub(super) async fn start_tls(mut self, greeting: Greeting) -> Result<S, Error> {
        // Who is known already can't ask for TLS any more: a session that somebody else may have opened.
        if greeting == Greeting::Known || !self.capability().await?.has("STARTTLS") {
            return Err(Error::NoStartTls);
        }
        self.run("STARTTLS", "STARTTLS".to_owned()).await?;
        Ok(self.into_stream())
    }

    /// Logs in unless the server knows us, and asks what it can do.
    pub(super) async fn log_in(
        &mut self,
        login: &Login,
        server: (&str, u16),
        greeting: Greeting,
    ) -> Result<(), Error> {
        if greeting == Greeting::Welcome {
            let can = self.capability().await?;
            match &login.proof {
                Proof::Password(password) => self.show_password(&login.user, password, &can).await?,
                Proof::Tokens(tokens) => self.show_token(&login.user, tokens, server, &can).await?,
            }
        }
        self.capabilities = self.capability().await?;
        if self.capabilities.has("ID") {
            self.introduce().await?;
        }
        Ok(())
    }

    async fn show_password(
        &mut self,
        user: &str,
        password: &Password,
        can: &Capabilities,
    ) -> Result<(), Error> {
        let (name, parts) = credentials(user, password.reveal(), can)?;
        self.run_parts(name, &parts).await.map_err(|error| match error {
            Error::Refused { words, .. } => Error::LoginRefused(words),
            other => other,
        })
    }

    /// Logs in with a token. One that is refused is not shown again, to whichever server.
    async fn show_token(
        &mut self,
        user: &str,
        tokens: &Tokens,
        server: (&str, u16),
        can: &Capabilities,
    ) -> Result<(), Error> {
        let offered = |name: &str| can.has(&format!("AUTH={name}"));
        let mechanism = Mechanism::of(offered).ok_or(Error::NoTokens)?;
        let token = tokens.token().await.map_err(Error::NoToken)?;
        let (name, opening) = (mechanism.name(), mechanism.opening(user, &token, server));
        let mut parts = match can.has("SASL-IR") {
            true => vec![format!("AUTHENTICATE {name} {opening}")],
            false => vec![format!("AUTHENTICATE {name}"), opening],
        };
        parts.push(mechanism.resignation().to_owned());
        let mut said = None;
        let wait = self.timeouts.command;
        let command = Command { name: "AUTHENTICATE", parts: &parts, largest: SMALL, wait };
        let shown = self.ask_for(command, |reply| {
            let challenge = String::from_utf8_lossy(reply.raw);
            said = challenge.strip_prefix("+ ").and_then(sasl::refusal).or(said.take());
        });
        let words = match shown.await {
            Err(Error::Refused { words, .. }) => words,
            other => return other,
        };
        tokens.refused(&token).await;
        let words = said.map_or(words.clone(), |said| format!("{words} ({said})"));
        let again = !token.fresh && !advice::is_passing(&words);
        Err(Error::TokenRefused { words, again })
    }

    async fn capability(&mut self) -> Result<Capabilities, Error> {
        let mut can = None;
        let asked = self.ask("CAPABILITY", "CAPABILITY".to_owned(), |reply| {
            can = Capabilities::read(reply.raw).or(can.take());
        });
        match asked.await {
            // The parser demands IMAP4rev1 in the list, we don't.
            Err(Error::Unreadable { .. }) if can.is_some() => (),
            asked => asked?,
        }
        can.ok_or_else(|| Error::unreadable("CAPABILITY", "the server names no capabilities"))
    }

    /// Says who we are and hears who the server is; some let nobody in who doesn't (RFC 2971).
    async fn introduce(&mut self) -> Result<(), Error> {
        let line = format!(r#"ID ("name" "firebell" "version" "{}")"#, env!("CARGO_PKG_VERSION"));
        let mut server = BTreeMap::new();
        let asked = self.ask("ID", line, |reply| {
            if let Some(Response::Id(Some(fields))) = &reply.parsed {
                let fields = fields.iter().map(|(key, value)| (key.to_ascii_lowercase(), one_line(value)));
                server.extend(fields);
            }
        });
        match asked.await {
            Ok(()) | Err(Error::Refused { .. } | Error::Unreadable { .. }) => (),
            Err(error) => return Err(error),
        }
        self.capabilities.server = server;
        Ok(())
    }
}

/// The command that carries the password, and its parts.
fn credentials(user: &str, password: &str, can: &Capabilities) -> Result<(&'static str, Vec<String>), Error> {
    if [user, password].iter().any(|text| text.contains(['\0', '\r', '\n'])) {
        return Err(Error::LoginRefused("account and password can't hold line ends".to_owned()));
    }
    if can.has("AUTH=PLAIN") {
        // RFC 4616, 2.
        let plain = BASE64.encode(format!("\0{user}\0{password}").as_bytes());
        let parts = match can.has("SASL-IR") {
            true => vec![format!("AUTHENTICATE PLAIN {plain}")],
            false => vec!["AUTHENTICATE PLAIN".to_owned(), plain],
        };
        return Ok(("AUTHENTICATE", parts));
    }
    if can.has("LOGINDISABLED") {
        return Err(Error::LoginDisabled);
    }
    let mut parts = vec!["LOGIN".to_owned()];
    for text in [user, password] {
        let last = parts.pop().unwrap_or_default();
        match quoted(text) {
            Some(quoted) => parts.push(format!("{last} {quoted}")),
            // A literal: the server is told its length, and invites it (RFC 9051, 4.3).
            None => parts.extend([format!("{last} {{{}}}", text.len()), text.to_owned()]),
        }
    }
    Ok(("LOGIN", parts))
}
