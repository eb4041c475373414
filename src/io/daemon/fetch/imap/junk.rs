//! Owns looking through the folder for junk: answers to our mails and alerts that a filter has put there are told of.
//! Never works on one: whoever could make a filter wave a mail through could as well make it act. Moved back by a person it
//! is taken like any other.

use std::time::Duration;

use super::{Session, Trouble, Visit, note};
use crate::config::remote::Junk;
use crate::gateway;
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::incident::words::one_line;
use crate::io::mailbox::imap::{Error, Fetched};
use crate::io::reading;
use crate::io::store::mailboxes::{self, Cursor, First, Numbering};
use crate::message::Message;
use crate::thread;

/// It is looked through after so many polls, ten minutes.
pub(super) const POLLS: u32 = 10;
/// Most mails that are looked at each time, the oldest first.
const MOST: usize = 200;
/// So much of each, in bytes: who wrote, what it answers, how it begins.
const HEAD: u32 = 64 << 10;
/// Longest subject that is repeated, in characters.
const SUBJECT: usize = 200;

impl Visit<'_> {
    /// How long to wait between two looks.
    pub(super) fn between_looks(&self) -> Duration {
        self.mailbox.imap.timeouts.poll * POLLS
    }

    /// Looks through what came there, and comes back to the folder of the mailbox.
    pub(super) async fn look_for_lost(&self, session: &mut Session, cursor: &Cursor) -> Result<(), Trouble> {
        let junk = match &self.mailbox.junk {
            Junk::Nowhere => None,
            Junk::Folder(folder) => Some(folder.clone()),
            Junk::Marked => self.spoken(session.junk().await)?,
        };
        let Some(junk) = junk.filter(|junk| *junk != self.mailbox.folder) else { return Ok(()) };
        let looked = self.look_through(session, &junk).await;
        let back = self.spoken(session.select(&self.mailbox.folder).await)?;
        if back.uid_validity != cursor.epoch {
            return Err(Trouble::Mailbox("its mails have new numbers".to_owned(), true));
        }
        looked
    }

    async fn look_through(&self, session: &mut Session, junk: &str) -> Result<(), Trouble> {
        let name = format!("{} ({junk})", self.mailbox.wanted.name);
        let selected = match session.select(junk).await {
            Err(error @ Error::NoSuchFolder { .. }) => {
                tracing::warn!("{}: {error}", self.mailbox.wanted.name);
                return Ok(());
            }
            selected => self.spoken(selected)?,
        };
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
                Ok(Fetched::Mail(head)) => self.told_if_lost(junk, head).await,
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

    async fn told_if_lost(&self, junk: &str, head: Vec<u8>) {
        let Some(mail) = reading::read(vec![head]).pop().flatten() else { return };
        let book = self.daemon.book();
        let what = match thread::clues(&book, &mail).answers_us() {
            true => "an answer to a mail of ours",
            false if !gateway::alerts(&book, &mail).is_empty() => "an alert",
            false => return,
        };
        let reason = format!("{what} is in {}: move it back, and it is taken", one_line(junk));
        note(self.daemon, HouseFact::began(Kind::Junk, &named(&mail), &reason)).await;
    }
}

/// A mail as people find it.
fn named(mail: &Message) -> String {
    let from = mail.author().map(|author| author.address.to_string()).unwrap_or_default();
    let subject: String = one_line(&mail.subject).chars().take(SUBJECT).collect();
    format!("\"{subject}\" from {}", one_line(&from))
}
