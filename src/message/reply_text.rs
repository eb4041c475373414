//! Owns splitting a text into what its author newly wrote and the rest.
//! Never loses a line: what is cut is in the other half. Answers between quotes keep those quotes, a bare name at
//! the end is not taken for a signature, and where nothing would be left all of it is kept.

use super::lines::{Kind, classify, is_footer};

/// The two halves of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// What the author newly wrote.
    pub(super) reply: String,
    /// Quotes, attribution lines, signatures, footers.
    pub(super) quoted: String,
}

/// Signatures are short: at most so many lines.
const SIGNATURE_LINES: usize = 14;

/// Splits the text of an answer.
pub(super) fn split(text: &str) -> Split {
    let lines: Vec<&str> = text.lines().collect();
    let kinds = classify(&lines);
    let end = cut(&kinds);
    let mut shown: Vec<bool> = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| at < end && matches!(kind, Kind::Text | Kind::Blank))
        .collect();
    hide_rulers_above(end, &lines, &mut shown);
    hide_signatures(&lines, &kinds, end, &mut shown);
    hide_footers(&lines, &mut shown);
    show_answered_quotes(&kinds, &mut shown);
    let half = |wanted: bool| {
        let picked = lines.iter().zip(&shown).filter(|(_, shown)| **shown == wanted).map(|(line, _)| *line);
        picked.collect::<Vec<_>>().join("\n").trim_matches('\n').trim_end().to_owned()
    };
    let reply = half(true);
    if reply.trim().is_empty() {
        return Split { reply: text.to_owned(), quoted: String::new() };
    }
    Split { reply, quoted: half(false) }
}

/// Where the original begins that isn't marked with `>`: at a separator, a header block, or an attribution with no
/// quote below. All that follows is old; at the very top that is everything.
fn cut(kinds: &[Kind]) -> usize {
    for (at, kind) in kinds.iter().enumerate() {
        let original = matches!(kind, Kind::Original | Kind::Forwarded | Kind::Block | Kind::Attribution);
        let written = || kinds.iter().take(at).any(|kind| *kind == Kind::Text);
        if original && !is_above_quote(kinds, at, *kind) {
            return at;
        }
        if matches!(kind, Kind::Original | Kind::Forwarded | Kind::Block) && written() {
            return at;
        }
    }
    kinds.len()
}

fn is_above_quote(kinds: &[Kind], at: usize, kind: Kind) -> bool {
    let next = kinds.iter().skip(at).find(|other| **other != kind && **other != Kind::Blank);
    next == Some(&Kind::Quote)
}

/// Hides signatures: from `-- ` (RFC 3676, 4.3) or a ruler to the next quote or the end, where it looks like one.
fn hide_signatures(lines: &[&str], kinds: &[Kind], end: usize, shown: &mut [bool]) {
    let mut written = false;
    let mut at = 0;
    for run in kinds.get(..end).unwrap_or_default().chunk_by(|a, b| is_own(*a) == is_own(*b)) {
        let own = lines.get(at..at + run.len()).unwrap_or_default();
        let start = own.iter().zip(run).enumerate().position(|(skip, (_, kind))| {
            let signs = written && is_own(*kind) && is_signature(own.get(skip..).unwrap_or_default());
            written |= *kind == Kind::Text;
            signs
        });
        if let Some(start) = start {
            shown.iter_mut().take(at + run.len()).skip(at + start).for_each(|shown| *shown = false);
        }
        at += run.len();
    }
}

fn is_own(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Blank)
}

/// Hides the ruler that Outlook draws above the original.
fn hide_rulers_above(end: usize, lines: &[&str], shown: &mut [bool]) {
    if end == lines.len() {
        return;
    }
    let is_drawn = |line: &str| line.trim().is_empty() || is_ruler(line.trim());
    let drawn = lines.iter().take(end).rev().take_while(|line| is_drawn(line)).count();
    shown.iter_mut().take(end).skip(end - drawn).for_each(|shown| *shown = false);
}

/// Whether these lines, up to the next quote or the end, are a signature.
fn is_signature(tail: &[&str]) -> bool {
    let Some(first) = tail.first() else { return false };
    if *first == "-- " {
        return true;
    }
    let first = first.trim();
    if first != "--" && !is_ruler(first) {
        return false;
    }
    let words: Vec<&&str> =
        tail.iter().skip(1).filter(|line| !line.trim().is_empty()).take(SIGNATURE_LINES + 1).collect();
    let short = words.len() <= SIGNATURE_LINES && words.iter().all(|line| line.chars().count() <= 100);
    let contact = |line: &str| {
        let line = line.to_lowercase();
        line.contains('@')
            || line.contains("tel")
            || line.contains("http")
            || line.contains("www.")
            || line.contains("電話")
    };
    short && !words.is_empty() && (first == "--" || words.iter().any(|line| contact(line)))
}

/// A line of nothing but one repeated drawing character: the frame of Japanese signatures, the head of list footers.
fn is_ruler(line: &str) -> bool {
    let drawing = |c: char| "-_=*~+#━─＝＊－＿◇◆□■☆★〜".contains(c);
    line.chars().count() >= 8 && line.chars().all(drawing)
}

/// Hides footers of phones and apps that stand last before a quote or the end.
fn hide_footers(lines: &[&str], shown: &mut [bool]) {
    let mut last = true;
    for (line, shown) in lines.iter().zip(shown.iter_mut()).rev() {
        if !*shown {
            last = true;
        } else if last && is_footer(line) {
            *shown = false;
        } else if !line.trim().is_empty() {
            last = false;
        }
    }
}

/// Shows the quotes that are answered: those between written lines, and then the one above the first answer too.
fn show_answered_quotes(kinds: &[Kind], shown: &mut [bool]) {
    let written =
        |(at, kind): (usize, &Kind)| (*kind == Kind::Text && shown.get(at) == Some(&true)).then_some(at);
    let places: Vec<usize> = kinds.iter().enumerate().filter_map(written).collect();
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
    let between = kinds.get(*first..*last).is_some_and(|kinds| kinds.contains(&Kind::Quote));
    if !between {
        return;
    }
    let is_lead = |kind: &&Kind| matches!(kind, Kind::Quote | Kind::Blank);
    let lead = kinds.iter().take(*first).rev().take_while(is_lead).count();
    for (kind, shown) in kinds.iter().zip(shown.iter_mut()).take(*last).skip(*first - lead) {
        *shown |= *kind == Kind::Quote;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, reply: &str) -> String {
        let split = split(text);
        assert_eq!(split.reply, reply, "of {text}");
        split.quoted
    }

    #[test]
    fn an_answer_above_the_quote_is_all_there_is() {
        let quoted = check("ack\n\nOn 5 May 2026, Ken wrote:\n> It is down\n> since 3", "ack");
        assert_eq!(quoted, "On 5 May 2026, Ken wrote:\n> It is down\n> since 3");
    }

    #[test]
    fn an_answer_below_the_quote_is_found() {
        check("On 5 May 2026, Ken wrote:\n> It is down\n\nI look at it.", "I look at it.");
    }

    #[test]
    fn answers_between_quotes_keep_them() {
        check("> Is it up?\nyes\n> Since when?\n03:40", "> Is it up?\nyes\n> Since when?\n03:40");
        check("Hi,\nOn 5 May 2026, Ken wrote:\n> Is it up?\nyes\n> more", "Hi,\n> Is it up?\nyes");
    }

    #[test]
    fn an_original_without_quote_marks_is_cut() {
        check("ack\n\n-----Original Message-----\nFrom: Ken\nSent: now\nTo: b\nSubject: c\n\nDown", "ack");
        check(
            "対応します\n\n________________________________\n差出人: 佐藤\n送信日時: 今\n宛先: 運用\n件名: 障害\n\n落ちた",
            "対応します",
        );
        check("ack\nAm 05.05.2026 um 10:21 schrieb Ken:\nEs ist aus", "ack");
    }

    #[test]
    fn signatures_and_footers_are_cut() {
        check("ack\n-- \nKen Sato\nOps", "ack");
        check("ack\n--\nKen\n> quote", "ack");
        check("了解です\n\n━━━━━━━━━━\n佐藤 健\nTEL 03-0000-0000\n━━━━━━━━━━", "了解です");
        check("ack\n\nSent from my iPhone\n\nOn 5 May 2026, Ken wrote:\n> a", "ack");
        check("了解\n\niPhoneから送信", "了解");
    }

    #[test]
    fn rulers_and_dashes_within_a_text_are_no_signature() {
        for text in [
            "Log:\n----------\nline a\nline b",
            "a\n* b\n- c",
            "--\nack",
            "----------\nweb@example.com failed",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn where_nothing_new_is_left_all_is_kept() {
        for text in ["> only\n> a quote", "From: Ken\nSent: now\nTo: b\nSubject: c\n\nDown", "-- \nKen"] {
            check(text, text);
        }
    }

    #[test]
    fn long_hostile_texts_take_no_long() {
        for line in [
            "--\n",
            "\n",
            "> a\n",
            "On 5 May\n",
            "From: a\n",
            "a:\n",
            "----------\n",
            "On 5 May 2026 wrote:\nx\n",
        ] {
            let text = line.repeat(200_000 / line.len());
            let split = split(&text);
            assert!(split.reply.len() + split.quoted.len() <= text.len());
        }
    }
}
