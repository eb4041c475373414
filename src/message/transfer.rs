//! Owns undoing base64 and quoted-printable (RFC 2045, 6.7 and 6.8).
//! Never gives up: broken input gives what can be read of it, and whether it was broken.

/// What came out, and whether anything stood there that the encoding has no place for.
pub(super) struct Undone {
    /// The bytes.
    pub(super) bytes: Vec<u8>,
    /// Left out (base64) or left as it stood (quoted-printable).
    pub(super) odd: bool,
}

/// Decodes base64. What is no letter of it is skipped, a cut-off end is dropped, and behind padding it begins anew:
/// programs join what was encoded apart. Lines behind the padding that are no base64 (list servers put
/// their footers there) stay as they are.
pub(super) fn base64(bytes: &[u8]) -> Undone {
    let mut out = Undone { bytes: Vec::with_capacity(bytes.len() / 4 * 3 + 3), odd: false };
    let mut rest = bytes;
    let mut padded = false;
    let mut group = Group::default();
    while let Some((first, tail)) = rest.split_first() {
        if padded && is_foreign_line(rest) {
            out.odd = true;
            out.bytes.extend_from_slice(b"\n");
            out.bytes.extend_from_slice(rest);
            return out;
        }
        rest = tail;
        match value(*first) {
            Some(six) => {
                padded = false;
                group.add(six, &mut out.bytes);
            }
            None if *first == b'=' => {
                group.end(&mut out.bytes);
                padded = true;
            }
            None => out.odd |= !first.is_ascii_whitespace(),
        }
    }
    group.end(&mut out.bytes);
    out
}

/// So many lines tell whether something is base64.
const LINES_LOOKED_AT: usize = 20;

/// Whether this is base64 rather than words under a wrong label. Words have blanks between them, or letters that
/// base64 doesn't have; below the padding that ends base64 they don't count.
pub(super) fn is_base64(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (mut all, mut other) = (0usize, 0usize);
    for line in lines.take(LINES_LOOKED_AT) {
        let line = line.get(..1_000).unwrap_or(line);
        let is_foreign = |byte: &&u8| value(**byte).is_none() && **byte != b'=';
        let word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        if word.ends_with(b"=") && !word.iter().any(|byte| is_foreign(&byte)) {
            break;
        }
        all += 1;
        let foreign = line.iter().filter(is_foreign).count();
        other += usize::from(foreign * 5 > line.len() || line.iter().any(u8::is_ascii_whitespace));
    }
    other * 2 <= all
}

/// Bytes that base64 of this length gives, without decoding it.
pub(super) fn base64_size(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| value(**byte).is_some()).count() * 3 / 4
}

/// Up to four letters of base64.
#[derive(Default)]
struct Group {
    bits: u32,
    letters: u32,
}

impl Group {
    fn add(&mut self, six: u8, out: &mut Vec<u8>) {
        self.bits = self.bits << 6 | u32::from(six);
        self.letters += 1;
        if self.letters == 4 {
            let [_, one, two, three] = self.bits.to_be_bytes();
            out.extend_from_slice(&[one, two, three]);
            *self = Self::default();
        }
    }

    /// Two letters are one byte and three are two; one alone is nothing.
    fn end(&mut self, out: &mut Vec<u8>) {
        let [_, one, two, _] = (self.bits << (6 * (4 - self.letters))).to_be_bytes();
        match self.letters {
            2 => out.push(one),
            3 => out.extend_from_slice(&[one, two]),
            _ => {}
        }
        *self = Self::default();
    }
}

/// RFC 4648, 4, and the letters of 5, which some programs write instead.
fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Whether the next line holds words: a space inside, or letters that base64 doesn't have.
fn is_foreign_line(rest: &[u8]) -> bool {
    let line = rest.strip_prefix(b"\r").unwrap_or(rest);
    let Some(line) = line.strip_prefix(b"\n") else { return false };
    let lines = line.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).take(4);
    lines.into_iter().find(|line| !line.is_empty()).is_some_and(|line| {
        line.iter().take(100).any(|byte| value(*byte).is_none() && *byte != b'=')
            || line.starts_with(b"__")
            || line.starts_with(b"--")
    })
}

/// Decodes quoted-printable; a `=` that starts nothing stays a `=`. Blanks behind a soft line end don't count.
pub(super) fn quoted_printable(bytes: &[u8]) -> Undone {
    let mut out = Undone { bytes: Vec::with_capacity(bytes.len()), odd: false };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'=') {
        let (before, tail) = rest.split_at(at);
        out.bytes.extend_from_slice(before);
        let tail = tail.get(1..).unwrap_or_default();
        rest = match tail {
            [b'\r', b'\n', after @ ..] | [b'\n' | b'\r', after @ ..] => after,
            [] => tail,
            [high, low, after @ ..] if hex(*high).is_some() && hex(*low).is_some() => {
                out.bytes.push(hex(*high).unwrap_or_default() << 4 | hex(*low).unwrap_or_default());
                after
            }
            _ => blank_line_end(tail).unwrap_or_else(|| {
                out.odd = true;
                out.bytes.push(b'=');
                tail
            }),
        };
    }
    out.bytes.extend_from_slice(rest);
    out
}

/// What follows a line end with blanks before it. More than a line is long is no such thing.
fn blank_line_end(bytes: &[u8]) -> Option<&[u8]> {
    let blanks = bytes.iter().take(80).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let behind = bytes.get(blanks..).filter(|_| blanks > 0)?;
    behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n"))
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_survives_what_is_broken_in_it() {
        let broken = quoted_printable(b"a=3D=\r\nb=zz=e3=81=82\r\n=");
        assert_eq!((broken.bytes.as_slice(), broken.odd), ("a=b=zzあ\r\n".as_bytes(), true));
        let padded = quoted_printable(b"soft = \t\r\nend");
        assert_eq!((padded.bytes.as_slice(), padded.odd), (&b"soft end"[..], false));
    }

    #[test]
    fn base64_survives_line_ends_missing_padding_and_a_cut_end() {
        assert_eq!(base64(b"YWJj\r\nZGVm").bytes, b"abcdef");
        assert_eq!(base64(b"YWI").bytes, b"ab");
        assert_eq!(base64(b"YWJjZ").bytes, b"abc");
    }

    #[test]
    fn base64_encoded_apart_and_joined_is_read_whole() {
        assert_eq!(base64(b"YQ==YWJj").bytes, b"aabc");
    }

    #[test]
    fn garbage_in_base64_is_skipped_and_said() {
        let garbage = base64(b"YW!Jj");
        assert_eq!((garbage.bytes.as_slice(), garbage.odd), (&b"abc"[..], true));
        assert!(!base64(b"YWJj\r\n").odd);
    }

    #[test]
    fn words_under_a_base64_label_are_told_apart() {
        assert!(!is_base64(b"The server is down.\r\nPlease look.\r\n"));
        assert!(!is_base64("\u{505c}\u{6b62}".as_bytes()));
        assert!(is_base64(b"VGhl\r\n") && is_base64(b"YW!Jj") && is_base64(b""));
        assert!(is_base64(b"YWI= ignored\nand this is, too"));
        assert!(is_base64(b"YWI=\n______\nops mailing list\nread it here\n"));
    }

    #[test]
    fn a_lists_footer_below_base64_stays_as_it_is() {
        let with_footer = base64(b"YWI=\n______\nops mailing list\n");
        assert_eq!(with_footer.bytes, b"ab\n\n______\nops mailing list\n");
    }

    #[test]
    fn the_size_is_known_without_decoding() {
        assert_eq!(base64_size(b"YWJj\r\nZGVm\r\nYQ=="), 7);
    }
}
