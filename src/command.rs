//! Owns the words by which people act: new text → commands and note. Never decides whether they may.
//!
//! Commands stand at the top of the new text, one per line, after up to three lines of salutation. The first other
//! line that is none ends them, and the rest is a note. An unknown word is a note, never a guess.

use serde::Serialize;

/// What somebody wants done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// I have it.
    Ack,
    /// It works again.
    Recovered,
    /// The cause is gone.
    Resolved {
        /// Although nothing shows that it works.
        anyway: bool,
    },
    /// Done with.
    Close,
    /// It is broken after all.
    Reopen,
    /// What becomes of mails that wait.
    Held(Held),
    /// It is the same trouble as another incident.
    Merge {
        /// The other one, as written: `inc-40`, `[inc-40-k7]` or `40`.
        incident: String,
    },
    /// What is said here is another trouble.
    Split,
    /// What is said here belongs to another incident.
    Move {
        /// That one, as written.
        incident: String,
    },
    /// How does it stand?
    Status,
    /// What can I say?
    Help,
}

/// What becomes of mails that wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// What.
    pub what: HeldWord,
    /// Their numbers; all of them where there is none.
    pub mails: Vec<u32>,
    /// The incident they belong to, where one is named, as written.
    pub incident: Option<String>,
}

/// The words for mails that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HeldWord {
    /// They belong here.
    Take,
    /// They are another trouble.
    New,
    /// Nothing is to be done.
    Ignore,
}

impl HeldWord {
    /// The word as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::New => "new",
            Self::Ignore => "ignore",
        }
    }
}

/// A line that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As written, trimmed.
    pub line: String,
    /// What it means.
    pub command: Command,
}

/// What a new text says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Its commands, in order.
    pub commands: Vec<Line>,
    /// Everything else.
    pub note: String,
}

/// The words, lower case and in their ASCII forms. The first of each command is its name.
const WORDS: &[(&str, Command)] = &[
    ("ack", Command::Ack),
    ("acknowledge", Command::Ack),
    ("acknowledged", Command::Ack),
    ("対応します", Command::Ack),
    ("対応中", Command::Ack),
    ("対応中です", Command::Ack),
    ("recovered", Command::Recovered),
    ("mitigated", Command::Recovered),
    ("復旧", Command::Recovered),
    ("復旧しました", Command::Recovered),
    ("暫定対応", Command::Recovered),
    ("resolved", Command::Resolved { anyway: false }),
    ("resolved anyway", Command::Resolved { anyway: true }),
    ("解決", Command::Resolved { anyway: false }),
    ("解決しました", Command::Resolved { anyway: false }),
    ("恒久対応", Command::Resolved { anyway: false }),
    ("close", Command::Close),
    ("クローズ", Command::Close),
    ("reopen", Command::Reopen),
    ("再開", Command::Reopen),
    ("split", Command::Split),
    ("分割", Command::Split),
    ("status", Command::Status),
    ("状況", Command::Status),
    ("help", Command::Help),
    ("ヘルプ", Command::Help),
];

/// The words for mails that wait, which numbers may follow.
const HELD: &[(&str, HeldWord)] = &[
    ("take", HeldWord::Take),
    ("受け入れ", HeldWord::Take),
    ("new", HeldWord::New),
    ("新規", HeldWord::New),
    ("ignore", HeldWord::Ignore),
    ("無視", HeldWord::Ignore),
];

/// A verb, and the command that it makes of an incident's name.
type Naming = (&'static str, fn(String) -> Command);

/// Commands that name an incident.
const NAMING: &[Naming] = &[
    ("merge", |incident| Command::Merge { incident }),
    ("統合", |incident| Command::Merge { incident }),
    ("move", |incident| Command::Move { incident }),
    ("移動", |incident| Command::Move { incident }),
];

/// How a salutation begins.
const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good evening",
    "all",
    "team",
    "お疲れ",
    "おつかれ",
    "お世話",
    "各位",
];
/// How a salutation ends.
const ADDRESSED: &[&str] = &["様", "さん", "各位", "殿"];
/// Lines longer than this are no salutation.
const SALUTATION: usize = 30;

/// Reads a new text.
pub fn read(text: &str) -> Said {
    let mut said = Said::default();
    let mut lines = text.lines().peekable();
    let mut greetings = 0;
    while let Some(line) = lines.peek().map(|line| line.trim()) {
        if let Some((command, rest)) = understand(line) {
            said.commands.push(Line { line: line.to_owned(), command });
            lines.next();
            if !rest.is_empty() {
                said.note.push_str(&format!("{rest}\n"));
            }
        } else if line.is_empty() {
            lines.next();
        } else if said.commands.is_empty() && greetings < 3 && is_salutation(line) {
            greetings += 1;
            lines.next();
        } else {
            break;
        }
    }
    if said.commands.is_empty() {
        said.note = text.trim().to_owned();
    } else {
        said.note.extend(lines.flat_map(|line| [line, "\n"]));
        said.note = said.note.trim().to_owned();
    }
    said
}

/// The command at the head of a line, and what follows it behind a comma, a stop or a dash.
fn understand(line: &str) -> Option<(Command, String)> {
    let plain = half_width(line);
    let plain = plain.trim().trim_start_matches('/');
    if let Some(held) = held(plain) {
        return Some((Command::Held(held), String::new()));
    }
    let ends = |c: char| matches!(c, ',' | '.' | '!' | ':' | ';' | '、' | '。' | '—' | '–');
    let (word, rest) = plain.split_once(ends).unwrap_or((plain, ""));
    let (word, rest) = match word.split_once(" - ") {
        Some((before, after)) => (before, [after, rest].join(" ")),
        None => (word, rest.to_owned()),
    };
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let plain = || WORDS.iter().find(|(known, _)| *known == word).map(|(_, command)| command.clone());
    let command = plain().or_else(|| naming(&word)).or_else(|| held(&word).map(Command::Held))?;
    Some((command, rest.trim_start_matches(ends).trim().to_owned()))
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

/// `merge inc-40`: a command, and the incident that it names.
fn naming(word: &str) -> Option<Command> {
    let (verb, named) = word.split_once(' ')?;
    let (_, command) = NAMING.iter().find(|(known, _)| *known == verb)?;
    is_incident(named).then(|| command(named.to_owned()))
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
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(narrow).collect()
}

fn is_salutation(line: &str) -> bool {
    let line = line.to_lowercase();
    let greets = |greeting: &str| {
        line.strip_prefix(greeting).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    let introduces = line.ends_with("です。") || line.ends_with("です");
    line.chars().count() <= SALUTATION
        && (GREETINGS.iter().any(|greeting| greets(greeting))
            || ADDRESSED.iter().any(|end| line.ends_with(end))
            || introduces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(text: &str) -> Vec<Command> {
        read(text).commands.into_iter().map(|line| line.command).collect()
    }

    #[test]
    fn what_phones_make_of_a_word_is_still_that_word() {
        for text in ["ack", "Ack.", " ACK ", "/ack", "ＡＣＫ", "ack!", "対応します。", "Hi all,\n\nack"]
        {
            assert_eq!(commands(text), [Command::Ack], "{text}");
        }
    }

    #[test]
    fn what_follows_a_command_is_a_note() {
        let said = read("ack, hardware is fine, it is the application\nlooking at the pool");
        assert_eq!(said.commands.len(), 1);
        assert_eq!(said.note, "hardware is fine, it is the application\nlooking at the pool");
    }

    #[test]
    fn several_commands_stand_one_per_line() {
        let said = read("お疲れ様です。\n加藤です。\n復旧\n恒久対応\n\n再起動しました。");
        assert_eq!(commands("recovered\nresolved\nclose").len(), 3);
        assert_eq!(said.commands.len(), 2);
        assert_eq!(said.note, "再起動しました。");
    }

    #[test]
    fn a_note_behind_a_command_does_not_end_the_commands() {
        let said = read("resolved, replaced the disk\nclose\nThanks to all.");
        assert_eq!(said.commands.len(), 2);
        assert_eq!(said.note, "replaced the disk\nThanks to all.");
    }

    #[test]
    fn a_word_inside_prose_is_never_a_command() {
        for text in [
            "I will ack this later",
            "please close the door",
            "ack it yourself",
            "we think it is\nack",
            "recovered?",
            "merge these two",
            "merge",
            "merge 40 and 41",
        ] {
            assert_eq!(read(text), Said { commands: vec![], note: text.to_owned() }, "{text}");
        }
    }

    #[test]
    fn what_becomes_of_held_mails_is_said_with_their_numbers_or_without() {
        let held = |what, mails: &[u32], incident: Option<&str>| {
            let incident = incident.map(str::to_owned);
            [Command::Held(Held { what, mails: mails.to_vec(), incident })]
        };
        assert_eq!(commands("take"), held(HeldWord::Take, &[], None));
        assert_eq!(commands("Take 1, 3"), held(HeldWord::Take, &[1, 3], None));
        assert_eq!(commands("take #2 INC-42-K7"), held(HeldWord::Take, &[2], Some("inc-42-k7")));
        assert_eq!(commands("new 2."), held(HeldWord::New, &[2], None));
        assert_eq!(commands("無視"), held(HeldWord::Ignore, &[], None));
        assert_eq!(commands("ignore, it is spam"), held(HeldWord::Ignore, &[], None));
        for prose in ["take it", "new disk arrives at 9", "ignore 2 of them", "take INC-1 INC-2"] {
            assert!(commands(prose).is_empty(), "{prose}");
        }
    }

    #[test]
    fn an_incident_is_named_in_all_the_ways_in_which_people_write_it() {
        for (text, incident) in [
            ("merge INC-40", "inc-40"),
            ("/merge [INC-40-K7]", "[inc-40-k7]"),
            ("merge  40, the same disk", "40"),
            ("統合　ＩＮＣ-40", "inc-40"),
        ] {
            assert_eq!(commands(text), [Command::Merge { incident: incident.to_owned() }], "{text}");
        }
        assert_eq!(commands("移動 40"), [Command::Move { incident: "40".to_owned() }]);
    }

    #[test]
    fn resolved_anyway_is_another_command() {
        assert_eq!(commands("Resolved anyway."), [Command::Resolved { anyway: true }]);
    }
}
