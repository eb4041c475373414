//! Owns taking over a changed configuration while firebell runs: all of it, or with a mistake nothing.
//! On failure the old one stays, and the operator is told once what is wrong.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::book::Book;
use crate::config::checks;
use crate::house::HouseFact;
use crate::io::daemon::{self, Daemon};
use crate::io::files::{self, Loaded, Look};
use crate::token::Keys;

/// How often the files are looked at. What looks the same twice in a row is taken to be written to its end.
const EVERY: Duration = Duration::from_secs(1);

/// The configuration's files, and what became of the last edit.
#[derive(Debug)]
pub(super) struct Edits {
    config: PathBuf,
    book: watch::Sender<Arc<Book>>,
    seen: Seen,
    /// The mistakes that the operator has been told of.
    told: Option<String>,
}

/// What was seen of the files.
#[derive(Debug, Default)]
struct Seen {
    /// What they looked like when they were last read.
    read: Look,
    /// What they looked like last.
    last: Look,
}

impl Seen {
    /// Whether they were changed since they were read, and nobody is writing any more.
    fn is_edited(&mut self, look: Look) -> bool {
        let settled = look == self.last;
        self.last = look;
        settled && self.last != self.read
    }
}

impl Edits {
    /// Of a configuration that was read just now.
    pub(super) fn of(config: PathBuf, book: watch::Sender<Arc<Book>>) -> Self {
        let read = files::look(&config);
        Self { config, book, seen: Seen { last: read.clone(), read }, told: None }
    }

    /// Returns once the files were changed.
    pub(super) async fn made(&mut self) {
        loop {
            tokio::time::sleep(EVERY).await;
            if self.seen.is_edited(files::look(&self.config)) {
                return;
            }
        }
    }

    /// Reads the configuration anew. Its rules must pass their own tests.
    pub(super) async fn reload(&mut self, daemon: &Daemon) {
        let look = files::look(&self.config);
        self.seen = Seen { last: look.clone(), read: look };
        let mistakes = match files::load(&self.config, Keys::for_rehearsal()) {
            Ok(Loaded { no_key: Some(no_key), .. }) => vec![no_key],
            Ok(Loaded { config, no_key: None }) => match checks::failures(&config.book) {
                failed if failed.is_empty() => return self.take_over(config.book, daemon).await,
                failed => failed,
            },
            Err(mistakes) => mistakes,
        };
        let mistakes = mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        if self.told.as_ref() == Some(&mistakes) {
            return;
        }
        tracing::error!("the changed configuration has mistakes, the old one stays");
        mistakes.lines().for_each(|mistake| tracing::error!("{mistake}"));
        let refused = HouseFact::ReloadRefused { mistakes: mistakes.clone() };
        match daemon::note(daemon, refused).await {
            Ok(()) => self.told = Some(mistakes),
            Err(error) => tracing::error!("the operator could not be told: {error}"),
        }
    }

    async fn take_over(&mut self, book: Book, daemon: &Daemon) {
        self.told = None;
        let _ = self.book.send(Arc::new(book));
        if let Err(error) = daemon::look_again(daemon).await {
            tracing::error!("what is quiet could not be looked at again: {error}");
        }
        tracing::info!("the configuration was read anew; mailbox and relay change at the next start only");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(size: u64) -> Look {
        [(PathBuf::from("firebell.toml"), (None, size))].into()
    }

    #[test]
    fn an_edit_counts_once_nobody_writes_any_more() {
        let mut seen = Seen { read: looks(1), last: looks(1) };
        assert!(!seen.is_edited(looks(1)));
        assert!(!seen.is_edited(looks(2)));
        assert!(!seen.is_edited(looks(3)));
        assert!(seen.is_edited(looks(3)));
        assert!(!seen.is_edited(looks(1)));
        assert!(!seen.is_edited(looks(1)), "an edit that was taken back is none");
    }

    #[test]
    fn a_file_that_comes_or_goes_is_seen() {
        let home = tempfile::tempdir().unwrap();
        let main = home.path().join("firebell.toml");
        std::fs::write(&main, "").unwrap();
        let nothing = files::look(&main);
        for (folder, name) in [("rules", "a.toml"), ("rules/alerts", "a.toml"), ("rules/lists", "a.txt")] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
            let file = home.path().join(folder).join(name);
            std::fs::write(&file, "x").unwrap();
            assert_eq!(files::look(&main).len(), 2, "{folder}/{name}");
            std::fs::remove_file(file).unwrap();
            assert_eq!(files::look(&main), nothing);
        }
    }
}
