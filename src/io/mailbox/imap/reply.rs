//! Owns reading one response: its bytes, what the parser makes of them, its words for people.
//! Never fails: a response that the parser can't read is still there as bytes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use imap_proto::{Response, Status};

use super::wire::is_data;
use crate::incident::words::one_line;

/// One response of the server.
pub(super) struct Reply<'a> {
    /// As it came, line end included.
    pub(super) raw: &'a [u8],
    /// What it says; none when the parser can't read it.
    pub(super) parsed: Option<Response<'a>>,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// Done.
    Ok,
    /// Refused with these words, the response code included: `[TRYCREATE] No such mailbox`.
    No(String),
    /// Not understood, with these words.
    Bad(String),
}

impl<'a> Reply<'a> {
    /// Reads a response. The parser panics on some (`INTERNALDATE NIL`, a response code with an accented letter right
    /// behind it), and no server may end the loop that fetches.
    pub(super) fn read(raw: &'a [u8]) -> Self {
        let parsed = catch_unwind(AssertUnwindSafe(|| Response::parse(raw)));
        let parsed = parsed.ok().and_then(Result::ok);
        Self { raw, parsed: parsed.filter(|(rest, _)| rest.is_empty()).map(|(_, response)| response) }
    }

    /// How the command of this tag ended, if this is its end.
    pub(super) fn end_of(&self, tag: &str) -> Option<End> {
        // Read without the parser: no response code, however odd, may hide the end of a command.
        let words = self.raw.starts_with(tag.as_bytes()).then(|| self.words())?;
        let (_, rest) = words.split_once(' ').filter(|(first, _)| *first == tag)?;
        let (status, words) = rest.split_once(' ').unwrap_or((rest, ""));
        match status.to_ascii_uppercase().as_str() {
            "OK" => Some(End::Ok),
            "NO" => Some(End::No(words.to_owned())),
            _ => Some(End::Bad(words.to_owned())),
        }
    }

    /// The server's farewell, if this is it.
    pub(super) fn bye(&self) -> Option<String> {
        let bye = self.raw.get(..5).is_some_and(|head| head.eq_ignore_ascii_case(b"* BYE"));
        bye.then(|| self.words().chars().skip(5).collect::<String>().trim_start().to_owned())
    }

    /// Whether it asks for the next part of a command.
    pub(super) fn goes_on(&self) -> bool {
        self.raw.starts_with(b"+")
    }

    /// Whether it is data that the parser can't read. Untagged words that it can't read are no loss.
    pub(super) fn is_lost(&self) -> bool {
        self.parsed.is_none() && is_data(self.raw)
    }

    /// What the server wants people to see (RFC 9051, 7.1, ALERT).
    pub(super) fn alert(&self) -> Option<String> {
        let Some(Response::Data { status: Status::Ok | Status::No | Status::Bad, outcome }) = &self.parsed
        else {
            return None;
        };
        let alert = matches!(outcome.code, Some(imap_proto::ResponseCode::Alert));
        alert.then(|| one_line(outcome.information.as_deref().unwrap_or_default()))
    }

    /// Its beginning as one printable line.
    pub(super) fn words(&self) -> String {
        let head = self.raw.get(..self.raw.len().min(2 * WORDS)).unwrap_or_default();
        one_line(&String::from_utf8_lossy(head)).chars().take(WORDS).collect()
    }
}

/// Most characters of the server's words that are kept.
pub(super) const WORDS: usize = 400;
