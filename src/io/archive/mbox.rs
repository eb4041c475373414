//! Owns the mbox family: mboxo, mboxrd, mboxcl, mboxcl2 (qmail's mbox(5), RFC 4155), told apart by what is in the file.
//! Own code because mail-parser's iterator splits at every `From `, has no offsets and doesn't know Content-Length.
//! Never holds more than a line in memory.
//! On failure returns the operating system's error.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::header::Header;
use super::lines::{self, Lines};
use super::{Entry, dates};

/// What is read at once.
const BUFFERED: usize = 128 << 10;
/// What is looked at where a Content-Length says that a mail ends: empty lines and a From_ line.
const LOOKED_AT: u64 = 1024;
/// Lines between two tellings of how far it has come.
const LINES: u32 = 4096;

/// The mails of one mbox.
pub(super) struct Index {
    pub(super) entries: Vec<Entry>,
    /// Size of the file.
    pub(super) bytes: u64,
    /// Whether `>From ` was `From ` once. Not so in mboxcl2, which is known by a bare `From ` in a counted body.
    pub(super) quoted: bool,
    /// How many mails had no byte, and are left out.
    pub(super) empty: usize,
}

/// Goes once through the mbox at `path`, whose place among the files is `file`.
pub(super) fn index(path: &Path, file: u32, tell: &mut dyn FnMut(u64)) -> io::Result<Index> {
    let opened = File::open(path)?;
    let size = opened.metadata()?.len();
    let mut lines = Lines::of(opened, BUFFERED);
    let index = Index { entries: Vec::new(), bytes: size, quoted: true, empty: 0 };
    let mut scan = Scan { file, size, probe: File::open(path)?, mail: None, gap: 0, number: 0, index };
    let (mut line, mut start, mut count) = (Vec::new(), 0, 0u32);
    while lines.next(&mut line)? {
        scan.take(&line, start, lines.at)?;
        start = lines.at;
        count = count.wrapping_add(1);
        if count.is_multiple_of(LINES) {
            tell(start);
        }
    }
    scan.index.bytes = start;
    scan.end(start - scan.gap);
    Ok(scan.index)
}

/// An mbox as far as it has been read.
struct Scan {
    file: u32,
    /// Length of the file when reading began.
    size: u64,
    /// The same file, to look ahead.
    probe: File,
    /// The mail that is being read.
    mail: Option<Mail>,
    /// Length of the line before, if that was empty, else 0.
    gap: u64,
    number: u32,
    index: Index,
}

/// A mail whose end is not known yet.
struct Mail {
    entry: Entry,
    state: State,
}

/// Where in a mail the scan is.
enum State {
    Header(Header),
    Body,
    /// In a body whose length is known: where it ends, and where the next From_ line or the end of the file is.
    Counted {
        end: u64,
        next: u64,
    },
}

impl Scan {
    /// Takes in the line from byte `start` to `after`.
    fn take(&mut self, line: &[u8], start: u64, after: u64) -> io::Result<()> {
        let counted = match &self.mail {
            Some(Mail { state: State::Counted { end, next }, .. }) => Some((*end, *next)),
            _ => None,
        };
        let (bare, gap) = (line.starts_with(b"From "), self.gap);
        self.gap = if lines::is_empty(line) { line.len() as u64 } else { 0 };
        match counted {
            Some((end, next)) if start < next => {
                if bare && gap > 0 && start < end {
                    self.index.quoted = false;
                }
                return Ok(());
            }
            Some(_) => (),
            None if bare && (gap > 0 || start == 0) => (),
            None => return self.within(line, after),
        }
        let date = dates::of_from_line(line);
        if date.is_none() && start > 0 {
            return self.within(line, after);
        }
        self.end(start - gap);
        self.number += 1;
        let date = date.filter(dates::is_usable);
        let entry = Entry { date, length: 0, file: self.file, number: self.number, offset: after };
        self.mail = Some(Mail { entry, state: State::Header(Header::default()) });
        Ok(())
    }

    /// A line that belongs to the mail being read.
    fn within(&mut self, line: &[u8], after: u64) -> io::Result<()> {
        let Some(mail) = &mut self.mail else { return Ok(()) };
        let State::Header(header) = &mut mail.state else { return Ok(()) };
        if header.take(line) {
            return Ok(());
        }
        mail.entry.date = header.date().or(mail.entry.date);
        let end = header.body().and_then(|length| after.checked_add(length));
        mail.state = match end.filter(|end| lines::is_empty(line) && *end <= self.size) {
            Some(end) => match follows(&mut self.probe, end, self.size)? {
                Some(next) => State::Counted { end, next },
                None => State::Body,
            },
            None => State::Body,
        };
        Ok(())
    }

    /// Ends the mail being read, at byte `end` if it didn't say so itself. The empty line before a From_ line, or at
    /// the end of the file, belongs to the mbox.
    fn end(&mut self, end: u64) {
        let Some(Mail { mut entry, state }) = self.mail.take() else { return };
        let end = match state {
            State::Counted { end, .. } => end,
            State::Header(header) => {
                entry.date = header.date().or(entry.date);
                end
            }
            State::Body => end,
        };
        entry.length = end.saturating_sub(entry.offset);
        match entry.length {
            0 => self.index.empty += 1,
            _ => self.index.entries.push(entry),
        }
    }
}

/// A Content-Length is believed where an empty line and a From_ line follow the body, or nothing more. Gives where
/// the From_ line, or the end of the file, is.
fn follows(file: &mut File, end: u64, size: u64) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(end))?;
    let mut ahead = Vec::new();
    file.take(LOOKED_AT).read_to_end(&mut ahead)?;
    let empty = ahead.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let next = end + empty as u64;
    let seen = ahead.get(empty..).unwrap_or_default();
    let line = seen.split_inclusive(|byte| *byte == b'\n').next();
    let believed = match line {
        None => next >= size,
        Some(line) => {
            let whole = line.ends_with(b"\n") || next + line.len() as u64 >= size;
            let lines = ahead.get(..empty).is_some_and(|gap| gap.ends_with(b"\n"));
            lines && whole && dates::of_from_line(line).is_some()
        }
    };
    Ok(believed.then_some(next))
}

/// Undoes the quoting: a line of `>From `, whatever number of `>` it begins with, loses one. So mboxrd wrote it; an
/// mboxo can't be told from it.
pub(super) fn unquoted(raw: Vec<u8>) -> Vec<u8> {
    let mut plain = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let quoted = line.strip_prefix(b">").filter(|rest| {
            let marks = rest.iter().take_while(|byte| **byte == b'>').count();
            rest.get(marks..).is_some_and(|rest| rest.starts_with(b"From "))
        });
        plain.extend_from_slice(quoted.unwrap_or(line));
    }
    plain
}
