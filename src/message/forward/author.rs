//! Owns reading the author of a forwarded mail, as mail programs write it for people.
//! Never validates more than that there is something around an `@`.

use crate::directory::Address;
use crate::message::Mailbox;
use crate::message::plain::{clip, one_line};

/// Longest value that is looked at, in bytes.
const LONGEST: usize = 1_000;

/// The mailbox of a From line: `Name <a@b>`, `Name [mailto:a@b]`, `Name (a@b)`, `Name <a@b<mailto:a@b>>`,
/// `"Last, First" <a@b>`, `a@b <mailto:a@b>`, `a@b`.
pub(super) fn of_field(value: &str) -> Option<Mailbox> {
    let (before, address) = address(value)?;
    Some(mailbox(&before, &address))
}

/// The mailbox within an attribution line of any language: `Am 5.5.2026 um 10:21 schrieb "Ken" <k@b>:`. The name is
/// what is quoted before the address, else the words before it that can be one.
pub(super) fn of_attribution(line: &str) -> Option<Mailbox> {
    let (before, address) = address(line)?;
    let before = before.trim_end_matches([' ', '(', '<', '[']);
    if let Some(head) = before.strip_suffix(['"', '”', '»', '“']) {
        let name = head.rsplit(['"', '„', '«', '“']).next().unwrap_or_default();
        return Some(mailbox(name, &address));
    }
    let mut words: Vec<&str> = Vec::new();
    for word in before.split_whitespace().rev() {
        let ends = word.ends_with([',', '、', '，', ':', '：']);
        if ends && !words.is_empty() || !is_name(word) {
            break;
        }
        words.push(word);
        if ends {
            break;
        }
    }
    words.reverse();
    while words.first().is_some_and(|word| PARTICLES.contains(word)) {
        words.remove(0);
    }
    Some(mailbox(&words.join(" "), &address))
}

/// Lower-case words are verbs and prepositions of the attribution, except those within names.
fn is_name(word: &str) -> bool {
    let is_lower = word.chars().next().is_some_and(char::is_lowercase);
    let digits = word.chars().any(|c| c.is_ascii_digit());
    !digits && !word.contains(':') && (!is_lower || PARTICLES.contains(&word))
}

/// Lower-case parts of names.
const PARTICLES: [&str; 17] = [
    "al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "le", "ten", "van", "von",
    "zu",
];

/// The address, bracketed ones first, and what stands before it.
fn address(text: &str) -> Option<(String, String)> {
    let text =
        clip(text, LONGEST).replace("mailto:", "").replace("MAILTO:", "").replace(['\u{a0}', '＜'], " <");
    let bracketed = || {
        text.char_indices().filter(|(_, c)| matches!(c, '<' | '[' | '(' | '（')).find_map(|(at, bracket)| {
            let inner = text.get(at + bracket.len_utf8()..)?;
            let word = inner.split(|c: char| is_edge(c)).next()?;
            is_address(word).then(|| (text.get(..at).unwrap_or_default(), word))
        })
    };
    let bare = || {
        let word = text
            .split(is_edge)
            .map(|word| word.trim_matches(['*', '.', '\'']))
            .find(|word| is_address(word))?;
        Some((text.split_once(word)?.0, word))
    };
    let (before, address) = bracketed().or_else(bare)?;
    Some((before.to_owned(), address.to_owned()))
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    let edge = |c: char| c.is_whitespace() || "<>[]()\"'*|,;:：“”„«»`（".contains(c);
    let name = one_line(name.trim_matches(edge));
    let is_repeated = name.eq_ignore_ascii_case(address);
    Mailbox { name: if is_repeated { String::new() } else { name }, address: Address::new(address) }
}

fn is_edge(c: char) -> bool {
    c.is_whitespace() || "<>()[],;\"：:|（）＞，；、“”„«»".contains(c)
}

fn is_address(word: &str) -> bool {
    word.split_once('@').is_some_and(|(local, domain)| {
        let inner = domain.trim_end_matches('.');
        !local.is_empty()
            && !inner.contains('@')
            && inner.split_once('.').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(mailbox: Option<Mailbox>) -> Option<(String, String)> {
        mailbox.map(|mailbox| (mailbox.name, mailbox.address.to_string()))
    }

    #[test]
    fn from_lines_of_many_programs_are_read() {
        for (value, name) in [
            ("Ken Sato <ken@example.com>", "Ken Sato"),
            ("\"Sato, Ken\" <ken@example.com>", "Sato, Ken"),
            ("Sato, Ken [mailto:ken@example.com]", "Sato, Ken"),
            ("Ken Sato [ken@example.com]", "Ken Sato"),
            ("Ken Sato (ken@example.com)", "Ken Sato"),
            ("Ken Sato <ken@example.com<mailto:ken@example.com>>", "Ken Sato"),
            ("Ken Sato<mailto:ken@example.com>", "Ken Sato"),
            ("Ken Sato <ken@example.com> [mailto:ken@example.com]", "Ken Sato"),
            ("'Ken Sato' <ken@example.com>;", "Ken Sato"),
            ("ken@example.com <mailto:ken@example.com>", ""),
            ("ken@example.com [mailto:ken@example.com]", ""),
            ("\"ken@example.com\" <ken@example.com>", ""),
            ("ken@example.com", ""),
            ("<ken@example.com>", ""),
            ("Ken Sato ken@example.com", "Ken Sato"),
            ("佐藤 健＜ken@example.com＞", "佐藤 健"),
            ("\"bo@example.org via Desk\" <ken@example.com>", "bo@example.org via Desk"),
            ("Ken Sato <ken@example.com> On Behalf Of Bo <bo@example.org>", "Ken Sato"),
        ] {
            let expected = Some((name.to_owned(), "ken@example.com".to_owned()));
            assert_eq!(pair(of_field(value)), expected, "{value}");
        }
        for value in ["", "Ken Sato", "Ken Sato/Tokyo/Example@Example", "@", "a@", "a@b"] {
            assert_eq!(pair(of_field(value)), None, "{value}");
        }
    }

    #[test]
    fn attributions_of_many_languages_name_their_author() {
        for line in [
            "On Thu, May 5, 2026 at 5:17 PM, Ken Sato <ken@example.com> wrote:",
            "Am 05.05.2026 um 10:21 schrieb \"Ken Sato\" <ken@example.com>:",
            "Am 05.05.26 um 10:21 schrieb Ken Sato <ken@example.com>:",
            "Le 5 mai 2026 à 10:21, « Ken Sato » <ken@example.com> a écrit :",
            "Op 5-5-2026 10:21 heeft Ken Sato <ken@example.com> geschreven:",
            "2026. május 5. 10.21 időpontban Ken Sato (ken@example.com) ezt írta:",
            "\"Ken Sato\" <ken@example.com>, 5 Mayıs 2026 Sal, 10:21 tarihinde şunu yazdı:",
            "Ken Sato <ken@example.com> kirjoitti 5.5.2026 kello 10.21:",
            "05.05.2026, 10:21, пользователь \"Ken Sato\" <ken@example.com> написал:",
            "5. mája 2026 používateľ Ken Sato (<ken@example.com>) napísal:",
            "Dnia 5 maja 2026 10:21 „Ken Sato” <ken@example.com> napisał:",
            "2026年5月5日(火) 10:21 Ken Sato <ken@example.com>:",
        ] {
            let expected = Some(("Ken Sato".to_owned(), "ken@example.com".to_owned()));
            assert_eq!(pair(of_attribution(line)), expected, "{line}");
        }
    }
}
