//! Owns the promises of reading a mail, for any bytes: it ends, it never panics, it loses no word, and it says the
//! same twice.
#![no_main]

use std::collections::BTreeMap;

use firebell::message::{self, Message};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|raw: &[u8]| {
    let mail = message::read(raw);
    assert!(words(&[&mail.text]) == words(&[&mail.reply_text, &mail.quoted_text]), "a word is lost");
    assert!(format!("{:?}", message::read(raw)) == format!("{mail:?}"), "read twice, it differs");
    let again = own_words(&mail);
    assert!(own_words(&again).reply_text == again.reply_text, "what was trimmed is trimmed again");
});

/// The author's words as a plain mail of their own that answers nothing. The mark of a letter that could not be
/// read is a letter here: in another mail it would be the trace of a wrong charset.
fn own_words(mail: &Message) -> Message {
    let head = "From: a@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    message::read([head, &mail.reply_text.replace('\u{fffd}', "?")].concat().as_bytes())
}

/// How often each word stands in these texts.
fn words<'a>(texts: &[&'a str]) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for word in texts.iter().flat_map(|text| text.split_whitespace()) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}
