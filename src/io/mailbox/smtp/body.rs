//! Owns the content of a mail on its way in: where it ends, dot-unstuffing, and the size limit.
//! Never alters any other byte; bare CR and bare LF stay as they came.

/// The content read so far. Only `<CR><LF>.<CR><LF>` ends it: a server that also takes `<LF>.<LF>` or
/// `<CR>.<CR>` for the end can be made to read one mail as two ("SMTP smuggling", SEC Consult 2023).
#[derive(Debug)]
pub(super) struct Body {
    bytes: Vec<u8>,
    room: usize,
    overflowed: bool,
    seen: Seen,
}

/// What the last bytes were.
#[derive(Debug, Clone, Copy)]
enum Seen {
    /// `<CR><LF>`, or nothing yet: the line end of DATA itself counts (RFC 5321, 4.1.1.4).
    LineStart,
    /// A dot after that, still held back.
    Dot,
    /// And a CR after the dot, held back as well.
    DotCr,
    /// A CR.
    Cr,
    /// Anything else.
    Text,
}

impl Body {
    /// Content that follows `head` and may hold `limit` bytes of its own.
    pub(super) fn new(head: Vec<u8>, limit: usize) -> Self {
        Self { bytes: head, room: limit, overflowed: false, seen: Seen::LineStart }
    }

    /// Takes what has arrived. At the end of the content: how many of these bytes belonged to it.
    pub(super) fn take_in(&mut self, arrived: &[u8]) -> Option<usize> {
        arrived.iter().position(|&byte| self.ends_with(byte)).map(|last| last + 1)
    }

    /// Head and content, or `None` when the content was larger than allowed.
    pub(super) fn whole(self) -> Option<Vec<u8>> {
        (!self.overflowed).then_some(self.bytes)
    }

    fn ends_with(&mut self, byte: u8) -> bool {
        self.seen = match (self.seen, byte) {
            (Seen::LineStart, b'.') => Seen::Dot,
            (Seen::Dot, b'\r') => Seen::DotCr,
            (Seen::DotCr, b'\n') => return true,
            (Seen::DotCr, _) => {
                // A line that only began like the end: its first dot was stuffing (RFC 5321, 4.5.2).
                self.keep(b'\r');
                self.keep(byte);
                if byte == b'\r' { Seen::Cr } else { Seen::Text }
            }
            (seen, _) => {
                self.keep(byte);
                match (seen, byte) {
                    (Seen::Cr, b'\n') => Seen::LineStart,
                    (_, b'\r') => Seen::Cr,
                    _ => Seen::Text,
                }
            }
        };
        false
    }

    fn keep(&mut self, byte: u8) {
        match self.room.checked_sub(1) {
            Some(room) => {
                self.room = room;
                self.bytes.push(byte);
            }
            None => {
                self.overflowed = true;
                self.bytes = Vec::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The content and what was left over, the same however it was cut into pieces.
    fn read(text: &str) -> Option<(String, String)> {
        let mut answers = [1, 2, 3, 1000].map(|piece| {
            let mut body = Body::new(Vec::new(), 1000);
            let mut used = 0;
            for piece in text.as_bytes().chunks(piece) {
                match body.take_in(piece) {
                    Some(last) => {
                        let content = String::from_utf8(body.whole().unwrap()).unwrap();
                        return Some((content, text.get(used + last..).unwrap().to_owned()));
                    }
                    None => used += piece.len(),
                }
            }
            None
        });
        answers.sort();
        assert_eq!(answers.first(), answers.last());
        answers[0].clone()
    }

    fn content(text: &str) -> String {
        let (content, rest) = read(text).expect("the end was not found");
        assert_eq!(rest, "");
        content
    }

    #[test]
    fn a_dot_alone_on_a_line_ends_the_content() {
        assert_eq!(content("a\r\nb\r\n.\r\n"), "a\r\nb\r\n");
        assert_eq!(content(".\r\n"), "");
        assert_eq!(content("\r\n.\r\n"), "\r\n");
    }

    #[test]
    fn what_follows_the_end_is_left_for_the_next_command() {
        assert_eq!(read("a\r\n.\r\nQUIT\r\n"), Some(("a\r\n".to_owned(), "QUIT\r\n".to_owned())));
    }

    #[test]
    fn stuffed_dots_lose_one_dot_and_others_none() {
        assert_eq!(
            content("..first\r\n..\r\n....\r\nin.side.\r\n.x\r\n.\r\n"),
            ".first\r\n.\r\n...\r\nin.side.\r\nx\r\n"
        );
    }

    #[test]
    fn nothing_but_crlf_dot_crlf_ends_the_content() {
        for near in [
            "\n.\n",
            "\n.\r\n",
            "\r.\r",
            "\r.\r\n",
            "\r\n.\n",
            "\r\n.\r",
            "\r\n.\r\r\n",
            "\r\n\0.\r\n",
            "\r\n. \r\n",
        ] {
            assert_eq!(read(&format!("a{near}MAIL FROM:<x@example.com>\r\n")), None, "{near:?}");
        }
        assert_eq!(content("a\n.\nb\r.\rc\r\n.\r\n"), "a\n.\nb\r.\rc\r\n");
        assert_eq!(content("\r\n.\r\r\n.\r\n"), "\r\n\r\r\n");
    }

    #[test]
    fn content_up_to_the_limit_is_kept_and_one_byte_more_is_not() {
        let read = |text: &[u8]| {
            let mut body = Body::new(b"head".to_vec(), 5);
            assert_eq!(body.take_in(text), Some(text.len()));
            body.whole()
        };
        assert_eq!(read(b"abc\r\n.\r\n"), Some(b"headabc\r\n".to_vec()));
        assert_eq!(read(b"..bc\r\n.\r\n"), Some(b"head.bc\r\n".to_vec()));
        assert_eq!(read(b"abcd\r\n.\r\n"), None);
    }

    #[test]
    fn the_surplus_is_not_kept_in_memory() {
        let mut body = Body::new(Vec::new(), 1000);
        for _ in 0..1000 {
            assert_eq!(body.take_in(&[b'x'; 1000]), None);
            assert!(body.bytes.capacity() <= 2048);
        }
        assert_eq!(body.take_in(b"\r\n.\r\n"), Some(5));
    }
}
