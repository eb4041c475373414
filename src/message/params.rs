//! Owns MIME fields with parameters (RFC 2045, 5.1; RFC 2183): the value, and the parameters as their author meant
//! them: in pieces, in another charset (RFC 2231), as encoded words, without quotes.
//! Never fails: what can't be read is left out.

use percent_encoding::percent_decode;

use super::fields::Fields;
use super::plain::one_line;
use super::{charset, words};

/// More of a field holds no parameter of interest.
const LONGEST: usize = 16 * 1024;
/// More parameters are an attack.
const MOST: usize = 200;

/// A field's value and its parameters.
#[derive(Debug, Default, Clone)]
pub(super) struct Parameters {
    /// The value, lower case, without comments and blanks.
    pub(super) value: String,
    /// Names, lower case, with raw values.
    list: Vec<(String, Vec<u8>)>,
}

impl Parameters {
    /// Reads a field's value.
    pub(super) fn read(raw: &[u8]) -> Self {
        let mut pieces = pieces(raw.get(..LONGEST).unwrap_or(raw)).into_iter();
        let value = text(&pieces.next().unwrap_or_default());
        let value: String = value.chars().filter(|c| !c.is_whitespace()).collect();
        let named = |piece: Vec<u8>| {
            let at = piece.iter().position(|byte| *byte == b'=')?;
            let name = text(piece.get(..at)?).trim().to_ascii_lowercase();
            Some((name, piece.get(at + 1..)?.to_vec()))
        };
        Self { value: value.to_ascii_lowercase(), list: pieces.filter_map(named).take(MOST).collect() }
    }

    /// A header block's Content-Type: where there are several, the one that names a boundary, else the first.
    pub(super) fn content_type(fields: &Fields) -> Self {
        let mut all = fields.raw("Content-Type").take(MOST).map(Self::read);
        let first = all.next().unwrap_or_default();
        if first.raw("boundary").is_some() {
            return first;
        }
        all.find(|other| other.raw("boundary").is_some()).unwrap_or(first)
    }

    /// A parameter's value as text, on one line.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| self.raw(name).map(|raw| one_line(&words::decode(raw))))
    }

    /// A parameter as it came.
    pub(super) fn raw(&self, name: &str) -> Option<&[u8]> {
        self.list.iter().find(|(other, _)| other == name).map(|(_, raw)| raw.as_slice())
    }

    /// `name*=charset'language'text`, and `name*0*=…; name*1=…` in any order (RFC 2231, 3 and 4).
    fn extended(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(u32, bool, &[u8])> = Vec::new();
        for (other, raw) in &self.list {
            let Some(rest) = other.strip_prefix(name).and_then(|rest| rest.strip_prefix('*')) else {
                continue;
            };
            let encoded = rest.is_empty() || rest.ends_with('*');
            let number = rest.trim_end_matches('*');
            let Ok(number) = (if number.is_empty() { Ok(0) } else { number.parse() }) else { continue };
            pieces.push((number, encoded, raw));
        }
        pieces.sort_by_key(|(number, ..)| *number);
        let (_, encoded, first) = pieces.first()?;
        let mut parts = first.splitn(3, |byte| *byte == b'\'');
        let label = match (encoded, parts.next(), parts.next(), parts.next()) {
            (true, Some(label), Some(_), Some(text)) => {
                let label = String::from_utf8_lossy(label).into_owned();
                if let Some(first) = pieces.first_mut() {
                    first.2 = text;
                }
                label
            }
            _ => String::new(),
        };
        let mut bytes = Vec::new();
        for (_, encoded, raw) in &pieces {
            if *encoded {
                bytes.extend(percent_decode(raw));
            } else {
                bytes.extend_from_slice(raw);
            }
        }
        // Some put encoded words into pieces.
        Some(one_line(&if label.is_empty() {
            words::decode(&bytes)
        } else {
            charset::decode(&label, &bytes)
        }))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Splits at the semicolons outside quotes; quotes, comments and the blanks around values fall away.
fn pieces(raw: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = vec![Vec::new()];
    let (mut quoted, mut comment, mut in_value) = (false, 0usize, false);
    let mut blanks: Vec<u8> = Vec::new();
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            // Only quotes and backslashes are ever escaped; `C:\graph.pdf` is meant as it stands.
            b'\\' if quoted && bytes.peek().is_some_and(|next| matches!(next, b'"' | b'\\')) => {
                push(&mut pieces, &mut blanks, bytes.next());
            }
            b'"' if comment == 0 => quoted = !quoted,
            // A name without quotes may hold parentheses: `name=graph(1).pdf`.
            b'(' if !quoted && (comment > 0 || !in_value) => comment += 1,
            b')' if !quoted && comment > 0 => comment -= 1,
            b';' if !quoted && comment == 0 => {
                pieces.push(Vec::new());
                blanks.clear();
                in_value = false;
            }
            _ if comment > 0 => {}
            _ if !quoted && byte.is_ascii_whitespace() => blanks.push(byte),
            _ => {
                in_value |= byte == b'=';
                push(&mut pieces, &mut blanks, Some(byte));
            }
        }
    }
    pieces
}

/// Adds a byte to the last piece; the blanks before it count within a value, not around it.
fn push(pieces: &mut [Vec<u8>], blanks: &mut Vec<u8>, byte: Option<u8>) {
    let Some(last) = pieces.last_mut() else { return };
    if last.last().is_some_and(|before| *before != b'=') {
        last.append(blanks);
    }
    blanks.clear();
    last.extend(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &[u8], name: &str, expected: &str) {
        assert_eq!(Parameters::read(raw).text(name).as_deref(), Some(expected));
    }

    #[test]
    fn types_and_plain_parameters_are_read() {
        let kind = Parameters::read(b"Text/(really) Plain; Charset=\"utf-8\" ; format=flowed");
        assert_eq!(kind.value, "text/plain");
        assert_eq!(kind.text("charset").as_deref(), Some("utf-8"));
        assert_eq!(kind.text("format").as_deref(), Some("flowed"));
        assert_eq!(kind.text("boundary"), None);
    }

    #[test]
    fn a_name_in_another_charset_or_in_pieces_is_whole() {
        check(b"attachment; filename*=utf-8'ja'%E9%9A%9C%E5%AE%B3.txt", "filename", "障害.txt");
        check(b"attachment; filename*1*=%B3.txt; filename*0*=utf-8''%E9%9A%9C%E5%AE", "filename", "障害.txt");
        check(b"a; filename*0=\"long \"; filename*1=\"name.txt\"", "filename", "long name.txt");
        let sjis = b"a; filename*=cp932''%8F%E1%8AQ.txt; filename=\"?.txt\"";
        check(sjis, "filename", "障害.txt");
    }

    #[test]
    fn encoded_words_inside_quotes_and_raw_bytes_are_read() {
        check(b"image/png; name=\"=?UTF-8?B?6Zqc5a6z?=.png\"", "name", "障害.png");
        check(
            b"image/png; name=\"=?iso-2022-jp?B?GyRCPmMbKEI=?=\r\n =?iso-2022-jp?B?GyRCMzIbKEI=?=\"",
            "name",
            "障害",
        );
        check("a; filename=\"障害.txt\"".as_bytes(), "filename", "障害.txt");
        check(b"a; filename=\"\x83T\x81[\x83o\x81[.log\"", "filename", "サーバー.log");
    }

    #[test]
    fn names_without_quotes_keep_their_blanks_and_parentheses() {
        check(b"a; name=graph of (1).png; x=y", "name", "graph of (1).png");
        check(b"a; name=\"a;b \\\"c\\\" C:\\d\"", "name", "a;b \"c\" C:\\d");
        check(b"a; name=\"open", "name", "open");
    }
}
