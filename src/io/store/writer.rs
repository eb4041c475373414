//! Owns the one thread that writes. What has been asked for in the meantime is done in one transaction (group commit):
//! one fsync for many. A failing job is rolled back alone.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::witness::Witness;
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
type Failing = Arc<Mutex<Option<Failure>>>;

/// That it can't.
#[derive(Debug, Clone)]
struct Failure {
    since: Instant,
    why: String,
    /// It does not pass: part of what is stored is lost, whatever else can be written.
    stays: bool,
}

impl Writer {
    /// Starts the thread.
    pub fn start(store: Store) -> std::io::Result<Self> {
        Self::seen_by(store, None)
    }

    /// The same, with a witness that is told of each commit.
    pub fn seen_by(store: Store, mut witness: Option<Witness>) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let connection = store.into_connection();
        let failing = Failing::default();
        let seen = failing.clone();
        thread::Builder::new().name("store".to_owned()).spawn(move || {
            run(&connection, waiting, &seen, &mut witness);
        })?;
        Ok(Self { jobs, failing })
    }

    /// Since when nothing can be committed, and what SQLite says; none while it can, as far as was tried.
    pub fn failing(&self) -> Option<(Instant, String)> {
        let failing = self.failing.lock().ok().and_then(|failing| failing.clone());
        failing.map(|failing| (failing.since, failing.why))
    }

    /// Does `work` within a transaction and gives its result once that is committed and on disk.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, result) = oneshot::channel();
        let failing = self.failing.clone();
        let job: Job = Box::new(move |connection| {
            let done = match connection {
                Some(connection) => catch_unwind(AssertUnwindSafe(|| work(connection))),
                None => Ok(Err(Error::Closed)),
            };
            let done = done.unwrap_or(Err(Error::Panicked)).map_err(health::known);
            match &done {
                Err(error @ Error::Damaged(_)) => fails(&failing, error.to_string(), true),
                Err(Error::Sqlite(error)) if health::is_of_disk(error) => {
                    fails(&failing, health::advice(error), false);
                }
                Ok(_) | Err(_) => {}
            }
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

fn run(
    connection: &Connection,
    mut waiting: mpsc::Receiver<Job>,
    failing: &Failing,
    witness: &mut Option<Witness>,
) {
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
        match &committed {
            Err(error) => fails(failing, health::advice(error), false),
            // One that changed nothing says nothing.
            Ok(()) if connection.total_changes() > changes => passed(failing),
            Ok(()) => {}
        }
        if let Some(witness) = witness.as_mut().filter(|_| committed.is_ok()) {
            witness.saw(connection);
        }
        if committed.as_ref().is_err_and(health::is_unknown) {
            end();
        }
        if committed.is_err() {
            tell.extend(jobs.into_iter().map(|job| job(None).1));
            let _ = connection.execute_batch("ROLLBACK");
        }
        let trouble = committed.err().map(|error| health::advice(&error));
        for tell in tell {
            tell(trouble.clone());
        }
    }
}

/// From when on it can't, unless that is known.
fn fails(failing: &Failing, why: String, stays: bool) {
    if let Ok(mut failing) = failing.lock() {
        let known = failing.get_or_insert_with(|| Failure { since: moment(), why, stays });
        known.stays |= stays;
    }
}

/// It can again, unless it is damaged.
fn passed(failing: &Failing) {
    if let Ok(mut failing) = failing.lock() {
        *failing = failing.take().filter(|failing| failing.stays);
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
