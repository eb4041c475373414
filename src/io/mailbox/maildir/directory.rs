//! Owns the directories of a Maildir: what they are, what is listed in them, and renaming a file into one for good.
//! Never makes a directory and never replaces a file.
//! On failure returns the operating system's error.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::name;

/// Where mails lie, in the order in which a mail wanders.
pub(super) const PLACES: [&str; 2] = ["new", "cur"];
/// How many other names are tried where a mail's name is taken.
const OTHER_NAMES: usize = 10;

/// Adds the files of a directory that may be mails: hidden ones are none, nor is what is no file.
pub(super) fn list(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        // One that is gone again has no type any more.
        if !hidden && entry.file_type().map_or(true, |kind| kind.is_file()) {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// When a file or directory was last changed.
pub(super) fn modified(path: &Path) -> io::Result<Timestamp> {
    let modified = fs::metadata(path)?.modified()?;
    Timestamp::try_from(modified).map_err(|error| io::Error::other(error.to_string()))
}

/// Renames a mail into the directory `cur`, so that it outlasts a power failure. A mail that has the name there
/// already is another one, and stays.
pub(super) fn rename(path: &Path, cur: &Path, name: &name::File) -> io::Result<()> {
    let mut to = cur.join(name.numbered(0));
    if to == path {
        return Ok(());
    }
    for number in 1..=OTHER_NAMES {
        if to.symlink_metadata().is_err() {
            break;
        }
        to = cur.join(name.numbered(number));
    }
    if to.symlink_metadata().is_ok() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    fs::rename(path, &to)?;
    File::open(cur)?.sync_all()?;
    path.parent().map_or(Ok(()), |from| File::open(from)?.sync_all())
}

/// Whether a directory has new/ and cur/.
pub(super) fn is_maildir(path: &Path) -> bool {
    PLACES.iter().all(|place| path.join(place).is_dir())
}

/// Why a path is no Maildir, in words for who configured it.
pub(super) fn fault(root: &Path) -> Option<String> {
    if root.starts_with("~") {
        return Some("`~` is known to shells only; write the whole path".to_owned());
    }
    let about = match fs::metadata(root) {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Some("no such directory; a Maildir is a directory with new/, cur/ and tmp/".to_owned());
        }
        Err(error) => return Some(format!("can't be read: {error}")),
    };
    if !about.is_dir() {
        return Some(
            "is a file; a mailbox is a Maildir, a directory with new/, cur/ and tmp/ (an mbox of old mails is \
             read by `firebell import`)"
                .to_owned(),
        );
    }
    if is_maildir(root) {
        return None;
    }
    let below = [root.join("Maildir"), root.join("mail")].into_iter().find(|path| is_maildir(path));
    let parent = root.parent().filter(|parent| is_maildir(parent));
    let meant = below.as_deref().or(parent).map(|path| format!("; did you mean {}?", path.display()));
    Some(format!("is no Maildir: it has no new/ and cur/{}", meant.unwrap_or_default()))
}
