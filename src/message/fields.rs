//! Owns the header block: where it ends, its fields, their values unfolded and decoded.
//! Never parses addresses or dates; `values` does.

use super::plain::one_line;
use super::words;

/// Longest header block that is read, in bytes (DESIGN 10).
pub(super) const LONGEST_BLOCK: usize = 256 * 1024;

/// One header field (RFC 5322, 2.2).
pub(super) struct Field {
    /// Name as written.
    pub(super) name: String,
    /// Value, unfolded, else as it came.
    pub(super) raw: Vec<u8>,
}

/// A header block's fields, top first.
pub(super) struct Fields {
    fields: Vec<Field>,
    /// Lines in the block that are no field, which RFC 5322 has no place for.
    pub(super) stray_lines: usize,
}

impl Fields {
    /// Reads a header block, at most its first 256 KiB.
    pub(super) fn read(block: &[u8]) -> Self {
        let block = block.get(..LONGEST_BLOCK).unwrap_or(block);
        let mut fields: Vec<Field> = Vec::new();
        let mut stray_lines = 0;
        for line in block.split(|byte| *byte == b'\n').map(without_cr).filter(|line| !line.is_empty()) {
            let folded = matches!(line.first(), Some(b' ' | b'\t'));
            match (fields.last_mut(), field(line)) {
                (Some(last), _) if folded => last.raw.extend_from_slice(line),
                (_, Some(field)) if !folded => fields.push(field),
                _ => stray_lines += 1,
            }
        }
        Self { fields, stray_lines }
    }

    /// Whether there is no field at all.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All values of a field as they came, by case-insensitive name.
    pub(super) fn raw<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.raw.as_slice())
    }

    /// The first value of a field, decoded, on one line.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.raw(name).next().map(|raw| one_line(&words::decode(raw)))
    }

    /// All fields, decoded.
    pub(super) fn decoded(&self) -> Vec<(String, String)> {
        let decode = |field: &Field| (field.name.clone(), one_line(&words::decode(&field.raw)));
        self.fields.iter().map(decode).collect()
    }
}

/// Splits a mail into header block and body at the first empty line. Empty lines and an mbox
/// `From ` line (RFC 4155) at the very top are no part of it.
pub(super) fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let raw = top(raw);
    let mut length = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            let body = raw.get(length + line.len()..).unwrap_or_default();
            return (raw.get(..length).unwrap_or_default(), body);
        }
        length += line.len();
    }
    (raw, b"")
}

/// The mail from its first header field on.
pub(super) fn top(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let start = raw.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or(raw.len());
    let raw = raw.get(start..).unwrap_or_default();
    if !raw.starts_with(b"From ") && !raw.starts_with(b">From ") {
        return raw;
    }
    let line = raw.iter().position(|byte| *byte == b'\n').map_or(raw.len(), |at| at + 1);
    raw.get(line..).unwrap_or_default()
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// RFC 5322, 3.6.8: a name is printable ASCII without colon. Spaces before the colon are obsolete but seen.
fn field(line: &[u8]) -> Option<Field> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    let sane = (1..=100).contains(&name.len()) && name.iter().all(u8::is_ascii_graphic);
    let raw = line.get(colon + 1..)?.trim_ascii_start().to_vec();
    sane.then(|| Field { name: String::from_utf8_lossy(name).into_owned(), raw })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_at_the_first_empty_line_whatever_the_line_ends() {
        assert_eq!(split(b"A: 1\r\n\r\nbody"), (&b"A: 1\r\n"[..], &b"body"[..]));
        assert_eq!(split(b"A: 1\n\nbody\n\nmore"), (&b"A: 1\n"[..], &b"body\n\nmore"[..]));
        assert_eq!(split(b"A: 1"), (&b"A: 1"[..], &b""[..]));
    }

    #[test]
    fn an_mbox_line_on_top_is_no_field() {
        let (block, _) = split(b"\r\nFrom a@example.com Mon Jan 1 00:00:00 2024\nSubject: x\n\n");
        assert_eq!(Fields::read(block).decoded(), [("Subject".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn folded_values_are_one_line_and_strays_are_counted() {
        let fields = Fields::read(b"Subject: a\r\n\tb\r\nno field here\r\nX-Y : z\r\n");
        assert_eq!(fields.text("subject").as_deref(), Some("a b"));
        assert_eq!(fields.text("x-y").as_deref(), Some("z"));
        assert_eq!(fields.stray_lines, 1);
    }
}
