//! Owns what an answer, a silence or a broken connection means for the mail.
//! Never takes a network's trouble for a refusal of the mail.

use std::error::Error as _;
use std::fmt::{self, Display};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Response, Severity};

use super::unsendable;
use crate::io::delivery::Outcome;

/// Where in the dialogue something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Name lookup and TCP.
    Connect,
    /// The relay's greeting and its answer to EHLO.
    Greeting,
    /// The sender.
    Mail,
    /// The recipient.
    Rcpt,
    /// The permission to send the content.
    Data,
    /// The content, and the answer to its final dot.
    Content,
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::Greeting => "greeting",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Content => "final dot",
        })
    }
}

/// The meaning of an error that lettre gave.
pub(super) fn of(step: Step, error: &Error) -> Outcome {
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    match error.status() {
        Some(code) => refusal(step, &code.to_string(), &text),
        None if error.is_client() => unsendable(format!("{step}: {}", line(&error.to_string()))),
        None => network(step, error),
    }
}

/// The meaning of a reply of the wrong kind; later ones would be answers to other questions.
pub(super) fn expect(step: Step, kind: Severity, reply: &Response) -> Result<(), Outcome> {
    if reply.code().severity == kind {
        return Ok(());
    }
    Err(broken(step, &format!("unexpected reply {}", words(reply))))
}

/// The meaning of an error of the network, or of a reply that is none.
pub(super) fn network(step: Step, error: &dyn Display) -> Outcome {
    broken(step, &error.to_string())
}

/// The meaning of a relay that doesn't answer.
pub(super) fn silence(step: Step, waited: Duration) -> Outcome {
    broken(step, &format!("no answer for {} s", waited.as_secs()))
}

/// A reply in one printable line.
pub(super) fn words(reply: &Response) -> String {
    let lines: Vec<&str> = reply.message().collect();
    line(&format!("{} {}", reply.code(), lines.join(" ")))
}

/// Once the content is on its way the relay may have taken it without our knowing (RFC 1047).
fn broken(step: Step, what: &str) -> Outcome {
    let what = line(what);
    Outcome::Deferred {
        reason: match step {
            Step::Content => {
                format!("{step}: {what}: unknown outcome, will be sent again with the same Message-ID")
            }
            _ => format!("{step}: {what}"),
        },
    }
}

fn refusal(step: Step, code: &str, text: &str) -> Outcome {
    let reason = format!("{step}: {}", line(&format!("{code} {text}")));
    let enhanced = enhanced(code, text);
    if !code.starts_with('5') || step == Step::Greeting || speaks_of_the_relay(code, enhanced, text) {
        return Outcome::Deferred { reason };
    }
    Outcome::Failed { reason, status: Some(enhanced.unwrap_or(code).to_owned()) }
}

/// The 5xx that say something about the relay, our account or our pace, not about this mail: these change.
/// `550 5.5.0` is often temporary in practice (Delta Chat retries it as well).
fn speaks_of_the_relay(code: &str, enhanced: Option<&str>, text: &str) -> bool {
    match enhanced {
        // Mail too large for the relay (RFC 3463, 3.4) is the one of its family that stays.
        Some("5.3.4") => false,
        Some("5.5.0" | "5.7.8") => true,
        Some(status) if status.starts_with("5.3.") => true,
        Some(status) if status.starts_with("5.7.") && slow_down(text) => true,
        // Authentication required, too weak, refused (RFC 4954, 6), whatever the enhanced code says.
        _ => matches!(code, "530" | "534" | "535" | "538"),
    }
}

fn slow_down(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["rate limit", "rate exceeded", "sending rate", "too many", "try again", "try later"]
        .iter()
        .any(|words| text.contains(words))
}

/// The enhanced status code at the beginning of a reply's text, if it fits the reply code (RFC 2034, 4).
fn enhanced<'a>(code: &str, text: &'a str) -> Option<&'a str> {
    let word = text.split_whitespace().next()?;
    let (class, rest) = word.split_once('.')?;
    let (subject, detail) = rest.split_once('.')?;
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (class.len() == 1 && code.starts_with(class) && number(subject) && number(detail)).then_some(word)
}

/// Words of others on one printable line of bounded length.
fn line(text: &str) -> String {
    let printable = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    text.trim().chars().take(500).map(printable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_final(step: Step, code: &str, text: &str) -> Option<String> {
        match refusal(step, code, text) {
            Outcome::Failed { status, .. } => Some(status.unwrap()),
            Outcome::Deferred { .. } => None,
            Outcome::Delivered { reply } => panic!("{reply}"),
        }
    }

    #[test]
    fn what_is_said_about_the_mail_is_final() {
        for (step, code, text, status) in [
            (Step::Rcpt, "550", "5.1.1 No such user", "5.1.1"),
            (Step::Rcpt, "550", "No such user", "550"),
            (Step::Rcpt, "556", "5.1.10 Null MX", "5.1.10"),
            (Step::Rcpt, "554", "5.7.1 Relay access denied", "5.7.1"),
            (Step::Mail, "553", "5.1.7 Sender not understood", "5.1.7"),
            (Step::Data, "554", "5.5.1 No valid recipients", "5.5.1"),
            (Step::Content, "552", "5.3.4 Too large", "5.3.4"),
            (Step::Content, "554", "5.6.0 Malformed", "5.6.0"),
            (Step::Content, "550", "4.2.2 code and class disagree", "550"),
        ] {
            assert_eq!(is_final(step, code, text).as_deref(), Some(status), "{code} {text}");
        }
    }

    #[test]
    fn what_is_said_about_the_relay_or_our_pace_is_tried_again() {
        for (step, code, text) in [
            (Step::Rcpt, "451", "4.7.1 Greylisted"),
            (Step::Rcpt, "450", "5.1.1 class disagrees with a temporary code"),
            (Step::Content, "452", "4.3.1 Disk full"),
            (Step::Greeting, "554", "No mail service here"),
            (Step::Greeting, "550", "5.7.1 Your name is not welcome"),
            (Step::Rcpt, "550", "5.5.0 Unavailable"),
            (Step::Content, "554", "5.3.0 Internal trouble"),
            (Step::Mail, "530", "5.7.0 Authentication required"),
            (Step::Mail, "535", "Bad credentials"),
            (Step::Rcpt, "550", "5.7.1 Sending rate limit exceeded, try again later"),
        ] {
            assert_eq!(is_final(step, code, text), None, "{code} {text}");
        }
    }

    #[test]
    fn words_of_the_relay_can_not_disturb_a_log() {
        let Outcome::Deferred { reason } =
            refusal(Step::Rcpt, "451", &format!("\u{1b}[2J\u{202e}{}", "x".repeat(9999)))
        else {
            panic!("not deferred")
        };
        assert!(reason.starts_with("RCPT: 451 ?[2J?xxx"));
        assert!(reason.len() < 600);
    }
}
