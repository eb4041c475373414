//! Owns bytes → text: charset labels as they are really written, and a guess where they lie.
//! Never fails: what can't be decoded becomes U+FFFD or the likeliest reading.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// Decodes text that came with a charset label (RFC 2045, 5.1; empty when it had none).
pub(super) fn decode(label: &str, bytes: &[u8]) -> String {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let Some(text) = labelled(&label, bytes) else { return guess(bytes) };
    // Escapes that are still there, or mostly damage: the label lied.
    if text.contains("\u{1b}$") || text.contains("\u{1b}(") || is_damaged(&text) {
        let guessed = guess(bytes);
        if !is_damaged(&guessed) {
            return guessed;
        }
    }
    text
}

/// Reads text of unknown charset: ISO-2022-JP by its escapes, then UTF-8, then the Japanese
/// eight-bit charsets if kana come out, then Windows-1252, in which anything is text.
pub(super) fn guess(bytes: &[u8]) -> String {
    if bytes.is_ascii() && bytes.windows(2).any(|pair| pair == b"\x1b$" || pair == b"\x1b(") {
        let text = iso_2022_jp(bytes);
        if !is_damaged(&text) {
            return text;
        }
    }
    let utf8 = String::from_utf8_lossy(bytes);
    if !is_damaged(&utf8) {
        return utf8.into_owned();
    }
    let japanese = [SHIFT_JIS, EUC_JP].into_iter().filter_map(|encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        let kana = text.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30ff}')).count();
        (kana > 0).then_some((kana, text))
    });
    match japanese.max_by_key(|(kana, _)| *kana) {
        Some((_, text)) => text.into_owned(),
        None => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Decodes by label alone; None when nobody knows the label.
fn labelled(label: &str, bytes: &[u8]) -> Option<String> {
    let known = Encoding::for_label_no_replacement(alias(label).as_bytes());
    if known == Some(ISO_2022_JP) {
        return Some(iso_2022_jp(bytes));
    }
    if let Some(encoding) = known {
        return Some(encoding.decode(bytes).0.into_owned());
    }
    // UTF-7, IBM850 and others that browsers don't have.
    charset_decoder(label.as_bytes()).filter(|_| !label.is_empty()).map(|decode| decode(bytes))
}

/// ISO-2022-JP, in which programs switch back to ASCII and away again at every seam; the decoder takes an escape
/// that changes nothing for damage.
fn iso_2022_jp(bytes: &[u8]) -> String {
    let mut needed = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        if let [0x1b, b'(' | b'$', b'B' | b'J' | b'@', next @ ..] = rest
            && next.first() == Some(&0x1b)
        {
            rest = next;
            continue;
        }
        needed.push(*first);
        rest = tail;
    }
    ISO_2022_JP.decode_without_bom_handling(&needed).0.into_owned()
}

/// Names that mail programs write for charsets the WHATWG encoding standard knows by another.
fn alias(label: &str) -> &str {
    match label {
        "cp932" | "ms932" | "ms_kanji" | "windows-932" | "x-ms-cp932" | "sjis-win" | "shift-jis"
        | "x-sjis-cp932" | "cswindows31j" => "shift_jis",
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
        | "iso2022jp"
        | "iso2022-jp"
        | "x-iso-2022-jp"
        | "jis" => "iso-2022-jp",
        "eucjp" | "euc_jp" | "eucjp-ms" | "eucjp-win" | "euc-jp-ms" | "cp51932" | "x-windows-51932" => {
            "euc-jp"
        }
        "cp949" | "uhc" | "ks_c_5601" | "euckr" => "euc-kr",
        "cp936" | "euc-cn" | "euccn" => "gbk",
        "cp950" | "big-5" => "big5",
        "utf_8" | "utf8mb4" | "utf-8n" | "cp65001" | "utf-8-bom" | "utf-8-sig" => "utf-8",
        // Labels that say nothing: let `guess` look.
        "us-ascii" | "ascii" | "ansi_x3.4-1968" | "unknown-8bit" | "x-unknown" | "unknown" | "default"
        | "binary" | "8bit" | "7bit" => "",
        "latin-1" | "ansi" | "iso-8859-1" => "windows-1252",
        other => other,
    }
}

/// Whether more than a tenth of what isn't ASCII was lost in decoding.
fn is_damaged(text: &str) -> bool {
    let (mut lost, mut foreign) = (0usize, 0usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        foreign += 1;
        lost += usize::from(c == '\u{fffd}');
    }
    lost * 10 > foreign
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISO_2022_JP_BYTES: &[u8] = b"\x1b$B>c32H/@8\x1b(B web01";

    #[test]
    fn japanese_labels_of_the_real_world_are_known() {
        let sjis = SHIFT_JIS.encode("障害発生①").0.into_owned();
        for label in ["cp932", "Windows-31J", "\"MS932\"", "shift_jis", "x-sjis"] {
            assert_eq!(decode(label, &sjis), "障害発生①", "{label}");
        }
        for label in ["iso-2022-jp", "CP50221", "iso-2022-jp-ms", "ISO-2022-JP-3"] {
            assert_eq!(decode(label, ISO_2022_JP_BYTES), "障害発生 web01", "{label}");
        }
    }

    #[test]
    fn escapes_that_change_nothing_are_no_damage() {
        let twice = [ISO_2022_JP_BYTES.strip_suffix(b" web01").unwrap(), ISO_2022_JP_BYTES].concat();
        assert_eq!(decode("iso-2022-jp", &twice), "障害発生障害発生 web01");
    }

    #[test]
    fn escapes_without_a_label_or_with_a_wrong_one_are_read() {
        for label in ["", "us-ascii", "utf-8", "iso-8859-1", "no-such-thing"] {
            assert_eq!(decode(label, ISO_2022_JP_BYTES), "障害発生 web01", "{label}");
        }
    }

    #[test]
    fn utf8_under_a_wrong_label_is_read_as_utf8() {
        for label in ["iso-2022-jp", "us-ascii", ""] {
            assert_eq!(decode(label, "復旧しました".as_bytes()), "復旧しました", "{label}");
        }
    }

    #[test]
    fn one_bad_byte_does_not_spoil_the_rest() {
        let mut bytes = "サーバーが応答していません。確認をお願いします。".as_bytes().to_vec();
        bytes.push(0xff);
        assert_eq!(decode("utf-8", &bytes), "サーバーが応答していません。確認をお願いします。\u{fffd}");
    }

    #[test]
    fn eight_bit_text_without_a_label_is_guessed() {
        let text = "サーバーがダウンしています";
        assert_eq!(guess(&SHIFT_JIS.encode(text).0), text);
        assert_eq!(guess(&EUC_JP.encode(text).0), text);
        assert_eq!(guess(b"caf\xe9"), "café");
    }
}
