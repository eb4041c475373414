//! Owns what is read of a folder: which mails there are, and their bytes.
//! Never marks a mail as read (`BODY.PEEK`), never asks for what servers write wrongly (ENVELOPE, BODYSTRUCTURE), and
//! never believes a row about a mail that was not asked for.

use std::collections::BTreeMap;

use imap_proto::{AttributeValue, MailboxDatum, Response};
use jiff::{Timestamp, ToSpan as _, civil};
use tokio::io::{AsyncRead, AsyncWrite};

use super::advice;
use super::error::Error;
use super::reply::Reply;
use super::session::{Command, Session};

/// Most bytes of a mail that are taken; whoever wants a part of a larger one says how much.
pub const LARGEST: usize = 50 << 20;

/// One mail of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its UID.
    pub uid: u32,
    /// Its size in bytes as the server says it, which need not be true.
    pub size: Option<u32>,
    /// When the server took it.
    pub arrived: Option<Timestamp>,
}

/// What became of fetching a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Its bytes.
    Mail(Vec<u8>),
    /// It is no longer there.
    Gone,
    /// It is there, but the server gives nothing of it; why, for people.
    Empty(String),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// The mails with a higher UID than this one, in the order of their UIDs: all that have arrived by now.
    pub async fn list_after(&mut self, uid: u32) -> Result<Vec<Listed>, Error> {
        if self.exists == 0 {
            // `*` names the last mail, so there has to be one; perhaps there is by now.
            self.noop().await?;
        }
        let mut listed = BTreeMap::new();
        // A server may tell of new mails only after the answer; once more is enough, as what comes then is news again.
        for _ in 0..2 {
            let first = listed.keys().next_back().copied().unwrap_or(uid).checked_add(1);
            // Also where there is nothing to list: what came and is gone again is no news.
            self.news = false;
            let Some(first) = first.filter(|_| self.exists > 0) else { break };
            self.list_from(first, &mut listed).await?;
            if !self.news {
                break;
            }
        }
        Ok(listed.into_values().collect())
    }

    async fn list_from(&mut self, first: u32, listed: &mut BTreeMap<u32, Listed>) -> Result<(), Error> {
        let mut all = BTreeMap::new();
        let items = "UID RFC822.SIZE INTERNALDATE";
        let line = format!("UID FETCH {first}:* ({items})");
        let mut asked = self.ask_long("UID FETCH", line, |reply| all.extend(row(reply))).await;
        if matches!(asked, Err(Error::Unreadable { .. })) && !self.is_over() {
            // One row with an odd date must not hide the mail, nor the others: UIDs alone can be read.
            let line = format!("UID FETCH {first}:* (UID)");
            let known = std::mem::take(&mut all);
            asked = self.ask_long("UID FETCH", line, |reply| all.extend(row(reply))).await;
            all.extend(known);
        }
        asked?;
        // `n:*` names the last mail even when its UID is below n (RFC 9051, 9: seq-range).
        listed.extend(all.into_iter().filter(|(uid, _)| *uid >= first));
        Ok(())
    }

    /// The lowest UID of the mails that came on this day or later, in whatever zone the server counts days: some that
    /// came on the day before may be among them, [`Listed::arrived`] tells. None when there is none.
    pub async fn list_since(&mut self, day: civil::Date) -> Result<Option<u32>, Error> {
        let day = day.saturating_sub(1.day()).strftime("%-d-%b-%Y").to_string();
        let mut lowest: Option<u32> = None;
        let hear = |reply: &Reply<'_>| {
            if let Some(Response::MailboxData(MailboxDatum::Search(uids))) = &reply.parsed {
                lowest = lowest.into_iter().chain(uids.iter().copied()).min();
            }
        };
        self.ask_long("UID SEARCH", format!("UID SEARCH SINCE {day}"), hear).await?;
        Ok(lowest)
    }

    /// Fetches one mail, or its first `limit` bytes. More than [`LARGEST`] bytes end the session with
    /// [`Error::TooLarge`], whatever size was listed.
    pub async fn fetch(&mut self, uid: u32, limit: Option<u32>) -> Result<Fetched, Error> {
        let part = limit.map(|limit| format!("<0.{limit}>")).unwrap_or_default();
        let parts = [format!("UID FETCH {uid} (UID BODY.PEEK[]{part})")];
        let name = "UID FETCH";
        let command = Command { name, parts: &parts, largest: LARGEST, wait: self.timeouts.body };
        let mut fetched = Fetched::Gone;
        let asked = self.ask_for(command, |reply| {
            if let Some(body) = body(reply, uid) {
                fetched = body;
            }
        });
        match asked.await {
            // Said of another mail, or of nothing that was asked: the mail is there whole.
            Err(Error::Unreadable { .. }) if matches!(fetched, Fetched::Mail(_)) => (),
            Err(Error::Refused { words, .. }) if advice::is_gone(&words) => return Ok(Fetched::Gone),
            asked => asked?,
        }
        if let (Fetched::Mail(bytes), Some(limit)) = (&mut fetched, limit) {
            bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
        Ok(fetched)
    }

    /// One header field of each of the newest `count` mails, as it stands there with its name and folds, newest last;
    /// empty where a mail has none.
    pub async fn newest_headers(&mut self, count: u32, field: &str) -> Result<Vec<Vec<u8>>, Error> {
        let is_name = field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let last = self.exists;
        if last == 0 || count == 0 || field.is_empty() || !is_name {
            return Ok(Vec::new());
        }
        let first = last.saturating_sub(count - 1).max(1);
        let mut headers = BTreeMap::new();
        let line = format!("FETCH {first}:{last} (UID BODY.PEEK[HEADER.FIELDS ({field})])");
        let hear = |reply: &Reply<'_>| {
            let Some(Response::Fetch(number, values)) = &reply.parsed else { return };
            headers.extend(values.iter().filter_map(bytes).flatten().map(|bytes| (*number, bytes.to_vec())));
        };
        self.ask("FETCH", line, hear).await?;
        Ok(headers.into_values().collect())
    }
}

/// The row about one mail, if that is what the server says.
fn row(reply: &Reply<'_>) -> Option<(u32, Listed)> {
    let Some(Response::Fetch(_, values)) = &reply.parsed else { return None };
    let uid = uid(values)?;
    let mut row = Listed { uid, size: None, arrived: None };
    for value in values {
        match value {
            AttributeValue::Rfc822Size(size) => row.size = Some(*size),
            AttributeValue::InternalDate(text) => row.arrived = arrival(text),
            _ => (),
        }
    }
    Some((uid, row))
}

fn uid(values: &[AttributeValue<'_>]) -> Option<u32> {
    values.iter().find_map(|value| match value {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

/// What a row says of the mail that was asked for; nothing if it is about another, or about flags only.
fn body(reply: &Reply<'_>, asked: u32) -> Option<Fetched> {
    let Some(Response::Fetch(_, values)) = &reply.parsed else { return None };
    let whose = uid(values);
    if whose.is_some_and(|uid| uid != asked) {
        return None;
    }
    let body = values.iter().find_map(bytes);
    Some(match (whose, body) {
        // The flags of any mail may come at any time.
        (None, None) => return None,
        (None, Some(_)) => Fetched::Empty("the server does not say whose the body is".to_owned()),
        (Some(_), None) => Fetched::Empty("the server gives no body".to_owned()),
        (Some(_), Some(None)) => Fetched::Empty("the server says that it has no body (NIL)".to_owned()),
        (Some(_), Some(Some([]))) => Fetched::Empty("the server gives a body of no bytes".to_owned()),
        (Some(_), Some(Some(bytes))) => Fetched::Mail(bytes.to_vec()),
    })
}

/// The bytes of a section, none for NIL, if this is one.
fn bytes<'a>(value: &'a AttributeValue<'_>) -> Option<Option<&'a [u8]>> {
    match value {
        AttributeValue::BodySection { data, .. } => Some(data.as_deref()),
        _ => None,
    }
}

/// `17-Jul-1996 02:44:25 -0700`, its day also with a space for its first digit (RFC 9051, 9: date-time).
fn arrival(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}
