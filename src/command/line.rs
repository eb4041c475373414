//! Owns how one line is understood, and which lines belong to it. What is in it is anybody's text, as phones write it:
//! capitals, full width, curly quotes, a dot behind the word, a stroke before it.

use std::iter::Peekable;
use std::str::Lines;

use jiff::SignedDuration;

use super::vocabulary::{
    ADDRESSED, DONE, DUTY, GREETINGS, HELD, INCIDENTS, OF_REPORT, PEOPLE, PLAIN, PROSE, QUOTES, TEXTS, UNITS,
    WITH_A_LENGTH, WITH_A_NUMBER, WITH_A_WORD,
};
use super::{Command, Held};
use crate::oncall::wish;

/// Lines longer than this are no salutation.
const SALUTATION: usize = 30;
/// A name has no more words than this; what has more is prose.
const NAME_WORDS: usize = 4;
/// Nobody waits longer than this, in minutes: a year.
const LONGEST: i64 = 366 * 24 * 60;

/// A line that is a command.
pub(super) struct Understood {
    pub(super) command: Command,
    /// What follows it behind a comma, a stop or a dash.
    pub(super) note: String,
}

/// The command at the head of a line.
pub(super) fn understand(line: &str) -> Option<Understood> {
    let line = unquoted(line.trim());
    let line = line.trim_start_matches(['/', '／']).trim_start();
    if let Some(command) = text(line) {
        return Some(Understood { command, note: String::new() });
    }
    let plain = half_width(line);
    if let Some(held) = held(&plain) {
        return Some(Understood { command: Command::Held(held), note: String::new() });
    }
    if let Some(command) = duty(&plain) {
        return Some(Understood { command, note: String::new() });
    }
    if let Some(understood) = somebody(&plain) {
        return Some(understood);
    }
    let (word, note) = at_the_end_of(&plain, |c| is_end(c) || c == '.');
    let asked = word.trim_end().strip_suffix('?');
    let word = words(unquoted(asked.unwrap_or(word).trim())).to_lowercase();
    let command = PLAIN.iter().find(|(known, _)| *known == word).map(|(_, command)| command.clone());
    let command = command.or_else(|| argument(&word)).or_else(|| held(&word).map(Command::Held))?;
    // "recovered?" is a question to people, "status?" one to firebell.
    (asked.is_none() || command.asks()).then_some(Understood { command, note })
}

/// The lines that belong to a command: words for clients and a reason go on up to a blank line; fields of a report do so
/// up to a line that is a command itself.
pub(super) fn rest_of_block(command: &Command, lines: &mut Peekable<Lines<'_>>) -> String {
    let ends_with_a_command = match command {
        Command::Client { .. } => false,
        Command::NoNeed { .. } | Command::Field { .. } => true,
        _ => return String::new(),
    };
    let of_field = matches!(command, Command::Field { .. });
    let goes_on = |line: &str| understand(line).is_none() || of_field && is_labelled(line);
    let ends = |line: &str| line.trim().is_empty() || ends_with_a_command && !goes_on(line);
    std::iter::from_fn(|| lines.next_if(|line| !ends(line))).collect::<Vec<_>>().join("\n")
}

/// `暫定対応: restarted it`: a detail of a report's field, whatever the word before its colon means by itself.
fn is_labelled(line: &str) -> bool {
    let said = line.split_once([':', '：']).is_some_and(|(_, text)| !text.trim().is_empty());
    said && text(line.trim()).is_none() && somebody(&half_width(line)).is_none()
}

/// The command with the lines that belong to it.
pub(super) fn with_block(mut command: Command, block: &str) -> Command {
    if let Command::Client { text } | Command::NoNeed { reason: text } | Command::Field { text, .. } =
        &mut command
    {
        *text = format!("{text}\n{block}").trim().to_owned();
    }
    command
}

/// `client: we are working on it`: the text as it was written.
fn text(line: &str) -> Option<Command> {
    let colon = |c: char| matches!(c, ':' | '：');
    let (word, text) = line.split_once(colon)?;
    let word = words(unquoted(half_width(word).trim())).to_lowercase();
    let (_, command) = TEXTS.iter().find(|(known, _)| *known == word)?;
    Some(command(text.trim().to_owned()))
}

/// `override me 22:00-06:00`. What is mistyped is meant all the same: whoever believes to be free must hear that they aren't.
fn duty(plain: &str) -> Option<Command> {
    let (verb, rest) = plain.trim().split_once([' ', '\t', ':'])?;
    let verb = verb.to_lowercase();
    let (_, command) = DUTY.iter().find(|(known, _)| *known == verb)?;
    let rest = rest.trim().trim_end_matches(['.', '。', '!', '！']).trim();
    wish::is_meant(rest).then(|| command(words(rest)))
}

/// `owner Kato Ren`. Dots belong to names and addresses.
fn somebody(plain: &str) -> Option<Understood> {
    let (verb, rest) = plain.trim().split_once([' ', '\t', ':'])?;
    let verb = verb.to_lowercase();
    let (_, command) = PEOPLE.iter().find(|(known, _)| *known == verb)?;
    let (name, note) = at_the_end_of(rest.trim_start_matches(':').trim(), is_end);
    let name = words(unquoted(name.trim_end_matches('.').trim()));
    let is_name = (1..=NAME_WORDS).contains(&name.split(' ').count())
        && name.chars().any(char::is_alphanumeric)
        && !name.ends_with('?')
        && !name.to_lowercase().split(' ').any(|word| PROSE.contains(&word));
    is_name.then(|| Understood { command: command(name), note })
}

/// A line up to the first end of a command, and what follows behind it.
fn at_the_end_of(line: &str, ends: impl Fn(char) -> bool) -> (&str, String) {
    let (word, rest) = line.split_once(&ends).unwrap_or((line, ""));
    let (word, rest) = match word.split_once(" - ") {
        Some((before, after)) => (before, [after, rest].join(" ")),
        None => (word, rest.to_owned()),
    };
    (word, rest.trim_start_matches(ends).trim().to_owned())
}

/// A command may end with one of these, and a note follow.
fn is_end(c: char) -> bool {
    matches!(c, ',' | '!' | ':' | ';' | '、' | '。' | '—' | '–' | '…')
}

/// A command with what its word asks for behind it: an incident, a word, a number, a length of time.
fn argument(word: &str) -> Option<Command> {
    let (verb, rest) = word.split_once(' ').unwrap_or((word, ""));
    let rest = unquoted(rest.trim());
    if let Some((_, command)) = INCIDENTS.iter().find(|(known, _)| *known == verb) {
        return is_incident(rest).then(|| command(rest.to_owned()));
    }
    if let Some((_, command)) = WITH_A_WORD.iter().find(|(known, _)| *known == verb) {
        return (!rest.contains(' ')).then(|| command((!rest.is_empty()).then(|| rest.to_owned())));
    }
    if let Some((_, command)) = WITH_A_NUMBER.iter().find(|(known, _)| *known == verb) {
        return numbered(*command, rest).or_else(|| of_a_client(command(None), rest));
    }
    if DONE.contains(&verb) {
        return Some(Command::Done { action: rest.trim_start_matches(['#', 'a']).parse().ok()? });
    }
    let (_, command) = WITH_A_LENGTH.iter().find(|(known, _)| *known == verb)?;
    if rest.is_empty() { command(None) } else { command(Some(length(rest)?)) }
}

/// `why client-a/2`: of the second mail to that client.
fn of_a_client(command: Command, rest: &str) -> Option<Command> {
    let (client, number) = rest.split_once('/').filter(|(client, _)| !client.contains(' '))?;
    let (mail, client) = (Some(number.parse().ok()?), Some(client.to_owned()));
    matches!(command, Command::Why { .. }).then_some(Command::Why { mail, client })
}

/// `approve`, `approve 2` of a draft for clients; `approve r2` of the report.
fn numbered(command: fn(Option<u32>) -> Command, rest: &str) -> Option<Command> {
    if rest.is_empty() {
        return Some(command(None));
    }
    let of_report = OF_REPORT.iter().find_map(|mark| rest.strip_prefix(mark));
    let number = of_report.unwrap_or(rest).trim_start().trim_start_matches(['#', 'v']).parse().ok()?;
    match (command(Some(number)), of_report) {
        (command, None) => Some(command),
        (Command::Approve { .. }, Some(_)) => Some(Command::OfReport { approve: true, draft: number }),
        (Command::Reject { .. }, Some(_)) => Some(Command::OfReport { approve: false, draft: number }),
        (_, Some(_)) => None,
    }
}

/// `30m`, `1h30m`, `2 hours`, `90分`. A bare number is no length: people mean minutes and hours by it.
fn length(text: &str) -> Option<SignedDuration> {
    let mut rest = text.trim_start_matches("in ").trim();
    let mut minutes = 0_i64;
    while !rest.is_empty() {
        let number: String = rest.chars().take_while(char::is_ascii_digit).take(6).collect();
        rest = rest.strip_prefix(number.as_str())?.trim_start();
        let unit: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
        let (_, each) = UNITS.iter().find(|(known, _)| *known == unit)?;
        rest = rest.strip_prefix(unit.as_str())?.trim_start();
        minutes += number.parse::<i64>().ok()? * each;
    }
    (minutes <= LONGEST).then(|| SignedDuration::from_mins(minutes))
}

/// `take`, `take 2 3`, `take 2 INC-42`, and the same for `new` and `ignore`. Anything else behind them makes it prose.
fn held(line: &str) -> Option<Held> {
    let line = line.to_lowercase();
    let mut words = line.split([' ', '\t', ',', '、']).filter(|word| !word.is_empty());
    let word = words.next()?;
    let what = HELD.iter().find(|(known, _)| *known == word)?.1;
    let mut held = Held { what, mails: Vec::new(), incident: None };
    for word in words {
        match word.trim_start_matches('#').parse() {
            Ok(number) => held.mails.push(number),
            Err(_) if held.incident.is_none() && is_incident(word) => held.incident = Some(word.to_owned()),
            Err(_) => return None,
        }
    }
    Some(held)
}

/// Whether a word has the form of an incident's name: `inc-40`, `[inc-40-k7]`, `40`.
fn is_incident(word: &str) -> bool {
    let inside = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(word);
    let is_number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let is_word = |part: &str| !part.is_empty() && part.chars().all(char::is_alphanumeric);
    let parts: Vec<&str> = inside.split('-').collect();
    match parts.as_slice() {
        [number] => is_number(number),
        [tag, number] => is_word(tag) && is_number(number),
        [tag, number, check] => is_word(tag) && is_number(number) && is_word(check),
        _ => false,
    }
}

/// Full-width ASCII (U+FF01 to U+FF5E), as Japanese keyboards type it, in its half-width form.
fn half_width(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    };
    text.chars().map(narrow).collect()
}

/// Without the marks of quotation around all of it.
fn unquoted(text: &str) -> &str {
    let inside = |(open, close): &(char, char)| text.strip_prefix(*open)?.strip_suffix(*close);
    QUOTES.iter().find_map(inside).filter(|inside| !inside.is_empty()).unwrap_or(text)
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn is_salutation(line: &str) -> bool {
    let line = line.to_lowercase();
    let greets = |greeting: &&str| {
        line.strip_prefix(*greeting)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let introduces = line.ends_with("です。") || line.ends_with("です");
    line.chars().count() <= SALUTATION
        && (GREETINGS.iter().any(greets) || ADDRESSED.iter().any(|end| line.ends_with(end)) || introduces)
}
