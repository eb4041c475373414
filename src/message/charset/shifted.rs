//! Owns charsets that switch by escapes and shifts: ISO-2022-JP with all that Windows and phones add to it
//! (RFC 1468, RFC 2237, CP50221), ISO-2022-KR (RFC 1557), HZ (RFC 1843). They become the eight-bit form of the same
//! characters, which the decoders of browsers know whole; an escape that changes nothing is no damage.

use encoding_rs::{EUC_JP, EUC_KR, GBK};

const JAPANESE: &str = "iso-2022-jp";
const KOREAN: &str = "iso-2022-kr";
const CHINESE: &str = "hz-gb-2312";

/// Which of them these bytes are: by label, or by their escapes under a label that doesn't know any.
pub(super) fn name(label: &str, bytes: &[u8]) -> Option<&'static str> {
    let escapes = |ends: &[u8]| {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == 0x1b) {
            rest = rest.get(at + 1..).unwrap_or_default();
            if rest.first().is_some_and(|first| ends.contains(first)) {
                return true;
            }
        }
        false
    };
    match label {
        // UTF-8 and Shift_JIS that lie go on to those who guess.
        JAPANESE if bytes.is_ascii() || escapes(b"$(") => Some(JAPANESE),
        CHINESE if bytes.is_ascii() => Some(CHINESE),
        KOREAN if bytes.is_ascii() => Some(KOREAN),
        _ if !bytes.is_ascii() || label.starts_with("utf-16") || label.contains("ebcdic") => None,
        _ if bytes.starts_with(b"\x1b$)C") => Some(KOREAN),
        _ if escapes(b"$(") || has_shifted_kana(bytes) => Some(JAPANESE),
        _ => None,
    }
}

/// Whether half-width kana stand between SO and SI, as JIS X 0202 has them (CP50222).
fn has_shifted_kana(bytes: &[u8]) -> bool {
    let mut runs = bytes.split(|byte| *byte == 0x0e).skip(1).map(|rest| rest.split(|byte| *byte == 0x0f));
    runs.any(|mut run| {
        run.next().is_some_and(|run| !run.is_empty() && run.iter().all(|byte| (0x21..=0x5f).contains(byte)))
    })
}

/// Decodes one of them.
pub(super) fn decode(name: &str, bytes: &[u8]) -> String {
    let (eight_bit, encoding) = match name {
        KOREAN => (korean(bytes), EUC_KR),
        CHINESE => (chinese(bytes), GBK),
        _ => (japanese(bytes), EUC_JP),
    };
    encoding.decode_without_bom_handling(&eight_bit).0.into_owned()
}

/// What the bytes that follow stand for.
#[derive(Clone, Copy, PartialEq)]
enum Set {
    Ascii,
    /// JIS X 0201, half-width kana.
    Kana,
    /// JIS X 0208, also the first plane of 0213 that grew from it.
    Kanji,
    /// JIS X 0212.
    Supplement,
}

/// As EUC-JP.
fn japanese(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut set, mut shifted) = (Set::Ascii, false);
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        let current = if shifted { Set::Kana } else { set };
        // Most of a text stands in long runs of one set.
        let (run, behind) = plain_run(rest, current);
        if !run.is_empty() {
            out.extend(run.iter().map(|byte| if current == Set::Kanji { byte | 0x80 } else { *byte }));
            rest = behind;
            continue;
        }
        rest = tail;
        if first == 0x1b
            && let Some((next, behind)) = escape(tail)
        {
            (set, rest) = (next, behind);
            continue;
        }
        match (first, current, tail) {
            (0x0e | 0x0f, ..) => shifted = first == 0x0e,
            (0x21..=0x5f, Set::Kana, _) => out.extend([0x8e, first | 0x80]),
            // CP50221 takes kana with the eighth bit, too.
            (0xa1..=0xdf, ..) => out.extend([0x8e, first]),
            (0x21..=0x7e, Set::Kanji | Set::Supplement, [second @ 0x21..=0x7e, behind @ ..]) => {
                out.extend((current == Set::Supplement).then_some(0x8f));
                out.extend([first | 0x80, second | 0x80]);
                rest = behind;
            }
            _ => out.push(first),
        }
    }
    out
}

/// What begins these bytes and needs no look at its neighbours, and what follows: signs of ASCII, or pairs of kanji.
fn plain_run(bytes: &[u8], set: Set) -> (&[u8], &[u8]) {
    let length = match set {
        Set::Ascii => {
            bytes.iter().take_while(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~')).count()
        }
        Set::Kanji => bytes.iter().take_while(|byte| matches!(byte, 0x21..=0x7e)).count() & !1,
        Set::Kana | Set::Supplement => 0,
    };
    bytes.split_at_checked(length).unwrap_or((&[], bytes))
}

/// The set that an escape switches to, and what stands behind it.
fn escape(rest: &[u8]) -> Option<(Set, &[u8])> {
    match rest {
        [b'(', b'B' | b'J' | b'H', behind @ ..] => Some((Set::Ascii, behind)),
        [b'(', b'I', behind @ ..] => Some((Set::Kana, behind)),
        [b'$', b'(', b'D', behind @ ..] => Some((Set::Supplement, behind)),
        [b'$', b'@' | b'B', behind @ ..] | [b'$', b'(', b'@' | b'B' | b'O' | b'Q', behind @ ..] => {
            Some((Set::Kanji, behind))
        }
        [b'&', b'@', behind @ ..] => escape(behind.strip_prefix(b"\x1b")?),
        _ => None,
    }
}

/// As EUC-KR: between SO and SI, or to the line's end.
fn korean(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.strip_prefix(b"\x1b$)C").unwrap_or(bytes);
    let mut shifted = false;
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            0x0e | 0x0f => shifted = byte == 0x0e,
            b'\n' => {
                shifted = false;
                out.push(byte);
            }
            0x21..=0x7e if shifted => out.push(byte | 0x80),
            _ => out.push(byte),
        }
    }
    out
}

/// As GBK: between `~{` and `~}`, or to the line's end; `~~` is a tilde.
fn chinese(bytes: &[u8]) -> Vec<u8> {
    let mut shifted = false;
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail.get(1..).unwrap_or_default();
        match (first, tail.first()) {
            (b'~', Some(b'{')) => shifted = true,
            (b'~', Some(b'}')) => shifted = false,
            (b'~', Some(b'~')) if !shifted => out.push(b'~'),
            (b'~', Some(b'\n')) => {}
            (0x21..=0x7e, Some(second @ 0x21..=0x7e)) if shifted => out.extend([first | 0x80, second | 0x80]),
            _ => {
                shifted &= first != b'\n';
                out.push(first);
                rest = tail;
            }
        }
    }
    out
}
