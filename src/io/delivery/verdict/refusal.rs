//! Owns the meaning of refusals, as a table: reply codes (RFC 5321, 4.2.3), enhanced status codes (RFC 3463) and what
//! relays are known to say.
//! Never gives a mail up for what may change: where code and status contradict each other, the milder one counts.

use super::{Reply, Step};

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// The relay as a whole or our pace: no mail would be taken.
    Relay,
    /// Our log-in, which is missing or not enough: no mail would be taken.
    LogIn,
    /// This mail, but not for ever.
    Moment,
    /// This mail, and it would be the same another time.
    Mail,
}

use About::{LogIn, Mail, Moment, Relay};

/// One row: where it is said, the beginning of the code, the status (or its beginning, up to a dot), any of these words
/// in the text, and what all that is about. Empty matches everything.
type Row = (At, &'static str, &'static str, &'static [&'static str], About);

/// Where something is said.
enum At {
    /// Before MAIL.
    Opening,
    /// At MAIL or RCPT.
    Envelope,
    Mail,
    Rcpt,
    /// After the final dot.
    Content,
    Anywhere,
}

/// The first row that matches counts.
const TABLE: [Row; 30] = [
    (At::Opening, "", "", &[], Relay),
    // Gmail: "421 4.7.0 This message is suspicious due to the nature of the content".
    (At::Content, "421", "4.7.", &[], Moment),
    (At::Anywhere, "421", "", &[], Relay),
    // Microsoft 365: "432 4.3.2 Concurrent connections limit exceeded".
    (At::Anywhere, "432", "", &[], Relay),
    (At::Anywhere, "", "", CROWDED, Relay),
    // Log-in wanted, too weak, refused (RFC 4954, 6), whatever the status says.
    (At::Anywhere, "530", "", &[], LogIn),
    (At::Anywhere, "534", "", &[], LogIn),
    (At::Anywhere, "535", "", &[], LogIn),
    (At::Anywhere, "538", "", &[], LogIn),
    (At::Envelope, "5", "5.7.", LOG_IN, LogIn),
    (At::Anywhere, "4", "", &[], Moment),
    (At::Anywhere, "5", "4.", &[], Moment),
    // Too large: the one of the mail system's family that stays.
    (At::Anywhere, "5", "5.3.4", &[], Mail),
    (At::Anywhere, "5", "5.3.", &[], Moment),
    // The sender's domain can't be found, which is ours: somebody will mend it.
    (At::Anywhere, "5", "5.1.8", &[], Moment),
    (At::Anywhere, "5", "5.1.", &[], Mail),
    // Said of the sender, which is ours and the same in every mail: somebody will mend it, or the second relay takes it.
    (At::Mail, "550", "", &[], Moment),
    (At::Mail, "553", "", &[], Moment),
    (At::Mail, "554", "", &[], Moment),
    // Mailbox full.
    (At::Anywhere, "5", "5.2.2", &[], Moment),
    // System congested; Gmail: "550 5.4.5 Daily user sending limit exceeded".
    (At::Anywhere, "5", "5.4.5", &[], Moment),
    // Often temporary in practice (Delta Chat tries again as well).
    (At::Anywhere, "5", "5.5.0", &[], Moment),
    (At::Anywhere, "5", "", SLOW_DOWN, Moment),
    (At::Anywhere, "5", "", ABOUT_US, Moment),
    // Too many recipients or a full mailbox, meant as 452 (RFC 5321, 4.5.3.1.10).
    (At::Rcpt, "552", "", &[], Moment),
    // Misunderstandings; 501 and 504 are about the address or the mail.
    (At::Anywhere, "500", "", &[], Moment),
    (At::Anywhere, "502", "", &[], Moment),
    (At::Anywhere, "503", "", &[], Moment),
    (At::Anywhere, "555", "", &[], Moment),
    (At::Anywhere, "", "", &[], Mail),
];

/// So many connections at once, or so fast.
const CROWDED: &[&str] = &[
    "too many connections",
    "too many concurrent",
    "concurrent connection",
    "connection limit",
    "connection rate",
    "sender thread limit",
];

/// Whoever is told so has to log in. Receivers who miss SPF or DKIM speak of authentication too: not meant.
const LOG_IN: &[&str] = &[
    "authentication required",
    "authentication is required",
    "must authenticate",
    "not authenticated",
    "not logged in",
    "log in first",
];

/// So many mails, or so fast.
const SLOW_DOWN: &[&str] = &[
    "rate limit",
    "rate exceeded",
    "sending rate",
    "at a rate",
    "too many",
    "too fast",
    "quota",
    "limit exceeded",
    "try again",
    "try later",
    "temporar",
];

/// What is said about this machine or about the gateway's address (5.2.252 and 5.7.60 of Microsoft 365), not about the
/// mail: a right or an entry is missing, which somebody will mend.
const ABOUT_US: &[&str] = &[
    "client host rejected",
    "helo command rejected",
    "blocked using",
    "sender address rejected",
    "not owned by user",
    "send as this sender",
    "sendasdenied",
    "not allowed to send as",
];

/// What a refusal is about.
pub(super) fn about(step: Step, reply: &Reply) -> About {
    let (status, text) = (reply.status().unwrap_or_default(), reply.text().to_ascii_lowercase());
    let matches = |(at, code, pattern, words, _): &&Row| {
        at.covers(step)
            && reply.code.starts_with(code)
            && fits(pattern, status)
            && (words.is_empty() || words.iter().any(|words| text.contains(words)))
    };
    TABLE.iter().find(matches).map_or(Mail, |row| row.4)
}

fn fits(pattern: &str, status: &str) -> bool {
    match pattern.is_empty() || pattern.ends_with('.') {
        true => status.starts_with(pattern),
        false => status == pattern,
    }
}

impl At {
    fn covers(&self, step: Step) -> bool {
        match self {
            Self::Opening => step.is_opening(),
            Self::Envelope => matches!(step, Step::Mail | Step::Rcpt),
            Self::Mail => step == Step::Mail,
            Self::Rcpt => step == Step::Rcpt,
            Self::Content => step == Step::Content,
            Self::Anywhere => true,
        }
    }
}
