//! Owns the ways in which mails come to incidents.

use serde::{Deserialize, Serialize};

/// How a mail came to its incident (DESIGN 3.3), as JSON names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placed {
    /// Signed reply address.
    Token,
    /// A signed Message-ID of ours.
    MessageId,
    /// A stored Message-ID, or one that stored mails referred to.
    References,
    /// Subject tag with its check characters.
    Tag,
    /// The subject of a reply, and that its author has a part in the one incident of that subject.
    Subject,
    /// An alert's key.
    Key,
    /// Somebody took it in.
    Taken,
    /// By a command of the program, without a mail.
    Operator,
}
