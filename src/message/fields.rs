//! Owns the header block: where it ends, its fields, their values unfolded and decoded.
//! Never parses addresses or dates; `values` does.

use std::borrow::Cow;

use super::{Headers, charset, words};

/// Longest header block that is read, in bytes (DESIGN 10).
pub(super) const LONGEST_BLOCK: usize = 256 * 1024;
/// Room for so many fields; few mails have more.
const USUAL_FIELDS: usize = 48;

/// One header field (RFC 5322, 2.2).
pub(super) struct Field<'a> {
    /// Name as written.
    pub(super) name: &'a str,
    /// Value, unfolded, else as it came.
    pub(super) raw: Cow<'a, [u8]>,
}

/// A header block's fields, top first.
pub(super) struct Fields<'a> {
    fields: Vec<Field<'a>>,
    names: Names,
    /// Lines in the block that are no field, which RFC 5322 has no place for.
    pub(super) stray_lines: usize,
    /// Lines that go on with a field and were not folded; they were read so.
    pub(super) unfolded_lines: usize,
    /// A value held bytes beyond ASCII that are no UTF-8 (RFC 6532 allows that): their charset is a guess.
    pub(super) is_guessed: bool,
}

impl<'a> Fields<'a> {
    /// Reads a header block, at most its first 256 KiB.
    pub(super) fn read(block: &'a [u8]) -> Self {
        let block = block.get(..LONGEST_BLOCK).unwrap_or(block);
        let mut fields: Vec<Field<'a>> = Vec::with_capacity(USUAL_FIELDS);
        let mut names = Names::default();
        let (mut stray_lines, mut unfolded_lines) = (0, 0);
        for line in lines(block).map(without_end).filter(|line| !line.is_empty()) {
            let field = if is_folded(line) { None } else { field(line) };
            match (fields.last_mut(), field) {
                (_, Some(field)) => {
                    names.add(field.name);
                    fields.push(field);
                }
                (Some(last), None) if is_folded(line) => {
                    // Whichever blank stands there, it is one.
                    let value = owned(&mut last.raw);
                    value.push(b' ');
                    value.extend_from_slice(line.get(1..).unwrap_or_default());
                }
                // A parameter whose line the program forgot to fold.
                (Some(last), None) if last.raw.ends_with(b";") && line.contains(&b'=') => {
                    unfolded_lines += 1;
                    let value = last.raw.to_mut();
                    value.push(b' ');
                    value.extend_from_slice(line);
                }
                _ => stray_lines += 1,
            }
        }
        let is_guessed = !block.is_ascii() && as_utf_8(&mut fields);
        Self { fields, names, stray_lines, unfolded_lines, is_guessed }
    }

    /// Whether there is no field at all.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All values of a field as they came, by case-insensitive name.
    pub(super) fn raw<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f [u8]> {
        let fields = if self.names.may_have(name) { self.fields.as_slice() } else { &[] };
        fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.raw.as_ref())
    }

    /// The first value of a field, decoded, on one line.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).next().map(|raw| words::line(raw).into_owned())
    }

    /// All fields, decoded.
    pub(super) fn decoded(&self) -> Headers {
        let bytes = self.fields.iter().map(|field| field.name.len() + field.raw.len()).sum();
        let mut headers = Headers::with_capacity(self.fields.len(), bytes);
        self.fields.iter().for_each(|field| headers.add(field.name, &words::line(&field.raw)));
        headers
    }
}

/// Which names there may be: a bit for length and ends of each. Most fields that are asked for are not there.
#[derive(Default)]
struct Names([u64; 4]);

impl Names {
    fn add(&mut self, name: &str) {
        let (word, bit) = Self::place(name);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn may_have(&self, name: &str) -> bool {
        let (word, bit) = Self::place(name);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    fn place(name: &str) -> (usize, u64) {
        let bytes = name.as_bytes();
        let letter = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte.to_ascii_lowercase()));
        let mixed = bytes.len() ^ letter(bytes.first()) << 1 ^ letter(bytes.last()) << 3;
        (mixed / 64 % 4, 1 << (mixed % 64))
    }
}

/// Turns values of raw eight-bit bytes into UTF-8, if there are any. All of them are looked at together: a name of two
/// letters alone may be in any charset.
fn as_utf_8(fields: &mut [Field<'_>]) -> bool {
    let mut raw: Vec<&mut Field<'_>> =
        fields.iter_mut().filter(|field| std::str::from_utf8(&field.raw).is_err()).collect();
    if raw.is_empty() {
        return false;
    }
    let together = raw.iter().map(|field| field.raw.as_ref()).collect::<Vec<_>>().join(&b'\n');
    let encoding = charset::likeliest(&together);
    for field in &mut raw {
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(&field.raw) {
            field.raw = Cow::Owned(text.into_owned().into_bytes());
        }
    }
    true
}

/// Splits a mail into header block and body at the first empty line; where there is none, at the first line behind a
/// field that is neither a field nor goes on with one. Empty lines and an mbox `From ` line (RFC 4155) at the
/// very top are no part of it.
pub(super) fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let raw = top(raw);
    let mut length = 0;
    for line in lines(raw) {
        if is_blank(line) {
            let body = raw.get(length + line.len()..).unwrap_or_default();
            return (raw.get(..length).unwrap_or_default(), body);
        }
        length += line.len();
    }
    let (head, length) = split_part(raw, |_| false);
    if head.is_empty() { (raw, b"") } else { (head, raw.get(length..).unwrap_or_default()) }
}

/// Splits a MIME part: its header block ends at an empty line, or where no field stands any more. Gives the block and
/// its length with the empty line.
pub(super) fn split_part(raw: &[u8], is_delimiter: impl Fn(&[u8]) -> bool) -> (&[u8], usize) {
    let mut length = 0;
    let mut unfinished = false;
    for line in lines(raw) {
        if is_blank(line) {
            return (raw.get(..length).unwrap_or_default(), length + line.len());
        }
        let goes_on = length > 0 && (is_folded(line) || unfinished) || field(line).is_some();
        if !goes_on || is_delimiter(line) {
            break;
        }
        unfinished = line.trim_ascii_end().ends_with(b";");
        length += line.len();
    }
    (raw.get(..length).unwrap_or_default(), length)
}

/// The mail from its first header field on.
pub(super) fn top(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let start = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(raw.len());
    let raw = raw.get(start..).unwrap_or_default();
    if !has_mbox_line(raw) {
        return raw;
    }
    let line = memchr::memchr(b'\n', raw).map_or(raw.len(), |at| at + 1);
    raw.get(line..).unwrap_or_default()
}

/// Whether it begins with the line that mbox files put before each mail (RFC 4155).
pub(super) fn has_mbox_line(raw: &[u8]) -> bool {
    raw.starts_with(b"From ") || raw.starts_with(b">From ")
}

/// Line ends as the rest expects them: programs of old wrote a lone CR for each.
pub(super) fn with_line_ends(raw: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\n', raw).is_some() || memchr::memchr(b'\r', raw).is_none() {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}

/// The lines of a mail, each with its end.
pub(super) fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = raw;
    std::iter::from_fn(move || {
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, below) = rest.split_at_checked(end).filter(|(line, _)| !line.is_empty())?;
        rest = below;
        Some(line)
    })
}

fn without_end(line: &[u8]) -> &[u8] {
    let mut line = line.strip_suffix(b"\n").unwrap_or(line);
    while let Some(shorter) = line.strip_suffix(b"\r") {
        line = shorter;
    }
    line
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n" | b"\r\r\n")
}

fn is_folded(line: &[u8]) -> bool {
    matches!(line.first(), Some(b' ' | b'\t'))
}

/// RFC 5322, 3.6.8: a name is printable ASCII without colon. Spaces before the colon are obsolete but seen.
/// A value with room for the lines that it goes on with.
fn owned<'f>(raw: &'f mut Cow<'_, [u8]>) -> &'f mut Vec<u8> {
    if let Cow::Borrowed(first) = raw {
        let mut value = Vec::with_capacity(first.len() + 400);
        value.extend_from_slice(first);
        *raw = Cow::Owned(value);
    }
    raw.to_mut()
}

fn field(line: &[u8]) -> Option<Field<'_>> {
    let colon = memchr::memchr(b':', line)?;
    let name = line.get(..colon)?.trim_ascii_end();
    let sane = (1..=100).contains(&name.len()) && name.iter().all(u8::is_ascii_graphic);
    let raw = line.get(colon + 1..)?.trim_ascii_start();
    Some(Field { name: std::str::from_utf8(name).ok().filter(|_| sane)?, raw: Cow::Borrowed(raw) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_at_the_first_empty_line_whatever_the_line_ends() {
        assert_eq!(split(b"A: 1\r\n\r\nbody"), (&b"A: 1\r\n"[..], &b"body"[..]));
        assert_eq!(split(b"A: 1\n\nbody\n\nmore"), (&b"A: 1\n"[..], &b"body\n\nmore"[..]));
        assert_eq!(split(b"A: 1\r\r\n\r\r\nbody"), (&b"A: 1\r\r\n"[..], &b"body"[..]));
        assert_eq!(split(b"A: 1"), (&b"A: 1"[..], &b""[..]));
    }

    #[test]
    fn without_an_empty_line_the_text_begins_where_no_field_stands() {
        assert_eq!(split(b"A: 1\n b\nIt is down\nC: 2\n"), (&b"A: 1\n b\n"[..], &b"It is down\nC: 2\n"[..]));
        assert_eq!(split(b"It is down\nA: 1\n"), (&b"It is down\nA: 1\n"[..], &b""[..]));
        assert_eq!(split_part(b"A: 1\nIt is down", |_| false), (&b"A: 1\n"[..], 5));
        assert_eq!(split_part(b"\nIt is: down", |_| false), (&b""[..], 1));
    }

    #[test]
    fn a_parameter_that_was_not_folded_belongs_to_its_field() {
        let raw = b"Content-Type: text/plain;\ncharset=utf-8\nX: y\n\nIt is down";
        assert_eq!(split_part(raw, |_| false).1, raw.len() - 10);
        let fields = Fields::read(raw);
        assert_eq!(fields.text("content-type").as_deref(), Some("text/plain; charset=utf-8"));
        assert_eq!(fields.text("x").as_deref(), Some("y"));
    }

    #[test]
    fn raw_names_are_in_the_charset_of_the_other_fields() {
        let raw = b"From: \x89\xc1\x93\xa1 <k@example.jp>\nSubject: \x83T\x81[\x83o\x81[\x92\xe2\x8e~\n";
        let fields = Fields::read(raw);
        assert!(fields.is_guessed);
        assert_eq!(fields.text("from").as_deref(), Some("加藤 <k@example.jp>"));
        assert_eq!(fields.text("subject").as_deref(), Some("サーバー停止"));
    }

    #[test]
    fn lone_carriage_returns_are_line_ends() {
        let raw = with_line_ends(b"A: 1\r\rbody\r");
        assert_eq!(split(&raw), (&b"A: 1\n"[..], &b"body\n"[..]));
        assert!(matches!(with_line_ends(b"A: 1\r\n\r\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_mbox_line_on_top_is_no_field() {
        let (block, _) = split(b"\r\nFrom a@example.com Mon Jan 1 00:00:00 2024\nSubject: x\n\n");
        assert_eq!(Fields::read(block).decoded().iter().collect::<Vec<_>>(), [("Subject", "x")]);
    }

    #[test]
    fn folded_values_are_one_line_and_strays_are_counted() {
        let fields = Fields::read(b"Subject: a\r\n\tb\r\nno field here\r\nX-Y : z\r\n");
        assert_eq!(fields.text("subject").as_deref(), Some("a b"));
        assert_eq!(fields.text("x-y").as_deref(), Some("z"));
        assert_eq!(fields.stray_lines, 1);
    }
}
