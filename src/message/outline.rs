//! Owns what the MIME parser gets to see of a mail: its outline, in which every multipart declares the boundary that it
//! really uses, and every part ends. The parser looks for boundaries anywhere, undoes encodings and descends into attached
//! mails without limit; here there is nothing of that to find, so that it takes linear time and finds all parts.
//! Never keeps content; what the parser finds is read from the mail itself ([`Outline::original`]).

use super::fields::{self, Fields};
use super::limits::{DEEPEST_NESTING, LONGEST_BOUNDARY, MOST_PARTS};
use super::params::Parameters;

/// A mail's outline.
#[derive(Default)]
pub(super) struct Outline {
    /// The outline as a mail.
    pub(super) bytes: Vec<u8>,
    /// Where each inserted piece ends, and how much was inserted up to there.
    inserted: Vec<(usize, usize)>,
    /// Where the bodies begin of multiparts that have no parts.
    pub(super) partless: Vec<usize>,
    /// Where those begin that nest too deep.
    pub(super) too_deep: Vec<usize>,
    /// What was odd, with what was done about it.
    pub(super) odd: Vec<&'static str>,
}

impl Outline {
    /// The outline of a mail whose root is a multipart; of any other mail there is none.
    /// `kind` is what its Content-Type says.
    pub(super) fn of(raw: &[u8], (head, body): (&[u8], &[u8]), kind: &Parameters) -> Option<Self> {
        let mut walk = Walk { raw, at: 0, open: Vec::new(), parts: 1, outline: Self::default() };
        let declared = boundary(kind).filter(|declared| has_delimiter(body, declared));
        let boundary = match (declared, kind.value.starts_with("multipart/")) {
            (None, true) => guessed_boundary(body, false).inspect(|_| walk.outline.note(WRONG)),
            (None, false) if kind.value.is_empty() => {
                guessed_boundary(body, true).inspect(|_| walk.outline.note(UNTYPED))
            }
            (declared, _) => declared,
        }?;
        let start = raw.len() - body.len();
        walk.header(head.len(), start, Some(boundary));
        walk.run();
        Some(walk.outline)
    }

    /// The place in the mail that a place in the outline stands for.
    pub(super) fn original(&self, at: usize) -> usize {
        let next = self.inserted.partition_point(|(end, _)| *end <= at);
        let before = next.checked_sub(1).and_then(|last| self.inserted.get(last)).map_or(0, |it| it.1);
        let limit = self.inserted.get(next).map_or(usize::MAX, |(end, total)| end - total);
        (at - before).min(limit)
    }

    fn note(&mut self, words: &'static str) {
        if !self.odd.contains(&words) {
            self.odd.push(words);
        }
    }

    fn insert(&mut self, pieces: &[&[u8]]) {
        let total =
            self.inserted.last().map_or(0, |it| it.1) + pieces.iter().map(|it| it.len()).sum::<usize>();
        pieces.iter().for_each(|piece| self.bytes.extend_from_slice(piece));
        self.inserted.push((self.bytes.len(), total));
    }
}

const WRONG: &str =
    "its parts are not separated as its header says; they were read by the lines between them";
const UNTYPED: &str = "its header does not say that it has parts; they were read by the lines between them";
const UNENDED: &str = "ends before its last part does; what is there was read";
const UNCLOSED: &str =
    "has parts within parts that don't end; they were taken to end where the next one begins";
const BEHIND: &str = "has text behind its last part, where none belongs; it was left out";
/// How far behind the last part is looked.
const OUTSIDE: usize = 1_000;
const UNPARTED: &str =
    "has a part without an empty line below its header; its text was taken to begin where no field stands";
const TOO_MANY: &str = "has more than 1000 parts; the first 1000 were read";
const TOO_DEEP: &str = "nests deeper than 32 parts; what is deeper was not read";

/// A multipart whose end wasn't seen yet.
struct Open {
    boundary: Vec<u8>,
    has_parts: bool,
    /// Where its body begins.
    start: usize,
}

struct Walk<'a> {
    raw: &'a [u8],
    at: usize,
    open: Vec<Open>,
    parts: usize,
    outline: Outline,
}

impl Walk<'_> {
    fn run(&mut self) {
        while let Some((level, closes)) = self.delimiter() {
            if self.open.len() > level + 1 {
                self.outline.note(UNCLOSED);
                self.close(level + 1);
            }
            if !closes && self.parts >= MOST_PARTS {
                self.outline.note(TOO_MANY);
                return self.close(0);
            }
            let rest = self.raw.get(self.at..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
            self.copy(self.at + end);
            if closes {
                self.open.truncate(level);
                let behind = self.raw.get(self.at..).unwrap_or_default();
                if self.open.is_empty() && !behind.iter().take(OUTSIDE).all(u8::is_ascii_whitespace) {
                    self.outline.note(BEHIND);
                }
            } else {
                self.open.iter_mut().skip(level).for_each(|open| open.has_parts = true);
                self.part();
            }
        }
        if !self.open.is_empty() {
            self.outline.note(UNENDED);
            self.close(0);
        }
    }

    /// The header block of a part that begins here.
    fn part(&mut self) {
        self.parts += 1;
        let rest = self.raw.get(self.at..).unwrap_or_default();
        let (head, length) = fields::split_part(rest, |line| delimits(&self.open, line).is_some());
        if length == head.len() && length > 0 {
            self.outline.note(UNPARTED);
        }
        let declared = boundary(&Parameters::content_type(&Fields::read(head)));
        let deep = declared.is_some() && self.open.len() >= DEEPEST_NESTING;
        if deep {
            self.outline.note(TOO_DEEP);
            self.outline.too_deep.push(self.at + length);
        }
        self.header(self.at + head.len(), self.at + length, declared.filter(|_| !deep));
    }

    /// A header block as one that only declares a boundary.
    fn header(&mut self, end: usize, body: usize, boundary: Option<Vec<u8>>) {
        let head = self.raw.get(self.at..end).unwrap_or_default();
        self.outline.bytes.extend(head.iter().map(|byte| if *byte == b'\n' { b'\n' } else { b'q' }));
        self.at = end;
        if head.last().is_some_and(|last| *last != b'\n') {
            self.outline.insert(&[b"\n"]);
        }
        if let Some(boundary) = boundary {
            self.outline.insert(&[b"Content-Type: multipart/mixed; boundary=\"", &boundary, b"\"\n"]);
            self.open.push(Open { boundary, has_parts: false, start: body });
        }
        if body > end {
            self.copy(body);
        } else {
            self.outline.insert(&[b"\n"]);
        }
    }

    /// Copies up to the next line that divides parts, and says which multipart it belongs to and whether it ends it.
    /// Other dashes don't stay together.
    fn delimiter(&mut self) -> Option<(usize, bool)> {
        while !self.open.is_empty() {
            let rest = self.raw.get(self.at..).unwrap_or_default();
            let Some(found) = rest.windows(2).position(|pair| pair == b"--") else { break };
            self.copy(self.at + found);
            let begins = self.at.checked_sub(1).and_then(|before| self.raw.get(before)) == Some(&b'\n');
            let line = self.raw.get(self.at..).unwrap_or_default();
            if begins && let Some(found) = delimits(&self.open, line) {
                return Some(found);
            }
            self.outline.bytes.extend_from_slice(b"-q");
            self.at += 2;
        }
        self.copy(self.raw.len());
        None
    }

    /// Ends all multiparts from this level on, before what stands here.
    fn close(&mut self, level: usize) {
        if self.outline.bytes.last().is_some_and(|last| *last != b'\n') {
            self.outline.insert(&[b"\n"]);
        }
        for open in self.open.drain(level.min(self.open.len())..).rev() {
            if !open.has_parts {
                self.outline.partless.push(open.start);
                self.outline.insert(&[b"--", &open.boundary, b"\n\n"]);
            }
            self.outline.insert(&[b"--", &open.boundary, b"--\n"]);
        }
    }

    fn copy(&mut self, to: usize) {
        let bytes = self.raw.get(self.at..to).unwrap_or_default();
        self.outline.bytes.extend(bytes.iter().map(|byte| if byte.is_ascii() { *byte } else { b'?' }));
        self.at = to;
    }
}

/// The boundary that a multipart declares (RFC 2046, 5.1.1), if it is a sane one.
fn boundary(kind: &Parameters) -> Option<Vec<u8>> {
    let boundary = kind.raw("boundary")?.trim_ascii_end();
    let sane = |byte: &u8| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\');
    let is_sane = (1..=LONGEST_BOUNDARY).contains(&boundary.len()) && boundary.iter().all(sane);
    (kind.value.starts_with("multipart/") && is_sane).then(|| boundary.to_vec())
}

/// Which open multipart a line divides, the innermost first, and whether it ends it. Blanks behind don't count.
fn delimits(open: &[Open], line: &[u8]) -> Option<(usize, bool)> {
    let rest = line.strip_prefix(b"--")?;
    let mut levels = open.iter().enumerate().rev();
    levels.find_map(|(level, open)| Some((level, divides(rest, &open.boundary)?)))
}

/// Whether what follows `--` is this boundary; and whether a closing one.
fn divides(rest: &[u8], boundary: &[u8]) -> Option<bool> {
    let behind = rest.strip_prefix(boundary)?;
    let behind = behind.get(..LONGEST_BOUNDARY).unwrap_or(behind);
    let line = behind.split(|byte| *byte == b'\n').next()?.trim_ascii_end();
    matches!(line, b"" | b"--").then_some(line == b"--")
}

fn has_delimiter(body: &[u8], boundary: &[u8]) -> bool {
    let mut rests = body.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"--"));
    rests.any(|rest| divides(rest, boundary) == Some(false))
}

/// How far down a boundary is looked for that the header doesn't name.
const GUESSED_WITHIN: usize = 64 * 1024;

/// The first line that begins with dashes and has a MIME field below; `on_top`: with nothing above it but the words for
/// programs without MIME.
fn guessed_boundary(body: &[u8], on_top: bool) -> Option<Vec<u8>> {
    let body = body.get(..GUESSED_WITHIN).unwrap_or(body);
    let mut lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).peekable();
    while let Some(line) = lines.next() {
        let below = lines.peek().and_then(|next| next.get(..8));
        let boundary = line.strip_prefix(b"--").filter(|rest| (1..=LONGEST_BOUNDARY).contains(&rest.len()));
        let sane = |byte: &u8| (b' '..=b'~').contains(byte) && !matches!(byte, b'"' | b'\\');
        if let Some(boundary) = boundary
            && below.is_some_and(|below| below.eq_ignore_ascii_case(b"content-"))
        {
            return boundary.iter().all(sane).then(|| boundary.to_vec());
        }
        let is_preamble = line.windows(4).any(|word| word == b"MIME");
        if on_top && !line.is_empty() && !is_preamble {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests;
