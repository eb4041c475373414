//! Owns status codes (RFC 3463) and what stands for them where a server writes only words.
//! Never decides whether a mail is a report.

use std::sync::LazyLock;

use regex::Regex;

use crate::message::plain::clip;

/// How much of a text is looked at, in bytes.
const LONGEST_TEXT: usize = 16 * 1024;

/// The first enhanced status code (RFC 3463, 2) in a text.
pub(super) fn enhanced(text: &str) -> Option<String> {
    static CODE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^\w.])([245]\.\d{1,3}\.\d{1,3})(?:[^\d.]|\.?$|\.\s)").ok());
    let found = CODE.as_ref()?.captures(clip(text, LONGEST_TEXT))?;
    found.get(1).map(|code| code.as_str().to_owned())
}

/// The class that an SMTP reply code tells (RFC 5321, 4.2.1), as a status.
pub(super) fn reply_code(text: &str) -> Option<String> {
    static CODE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^\w.:/-]|[:/]\s?)([45])[0-7]\d(?:[- ,:;)\]\x22]|$)").ok());
    let found = CODE.as_ref()?.captures(clip(text, LONGEST_TEXT))?;
    found.get(1).map(|class| format!("{}.0.0", class.as_str()))
}

/// The status that a server's words mean.
pub(super) fn meant(text: &str) -> Option<&'static str> {
    let lower = clip(text, LONGEST_TEXT).to_lowercase();
    MEANINGS.iter().find(|(words, _)| lower.contains(words)).map(|(_, status)| *status)
}

/// Whether the server says that it goes on trying.
pub(super) fn waits(text: &str) -> bool {
    let lower = clip(text, LONGEST_TEXT).to_lowercase();
    WAITING.iter().any(|words| lower.contains(words))
}

/// The class of a status tells permanent from persistent failures (RFC 3463, 2).
pub(super) fn action(status: &str) -> &'static str {
    match status.chars().next() {
        Some('2') => "delivered",
        Some('4') => "delayed",
        _ => "failed",
    }
}

/// `X.0.0`, other undefined status (RFC 3463, 3.1), where a report tells no more than the class.
pub(super) fn undefined(action: &str) -> &'static str {
    match action {
        "failed" => "5.0.0",
        "delayed" => "4.0.0",
        "delivered" | "relayed" | "expanded" => "2.0.0",
        _ => "",
    }
}

/// Words that servers write in place of a code, lower case; the first that stands in the text counts.
const MEANINGS: &[(&str, &str)] = &[
    // Exim gave up without saying what the host answered: X.4.7, delivery time expired.
    ("all hosts have been failing for a long time", "4.4.7"),
    ("retry time not reached for any host", "4.4.7"),
    ("retry timeout exceeded", "4.4.7"),
    ("address does not exist", "5.1.1"),
    ("invalid address", "5.1.1"),
    ("invalid final delivery userid", "5.1.1"),
    ("invalid recipient", "5.1.1"),
    ("mailbox not found", "5.1.1"),
    ("no mailbox here", "5.1.1"),
    ("no such user", "5.1.1"),
    ("no valid recipients", "5.1.1"),
    ("not listed in domino directory", "5.1.1"),
    ("not listed in public name & address book", "5.1.1"),
    ("recipient not found", "5.1.1"),
    ("this user doesn't have", "5.1.1"),
    ("unknown recipient", "5.1.1"),
    ("unknown user", "5.1.1"),
    ("user not found", "5.1.1"),
    ("user unknown", "5.1.1"),
    ("empfänger wurde nicht gefunden", "5.1.1"),
    ("destinataire inconnu", "5.1.1"),
    ("usuario desconocido", "5.1.1"),
    ("ディレクトリのリストにありません", "5.1.1"),
    ("ディレクトリには見つかりません", "5.1.1"),
    ("ユーザーが見つかりません", "5.1.1"),
    ("宛先が見つかりません", "5.1.1"),
    ("宛先不明", "5.1.1"),
    ("couldn't find any host", "5.1.2"),
    ("domain does not exist", "5.1.2"),
    ("host not found", "5.1.2"),
    ("host unknown", "5.1.2"),
    ("no mx record found", "5.1.2"),
    ("no such domain", "5.1.2"),
    ("remote domain doesnt exist", "5.1.2"),
    ("unknown host", "5.1.2"),
    ("unrouteable address", "5.1.2"),
    ("account is disabled", "5.2.1"),
    ("account is locked", "5.2.1"),
    ("account is suspended", "5.2.1"),
    ("exceeds allowed size", "5.2.2"),
    ("mailbox full", "5.2.2"),
    ("mailbox is full", "5.2.2"),
    ("over quota", "5.2.2"),
    ("quota exceed", "5.2.2"),
    ("mailbox exceeded the local limit", "5.2.2"),
    ("容量を超え", "5.2.2"),
    ("容量オーバー", "5.2.2"),
    ("mail size limit exceeded", "5.3.4"),
    ("message size exceeds", "5.3.4"),
    ("message too large", "5.3.4"),
    ("maximum hop count exceeded", "5.4.6"),
    ("exceeded maximum hop count", "5.4.6"),
    ("too many hops", "5.4.6"),
    ("not a member of this mailing list", "5.7.2"),
    ("relay access denied", "5.7.1"),
    ("relaying denied", "5.7.1"),
];

/// What servers write while they go on trying, lower case.
const WAITING: &[&str] = &[
    "could not send message for past",
    "delay reason:",
    "delivery attempts will continue",
    "delivery of this message will be attempted",
    "delivery to the following recipients has been delayed",
    "has been delayed",
    "has been frozen",
    "is delayed for more than",
    "is only a temporary failure",
    "is still in the queue",
    "message will be retried",
    "no action is required on your part",
    "not been delivered yet",
    "not yet been delivered",
    "was frozen on arrival",
    "this is a warning message only",
    "this is just a warning, you do not need to take",
    "will be retried",
    "will continue to",
    "will keep trying",
    "will try again",
    "you do not need to re-send",
    "you do not need to resend",
    "zustellung wurde verzögert",
    "a été retardée",
    "se ha retrasado",
    "配信が遅延",
    "配送が遅れて",
    "配信が遅れて",
];
