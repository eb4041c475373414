//! Owns the answer to a mail to the test address: how it was read, which rule decided, what would have been recorded and
//! sent, and when.

use jiff::SignedDuration;

use super::inner::phrase;
use super::when::Reader;
use super::{Notice, inner};
use crate::alert::Alert;
use crate::audience::Audience;
use crate::book::Book;
use crate::incident::words::one_line;
use crate::rules::Verdict;

/// Most lines of a kind; a mail can carry hundreds of alerts.
const MOST: usize = 12;
/// How much of a line is shown, in characters.
const LONGEST_LINE: usize = 300;

/// What would have become of a mail.
#[derive(Debug, Clone)]
pub struct Trial {
    /// Its subject.
    pub subject: String,
    /// What would have become of it, in a word: `opened`, `joined` …
    pub outcome: &'static str,
    /// The incident it would have led to.
    pub label: Option<String>,
    /// Its alerts, and what the rules say of each.
    pub alerts: Vec<(Alert, Verdict)>,
    /// What the rules say of a mail without alerts, where they are asked.
    pub verdict: Option<Verdict>,
    /// What timelines and the log would say.
    pub recorded: Vec<String>,
    /// What would be sent, and how long after the mail.
    pub sent: Vec<(Notice, SignedDuration)>,
}

impl Trial {
    /// The lines under the text, each with its heading where that changes.
    pub(super) fn facts(&self, book: &Book, reader: &Reader) -> Vec<(String, String)> {
        let read: Vec<String> = self.alerts.iter().map(|(alert, _)| alert_line(alert)).collect();
        let verdicts = self.alerts.iter().map(|(_, verdict)| verdict).chain(&self.verdict);
        let mut ruled: Vec<String> = verdicts.map(|verdict| verdict_line(verdict, reader)).collect();
        ruled.dedup();
        let sent: Vec<String> =
            self.sent.iter().map(|(notice, after)| sent_line(book, notice, *after, reader)).collect();
        let or_none = |lines: Vec<String>, name: &str| {
            if lines.is_empty() { vec![phrase(reader, &format!("trial.{name}"), &[])] } else { lines }
        };
        let read = or_none(read, "no-alert");
        let sent = or_none(sent, "nothing");
        let lists = [("read", read), ("rule", ruled), ("recorded", self.recorded.clone()), ("sent", sent)];
        lists.into_iter().flat_map(|(name, lines)| listed(name, lines, reader)).collect()
    }

    /// In one line: what would have become of it.
    pub(super) fn headline(&self, reader: &Reader) -> String {
        let values = [("label", self.label.clone().unwrap_or_default())];
        phrase(reader, &format!("trial.{}", self.outcome), &values)
    }
}

/// Lines under one heading.
fn listed(name: &str, mut lines: Vec<String>, reader: &Reader) -> Vec<(String, String)> {
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(phrase(reader, "trial.more", &[("count", more.to_string())]));
    }
    let heading = |index: usize| match index {
        0 => phrase(reader, &format!("trial.{name}"), &[]),
        _ => String::new(),
    };
    let short = |line: String| inner::beginning(&one_line(&line), LONGEST_LINE);
    lines.into_iter().enumerate().map(|(index, line)| (heading(index), short(line))).collect()
}

fn alert_line(alert: &Alert) -> String {
    let named = [("severity", &alert.severity), ("host", &alert.host), ("service", &alert.service)];
    let named = named.into_iter().filter_map(|(name, value)| Some(format!(", {name} {}", value.as_ref()?)));
    format!("{} {}{}", alert.state.word(), alert.fingerprint(), named.collect::<String>())
}

fn verdict_line(verdict: &Verdict, reader: &Reader) -> String {
    let few: String = verdict.not_yet().map(|few| format!("; not yet: {few}")).collect();
    let (Some(rule), Some(action)) = (&verdict.rule, verdict.action) else {
        return phrase(reader, "trial.no-rule", &[]) + &few;
    };
    let at = verdict.at.as_deref().unwrap_or_default();
    let service = verdict.service.as_ref().map(|service| format!(", {service}")).unwrap_or_default();
    format!("{rule} ({at}): {}, {}{service}{few}", action.word(), verdict.severity)
}

fn sent_line(book: &Book, notice: &Notice, after: SignedDuration, reader: &Reader) -> String {
    let when = match after.as_secs() {
        0 => phrase(reader, "trial.at-once", &[]),
        1..60 => phrase(reader, "trial.after", &[("length", format!("{} s", after.as_secs()))]),
        _ => phrase(reader, "trial.after", &[("length", reader.length(after))]),
    };
    let name = book.directory.people.get(&notice.person).map_or(notice.person.as_str(), |it| &it.name);
    let of = match &notice.audience {
        Audience::Inner => String::new(),
        Audience::Client(client) => {
            let name = book.directory.parties.get(client).map_or(client.as_str(), |party| &party.name);
            format!(" ({name})")
        }
    };
    format!("{when}: {name}{of}: {}", notice.summary)
}
