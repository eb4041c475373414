//! Owns the built-in SMTP listener: connections, their limits, and the moment at which we answer 250.
//! Never answers 250 before the deposit has succeeded, and never relays.
//! On failure the mail stays with the sender: 4xx, or a closed connection, and it comes again.

mod body;
mod conversation;
mod wire;

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::directory::Address;
use crate::limits::LARGEST_MAIL;
use conversation::{Conversation, Next};
use wire::{Content, Line, Wire};

/// Who sent a mail and to whom, as SMTP says it (RFC 5321, 2.3.1); the headers may say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Where failures are reported. `None` is the null return path of bounces and automatic answers.
    pub from: Option<Address>,
    /// Recipients that were accepted: at least one, each once, in the order named.
    pub recipients: Vec<Address>,
}

/// For whom mail is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accept {
    /// For this address and its plus addresses (`incidents@…`, `incidents+42-k3f9…@…`).
    Mailbox(Address),
    /// For everybody: a pretended mail server for the recipients of a demonstration.
    Any,
}

impl Accept {
    fn takes(&self, to: &Address) -> bool {
        match self {
            Self::Any => true,
            Self::Mailbox(ours) => {
                let rest = to.local().strip_prefix(ours.local());
                to.domain() == ours.domain()
                    && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('+'))
            }
        }
    }

    /// The name under which the listener speaks.
    fn host(&self) -> &str {
        match self {
            Self::Mailbox(ours) => ours.domain(),
            Self::Any => "localhost",
        }
    }
}

/// What one client may ask of the listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Largest mail in bytes, counted without dot-stuffing (RFC 1870, 3).
    pub size: usize,
    /// Recipients of one mail; RFC 5321, 4.5.3.1.8 demands at least 100.
    pub recipients: usize,
    /// Connections at the same time; further ones are sent away with 421.
    pub connections: usize,
    /// Refused commands since the last stored mail; one more ends the connection.
    pub bad_commands: u32,
    /// Wait for a whole command line, and for a reply to be taken (RFC 5321, 4.5.3.2.7).
    pub command: Duration,
    /// Wait for the whole content of a mail, from 354 to the final dot.
    pub data: Duration,
    /// How long transactions that have begun may go on after the stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: LARGEST_MAIL,
            recipients: 100,
            connections: 50,
            bad_commands: 20,
            command: Duration::from_secs(5 * 60),
            data: Duration::from_secs(10 * 60),
            grace: Duration::from_secs(30),
        }
    }
}

/// Why a mail could not be kept now. The sender is told 451 with these words and tries again later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// One line for the sender's log; control and non-ASCII characters are replaced.
    pub why: String,
}

/// Takes mail until `stop`, then ends quiet connections at once and gives running transactions
/// `limits.grace`. `deposit` gets each mail once: its envelope and its bytes as they came, dots
/// unstuffed, below a `Return-Path` and one `X-Original-To` line per recipient of ours, so that the plus
/// part survives. Lines of these names further down came with the mail and prove nothing.
/// When `deposit` returns `Ok` the mail must be on disk: the sender forgets it then.
pub async fn serve<D, F>(
    listener: TcpListener,
    accept: Accept,
    limits: Limits,
    deposit: D,
    stop: impl Future<Output = ()>,
) where
    D: Fn(Envelope, Vec<u8>) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Refused>> + Send + 'static,
{
    let house = Arc::new((accept, limits));
    let (stopping, stopped) = watch::channel(false);
    let mut sessions = JoinSet::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(_) = sessions.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) if sessions.len() >= house.1.connections => {
                // A few bytes into an empty buffer: never waits, and a client that is gone is no matter.
                let _ = stream.try_write(b"421 4.3.2 Too many connections, try again later\r\n");
            }
            Ok((stream, _)) => {
                let (house, deposit, stopped) = (house.clone(), deposit.clone(), stopped.clone());
                sessions.spawn(async move { session(stream, &house.0, &house.1, deposit, stopped).await });
            }
            Err(error) => {
                tracing::warn!("the SMTP listener could not take a connection: {error}");
                // Mostly "too many open files", which lasts: no busy loop.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    stopping.send_replace(true);
    let ending = async { while sessions.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(house.1.grace, ending).await;
}

/// One connection from greeting to end. An error is the network's: nobody is left to be told.
async fn session<S, D, F>(
    stream: S,
    accept: &Accept,
    limits: &Limits,
    deposit: D,
    mut stopped: watch::Receiver<bool>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    D: Fn(Envelope, Vec<u8>) -> F + Clone,
    F: Future<Output = Result<(), Refused>>,
{
    let mut wire = Wire::new(stream, limits);
    let mut talk = Conversation::new(accept, limits);
    wire.say(&format!("220 {} ESMTP firebell", accept.host())).await?;
    loop {
        let line = tokio::select! {
            biased;
            () = until(&mut stopped), if !talk.in_transaction() => {
                return wire.close("421 4.3.2 Shutting down, try again later").await;
            }
            line = wire.line() => line?,
        };
        let next = match line {
            Line::Command(line) => talk.hear(&line),
            Line::TooLong => talk.refuse("500 5.5.2 Line too long"),
            Line::Silence => return wire.close("421 4.4.2 Waited too long").await,
            Line::Closed => return Ok(()),
        };
        match next {
            Next::Reply(reply) => wire.say(&reply).await?,
            Next::Close(reply) => return wire.close(&reply).await,
            Next::Data(envelope) => match receive(&mut wire, envelope, deposit.clone()).await? {
                Received::Stored => {
                    talk.forgive();
                    wire.say("250 2.0.0 Stored").await?;
                }
                Received::Not(reply) => wire.say(&reply).await?,
                Received::Cut => return Ok(()),
            },
        }
    }
}

async fn until(stopped: &mut watch::Receiver<bool>) {
    // An error means that nobody is left who could stop us later: the same.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// What became of one mail.
enum Received {
    /// The deposit has it.
    Stored,
    /// Nobody has it, and the client is to be told so.
    Not(String),
    /// The connection ended within the content.
    Cut,
}

async fn receive<S, D, F>(wire: &mut Wire<'_, S>, envelope: Envelope, deposit: D) -> io::Result<Received>
where
    S: AsyncRead + AsyncWrite + Unpin,
    D: Fn(Envelope, Vec<u8>) -> F,
    F: Future<Output = Result<(), Refused>>,
{
    wire.say("354 End data with <CR><LF>.<CR><LF>").await?;
    let bytes = match wire.content(head(&envelope)).await? {
        Content::Whole(bytes) => bytes,
        Content::TooLarge => return Ok(Received::Not("552 5.3.4 Mail too large".to_owned())),
        Content::Silence => {
            wire.close("421 4.4.2 Waited too long").await?;
            return Ok(Received::Cut);
        }
        Content::Closed => return Ok(Received::Cut),
    };
    Ok(match deposit(envelope, bytes).await {
        Ok(()) => Received::Stored,
        Err(Refused { why }) => Received::Not(format!("451 4.3.0 {why}")),
    })
}

/// The lines by which the envelope survives in the stored mail (Return-Path: RFC 5321, 4.4;
/// X-Original-To: Postfix).
fn head(envelope: &Envelope) -> Vec<u8> {
    let from = envelope.from.as_ref().map_or("", Address::as_str);
    let mut head = format!("Return-Path: <{from}>\r\n");
    for to in &envelope.recipients {
        // Writing to a String can't fail.
        let _ = write!(head, "X-Original-To: {to}\r\n");
    }
    head.into_bytes()
}

#[cfg(test)]
mod tests;
