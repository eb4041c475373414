//! Owns the bytes of one connection: a command out in one piece, one whole response in at a time.
//! Never reads a response's meaning, so one that makes no sense can be passed over; never holds more than it was told to.
//! On failure the connection is of no use: where the next response begins is not known.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Most bytes of a response outside of literals: the answer to a SEARCH that finds a million mails has 8 MB.
const TEXT: usize = 16 << 20;

/// Deepest nesting of lists. What we ask for has two levels; the parser below goes one call deeper for each.
const DEPTH: usize = 32;

/// Room made for each read.
const PIECE: usize = 16 << 10;

/// A connection seen as responses.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    arrived: Vec<u8>,
    /// Where in `arrived` the response given last ends and the next begins.
    start: usize,
    scan: Scan,
}

/// Why there is no further response.
#[derive(Debug)]
pub(super) enum Broken {
    /// The network says so, or the server has hung up.
    Lost(io::Error),
    /// A literal is announced, or there, that is larger than allowed.
    TooLarge,
    /// What came is no IMAP.
    Strange(&'static str),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, arrived: Vec::new(), start: 0, scan: Scan::default() }
    }

    /// The stream again, for TLS. What has arrived and was not read is dropped: it came in the clear, from anybody.
    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// Sends all of it.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.stream.write_all(bytes).await.map_err(Broken::Lost)?;
        self.stream.flush().await.map_err(Broken::Lost)
    }

    /// The next whole response, line end included, whose literals together have at most `largest` bytes. May be
    /// cancelled: what has arrived stays for the next call.
    pub(super) async fn response(&mut self, largest: usize) -> Result<&[u8], Broken> {
        loop {
            let arrived = self.arrived.get(self.start..).unwrap_or_default();
            if let Some(end) = self.scan.end(arrived, largest)? {
                let start = self.start;
                self.start += end;
                self.scan = Scan::default();
                return Ok(self.arrived.get(start..self.start).unwrap_or_default());
            }
            self.make_room();
            if self.stream.read_buf(&mut self.arrived).await.map_err(Broken::Lost)? == 0 {
                return Err(Broken::Lost(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// Lets go of the responses given before; after large ones also of their memory.
    fn make_room(&mut self) {
        self.arrived.drain(..self.start);
        self.start = 0;
        if self.arrived.is_empty() {
            self.arrived.shrink_to(PIECE);
        }
        self.arrived.reserve(PIECE);
    }
}

/// How far a response has been looked through. A response ends with the first line that announces no literal
/// (RFC 9051, 2.2.2 and 4.3).
#[derive(Debug, Default)]
struct Scan {
    /// Where the current line begins; beyond what has arrived while a literal is coming in.
    line: usize,
    /// Bytes of the current line that are known to hold no line end.
    seen: usize,
    /// Bytes of the lines before it.
    text: usize,
    /// Bytes of the literals before it.
    literals: usize,
    /// Lists that are open.
    depth: usize,
}

impl Scan {
    /// Where the response that `arrived` begins with ends; none while it is not all there.
    fn end(&mut self, arrived: &[u8], largest: usize) -> Result<Option<usize>, Broken> {
        while let Some(rest) = arrived.get(self.line..) {
            let fresh = rest.get(self.seen..).unwrap_or_default();
            let feed = fresh.iter().position(|&byte| byte == b'\n');
            let length = feed.map_or(rest.len(), |feed| self.seen + feed + 1);
            if self.text + length > TEXT {
                return Err(Broken::Strange("a line without end"));
            }
            if feed.is_none() {
                self.seen = length;
                return Ok(None);
            }
            let line = rest.get(..length).unwrap_or_default();
            (self.line, self.seen, self.text) = (self.line + length, 0, self.text + length);
            self.nest(line)?;
            let Some(literal) = announced(line).filter(|_| is_data(arrived)) else {
                return Ok(Some(self.line));
            };
            self.literals = self.literals.saturating_add(literal);
            if self.literals > largest {
                return Err(Broken::TooLarge);
            }
            self.line += literal;
        }
        Ok(None)
    }

    /// Counts the lists that a line opens and closes outside of quoted strings, which never go over its end.
    fn nest(&mut self, line: &[u8]) -> Result<(), Broken> {
        let (mut quoted, mut escaped) = (false, false);
        for byte in line {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                b'(' if !quoted => self.depth += 1,
                b')' if !quoted => self.depth = self.depth.saturating_sub(1),
                _ => (),
            }
            if self.depth > DEPTH {
                return Err(Broken::Strange("lists nested too deep"));
            }
        }
        Ok(())
    }
}

/// Size of the literal that a line announces at its end, `{310}`.
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}\r\n")?;
    let brace = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = line.get(brace + 1..)?;
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number beyond all bounds is a literal beyond all bounds.
    Some(str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX))
}

/// Whether a response is data. Others end in text for people, who may write `{5}`, and have no literals
/// (RFC 9051, 9: resp-cond-state, continue-req).
pub(super) fn is_data(response: &[u8]) -> bool {
    let Some(data) = response.strip_prefix(b"* ") else { return false };
    let kind = data.split(|byte| *byte == b' ').next().unwrap_or_default();
    !["OK", "NO", "BAD", "BYE", "PREAUTH"].iter().any(|status| kind.eq_ignore_ascii_case(status.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::io::duplex;

    use super::*;

    /// All responses up to the end of the connection, which sends `bytes` in pieces of this size, and that end.
    fn heard(bytes: &[u8], piece: usize, largest: usize) -> (Vec<Vec<u8>>, Broken) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (ours, mut theirs) = duplex(piece);
            let mut wire = Wire::new(ours);
            let says = async {
                let _ = theirs.write_all(bytes).await;
                drop(theirs);
            };
            let hears = async {
                let mut all = Vec::new();
                let end = loop {
                    match wire.response(largest).await {
                        Ok(response) => all.push(response.to_vec()),
                        Err(broken) => break broken,
                    }
                };
                drop(wire);
                (all, end)
            };
            tokio::join!(says, hears).1
        })
    }

    #[test]
    fn a_response_ends_with_its_line_unless_a_literal_follows() {
        let responses = [
            "* OK free text {3}\r\n",
            "* 1 FETCH (BODY[] {4}\r\n)\r\n( UID 1)\r\n",
            "* LIST () \".\" {0}\r\n\r\n",
            "* 2 FETCH (A {2}\r\nxy B {1}\r\nz)\r\n",
            "+ go on {5}\r\n",
            "* x {12\r\n",
            "\r\n",
            "F1 NO \"((((((((((((((((((((((((((((((((((((((((\r\n",
        ];
        for piece in [1, 2, 5, 4096] {
            let (all, end) = heard(responses.concat().as_bytes(), piece, 8);
            let all: Vec<String> = all.into_iter().map(|one| String::from_utf8(one).unwrap()).collect();
            assert_eq!(all, responses);
            assert!(matches!(end, Broken::Lost(_)), "{end:?}");
        }
    }

    #[test]
    fn what_is_cut_off_is_no_response() {
        for cut in ["* 1 EXISTS", "* 1 FETCH (BODY[] {4}\r\nab", "* 1 FETCH (BODY[] {4}\r\nabcd"] {
            let (all, end) = heard(cut.as_bytes(), 64, 8);
            assert!(all.is_empty() && matches!(end, Broken::Lost(_)), "{cut}: {end:?}");
        }
    }

    #[test]
    fn literals_of_one_response_count_together() {
        let (all, end) = heard(b"* A {4}\r\nabcd {4}\r\nabcd\r\n* A {4}\r\nabcd {5}\r\nabcde\r\n", 64, 8);
        assert_eq!(all.len(), 1);
        assert!(matches!(end, Broken::TooLarge), "{end:?}");
    }

    #[test]
    fn nesting_can_not_be_hidden_in_quotes_or_behind_literals() {
        for open in ["(", "(\")\" ", "(\"\\\")\" ", "({1}\r\n) "] {
            let (all, end) = heard(format!("* A {}\r\n", open.repeat(DEPTH + 1)).as_bytes(), 64, 99);
            assert!(all.is_empty() && matches!(end, Broken::Strange(_)), "{open}: {end:?}");
            let (all, _) = heard(format!("* A {}\r\n", open.repeat(DEPTH)).as_bytes(), 64, 99);
            assert_eq!(all.len(), 1, "{open}");
        }
    }

    #[test]
    fn a_line_without_end_is_not_kept() {
        let (all, end) = heard(&vec![b'x'; TEXT + 1], PIECE, 8);
        assert!(all.is_empty() && matches!(end, Broken::Strange(_)), "{end:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_byte_is_lost_or_invented(bytes in "(\\* |[{}0-9(]|\r\n|[\\PC])*", piece in 1..40_usize) {
            let (all, _) = heard(bytes.as_bytes(), piece, 20);
            prop_assert!(bytes.as_bytes().starts_with(&all.concat()));
            prop_assert!(all.iter().all(|one| one.ends_with(b"\n")));
            prop_assert_eq!(all, heard(bytes.as_bytes(), 4096, 20).0);
        }
    }
}
