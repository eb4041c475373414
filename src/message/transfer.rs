//! Owns undoing base64 and quoted-printable (RFC 2045, 6.7 and 6.8).
//! Never gives up: broken input gives what can be read of it.

use mail_parser::decoders::base64::base64_decode;

/// Decodes base64; what is no letter of it is skipped, a cut-off end is dropped.
pub(super) fn base64(bytes: &[u8]) -> Vec<u8> {
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let mut letters: Vec<u8> = bytes.iter().copied().filter(is_letter).collect();
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    base64_decode(&letters).unwrap_or_default()
}

/// Decodes quoted-printable; a `=` that starts nothing stays a `=`.
pub(super) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => rest = after,
            (b'=', [high, low, after @ ..]) => match hex(*high).zip(hex(*low)) {
                Some((high, low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                None => out.push(b'='),
            },
            _ => out.push(first),
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_survives_what_is_broken_in_it() {
        assert_eq!(quoted_printable(b"a=3D=\r\nb=zz=e3=81=82\r\n="), "a=b=zzあ\r\n=".as_bytes());
    }

    #[test]
    fn base64_survives_line_ends_missing_padding_and_a_cut_end() {
        assert_eq!(base64(b"YWJj\r\nZGVm"), b"abcdef");
        assert_eq!(base64(b"YWI"), b"ab");
        assert_eq!(base64(b"YWJjZ"), b"abc");
    }
}
