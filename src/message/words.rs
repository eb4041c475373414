//! Owns header text → characters: encoded words (RFC 2047), and the raw eight-bit and ISO-2022-JP bytes that
//! some programs put there instead.
//! Never looks at what a field means.

use std::borrow::Cow;

use data_encoding::BASE64;

use super::plain::clip;
use super::{charset, transfer};

/// RFC 2047 allows 75 characters; programs that don't fold write longer ones.
const LONGEST_WORD: usize = 8_000;

/// A header value as text.
pub(super) fn decode(raw: &[u8]) -> String {
    rewrite(raw, str::to_owned)
}

/// A header value with every encoded word written anew in UTF-8 and base64, so that a parser of structure
/// sees neither foreign charsets nor the commas that sloppy programs leave in encoded words.
pub(super) fn reencode(raw: &[u8]) -> String {
    rewrite(raw, |text| match text {
        "" => String::new(),
        _ => format!("=?utf-8?B?{}?=", BASE64.encode(text.as_bytes())),
    })
}

/// Walks over the words. Neighbours of one charset are joined before decoding: characters get split
/// between words (RFC 2047, 5 forbids it, many do it).
fn rewrite(raw: &[u8], write: impl Fn(&str) -> String) -> String {
    let text = match std::str::from_utf8(raw) {
        Ok(text) if !raw.contains(&0x1b) => Cow::Borrowed(text),
        _ => Cow::Owned(charset::guess(raw)),
    };
    let mut out = String::with_capacity(text.len());
    let mut open: Option<Word> = None;
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once("=?") {
        let Some((word, tail)) = word(after) else {
            flush(&mut out, open.take(), &write);
            out.push_str(before);
            out.push_str("=?");
            rest = after;
            continue;
        };
        rest = tail;
        let adjacent = before.chars().all(char::is_whitespace);
        match &mut open {
            Some(last) if adjacent && last.charset == word.charset => last.bytes.extend(word.bytes),
            _ => {
                let between = open.is_some() && adjacent;
                flush(&mut out, open.take(), &write);
                if !between {
                    out.push_str(before);
                }
                open = Some(word);
            }
        }
    }
    flush(&mut out, open, &write);
    out.push_str(rest);
    out
}

struct Word {
    charset: String,
    bytes: Vec<u8>,
}

fn flush(out: &mut String, word: Option<Word>, write: impl Fn(&str) -> String) {
    if let Some(word) = word {
        out.push_str(&write(&charset::decode(&word.charset, &word.bytes)));
    }
}

/// What follows `=?`: `charset?encoding?text?=`, and the rest behind it.
fn word(text: &str) -> Option<(Word, &str)> {
    let window = clip(text, LONGEST_WORD);
    let (charset, after) = window.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    let (data, _) = after.split_once("?=")?;
    let length = charset.len() + encoding.len() + data.len() + 4;
    let charset = charset.split('*').next().unwrap_or_default(); // RFC 2231, 5: language suffix
    if charset.is_empty() || charset.len() > 60 || charset.contains(char::is_whitespace) {
        return None;
    }
    let bytes = match encoding {
        "b" | "B" => transfer::base64(data.as_bytes()),
        // RFC 2047, 4.2: like quoted-printable, with `_` for the space.
        "q" | "Q" => transfer::quoted_printable(data.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((Word { charset: charset.to_ascii_lowercase(), bytes }, text.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(charset: &str, bytes: &[u8]) -> String {
        format!("=?{charset}?B?{}?=", BASE64.encode(bytes))
    }

    #[test]
    fn words_are_decoded_and_plain_text_between_them_stays() {
        assert_eq!(decode(b"Re: =?utf-8?q?caf=C3=A9_a?= b =?ISO-8859-1*fr?Q?=E9?= !"), "Re: café a b é !");
    }

    #[test]
    fn a_character_split_between_two_words_is_whole_again() {
        let bytes = "障害".as_bytes();
        let (left, right) = bytes.split_at(4);
        let field = format!("{}\r\n {}", encoded("utf-8", left), encoded("UTF-8", right));
        assert_eq!(decode(field.as_bytes()), "障害");
    }

    #[test]
    fn windows_names_of_japanese_charsets_are_known() {
        let bytes = encoding_rs::SHIFT_JIS.encode("①監視").0.into_owned();
        assert_eq!(decode(encoded("cp932", &bytes).as_bytes()), "①監視");
    }

    #[test]
    fn raw_iso_2022_jp_is_read() {
        assert_eq!(decode(b"Re: \x1b$B>c32\x1b(B web01"), "Re: 障害 web01");
    }

    #[test]
    fn what_only_looks_like_a_word_stays_as_it_is() {
        for text in ["a =? b", "=?utf-8?x?abc?=", "=?utf-8?q?open", "=??q?a?=", "1=?2"] {
            assert_eq!(decode(text.as_bytes()), text);
        }
    }

    #[test]
    fn a_field_full_of_open_words_takes_no_long() {
        let hostile = "x=?u?q?yyy ".repeat(25_000);
        assert_eq!(decode(hostile.as_bytes()), hostile);
    }

    #[test]
    fn a_comma_in_an_encoded_name_does_not_split_the_address() {
        assert_eq!(
            reencode("=?utf-8?q?Sato,_Ken?= <k@example.jp>".as_bytes()),
            "=?utf-8?B?U2F0bywgS2Vu?= <k@example.jp>"
        );
    }
}
