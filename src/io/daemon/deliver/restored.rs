//! Owns that nothing is sent while mailboxes are gone through again: what has recovered since the copy of the store was made
//! is not to be paged before firebell has read so.

use std::time::Duration;

use tokio::sync::watch;

use super::super::{Daemon, stopped};
use crate::io::service::Loop;
use crate::io::store::{find, restore};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);

/// Waits until they are gone through, five minutes at most.
pub(super) async fn wait(daemon: &Daemon, stop: &watch::Receiver<bool>) {
    let house = daemon.writer.run(find::house).await;
    let Some(until) = house.ok().and_then(|house| house.restored.waits_until()) else { return };
    while daemon.clock.now() < until && !*stop.borrow() {
        daemon.pulse.beat(Loop::Deliver);
        if matches!(daemon.writer.run(restore::goes_on).await, Ok(false)) {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = stopped(stop.clone()) => {}
        }
    }
}
