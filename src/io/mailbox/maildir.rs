//! Owns a Maildir that people read too (<https://cr.yp.to/proto/maildir.html>): what lies in it, a mail's bytes, and
//! what is done with a mail that the store has. Mail programs rename files at any time; there are no locks.
//! Never writes into a mail, never deletes one, never makes a directory. Everything blocks.
//! On failure the error says what to do; a mail that somebody removed is no failure.

mod directory;
mod name;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::config::remote::After;
use directory::{PLACES, is_maildir};

/// How coarse the times of a file system may be: a directory changed more recently may change again unseen.
const COARSE: SignedDuration = SignedDuration::from_secs(2);
/// How often both directories are looked through before a mail counts as gone: a listing may miss a file that is
/// renamed meanwhile (POSIX, readdir).
const LOOKS: usize = 3;
/// How often a file that was renamed once more is sought again.
const ATTEMPTS: usize = 10;

/// Why the Maildir, or a mail in it, could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was configured is no Maildir.
    #[error("{}: {why}", .path.display())]
    NoMaildir {
        /// What was configured.
        path: PathBuf,
        /// What it is, and what to do.
        why: String,
    },
    /// The folder to which mails are to be moved isn't there. It is never made: who may read it is not ours to say.
    #[error(
        "no folder `{folder}`: {path} is no Maildir; make the folder in a mail program, or with \
         `maildirmake.dovecot {path}`", path = .path.display()
    )]
    NoFolder {
        /// The folder as configured.
        folder: String,
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A mail can't be renamed from one file system to another.
    #[error(
        "{}: lies on another file system than the Maildir; name a folder on the same one", .0.display()
    )]
    OtherFileSystem(PathBuf),
    /// The mail was renamed each time before it could be opened.
    #[error("mail {0} is renamed all the time; another program must be at odds with itself")]
    Restless(String),
    /// The operating system's words.
    #[error("{}: {error}", .path.display())]
    Failed {
        /// What it was about.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
}

/// A mail that lies in the Maildir.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The unique part of its file's name, before `:2,`: the same as long as the mail is there. Bytes that are no
    /// UTF-8 are written `/ff`, which no file's name can hold.
    pub name: String,
    /// When it was delivered: when its file was written, which renaming keeps; where the file system can't say, what
    /// its name says.
    pub arrived: Timestamp,
}

/// What reading a mail gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Its bytes, up to the limit.
    Mail(Vec<u8>),
    /// Somebody has removed it.
    Gone,
}

/// A directory with new/ and cur/.
#[derive(Debug)]
pub struct Maildir {
    root: PathBuf,
    /// Files by unique name, as last seen.
    files: BTreeMap<String, PathBuf>,
    /// When new/ and cur/ had last changed at the last look, if nothing can have changed unseen since.
    seen: Option<[Timestamp; 2]>,
}

impl Maildir {
    /// Opens the Maildir at `root`, which must be there.
    pub fn open(root: &Path) -> Result<Self, Error> {
        if let Some(why) = directory::fault(root) {
            return Err(Error::NoMaildir { path: root.to_owned(), why });
        }
        for place in PLACES {
            let path = root.join(place);
            fs::read_dir(&path).map_err(|error| Error::Failed { path, error })?;
        }
        Ok(Self { root: root.to_owned(), files: BTreeMap::new(), seen: None })
    }

    /// All mails, oldest first. None when nothing has changed since the last call. A mail that is renamed at that very
    /// moment may be missing, and is in the next list.
    pub fn names(&mut self, now: Timestamp) -> Result<Option<Vec<Listed>>, Error> {
        let changed = [self.changed("new")?, self.changed("cur")?];
        if self.seen == Some(changed) {
            return Ok(None);
        }
        let (mut files, mut arrivals, mut complete) = (BTreeMap::new(), BTreeMap::new(), true);
        for path in self.files()? {
            let name = name::unique(&path);
            let at = match directory::modified(&path) {
                Ok(at) => at,
                // Renamed since it was listed: this look has perhaps missed it.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    complete = false;
                    continue;
                }
                Err(_) => name::seconds(&name).unwrap_or(now),
            };
            arrivals.insert(name.clone(), at);
            files.insert(name, path);
        }
        let settled = changed.iter().all(|changed| now.duration_since(*changed) >= COARSE);
        self.seen = (settled && complete).then_some(changed);
        self.files = files;
        let listed = arrivals.into_iter().map(|(name, arrived)| Listed { name, arrived });
        let mut listed: Vec<Listed> = listed.collect();
        listed.sort_by_key(|mail| mail.arrived);
        Ok(Some(listed))
    }

    /// The bytes of a mail, at most `limit` of them. One that was moved or flagged since it was listed is found.
    pub fn read(&self, name: &str, limit: usize) -> Result<Fetched, Error> {
        let read = |path: &Path| {
            let mut bytes = Vec::new();
            File::open(path)?.take(limit as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        Ok(self.at(name, read)?.map_or(Fetched::Gone, Fetched::Mail))
    }

    /// Does what is to be done with a mail that the store has. One that is gone, or has it done already, is left
    /// alone. When this has returned, it outlasts a power failure.
    pub fn settle(&self, name: &str, after: &After) -> Result<(), Error> {
        let (target, renamed): (PathBuf, fn(&Path) -> name::File) = match after {
            After::Leave => return Ok(()),
            After::Flag => (self.root.clone(), name::flagged),
            After::Move(folder) => (self.folder(folder)?, name::kept),
        };
        let cur = target.join("cur");
        let moved = self.at(name, |path| directory::rename(path, &cur, &renamed(path)));
        match moved {
            Err(Error::Failed { error, .. }) if error.kind() == ErrorKind::CrossesDevices => {
                Err(Error::OtherFileSystem(target))
            }
            other => other.map(drop),
        }
    }

    /// The Maildir of a folder, as Maildir++ has it: `Handled` is `.Handled` in the account's Maildir, `A/B` is
    /// `.A.B`. A whole path is taken as it is.
    pub fn folder(&self, folder: &str) -> Result<PathBuf, Error> {
        let path = if Path::new(folder).is_absolute() {
            PathBuf::from(folder)
        } else {
            self.account().join(format!(".{}", folder.trim_start_matches('.').replace('/', ".")))
        };
        if is_maildir(&path) { Ok(path) } else { Err(Error::NoFolder { folder: folder.to_owned(), path }) }
    }

    /// The Maildir in which folders lie: this one, or the one whose folder this is.
    fn account(&self) -> &Path {
        let name = self.root.file_name().unwrap_or_default();
        let parent = self.root.parent().filter(|_| name.to_string_lossy().starts_with('.'));
        parent.filter(|parent| is_maildir(parent)).unwrap_or(&self.root)
    }

    /// Does something with the file of a mail, wherever it is by now. None when it is nowhere.
    fn at<T>(&self, name: &str, act: impl Fn(&Path) -> io::Result<T>) -> Result<Option<T>, Error> {
        let mut known = self.files.get(name).cloned();
        for _ in 0..ATTEMPTS {
            let path = match known.take() {
                Some(path) => path,
                None => match self.find(name)? {
                    Some(path) => path,
                    None => return Ok(None),
                },
            };
            match act(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => (),
                Err(error) => return Err(Error::Failed { path, error }),
                Ok(done) => return Ok(Some(done)),
            }
        }
        Err(Error::Restless(name.to_owned()))
    }

    fn find(&self, name: &str) -> Result<Option<PathBuf>, Error> {
        for _ in 0..LOOKS {
            let found = self.files()?.into_iter().find(|path| name::unique(path) == name);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Files with mails: those in new/, then those in cur/, so that a mail that is moved meanwhile is seen twice and
    /// not missed. Hidden files are none, nor is what is no file.
    fn files(&self) -> Result<Vec<PathBuf>, Error> {
        let mut files = Vec::new();
        for place in PLACES {
            let directory = self.root.join(place);
            directory::list(&directory, &mut files)
                .map_err(|error| Error::Failed { path: directory, error })?;
        }
        Ok(files)
    }

    fn changed(&self, place: &str) -> Result<Timestamp, Error> {
        let path = self.root.join(place);
        directory::modified(&path).map_err(|error| Error::Failed { path, error })
    }
}
