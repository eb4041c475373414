//! Owns the second relay: pages and words to the operator go by it once the first has not taken them for some time.
//! Everything else waits for the first.

use std::time::Duration;

use jiff::SignedDuration;
use tokio::task::JoinSet;

use super::usage::Usage;
use super::{Ended, Outage, claim, rest, send};
use crate::io::clock::moment;
use crate::io::daemon::{Daemon, Pace, Spare};
use crate::io::store::outbox::Way;

/// Connections to it at the same time.
const CONNECTIONS: usize = 2;

/// Its use.
pub(super) struct Lane {
    spare: Spare,
    usage: Usage,
    sending: JoinSet<Ended>,
}

impl Lane {
    /// None where the site has but one relay.
    pub(super) fn of(daemon: &Daemon) -> Option<Self> {
        let spare = daemon.spare.clone()?;
        let pace = Pace { connections: CONNECTIONS, per_minute: None };
        Some(Self { spare, usage: Usage::new(pace), sending: JoinSet::new() })
    }

    /// Sends what may go now. While the first relay is known to be out nothing waits for it any longer.
    pub(super) async fn go_on(&mut self, daemon: &Daemon, outage: &Outage) {
        while let Some(ended) = self.sending.try_join_next() {
            rest(&mut self.usage, ended);
        }
        let allowed = self.usage.allowed(self.sending.len(), moment());
        let after = Duration::try_from(self.spare.after).unwrap_or_default();
        let waits = if outage.lasts(after, moment()) { SignedDuration::ZERO } else { self.spare.after };
        match claim(daemon, allowed, Way::Spare(daemon.clock.now() - waits)).await {
            Ok(mails) => {
                for mail in mails {
                    tracing::info!("<{}> goes by the fallback relay", mail.message_id);
                    self.usage.begins(moment());
                    self.sending.spawn(send(daemon.clone(), self.spare.relay.clone(), mail));
                }
            }
            Err(error) => tracing::error!("delivery by the fallback relay goes on in a moment: {error}"),
        }
    }

    /// What has begun is ended.
    pub(super) async fn end(mut self) {
        while self.sending.join_next().await.is_some() {}
    }
}
