//! Owns looking for what is lost: answers to our mails and alerts that a filter took for junk, or that somebody moved away
//! before they were read. They are held, and the operator is asked. Never works on one there: whoever could make a filter
//! wave a mail through could as well make it act. Moved back by a person it is taken like any other.

use std::time::Duration;

use tokio::time::Instant;

use super::{Session, Trouble, Visit, note};
use crate::config::remote::Junk;
use crate::gateway;
use crate::io::clock::moment;
use crate::io::mailbox::imap::{Fetched, Folder, Holds};
use crate::io::reading;
use crate::io::store::mailboxes::{self, Cursor, First, Numbering};

/// The folder for junk is looked through after so many polls, ten minutes,
const JUNK_POLLS: u32 = 10;
/// and the others after so many, an hour.
const OTHERS_POLLS: u32 = 60;
/// Most other folders.
const MOST_FOLDERS: usize = 200;
/// Most mails of a folder that are looked at each time, the oldest first.
const MOST: usize = 200;
/// So much of each, in bytes: who wrote, what it answers, how it begins.
const HEAD: u32 = 64 << 10;

/// When folders were last looked through, over connections.
#[derive(Debug, Default)]
pub(super) struct Looks {
    junk: Option<Instant>,
    others: Option<Instant>,
}

/// Whether it is time again, and that it is done now.
fn is_time(last: &mut Option<Instant>, every: Duration) -> bool {
    let due = last.is_none_or(|last| moment().duration_since(last) >= every);
    if due {
        *last = Some(moment());
    }
    due
}

impl Visit<'_> {
    /// Looks through what came to folders whose turn it is, and comes back to the folder of the mailbox; whether it was away.
    pub(super) async fn look_for_lost(
        &self,
        session: &mut Session,
        cursor: &Cursor,
        looks: &mut Looks,
    ) -> Result<bool, Trouble> {
        let poll = self.mailbox.imap.timeouts.poll;
        let (junk, others) =
            (is_time(&mut looks.junk, poll * JUNK_POLLS), is_time(&mut looks.others, poll * OTHERS_POLLS));
        if !junk && !others {
            return Ok(false);
        }
        let folders = self.spoken(session.folders().await)?;
        let wanted = where_lost(&folders, &self.mailbox.junk, &self.mailbox.read, (junk, others));
        if wanted.is_empty() {
            return Ok(false);
        }
        for folder in wanted {
            match self.look_through(session, &folder).await {
                Err(trouble) if session.is_over() => return Err(trouble),
                // The mailbox itself is not worse for it.
                Err(trouble) => {
                    tracing::warn!(
                        "{}: no look into {folder}: {}",
                        self.mailbox.wanted.name,
                        trouble.words()
                    );
                }
                Ok(()) => {}
            }
        }
        let back = self.spoken(session.select(&self.mailbox.folder).await)?;
        match back.uid_validity == cursor.epoch {
            true => Ok(true),
            false => Err(Trouble::Mailbox("its mails have new numbers".to_owned(), true)),
        }
    }

    async fn look_through(&self, session: &mut Session, folder: &str) -> Result<(), Trouble> {
        let name = format!("{} ({folder})", self.mailbox.wanted.name);
        let selected = self.spoken(session.select(folder).await)?;
        let there = match selected.uid_next {
            Some(next) => next.saturating_sub(1),
            None => self.spoken(session.list_after(0).await)?.last().map_or(0, |last| last.uid),
        };
        let numbering = Numbering { epoch: selected.uid_validity, next: selected.uid_next, there };
        let (store_name, first) = (name.clone(), First::New(self.daemon.clock.now()));
        let enter = move |store: &_| {
            let (cursor, renumbered) = mailboxes::enter(store, &store_name, numbering, first)?;
            // What was there before is no news.
            let seen_to = if renumbered { cursor.seen_to.max(there) } else { cursor.seen_to };
            mailboxes::seen(store, &store_name, cursor.epoch, seen_to)?;
            Ok((cursor.epoch, seen_to))
        };
        let (epoch, seen_to) = self.daemon.writer.run(enter).await?;
        for listed in self.spoken(session.list_after(seen_to).await)?.into_iter().take(MOST) {
            match session.fetch(listed.uid, Some(HEAD)).await {
                Ok(Fetched::Mail(head)) => self.told_if_lost(folder, head).await?,
                // Whatever it is, it is no answer that a person could read.
                Ok(Fetched::Gone | Fetched::Empty(_)) => {}
                Err(error) if session.is_over() => return self.spoken(Err(error)),
                Err(_) => {}
            }
            let name = name.clone();
            self.daemon.writer.run(move |store| mailboxes::seen(store, &name, epoch, listed.uid)).await?;
        }
        Ok(())
    }

    /// A copy of what is known is no loss.
    async fn told_if_lost(&self, folder: &str, head: Vec<u8>) -> Result<(), Trouble> {
        let Some(mail) = reading::read(vec![head]).pop().flatten() else { return Ok(()) };
        let Some(lost) = gateway::lost(&self.daemon.book(), &mail, folder) else { return Ok(()) };
        let is_known = move |store: &_| mailboxes::is_known(store, &mail.message_id);
        if !self.daemon.writer.run(is_known).await? {
            note(self.daemon, lost).await;
        }
        Ok(())
    }
}

/// The folders whose turn it is: that for junk, the others of people. `read` are those from which firebell reads and to which
/// it moves.
pub(super) fn where_lost(
    folders: &[Folder],
    junk: &Junk,
    read: &[String],
    (junk_now, others_now): (bool, bool),
) -> Vec<String> {
    let is_junk = |folder: &&Folder| match junk {
        Junk::Nowhere => false,
        Junk::Marked => folder.holds == Holds::Junk,
        Junk::Folder(name) => folder.name == *name,
    };
    let of_people = |folder: &&Folder| folder.holds == Holds::Any && !is_junk(folder);
    let first = folders.iter().filter(|folder| junk_now && is_junk(folder));
    let then = folders.iter().filter(|folder| others_now && of_people(folder)).take(MOST_FOLDERS);
    let elsewhere = |folder: &&Folder| !read.contains(&folder.name);
    first.chain(then).filter(elsewhere).map(|folder| folder.name.clone()).collect()
}
