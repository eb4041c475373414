//! Owns header text → characters: encoded words (RFC 2047), and the raw eight-bit and ISO-2022-JP bytes that
//! some programs put there instead.
//! Never looks at what a field means.

use std::borrow::Cow;

use data_encoding::BASE64;

use super::plain::{clip, is_printable, one_line};
use super::{charset, transfer};

/// RFC 2047 allows 75 characters; programs that don't fold write longer ones.
const LONGEST_WORD: usize = 8_000;

/// A header value as text.
pub(super) fn decode(raw: &[u8]) -> String {
    rewrite(raw, str::to_owned)
}

/// A header value as text on one line.
pub(super) fn line(raw: &[u8]) -> Cow<'_, str> {
    // Most fields are like this: nothing but ASCII, and no encoded word, which has a question mark.
    let plain = is_printable(raw) && memchr::memchr(b'?', raw).is_none();
    match std::str::from_utf8(raw) {
        Ok(text) if plain => Cow::Borrowed(text.trim()),
        _ => Cow::Owned(one_line(&decode(raw))),
    }
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
    if !text.contains("=?") {
        return text.into_owned();
    }
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
    let (data, end) = match after.split_once("?=") {
        Some((data, _)) if !data.contains("=?") => (data, 2),
        _ => (unended(encoding, after)?, 0),
    };
    let length = charset.len() + encoding.len() + data.len() + 2 + end;
    let charset = charset.split('*').next().unwrap_or_default(); // RFC 2231, 5: language suffix
    if charset.is_empty() || charset.len() > 60 || charset.contains(char::is_whitespace) {
        return None;
    }
    let bytes = match encoding {
        "b" | "B" => transfer::base64(data.as_bytes()).bytes,
        // RFC 2047, 4.2: like quoted-printable, with `_` for the space.
        "q" | "Q" => transfer::quoted_printable(data.replace('_', " ").as_bytes()).bytes,
        _ => return None,
    };
    Some((Word { charset: charset.to_ascii_lowercase(), bytes }, text.get(length..)?))
}

/// The text of a word that was cut off before its end: up to the next blank, if it is written as its encoding wants it
/// and holds something that was encoded.
fn unended<'a>(encoding: &str, text: &'a str) -> Option<&'a str> {
    let data = text.split(char::is_whitespace).next()?;
    let data = data.split_once("=?").map_or(data, |(data, _)| data).trim_end_matches('?');
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let sane = match encoding {
        "b" | "B" => data.len() >= 4 && data.chars().all(is_base64),
        "q" | "Q" => data.contains('=') && data.chars().all(|c| c.is_ascii_graphic()),
        _ => false,
    };
    sane.then_some(data)
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
    fn a_word_that_is_cut_off_is_read_as_far_as_it_goes() {
        assert_eq!(decode("=?utf-8?Q?St=C3=B6rung_in".as_bytes()), "Störung in");
        assert_eq!(decode("=?utf-8?B?6Zqc5a6z".as_bytes()), "障害");
        assert_eq!(decode("=?utf-8?B?6Zqc =?utf-8?B?5a6z?=".as_bytes()), "障害");
        assert_eq!(decode("=?utf-8?Q?St=C3=B6rung? web01".as_bytes()), "Störung? web01");
    }

    #[test]
    fn wrong_padding_and_raw_blanks_do_not_spoil_a_word() {
        assert_eq!(decode("=?utf-8?B?6Zqc5a6z=?=".as_bytes()), "障害");
        assert_eq!(decode("=?utf-8?B?Y2Fmw6k?=".as_bytes()), "café");
        assert_eq!(decode("=?utf-8?Q?caf=C3=A9 is down?=".as_bytes()), "café is down");
    }

    #[test]
    fn raw_eight_bit_headers_are_guessed() {
        let sjis = encoding_rs::SHIFT_JIS.encode("サーバー停止").0.into_owned();
        assert_eq!(decode(&sjis), "サーバー停止");
        assert_eq!(decode(b"St\xf6rung"), "Störung");
        assert_eq!(decode("障害".as_bytes()), "障害");
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
