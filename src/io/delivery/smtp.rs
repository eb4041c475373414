//! Owns the SMTP client: one connection, one transaction, one recipient, no pipelining, no reuse.
//! Never sends anything after an unexpected answer: the connection is dropped.
//! On failure gives `Deferred` or `Failed`, always with the step and the words.

mod form;
mod stream;
mod verdict;

use std::fmt::Debug;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Severity;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Outcome, Outgoing, Relay};
use form::Ready;
use stream::AsciiReplies;
use verdict::Step;

/// Tries once to hand the mail to the relay, over a connection of its own. An outcome that is not known,
/// because the connection broke or fell silent after the content, is `Deferred`: twice is better than never.
pub async fn deliver(relay: &Relay, mail: Outgoing<'_>) -> Outcome {
    let attempt = async {
        let ready = Ready::new(mail)?;
        let stream = connect(relay).await?;
        transaction(stream, relay, &ready).await
    };
    match attempt.await {
        Ok(reply) => Outcome::Delivered { reply },
        Err(outcome) => outcome,
    }
}

async fn connect(relay: &Relay) -> Result<TcpStream, Outcome> {
    let connecting = async {
        let stream = TcpStream::connect((relay.host.as_str(), relay.port)).await?;
        // Commands and replies alternate: Nagle's algorithm would only make each wait.
        stream.set_nodelay(true)?;
        io::Result::Ok(stream)
    };
    let connecting = async { connecting.await.map_err(|error| verdict::network(Step::Connect, &error)) };
    within(Step::Connect, relay.timeouts.connect, connecting).await
}

/// The dialogue over a connection that stands; the reply to the content, if the relay took it.
async fn transaction<S>(stream: S, relay: &Relay, mail: &Ready<'_>) -> Result<String, Outcome>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug + 'static,
{
    let wait = relay.timeouts.command;
    let mut server = within(Step::Greeting, wait, greet(stream, &relay.hello)).await?;
    let parameters = mail.parameters(server.server_info())?;

    let done = Severity::PositiveCompletion;
    let reply = step(Step::Mail, wait, server.command(Mail::new(mail.from.clone(), parameters))).await?;
    verdict::expect(Step::Mail, done, &reply)?;
    let reply = step(Step::Rcpt, wait, server.command(Rcpt::new(mail.to.clone(), Vec::new()))).await?;
    verdict::expect(Step::Rcpt, done, &reply)?;
    let reply = step(Step::Data, wait, server.command(Data)).await?;
    verdict::expect(Step::Data, Severity::PositiveIntermediate, &reply)?;

    let wait = relay.timeouts.data + Duration::from_secs(mail.content.len() as u64 >> 16);
    let reply = step(Step::Content, wait, server.message(mail.content)).await?;
    verdict::expect(Step::Content, done, &reply)?;
    // The relay has the mail; whether it also says goodbye changes nothing.
    let _ = timeout(GOODBYE, server.quit()).await;
    Ok(verdict::words(&reply))
}

/// How long a delivered mail may wait for the relay's goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// Gives one step its time and its error a meaning.
async fn step<T>(
    step: Step,
    wait: Duration,
    doing: impl Future<Output = Result<T, Error>>,
) -> Result<T, Outcome> {
    let doing = async { doing.await.map_err(|error| verdict::of(step, &error)) };
    within(step, wait, doing).await
}

async fn within<T>(
    step: Step,
    wait: Duration,
    doing: impl Future<Output = Result<T, Outcome>>,
) -> Result<T, Outcome> {
    timeout(wait, doing).await.unwrap_or_else(|_| Err(verdict::silence(step, wait)))
}

/// Reads the greeting and the answer to EHLO. lettre panics on a line of nothing but spaces there
/// (`ServerInfo::from_response`), and no relay may end the loop that delivers.
async fn greet<S>(stream: S, hello: &str) -> Result<AsyncSmtpConnection, Outcome>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug + 'static,
{
    let hello = client_id(hello);
    let stream = Box::new(AsciiReplies::new(stream));
    let mut greeting = pin!(AsyncSmtpConnection::connect_with_transport(stream, &hello));
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| greeting.as_mut().poll(cx))) {
        Ok(poll) => poll.map_err(|error| verdict::of(Step::Greeting, &error)),
        Err(_) => Poll::Ready(Err(verdict::network(Step::Greeting, &"a reply that can't be read"))),
    })
    .await
}

fn unsendable(fault: impl Into<String>) -> Outcome {
    Outcome::Failed { reason: fault.into(), status: None }
}

fn client_id(hello: &str) -> ClientId {
    match hello.parse() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(hello.to_owned()),
    }
}

#[cfg(test)]
mod tests;
