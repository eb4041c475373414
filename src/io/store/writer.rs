//! Owns the one thread that writes. What has been asked for in the meantime is done in one transaction (group commit):
//! one fsync for many. A failing job is rolled back alone.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Connection, Error, Result, Store, health};
use crate::io::clock::moment;

/// How many jobs may wait, and how many go into one transaction.
const WAITING: usize = 256;

/// What a job leaves: whether its changes stay, and how to tell whoever asked.
type Done = (bool, Box<dyn FnOnce(Option<String>) + Send>);
/// Without a connection it only says that nothing was done.
type Job = Box<dyn FnOnce(Option<&Connection>) -> Done + Send>;

/// A handle to the thread that writes. Clones share it; it ends when the last one is gone.
#[derive(Debug, Clone)]
pub struct Writer {
    jobs: mpsc::Sender<Job>,
    failing: Failing,
}

/// Since when nothing can be committed, and why.
type Failing = Arc<Mutex<Option<(Instant, String)>>>;

impl Writer {
    /// Starts the thread.
    pub fn start(store: Store) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let connection = store.into_connection();
        let failing = Failing::default();
        let seen = failing.clone();
        thread::Builder::new().name("store".to_owned()).spawn(move || run(&connection, waiting, &seen))?;
        Ok(Self { jobs, failing })
    }

    /// Since when nothing can be committed, and what SQLite says; none while it can, as far as was tried.
    pub fn failing(&self) -> Option<(Instant, String)> {
        self.failing.lock().ok().and_then(|failing| failing.clone())
    }

    /// Does `work` within a transaction and gives its result once that is committed and on disk.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, result) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let done = match connection {
                Some(connection) => catch_unwind(AssertUnwindSafe(|| work(connection))),
                None => Ok(Err(Error::Closed)),
            };
            let done = done.unwrap_or(Err(Error::Panicked));
            let stays = done.is_ok();
            let tell = move |trouble: Option<String>| {
                let done = match trouble {
                    None => done,
                    Some(text) => Err(Error::NotCommitted(text)),
                };
                // Whoever asked may be gone: then nobody wants to know.
                let _ = answer.send(done);
            };
            (stays, Box::new(tell))
        });
        self.jobs.send(job).await.map_err(|_| Error::Closed)?;
        result.await.map_err(|_| Error::Closed)?
    }
}

fn run(connection: &Connection, mut waiting: mpsc::Receiver<Job>, failing: &Failing) {
    while let Some(first) = waiting.blocking_recv() {
        let mut jobs = VecDeque::from([first]);
        while jobs.len() < WAITING {
            match waiting.try_recv() {
                Ok(job) => jobs.push_back(job),
                Err(_) => break,
            }
        }
        let (mut tell, changes) = (Vec::new(), connection.total_changes());
        let committed = transaction(connection, &mut jobs, &mut tell);
        if let Ok(mut failing) = failing.lock() {
            match &committed {
                Err(error) => {
                    failing.get_or_insert_with(|| (moment(), error.to_string()));
                }
                // One that changed nothing says nothing.
                Ok(()) if connection.total_changes() > changes => *failing = None,
                Ok(()) => {}
            }
        }
        if committed.as_ref().is_err_and(health::is_unknown) {
            end();
        }
        if committed.is_err() {
            tell.extend(jobs.into_iter().map(|job| job(None).1));
            let _ = connection.execute_batch("ROLLBACK");
        }
        let trouble = committed.err().map(|error| error.to_string());
        for tell in tell {
            tell(trouble.clone());
        }
    }
}

/// What is on the disk is not known: the next start reads it anew. Whoever waits for an answer gets none, as after a kill.
fn end() {
    tracing::error!(
        "a synchronisation of the disk failed: firebell ends, and reads at its next start what is there"
    );
    // For the log to be written: nothing else is done any more.
    thread::sleep(Duration::from_millis(200));
    std::process::exit(2);
}

fn transaction(
    connection: &Connection,
    jobs: &mut VecDeque<Job>,
    tell: &mut Vec<Box<dyn FnOnce(Option<String>) + Send>>,
) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    while !jobs.is_empty() {
        connection.execute_batch("SAVEPOINT job")?;
        let Some(job) = jobs.pop_front() else { break };
        let (stays, done) = job(Some(connection));
        tell.push(done);
        connection.execute_batch(if stays { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })?;
    }
    connection.execute_batch("COMMIT")
}
