//! Owns reading the header block of an inline forward: which lines it takes, and the value of each field.
//! Never decides whether there is a forward. Takes time by the block's length, which is capped.

use crate::message::lines::marks::is_ruler;
use crate::message::plain::clip;
use crate::message::vocabulary::{Label, capitalised, label};

/// Most lines of a block; lists of recipients are wrapped.
pub(super) const MOST_LINES: usize = 250;
/// Longest line that is looked at, in bytes. Lists of recipients get long.
const LONGEST: usize = 20_000;
/// Longest line that may hold several fields, in bytes.
const LONGEST_RUN: usize = 4_000;
/// Most blank lines between two fields.
const MOST_BLANKS: usize = 3;

/// A header block as read.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Its fields, top first.
    fields: Vec<(Label, String)>,
    /// The name of its From field is Danish or Norwegian.
    pub(super) is_scandinavian: bool,
    /// Lines it takes.
    pub(super) length: usize,
}

impl Block {
    /// The value of a field.
    pub(super) fn value(&self, wanted: Label) -> Option<&str> {
        self.fields.iter().find(|(label, _)| *label == wanted).map(|(_, value)| value.as_str())
    }

    /// How many different fields of a mail there are.
    pub(super) fn kinds(&self) -> usize {
        let kinds = [Label::From, Label::Date, Label::To, Label::Subject];
        kinds.into_iter().filter(|kind| self.value(*kind).is_some()).count()
    }

    fn has_room(&self, label: Label) -> bool {
        let most = if label == Label::Other { 40 } else { 1 };
        self.fields.iter().filter(|(other, _)| *other == label).count() < most
    }

    fn is_whole(&self) -> bool {
        self.kinds() == 4
    }
}

/// The block whose first field stands on the first of these lines.
pub(super) fn read(lines: &[&str]) -> Block {
    let lines = lines.get(..MOST_LINES.min(lines.len())).unwrap_or(lines);
    if let Some(block) = lines.first().and_then(|line| run_on(line)) {
        return block;
    }
    let fields: Vec<Option<(Label, &str)>> = lines.iter().map(|line| field(line)).collect();
    let mut block = Block::default();
    let (mut blanks, mut spaced) = (0, true);
    for (at, line) in lines.iter().enumerate() {
        match fields.get(at).copied().flatten() {
            Some((label, value)) => {
                // A whole block goes on below a blank line only if there are blank lines between all its fields.
                let apart = blanks > 0 && block.is_whole() && !spaced;
                if apart || !block.has_room(label) {
                    break;
                }
                spaced &= blanks > 0 || block.fields.is_empty();
                block.is_scandinavian |= label == Label::From && is_scandinavian(line);
                block.fields.push((label, value.to_owned()));
                (blanks, block.length) = (0, at + 1);
            }
            None if line.trim().is_empty() || is_ruler(line) && !block.is_whole() => blanks += 1,
            None => {
                let more = fields.get(at + 1..).unwrap_or_default();
                if !goes_on(&mut block, line, blanks, more) {
                    break;
                }
                (blanks, block.length) = (0, at + 1);
            }
        }
        if blanks > MOST_BLANKS {
            break;
        }
    }
    block
}

/// Takes a line that names no field as more of the value above, if it is that.
fn goes_on(block: &mut Block, line: &str, blanks: usize, more: &[Option<(Label, &str)>]) -> bool {
    let Some((label, value)) = block.fields.last_mut() else { return false };
    let empty = value.is_empty();
    let field_follows = |within: usize| more.iter().take(within).any(Option::is_some);
    let folded = line.starts_with([' ', '\t']) && blanks == 0;
    let listed =
        value.ends_with([',', ';', '，', '；', '、', '<']) || line.trim_start().starts_with(['<', '[']);
    let goes_on = match label {
        // Tables of one column: the value stands below its label.
        _ if empty => blanks <= 1 && (field_follows(3) || *label != Label::Subject && line.contains('@')),
        _ if blanks > 0 => false,
        Label::To | Label::Other => listed || folded || field_follows(8),
        Label::From | Label::Date => listed || folded || field_follows(2),
        Label::Subject => folded || field_follows(2),
    };
    if goes_on && value.len() < LONGEST {
        value.push_str(if empty { "" } else { " " });
        value.push_str(clip(line.trim(), LONGEST));
    }
    goes_on
}

fn is_scandinavian(line: &str) -> bool {
    line.trim_start_matches(|c: char| !c.is_alphabetic()).starts_with("Fra")
}

/// `From: value`, `*From:* value`, `差出人：value`, `Von : value`, and a table's `| From | value |`.
pub(super) fn field(line: &str) -> Option<(Label, &str)> {
    let bar = |c: char| c.is_whitespace() || matches!(c, '|' | '│' | '\u{a0}');
    let line = clip(line.trim_matches(bar), LONGEST);
    let plain = line.trim_start_matches(['*', '_', ' ', '•', '·']);
    let open = line.strip_suffix(plain).unwrap_or_default().trim_end();
    let named = |separators: &[char]| {
        let (word, value) = clip(plain, LONGEST).split_once(separators)?;
        let name = word.trim_matches(bar).trim_end_matches(['*', '_']).trim();
        let known = label(name).or_else(|| is_field_name(name).then_some(Label::Other))?;
        Some((known, word, value))
    };
    let (known, word, value) = named(&[':', '：', '︰', '﹕']).or_else(|| named(&['|', '│']))?;
    let value = value.trim_matches(bar);
    // Only the marks that were opened before the label close behind it: `** PROBLEM **` is a subject.
    let closed = open.is_empty() || word.trim_end().ends_with(open);
    let value = match value.strip_prefix(open) {
        Some(value) if !closed => value,
        // All of the line is bold.
        None if !closed => value.strip_suffix(open).unwrap_or(value),
        _ => value,
    };
    Some((known, value.trim()))
}

/// `X-Priority`, `Message-ID`: programs that show all header fields show these too.
fn is_field_name(word: &str) -> bool {
    let graphic = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    word.len() <= 60 && word.contains('-') && word.split('-').all(graphic)
}

/// Yahoo's text parts have the whole block on one line: `From: A <a@b>To: c@dSent: …Subject: …`.
fn run_on(line: &str) -> Option<Block> {
    let (first, mut rest) = field(line).filter(|_| line.len() <= LONGEST_RUN)?;
    let mut fields: Vec<(Label, String)> = vec![(first, String::new())];
    let is_room = |fields: &[(Label, String)], label| !fields.iter().any(|(other, _)| *other == label);
    let mut from = 0;
    while fields.last().is_some_and(|(label, _)| *label != Label::Subject) {
        let Some(colon) = rest.get(from..)?.find([':', '：']).map(|at| from + at) else { break };
        let (before, after) = rest.split_at_checked(colon)?;
        let name = capitalised().iter().find(|(name, label)| {
            before.ends_with(name.as_str()) && is_room(&fields, *label) && starts_a_word(before, name)
        });
        match name {
            Some((name, label)) => {
                let value = before.strip_suffix(name.as_str()).unwrap_or(before).trim();
                fields.last_mut()?.1 = value.to_owned();
                fields.push((*label, String::new()));
                rest = after.trim_start_matches([':', '：']);
                from = 0;
            }
            None => from = colon + after.chars().next().map_or(1, char::len_utf8),
        }
    }
    fields.last_mut()?.1 = rest.trim().to_owned();
    let block = Block { fields, is_scandinavian: is_scandinavian(line), length: 1 };
    let is_block = block.kinds() >= 3 && block.value(Label::From).is_some();
    is_block.then_some(block)
}

/// A name of one or two letters must stand behind something that is no letter.
fn starts_a_word(before: &str, name: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric();
    name.chars().nth(2).is_some() || !before.strip_suffix(name).is_some_and(|head| head.ends_with(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &str, from: &str, subject: &str, length: usize) {
        let lines: Vec<&str> = lines.lines().collect();
        let block = read(&lines);
        assert_eq!(block.value(Label::From), Some(from), "{lines:?}");
        assert_eq!(block.value(Label::Subject), Some(subject), "{lines:?}");
        assert_eq!(block.length, length, "{lines:?}");
    }

    #[test]
    fn emphasis_of_a_label_is_no_part_of_the_value_and_stars_of_the_value_are() {
        for line in [
            "Subject: ** PROBLEM **",
            "*Subject:* ** PROBLEM **",
            "**Subject:** ** PROBLEM **",
            "*Subject*: ** PROBLEM **",
            "*Subject: *** PROBLEM **",
        ] {
            assert_eq!(field(line), Some((Label::Subject, "** PROBLEM **")), "{line}");
        }
        assert_eq!(field("*From: Ken <k@example.com>*"), Some((Label::From, "Ken <k@example.com>")));
        assert_eq!(field("| From | Ken<k@example.com> |"), Some((Label::From, "Ken<k@example.com>")));
    }

    #[test]
    fn a_block_ends_where_its_text_begins() {
        check("From: a\nDate: b\nSubject: c\nTo: d\n\nDate: text", "a", "c", 4);
        check("From: a\nTo: b\nSubject: c\nit is down: now", "a", "c", 3);
        check("From: a\nSubject: c\nSubject: d", "a", "c", 2);
    }

    #[test]
    fn wrapped_lists_and_subjects_are_whole() {
        check("From: a\nTo: x@example.com; y@example.com;\nz@example.com\nSubject: c\n\nd", "a", "c", 4);
        check("From: a\nSubject: a long\n one\nTo: b\n\nd", "a", "a long one", 4);
        check(
            "From: a\nSent: b\nTo: c\nSubject: a long\nsubject\nImportance: High\n\nd",
            "a",
            "a long subject",
            6,
        );
        check("Von: Ken\n<ken@example.com>\nDatum: b\nBetreff: c\n\nd", "Ken <ken@example.com>", "c", 4);
    }

    #[test]
    fn fields_with_blank_lines_between_or_values_below_are_read() {
        check("From: a\n\nSent: b\n\nTo: c\n\nSubject: d\n\nImportance: High\n\ntext", "a", "d", 9);
        check("From: a\nDate: b\nTo: c\n\n\nSubject: d\n\n\ntext", "a", "d", 6);
        check(
            "From:\nKen <ken@example.com>\nDate:\nb\nSubject:\nd\nTo:\nc@example.com\n\ntext",
            "Ken <ken@example.com>",
            "d",
            8,
        );
        check("From: a\nTo: c\nSubject:\n\ntext", "a", "", 3);
    }

    #[test]
    fn a_block_on_one_line_is_taken_apart() {
        check(
            "From: \"Ken\" <ken@example.com>To: \"Emi\" <emi@example.com>Cc: Bo <bo@example.com>\
             Sent: Tuesday, May 5, 2026, 10:21:00 AM GMT+2Subject: Re: Down: now",
            "\"Ken\" <ken@example.com>",
            "Re: Down: now",
            1,
        );
        check(
            "Von: Ken <ken@example.com>An: emi@example.com <emi@example.com>Gesendet: Dienstag, 5. Mai 2026 um 10:21:00 MESZBetreff: Aus",
            "Ken <ken@example.com>",
            "Aus",
            1,
        );
    }

    #[test]
    fn one_line_with_one_field_is_no_run() {
        check(
            "From: Ken Date <k@example.com>\nSubject: To: be\n\nx",
            "Ken Date <k@example.com>",
            "To: be",
            2,
        );
    }
}
