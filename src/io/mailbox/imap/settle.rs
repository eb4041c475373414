//! Owns what is done in the mailbox with a mail that the store has.
//! Never makes a folder, and never removes a mail but the one it has moved: a plain EXPUNGE would take other people's.

use imap_proto::{AttributeValue, Response};
use tokio::io::{AsyncRead, AsyncWrite};

use super::advice;
use super::error::Error;
use super::name;
use super::reply::{End, Reply};
use super::session::Session;
use crate::config::remote::After;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It is as it should be, or the mail is no longer there.
    Done,
    /// It stands in the other folder, and here it is only marked as deleted: the server can remove nothing less than all
    /// that is marked so.
    Marked,
    /// A copy stands in the other folder. Once that is written down the mail is to be settled again, and this one marked
    /// as deleted: a mail of which that was not known would be copied again.
    Copied,
    /// The server does not put it into the other folder, with these words; mostly there is none of this name.
    NoFolder(String),
    /// The account is full, says the server with these words (RFC 5530, OVERQUOTA).
    Full(String),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Leaves, flags or moves a mail of the selected folder; `copied` says that the other folder has it already. May be
    /// done again after a failure.
    pub async fn settle(&mut self, uid: u32, after: &After, copied: bool) -> Result<Settled, Error> {
        match after {
            After::Leave => Ok(Settled::Done),
            After::Flag => self.mark(uid, "\\Flagged").await.map(|()| Settled::Done),
            After::Move(folder) => match name::folder(folder) {
                Some(quoted) if self.capabilities.move_ => {
                    let moved = self.transfer("UID MOVE", uid, &quoted).await?;
                    Ok(moved.unwrap_or(Settled::Done))
                }
                Some(quoted) => self.copy_away(uid, &quoted, copied).await,
                None => Ok(Settled::NoFolder("a folder's name has no control characters".to_owned())),
            },
        }
    }

    /// RFC 6851, 3.3 in single steps.
    async fn copy_away(&mut self, uid: u32, quoted: &str, copied: bool) -> Result<Settled, Error> {
        let Some(deleted) = self.is_deleted(uid).await? else { return Ok(Settled::Done) };
        // Marked as deleted: by us, after a copy, or by a person who does not want it any more.
        if !deleted && !copied {
            return Ok(self.transfer("UID COPY", uid, quoted).await?.unwrap_or(Settled::Copied));
        }
        self.mark(uid, "\\Deleted").await?;
        if !self.capabilities.uidplus {
            return Ok(Settled::Marked);
        }
        self.run("UID EXPUNGE", format!("UID EXPUNGE {uid}")).await?;
        Ok(Settled::Done)
    }

    /// Moves or copies; none when that was done.
    async fn transfer(
        &mut self,
        name: &'static str,
        uid: u32,
        quoted: &str,
    ) -> Result<Option<Settled>, Error> {
        match self.end_of(name, &[format!("{name} {uid} {quoted}")]).await? {
            End::Ok => Ok(None),
            End::No(words) if advice::is_gone(&words) => Ok(Some(Settled::Done)),
            End::No(words) if advice::is_full(&words) => Ok(Some(Settled::Full(words))),
            End::No(words) if !advice::is_passing(&words) => Ok(Some(Settled::NoFolder(words))),
            End::No(words) | End::Bad(words) => Err(Error::Refused { command: name, words }),
        }
    }

    async fn mark(&mut self, uid: u32, flag: &str) -> Result<(), Error> {
        let name = "UID STORE";
        match self.end_of(name, &[format!("UID STORE {uid} +FLAGS.SILENT ({flag})")]).await? {
            End::No(words) if !advice::is_gone(&words) => Err(Error::Refused { command: name, words }),
            End::Bad(words) => Err(Error::Refused { command: name, words }),
            End::Ok | End::No(_) => Ok(()),
        }
    }

    /// Whether the mail is marked as deleted; none when it is no longer there.
    async fn is_deleted(&mut self, uid: u32) -> Result<Option<bool>, Error> {
        let mut deleted = None;
        let hear = |reply: &Reply<'_>| {
            let Some(Response::Fetch(_, values)) = &reply.parsed else { return };
            if !values.contains(&AttributeValue::Uid(uid)) {
                return;
            }
            let flags = values.iter().find_map(|value| match value {
                AttributeValue::Flags(flags) => Some(flags),
                _ => None,
            });
            let marked = flags.is_some_and(|all| all.iter().any(|one| one.eq_ignore_ascii_case("\\Deleted")));
            deleted = Some(marked || deleted == Some(true));
        };
        match self.ask("UID FETCH", format!("UID FETCH {uid} (UID FLAGS)"), hear).await {
            Err(Error::Refused { words, .. }) if advice::is_gone(&words) => Ok(None),
            asked => asked.map(|()| deleted),
        }
    }
}
