//! Owns which folders there are and which one is open.
//! Never makes one.

use imap_proto::{MailboxDatum, NameAttribute, Response, ResponseCode};
use tokio::io::{AsyncRead, AsyncWrite};

use super::advice;
use super::error::Error;
use super::name;
use super::reply::Reply;
use super::session::Session;

/// What the server says of a folder when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// UIDs of another UIDVALIDITY are UIDs of other mails (RFC 9051, 2.3.1.1).
    pub uid_validity: u32,
    /// The UID of the next mail, where the server says it: old ones don't.
    pub uid_next: Option<u32>,
    /// How many mails there are.
    pub exists: u32,
    /// Nothing can be flagged or moved here.
    pub read_only: bool,
    /// Mails can be marked with words of our own (PERMANENTFLAGS with `\*`).
    pub keywords_allowed: bool,
}

/// A folder of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its name, as people read it.
    pub name: String,
    /// What the server says of it.
    pub holds: Holds,
}

/// What a folder is there for, where the server marks it (RFC 6154, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Whatever people put there.
    Any,
    /// What a filter takes for junk.
    Junk,
    /// What the account's owner writes.
    Own,
    /// Mails that lie in other folders too.
    Others,
}

/// The verb (RFC 9051, 6.3.2).
const SELECT: &str = "SELECT";

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// Opens a folder for reading and changing. Fails with [`Error::NoSuchFolder`] when that is refused for good.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, Error> {
        let nothing = |words: String| Error::NoSuchFolder { folder: folder.to_owned(), words };
        let quoted = name::folder(folder)
            .ok_or_else(|| nothing("a folder's name has no control characters".to_owned()))?;
        // Numbers of the folder before mean nothing any more (RFC 9051, 6.3.2).
        self.exists = 0;
        let mut said = Said::default();
        let selected = self.ask(SELECT, format!("{SELECT} {quoted}"), |reply| said.hear(reply)).await;
        (self.exists, self.news) = (said.exists, false);
        match selected {
            Err(Error::Refused { words, .. }) if !advice::is_passing(&words) => Err(nothing(words)),
            // What can't be read is no loss where all that counts could be.
            Err(Error::Unreadable { .. }) if said.uid_validity.is_some() => Ok(()),
            selected => selected,
        }?;
        let uid_validity = said.uid_validity.ok_or_else(|| {
            Error::unreadable(
                "SELECT",
                "the server names no UIDVALIDITY, so nobody can tell old mails from new ones",
            )
        })?;
        let Said { uid_next, exists, read_only, keywords_allowed, .. } = said;
        Ok(Selected { uid_validity, uid_next, exists, read_only, keywords_allowed })
    }

    /// The folders that can be opened, in the order of their names.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, Error> {
        let mut folders = Vec::new();
        let hear = |reply: &Reply<'_>| folders.extend(listed(reply));
        self.ask("LIST", r#"LIST "" "*""#.to_owned(), hear).await?;
        folders.sort_by(|one: &Folder, other| one.name.cmp(&other.name));
        folders.dedup_by(|one, other| one.name == other.name);
        Ok(folders)
    }
}

/// What the answer to a SELECT has said so far.
#[derive(Default)]
struct Said {
    uid_validity: Option<u32>,
    uid_next: Option<u32>,
    exists: u32,
    read_only: bool,
    keywords_allowed: bool,
}

impl Said {
    fn hear(&mut self, reply: &Reply<'_>) {
        let code = match &reply.parsed {
            Some(Response::MailboxData(MailboxDatum::Exists(count))) => return self.exists = *count,
            Some(Response::Data { outcome, .. } | Response::Done { outcome, .. }) => &outcome.code,
            _ => return,
        };
        match code {
            Some(ResponseCode::UidValidity(number)) => self.uid_validity = Some(*number),
            Some(ResponseCode::UidNext(number)) => self.uid_next = Some(*number),
            Some(ResponseCode::ReadOnly) => self.read_only = true,
            Some(ResponseCode::PermanentFlags(flags)) => {
                self.keywords_allowed = flags.iter().any(|flag| flag == "\\*");
            }
            _ => (),
        }
    }
}

/// The folder that a LIST response names, if it can be opened.
fn listed(reply: &Reply<'_>) -> Option<Folder> {
    let Some(Response::MailboxData(MailboxDatum::List(data))) = &reply.parsed else { return None };
    let closed = |attribute: &NameAttribute<'_>| match attribute {
        NameAttribute::NoSelect => true,
        // RFC 5258, 3.
        NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    };
    if data.name_attributes.iter().any(closed) {
        return None;
    }
    // The parser leaves the backslashes of a quoted name in it; a literal has none.
    let name = match reply.raw.ends_with(b"\"\r\n") {
        true => name::unquoted(&data.name),
        false => data.name.to_string(),
    };
    let has = |wanted: &[NameAttribute<'_>]| data.name_attributes.iter().any(|it| wanted.contains(it));
    let holds = match () {
        () if has(&[NameAttribute::Junk]) => Holds::Junk,
        () if has(&[NameAttribute::All, NameAttribute::Flagged]) => Holds::Others,
        () if has(&[NameAttribute::Drafts, NameAttribute::Sent]) => Holds::Own,
        () => Holds::Any,
    };
    Some(Folder { name: name::decode(&name).unwrap_or(name), holds })
}
