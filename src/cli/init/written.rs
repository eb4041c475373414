//! Owns the files that `init` makes: all of them, or none.
//! Never touches a file that is there.
//! On failure what was made before is taken away again.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::Failure;
use crate::io::key_file::for_its_owner_alone;

/// A file to be made.
#[derive(Debug)]
pub(super) struct NewFile {
    /// Where.
    pub(super) path: PathBuf,
    /// What it says.
    pub(super) text: String,
    /// Whether nobody but its owner may read it.
    pub(super) secret: bool,
    /// What it is for, for the person who asked for it.
    pub(super) what: &'static str,
}

/// Refuses when any of these is there already.
pub(super) fn refuse_to_overwrite<'a>(paths: impl Iterator<Item = &'a Path>) -> Result<(), Failure> {
    let there = paths.filter(|path| path.symlink_metadata().is_ok());
    let there: Vec<String> = there.map(|path| path.display().to_string()).collect();
    match there.as_slice() {
        [] => Ok(()),
        [one] => Err(Failure::Impossible(format!(
            "{one} is there already, and nothing was written: change it by hand, or move it away first"
        ))),
        several => Err(Failure::Impossible(format!(
            "{} are there already, and nothing was written: change them by hand, or move them away first",
            several.join(", ")
        ))),
    }
}

/// Makes all of them.
pub(super) fn make(files: &[NewFile]) -> Result<(), Failure> {
    refuse_to_overwrite(files.iter().map(|file| file.path.as_path()))?;
    for (number, file) in files.iter().enumerate() {
        if let Err(error) = one(file) {
            // What can't be removed either is at least whole.
            files.iter().take(number).for_each(|made| drop(fs::remove_file(&made.path)));
            return Err(Failure::Impossible(format!(
                "{} can't be written: {error}; nothing was kept",
                file.path.display()
            )));
        }
    }
    Ok(())
}

fn one(file: &NewFile) -> io::Result<()> {
    if let Some(directory) = file.path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(directory)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if file.secret {
        for_its_owner_alone(&mut options);
    }
    let written = options.open(&file.path)?.write_all(file.text.as_bytes());
    if written.is_err() {
        // Half a file is none.
        let _ = fs::remove_file(&file.path);
    }
    written
}
