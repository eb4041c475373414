//! Owns what each line of a mail's text is: written, quoted, or put there by a mail program.
//! Never decides what a reader gets to see; `reply_text` and `forward` do. Takes linear time.

use super::plain::clip;
use super::vocabulary::{FOOTERS, FORWARDED, LEADS, Label, ORIGINAL, VERBS, label};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Blank,
    /// Somebody's words.
    Text,
    /// Begins with `>`.
    Quote,
    /// `On 5 May 2026, Kato <k@example.jp> wrote:`, also a part of one that is wrapped.
    Attribution,
    /// `-----Original Message-----`
    Original,
    /// `---------- Forwarded message ---------`
    Forwarded,
    /// A line of a header block.
    Block,
}

/// The header block above an original (`From:`, `Sent:`, `To:`, `Subject:`).
pub(super) struct Block {
    /// Lines it takes.
    pub(super) length: usize,
}

/// Most lines that one wrapped attribution takes.
const ATTRIBUTION_LINES: usize = 4;
/// Most lines looked at for a header block; address lists are wrapped.
const BLOCK_LINES: usize = 40;
/// Nobody's line of interest is longer; long ones are text.
const LONGEST: usize = 600;

/// The kinds of all lines.
pub(super) fn classify(lines: &[&str]) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = lines.iter().map(|line| alone(line)).collect();
    let mut at = 0;
    while at < lines.len() {
        if kinds.get(at) == Some(&Kind::Text)
            && let Some(found) = block(lines.get(at..).unwrap_or_default(), 2)
        {
            kinds.iter_mut().skip(at).take(found.length).for_each(|kind| *kind = Kind::Block);
            at += found.length;
            continue;
        }
        if let Some(start) = attribution_start(lines, &kinds, at) {
            kinds.iter_mut().take(at + 1).skip(start).for_each(|kind| *kind = Kind::Attribution);
        }
        at += 1;
    }
    rejoin_quotes(lines, &mut kinds);
    kinds
}

/// Programs that wrap quoted lines leave their ends without a mark: `> … a long line` / `and its end` / `> …`.
fn rejoin_quotes(lines: &[&str], kinds: &mut [Kind]) {
    for (at, three) in lines.windows(3).enumerate() {
        let [above, line, _] = three else { continue };
        let around = kinds.get(at) == Some(&Kind::Quote) && kinds.get(at + 2) == Some(&Kind::Quote);
        let broken =
            above.chars().count() >= 60 && line.chars().count() < 60 && line.starts_with(char::is_lowercase);
        if around
            && broken
            && let Some(kind) = kinds.get_mut(at + 1).filter(|kind| **kind == Kind::Text)
        {
            *kind = Kind::Quote;
        }
    }
}

fn alone(line: &str) -> Kind {
    let line = line.trim();
    match line {
        "" => Kind::Blank,
        _ if line.starts_with(['>', '＞']) => Kind::Quote,
        _ if marks(line, FORWARDED) => Kind::Forwarded,
        _ if marks(line, ORIGINAL) => Kind::Original,
        _ => Kind::Text,
    }
}

/// One of the phrases between dashes, or alone with a colon at its end.
fn marks(line: &str, phrases: &str) -> bool {
    if line.len() > 200 {
        return false;
    }
    let inner = line.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | '*' | '─' | '━' | '－' | ' '));
    let dashed = line.starts_with(['-', '_', '=', '*', '─', '━', '－']) && inner.len() < line.len();
    let phrase = inner.trim_end_matches([':', '：']).trim_end();
    if phrase.is_empty() || !dashed && phrase.len() == inner.len() {
        return false;
    }
    let lower = phrase.to_lowercase();
    phrases.split('|').any(|one| one == lower)
}

/// The line without one level of quoting.
pub(super) fn unquoted<'a>(line: &'a str) -> &'a str {
    let inner = line.trim_start().strip_prefix(['>', '＞']);
    inner.map_or(line, |inner: &'a str| inner.strip_prefix(' ').unwrap_or(inner))
}

/// Whether the line is what a phone adds at the end.
pub(super) fn is_footer(line: &str) -> bool {
    let line = line.trim().trim_matches(['*', '_', '(', ')', '[', ']']).to_lowercase();
    let sentence = line.ends_with(['.', '。', '!']) && line.contains([',', '、']);
    line.chars().count() <= 90 && !sentence && FOOTERS.split('|').any(|footer| line.starts_with(footer))
}

/// Where the attribution begins whose last line is `end`.
fn attribution_start(lines: &[&str], kinds: &[Kind], end: usize) -> Option<usize> {
    let is_text = |at: usize| kinds.get(at) == Some(&Kind::Text);
    let last = lines.get(end).filter(|_| is_text(end))?.trim();
    if !may_end_attribution(last) {
        return None;
    }
    for start in (0..=end).rev().take(ATTRIBUTION_LINES).take_while(|start| is_text(*start)) {
        let first = lines.get(start)?.trim();
        let joined = lines.get(start..=end)?.join(" ");
        if is_attribution(&joined) && begins_attribution(first) {
            return Some(extended(lines, kinds, start));
        }
    }
    is_attribution(last).then_some(end)
}

/// Up over the lines of a wrapped attribution that each begin like one: `On 5 May 2026,` / `at 10:18,`.
fn extended(lines: &[&str], kinds: &[Kind], start: usize) -> usize {
    let above = (0..start).rev().take(ATTRIBUTION_LINES).take_while(|at| {
        let line = lines.get(*at).map_or("", |line| line.trim());
        kinds.get(*at) == Some(&Kind::Text)
            && line.ends_with(',')
            && line.len() <= 80
            && begins_attribution(line)
    });
    above.last().unwrap_or(start)
}

fn may_end_attribution(line: &str) -> bool {
    let line = line.trim_end_matches(['*', '_', ' ']);
    line.len() <= LONGEST && (line.ends_with([':', '：']) || ends_in_verb(line))
}

fn ends_in_verb(line: &str) -> bool {
    let line = line.to_lowercase();
    VERBS.split('|').any(|verb| line.ends_with(verb))
}

/// A known first word, or a date.
pub(super) fn begins_attribution(line: &str) -> bool {
    let lower = clip(line, 40).to_lowercase();
    let dated = lower.starts_with(|c: char| c.is_ascii_digit()) && has_year(&lower);
    dated || LEADS.split('|').any(|lead| lower.starts_with(lead))
}

/// A verb of writing with a date or an address; or, in any language, an address with a date and a colon.
fn is_attribution(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['*', '_', ' ']);
    if text.len() > LONGEST {
        return false;
    }
    let colon = text.ends_with([':', '：']);
    let (dated, address) = (has_year(text) || has_time(text), text.contains('@'));
    if !dated && !address {
        return false;
    }
    let lower = text.to_lowercase();
    let verb = VERBS.split('|').any(|verb| lower.contains(verb));
    (verb && (colon || begins_attribution(text))) || (colon && address && dated)
}

/// A number 1970 to 2099.
pub(super) fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|run| run.len() == 4 && run.parse::<u16>().is_ok_and(|year| (1970..2100).contains(&year)))
}

fn has_time(text: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let pieces: Vec<&str> = text.split([':', '：', '.']).collect();
    pieces.windows(2).any(|pair| match pair {
        [left, right] => digit(left.chars().last()) && digit(right.chars().next()),
        _ => false,
    })
}

/// A header block at the beginning of these lines: a From line, and at least so many of date, recipient and subject
/// lines beside it. Blank lines may stand between its lines (Outlook's text parts), as may wrapped values.
pub(super) fn block(lines: &[&str], least: usize) -> Option<Block> {
    labelled(lines.first()?)?;
    let mut found: Vec<(Label, String)> = Vec::new();
    let mut length = 0;
    let mut blanks = 0;
    for (at, line) in lines.iter().take(BLOCK_LINES).enumerate() {
        match labelled(line) {
            // A second Subject is the text's own.
            Some((label, _)) if found.iter().filter(|(other, _)| *other == label).count() >= most(label) => {
                break;
            }
            Some((label, value)) => {
                found.push((label, value.to_owned()));
                (blanks, length) = (0, at + 1);
            }
            None if line.trim().is_empty() => blanks += 1,
            None if blanks == 0 && continues(&found) => length = at + 1,
            None => break,
        }
        if blanks > 2 {
            break;
        }
    }
    let has = |wanted: Label| found.iter().any(|(label, _)| *label == wanted);
    let beside = [Label::Date, Label::Other, Label::Subject].into_iter().filter(|label| has(*label)).count();
    if !has(Label::From) || beside < least {
        return None;
    }
    Some(Block { length })
}

/// How often a field stands in a block; To, Cc, Reply-To and a few more are one kind to us.
fn most(label: Label) -> usize {
    if label == Label::Other { 6 } else { 1 }
}

/// Only lists of recipients are wrapped; a line below a subject is the text.
fn continues(found: &[(Label, String)]) -> bool {
    found.last().is_some_and(|(label, value)| *label == Label::Other && value.contains(['@', ';', ',']))
}

/// `From: value`, `*From:* value`, `差出人：value`, Outlook's `Von : value`.
fn labelled(line: &str) -> Option<(Label, &str)> {
    let line = line.trim();
    let plain = line.trim_start_matches(['*', '_']);
    let (word, value) = clip(plain, LONGEST).split_once([':', '：'])?;
    if word.len() > 40 {
        return None;
    }
    let (word, value) = (word.trim(), value.trim());
    // Only the marks that were opened before the label close behind it: `** PROBLEM **` is a subject.
    let open = line.strip_suffix(plain).filter(|marks| !word.ends_with(*marks)).unwrap_or_default();
    let label = label(word.trim_end_matches(['*', '_']).trim())?;
    Some((label, value.strip_prefix(open).unwrap_or(value).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        classify(&text.lines().collect::<Vec<_>>())
    }

    #[test]
    fn emphasis_of_a_label_is_no_part_of_the_value_and_stars_of_the_value_are() {
        for line in [
            "Subject: ** PROBLEM **",
            "*Subject:* ** PROBLEM **",
            "**Subject:** ** PROBLEM **",
            "*Subject*: ** PROBLEM **",
        ] {
            assert_eq!(labelled(line), Some((Label::Subject, "** PROBLEM **")), "{line}");
        }
    }

    #[test]
    fn attribution_lines_of_many_languages_are_known() {
        for line in [
            "On Tue, May 5, 2026 at 4:22 PM, Ken Sato <ken@example.jp> wrote:",
            "Le 5 mai 2026 à 10:21, Ken Sato <ken@example.jp> a écrit :",
            "Am 05.05.2026 um 10:21 schrieb Ken Sato:",
            "Il giorno 5 maggio 2026 10:21, Ken Sato <ken@example.jp> ha scritto:",
            "El mar, 5 may 2026 a las 10:21, Ken Sato (<ken@example.jp>) escribió:",
            "Em ter., 5 de mai. de 2026 às 10:21, Ken Sato <ken@example.jp> escreveu:",
            "Op di 5 mei 2026 om 10:21 schreef Ken Sato <ken@example.jp>:",
            "W dniu 2026-05-05 o 10:21, Ken Sato pisze:",
            "вт, 5 мая 2026 г. в 10:21, Ken Sato <ken@example.jp>:",
            "2026年5月5日(火) 10:21 佐藤健 <ken@example.jp>:",
            "2026/05/05 10:21、佐藤健 <ken@example.jp>のメール:",
            "2026年5月5日 10:21、佐藤さんは書きました：",
            "2026년 5월 5일 (화) 오전 10:21, Ken <ken@example.jp>님이 작성:",
            "在 2026年5月5日 10:21，Ken <ken@example.jp> 写道：",
        ] {
            assert_eq!(kinds(line), [Kind::Attribution], "{line}");
        }
    }

    #[test]
    fn a_wrapped_attribution_is_one() {
        let text = "ok\n\nOn Tue, May 5, 2026 at 4:22 PM, Ken Sato\n<ken@example.jp>\nwrote:\n> a";
        use Kind::{Attribution, Blank, Quote, Text};
        assert_eq!(kinds(text), [Text, Blank, Attribution, Attribution, Attribution, Quote]);
        assert_eq!(kinds("On May 5, 2026,\nat 10:18,\nKen <ken@example.jp> wrote:"), [Attribution; 3]);
        let japanese = "了解\n2026年5月5日(火) 10:21 佐藤健 <\nken@example.jp>:";
        assert_eq!(kinds(japanese), [Text, Attribution, Attribution]);
    }

    #[test]
    fn ordinary_sentences_are_no_attributions() {
        for line in [
            "On your remote host you can run:",
            "One question:",
            "He wrote it down",
            "At 03:12 the disk filled up.",
            "We checked the following:",
            "On it",
            "Am 5. geht es los:",
            "See https://example.com/a:",
        ] {
            assert_eq!(kinds(line), [Kind::Text], "{line}");
        }
        assert_eq!(
            kinds("On the host run:\na\nOn 5 May 2026 Ken wrote:"),
            [Kind::Text, Kind::Text, Kind::Attribution]
        );
    }

    #[test]
    fn header_blocks_are_known_with_their_fields() {
        let lines = [
            "*From:* Ken <ken@example.jp>",
            "*Sent:* Monday",
            "*To:* a@example.jp; b@example.jp;",
            " c@example.jp",
            "*Subject:* Down",
            "It is down",
        ];
        let found = block(&lines, 2).expect("a block");
        assert_eq!(found.length, 5);
        assert!(block(&["差出人: 佐藤", "送信日時: 2026年5月5日", "宛先: 運用", "件名: 障害"], 2).is_some());
        assert!(block(&["From: the shop", "we hear nothing"], 1).is_none());
    }

    #[test]
    fn the_broken_end_of_a_quoted_line_belongs_to_the_quote() {
        let long = format!("> {}", "long words ".repeat(6));
        assert_eq!(kinds(&format!("{long}\nand its end\n>")), [Kind::Quote; 3]);
        assert_eq!(kinds("> Is it up?\nyes\n> And b?")[1], Kind::Text);
    }

    #[test]
    fn separators_need_dashes_or_a_colon() {
        use Kind::{Forwarded, Original, Text};
        assert_eq!(kinds("-----Original Message-----\n-----元のメッセージ-----"), [Original, Original]);
        assert_eq!(
            kinds("---------- Forwarded message ---------\nBegin forwarded message:"),
            [Forwarded, Forwarded]
        );
        assert_eq!(
            kinds("---------- 転送メッセージ ----------\n転送されたメッセージ："),
            [Forwarded, Forwarded]
        );
        assert_eq!(kinds("original message\n- forwarded message lost"), [Text, Text]);
    }

    #[test]
    fn footers_are_no_sentences() {
        assert!(is_footer("Sent from my iPhone"));
        assert!(is_footer("iPhoneから送信"));
        assert!(!is_footer("Sent from my desk, which is easier than my phone."));
    }
}
