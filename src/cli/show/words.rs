//! Owns how an incident is shown to people: facts, beliefs, timeline.

use jiff::Timestamp;

use super::beliefs::{self, Account, Belief};
use crate::book::Book;
use crate::cli::output::{NAME, QUIET, WELL, WRONG, fact, paint, style_of};
use crate::directory::Language;
use crate::incident::words::{clock, line, one_line};
use crate::incident::{Event, Incident, Occurrence, Participant};
use crate::notice::{self, Reader};

/// All of it.
pub(super) fn text(
    book: &Book,
    incident: &Incident,
    (events, people): (&[Event], &[Participant]),
    now: Timestamp,
) -> String {
    let reader = Reader::anybody(book, Language::En, now);
    let label = notice::label(book, incident.number);
    let mut text = format!("{}: {}\n", paint(NAME, &label), one_line(&incident.title));
    for (heading, lines) in facts(book, incident, &reader) {
        text.push_str(&fact(heading, &lines));
    }
    text.push_str(&fact("People", &taking_part(book, people, &reader)));
    text.push_str(&fact("Believes", &believes(book, incident, &reader)));
    text + &timeline(events, &reader)
}

fn facts(book: &Book, incident: &Incident, reader: &Reader) -> Vec<(&'static str, Vec<String>)> {
    let status = paint(style_of(incident.status()), incident.status().word());
    let label = |number: &u64| notice::label(book, *number);
    let stands =
        incident.merged_into.as_ref().map(|number| format!("{}, which stands for it", label(number)));
    let parts = incident.absorbed.keys().map(label).collect::<Vec<_>>().join(", ");
    let parted = incident.parted_from.as_ref().map(label);
    let service = incident.service.as_ref().map(|service| match incident.public_name.as_str() {
        name if incident.clients.is_empty() || name.is_empty() => service.to_string(),
        name => format!("{service}, \"{}\" to clients", one_line(name)),
    });
    let acknowledged = incident.acknowledged.as_ref();
    let acknowledged = acknowledged.map(|held| format!("by {} until {}", held.by, reader.time(held.until)));
    let run = incident.run.as_ref();
    let next = run.map(|run| {
        format!("step {} of `{}`, {}", run.next.step + 1, incident.policy.id, reader.time(run.due))
    });
    let previous = incident.previous.as_ref();
    let previous = previous.map(|previous| {
        format!("{}; number {} within 7 days", notice::label(book, previous.number), previous.times)
    });
    vec![
        ("Status", vec![format!("{}, {status}", incident.severity)]),
        ("Service", service.into_iter().collect()),
        ("Owner", incident.owner.iter().map(ToString::to_string).collect()),
        ("Acknowledged", acknowledged.into_iter().collect()),
        ("Next page", next.into_iter().collect()),
        ("Broken", incident.occurrences.iter().map(|occurrence| broken(occurrence, reader)).collect()),
        ("Alerts", incident.keys.iter().map(|(key, state)| alert(key, state, reader)).collect()),
        ("Before", previous.into_iter().collect()),
        ("Goes on as", stands.into_iter().collect()),
        ("Stands for", Some(parts).filter(|parts| !parts.is_empty()).into_iter().collect()),
        ("Parted from", parted.into_iter().collect()),
    ]
}

fn broken(occurrence: &Occurrence, reader: &Reader) -> String {
    let began = reader.time(occurrence.began);
    match &occurrence.recovered {
        None => format!("since {}", reader.past(occurrence.began)),
        Some(recovery) => {
            let length = reader.length(recovery.at.duration_since(occurrence.began));
            let by = recovery.by.as_ref().map(|by| format!(", says {by}")).unwrap_or_default();
            format!("{began} to {}: {length}{by}", reader.time(recovery.at))
        }
    }
}

fn alert(key: &str, state: &crate::incident::Key, reader: &Reader) -> String {
    let word = if state.firing { paint(WRONG, "firing") } else { paint(WELL, "quiet") };
    let times = if state.count == 1 { "once" } else { &format!("{} times", state.count) };
    format!("{word} {}, fired {times}, last at {}", one_line(key), reader.time(state.last_seen))
}

/// Who is in it, and why, a line each.
fn taking_part(book: &Book, people: &[Participant], reader: &Reader) -> Vec<String> {
    let width = people.iter().map(|one| one.person.as_str().len()).max().unwrap_or(0);
    let line = |one: &Participant| {
        format!("{:<width$}  {}", one.person.as_str(), one_line(&notice::reasons(book, one, reader)))
    };
    people.iter().map(line).collect()
}

fn believes(book: &Book, incident: &Incident, reader: &Reader) -> Vec<String> {
    let beliefs = beliefs::of(book, incident);
    let width = beliefs.iter().map(|belief| belief.party.as_str().len()).max().unwrap_or(0);
    let lines = |belief: &Belief| {
        let between = belief.account.iter().flat_map(|account| between(account, reader));
        let between = between.map(|line| format!("{:<width$}  {line}", ""));
        [believed(belief, incident, width, reader)].into_iter().chain(between).collect::<Vec<_>>()
    };
    beliefs.iter().flat_map(lines).collect()
}

/// What else is between the house and a client, a line each.
fn between(account: &Account, reader: &Reader) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(since) = account.owed_since.filter(|since| *since <= reader.now) {
        let length = reader.length(reader.now.duration_since(since));
        lines.push(match (&account.no_need, account.told_by_itself_at) {
            (None, None) if account.on_its_way => format!("owed a word for {length}, which is on its way"),
            (Some(no_need), _) => {
                format!("need not be told, says {}: {}", no_need.by, one_line(&no_need.reason))
            }
            (None, Some(at)) if at > reader.now => {
                format!("owed a word for {length}, told by itself at {}", reader.time(at))
            }
            (None, Some(_)) => format!("owed a word for {length}, told by itself now"),
            (None, None) => {
                paint(WRONG, &format!("owed a word for {length}, told by nobody unless somebody acts"))
            }
        });
    }
    if let Some(draft) = &account.draft {
        let by = draft.words.as_ref().map(|(by, _)| format!(" by {by}")).unwrap_or_default();
        lines.push(format!("draft {}{by} waits for `approve {}`", draft.number, draft.number));
    }
    if let Some(promised) = account.promised {
        lines.push(format!("hears again by {}", reader.time(promised)));
    }
    lines
}

fn believed(belief: &Belief, incident: &Incident, width: usize, reader: &Reader) -> String {
    let what = match (belief.believes, belief.told_at) {
        (Some(what), Some(at)) => format!("\"{what}\", told at {}", reader.time(at)),
        _ => "told nothing".to_owned(),
    };
    let verdict = match (belief.is_true, belief.believes) {
        (true, Some(_)) => paint(WELL, "true"),
        (true, None) => paint(QUIET, "nothing to tell"),
        (false, _) => paint(
            WRONG,
            &format!(
                "FALSE since {}",
                reader.time(incident.false_since(incident.state().since, belief.told_at))
            ),
        ),
    };
    format!("{:<width$}  {what}: {verdict}", belief.party.as_str())
}

/// One line for each event, under the day on which it happened.
fn timeline(events: &[Event], reader: &Reader) -> String {
    let mut text = String::new();
    let mut day = None;
    for event in events {
        let zoned = event.at.to_zoned(reader.zone.clone());
        if day != Some(zoned.date()) {
            day = Some(zoned.date());
            let heading = zoned.strftime("%a %d %b %Y, %Z").to_string();
            text.push_str(&format!("\n{}\n", paint(NAME, &heading)));
        }
        text.push_str(&format!("  {}  {}\n", clock(event.at, &reader.zone), line(event, &reader.zone)));
    }
    text
}
