//! Owns the log of a running firebell: a line a fact, to standard error.
//! Never waits for whoever reads it, never shows a word of a mail, never a line end or a control character of anybody's.
//! On failure lines are lost, counted, and the count is the next line.

pub mod facts;
mod line;
mod queue;

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use super::clock::Clock;
use crate::config::log::LogFormat;
use line::Line;
pub use queue::Log;
use queue::Queue;

/// What is logged when RUST_LOG says nothing.
const FILTER: &str = "firebell=info,warn";

/// Starts the log of this process. What was logged is written out when the value is dropped, or lost if nobody reads it.
pub fn start(format: Option<LogFormat>) -> std::io::Result<Log> {
    let format = format.unwrap_or_else(fitting);
    let (queue, log) =
        queue::start(std::io::stderr(), move |lines| Line::lost(lines, Clock::World.now()).written(format))?;
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| FILTER.into());
    // Where somebody has set one already, that stays.
    let _ = tracing_subscriber::registry().with(filter).with(Lines { format, queue }).try_init();
    std::panic::set_hook(Box::new(|panic| {
        // What it says may hold words of a mail; where it was does not.
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("bug: firebell panicked at {at}");
    }));
    Ok(log)
}

/// The journal's form where standard error goes there, else the plain one.
fn fitting() -> LogFormat {
    let journal = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    let error = fs::metadata("/proc/self/fd/2").map(|file| format!("{}:{}", file.dev(), file.ino()));
    if error.is_ok_and(|error| error == journal) { LogFormat::Journald } else { LogFormat::Plain }
}

/// Turns what is logged into lines.
#[derive(Debug)]
struct Lines {
    format: LogFormat,
    queue: Queue,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.queue.put(Line::of(event, Clock::World.now()).written(self.format));
    }
}
