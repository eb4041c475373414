//! Owns noticing that somebody's answers are those of a machine that bears no mark of one: each comes within minutes of a
//! mail of ours, in the same words as those before it.
//! Never takes words of command for a machine's, and never what is said in other words.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Actor, Incident};
use crate::directory::PersonId;

/// A machine answers within this time of a mail of ours.
const AT_ONCE: SignedDuration = SignedDuration::from_mins(3);
/// So many answers in the same words are heard within …
const HEARD: u32 = 3;
/// … this time. Those that follow are kept, and told to nobody.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// So many notes are told within that time of those whom nobody knows, or who write through lists.
const OF_MANY: u32 = 5;
/// Texts are the same whose first letters are: numbers and times differ from answer to answer.
const LETTERS: usize = 60;
/// Of so many people the last answers are known.
const MOST: usize = 100;
/// So many of the newest mails of ours are looked at.
const NEWEST: usize = 500;

/// The last answers of each person, and of the many.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rounds {
    alike: Vec<Round>,
    /// When the first of the many wrote, within the time.
    many: Option<Timestamp>,
    /// How many of them wrote since.
    wrote: u32,
}

/// Answers of one person in the same words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Round {
    by: PersonId,
    letters: String,
    times: u32,
    since: Timestamp,
}

/// Which of somebody's answers in the same words this one is, if a machine may have written it; else 0. From the fourth on
/// within an hour it is taken for a machine's.
pub fn alike(incident: &Incident, by: &Actor, text: &str, now: Timestamp) -> u32 {
    let Some(person) = by.person().filter(|_| is_at_once(incident, by, now)) else { return 0 };
    let letters = letters(text);
    let round = incident.rounds.alike.iter().find(|round| round.by == *person);
    match round.filter(|round| round.letters == letters && now.duration_since(round.since) < WITHIN) {
        _ if letters.is_empty() => 0,
        Some(round) => round.times.saturating_add(1),
        None => 1,
    }
}

/// Whether so many answers alike are a machine's.
pub fn is_machine(alike: u32) -> bool {
    alike > HEARD
}

/// Whether somebody has to hear of it: this is the first of them.
pub fn is_news(alike: u32) -> bool {
    alike == HEARD + 1
}

/// The how manieth note of the many this is within the time.
pub fn of_many(incident: &Incident, now: Timestamp) -> u32 {
    let rounds = &incident.rounds;
    match rounds.many.filter(|first| now.duration_since(*first) < WITHIN) {
        Some(_) => rounds.wrote.saturating_add(1),
        None => 1,
    }
}

/// Whether so many are a crowd, of whose words nobody is told one by one.
pub fn is_crowd(many: u32) -> bool {
    many > OF_MANY
}

/// Whether somebody has to hear of the crowd: this is the first note that is told to nobody.
pub fn is_new_crowd(many: u32) -> bool {
    many == OF_MANY + 1
}

/// One of the many wrote.
pub(super) fn one_of_many(incident: &mut Incident, which: u32, at: Timestamp) {
    if which == 1 {
        incident.rounds.many = Some(at);
    }
    incident.rounds.wrote = which;
}

/// Somebody wrote something.
pub(super) fn wrote(incident: &mut Incident, by: &Actor, text: &str, at: Timestamp) {
    let Some(person) = by.person() else { return };
    let times = alike(incident, by, text, at);
    let rounds = &mut incident.rounds.alike;
    let place = rounds.iter().position(|round| round.by == *person);
    let before = place.map(|place| rounds.remove(place));
    if times == 0 {
        return;
    }
    let since = before.filter(|_| times > 1).map_or(at, |before| before.since);
    rounds.push(Round { by: person.clone(), letters: letters(text), times, since });
    let surplus = rounds.len().saturating_sub(MOST);
    rounds.drain(..surplus);
}

/// Whether it follows a mail of ours to its author at once.
fn is_at_once(incident: &Incident, by: &Actor, now: Timestamp) -> bool {
    let theirs = incident.notices.iter().rev().take(NEWEST).find(|sent| Some(&sent.person) == by.person());
    theirs.is_some_and(|sent| now.duration_since(sent.told_at.unwrap_or(sent.queued_at)) < AT_ONCE)
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).take(LETTERS).collect()
}
