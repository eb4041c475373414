//! Owns how much of a mail is handed to the MIME parser: a linear look at the raw bytes beforehand.
//! Never parses anything itself.

use std::collections::BTreeSet;

use super::fields::LONGEST_BLOCK;

/// Largest mail whose body is read, in bytes (DESIGN 10).
const LARGEST_MAIL: usize = 50 * 1024 * 1024;
/// Most MIME parts (DESIGN 10), attached mails included.
pub(super) const MOST_PARTS: usize = 1_000;
/// Deepest nesting of multiparts (DESIGN 10).
pub(super) const DEEPEST_NESTING: usize = 32;
/// Lines that could be boundaries whose declaration we didn't see.
const MOST_DASHED_LINES: usize = 100_000;
/// RFC 2046, 5.1.1 allows 70 characters; comparing a long one at every dash is slow.
const LONGEST_BOUNDARY: usize = 200;

/// Bytes times declared multiparts: for each of them the parser may look for its boundary up to the mail's end.
const MOST_WORK: usize = 2_000_000_000;

/// Why only the header block of a mail is read, in words; None for a mail within the limits.
pub(super) fn excess(raw: &[u8], block: &[u8]) -> Option<String> {
    if raw.len() > LARGEST_MAIL {
        return Some(format!("larger than {LARGEST_MAIL} bytes: only its header was read"));
    }
    if block.len() > LONGEST_BLOCK {
        return Some(format!(
            "its header is longer than {LONGEST_BLOCK} bytes: only the beginning of it was read"
        ));
    }
    let declared: Vec<&[u8]> = raw.split(|byte| *byte == b'\n').filter_map(declared_boundary).collect();
    if declared.len().saturating_mul(raw.len()) > MOST_WORK {
        return Some(format!(
            "declares {} multiparts for its size: only its header was read",
            declared.len()
        ));
    }
    let boundaries: BTreeSet<&[u8]> = declared.into_iter().collect();
    if boundaries.iter().any(|boundary| boundary.len() > LONGEST_BOUNDARY) {
        return Some("its MIME boundary is too long: only its header was read".to_owned());
    }
    let (mut attached, mut parts, mut dashed) = (0usize, 0usize, 0usize);
    for line in raw.split(|byte| *byte == b'\n') {
        if let Some(rest) = line.strip_prefix(b"--") {
            dashed += 1;
            let rest = rest.trim_ascii_end();
            parts += usize::from(boundaries.contains(rest) && !rest.is_empty());
        }
        attached += usize::from(declares_message(line));
    }
    if attached > MOST_PARTS {
        return Some(format!("holds {attached} mails within mails: only its header was read"));
    }
    if parts > MOST_PARTS || !boundaries.is_empty() && dashed > MOST_DASHED_LINES {
        return Some(format!("has more than {MOST_PARTS} parts: only its header was read"));
    }
    None
}

/// The raw mail with the names of nested mail types altered, byte for byte as long. A parser that doesn't know
/// them leaves such parts alone instead of descending without limit; the contents are read from the original.
pub(super) fn without_nested_types(raw: &[u8]) -> Vec<u8> {
    // Whatever stands around it, a subtype is one unbroken word (RFC 2045, 5.1).
    let names: [&[u8]; 3] = [b"rfc822", b"global", b"digest"];
    let is_name = |bytes: &[u8]| names.iter().any(|name| bytes.eq_ignore_ascii_case(name));
    let places = raw.windows(6).enumerate().filter(|(_, bytes)| is_name(bytes)).map(|(at, _)| at);
    let mut masked = raw.to_vec();
    for at in places {
        if let Some(byte) = masked.get_mut(at) {
            *byte = b'q';
        }
    }
    masked
}

fn declared_boundary(line: &[u8]) -> Option<&[u8]> {
    let at = line.windows(9).position(|bytes| bytes.eq_ignore_ascii_case(b"boundary="))?;
    let value = line.get(at + 9..)?;
    match value.strip_prefix(b"\"") {
        Some(quoted) => quoted.split(|byte| *byte == b'"').next(),
        None => value.split(|byte| *byte == b';' || byte.is_ascii_whitespace()).next(),
    }
}

fn declares_message(line: &[u8]) -> bool {
    let named = line.get(..13).is_some_and(|name| name.eq_ignore_ascii_case(b"content-type:"));
    named && line.windows(8).any(|bytes| bytes.eq_ignore_ascii_case(b"message/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_thousand_nested_mails_are_refused() {
        let raw = b"content-type: Message/RFC822\r\n\r\n".repeat(40_000);
        assert!(excess(&raw, b"").is_some_and(|why| why.contains("40000 mails")));
    }

    #[test]
    fn too_many_parts_are_refused_but_dashes_are_no_parts() {
        let head = b"Content-Type: multipart/mixed; boundary=\"ab\"\r\n\r\n".to_vec();
        let parts = [head.clone(), b"--ab\r\n\r\nx\r\n".repeat(1_001)].concat();
        assert!(excess(&parts, &head).is_some());
        let dashes = [head.clone(), b"-- \r\n-----------\r\n--abc\r\n".repeat(1_001)].concat();
        assert_eq!(excess(&dashes, &head), None);
    }

    #[test]
    fn many_multiparts_in_a_big_mail_are_refused() {
        let mut raw = b"Content-Type: multipart/mixed; boundary=x\n".repeat(900);
        assert_eq!(excess(&raw, b""), None);
        raw.resize(3_000_000, b'a');
        assert!(excess(&raw, b"").is_some_and(|why| why.contains("900 multiparts")));
    }

    #[test]
    fn a_header_without_end_is_refused() {
        let block = vec![b'a'; LONGEST_BLOCK + 1];
        assert!(excess(&block, &block).is_some());
    }

    #[test]
    fn nested_types_are_hidden_without_moving_a_byte() {
        let masked = without_nested_types(b"Content-Type: message/RFC822; x\n\nmultipart/Digest");
        assert_eq!(masked, b"Content-Type: message/qFC822; x\n\nmultipart/qigest");
    }
}
