//! Owns the mail inside an S/MIME block that is signed and not encrypted (RFC 8551, 3.5.2; CMS, RFC 5652, 5): it stands
//! there as plain bytes, whole or in pieces.
//! Never checks the signature, and never looks behind the content.

/// The object identifier of signed data, 1.2.840.113549.1.7.2 (RFC 5652, 5.1).
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const IDENTIFIER: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PIECES: u8 = 0x24;
const EXPLICIT: u8 = 0xa0;

/// The signed content. None where it is elsewhere, encrypted, or can't be found.
pub(super) fn content(block: &[u8]) -> Option<Vec<u8>> {
    let (info, _) = element(block, SEQUENCE)?;
    let (identifier, rest) = element(info, IDENTIFIER)?;
    let signed = element(element(rest, EXPLICIT)?.0, SEQUENCE).filter(|_| identifier == SIGNED_DATA)?.0;
    let (_, rest) = element(signed, INTEGER)?;
    let (_, rest) = element(rest, SET)?;
    let (_, rest) = element(element(rest, SEQUENCE)?.0, IDENTIFIER)?;
    let (octets, _) = element(rest, EXPLICIT)?;
    if let Some((whole, _)) = element(octets, OCTETS) {
        return Some(whole.to_vec());
    }
    let (mut pieces, _) = element(octets, OCTETS_IN_PIECES)?;
    let mut joined = Vec::with_capacity(pieces.len());
    while let Some((piece, rest)) = element(pieces, OCTETS) {
        joined.extend_from_slice(piece);
        pieces = rest;
    }
    Some(joined)
}

/// The content of the first element, if it has this tag, and what follows (X.690, 8.1). One without a length goes on to
/// the end: its own end is not looked for.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first().filter(|(first, _)| **first == tag)?;
    let (length, rest) = rest.split_first()?;
    let is_whole = first & 0x20 == 0;
    match usize::from(*length) {
        short @ 0..=0x7f => rest.split_at_checked(short),
        0x80 if is_whole => None,
        0x80 => Some((rest, b"")),
        long => {
            let (digits, rest) =
                rest.split_at_checked(long - 0x80).filter(|(digits, _)| digits.len() <= 4)?;
            let length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
            // A block that was cut off is read as far as it goes.
            Some(rest.split_at(length.min(rest.len())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], length.as_slice(), content].concat()
    }

    fn block(octets: &[u8]) -> Vec<u8> {
        let inner = [wrapped(IDENTIFIER, b"data"), wrapped(EXPLICIT, octets)].concat();
        let signed = [wrapped(INTEGER, b"\x01"), wrapped(SET, b""), wrapped(SEQUENCE, &inner)].concat();
        let explicit = wrapped(EXPLICIT, &wrapped(SEQUENCE, &signed));
        wrapped(SEQUENCE, &[wrapped(IDENTIFIER, &SIGNED_DATA), explicit].concat())
    }

    #[test]
    fn signed_content_is_found_whole_and_in_pieces() {
        assert_eq!(content(&block(&wrapped(OCTETS, b"ack"))).as_deref(), Some(&b"ack"[..]));
        let pieces = [&[OCTETS_IN_PIECES, 0x80], b"\x04\x02ac\x04\x01k\0\0".as_slice()].concat();
        assert_eq!(content(&block(&pieces)).as_deref(), Some(&b"ack"[..]));
    }

    #[test]
    fn other_blocks_and_broken_ones_hold_nothing() {
        let whole = block(&wrapped(OCTETS, b"ack"));
        for length in 0..whole.len() {
            assert_ne!(content(whole.get(..length).unwrap()).as_deref(), Some(&b"ack"[..]));
        }
        let kind = whole.windows(SIGNED_DATA.len()).position(|bytes| bytes == SIGNED_DATA).unwrap();
        let mut encrypted = whole.clone();
        encrypted[kind + SIGNED_DATA.len() - 1] = 0x03;
        assert_eq!(content(&encrypted), None);
        assert_eq!(content(b""), None);
        assert_eq!(content(b"\x30\xff"), None);
    }
}
