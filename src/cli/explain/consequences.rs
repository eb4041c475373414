//! Owns the question "what if this mail came": the core's own step, of which nothing is kept.

use jiff::{SignedDuration, Timestamp};

use crate::alert::Alert;
use crate::book::Book;
use crate::command::{self, Line};
use crate::escalation::SETTLE;
use crate::gateway::{self, Arrival, Change, Input, Known, MailOutcome, Outcome};
use crate::house::HouseFact;
use crate::incident::Placed;
use crate::io::store::{self, Store, find};
use crate::message::Message;
use crate::notice::Notice;
use crate::rules::{self, Counts, Near, Verdict};
use crate::thread::{self, Candidate, Fate, Place};

/// What would come of a mail.
#[derive(Debug)]
pub(super) struct Consequences {
    /// What would become of it.
    pub(super) outcome: Option<MailOutcome>,
    /// It is a mail of ours that came back.
    pub(super) own: bool,
    /// Its alerts.
    pub(super) alerts: Vec<Alert>,
    /// The commands in what its author newly wrote, whether or not they may give any.
    pub(super) commands: Vec<Line>,
    /// What the rules say, where they are asked.
    pub(super) verdict: Option<Verdict>,
    /// What was asked of the store, and what each of it leads to.
    pub(super) candidates: Vec<Candidate>,
    /// Rules that nearly decided instead.
    pub(super) near: Vec<Near>,
    /// What would be sent, and how long after the mail came.
    pub(super) notices: Vec<(Notice, SignedDuration)>,
    /// What the house log would say.
    pub(super) remark: Option<String>,
}

/// What would come of this mail, came it `now`.
pub(super) fn of(
    book: &Book,
    store: &Store,
    message: &Message,
    now: Timestamp,
) -> store::Result<Consequences> {
    let input = Input::Mail(message, Arrival::At(now));
    let question = gateway::question(book, input, now);
    let known = store.read(|connection| find::answer(connection, &question, now))?;
    let clues = thread::clues(book, message);
    let own = thread::is_own(book, &clues, &known.incidents, now);
    let alerts = if own || message.bounce.is_some() { Vec::new() } else { gateway::alerts(book, message) };
    let candidates = if own || message.bounce.is_some() {
        Vec::new()
    } else if alerts.is_empty() {
        thread::weigh(book, message, &clues, known.found(), now).collect()
    } else {
        alerts.iter().map(|alert| by_key(alert, &known, now)).collect()
    };
    let counts = known.counts.clone();
    let change = gateway::step(book, known, input, now);
    let ask = |outcome| ruled(book, message, &alerts, own, outcome, (now, &counts));
    let ruled = change.outcome.as_ref().and_then(ask);
    let (verdict, near) = ruled.unzip();
    Ok(Consequences {
        verdict,
        near: near.unwrap_or_default(),
        commands: commands(message, &alerts),
        notices: gateway::would_send(book, &change, now, SETTLE),
        remark: remark(&change),
        outcome: change.outcome,
        own,
        alerts,
        candidates,
    })
}

/// An alert goes by its key alone, as long as its incident lives.
fn by_key(alert: &Alert, known: &Known, now: Timestamp) -> Candidate {
    let clue = known.as_known(alert).fingerprint();
    let live = known.live.get(&clue).filter(|n| known.incidents.get(n).is_some_and(|i| i.is_live(now)));
    let place = |number: &u64| Place { incident: *number, by: Placed::Key, granted: None };
    Candidate { by: Placed::Key, fate: live.map_or(Fate::Unknown, |number| Fate::Leads(place(number))), clue }
}

/// What the rules say, and which of them nearly said something else. They have no word on our own mail, on bounces and
/// duplicates, and on what is placed by its thread.
fn ruled(
    book: &Book,
    message: &Message,
    alerts: &[Alert],
    own: bool,
    outcome: &MailOutcome,
    (now, counts): (Timestamp, &Counts),
) -> Option<(Verdict, Vec<Near>)> {
    let classify = |alert| {
        let verdict = rules::classify_after(&book.rules, &book.directory, message, alert, now, counts);
        (verdict, rules::nearly(&book.rules, &book.directory, message, alert, now, counts))
    };
    if own || matches!(outcome.what, Outcome::Duplicate | Outcome::Bounce) {
        return None;
    }
    if alerts.is_empty() {
        let asked = outcome.what == Outcome::Opened || outcome.incident.is_none();
        return asked.then(|| classify(None));
    }
    let mut all: Vec<(Verdict, Vec<Near>)> = alerts.iter().map(|alert| classify(Some(alert))).collect();
    let decided = all.iter().position(|(verdict, _)| verdict.rule == outcome.rule).unwrap_or(0);
    (decided < all.len()).then(|| all.swap_remove(decided))
}

/// Commands never come from automatic mail, and an alert's text is no person's.
fn commands(message: &Message, alerts: &[Alert]) -> Vec<Line> {
    if message.automatic.is_some() || !alerts.is_empty() {
        return Vec::new();
    }
    command::read(&message.reply_text).commands
}

fn remark(change: &Change) -> Option<String> {
    let said = |fact: &&HouseFact| !matches!(fact, HouseFact::Queued { .. });
    change.house_events.iter().map(|event| &event.fact).find(said).map(HouseFact::line)
}
