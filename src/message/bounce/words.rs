//! Owns reports in mail servers' own words: which part of the text is the report, whom it names, what it says of each.
//! Never decides whether a mail is a report.

use std::sync::LazyLock;

use super::formats::{ENDS, LEADS, OPENINGS, OTHERS};
use super::{LONGEST_DIAGNOSTIC, status};
use crate::directory::Address;
use crate::message::BouncedRecipient;
use crate::message::plain::{clip, one_line};
use crate::message::vocabulary::Phrases;

/// How much of a report in a server's own words is looked at, in bytes.
pub(super) const LONGEST_WORDS: usize = 16 * 1024;
/// Most recipients that words name.
const MOST_NAMED: usize = 100;

/// The words with which a report opens, behind the product that writes them.
pub(super) fn opening(text: &str) -> Option<(&'static str, &'static str)> {
    static PHRASES: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(OPENINGS.iter().map(|(_, words)| *words)));
    let lower = clip(text, LONGEST_WORDS).to_lowercase();
    let found = PHRASES.all(&lower).filter_map(|(which, place)| Some((place.start, *OPENINGS.get(which)?)));
    found.min().map(|(_, opening)| opening)
}

/// Whether the report names a recipient, and not merely some address.
pub(super) fn names(text: &str) -> bool {
    named(&notice(text)).iter().any(|(_, place, _)| *place > Place::Loose)
}

/// The text from the opening on, and above the returned mail.
pub(super) fn notice(text: &str) -> Vec<&str> {
    let text = clip(text, LONGEST_WORDS);
    let opening = opening(text);
    let begins = |line: &&str| opening.is_none_or(|(_, words)| line.to_lowercase().contains(words));
    let open = text.lines().any(|line| begins(&line));
    let lines = text.lines().skip_while(|line| open && !begins(line));
    lines.enumerate().take_while(|(at, line)| *at == 0 || !ends(line)).map(|(_, line)| line).collect()
}

fn ends(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '-', '*', '=', '_', '>', '<']).to_lowercase();
    ENDS.iter().any(|words| line.starts_with(words))
}

/// To of the returned mail where it stands in the text: the last resort.
pub(super) fn returned_to(text: &str) -> Option<Address> {
    let text = clip(text, LONGEST_WORDS);
    let to = |line: &str| {
        let line = line.trim_start_matches(['>', ' ']);
        let value = line.get(..3).filter(|name| name.eq_ignore_ascii_case("to:")).and(line.get(3..))?;
        among(value).into_iter().next()
    };
    text.lines().find_map(to)
}

/// How surely an address on a line is a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Somewhere on a line.
    Loose,
    /// Behind words that announce a recipient.
    Led,
    /// At the line's beginning.
    First,
    /// On the line with the words that open the report.
    Named,
}

/// Whom the words name, and what they say of each. `sender` is to whom the report was sent.
pub(super) fn recipients(lines: &[&str], sender: &[Address]) -> Vec<BouncedRecipient> {
    let named = named(lines);
    let other = |found: &&(usize, Place, Address)| !sender.contains(&found.2);
    let best = named.iter().filter(other).map(|(_, place, _)| *place).max();
    let (best, only_other) = match best {
        Some(best) => (best, true),
        None => (named.iter().map(|(_, place, _)| *place).max().unwrap_or(Place::Loose), false),
    };
    let chosen: Vec<&(usize, Place, Address)> = named
        .iter()
        .filter(|found| found.1 == best && (!only_other || other(found)))
        .take(MOST_NAMED)
        .collect();
    let whole = lines.join("\n");
    let waits = status::waits(&whole);
    let mut told: Vec<BouncedRecipient> = Vec::new();
    for (nth, (line, _, address)) in chosen.iter().enumerate() {
        let end = chosen.get(nth + 1..).and_then(|rest| rest.iter().find(|next| next.0 > *line));
        let end = end.map_or(lines.len(), |next| next.0);
        let block = lines.get(*line..end).unwrap_or_default();
        let found = said(address, lines.get(..*line).unwrap_or_default(), block, (&whole, waits));
        match told.iter_mut().find(|earlier| earlier.address == *address) {
            Some(earlier) if !has_code(&earlier.diagnostic) => *earlier = found,
            Some(_) => {}
            None => told.push(found),
        }
    }
    told
}

/// All addresses of a report but those that are surely of others.
fn named(lines: &[&str]) -> Vec<(usize, Place, Address)> {
    let mut found = Vec::new();
    let mut above = String::new();
    let opening = lines.first().and_then(|line| opening(line)).map(|(_, words)| words);
    for (at, line) in lines.iter().enumerate() {
        let lower = line.trim().to_lowercase();
        let opens = opening.is_some_and(|words| lower.contains(words));
        let of_others = |text: &str| OTHERS.iter().any(|words| text.contains(words));
        let announced = |text: &str| LEADS.iter().any(|words| text.contains(words));
        let addresses = if lower.contains('@') { among(line) } else { Vec::new() };
        for (nth, address) in addresses.into_iter().enumerate() {
            let first = nth == 0 && leads(&lower, address.as_str());
            let place = match () {
                () if above.ends_with("sent by") || above.ends_with("contact") => continue,
                () if opens => Place::Named,
                () if first => Place::First,
                () if of_others(&lower) && !lower.contains("rcpt to") => continue,
                () if announced(&lower) || announced(&above) => Place::Led,
                () => Place::Loose,
            };
            if matches!(address.local(), "postmaster" | "mailer-daemon" | "abuse") {
                continue;
            }
            found.push((at, place, address));
        }
        if !lower.is_empty() {
            above = lower;
        }
    }
    found
}

/// Whether a line begins with the address, behind bullets, brackets and a reply code.
fn leads(line: &str, address: &str) -> bool {
    let bare = |line: &str| {
        line.trim_start_matches([' ', '\t', '<', '"', '\'', '*', '-', '•', '>', '[']).starts_with(address)
    };
    let code = line.get(..4).filter(|code| code.trim_end().bytes().all(|byte| byte.is_ascii_digit()));
    !line.starts_with(">>") && bare(line) || code.and(line.get(4..)).is_some_and(bare)
}

/// The addresses on a line.
fn among(line: &str) -> Vec<Address> {
    let cuts = |c: char| c.is_whitespace() || "<>()[]{}\"',;|=".contains(c) || !c.is_ascii();
    let mut found: Vec<Address> = Vec::new();
    for word in line.split(cuts).filter(|word| word.contains('@')).take(20) {
        let (_, word) = word.rsplit_once(':').filter(|(_, rest)| rest.contains('@')).unwrap_or(("", word));
        let address = Address::new(word.trim_matches(['.', ':', '*', '-', '/', '!', '#', '`']));
        if address.is_deliverable() && address.domain().contains('.') && !found.contains(&address) {
            found.push(address);
        }
    }
    found
}

/// What the lines from an address on say of it; `above` stands before them.
fn said(address: &Address, above: &[&str], block: &[&str], whole: (&str, bool)) -> BouncedRecipient {
    let (whole, waits) = whole;
    let text = block.join("\n");
    let words = one_line(&diagnostic(address, above, block));
    let coded = has_code(&text);
    let meant = status::meant(&words).or_else(|| status::meant(&text));
    let meant = meant.or_else(|| status::meant(whole).filter(|_| !coded));
    let status = status::enhanced(&text)
        .or_else(|| status::reply_code(&text))
        .or_else(|| status::enhanced(whole))
        .or_else(|| status::reply_code(whole));
    let status = match (status, meant) {
        // A bare reply code tells the class, the words beside it the rest.
        (Some(status), Some(meant)) if status.ends_with(".0.0") && meant.starts_with(class(&status)) => {
            Some(meant.to_owned())
        }
        (status, meant) => status.or(meant.map(str::to_owned)),
    };
    let action = if waits { "delayed" } else { "failed" };
    let status = match status {
        // The words tell why, the server that it goes on trying.
        Some(status) if waits => status.replacen('5', "4", usize::from(status.starts_with('5'))),
        Some(status) => status,
        None => status::undefined(action).to_owned(),
    };
    BouncedRecipient {
        address: address.clone(),
        action: if status.starts_with('2') { "delivered" } else { action }.to_owned(),
        status,
        diagnostic: clip(&words, LONGEST_DIAGNOSTIC).to_owned(),
    }
}

fn class(status: &str) -> &str {
    status.get(..1).unwrap_or_default()
}

fn has_code(line: &str) -> bool {
    status::enhanced(line).or_else(|| status::reply_code(line)).is_some()
}

/// What the whole report says of one whom it doesn't name.
pub(super) fn of_all(address: Address, lines: &[&str]) -> BouncedRecipient {
    let whole = lines.join("\n");
    let waits = status::waits(&whole);
    let mut told = said(&address, &[], lines, (&whole, waits));
    if !has_code(&told.diagnostic) {
        // Not the greeting.
        let long = |line: &&&str| line.chars().filter(|c| c.is_alphanumeric()).count() > 30;
        told.diagnostic = lines.iter().find(long).map(|line| one_line(line)).unwrap_or_default();
    }
    told
}

/// The line with a code and what continues it; else what stands behind the address, below it, or above it.
fn diagnostic(address: &Address, above: &[&str], block: &[&str]) -> String {
    // Exchange 2003 says on the first line only when it was.
    let dated = |line: &str| line.starts_with("on ") && line.contains(':');
    let announces = |line: &str| line.len() < 40 && line.trim_end().ends_with(':');
    let telling = |line: &&&str| {
        line.chars().filter(|c| c.is_alphanumeric()).count() > 3
            && !is_rule(line)
            && !dated(line.trim_start())
            && !announces(line)
    };
    if let Some(at) = block.iter().position(|line| has_code(line)) {
        let rest = block.get(at..).unwrap_or_default();
        let more = rest.iter().enumerate().take_while(|(nth, line)| {
            *nth == 0 || *nth < 4 && !line.trim().is_empty() && !is_rule(line) && !line.contains(">>>")
        });
        let joined = more.map(|(_, line)| line.trim()).collect::<Vec<_>>().join(" ");
        return behind(&joined, address).to_owned();
    }
    let own = block.first().map(|line| behind(line, address)).filter(|rest| telling(&rest));
    let below = block.iter().skip(1).find(telling).copied();
    // Some say why first, then whom.
    let coded = above.iter().rev().find(|line| has_code(line)).copied();
    let above = above.iter().rev().find(telling).copied();
    coded.or(own).or(below).or(above).unwrap_or_default().trim().to_owned()
}

fn is_rule(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("---") || line.starts_with("===") || line.starts_with("***")
}

/// What stands behind the address that a line begins with, and marks of who speaks.
fn behind<'a>(line: &'a str, address: &Address) -> &'a str {
    let marks = |line: &'a str| line.trim_start_matches(['>', ':', ' ', '.', '<', '(', '\t']);
    let trimmed = line.trim_start_matches([' ', '\t', '<', '*', '-']);
    let begins = trimmed
        .get(..address.as_str().len())
        .is_some_and(|start| start.eq_ignore_ascii_case(address.as_str()));
    let rest = if begins { trimmed.get(address.as_str().len()..).unwrap_or_default() } else { line };
    let rest = marks(rest);
    rest.strip_prefix("reason:").or_else(|| rest.strip_prefix("Remote host said:")).unwrap_or(rest).trim()
}
