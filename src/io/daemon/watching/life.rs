//! Owns the sign of life: a file that gets older once firebell stands still, is dead, or can't write its store. Whoever
//! watches from outside looks at its age.
//! On failure the file gets older too.

use std::path::PathBuf;

use super::super::Daemon;
use crate::io::service::LOOPS;
use crate::io::store::{Connection, health};

/// Its name in the data directory.
const NAME: &str = "firebell.alive";

/// The file, and how often the loops had gone round when it was last written.
pub(super) struct Life {
    file: Option<PathBuf>,
    beats: [u64; LOOPS],
}

impl Life {
    /// Of a store in a folder; one in memory has none.
    pub(super) async fn of(daemon: &Daemon) -> Self {
        let folder = daemon.writer.run(|store: &Connection| Ok(health::folder(store))).await;
        Self { file: folder.ok().flatten().map(|folder| folder.join(NAME)), beats: [u64::MAX; LOOPS] }
    }

    /// Writes it, if all loops went round and the store can be written.
    pub(super) fn looked(&mut self, daemon: &Daemon) {
        let beats = daemon.pulse.beats();
        let all = self.beats.iter().zip(&beats).all(|(before, now)| before != now);
        if let Some(file) = self.file.as_deref().filter(|_| all && daemon.writer.failing().is_none()) {
            self.beats = beats;
            if let Err(error) = std::fs::write(file, format!("{:.0}\n", daemon.clock.now())) {
                tracing::warn!("{}: {error}", file.display());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::daemon::step::tests::daemon;
    use crate::io::service::Loop;
    use crate::io::store::Store;

    /// Fault 138.
    #[tokio::test]
    async fn the_sign_of_life_is_given_while_every_loop_goes_round_and_not_when_one_stands_still() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("firebell.db")).unwrap();
        let book = crate::rehearsal::standard_cast().unwrap();
        let daemon = daemon(store, book, "2026-11-22T01:00:00Z".parse().unwrap());
        let (mut life, file) = (Life::of(&daemon).await, folder.path().join(NAME));
        let mut is_given = |loops: &[Loop]| {
            loops.iter().for_each(|one| daemon.pulse.beat(*one));
            let _ = std::fs::remove_file(&file);
            life.looked(&daemon);
            file.exists()
        };
        assert!(is_given(&[Loop::Step, Loop::Deliver]));
        assert!(!is_given(&[]) && !is_given(&[Loop::Deliver]));
        assert!(is_given(&[Loop::Step]));
    }
}
