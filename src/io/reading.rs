//! Owns the safe place in which mails are read: a thread with a big stack, because MIME nests, and a net under it,
//! because parsers have bugs.

use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::message::{self, Message};

/// Enough for far more nesting than the limits of `message` let through.
pub(super) const STACK: usize = 64 * 1024 * 1024;

/// How long the mail that is being worked on may be read before others are no longer kept waiting for it. The worst that
/// is known takes a tenth of it, in a program that was built to be fast.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 4 });

/// Why a mail could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unread {
    /// The reader panicked over it.
    #[error("reading it panicked, which is a bug")]
    Panicked,
    /// It takes too long. Its thread goes on until it is done, and nobody waits for it.
    #[error("reading it takes longer than any mail should")]
    TooLong,
}

/// Reads mails. None for one over which the reader panicked, which is a bug: it will be put aside.
pub fn read(raws: Vec<Vec<u8>>) -> Vec<Option<Message>> {
    within(raws, None, message::read).into_iter().map(Result::ok).collect()
}

/// The same for whoever has others waiting: of a mail that takes too long is said so.
pub fn read_in_time(raws: Vec<Vec<u8>>) -> Vec<Result<Message, Unread>> {
    within(raws, Some(LONGEST), message::read)
}

type Reader = fn(&[u8]) -> Message;

fn within(raws: Vec<Vec<u8>>, limit: Option<Duration>, read: Reader) -> Vec<Result<Message, Unread>> {
    let (raws, mut done) = (Arc::new(raws), Vec::new());
    while done.len() < raws.len() {
        let first = done.len();
        some(&raws, first, limit, read, &mut done);
    }
    done
}

/// Reads from one mail on, up to one that takes too long or ends the thread.
fn some(
    raws: &Arc<Vec<Vec<u8>>>,
    first: usize,
    limit: Option<Duration>,
    read: Reader,
    done: &mut Vec<Result<Message, Unread>>,
) {
    let (tell, told) = mpsc::channel();
    let mails = raws.clone();
    let read_all = move || {
        for raw in mails.iter().skip(first) {
            let message = catch_unwind(|| read(raw)).map_err(|_| Unread::Panicked);
            // Nobody listens any more where one took too long.
            if tell.send(message).is_err() {
                return;
            }
        }
    };
    let thread = thread::Builder::new().name("reading".to_owned()).stack_size(STACK).spawn(read_all);
    while done.len() < raws.len() {
        let next = match (&thread, limit) {
            (Err(_), _) => Err(RecvTimeoutError::Disconnected),
            (Ok(_), Some(limit)) => told.recv_timeout(limit),
            (Ok(_), None) => told.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(message) => done.push(message),
            Err(RecvTimeoutError::Timeout) => return done.push(Err(Unread::TooLong)),
            Err(RecvTimeoutError::Disconnected) => return done.push(Err(Unread::Panicked)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    static ENOUGH: AtomicBool = AtomicBool::new(false);

    fn odd(raw: &[u8]) -> Message {
        assert!(!raw.starts_with(b"panics"));
        while raw.starts_with(b"endless") && !ENOUGH.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        message::read(raw)
    }

    #[test]
    fn a_mail_that_takes_too_long_or_panics_keeps_no_other_from_being_read() {
        let raws = [
            "Subject: one\r\n\r\n",
            "endless",
            "Subject: two\r\n\r\n",
            "panics",
            "endless",
            "Subject: three\r\n\r\n",
        ];
        let read =
            within(raws.map(|raw| raw.as_bytes().to_vec()).to_vec(), Some(Duration::from_secs(1)), odd);
        ENOUGH.store(true, Ordering::Relaxed);
        let subjects: Vec<Result<String, Unread>> =
            read.into_iter().map(|read| read.map(|message| message.subject)).collect();
        let said = |subject: &str| Ok(subject.to_owned());
        assert_eq!(
            subjects,
            [
                said("one"),
                Err(Unread::TooLong),
                said("two"),
                Err(Unread::Panicked),
                Err(Unread::TooLong),
                said("three")
            ]
        );
    }
}
