//! Owns finding the files in which mail may be, and telling from a file's beginning what it is.
//! Never follows a link to a directory, and never opens what is no file: a pipe would keep us waiting.
//! On failure of a file or directory below the one asked for, it is among those skipped, with the reason.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::header::{self, Header};
use super::lines::Lines;
use super::mbox::{self, Index};
use super::{Entry, Error};

/// What is read at once of a file that is one mail: most headers fit.
const BUFFERED: usize = 8 << 10;
/// What mail servers keep beside the mails of a Maildir, by how its name begins.
const CONTROL: [&str; 5] = ["dovecot", "courier", "maildirfolder", "maildirsize", "subscriptions"];

/// What a walk found.
#[derive(Default)]
pub(super) struct Found {
    /// Files that may hold mail, in the order of their paths.
    pub(super) candidates: Vec<Candidate>,
    /// What was left out, each with the reason.
    pub(super) skipped: Vec<(PathBuf, String)>,
}

/// A file that may hold mail.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    place: Place,
}

/// Where a file was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// It is the one that was asked for.
    Named,
    /// In new/ or cur/ of a Maildir: it is a mail.
    Maildir,
    /// In another directory.
    Directory,
}

/// What a file is.
pub(super) enum Form {
    /// One mail.
    Mail(Entry),
    /// Mails one after the other.
    Mbox(Index),
    /// Something else, and why it is not taken.
    Neither(&'static str),
}

/// Finds the files at `path` and below it.
pub(super) fn find(path: &Path) -> Result<Found, Error> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::Missing(path.to_owned()),
        _ => Error::Unreadable { path: path.to_owned(), error },
    };
    let about = fs::metadata(path).map_err(unreadable)?;
    let mut found = Found::default();
    if !about.is_dir() {
        found.add(path.to_owned(), &about, Place::Named);
        return Ok(found);
    }
    fs::read_dir(path).map_err(unreadable)?;
    let mut directories = vec![path.to_owned()];
    while let Some(directory) = directories.pop() {
        found.visit(&directory, &mut directories);
    }
    found.candidates.sort();
    Ok(found)
}

/// A directory with new/ and cur/ (<https://cr.yp.to/proto/maildir.html>).
fn is_maildir(directory: &Path) -> bool {
    directory.join("new").is_dir() && directory.join("cur").is_dir()
}

impl Found {
    /// Adds the files of one directory; those below it go to `directories`.
    fn visit(&mut self, directory: &Path, directories: &mut Vec<PathBuf>) {
        let in_maildir = is_maildir(directory);
        for path in self.list(directory) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let linked = path.is_symlink();
            let about = match fs::metadata(&path) {
                Ok(about) => about,
                Err(_) if name.starts_with('.') => continue,
                Err(error) => {
                    self.skipped.push((path, format!("can't be read: {error}")));
                    continue;
                }
            };
            // A Maildir's folders are directories beside its new/ and cur/, `.Name` (Maildir++).
            let folder = in_maildir && is_maildir(&path);
            if name.starts_with('.') && !folder
                || in_maildir && name == "tmp"
                || in_maildir && CONTROL.iter().any(|control| name.starts_with(control))
            {
                continue;
            }
            if !about.is_dir() {
                self.add(path, &about, Place::Directory);
            } else if linked {
                self.skipped.push((path, "is a link to a directory: such are not followed".to_owned()));
            } else if in_maildir && (name == "new" || name == "cur") {
                self.add_mails(&path);
            } else {
                directories.push(path);
            }
        }
    }

    /// Adds what lies in new/ or cur/.
    fn add_mails(&mut self, directory: &Path) {
        for path in self.list(directory) {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                continue;
            }
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() => {
                    self.skipped.push((path, "is a directory among the mails of a Maildir".to_owned()));
                }
                Ok(about) => self.add(path, &about, Place::Maildir),
                Err(error) => self.skipped.push((path, format!("can't be read: {error}"))),
            }
        }
    }

    fn add(&mut self, path: PathBuf, about: &Metadata, place: Place) {
        if about.is_file() {
            self.candidates.push(Candidate { path, place });
        } else {
            self.skipped.push((path, "is no file".to_owned()));
        }
    }

    fn list(&mut self, directory: &Path) -> Vec<PathBuf> {
        let listed = fs::read_dir(directory)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
        listed.unwrap_or_else(|error| {
            self.skipped.push((directory.to_owned(), format!("can't be listed: {error}")));
            Vec::new()
        })
    }
}

impl Candidate {
    /// Reads what the file is, and where its mails are. Its place among the files is `file`.
    pub(super) fn form(&self, file: u32, tell: &mut dyn FnMut(u64)) -> io::Result<Form> {
        let opened = File::open(&self.path)?;
        let about = opened.metadata()?;
        let mut lines = Lines::of(opened, BUFFERED);
        let mut line = Vec::new();
        if !lines.next(&mut line)? {
            return Ok(Form::Neither("is empty"));
        }
        if self.place != Place::Maildir && line.starts_with(b"From ") {
            return mbox::index(&self.path, file, tell).map(Form::Mbox);
        }
        if !self.is_mail(&line) {
            return Ok(Form::Neither(
                "is neither an mbox, which begins with \"From \", nor named .eml, as one mail is",
            ));
        }
        let mut header = Header::default();
        while header.take(&line) && lines.next(&mut line)? {}
        let date = header.date().or_else(|| self.kept_at(&about));
        tell(about.len());
        Ok(Form::Mail(Entry { date, length: about.len(), file, number: 0, offset: 0 }))
    }

    fn is_mail(&self, first: &[u8]) -> bool {
        let named = self.path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
        match self.place {
            Place::Maildir => true,
            Place::Named => named || header::is_field(first),
            Place::Directory => named,
        }
    }

    /// When a mail without Date came: a Maildir's names begin with that, in seconds since 1970; else the time of its
    /// file.
    fn kept_at(&self, about: &Metadata) -> Option<Timestamp> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let seconds = name.split('.').next().and_then(|seconds| seconds.parse().ok());
        let seconds = seconds.filter(|_| self.place == Place::Maildir);
        let delivered = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        delivered.or_else(|| Timestamp::try_from(about.modified().ok()?).ok())
    }
}
