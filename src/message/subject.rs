//! Owns the base subject (RFC 5256, 2.1) with the prefixes that mail programs of many languages write.
//! Never folds case: comparing is the caller's.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::plain::clip;

/// What the outermost prefix says of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// `Re:` and kin.
    Reply,
    /// `Fwd:` and kin.
    Forward,
    /// `VS:`, a reply in Finnish and Estonian, a forward in Danish and Norwegian: the text must say which.
    Either,
}

/// A subject without its prefixes, list tags and our own tags, and the outermost prefix. A base is its own base.
pub(super) fn base(subject: &str) -> (String, Option<Prefix>) {
    let mut text = without_own_tags(clip(subject, 1_000));
    let mut outermost = None;
    let mut trailed = false;
    loop {
        let spaced = single_spaced(&text);
        let plain = without_end(&spaced, "(fwd)").trim_end();
        trailed |= plain.len() < spaced.len();
        let (rest, prefix) = step(plain);
        outermost = outermost.or(prefix);
        if rest == text {
            return (text, outermost.or(trailed.then_some(Prefix::Forward)));
        }
        text = rest;
    }
}

fn single_spaced(text: &str) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("  ");
    if is_plain {
        return Cow::Borrowed(text.trim());
    }
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// One round of RFC 5256, 2.1, steps 3 to 6.
fn step(text: &str) -> (String, Option<Prefix>) {
    if let Some(inner) = wrapped(text) {
        return (inner.trim().to_owned(), Some(Prefix::Forward));
    }
    if let Some((prefix, rest)) = leader(text) {
        return (rest.trim_start().to_owned(), Some(prefix));
    }
    let rest = blob(text).or_else(|| warning(text)).or_else(|| numbered(text));
    match rest.filter(|rest| !rest.trim().is_empty()) {
        Some(rest) => (rest.trim_start().to_owned(), None),
        None => (text.to_owned(), None),
    }
}

/// Our tag with its check characters, `[INC-42-K7]`, anywhere.
fn without_own_tags(subject: &str) -> String {
    static TAG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\[\pL[\pL\d]{0,19}-\d{1,9}-[0-9A-Za-z]{2}\]").ok());
    let mut text = subject.to_owned();
    if !text.contains('[') {
        return text;
    }
    while let Some(found) = TAG.as_ref().and_then(|tag| tag.find(&text)).map(|found| found.range()) {
        text.replace_range(found, " ");
    }
    text
}

fn without_end<'a>(text: &'a str, end: &str) -> &'a str {
    let cut = text.len().checked_sub(end.len());
    let tail = cut.and_then(|at| Some((text.get(..at)?, text.get(at..)?)));
    tail.filter(|(_, tail)| tail.eq_ignore_ascii_case(end)).map_or(text, |(head, _)| head)
}

/// `[fwd: …]`
fn wrapped(text: &str) -> Option<&str> {
    let head = text.get(..5)?;
    head.eq_ignore_ascii_case("[fwd:").then(|| text.get(5..)?.strip_suffix(']')).flatten()
}

/// A leading `[…]`, which lists, ticket systems and mail gateways add, or MailScanner's `{…}`. None of them is long.
fn blob(text: &str) -> Option<&str> {
    let (close, inside) = match text.strip_prefix('[') {
        Some(inside) => (']', inside),
        None => ('}', text.strip_prefix('{')?),
    };
    let (inner, rest) = inside.split_once(close)?;
    let is_wrapper = inner.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("fwd:"));
    (inner.len() <= 80 && !inner.contains(['[', '{']) && !is_wrapper).then_some(rest)
}

/// What a filter says of a mail between stars: `***SPAM***`. Monitors write stars too: `** PROBLEM **`.
fn warning(text: &str) -> Option<&str> {
    let starred = text.strip_prefix("**")?.trim_start_matches('*');
    let (word, rest) = starred.split_once("**")?;
    let word = word.trim().to_ascii_lowercase();
    WARNINGS.contains(&word.as_str()).then(|| rest.trim_start_matches('*'))
}

/// The name and number that Japanese list programs (fml) put in front: `(ops:00123)`, `(ops 123)`, `【ops:00123】`.
fn numbered(text: &str) -> Option<&str> {
    let (inner, rest) = match text.strip_prefix('(') {
        Some(inside) => inside.split_once(')')?,
        None => text.strip_prefix('【')?.split_once('】')?,
    };
    let (name, number) = inner.trim().rsplit_once([':', ' ', ',', '-'])?;
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let counted = number.len() >= 3 && number.chars().all(|c| c.is_ascii_digit());
    (named && counted && name.starts_with(|c: char| c.is_ascii_alphabetic()) && inner.len() <= 80)
        .then_some(rest)
}

/// A prefix with its counter and colon: `Re:`, `AW :`, `Re[2]:`, `SV(3)：`, `RE^2:`, `(Fwd)`. `Re: [tag]` comes in two
/// steps.
fn leader(text: &str) -> Option<(Prefix, &str)> {
    // Pegasus Mail writes no colon.
    if let Some((inner, rest)) = text.strip_prefix('(').and_then(|inside| inside.split_once(')'))
        && (inner.eq_ignore_ascii_case("fwd") || inner.eq_ignore_ascii_case("forwarded"))
    {
        return Some((Prefix::Forward, rest));
    }
    let (head, rest) = text.split_once([':', '：', '︰', '﹕', '꞉'])?;
    if head.len() > LONGEST_PREFIX {
        return None;
    }
    let narrowed = narrow(head);
    let word = narrowed.trim_end().trim_end_matches([']', ')']).trim_end();
    let word = word
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['[', '(', '^', '*', '#', '.', '-']);
    let word = word.trim().to_lowercase().replace('\u{307}', "");
    let known =
        |table: &[(&str, &str)]| table.iter().any(|(_, words)| words.split('|').any(|one| one == word));
    let tables = [(Prefix::Either, EITHER), (Prefix::Reply, REPLY), (Prefix::Forward, FORWARD)];
    tables.into_iter().find(|(_, table)| known(table)).map(|(prefix, _)| (prefix, rest))
}

/// Full-width letters as ASCII, as Japanese input methods leave them: `Ｒｅ：`.
fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    text.chars().map(one).collect()
}

/// Longest prefix with its counter, in bytes.
const LONGEST_PREFIX: usize = 60;

/// Warnings of filters.
const WARNINGS: [&str; 12] = [
    "bulk",
    "ext",
    "external",
    "external email",
    "external mail",
    "junk",
    "possible spam",
    "probable spam",
    "spam",
    "suspected spam",
    "suspicious",
    "virus",
];

/// Prefixes that are a reply's in one language and a forward's in another.
const EITHER: &[(&str, &str)] = &[("da, et, fi, nb", "vs")];

/// Reply prefixes, lower case, with their language: Gmail, Lotus Notes, Outlook, Thunderbird, The Bat and kin. Words
/// that people write with a colon themselves (`ref`, `na`) are left out.
const REPLY: &[(&str, &str)] = &[
    ("ar", "رد|رد على|الرد"),
    ("bg", "отг"),
    ("cy", "atb"),
    ("de", "aw|antw|antwort"),
    ("el", "απ|σχετ|απάντηση"),
    ("en", "re"),
    ("eu", "er"),
    ("fa", "پاسخ"),
    ("fr", "réf|rép|rep|réponse"),
    ("he", "השב|תגובה|תשובה"),
    ("hr, sl, sr", "odg|одг"),
    ("hu", "vá|válasz"),
    ("id", "bls|balas"),
    ("it", "r|rif"),
    ("ja", "返信|返"),
    ("ko", "회신|답장|답글"),
    ("lt", "ats"),
    ("nl", "antw"),
    ("pl, cs, sk", "odp|odpověď|odpoveď|odpowiedź"),
    ("pt", "res|resp"),
    ("ro", "răspuns"),
    ("ru", "ответ|отв"),
    ("sv, da, nb, is", "sv|svar|ang"),
    ("th", "ตอบกลับ|ตอบ"),
    ("tr", "ynt|yan|yanıt"),
    ("uk", "відп|відповідь"),
    ("vi", "tl|trl|trả lời"),
    ("zh", "回复|回覆|答复|答覆|回信|回應"),
];

/// Forward prefixes, lower case, with their language.
const FORWARD: &[(&str, &str)] = &[
    ("ar", "إعادة توجيه|تحويل"),
    ("bg", "препр"),
    ("cs, sk", "přeposlat|přepos|přesl|prep|preposlané"),
    ("cy", "yml"),
    ("da, nb", "videresendt|videresend|vids"),
    ("de", "wg|weitergeleitet"),
    ("el", "πρθ|προώθηση"),
    ("en", "fw|fwd|forward|forwarded"),
    ("es", "rv|reenv|reenviado"),
    ("et", "edasi"),
    ("fa", "هدایت"),
    ("fi", "vl"),
    ("fr", "tr|transf|transféré"),
    ("he", "הועבר|העבר"),
    ("hr, sl, sr", "prosl|proslijeđeno|posr|просл"),
    ("hu", "továbbítás|továbbítva|tovább"),
    ("id", "trs|terusan"),
    ("is", "fs"),
    ("it", "i|inoltrato|inoltra|inol"),
    ("ja", "転送"),
    ("ko", "전달"),
    ("lt", "prs|persiųsta"),
    ("lv", "pārs"),
    ("nl", "doorst|doorgestuurd"),
    ("pl", "pd|przekazane"),
    ("pt", "enc|encaminhado|encam"),
    ("ro", "redir"),
    ("ru", "пересл|переслано|пер"),
    ("sv", "vb|vidarebefordrat"),
    ("th", "ส่งต่อ"),
    ("tr", "ilt|iletilen"),
    ("uk", "переслано|пересил"),
    ("vi", "cttl|chuyển tiếp"),
    ("zh", "转发|轉寄|轉發|转寄"),
];

#[cfg(test)]
mod tests;
