//! Owns the way of lines to whoever reads them: a bounded queue, and a thread that may wait.
//! On failure of the reader firebell goes on, and says how many lines were lost once somebody reads again.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

/// How many lines may wait; some megabytes at most.
const WAITING: usize = 1024;
/// How long the end of firebell waits for whoever reads the log.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it looks meanwhile whether there is room.
const LOOKS: u32 = 100;

/// What the thread is asked for.
#[derive(Debug)]
enum Work {
    /// A line to be written.
    Line(String),
    /// To say that all before it is written.
    Flush(SyncSender<()>),
}

/// Where lines are put.
#[derive(Debug, Clone)]
pub(super) struct Queue {
    work: SyncSender<Work>,
    lost: Arc<AtomicU64>,
}

impl Queue {
    /// Puts a line, unless too many wait: nothing waits for whoever reads the log.
    pub(super) fn put(&self, line: String) {
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.work.try_send(Work::Line(line))
        {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The log of this process. Dropped, it waits a moment until what was logged is written.
#[derive(Debug)]
pub struct Log {
    work: SyncSender<Work>,
}

impl Drop for Log {
    fn drop(&mut self) {
        let (done, written) = sync_channel(1);
        // Whoever does not read by then does not read at all.
        for _ in 0..LOOKS {
            if self.work.try_send(Work::Flush(done.clone())).is_ok() {
                let _ = written.recv_timeout(PATIENCE);
                return;
            }
            thread::sleep(PATIENCE / LOOKS);
        }
    }
}

/// Starts the thread that writes; `told` says that so many lines were lost.
pub(super) fn start(
    out: impl Write + Send + 'static,
    told: impl Fn(u64) -> String + Send + 'static,
) -> std::io::Result<(Queue, Log)> {
    let (work, waiting) = sync_channel(WAITING);
    let lost = Arc::new(AtomicU64::new(0));
    let counted = lost.clone();
    thread::Builder::new().name("log".to_owned()).spawn(move || write(out, &waiting, &counted, told))?;
    Ok((Queue { work: work.clone(), lost }, Log { work }))
}

fn write(mut out: impl Write, waiting: &Receiver<Work>, lost: &AtomicU64, told: impl Fn(u64) -> String) {
    while let Ok(work) = waiting.recv() {
        let lost = lost.swap(0, Ordering::Relaxed);
        // Nobody could be told of a log that can't be written.
        if lost > 0 {
            let _ = out.write_all(told(lost).as_bytes());
        }
        match work {
            Work::Line(line) => drop(out.write_all(line.as_bytes())),
            Work::Flush(done) => drop(done.send(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::channel;

    use super::*;

    /// Writes only once it is let.
    struct Slow(Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.0.recv();
            self.1.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_reader_and_what_is_lost_is_counted() {
        let (let_it, may) = channel();
        let written = Arc::new(Mutex::new(Vec::new()));
        let (queue, log) = start(Slow(may, written.clone()), |lost| format!("{lost} lost\n")).unwrap();
        for number in 0..3000 {
            queue.put(format!("{number}\n"));
        }
        // One may be with the thread.
        let lost = queue.lost.load(Ordering::Relaxed) as usize;
        assert!((3000 - WAITING - 1..=3000 - WAITING).contains(&lost), "{lost}");
        drop(let_it);
        drop(log);
        let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = written.lines().collect();
        assert!(lines.contains(&format!("{lost} lost").as_str()), "{written}");
        assert_eq!(lines.len(), 3000 - lost + 1);
    }
}
