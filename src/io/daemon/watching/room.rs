//! Owns whether the disk of the store has room: the operator hears of it while there still is some.

use std::path::{Path, PathBuf};

use super::super::Daemon;
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::io::disk;
use crate::io::store::{Connection, find, health};

/// The disk of the store.
pub(super) struct Room {
    folder: Option<PathBuf>,
    said: bool,
}

impl Room {
    /// As it was last said to be.
    pub(super) async fn of(daemon: &Daemon) -> Self {
        let look = |store: &Connection| {
            let said = find::house(store)?.troubles.goes_on(Kind::Disk, "");
            Ok(Self { folder: health::folder(store), said })
        };
        daemon.writer.run(look).await.unwrap_or(Self { folder: None, said: false })
    }

    /// What there is to say, if less than so many bytes are free, or enough again.
    pub(super) fn looked(&mut self, wanted: u64) -> Option<HouseFact> {
        let free = disk::free(self.folder.as_deref()?)?;
        self.found(free, wanted)
    }

    /// It is over once there is a tenth more than wanted: what goes up and down around the limit is one trouble.
    fn found(&mut self, free: u64, wanted: u64) -> Option<HouseFact> {
        let limit = if self.said { wanted.saturating_add(wanted / 10) } else { wanted };
        let scarce = free < limit;
        if scarce == self.said {
            return None;
        }
        self.said = scarce;
        Some(match scarce {
            true => HouseFact::began(Kind::Disk, "", &self.words(free, wanted)),
            false => HouseFact::over(Kind::Disk, ""),
        })
    }

    fn words(&self, free: u64, wanted: u64) -> String {
        let folder = self.folder.as_deref().unwrap_or(Path::new("")).display();
        format!("{} MiB are free for {folder}, less than {} MiB: make room there", free >> 20, wanted >> 20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fills_is_said_once_while_there_is_room_and_so_is_its_end() {
        let mut room = Room { folder: Some("/data".into()), said: false };
        let gigabyte = 1 << 30;
        let mut said = Vec::new();
        for free in [2000, 1024, 1023, 500, 1030, 1023, 1127, 1200, 900] {
            said.extend(room.found(free << 20, gigabyte).map(|fact| (free, fact.line())));
        }
        let began = |free: u64| {
            let room = format!("{free} MiB are free for /data, less than 1024 MiB: make room there");
            (free, format!("the disk of the store is filling: {room}"))
        };
        let over = (1127, "the disk of the store has room again".to_owned());
        assert_eq!(said, [began(1023), over, began(900)]);
    }
}
