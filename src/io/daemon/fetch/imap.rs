//! Owns the loop over one IMAP mailbox: list what is new, fetch one by one, keep, then flag or move, wait for more.

mod again;
mod lost;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::{ATTEMPTS, Outage, Trouble, Wanted, note};
use crate::config::remote::{After, Junk, Start};
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::io::clock::moment;
use crate::io::daemon::{Daemon, stopped};
use crate::io::mailbox::imap::{self, Error, Fetched, Imap, LARGEST, Listed, Selected, Settled, Woken};
use crate::io::net::Stream;
use crate::io::reading;
use crate::io::store::mailboxes::{self, Cursor, First, Found, Numbering};

/// How often to ask how full the account is.
const LOOK_FOR_ROOM: Duration = Duration::from_secs(60 * 60);
/// The operator hears of it from so many percent on,
const NEARLY_FULL: u64 = 90;
/// and that it is over below so many.
const ROOM_AGAIN: u64 = 85;
/// So much of a mail that is too large is kept, in bytes.
const HEAD: u32 = 1 << 20;
/// A mailbox's clock and ours may differ by this much when old mails are told from new ones.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// An IMAP mailbox and what is wanted of it.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// The account.
    pub imap: Imap,
    /// The folder, as people read its name.
    pub folder: String,
    /// Where a filter puts what it takes for junk.
    pub junk: Junk,
    /// Folders of the account from which firebell reads, this one too, and to which it moves: nothing is lost there.
    pub read: Vec<String>,
    /// What is wanted.
    pub wanted: Wanted,
}

use lost::Looks;

type Session = imap::Session<Stream>;

/// Fetches until `stop` says so. What was begun then is dropped: nothing is marked or moved before it is kept.
pub(in crate::io::daemon) async fn run(daemon: Daemon, mailbox: Mailbox, stop: watch::Receiver<bool>) {
    let (mut outage, mut looks) = (Outage::default(), Looks::default());
    while !*stop.borrow() {
        let mut visit = Visit { daemon: &daemon, mailbox: &mailbox };
        let trouble = tokio::select! {
            ended = visit.stay(&mut outage, &mut looks) => match ended { Err(trouble) => trouble, Ok(never) => match never {} },
            () = stopped(stop.clone()) => return,
        };
        let words = trouble.words();
        outage.failed(&daemon, &mailbox.wanted.name, &words, trouble.longest_wait(), &stop).await;
    }
}

/// One connection's time.
struct Visit<'a> {
    daemon: &'a Daemon,
    mailbox: &'a Mailbox,
}

impl Visit<'_> {
    async fn stay(&mut self, outage: &mut Outage, looks: &mut Looks) -> Result<Infallible, Trouble> {
        let (name, folder) = (&self.mailbox.wanted.name, &self.mailbox.folder);
        let mut session = self.spoken(imap::open(&self.mailbox.imap).await)?;
        let again = self.again().await?;
        if let Some(since) = again {
            self.take_moved(&mut session, since).await?;
        }
        let selected = self.spoken(session.select(folder).await)?;
        let (mut cursor, renumbered) = self.enter(&mut session, selected, again.is_some()).await?;
        outage.renumbered = if renumbered { outage.renumbered + 1 } else { 0 };
        let (poll, mut looked) = (self.mailbox.imap.timeouts.poll, None);
        let (mut idles, mut settles) = (session.can().idle, true);
        let asked =
            if idles { String::new() } else { format!("; no IDLE, asked every {} s", poll.as_secs()) };
        tracing::info!("{name}: open, {} mails{asked}", selected.exists);
        self.take(&mut session, &mut cursor).await?;
        if again.is_some() {
            self.gone_through().await?;
        }
        // A mailbox that opens and gives no mail is as good as lost.
        outage.over(self.daemon, name).await;
        loop {
            if self.look_for_lost(&mut session, &cursor, looks).await? {
                self.take(&mut session, &mut cursor).await?;
            }
            if settles {
                settles = self.settle(&mut session, &cursor).await?;
            }
            if looked.is_none_or(|looked| moment().duration_since(looked) >= LOOK_FOR_ROOM) {
                looked = Some(moment());
                self.look_for_room(&mut session).await?;
            }
            if !idles {
                tokio::time::sleep(poll).await;
            } else if let Woken::Refused(words) = self.spoken(session.idle(poll).await)? {
                tracing::warn!("{name}: no IDLE ({words}); asked every {} s instead", poll.as_secs());
                idles = false;
            }
            self.take(&mut session, &mut cursor).await?;
        }
    }

    /// An answer of the server, or why there is none, with what to do about it.
    fn spoken<T>(&self, answer: Result<T, Error>) -> Result<T, Trouble> {
        answer.map_err(|error| {
            let advice = error.advice(&self.mailbox.imap.server.host);
            let words = advice.map_or(error.to_string(), |advice| format!("{error}; {advice}"));
            match error.is_throttled() {
                true => Trouble::Throttled(words),
                false => Trouble::Mailbox(words, error.is_passing()),
            }
        })
    }

    /// Where to go on, and whether the mails have new numbers.
    async fn enter(
        &self,
        session: &mut Session,
        selected: Selected,
        again: bool,
    ) -> Result<(Cursor, bool), Trouble> {
        let (name, now) = (self.mailbox.wanted.name.clone(), self.daemon.clock.now());
        let zone = self.daemon.book().zone.clone();
        let first = match self.mailbox.wanted.start {
            Start::Now => First::New(now - MARGIN),
            Start::Since(day) => First::Since(day.to_zoned(zone).map_or(now, |day| day.timestamp())),
        };
        let there = match selected.uid_next {
            Some(next) => next.saturating_sub(1),
            // Old servers don't say it: without it all that is there would be taken for new.
            None => self.spoken(session.list_after(0).await)?.last().map_or(0, |last| last.uid),
        };
        let numbering = Numbering { epoch: selected.uid_validity, next: selected.uid_next, there };
        let enter = move |store: &_| mailboxes::enter(store, &name, numbering, first);
        let (cursor, renumbered) = self.daemon.writer.run(enter).await?;
        if again {
            // It is gone through because the store was put back, and its numbers are what they were.
            return Ok((cursor, false));
        }
        if renumbered {
            let why = "all of it was listed again; what is known is not worked on twice";
            note(self.daemon, HouseFact::began(Kind::Renumbered, &self.mailbox.wanted.name, why)).await;
        }
        Ok((cursor, renumbered))
    }

    /// Takes all that is new, in order.
    async fn take(&self, session: &mut Session, cursor: &mut Cursor) -> Result<(), Trouble> {
        let listed = self.spoken(session.list_after(cursor.seen_to).await)?;
        let Some(last) = listed.last().map(|listed| listed.uid) else { return Ok(()) };
        let (name, epoch) = (self.mailbox.wanted.name.clone(), cursor.epoch);
        let attempts: BTreeMap<String, u32> =
            self.daemon.writer.run(move |store| mailboxes::attempts(store, &name, epoch)).await?;
        let wanted: Vec<Listed> = listed.into_iter().filter(|listed| !is_before(cursor, listed)).collect();
        for listed in wanted {
            let attempts = attempts.get(&listed.uid.to_string()).copied().unwrap_or(0);
            self.take_one(session, cursor, listed, attempts).await?;
            cursor.seen_to = listed.uid;
        }
        cursor.seen_to = last;
        self.seen(cursor).await
    }

    async fn take_one(
        &self,
        session: &mut Session,
        cursor: &Cursor,
        listed: Listed,
        attempts: u32,
    ) -> Result<(), Trouble> {
        // A size that was wrong shows at the first attempt.
        let largest = self.daemon.book().limits.largest_mail.min(LARGEST);
        let large = attempts > 0 || listed.size.is_some_and(|size| size as usize > largest);
        match session.fetch(listed.uid, large.then_some(HEAD)).await {
            Ok(Fetched::Mail(raw)) => self.keep(cursor, listed, raw, large).await,
            Ok(Fetched::Gone) => Ok(()),
            Ok(Fetched::Empty(why)) => self.failed(cursor, listed.uid, why).await,
            Err(error @ (Error::Unreadable { .. } | Error::TooLarge { .. })) => {
                self.failed(cursor, listed.uid, error.to_string()).await?;
                self.spoken(Err(error))
            }
            Err(error) => self.spoken(Err(error)),
        }
    }

    async fn keep(&self, cursor: &Cursor, listed: Listed, raw: Vec<u8>, large: bool) -> Result<(), Trouble> {
        let whole = !large || raw.len() < HEAD as usize;
        let was_there = listed.uid <= cursor.there;
        let arrived =
            if was_there && cursor.renumbered { arrival_anew(&listed, &raw) } else { listed.arrived };
        let (now, wanted) = (self.daemon.clock.now(), &self.mailbox.wanted);
        let found = Found {
            mailbox: wanted.name.clone(),
            epoch: cursor.epoch,
            item: listed.uid.to_string(),
            raw: if whole { raw } else { truncated(&raw, listed.size) },
            arrived: Some(arrived.unwrap_or(now)),
            was_there,
            // The rest of a truncated mail is nowhere else.
            settled: wanted.after == After::Leave || !whole,
        };
        let kept = self.daemon.writer.run(move |store| {
            let kept = mailboxes::keep(store, &found, now)?;
            mailboxes::seen(store, &found.mailbox, found.epoch, listed.uid)?;
            Ok(kept)
        });
        if kept.await?.is_some() {
            self.daemon.arrived.notify_one();
        }
        Ok(())
    }

    /// Counts a failure; the last one passes the mail over. Before that the connection is made anew.
    async fn failed(&self, cursor: &Cursor, uid: u32, why: String) -> Result<(), Trouble> {
        let (name, epoch, item) = (self.mailbox.wanted.name.clone(), cursor.epoch, uid.to_string());
        let counted = item.clone();
        let failures =
            self.daemon.writer.run(move |store| mailboxes::failed(store, &name, epoch, &counted)).await?;
        if failures < ATTEMPTS {
            return Err(Trouble::Mailbox(format!("mail {item} can't be fetched: {why}"), true));
        }
        let mailbox = self.mailbox.wanted.name.clone();
        note(self.daemon, HouseFact::Unfetchable { mailbox, item, reason: why }).await;
        self.seen(&Cursor { seen_to: uid, ..*cursor }).await
    }

    async fn seen(&self, cursor: &Cursor) -> Result<(), Trouble> {
        let (name, cursor) = (self.mailbox.wanted.name.clone(), *cursor);
        let seen = move |store: &_| mailboxes::seen(store, &name, cursor.epoch, cursor.seen_to);
        Ok(self.daemon.writer.run(seen).await?)
    }

    /// Tells the operator when the account is nearly full, and when it has room again.
    async fn look_for_room(&self, session: &mut Session) -> Result<(), Trouble> {
        let Some(room) = self.spoken(session.room(&self.mailbox.folder).await)? else { return Ok(()) };
        let (name, percent) = (&self.mailbox.wanted.name, room.percent());
        if percent >= NEARLY_FULL {
            let why = format!("{percent} % of {} MB are used; mail will be refused to it", room.all >> 10);
            note(self.daemon, HouseFact::began(Kind::Full, name, &why)).await;
        } else if percent < ROOM_AGAIN {
            note(self.daemon, HouseFact::over(Kind::Full, name)).await;
        }
        Ok(())
    }

    /// Flags or moves what is kept. False when the server doesn't let that be done: tried again with the next
    /// connection.
    async fn settle(&self, session: &mut Session, cursor: &Cursor) -> Result<bool, Trouble> {
        let wanted = &self.mailbox.wanted;
        if wanted.after == After::Leave {
            return Ok(true);
        }
        let (name, epoch) = (wanted.name.clone(), cursor.epoch);
        let items = self.daemon.writer.run(move |store| mailboxes::unsettled(store, &name, epoch)).await?;
        for item in items {
            let uid = item.parse().unwrap_or(0);
            let name = wanted.name.clone();
            let of = (name.clone(), item.clone());
            let is_copied = move |store: &_| mailboxes::is_copied(store, &of.0, epoch, &of.1);
            let copied = self.daemon.writer.run(is_copied).await?;
            let mut settled = session.settle(uid, &wanted.after, copied).await;
            if settled == Ok(Settled::Copied) {
                let (name, item) = (name.clone(), item.clone());
                self.daemon.writer.run(move |store| mailboxes::copied(store, &name, epoch, &item)).await?;
                settled = session.settle(uid, &wanted.after, true).await;
            }
            match settled {
                Ok(Settled::NoFolder(words)) => {
                    tracing::warn!("{name}: mails stay where they are, make the folder: {words}");
                    return Ok(false);
                }
                Ok(Settled::Full(words)) => {
                    let why = format!("{words}; mails stay where they are");
                    note(self.daemon, HouseFact::began(Kind::Full, &name, &why)).await;
                    return Ok(false);
                }
                Err(error @ Error::Refused { .. }) if !error.is_passing() => {
                    tracing::warn!("{name}: mails stay as they are, see what the account may do: {error}");
                    return Ok(false);
                }
                settled => self.spoken(settled)?,
            };
            self.daemon.writer.run(move |store| mailboxes::settled(store, &name, epoch, &item)).await?;
        }
        Ok(true)
    }
}

/// Whether a mail that was there when the epoch began is older than what was ever wanted.
fn is_before(cursor: &Cursor, listed: &Listed) -> bool {
    listed.uid <= cursor.there && listed.arrived.is_some_and(|arrived| arrived < cursor.since)
}

/// When a mail arrived, of a server that numbers its mails anew and may also say that all of them came just now: the
/// mail's own Date is what to go by, and the server's word only for one that has none.
fn arrival_anew(listed: &Listed, raw: &[u8]) -> Option<Timestamp> {
    let header = raw.windows(4).position(|four| four == b"\r\n\r\n").and_then(|end| raw.get(..end + 4));
    let read = reading::read(vec![header.unwrap_or(raw).to_vec()]).pop().flatten();
    if read.is_some_and(|mail| mail.date.is_some()) { Some(Timestamp::UNIX_EPOCH) } else { listed.arrived }
}

/// The beginning of a mail that is too large, with a line that says so.
fn truncated(head: &[u8], size: Option<u32>) -> Vec<u8> {
    let size = size.map(|size| format!("of {size} bytes, ")).unwrap_or_default();
    let note = format!("X-Firebell-Truncated: {size}the rest is in the mailbox\r\n");
    [note.as_bytes(), head].concat()
}

#[cfg(test)]
mod tests;
