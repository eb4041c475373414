//! Owns what happens in a random week: troubles of some hours with quiet between them, in which monitors, people, the relay
//! and firebell itself do as they like; most are ended by somebody, some by nobody.

use jiff::{SignedDuration, Timestamp};

use super::{Chance, World};
use crate::rehearsal::script::{Line, What};

/// What people of the house write into their notes, and no client may read.
pub(super) const INNER_WORD: &str = "quagga";
/// What the other client writes.
pub(super) const OTHER_WORD: &str = "okapi";

/// How many troubles there are in a burst.
const BURST: u64 = 22;

/// A course of things, as chance has it.
pub(super) struct Week {
    pub(super) lines: Vec<Line>,
    now: Timestamp,
    end: Timestamp,
    trouble_until: Timestamp,
    ending: u8,
    burst: u64,
}

impl Week {
    pub(super) fn new(start: Timestamp, length: SignedDuration) -> Self {
        Self { lines: Vec::new(), now: start, end: start + length, trouble_until: start, ending: 0, burst: 0 }
    }

    /// The next thing that happens; None at the end. It is the last of `lines`.
    pub(super) fn next(&mut self, chance: &mut Chance, world: &World<'_>) -> Option<&Line> {
        let (pause, what) = if self.burst > 0 {
            (chance.below(5), self.burst())
        } else if self.now < self.trouble_until && chance.below(200) == 0 {
            self.burst = 2 * BURST;
            (60, What::Time)
        } else if self.now < self.trouble_until {
            let pause = chance.below(25 * 60);
            (pause, anything(chance, world, self.now + SignedDuration::from_secs(1 + pause as i64)))
        } else {
            self.calm(chance, world)
        };
        self.now += SignedDuration::from_secs(1 + pause as i64);
        if self.now >= self.end {
            return None;
        }
        self.add(what);
        self.lines.last()
    }

    /// Many alerts at once, each of its own trouble; then they are over.
    fn burst(&mut self) -> What {
        self.burst -= 1;
        let state = if self.burst >= BURST { "CRITICAL" } else { "OK" };
        mail("nagios", &format!("{state} burst@web{}", self.burst % BURST), "")
    }

    /// A trouble comes to its end step by step; then there is quiet, and a new one.
    fn calm(&mut self, chance: &mut Chance, world: &World<'_>) -> (u64, What) {
        let step = self.ending;
        self.ending += 1;
        // One trouble in ten is ended by nobody.
        if step == 0 && chance.below(10) == 0 {
            self.ending = 8;
        }
        let relay = |answer: &str, person: Option<&str>| What::Relay {
            answer: answer.to_owned(),
            person: person.map(str::to_owned),
        };
        match step {
            0 => (60, relay("250", None)),
            1 => (60, relay("250", Some("kato"))),
            2 => (600, answer(world, "kato", "INC-1", "ack")),
            3..=5 => {
                let service = ["service-a", "service-a@web02", "other"].get(usize::from(step) - 3);
                (300, mail("nagios", &format!("OK {}", service.unwrap_or(&"other")), ""))
            }
            6 => (60, answer(world, "kato", "INC-1", "resolved")),
            7 => (60, answer(world, "kato", "INC-2", "resolved")),
            _ => {
                let quiet = chance.below(72 * 3600);
                self.ending = 0;
                let lasts = SignedDuration::from_mins(10 + chance.below(150) as i64);
                self.trouble_until = self.now + SignedDuration::from_secs(quiet as i64) + lasts;
                (quiet, mail("nagios", "CRITICAL service-a", ""))
            }
        }
    }

    fn add(&mut self, what: What) {
        let index = self.lines.len();
        let text = match &what {
            What::Mail { from, about, body, .. } => format!("< {from:<8} {about:<24} {}", body.join(" / ")),
            What::Relay { answer, person } => {
                format!("! relay {} {answer}", person.as_deref().unwrap_or_default())
            }
            What::Down(until) => format!("! down until {until}"),
            _ => ".".to_owned(),
        };
        self.lines.push(Line { number: index, index, at: self.now, text, what });
    }
}

fn mail(from: &str, about: &str, body: &str) -> What {
    let body = body.lines().map(str::to_owned).collect();
    What::Mail { from: from.to_owned(), about: about.to_owned(), headers: Vec::new(), body }
}

/// Somebody answers what he got last of an incident, if he got anything.
fn answer(world: &World<'_>, who: &str, incident: &str, words: &str) -> What {
    match world.answered(who, incident) {
        Some(_) => mail(who, &format!("re {incident}"), words),
        None => What::Time,
    }
}

/// What happens next in a trouble.
fn anything(chance: &mut Chance, world: &World<'_>, now: Timestamp) -> What {
    let service = chance.of(&["service-a", "service-a@web02", "other"]);
    match chance.below(11) {
        0..=2 => mail("nagios", &format!("CRITICAL {service}"), ""),
        3 => mail("nagios", &format!("OK {service}"), ""),
        4..=6 => {
            let (who, incident) = (chance.of(&["kato", "sato", "abe", "mori"]), 1 + chance.below(3));
            let noted = format!("looking\nthe {INNER_WORD} is loose");
            let words = ["ack", "ack", "ack", "recovered", "resolved", "close", "reopen", noted.as_str()];
            answer(world, who, &format!("INC-{incident}"), chance.of(&words))
        }
        7 => {
            let person = Some(chance.of(&["kato", "sato", "abe", "mori", "ueda"]).to_owned());
            What::Relay { answer: chance.of(&["250", "250", "451", "550"]).to_owned(), person }
        }
        8 => What::Relay { answer: chance.of(&["250", "250", "250", "down"]).to_owned(), person: None },
        9 => answer(world, "zama", "INC-1", &format!("our {OTHER_WORD} is down too, is it you?")),
        _ => What::Down(now + SignedDuration::from_mins(1 + chance.below(200) as i64)),
    }
}
