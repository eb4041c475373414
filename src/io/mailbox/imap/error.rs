//! Owns what can go wrong between us and an IMAP server, in words.
//! Never holds a command's arguments: the password is one.

use std::fmt;
use std::time::Duration;

use super::advice;
use super::reply::WORDS;
use super::session::SMALL;
use super::wire::Broken;
use crate::incident::words::one_line;
use crate::io::net::Trouble;
use crate::io::oauth::NoToken;

/// What the server's first words are an answer to.
pub(super) const GREETING: &str = "the connection";

/// Why something could not be done. After all but [`Refused`](Self::Refused), [`NoSuchFolder`](Self::NoSuchFolder) and
/// some [`Unreadable`](Self::Unreadable) the session is over: `Session::is_over` says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// There is no connection.
    Net(Trouble),
    /// STARTTLS is wanted, and the server does not offer it, or has begun a session in the clear (PREAUTH).
    NoStartTls,
    /// The server does not take this account with this password; its words.
    LoginRefused(String),
    /// The server takes no passwords at all: neither AUTH=PLAIN nor LOGIN.
    LoginDisabled,
    /// There is no token to show to the server.
    NoToken(NoToken),
    /// The server takes no tokens: neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2.
    NoTokens,
    /// The server does not take this account with this token.
    TokenRefused {
        /// Its words.
        words: String,
        /// Whether a new token may be taken: this one was made earlier.
        again: bool,
    },
    /// A folder can't be opened.
    NoSuchFolder {
        /// Its name as configured.
        folder: String,
        /// The server's words.
        words: String,
    },
    /// The server answered NO or BAD.
    Refused {
        /// The command's verb.
        command: &'static str,
        /// The server's words.
        words: String,
    },
    /// The connection ended; the server's or the network's words.
    Lost(String),
    /// The server did not answer.
    Silent {
        /// The command's verb.
        command: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// The server answered something that can't be read.
    Unreadable {
        /// The command's verb.
        command: &'static str,
        /// What is wrong, or the beginning of what came; at most 200 characters.
        words: String,
    },
    /// A mail is larger than what was to come at most, whatever size the server had named; nothing of it was kept.
    TooLarge {
        /// Most bytes taken.
        limit: usize,
    },
}

impl Error {
    pub(super) fn unreadable(command: &'static str, words: &str) -> Self {
        Self::Unreadable { command, words: words.chars().take(WORDS / 2).collect() }
    }

    pub(super) fn broken(command: &'static str, limit: usize, broken: Broken) -> Self {
        match broken {
            Broken::Lost(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Self::Lost("the server hung up".to_owned())
            }
            Broken::Lost(error) => Self::Lost(error.to_string()),
            Broken::TooLarge if limit > SMALL => Self::TooLarge { limit },
            Broken::TooLarge => Self::unreadable(command, "more than there can be"),
            Broken::Strange(what) => Self::unreadable(command, what),
        }
    }

    /// Whether it may be gone at the next try: the network, or what the server itself calls temporary. All else a person
    /// must mend.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Net(_) | Self::Lost(_) | Self::Silent { .. } => true,
            Self::NoToken(why) => why.passing,
            Self::LoginRefused(words)
            | Self::TokenRefused { words, .. }
            | Self::NoSuchFolder { words, .. }
            | Self::Refused { words, .. } => advice::is_passing(words),
            Self::NoStartTls
            | Self::LoginDisabled
            | Self::NoTokens
            | Self::Unreadable { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// Whether the server asks for longer rests than a passing trouble needs.
    pub fn is_throttled(&self) -> bool {
        match self {
            Self::Lost(words)
            | Self::LoginRefused(words)
            | Self::TokenRefused { words, .. }
            | Self::NoSuchFolder { words, .. }
            | Self::Refused { words, .. } => advice::is_throttled(words),
            _ => false,
        }
    }

    /// What to type or to do next with the server at this host, where that can be said.
    pub fn advice(&self, host: &str) -> Option<String> {
        match self {
            Self::Net(trouble) => trouble.advice(),
            Self::NoToken(why) => why.advice.clone(),
            _ if self.is_passing() => None,
            _ => advice::find(self, host).map(str::to_owned),
        }
    }
}

impl fmt::Display for Error {
    /// What is wrong, one printable line without a full stop.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Net(trouble) => write!(f, "{trouble}"),
            Self::NoStartTls => f.write_str("the server offers no STARTTLS"),
            Self::LoginRefused(words) => write!(f, "the server refuses the log-in: {words}"),
            Self::LoginDisabled => f.write_str("the server takes no passwords"),
            Self::NoToken(why) => write!(f, "no token for the log-in: {why}"),
            Self::NoTokens => f.write_str("the server takes no OAuth tokens"),
            Self::TokenRefused { words, .. } => write!(f, "the server refuses the token: {words}"),
            Self::NoSuchFolder { folder, words } => {
                write!(f, "the folder {} can't be opened: {words}", one_line(folder))
            }
            Self::Refused { command, words } => write!(f, "the server refuses {command}: {words}"),
            Self::Lost(words) => write!(f, "the connection ended: {words}"),
            Self::Silent { command, after } => {
                write!(f, "no answer to {command} for {} s", after.as_secs())
            }
            Self::Unreadable { command: GREETING, words } => {
                write!(f, "the server does not speak IMAP: {words}")
            }
            Self::Unreadable { command, words } => {
                write!(f, "the answer to {command} can't be read: {words}")
            }
            Self::TooLarge { limit } => write!(f, "the mail is larger than {} MB", limit >> 20),
        }
    }
}

impl std::error::Error for Error {}
