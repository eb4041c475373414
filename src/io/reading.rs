//! Owns the safe place in which mails are read: a thread with a big stack, because MIME nests, and a net under it,
//! because parsers have bugs.

use std::panic::catch_unwind;
use std::thread;

use crate::message::{self, Message};

/// Enough for far more nesting than the limits of `message` let through.
pub(super) const STACK: usize = 64 * 1024 * 1024;

/// Reads mails. None for one over which the reader panicked, which is a bug: it will be put aside.
pub fn read(raws: Vec<Vec<u8>>) -> Vec<Option<Message>> {
    let count = raws.len();
    let read_all = move || raws.iter().map(|raw| catch_unwind(|| message::read(raw)).ok()).collect();
    let thread = thread::Builder::new().name("reading".to_owned()).stack_size(STACK).spawn(read_all);
    match thread.map(thread::JoinHandle::join) {
        Ok(Ok(messages)) => messages,
        Ok(Err(_)) | Err(_) => vec![None; count],
    }
}
