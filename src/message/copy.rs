//! Owns what makes two mails copies of one: the same author, Date and words, whatever happened to it on the way.
//! A mailing list puts a tag into the subject and a footer below the text.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::Mailbox;
use super::fields::Fields;

/// A footer or signature has at most so many lines; more below a line of dashes is text.
const LONGEST_FOOTER: usize = 15;
/// A line of so many dashes or underscores sets a footer off.
const RULE: usize = 10;

/// What copies of a mail have in common, as SHA-256 in lower-case hex.
pub(super) fn hash(from: &[Mailbox], fields: &Fields, base_subject: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    for author in from {
        hash.update(author.address.as_str());
        hash.update([0]);
    }
    hash.update(fields.text("Date").unwrap_or_default());
    hash.update([0]);
    hash.update(base_subject);
    hash.update([0]);
    hash.update(without_footers(text).join("\n"));
    HEXLOWER.encode(&hash.finalize())
}

/// The lines of a text down to its first footer or signature, without blank ends. Nothing is left out where nothing would
/// be left.
fn without_footers(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let trim = |lines: &mut Vec<&str>| {
        while lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
    };
    trim(&mut lines);
    while let Some(at) = lines.iter().rposition(|line| is_rule(line)) {
        let above = lines.get(..at).unwrap_or_default();
        if lines.len() - at > LONGEST_FOOTER || above.iter().all(|line| line.is_empty()) {
            break;
        }
        lines.truncate(at);
        trim(&mut lines);
    }
    lines
}

/// RFC 3676, 4.3 delimits signatures with `-- `; Mailman, Sympa and others their footers with a line.
fn is_rule(line: &str) -> bool {
    line == "--" || line.len() >= RULE && (line.chars().all(|c| c == '_') || line.chars().all(|c| c == '-'))
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn hash(subject: &str, text: &str) -> String {
        let date = "Mon, 23 Nov 2026 01:00:00 +0900";
        let mail = format!("From: Kato <kato@example.com>\nDate: {date}\nSubject: {subject}\n\n{text}");
        read(mail.as_bytes()).content_hash
    }

    #[test]
    fn what_a_list_adds_makes_no_other_mail() {
        let direct = hash("Re: web01", "It is the disk.\n\n-- \nKato\n");
        let footer = "_______________________________________________\nops mailing list\nops@example.com\n";
        let listed = format!("It is the disk.\n\n-- \nKato\n{footer}");
        assert_eq!(hash("Re: [ops] web01", &listed), direct);
        assert_eq!(hash("Re: web01", &format!("It is the disk.\n{footer}")), direct);
        assert_ne!(hash("Re: web01", &format!("It is the switch.\n{footer}")), direct);
        assert_ne!(hash("Re: web02", &listed), direct);
    }

    #[test]
    fn what_stands_below_a_line_is_text_unless_it_is_a_footer() {
        let table = |last: &str| format!("Host  State\n------------\n{}{last}", "web01  up\n".repeat(20));
        assert_ne!(hash("x", &table("web02 up")), hash("x", &table("web02 down")));
        assert_ne!(hash("x", "----------\nweb01 up"), hash("x", "----------\nweb01 down"));
    }
}
