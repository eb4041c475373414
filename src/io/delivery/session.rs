//! Owns the way to a relay that takes our mail: connection, greeting, EHLO, STARTTLS, log-in.
//! Never gives a password to whoever listens: encrypted, or to this very machine, or not at all.
//! On failure gives `Outcome::Unavailable`.

mod token;

use std::net::IpAddr;
use std::time::Duration;

use data_encoding::BASE64;
use tokio::io::{AsyncRead, AsyncWrite};

use super::dialogue::{Dialogue, Kind, Reply};
use super::verdict::{self, Step};
use super::{Outcome, Relay};
use crate::config::remote::Security;
use crate::io::net::{self, Password, Proof, Stream};
use crate::io::oauth::sasl::Mechanism;

/// A relay that waits for MAIL.
#[derive(Debug)]
pub(super) struct Session<S> {
    /// What is said.
    pub(super) dialogue: Dialogue<S>,
    /// What it can do.
    pub(super) offers: Offers,
}

/// What a relay offers in its answer to EHLO, a line each without the first: `SIZE 35882577`, `AUTH PLAIN LOGIN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offers(pub(super) Vec<String>);

impl Offers {
    /// Whether it knows this extension (RFC 5321, 2.2.1).
    pub(super) fn has(&self, keyword: &str) -> bool {
        self.parameters(keyword).is_some()
    }

    /// What stands behind the keyword. Old servers write `AUTH=LOGIN` too.
    pub(super) fn parameters(&self, keyword: &str) -> Option<Vec<&str>> {
        let mut found = None;
        for line in &self.0 {
            let mut words = line.split([' ', '=']).filter(|word| !word.is_empty());
            if words.next().is_some_and(|word| word.eq_ignore_ascii_case(keyword)) {
                found.get_or_insert_with(Vec::new).extend(words);
            }
        }
        found
    }

    /// The ways to log in (RFC 4954, 3), in capitals.
    pub(super) fn mechanisms(&self) -> Vec<String> {
        let offered = self.parameters("AUTH").unwrap_or_default();
        let mut mechanisms: Vec<String> = offered.iter().map(|name| name.to_ascii_uppercase()).collect();
        mechanisms.sort();
        mechanisms.dedup();
        mechanisms
    }
}

/// Connects and does all that must be done before MAIL; also whether the connection is encrypted.
pub(super) async fn open(relay: &Relay) -> Result<(Session<Stream>, bool), Outcome> {
    let (server, wait) = (&relay.server, relay.timeouts.connect);
    let mut stream =
        net::reach(server, wait).await.map_err(|trouble| verdict::no_connection(Step::Connect, &trouble))?;
    if server.security == Security::Tls {
        stream = encrypted(stream, relay).await?;
    }
    let local = stream.is_local();
    let mut session = greet(stream, relay).await?;
    if server.security == Security::StartTls {
        session = start_tls(session, relay).await?;
    }
    let secure = server.security != Security::Plain;
    log_in(&mut session, relay, secure || local).await?;
    Ok((session, secure))
}

async fn encrypted(stream: Stream, relay: &Relay) -> Result<Stream, Outcome> {
    let encrypting = stream.encrypt(&relay.server, relay.timeouts.connect);
    encrypting.await.map_err(|trouble| verdict::no_connection(Step::Tls, &trouble))
}

/// Reads the greeting, says who we are and hears what the relay offers.
pub(super) async fn greet<S>(stream: S, relay: &Relay) -> Result<Session<S>, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut dialogue = Dialogue::new(stream);
    let wait = relay.timeouts.command;
    let greeting =
        dialogue.hear(Step::Greeting, wait).await.map_err(|outcome| no_greeting(outcome, relay))?;
    verdict::expect(Step::Greeting, Kind::Done, greeting)?;
    let offers = introduce(&mut dialogue, relay).await?;
    Ok(Session { dialogue, offers })
}

/// A server that says nothing, or nothing that a relay would say, is not what its port was taken for.
fn no_greeting(outcome: Outcome, relay: &Relay) -> Outcome {
    let Outcome::Unavailable { reason, advice: None } = outcome else { return outcome };
    let tls = match relay.server.security {
        Security::Tls => "",
        Security::Plain | Security::StartTls => {
            "the port may want TLS from the first byte (`submissions://`), or is no relay's; "
        }
    };
    let ports = "usual ports are 465 (submissions://), 587 (submission://) and 25 (smtp://)";
    Outcome::Unavailable { reason, advice: Some(format!("{tls}{ports}")) }
}

/// Says EHLO.
pub(super) async fn introduce<S>(dialogue: &mut Dialogue<S>, relay: &Relay) -> Result<Offers, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let command = format!("EHLO {}", hello(&relay.hello));
    let reply = dialogue.ask(Step::Ehlo, relay.timeouts.command, &command, Kind::Done).await?;
    Ok(Offers(reply.lines.iter().skip(1).map(|line| line.trim().to_owned()).collect()))
}

/// The name as EHLO wants it: an address in brackets (RFC 5321, 4.1.3).
fn hello(name: &str) -> String {
    match name.parse() {
        Ok(IpAddr::V4(ip)) => format!("[{ip}]"),
        Ok(IpAddr::V6(ip)) => format!("[IPv6:{ip}]"),
        Err(_) => name.to_owned(),
    }
}

/// Goes on encrypted (RFC 3207). A relay that can't, or whose answer somebody has taken away, gets no mail.
async fn start_tls(mut session: Session<Stream>, relay: &Relay) -> Result<Session<Stream>, Outcome> {
    let step = Step::StartTls;
    if !session.offers.has("STARTTLS") {
        let advice = "write `submissions://` with port 465 (TLS from the first byte), or `smtp://` for a relay in the \
                      house that asks for no log-in";
        return Err(verdict::unavailable(step, "the relay does not offer it", Some(advice.to_owned())));
    }
    session.dialogue.ask(step, relay.timeouts.command, "STARTTLS", Kind::Done).await?;
    let Some(stream) = session.dialogue.into_silent_stream() else {
        let advice =
            "whoever sent it may sit between here and the relay; write `submissions://` with port 465";
        let what = "something came in the clear behind the relay's answer";
        return Err(verdict::unavailable(step, what, Some(advice.to_owned())));
    };
    let mut dialogue = Dialogue::new(encrypted(stream, relay).await?);
    // What was offered in the clear counts no more (RFC 3207, 4.2).
    let offers = introduce(&mut dialogue, relay).await?;
    Ok(Session { dialogue, offers })
}

/// Logs in, if there is a log-in at all: with a password by PLAIN or LOGIN, or with a token, whichever the relay offers.
pub(super) async fn log_in<S>(session: &mut Session<S>, relay: &Relay, secret: bool) -> Result<(), Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Some(login) = &relay.login else { return Ok(()) };
    if !secret {
        let what = "the connection is not encrypted, so the password was not sent";
        let advice = "write `submission://` (STARTTLS) or `submissions://` instead of `smtp://`";
        return Err(verdict::unavailable(Step::Auth, what, Some(advice.to_owned())));
    }
    let offered = session.offers.mechanisms();
    let offers = |name: &str| offered.iter().any(|mechanism| mechanism == name);
    let wait = relay.timeouts.command;
    match &login.proof {
        Proof::Tokens(tokens) => {
            let mechanism = Mechanism::of(offers).ok_or_else(|| no_mechanism(&offered, TOKENS))?;
            token::show(&mut session.dialogue, relay, (&login.user, tokens), mechanism).await
        }
        Proof::Password(password) if offers("PLAIN") => {
            plain(&mut session.dialogue, wait, &login.user, password).await
        }
        Proof::Password(password) if offers("LOGIN") => {
            by_turns(&mut session.dialogue, wait, &login.user, password).await
        }
        Proof::Password(_) => Err(no_mechanism(&offered, PASSWORDS)),
    }
}

/// How a password is shown, and what to do where it can't be.
const PASSWORDS: (&str, &str) = (
    "PLAIN and LOGIN",
    "ask whoever runs the relay for a log-in by password, or get a consent for OAuth with `firebell init --oauth`",
);

/// How a token is shown, and what to do where it can't be.
const TOKENS: (&str, &str) = (
    "for tokens OAUTHBEARER and XOAUTH2",
    "write `password_file` instead of the tokens, or ask whoever runs the relay to allow them",
);

fn no_mechanism(offered: &[String], (known, advice): (&str, &str)) -> Outcome {
    let (what, advice) = match offered {
        [] => (
            "the relay offers no log-in here".to_owned(),
            "another port may (587 `submission://`, 465 `submissions://`); for a relay that asks for none leave \
             `user` out",
        ),
        some => (format!("the relay offers {}, firebell knows {known}", some.join(", ")), advice),
    };
    verdict::unavailable(Step::Auth, &what, Some(advice.to_owned()))
}

/// RFC 4616, with an initial response (RFC 4954, 4).
async fn plain<S>(
    dialogue: &mut Dialogue<S>,
    wait: Duration,
    user: &str,
    password: &Password,
) -> Result<(), Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let secret = BASE64.encode(format!("\0{user}\0{}", password.reveal()).as_bytes());
    tell(dialogue, wait, &format!("AUTH PLAIN {secret}"), &secret, Kind::Done).await.map(|_| ())
}

/// LOGIN (draft-murchison-sasl-login): whatever the questions are called, the first is for the user.
async fn by_turns<S>(
    dialogue: &mut Dialogue<S>,
    wait: Duration,
    user: &str,
    password: &Password,
) -> Result<(), Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let user = BASE64.encode(user.as_bytes());
    let password = BASE64.encode(password.reveal().as_bytes());
    dialogue.ask(Step::Auth, wait, "AUTH LOGIN", Kind::GoOn).await?;
    tell(dialogue, wait, &user, &user, Kind::GoOn).await?;
    tell(dialogue, wait, &password, &password, Kind::Done).await.map(|_| ())
}

/// Sends a line with a secret in it.
async fn tell<S>(
    dialogue: &mut Dialogue<S>,
    wait: Duration,
    line: &str,
    secret: &str,
    kind: Kind,
) -> Result<Reply, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    dialogue.ask(Step::Auth, wait, line, kind).await.map_err(|outcome| without(outcome, secret))
}

/// Some servers repeat in their answer what they don't understand: the secret must not reach a log that way.
fn without(outcome: Outcome, secret: &str) -> Outcome {
    let beginning = secret.get(..12).unwrap_or(secret);
    match outcome {
        Outcome::Unavailable { reason, advice } => match reason.split_once(beginning) {
            Some((before, _)) if !secret.is_empty() => {
                Outcome::Unavailable { reason: format!("{before}…"), advice }
            }
            _ => Outcome::Unavailable { reason, advice },
        },
        other => other,
    }
}

#[cfg(test)]
pub(super) mod tests;
