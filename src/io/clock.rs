//! Owns the one clock: the world's, or a story's that somebody else moves on.

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

/// A moment from which rests and limits are counted: it goes on evenly whatever is done to the computer's clock.
pub fn moment() -> Instant {
    Instant::now()
}

/// What time it is. Truncated to milliseconds, as the store keeps it.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The computer's clock.
    World,
    /// A clock that stands until it is moved.
    Story(watch::Receiver<Timestamp>),
}

impl Clock {
    /// The time now.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the computer for the time"
    )]
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::World => Timestamp::now(),
            Self::Story(time) => *time.borrow(),
        };
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// Returns at `until`, or when a story's clock has moved; for ever when there is nothing to wait for.
    pub async fn wait(&mut self, until: Option<Timestamp>) {
        let now = self.now();
        match (self, until) {
            (Self::World, Some(until)) => {
                let wait = until.duration_since(now);
                tokio::time::sleep(wait.try_into().unwrap_or_default()).await;
            }
            (Self::World, None) => std::future::pending().await,
            (Self::Story(time), _) => {
                if time.changed().await.is_err() {
                    std::future::pending().await
                }
            }
        }
    }
}
