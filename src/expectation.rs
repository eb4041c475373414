//! Owns mails that must come: what each of them says, and by when the next one is due. Pure arithmetic on times.
//! Never knows what follows when one is missing.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::directory::{Directory, ServiceId, Severity};
use crate::message::Message;
use crate::rules::Condition;
use crate::timetable::Rhythm;

/// How much of a mail its words are looked for in, in characters.
const MOST_TEXT: usize = 64 << 10;
/// Whatever is found so late was due while firebell was away: mail that came meanwhile is read first.
const LATE: SignedDuration = SignedDuration::from_mins(2);
/// How long that may take.
const CATCHING_UP: SignedDuration = SignedDuration::from_mins(5);

/// How often a mail must come.
#[derive(Debug, Clone)]
pub enum Beat {
    /// So long after the last one.
    Every(SignedDuration),
    /// For these times.
    Cron(Box<Rhythm>),
}

/// A mail that must come, `[[expect]]`.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// Name in the configuration.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Which mails are meant.
    pub when: Condition,
    /// How often.
    pub beat: Beat,
    /// How late one may be.
    pub grace: SignedDuration,
    /// Words of success; without any every mail that is meant is one.
    pub success: Vec<String>,
    /// Words of failure: they count before those of success.
    pub failure: Vec<String>,
    /// Words of a mail that only says that it began.
    pub started: Vec<String>,
    /// How long it may take from there.
    pub longest: Option<SignedDuration>,
    /// What is broken without it.
    pub service: Option<ServiceId>,
    /// How bad it is.
    pub severity: Severity,
    /// Who is paged; the service's policy without.
    pub policy: Option<String>,
}

/// What a mail that is meant says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It is done.
    Success,
    /// It failed.
    Failure,
    /// It began.
    Started,
}

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Heard {
    /// The time up to which nothing is owed: one came for it, or is known to be missing.
    pub until: Timestamp,
    /// Looked at again then, because firebell was away.
    #[serde(default)]
    pub waits: Option<Timestamp>,
    /// When it began, and hasn't ended.
    #[serde(default)]
    pub started: Option<Timestamp>,
    /// That it takes too long was said.
    #[serde(default)]
    pub slow: bool,
}

/// What is to be said of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// One was due then, and has not come.
    NotCome(Timestamp),
    /// It began then, and has not ended.
    TooLong(Timestamp),
    /// It is late, but firebell was away: until then.
    Wait(Timestamp),
}

impl Expectation {
    /// The key under which incidents know it.
    pub fn key(&self) -> String {
        format!("expect:{}", self.id)
    }

    /// What a mail says of it; None where another mail is meant, or it says neither.
    pub fn says(&self, directory: &Directory, message: &Message, now: Timestamp) -> Option<Says> {
        if !self.when.is_met(directory, message, now) {
            return None;
        }
        let text: String = message.text.chars().take(MOST_TEXT).collect();
        let text = format!("{}\n{text}", message.subject).to_lowercase();
        let has = |words: &[String]| words.iter().any(|word| stands_in(&text, &word.to_lowercase()));
        match () {
            () if has(&self.failure) => Some(Says::Failure),
            () if self.success.is_empty() && !has(&self.started) || has(&self.success) => Some(Says::Success),
            () if has(&self.started) => Some(Says::Started),
            () => None,
        }
    }

    /// The time up to which nothing is owed any more when a mail came then. One that comes a little before its time is for
    /// that time.
    pub fn covers(&self, came: Timestamp) -> Timestamp {
        let Beat::Cron(rhythm) = &self.beat else { return came };
        let (next, before) = (rhythm.next_after(came), rhythm.newest_until(came));
        let (Some(next), Some(before)) = (next, before) else { return came };
        let early = self.grace.min(next.duration_since(before) / 4);
        if next.duration_since(came) <= early { next } else { came }
    }

    /// What is to be said now.
    pub fn missing(&self, heard: &Heard, now: Timestamp) -> Option<Missing> {
        let started = heard.started.filter(|_| !heard.slow).zip(self.longest);
        if let Some((started, _)) = started.filter(|(started, longest)| *started + *longest <= now) {
            return Some(Missing::TooLong(started));
        }
        if started.is_some() {
            return None;
        }
        let due = self.due_after(heard.until)?;
        let deadline = due + self.grace;
        match heard.waits {
            _ if now < deadline => None,
            Some(waits) if now < waits => None,
            None if now.duration_since(deadline) > LATE => Some(Missing::Wait(now + CATCHING_UP)),
            _ => Some(Missing::NotCome(self.newest_due(due, now))),
        }
    }

    /// When [`Expectation::missing`] may have something to say.
    pub fn next_due(&self, heard: &Heard) -> Option<Timestamp> {
        let deadline = self.due_after(heard.until).map(|due| due + self.grace);
        let deadline = deadline.map(|deadline| heard.waits.map_or(deadline, |waits| waits.max(deadline)));
        let ends = heard.started.filter(|_| !heard.slow).zip(self.longest);
        ends.map(|(started, longest)| started + longest).or(deadline)
    }

    fn due_after(&self, until: Timestamp) -> Option<Timestamp> {
        match &self.beat {
            Beat::Every(every) => until.checked_add(*every).ok(),
            Beat::Cron(rhythm) => rhythm.next_after(until),
        }
    }

    /// Of several times that went by the newest that is late: one word for all of them.
    fn newest_due(&self, due: Timestamp, now: Timestamp) -> Timestamp {
        let late = now - self.grace;
        match &self.beat {
            Beat::Every(every) => {
                let times = late.duration_since(due).as_secs() / every.as_secs().max(1);
                due + SignedDuration::from_secs(times.max(0) * every.as_secs())
            }
            Beat::Cron(rhythm) => rhythm.newest_until(late).map_or(due, |newest| newest.max(due)),
        }
    }
}

/// Whether a word stands in a text by itself: "ok" does not in "broken".
fn stands_in(text: &str, word: &str) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        a.zip(b).is_some_and(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
    };
    let mut before = None;
    let mut rest = text;
    while let Some((left, right)) = rest.split_once(word) {
        let last = left.chars().next_back().or(before);
        if !joins(last, word.chars().next()) && !joins(word.chars().next_back(), right.chars().next()) {
            return true;
        }
        (before, rest) = (word.chars().next_back(), right);
    }
    false
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn nightly(beat: Beat) -> Expectation {
        Expectation {
            id: "nightly".to_owned(),
            name: "Nightly backup".to_owned(),
            when: Condition::All(Vec::new()),
            beat,
            grace: SignedDuration::from_hours(1),
            success: vec!["OK".to_owned(), "完了".to_owned()],
            failure: vec!["failed".to_owned()],
            started: vec!["started".to_owned()],
            longest: Some(SignedDuration::from_hours(4)),
            service: None,
            severity: Severity::Sev3,
            policy: None,
        }
    }

    fn at_three() -> Expectation {
        nightly(Beat::Cron(Box::new(Rhythm::new("0 3 * * *", TimeZone::UTC).unwrap())))
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    #[test]
    fn words_stand_by_themselves_and_failure_counts_first() {
        let says = |subject: &str| {
            let mail = format!("From: b@example.com\r\nSubject: {subject}\r\n\r\n.\r\n");
            at_three().says(&Directory::default(), &crate::message::read(mail.as_bytes()), at("23T03:00"))
        };
        assert_eq!(says("Backup OK"), Some(Says::Success));
        assert_eq!(says("backup: ok."), Some(Says::Success));
        assert_eq!(says("バックアップ完了しました"), Some(Says::Success));
        assert_eq!(says("Backup failed, log OK"), Some(Says::Failure));
        assert_eq!(says("Backup started"), Some(Says::Started));
        for neither in ["broken", "token", "Backup", "restarted"] {
            assert_eq!(says(neither), None, "{neither}");
        }
    }

    #[test]
    fn one_is_missing_once_its_grace_is_over_and_a_late_one_does_not_cover_the_next() {
        let order = at_three();
        let mut heard = Heard { until: at("22T12:00"), ..Heard::default() };
        assert_eq!(order.next_due(&heard), Some(at("23T04:00")));
        assert_eq!(order.missing(&heard, at("23T03:59")), None);
        assert_eq!(order.missing(&heard, at("23T04:00")), Some(Missing::NotCome(at("23T03:00"))));
        heard.until = at("23T03:00");
        assert_eq!(order.next_due(&heard), Some(at("24T04:00")));
        assert_eq!(order.covers(at("23T09:00")), at("23T09:00"));
        assert_eq!(order.covers(at("23T02:30")), at("23T03:00"), "a little before its time is in time");
        assert_eq!(order.covers(at("23T01:30")), at("23T01:30"));
    }

    #[test]
    fn what_was_due_while_firebell_was_away_waits_until_mail_was_read_and_is_said_once() {
        let order = nightly(Beat::Every(SignedDuration::from_hours(2)));
        let mut heard = Heard { until: at("22T00:00"), ..Heard::default() };
        let now = at("23T10:30");
        assert_eq!(order.missing(&heard, now), Some(Missing::Wait(at("23T10:35"))));
        heard.waits = Some(at("23T10:35"));
        assert_eq!(order.next_due(&heard), Some(at("23T10:35")));
        assert_eq!(order.missing(&heard, at("23T10:34")), None);
        assert_eq!(order.missing(&heard, at("23T10:35")), Some(Missing::NotCome(at("23T08:00"))));
    }

    #[test]
    fn what_began_must_end_in_time_and_is_not_missed_before() {
        let order = at_three();
        let started = Some(at("23T03:10"));
        let mut heard = Heard { until: at("22T12:00"), started, ..Heard::default() };
        assert_eq!(order.missing(&heard, at("23T04:00")), None);
        assert_eq!(order.next_due(&heard), Some(at("23T07:10")));
        assert_eq!(order.missing(&heard, at("23T07:10")), Some(Missing::TooLong(at("23T03:10"))));
        (heard.slow, heard.until) = (true, at("23T03:10"));
        assert_eq!(order.missing(&heard, at("23T08:00")), None);
    }
}
