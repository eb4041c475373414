//! Owns logging in at a relay with a token.
//! Never shows a token twice that the relay has refused once.

use tokio::io::{AsyncRead, AsyncWrite};

use super::without;
use crate::io::delivery::dialogue::{Dialogue, Kind, Reply};
use crate::io::delivery::verdict::{self, Step, advice};
use crate::io::delivery::{Outcome, Relay};
use crate::io::oauth::Tokens;
use crate::io::oauth::sasl::{self, Mechanism};

/// Longest line of a command in bytes, its end not counted (RFC 5321, 4.5.3.1.4). What is longer comes after the
/// relay's invitation (RFC 4954, 4).
const LONGEST_COMMAND: usize = 510;

/// Shows a token to the relay; when it is refused and was made earlier, the next log-in shows a new one.
pub(super) async fn show<S>(
    dialogue: &mut Dialogue<S>,
    relay: &Relay,
    (user, tokens): (&str, &Tokens),
    mechanism: Mechanism,
) -> Result<(), Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let token = tokens
        .token()
        .await
        .map_err(|why| verdict::unavailable(Step::Auth, &format!("no token: {why}"), why.advice.clone()))?;
    let server = (relay.server.host.as_str(), relay.server.port);
    let opening = mechanism.opening(user, &token, server);
    let exchanged = exchange(dialogue, relay, mechanism, &opening).await;
    let reply = exchanged.map_err(|outcome| without(outcome, &opening))?;
    if reply.kind() == Kind::Done {
        return Ok(());
    }
    tokens.refused(&token).await;
    let reason = match verdict::refused(Step::Auth, &reply) {
        Outcome::Unavailable { reason, .. } => reason,
        _ => reply.words(),
    };
    let advice = advice::for_token(&relay.server.host, &reply);
    Err(without(Outcome::Unavailable { reason, advice }, &opening))
}

/// The relay's last word: done or refused. What it says of a refusal in base64 is put behind its words.
async fn exchange<S>(
    dialogue: &mut Dialogue<S>,
    relay: &Relay,
    mechanism: Mechanism,
    opening: &str,
) -> Result<Reply, Outcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let wait = relay.timeouts.command;
    let name = mechanism.name();
    let at_once = format!("AUTH {name} {opening}");
    let mut reply = if at_once.len() > LONGEST_COMMAND {
        let invited = dialogue.put(Step::Auth, wait, &format!("AUTH {name}")).await?;
        match invited.kind() {
            Kind::GoOn => dialogue.put(Step::Auth, wait, opening).await?,
            Kind::Done => return Err(verdict::broken(Step::Auth, "a log-in without a token")),
            Kind::Refused => invited,
        }
    } else {
        dialogue.put(Step::Auth, wait, &at_once).await?
    };
    if reply.kind() == Kind::GoOn {
        let said = sasl::refusal(&reply.text());
        reply = dialogue.put(Step::Auth, wait, mechanism.resignation()).await?;
        if reply.kind() != Kind::Refused {
            return Err(verdict::broken(Step::Auth, "a refusal that was none"));
        }
        reply.lines.extend(said.map(|said| format!("({said})")));
    }
    Ok(reply)
}
