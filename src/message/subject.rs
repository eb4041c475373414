//! Owns the base subject (RFC 5256, 2.1) with the prefixes that mail programs of many languages write.
//! Never folds case: comparing is the caller's.

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
}

/// A subject without its prefixes, list tags and our own tags, and the outermost prefix.
pub(super) fn base(subject: &str) -> (String, Option<Prefix>) {
    let mut text = without_own_tags(clip(subject, 1_000));
    let mut outermost = None;
    loop {
        let (rest, prefix) = step(&text);
        outermost = outermost.or(prefix);
        if rest == text {
            return (text, outermost);
        }
        text = rest;
    }
}

/// One round of RFC 5256, 2.1, steps 2 to 6.
fn step(text: &str) -> (String, Option<Prefix>) {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = without_end(&text, "(fwd)").trim_end();
    if let Some(inner) = wrapped(text) {
        return (inner.trim().to_owned(), Some(Prefix::Forward));
    }
    if let Some((prefix, rest)) = leader(text) {
        return (rest.trim_start().to_owned(), Some(prefix));
    }
    match blob(text) {
        Some(rest) if !rest.trim().is_empty() => (rest.trim_start().to_owned(), None),
        _ => (text.to_owned(), None),
    }
}

/// Our tag with its check characters, `[INC-42-K7]`, anywhere.
fn without_own_tags(subject: &str) -> String {
    static TAG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\[\pL[\pL\d]{0,19}-\d{1,9}-[0-9A-Za-z]{2}\]").ok());
    let mut text = subject.to_owned();
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

/// A leading `[…]`, which lists and mail gateways add. None of them is long.
fn blob(text: &str) -> Option<&str> {
    let (inner, rest) = text.strip_prefix('[')?.split_once(']')?;
    (inner.len() <= 80 && !inner.contains('[')).then_some(rest)
}

/// A prefix with its counter and colon: `Re:`, `AW :`, `Re[2]:`, `SV(3)：`, `RE^2:`, `Re: [tag]` comes in two steps.
fn leader(text: &str) -> Option<(Prefix, &str)> {
    let (head, rest) = text.split_once([':', '：'])?;
    let word = head.trim_end().trim_end_matches([']', ')', '）']);
    let word =
        word.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['[', '(', '（', '^', '*']);
    let word = narrow(word.trim()).to_lowercase();
    if REPLY.contains(&word.as_str()) {
        return Some((Prefix::Reply, rest));
    }
    FORWARD.contains(&word.as_str()).then_some((Prefix::Forward, rest))
}

/// Full-width letters as ASCII, as Japanese input methods leave them: `Ｒｅ：`.
fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    clip(text, 60).chars().map(one).collect()
}

/// Reply prefixes, lower case. Words that people write with a colon themselves (`ref`, `na`) are left out.
const REPLY: [&str; 33] = [
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "ang",
    "vs",
    "réf",
    "rép",
    "rep",
    "res",
    "odp",
    "vá",
    "ynt",
    "yan",
    "απ",
    "σχετ",
    "השב",
    "תגובה",
    "رد",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "返信",
    "회신",
    "답장",
    "ответ",
    "отв",
    "bls",
    "atb",
    "r",
    "rif",
];

/// Forward prefixes, lower case.
const FORWARD: [&str; 33] = [
    "fw",
    "fwd",
    "wg",
    "weitergeleitet",
    "tr",
    "rv",
    "enc",
    "i",
    "inoltrato",
    "doorst",
    "vb",
    "videresendt",
    "videresend",
    "vl",
    "fs",
    "pd",
    "továbbítás",
    "i̇lt",
    "ilt",
    "redir",
    "πρθ",
    "הועבר",
    "העבר",
    "إعادة توجيه",
    "转发",
    "轉寄",
    "轉發",
    "転送",
    "전달",
    "пересл",
    "trs",
    "yml",
    "cttl",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(subject: &str, expected: &str, prefix: Option<Prefix>) {
        assert_eq!(base(subject), (expected.to_owned(), prefix), "{subject}");
    }

    #[test]
    fn reply_prefixes_of_many_languages_and_forms_fall_away() {
        for subject in [
            "Re: Disk full",
            "RE : Disk full",
            "AW: Re: Disk full",
            "Re[2]: Disk full",
            "SV(3): Disk full",
            "Re^2: Disk full",
            "返信: Disk full",
            "Ｒｅ：Disk full",
            "回复：Disk full",
            "Re: [ops] Re: Disk full",
            "Re: Fwd: Disk full",
        ] {
            check(subject, "Disk full", Some(Prefix::Reply));
        }
    }

    #[test]
    fn forward_prefixes_and_wrappers_fall_away() {
        for subject in [
            "Fwd: Disk full",
            "WG: AW: Disk full",
            "転送: Disk full",
            "[Fwd: Disk full]",
            "TR: Disk full (fwd)",
        ] {
            check(subject, "Disk full", Some(Prefix::Forward));
        }
    }

    #[test]
    fn list_tags_and_our_own_tags_fall_away() {
        check("[ops] Re: [INC-42-K7] Disk full", "Disk full", Some(Prefix::Reply));
        check("Disk full [INC-42-K7] (fwd)", "Disk full", None);
        check("[EXT] Disk full", "Disk full", None);
    }

    #[test]
    fn what_is_left_is_never_nothing_but_a_tag() {
        check("[alerts]", "[alerts]", None);
        check("Re: [alerts]", "[alerts]", Some(Prefix::Reply));
        check("Re:", "", Some(Prefix::Reply));
    }

    #[test]
    fn ordinary_words_with_a_colon_stay() {
        for subject in
            ["Error: Disk full", "web01: down", "Ref: 12", "Disk full", "REVIEW: a", "Reading list: b"]
        {
            check(subject, subject, None);
        }
    }

    #[test]
    fn case_stays_as_written() {
        check("RE: Web01 DOWN", "Web01 DOWN", Some(Prefix::Reply));
    }
}
