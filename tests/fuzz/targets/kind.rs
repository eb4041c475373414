//! Owns the promise of every reader but that of mails (`read`): for any bytes it ends, and never panics. Which one is
//! said by FIREBELL_FUZZ.
#![no_main]

mod kinds;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static READER: LazyLock<kinds::Reader> = LazyLock::new(|| {
    // The parser of IMAP's replies panics at some, and the session takes that for a reply that it can't read: only a panic
    // that nobody catches breaks the promise.
    std::panic::set_hook(Box::new(|_| {}));
    kinds::reader(&std::env::var("FIREBELL_FUZZ").unwrap_or_default())
});

fuzz_target!(|bytes: &[u8]| READER(bytes));
