//! Owns what makes two mails copies of one: the same author, Date and words, whatever happened to it on the way.
//! A mailing list puts a tag into the subject and a footer below the text.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::fields::Fields;
use super::{Mailbox, values};
use crate::directory::Address;

/// A footer or signature has at most so many lines; more below a line of dashes is text.
const LONGEST_FOOTER: usize = 15;
/// More people in a field are no author.
const MOST_AUTHORS: usize = 10;
/// A line of so many dashes or underscores sets a footer off.
const RULE: usize = 10;

/// What copies of a mail have in common, as SHA-256 in lower-case hex. `lines` are those of `text`.
pub(super) fn hash(
    from: &[Mailbox],
    fields: &Fields,
    base_subject: &str,
    (text, lines): (&str, &[&str]),
) -> String {
    let mut hash = Sha256::new();
    for author in authors(from, fields) {
        hash.update(author.as_str());
        hash.update([0]);
    }
    hash.update(fields.text("Date").unwrap_or_default());
    hash.update([0]);
    hash.update(base_subject);
    hash.update([0]);
    let written = without_footers(lines);
    let is_trimmed = |line: &&str| !line.ends_with(char::is_whitespace);
    let length = written.iter().map(|line| line.len() + 1).sum::<usize>().saturating_sub(1);
    // Lines end in no blanks, mostly: then they are the beginning of the text as it stands.
    match text.get(..length).filter(|_| written.iter().all(is_trimmed)) {
        Some(beginning) => hash.update(beginning),
        None => hash.update(written.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")),
    }
    HEXLOWER.encode(&hash.finalize())
}

/// Who wrote it. A list may put its own address into From, so that the mail passes DMARC, and its author elsewhere (Mailman,
/// `dmarc_moderation_action`; Google Groups).
fn authors(from: &[Mailbox], fields: &Fields) -> Vec<Address> {
    let all = || from.iter().map(|author| author.address.clone()).collect();
    let [list] = from else { return all() };
    let post = fields.text("List-Post").unwrap_or_default().to_ascii_lowercase();
    if !post.contains(&format!("mailto:{}>", list.address)) {
        return all();
    }
    let named = |name: &str| {
        let mailboxes = fields.raw(name).flat_map(values::mailboxes).take(MOST_AUTHORS);
        let people: Vec<Address> =
            mailboxes.map(|it| it.address).filter(|address| address != &list.address).collect();
        Some(people).filter(|people| people.len() == 1)
    };
    named("X-Original-From").or_else(|| named("Reply-To")).unwrap_or_else(all)
}

/// The lines of a text down to its first footer or signature, without blank ends. Nothing is left out where nothing would
/// be left.
fn without_footers<'a, 't>(lines: &'a [&'t str]) -> &'a [&'t str] {
    let mut lines = trimmed(lines);
    while let Some(at) = lines.iter().rposition(|line| is_rule(line.trim_end())) {
        let (above, footer) = lines.split_at(at);
        let above = trimmed(above);
        if footer.len() > LONGEST_FOOTER || above.is_empty() {
            break;
        }
        lines = above;
    }
    lines
}

/// Without blank lines at the end.
fn trimmed<'a, 't>(mut lines: &'a [&'t str]) -> &'a [&'t str] {
    while let Some((_, above)) = lines.split_last().filter(|(last, _)| last.trim_end().is_empty()) {
        lines = above;
    }
    lines
}

/// RFC 3676, 4.3 delimits signatures with `-- `; Mailman, Sympa and others their footers with a line.
fn is_rule(line: &str) -> bool {
    let all = |sign: u8| line.bytes().all(|byte| byte == sign);
    line == "--" || line.len() >= RULE && (all(b'_') || all(b'-'))
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
    fn a_list_that_writes_in_its_own_name_makes_no_other_mail() {
        let mail = |head: &str| {
            let mail = format!("{head}\nDate: Mon, 23 Nov 2026 01:00:00 +0900\nSubject: x\n\nack\n");
            read(mail.as_bytes()).content_hash
        };
        let direct = mail("From: Kato <kato@example.com>");
        let list = "From: Kato via Ops <ops@lists.example.com>\nList-Id: <ops.lists.example.com>\n\
            List-Post: <mailto:ops@lists.example.com>";
        assert_eq!(mail(&format!("{list}\nReply-To: Kato <kato@example.com>")), direct);
        assert_eq!(
            mail(&format!("{list}\nReply-To: ops@lists.example.com\nX-Original-From: kato@example.com")),
            direct
        );
        assert_ne!(mail(&format!("{list}\nReply-To: mori@example.com")), direct);
        assert_ne!(mail(list), direct);
        assert_ne!(mail("From: ops@lists.example.com\nReply-To: kato@example.com"), direct);
    }

    #[test]
    fn what_stands_below_a_line_is_text_unless_it_is_a_footer() {
        let table = |last: &str| format!("Host  State\n------------\n{}{last}", "web01  up\n".repeat(20));
        assert_ne!(hash("x", &table("web02 up")), hash("x", &table("web02 down")));
        assert_ne!(hash("x", "----------\nweb01 up"), hash("x", "----------\nweb01 down"));
    }
}
