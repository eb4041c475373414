//! Owns what is said of a mail that is odd as a whole, each with what was done about it. What is odd about its parts and
//! charsets is said where they are read.
//! Never changes how a mail is read.

use super::fields::{self, Fields};
use super::{Message, values};

/// What is odd about a mail's form, its header and what it lacks. `unparted`: no empty line parts header and text.
pub(super) fn of(raw: &[u8], fields: &Fields, unparted: bool, message: &Message) -> Vec<String> {
    let some = !fields.is_empty();
    let lone_cr = raw.contains(&b'\r') && !raw.contains(&b'\n');
    let twice = |name: &str| fields.raw(name).nth(1).is_some();
    let message_id = fields.text("Message-ID").and_then(|value| values::message_id(&value));
    let (wordless, files) = (message.text.is_empty(), !message.attachments.is_empty());
    let found = [
        (!some, "has no header: all of it was read as text"),
        (unparted, "has no empty line below its header; the text was taken to begin where no field stands"),
        (lone_cr, "has lone carriage returns for line ends; they were read as such"),
        (
            fields::has_mbox_line(raw.trim_ascii_start()),
            "begins with the `From ` line of a mailbox file; it was passed over",
        ),
        (
            some && fields.stray_lines > 0,
            "has lines in its header that are no header fields; they were left out",
        ),
        (
            fields.unfolded_lines > 0,
            "has lines in its header that should be folded; they were read with those above them",
        ),
        (
            fields.is_guessed,
            "has raw eight-bit bytes in its header that are no UTF-8; their charset was guessed",
        ),
        (
            twice("Content-Type"),
            "has more than one Content-Type; the one that names a boundary, else the first, was read",
        ),
        (twice("Message-ID"), "has more than one Message-ID; the first was read"),
        (twice("Subject"), "has more than one Subject; the first was read"),
        (twice("Date"), "has more than one Date; the first was read"),
        (some && message.from.is_empty(), "names no sender in From; nobody is taken for its author"),
        (message.from.len() > 1, "names more than one sender in From; none is taken for its author"),
        (some && message.date.is_none(), "has no readable Date; the time of its arrival counts"),
        (some && message_id.is_none(), "has no usable Message-ID; one was made from what it says"),
        (wordless && !files, "has no text"),
        (wordless && files, "has no text, only attachments; they were kept with the mail"),
    ];
    found.into_iter().filter(|(odd, _)| *odd).map(|(_, words)| words.to_owned()).collect()
}
