//! Owns `firebell backup`: a copy of the store, made while firebell runs.

use std::path::{Path, PathBuf};

use super::output::{self, NAME, paint};
use super::{End, Failure, site};
use crate::io::store::health;

/// Copies the store into a file, while firebell runs or not, and looks through the copy
///
/// The copy is one file, as the store was at one moment. Everything is in it but the configuration and the key.
/// To go back to it: stop firebell, move `firebell.db`, `firebell.db-wal` and `firebell.db-shm` in the data directory away,
/// and put the copy in their place as `firebell.db`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell backup /var/backups/firebell-$(date +%F).db

Next:     keep it where nobody else may read it: all mails are in it. Keep firebell.key too, but not beside it.")]
pub(super) struct Arguments {
    /// The file; it must not be there yet
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

/// Copies.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let to = &arguments.to;
    if to.symlink_metadata().is_ok() {
        let there = format!("{} is there already: name another file, or move it away first", to.display());
        return Err(Failure::Impossible(there));
    }
    site::store_to_read(&config)?.read(|connection| health::backup(connection, to))?;
    let size = to.metadata().map_or(0, |file| file.len());
    output::print(&format!(
        "{}: {} KiB, looked through\n",
        paint(NAME, &to.display().to_string()),
        size >> 10
    ))?;
    Ok(End::Done)
}
