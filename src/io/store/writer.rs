//! Owns the one thread that writes. What has been asked for in the meantime is done in one transaction (group commit):
//! one fsync for many. A failing job is rolled back alone.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::{Connection, Error, Result, Store};

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
}

impl Writer {
    /// Starts the thread.
    pub fn start(store: Store) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let connection = store.into_connection();
        thread::Builder::new().name("store".to_owned()).spawn(move || run(&connection, waiting))?;
        Ok(Self { jobs })
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

fn run(connection: &Connection, mut waiting: mpsc::Receiver<Job>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut jobs = VecDeque::from([first]);
        while jobs.len() < WAITING {
            match waiting.try_recv() {
                Ok(job) => jobs.push_back(job),
                Err(_) => break,
            }
        }
        let mut tell = Vec::new();
        let committed = transaction(connection, &mut jobs, &mut tell);
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
