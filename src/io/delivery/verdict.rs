//! Owns what an answer, a silence or a broken connection means for the mail.
//! Never takes the relay's or the network's trouble for a refusal of the mail.

pub(super) mod advice;
mod refusal;

use std::fmt::{self, Display};
use std::time::Duration;

use super::Outcome;
use super::dialogue::{Kind, Reply};
use crate::io::net::Trouble;
pub(super) use crate::io::net::line;
use refusal::About;

/// Where in the dialogue something happened, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Name lookup and TCP.
    Connect,
    /// The relay's first words.
    Greeting,
    /// Our name, and what the relay offers.
    Ehlo,
    /// The permission to begin with TLS.
    StartTls,
    /// The TLS handshake.
    Tls,
    /// The log-in.
    Auth,
    /// The sender.
    Mail,
    /// The recipient.
    Rcpt,
    /// The permission to send the content.
    Data,
    /// The content, and the answer to its final dot.
    Content,
    /// RSET and QUIT.
    Goodbye,
}

impl Step {
    /// Whether the relay knows nothing of a mail yet: what happens is about the relay or about us.
    fn is_opening(self) -> bool {
        self < Self::Mail
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Greeting => "greeting",
            Self::Ehlo => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Tls => "TLS",
            Self::Auth => "log-in",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Content => "final dot",
            Self::Goodbye => "goodbye",
        })
    }
}

/// The reply, if it is of the kind that was asked for. Any other ends the dialogue: what came after it would be
/// answers to other questions.
pub(super) fn expect(step: Step, kind: Kind, reply: Reply) -> Result<Reply, Outcome> {
    match reply.kind() {
        got if got == kind => Ok(reply),
        Kind::Refused => Err(refused(step, &reply)),
        Kind::Done | Kind::GoOn => Err(broken(step, &format!("unexpected reply {}", reply.words()))),
    }
}

/// The meaning of a 4yz or 5yz.
pub(super) fn refused(step: Step, reply: &Reply) -> Outcome {
    let reason = line(&format!("{step}: {}", reply.words()));
    match refusal::about(step, reply) {
        About::Relay if step == Step::Auth => {
            Outcome::Unavailable { reason, advice: advice::at_log_in(reply) }
        }
        About::Relay => Outcome::Unavailable { reason, advice: None },
        About::LogIn => Outcome::Unavailable { reason, advice: Some(advice::without_log_in(reply)) },
        About::Moment => Outcome::Deferred { reason },
        About::Mail => {
            let status = reply.status().filter(|status| status.starts_with('5')).unwrap_or(&reply.code);
            Outcome::Failed { reason, status: Some(status.to_owned()) }
        }
    }
}

/// The meaning of a connection that breaks, or of a reply that is none. Once the content is on its way the relay may
/// have taken it without our knowing (RFC 1047).
pub(super) fn broken(step: Step, what: &str) -> Outcome {
    let reason = line(&format!("{step}: {what}"));
    match step {
        Step::Content => Outcome::Doubtful {
            reason: format!("{reason}: unknown outcome, will be sent again with the same Message-ID"),
        },
        // It may be this mail that the relay breaks at.
        _ if !step.is_opening() => Outcome::Deferred { reason },
        _ => Outcome::Unavailable { reason, advice: None },
    }
}

/// The meaning of a relay that doesn't answer.
pub(super) fn silence(step: Step, waited: Duration) -> Outcome {
    broken(step, &format!("no answer for {} s", waited.as_secs()))
}

/// The meaning of a connection that does not come about.
pub(super) fn no_connection(step: Step, trouble: &Trouble) -> Outcome {
    unavailable(step, &trouble.to_string(), trouble.advice())
}

/// The relay can't be used, for this reason.
pub(super) fn unavailable(step: Step, what: &str, advice: Option<String>) -> Outcome {
    Outcome::Unavailable { reason: line(&format!("{step}: {what}")), advice }
}

/// Nothing that could be sent.
pub(super) fn unsendable(fault: impl Into<String>) -> Outcome {
    Outcome::Failed { reason: fault.into(), status: None }
}

#[cfg(test)]
mod tests;
