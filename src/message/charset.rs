//! Owns bytes → text: charset labels as they are really written, and another reading where they lie.
//! Never fails: what can't be decoded becomes U+FFFD or the likeliest reading.

mod guessing;
mod shifted;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use mail_parser::decoders::charsets::map::charset_decoder;

use super::plain::{clip, one_line};

pub(super) use guessing::likeliest;

/// Text and what was odd about its charset.
pub(super) struct Read {
    /// The text.
    pub(super) text: String,
    /// That the label is wrong or missing, and how it was read instead.
    pub(super) odd: Option<String>,
}

/// Decodes text that came with a charset label (RFC 2045, 5.1; empty when it had none).
pub(super) fn read(label: &str, bytes: &[u8]) -> Read {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let label = alias(&label);
    let plain = |text| Read { text, odd: None };
    if is_plain(label, bytes)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return plain(text.to_owned());
    }
    if let Some(name) = shifted::name(label, bytes) {
        let odd = (name != label).then(|| lied(label, name));
        return Read { text: shifted::decode(name, bytes), odd };
    }
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) => {
            labelled(if encoding == UTF_16LE { utf_16(label, bytes) } else { encoding }, label, bytes)
        }
        // UTF-7, IBM850 and others that browsers don't have.
        None => match charset_decoder(label.as_bytes()).filter(|_| !label.is_empty()) {
            Some(decode) => plain(decode(bytes)),
            None => guessed(label, bytes),
        },
    }
}

/// [`read`], of which only the text matters.
pub(super) fn decode(label: &str, bytes: &[u8]) -> String {
    read(label, bytes).text
}

/// Reads text of unknown charset.
pub(super) fn guess(bytes: &[u8]) -> String {
    read("", bytes).text
}

/// Whether these bytes are ASCII in every charset that the label may mean.
fn is_plain(label: &str, bytes: &[u8]) -> bool {
    let apart = ["utf-7", "utf7", "unicode-1-1-utf-7", "hz-gb-2312", "utf-16", "utf-16le", "utf-16be"];
    // All bytes are looked at, which processors do many at a time.
    let other =
        bytes.iter().fold(false, |other, byte| other | !byte.is_ascii() | matches!(byte, 0 | 0x0e | 0x1b));
    !other && !apart.contains(&label) && !label.contains("ebcdic")
}

/// Decodes by a label that we know, if that can be believed.
fn labelled(encoding: &'static Encoding, label: &str, bytes: &[u8]) -> Read {
    let (text, used, errors) = encoding.decode(bytes);
    let other = guessing::other(encoding, bytes).filter(|_| used == encoding);
    if other.is_none() && !(errors && is_damaged(used, bytes, &text)) {
        // Nothing beyond ASCII is ASCII; browsers read Windows-1252 by that label.
        let odd = used != encoding || label == "us-ascii" && !bytes.is_ascii();
        return Read { text: text.into_owned(), odd: odd.then(|| lied(label, used.name())) };
    }
    let likely = other.unwrap_or_else(|| likeliest(bytes));
    let (better, _, errors) = likely.decode(bytes);
    if likely == used || errors && is_damaged(likely, bytes, &better) {
        return Read { text: text.into_owned(), odd: Some(spoilt(likely)) };
    }
    Read { text: better.into_owned(), odd: Some(lied(label, likely.name())) }
}

fn guessed(label: &str, bytes: &[u8]) -> Read {
    let likely = likeliest(bytes);
    let (text, used, _) = likely.decode(bytes);
    // RFC 6532 and the programs of today write UTF-8 where nothing is said.
    let said = !label.is_empty() || used != UTF_8;
    Read { text: text.into_owned(), odd: (said && !bytes.is_ascii()).then(|| lied(label, used.name())) }
}

fn lied(label: &str, name: &str) -> String {
    match one_line(clip(label, 60)).as_str() {
        "" => format!("does not say its charset; it was read as {name}"),
        label => format!("says that its charset is {label}, which it is not; it was read as {name}"),
    }
}

fn spoilt(encoding: &'static Encoding) -> String {
    format!("has characters that are no {}; they were replaced by a mark", encoding.name())
}

/// RFC 2781, 4.3 wants big-endian where neither label nor mark tells; Windows writes little-endian.
fn utf_16(label: &str, bytes: &[u8]) -> &'static Encoding {
    let zeros =
        |skip: usize| bytes.iter().take(2_000).skip(skip).step_by(2).filter(|byte| **byte == 0).count();
    if label == "utf-16" && zeros(0) > zeros(1) { UTF_16BE } else { UTF_16LE }
}

/// Names that mail programs write for charsets the WHATWG encoding standard knows by another.
fn alias(label: &str) -> &str {
    match label {
        "cp932" | "ms932" | "ms_kanji" | "windows-932" | "x-ms-cp932" | "sjis-win" | "shift-jis" | "sjis"
        | "x-sjis-cp932" | "cswindows31j" | "shift_jis-2004" | "sjis-mobile#docomo" => "shift_jis",
        "cp50220"
        | "cp50221"
        | "cp50222"
        | "x-windows-50220"
        | "x-windows-50221"
        | "x-windows-iso2022jp"
        | "iso-2022-jp-ms"
        | "iso-2022-jp-1"
        | "iso-2022-jp-2"
        | "iso-2022-jp-3"
        | "iso-2022-jp-2004"
        | "iso-2022-jp-mobile#kddi"
        | "csiso2022jp"
        | "iso2022jp"
        | "iso2022-jp"
        | "iso-2022jp"
        | "x-iso-2022-jp"
        | "jis" => "iso-2022-jp",
        "csiso2022kr" | "iso2022kr" | "iso2022-kr" => "iso-2022-kr",
        "hz" | "x-hz" => "hz-gb-2312",
        "eucjp" | "euc_jp" | "eucjp-ms" | "eucjp-win" | "euc-jp-ms" | "cp51932" | "x-windows-51932" => {
            "euc-jp"
        }
        "cp949" | "ms949" | "uhc" | "ks_c_5601" | "euckr" | "x-windows-949" => "euc-kr",
        "cp936" | "ms936" | "euc-cn" | "euccn" | "gb_2312" | "windows-936" => "gbk",
        "cp950" | "ms950" | "big-5" | "windows-950" => "big5",
        "utf_8" | "utf8mb4" | "utf-8mb4" | "utf 8" | "utf-8n" | "cp65001" | "utf-8-bom" | "utf-8-sig" => {
            "utf-8"
        }
        "koi8" | "koi-8" | "koi8r" => "koi8-r",
        // Labels that say nothing: let the bytes speak.
        "unknown-8bit" | "x-unknown" | "unknown" | "default" | "binary" | "8bit" | "7bit" | "_autodetect"
        | "_autodetect_all" | "x-user-defined" | "none" => "",
        "ascii" | "ansi_x3.4-1968" | "iso646-us" | "us" => "us-ascii",
        "latin-1" | "ansi" => "iso-8859-1",
        other => other,
    }
}

/// Whether more than a tenth of what isn't ASCII was lost in decoding. In UTF-8 the errors themselves are counted: it can
/// spell U+FFFD, the mark of another program's loss.
fn is_damaged(encoding: &'static Encoding, bytes: &[u8], text: &str) -> bool {
    let foreign = |text: &str| text.chars().filter(|c| !c.is_ascii()).count();
    let (lost, whole) = if encoding == UTF_8 {
        bytes.utf8_chunks().fold((0, 0), |(lost, whole), chunk| {
            (lost + usize::from(!chunk.invalid().is_empty()), whole + foreign(chunk.valid()))
        })
    } else {
        let lost = text.chars().filter(|c| *c == '\u{fffd}').count();
        (lost, foreign(text) - lost)
    };
    lost * 10 > lost + whole
}

#[cfg(test)]
mod tests;
