//! Owns what is configured about servers and mailboxes: where they are, how they are entered, what is done there.
//! Never holds a password: only where it is kept.

mod mailbox;
mod protocol;
mod relay;
mod server;
mod url;

use jiff::SignedDuration;
use jiff::civil::Date;

pub(super) use mailbox::mailboxes;
pub(super) use relay::relay;

/// Whether and how a connection is encrypted. Certificates are always verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Not at all: a relay in the house that asks for no log-in.
    Plain,
    /// After a STARTTLS that the server must offer (RFC 2595 for IMAP, RFC 3207 for SMTP).
    StartTls,
    /// From the first byte (RFC 8314).
    Tls,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Host name or IP address; an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: Security,
    /// The account, `incidents@example.com`; none where no log-in is wanted.
    pub user: Option<String>,
    /// Where its password is kept, or where its tokens come from; always there when there is a user.
    pub password: Option<Secret>,
    /// PEM file with certificates to trust beside the system's: an own CA, or the server's own certificate.
    pub ca_file: Option<String>,
}

/// Where a secret is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// In a file, whose first line it is. `$CREDENTIALS_DIRECTORY/…` is where systemd puts a unit's credentials.
    File(String),
    /// In an environment variable.
    Environment(String),
    /// What a program writes: an OAuth token instead of a password. The program's absolute path and its arguments.
    Command(Vec<String>),
    /// In a file that `firebell init --oauth` wrote: what OAuth tokens are asked for with.
    Grant(String),
}

/// One place where mail comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Which.
    pub source: Source,
    /// What is done there with a mail that the store has.
    pub after: After,
    /// What is taken at the first start.
    pub start: Start,
    /// Where a filter puts what it takes for junk; of an IMAP account only.
    pub junk: Junk,
}

/// The folder that is looked through for answers and alerts that a filter has put there. They are told of, not worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Junk {
    /// The one that the server marks so (RFC 6154), if it marks any.
    Marked,
    /// This one.
    Folder(String),
    /// None.
    Nowhere,
}

/// Kinds of mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// firebell's own SMTP listener: IP address and port, `127.0.0.1:2525`, always a valid `SocketAddr`.
    Listen(String),
    /// A folder of an IMAP account (RFC 9051, RFC 3501).
    Imap {
        /// The server, always with a user.
        server: Remote,
        /// Name of the folder as people read it, `INBOX` or `障害/受信`.
        folder: String,
    },
    /// A Maildir: the directory that holds `new/`, `cur/` and `tmp/`.
    Maildir(String),
}

/// What is done in the mailbox with a mail once the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing: firebell never marks a mail as read.
    Leave,
    /// It is flagged (`\Flagged`; `F` in a Maildir).
    Flag,
    /// It is moved to this folder of the same account; in a Maildir, to this Maildir.
    Move(String),
}

/// What is taken from a mailbox at the first start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// What comes from now on.
    Now,
    /// What came since the beginning of this day (in the gateway's time zone).
    Since(Date),
}

/// The server that takes our mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayAddress {
    /// Where it is.
    pub server: Remote,
    /// How many connections there are to it at most.
    pub connections: usize,
    /// How many mails it takes a minute; none for no limit.
    pub per_minute: Option<u32>,
    /// Another one for what can't wait.
    pub fallback: Option<FallbackRelay>,
}

/// The server that takes pages and words to the operator where the first doesn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FallbackRelay {
    /// Where it is.
    pub server: Remote,
    /// How long the first one must not have taken a mail.
    pub after: SignedDuration,
}

#[cfg(test)]
mod tests;
