//! Owns the likeliest charset of bytes whose label is missing or lies.
//! Looks at the beginning only; never decodes the whole.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_5, ISO_8859_15, KOI8_R, KOI8_U, SHIFT_JIS,
    UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257,
    WINDOWS_1258,
};

/// So many bytes tell.
const LOOKED_AT: usize = 16 * 1024;
/// And so many tell whether a label can be believed.
const DOUBT: usize = 2 * 1024;
/// Fewer bytes beyond ASCII say nothing against a label; where two charsets share most byte pairs, more are needed.
const FEWEST: usize = 8;
const FEWEST_PAIRS: usize = 24;

const MULTI_BYTE: [&Encoding; 6] = [SHIFT_JIS, EUC_JP, GBK, GB18030, BIG5, EUC_KR];
const CYRILLIC: [&Encoding; 5] = [WINDOWS_1251, KOI8_R, KOI8_U, ISO_8859_5, IBM866];
const LATIN: [&Encoding; 5] = [WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258];

/// The likeliest charset; Windows-1252, in which anything is text, where none stands out.
pub(in crate::message) fn likeliest(bytes: &[u8]) -> &'static Encoding {
    if !super::is_damaged(UTF_8, bytes, "") {
        return UTF_8;
    }
    detected(bytes.get(..LOOKED_AT).unwrap_or(bytes))
}

/// The charset in which bytes are written whose label could be decoded and is wrong all the same.
pub(super) fn other(encoding: &'static Encoding, bytes: &[u8]) -> Option<&'static Encoding> {
    if encoding == UTF_8 || bytes.is_ascii() && !is_utf_16(encoding) {
        return None;
    }
    if is_utf_8(encoding, bytes) {
        return Some(UTF_8);
    }
    let bytes = bytes.get(..DOUBT).unwrap_or(bytes);
    let foreign = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    // Kana are proof enough, and cheaper than a guess.
    let is_sure = MULTI_BYTE.contains(&encoding) && (foreign < FEWEST_PAIRS || has_kana(encoding, bytes));
    if foreign < FEWEST || is_utf_16(encoding) || is_sure {
        return None;
    }
    let likely = detected(bytes);
    let doubted = if [WINDOWS_1252, ISO_8859_15].contains(&encoding) {
        !LATIN.contains(&likely) && lone(bytes) < 50
    } else if CYRILLIC.contains(&encoding) {
        CYRILLIC.contains(&likely) && family(likely) != family(encoding)
    } else {
        MULTI_BYTE.contains(&encoding) && MULTI_BYTE.contains(&likely) && family(likely) != family(encoding)
    };
    doubted.then_some(likely)
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // The window may end within a character.
    detector.feed(bytes, false);
    detector.guess(None, Utf8Detection::Deny)
}

/// Charsets that differ in rare characters only.
fn family(encoding: &'static Encoding) -> &'static Encoding {
    match encoding {
        same if same == GBK => GB18030,
        same if same == KOI8_R => KOI8_U,
        other => other,
    }
}

fn is_utf_16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Whether these bytes are UTF-8 and not by chance: pairs of other charsets' bytes may look like it now and then.
fn is_utf_8(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    if is_utf_16(encoding) {
        return !bytes.contains(&0);
    }
    let (mut all, mut long) = (0usize, 0usize);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1;
        long += usize::from(c.len_utf8() > 2);
    }
    all > 0 && encoding.is_single_byte() || long >= 2 || all >= 4
}

/// Whether Japanese syllables come out under a Japanese label. Half-width ones do by chance, too, but not without damage.
fn has_kana(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    let text = encoding.decode_without_bom_handling(bytes).0;
    let is_whole = !text.contains(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fffd}'));
    let is_kana = |c: &char| match c {
        '\u{3041}'..='\u{30fa}' => true,
        '\u{ff61}'..='\u{ff9f}' => is_whole,
        _ => false,
    };
    let kana = text.chars().filter(is_kana).count();
    kana * 5 > text.chars().filter(|c| !c.is_ascii()).count() && [SHIFT_JIS, EUC_JP].contains(&encoding)
}

/// Percent of the bytes beyond ASCII that stand alone, as the accented letters of Western languages do.
fn lone(bytes: &[u8]) -> usize {
    let (mut foreign, mut alone) = (0usize, 0usize);
    for run in bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        if run.first().is_some_and(|byte| !byte.is_ascii()) {
            foreign += run.len();
            alone += usize::from(run.len() == 1);
        }
    }
    (alone * 100).checked_div(foreign).unwrap_or(0)
}
