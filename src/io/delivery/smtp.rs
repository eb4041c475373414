//! Owns handing a mail over: one connection, one transaction, one recipient, no pipelining, no reuse.
//! Never sends anything after an unexpected answer: the connection is dropped.
//! On failure gives `Unavailable`, `Deferred` or `Failed`, always with the step and the words.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use super::dialogue::Kind;
use super::form::Ready;
use super::session::{self, Session};
use super::verdict::Step;
use super::{Outcome, Outgoing, Relay};

/// Tries once to hand the mail to the relay, over a connection of its own. An outcome that is not known,
/// because the connection broke or fell silent after the content, is `Deferred`: twice is better than never.
pub async fn deliver(relay: &Relay, mail: Outgoing<'_>) -> Outcome {
    let attempt = async {
        let ready = Ready::new(mail)?;
        let (session, _) = session::open(relay).await?;
        transaction(session, relay, &ready).await
    };
    attempt.await.map_or_else(|outcome| outcome, |reply| Outcome::Delivered { reply })
}

/// From MAIL on; the reply to the content, if the relay took it.
async fn transaction<S>(session: Session<S>, relay: &Relay, mail: &Ready<'_>) -> Result<String, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Session { mut dialogue, offers } = session;
    let wait = relay.timeouts.command;
    dialogue.ask(Step::Mail, wait, &mail.mail(&offers)?, Kind::Done).await?;
    dialogue.ask(Step::Rcpt, wait, &mail.rcpt(&offers), Kind::Done).await?;
    dialogue.ask(Step::Data, wait, "DATA", Kind::GoOn).await?;
    let wait = relay.timeouts.data + Duration::from_secs(mail.content.len() as u64 >> 16);
    let reply = dialogue.content(wait, mail.content).await?;
    // The relay has the mail; whether it also says goodbye changes nothing.
    dialogue.part(&["QUIT"]).await;
    Ok(reply.words())
}

#[cfg(test)]
mod tests;
