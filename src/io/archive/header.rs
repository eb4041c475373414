//! Owns the two header fields that an index needs: Date, and Content-Length of the mbox family.
//! Never reads more than the header's first 256 KiB.

use jiff::Timestamp;

use super::{dates, lines};

/// Longest header that is looked at, in bytes: as much as `message` reads of one.
const LONGEST: u64 = 256 * 1024;
/// Longest value that is kept, in bytes.
const LONGEST_VALUE: usize = 200;

/// A header as far as it has been read.
#[derive(Default)]
pub(super) struct Header {
    date: Option<Vec<u8>>,
    length: Vec<u8>,
    last: Last,
    read: u64,
}

/// The field to which a folded line belongs.
#[derive(Default, Clone, Copy)]
enum Last {
    Date,
    Length,
    #[default]
    Other,
}

impl Header {
    /// Takes in one line with its line end. False when it ended the header.
    pub(super) fn take(&mut self, line: &[u8]) -> bool {
        self.read += line.len() as u64;
        if lines::is_empty(line) || self.read > LONGEST {
            return false;
        }
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        let value = if folded { line } else { self.begin(line) };
        let kept = match self.last {
            Last::Date => self.date.get_or_insert_default(),
            Last::Length => &mut self.length,
            Last::Other => return true,
        };
        let room = LONGEST_VALUE.saturating_sub(kept.len());
        kept.extend(value.trim_ascii_end().iter().take(room));
        true
    }

    /// A new field: the first Date counts, and the last Content-Length, which the mbox's writer added.
    fn begin<'a>(&mut self, line: &'a [u8]) -> &'a [u8] {
        self.last = Last::Other;
        if let Some(value) = field(line, b"date").filter(|_| self.date.is_none()) {
            self.last = Last::Date;
            return value;
        }
        if let Some(value) = field(line, b"content-length") {
            self.length.clear();
            self.last = Last::Length;
            return value;
        }
        b""
    }

    /// What Date says (RFC 5322, 3.6.1).
    pub(super) fn date(&self) -> Option<Timestamp> {
        dates::of_field(&String::from_utf8_lossy(self.date.as_deref()?))
    }

    /// How many bytes the body has, by Content-Length.
    pub(super) fn body(&self) -> Option<u64> {
        std::str::from_utf8(&self.length).ok()?.trim().parse().ok()
    }
}

/// The value in a line, if it begins the field of this name. RFC 5322, 4.5 allows blanks before the colon.
fn field<'a>(line: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (found, rest) = line.split_at_checked(name.len())?;
    let value = rest.trim_ascii_start().strip_prefix(b":")?;
    found.eq_ignore_ascii_case(name).then_some(value)
}

/// Whether a line begins like a header field (RFC 5322, 2.2).
pub(super) fn is_field(line: &[u8]) -> bool {
    let name: Vec<u8> = line.iter().copied().take_while(|byte| *byte != b':').take(100).collect();
    let name = name.trim_ascii_end();
    line.contains(&b':') && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<String>, Option<u64>) {
        let mut header = Header::default();
        for line in text.split_inclusive('\n') {
            if !header.take(line.as_bytes()) {
                break;
            }
        }
        (header.date().map(|date| date.to_string()), header.body())
    }

    #[test]
    fn date_and_length_are_read_folded_and_in_any_case() {
        let folded =
            "Subject: x\r\nDATE : Mon, 5 Jan 2026\r\n 10:00:00\r\n\t+0900\r\ncontent-length: 12\r\n\r\n";
        assert_eq!(read(folded), (Some("2026-01-05T01:00:00Z".to_owned()), Some(12)));
    }

    #[test]
    fn the_first_date_and_the_last_length_count() {
        let twice = "Date: 5 Jan 2026 10:00:00 +0000\nContent-Length: 1\nDate: 6 Jan 2026 10:00:00 +0000\n\
            Content-Length: 2\nSubject: x\n 7\n\nDate: no\nContent-Length: 3\n";
        assert_eq!(read(twice), (Some("2026-01-05T10:00:00Z".to_owned()), Some(2)));
        assert_eq!(read("Resent-Date: 5 Jan 2026 10:00:00 +0000\nContent-Length: -2\n\n"), (None, None));
    }

    #[test]
    fn a_header_without_end_is_not_read_to_the_end() {
        let mut header = Header::default();
        let line = [b"Date: ".to_vec(), vec![b'x'; 4000], b"\n".to_vec()].concat();
        let lines = (0..).take_while(|_| header.take(&line)).count();
        assert!((60..70).contains(&lines), "{lines}");
        assert!(header.date.unwrap().len() <= LONGEST_VALUE);
    }
}
