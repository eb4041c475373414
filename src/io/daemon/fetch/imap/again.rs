//! Owns going through the folder to which mails are moved, after the store was put back from a copy: what came since the
//! copy was made lies there, and the store does not know it any more.
//! Never moves anything: it lies where it belongs.

use jiff::Timestamp;

use super::{HEAD, Session, Trouble, Visit, arrival_anew, truncated};
use crate::config::remote::After;
use crate::io::mailbox::imap::{Error, Fetched, LARGEST, Listed};
use crate::io::store::mailboxes::{self, Found};
use crate::io::store::restore;

impl Visit<'_> {
    /// From when on the mailbox is to be gone through again, if it is.
    pub(super) async fn again(&self) -> Result<Option<Timestamp>, Trouble> {
        let name = self.mailbox.wanted.name.clone();
        Ok(self.daemon.writer.run(move |store| restore::again(store, &name)).await?)
    }

    /// Takes what was moved since then and is not known. By its bytes: what is known is not taken again.
    pub(super) async fn take_moved(&self, session: &mut Session, since: Timestamp) -> Result<(), Trouble> {
        let After::Move(folder) = &self.mailbox.wanted.after else { return Ok(()) };
        let selected = match session.select(folder).await {
            // Nothing was ever moved.
            Err(Error::NoSuchFolder { .. }) => return Ok(()),
            selected => self.spoken(selected)?,
        };
        tracing::info!("{}: {folder} is gone through again", self.mailbox.wanted.name);
        let listed = self.spoken(session.list_after(0).await)?;
        for listed in listed.into_iter().filter(|it| it.arrived.is_none_or(|arrived| arrived >= since)) {
            let large = listed.size.is_some_and(|size| size as usize > LARGEST);
            match session.fetch(listed.uid, large.then_some(HEAD)).await {
                Ok(Fetched::Mail(raw)) => {
                    self.keep_moved((folder, selected.uid_validity), listed, raw).await?
                }
                Ok(Fetched::Gone | Fetched::Empty(_)) => {}
                Err(error) if session.is_over() => return self.spoken(Err(error)),
                Err(error) => tracing::warn!("{}: {error}", self.mailbox.wanted.name),
            }
        }
        Ok(())
    }

    async fn keep_moved(
        &self,
        (folder, epoch): (&str, u32),
        listed: Listed,
        raw: Vec<u8>,
    ) -> Result<(), Trouble> {
        let now = self.daemon.clock.now();
        let whole = listed.size.is_none_or(|size| size as usize <= LARGEST);
        let found = Found {
            mailbox: format!("{} ({folder})", self.mailbox.wanted.name),
            epoch,
            item: listed.uid.to_string(),
            arrived: Some(arrival_anew(&listed, &raw).unwrap_or(now)),
            raw: if whole { raw } else { truncated(&raw, listed.size) },
            was_there: true,
            settled: true,
        };
        if self.daemon.writer.run(move |store| mailboxes::keep(store, &found, now)).await?.is_some() {
            self.daemon.arrived.notify_one();
        }
        Ok(())
    }

    /// The mailbox was gone through.
    pub(super) async fn gone_through(&self) -> Result<(), Trouble> {
        let name = self.mailbox.wanted.name.clone();
        self.daemon.writer.run(move |store| restore::done(store, &name)).await?;
        self.daemon.arrived.notify_one();
        Ok(())
    }
}
