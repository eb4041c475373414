//! Owns reading what somebody kept: an mbox, a Maildir, a folder of `.eml` files, one mail. First an index of all
//! mails in the order of their dates, then each mail by itself.
//! Never holds a whole mbox in memory, and never judges a mail.
//! On failure of one file the others go on, and [`Archive::skipped`] says why.

mod dates;
mod header;
mod lines;
mod mbox;
#[cfg(test)]
mod tests;
mod walk;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Largest mail that is read whole, in bytes.
pub const LARGEST: usize = 50 * 1024 * 1024;
/// Open files kept for the next mail of the same mbox.
const KEPT_OPEN: usize = 8;
/// Least bytes between two calls to tell how far reading has come.
const PROGRESS: u64 = 1 << 20;

/// Why there is nothing to import, or a mail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is at the path.
    #[error("{}: no such file or directory", .0.display())]
    Missing(PathBuf),
    /// The operating system's words.
    #[error("{}: can't be read: {error}", .path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Nothing in there is a mail.
    #[error(
        "{}: no mail in there{}. Taken are an mbox (a file that begins with \"From \"), a Maildir (a directory \
         with new/ and cur/), a directory of .eml files, and one .eml file",
        .path.display(), first_reason(.skipped)
    )]
    NoMail {
        /// Where mail was looked for.
        path: PathBuf,
        /// What was there instead, each with the reason.
        skipped: Vec<(PathBuf, String)>,
    },
    /// The file is not what it was when the index was made.
    #[error("{}: was changed or moved while it was being imported; import it again", .0.display())]
    Changed(PathBuf),
}

fn first_reason(skipped: &[(PathBuf, String)]) -> String {
    skipped.first().map(|(path, why)| format!(" ({}: {why})", path.display())).unwrap_or_default()
}

/// One mail of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When it was written, by its Date; without a usable one, when it was delivered or kept. None in an mbox
    /// that doesn't say.
    pub date: Option<Timestamp>,
    /// Bytes that it takes in its file, quoting included.
    pub length: u64,
    /// Which of the files, counted from 0.
    file: u32,
    /// Place among the mails of its mbox, counted from 1; 0 for a file that is one mail.
    number: u32,
    /// Byte of the file at which it begins, after the From_ line.
    offset: u64,
}

/// All mails found at a path.
#[derive(Debug)]
pub struct Archive {
    /// The mails in the order of their dates. One without a date stays beside its neighbour in the file.
    pub entries: Vec<Entry>,
    /// Size of all files with mails together, in bytes.
    pub bytes: u64,
    /// Files that were not taken, each with the reason.
    pub skipped: Vec<(PathBuf, String)>,
    files: Vec<Kept>,
    open: Mutex<Vec<(u32, File)>>,
}

/// A file with mails.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    /// Whether lines of the form `>From ` were quoted when it was written.
    quoted: bool,
}

/// Makes the index of all mails at `path`, in one pass over the files. `progress` is told how many bytes have been
/// gone through so far.
pub fn open(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<Archive, Error> {
    let found = walk::find(path)?;
    let mut archive = Archive {
        entries: Vec::new(),
        bytes: 0,
        skipped: found.skipped,
        files: Vec::new(),
        open: Mutex::new(Vec::new()),
    };
    let mut told = 0;
    let mut tell = |read: u64| {
        if read >= told + PROGRESS {
            told = read;
            progress(read);
        }
    };
    for candidate in found.candidates {
        archive.index(candidate, &mut tell);
    }
    progress(archive.bytes);
    if archive.entries.is_empty() {
        return Err(Error::NoMail { path: path.to_owned(), skipped: archive.skipped });
    }
    archive.skipped.sort();
    archive.entries = in_order(archive.entries);
    Ok(archive)
}

impl Archive {
    /// Adds one file's mails to the index, or the file to those skipped.
    fn index(&mut self, candidate: walk::Candidate, tell: &mut dyn FnMut(u64)) {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        let before = self.bytes;
        let quoted = match candidate.form(file, &mut |read| tell(before + read)) {
            Ok(walk::Form::Mail(entry)) => {
                self.bytes += entry.length;
                self.entries.push(entry);
                false
            }
            Ok(walk::Form::Mbox(index)) => {
                self.bytes += index.bytes;
                self.entries.extend(index.entries);
                if index.empty > 0 {
                    let why = format!("{} of its mails are empty", index.empty);
                    self.skipped.push((candidate.path.clone(), why));
                }
                index.quoted
            }
            Ok(walk::Form::Neither(why)) => return self.skipped.push((candidate.path, why.to_owned())),
            Err(error) => return self.skipped.push((candidate.path, format!("can't be read: {error}"))),
        };
        self.files.push(Kept { path: candidate.path, quoted });
    }

    /// What a mail is called: its path, for an mbox `path:N`, where N is its place in the file, from 1.
    pub fn name(&self, entry: &Entry) -> String {
        let path = self.kept(entry).map(|kept| kept.path.display().to_string()).unwrap_or_default();
        if entry.number == 0 { path } else { format!("{path}:{}", entry.number) }
    }

    /// The bytes of a mail as it was delivered: without From_ line, quoting undone, line ends as they are. Of a mail
    /// above [`LARGEST`] one byte more than that is given, as it stands: by it `message` sees, and says, that the mail
    /// is too large.
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>, Error> {
        let Some(kept) = self.kept(entry) else { return Err(Error::Changed(PathBuf::new())) };
        let wanted = entry.length.min(LARGEST as u64 + 1);
        let raw = self.bytes_of(entry, kept, wanted).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Changed(kept.path.clone()),
            _ => Error::Unreadable { path: kept.path.clone(), error },
        })?;
        if (raw.len() as u64) < wanted {
            return Err(Error::Changed(kept.path.clone()));
        }
        let whole = raw.len() <= LARGEST;
        Ok(if kept.quoted && whole { mbox::unquoted(raw) } else { raw })
    }

    fn bytes_of(&self, entry: &Entry, kept: &Kept, wanted: u64) -> io::Result<Vec<u8>> {
        let mut raw = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
        if entry.number == 0 {
            File::open(&kept.path)?.take(wanted).read_to_end(&mut raw)?;
            return Ok(raw);
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match open.iter().position(|(number, _)| *number == entry.file) {
            Some(place) => open.remove(place).1,
            None => File::open(&kept.path)?,
        };
        file.seek(SeekFrom::Start(entry.offset))?;
        (&file).take(wanted).read_to_end(&mut raw)?;
        open.insert(0, (entry.file, file));
        open.truncate(KEPT_OPEN);
        Ok(raw)
    }

    fn kept(&self, entry: &Entry) -> Option<&Kept> {
        self.files.get(usize::try_from(entry.file).ok()?)
    }
}

/// The entries by date. One without takes the place of the one before it, the first ones of the one after them.
fn in_order(entries: Vec<Entry>) -> Vec<Entry> {
    let mut last = entries.iter().find_map(|entry| entry.date).unwrap_or(Timestamp::MIN);
    let mut keyed: Vec<(Timestamp, Entry)> = Vec::with_capacity(entries.len());
    for entry in entries {
        last = entry.date.unwrap_or(last);
        keyed.push((last, entry));
    }
    keyed.sort_by_key(|(date, _)| *date);
    keyed.into_iter().map(|(_, entry)| entry).collect()
}
