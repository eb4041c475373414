//! Owns how much of a mail is read (DESIGN 10).
//! Never parses anything itself.

use super::fields::LONGEST_BLOCK;

/// Largest mail whose body is read, in bytes.
const LARGEST_MAIL: usize = 50 * 1024 * 1024;
/// Most MIME parts that are read; an attached mail is one.
pub(super) const MOST_PARTS: usize = 1_000;
/// Deepest nesting of multiparts.
pub(super) const DEEPEST_NESTING: usize = 32;
/// RFC 2046, 5.1.1 allows 70 characters.
pub(super) const LONGEST_BOUNDARY: usize = 200;
/// Longest text that is read, in bytes. Nobody reads more at night, and every later step takes time by its length.
pub(super) const LONGEST_TEXT: usize = 1024 * 1024;

/// Why only the header block of a mail is read, in words; None for a mail within the limits.
pub(super) fn excess(raw: &[u8], block: &[u8]) -> Option<String> {
    if raw.len() > LARGEST_MAIL {
        return Some(format!("larger than {LARGEST_MAIL} bytes: only its header was read"));
    }
    (block.len() > LONGEST_BLOCK).then(|| {
        format!("its header is longer than {LONGEST_BLOCK} bytes: only the beginning of it was read")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_without_end_is_refused() {
        let block = vec![b'a'; LONGEST_BLOCK + 1];
        assert!(excess(&block, &block).is_some());
        assert_eq!(excess(&block, b""), None);
    }

    #[test]
    fn a_mail_of_more_than_fifty_mebibytes_is_refused() {
        assert!(excess(&vec![b'a'; LARGEST_MAIL + 1], b"").is_some_and(|why| why.contains("52428800")));
    }
}
