//! Owns the order in which a mail is worked on (DESIGN 3.3): seen before, ours, a bounce, alerts, an answer, something new.

use jiff::Timestamp;

use super::copies;
use super::digests;
use super::draft::Draft;
use super::duty;
use super::expecting;
use super::held;
use super::opening::{is_trusted, opening, policy_for, severity};
use super::{
    Arrival, DeliveryOutcome, MailKind, MailOutcome, Outcome, Placement, Seen, addresses, bundles, merging,
};
use super::{counting, self_testing, sources, storms, trial, words};
use crate::alert::{Alert, State};
use crate::book::Book;
use crate::house::HouseFact;
use crate::incident::decide::{self, Delivery, Reported};
use crate::incident::words::one_line;
use crate::incident::{Fact, Incident, Placed, SAME_INCIDENT};
use crate::message::{AutomaticKind, Message};
use crate::rules::{Action, Verdict};
use crate::thread::{self, Choice, Place};
use crate::token::{self, Hop};

/// A mail that so many servers passed on goes in a circle (Postfix's `hopcount_limit`): somebody has to look at it.
const CIRCLE: usize = 50;

/// What becomes of a mail whose Message-ID came before; None where it is worked on like any other.
fn seen_before(draft: &mut Draft<'_>, message: &Message, arrival: Arrival) -> Option<MailOutcome> {
    match draft.known.seen {
        // Without a Date nothing tells a second sending of a mail from a second trouble in the same words: better worked
        // on twice than taken for the old one.
        Seen::Duplicate if message.date.is_none() && arrival != Arrival::Archive => {}
        Seen::Duplicate => {
            let again = (!is_stale(draft.book, message, arrival, draft.now))
                .then(|| copies::directly(draft, message, &thread::clues(draft.book, message)));
            if let Some((place, number)) = again.flatten() {
                remember(draft, message, number);
                return Some(outcome(Outcome::Joined, placement(place.by), Some(number)));
            }
            draft.house(HouseFact::Duplicate { message_id: message.message_id.clone() });
            return Some(outcome(Outcome::Duplicate, Placement::Duplicate, None));
        }
        Seen::SameId { since } => {
            draft.house(HouseFact::SameIdOtherContent { message_id: message.message_id.clone() });
            // Written after the first one had come, it is another mail, of a program that gives all its mails one id; else the
            // same one, changed on its way. (A lead, as by any id that a mail refers to: it gives no right.)
            if message.date.as_ref().is_some_and(|date| date.timestamp() > since) {
                draft.known.ids.remove(&message.message_id);
            }
        }
        Seen::New => {}
    }
    None
}

/// Works on a mail. Every mail has exactly one outcome.
pub(super) fn received(draft: &mut Draft<'_>, message: &Message, arrival: Arrival) -> MailOutcome {
    let clues = thread::clues(draft.book, message);
    let known = self_testing::received(draft, message, &clues);
    if let Some(outcome) = known.or_else(|| seen_before(draft, message, arrival)) {
        return outcome;
    }
    if let Some(outcome) = ours(draft, message, &clues) {
        return outcome;
    }
    held::came(draft, message);
    // A mail of ours may be one of today: beside that an archive has to do with the past alone.
    if draft.past {
        draft.known.leave_out_today();
    }
    if let Some(outcome) = beside_incidents(draft, message, &clues, arrival) {
        return outcome;
    }
    addresses::wrote(draft, message);
    if trial::is_test(draft.book, message) {
        return trial::answered(draft, message);
    }
    if !clues.answers_us()
        && let Some(outcome) = expecting::received(draft, message, arrival)
    {
        return outcome;
    }
    let alerts = super::alerts(draft.book, message);
    if !alerts.is_empty() {
        return of_alerts(draft, message, &alerts);
    }
    let known = &draft.known;
    match thread::place(draft.book, message, &clues, known.found(), draft.now) {
        Choice::Joins(place) => {
            let number = words::in_a_mail(draft, message, &place);
            copies::by_a_list(draft, message, number);
            // A stored id under which other content comes leads nowhere: it must not catch other people's mails.
            if draft.known.seen == Seen::New {
                remember(draft, message, number);
                draft.answers(MailKind::Mail);
            }
            merging::belong_together(draft, message, number);
            outcome(Outcome::Joined, placement(place.by), Some(number))
        }
        Choice::Held(number) => {
            draft.record_all(number, [Fact::Held { letter: held::letter(draft.book, message) }]);
            outcome(Outcome::Held, Placement::Held, Some(number))
        }
        Choice::Ambiguous => without_incident(draft, message, Some(Action::Hold), None),
        Choice::House(person) if held::of_house_in_a_mail(draft, message, &person) => {
            outcome(Outcome::Joined, Placement::Token, None)
        }
        Choice::House(_) => without_incident(draft, message, None, None),
        Choice::Nothing => something_new(draft, message),
    }
}

/// A delivery report, a mail too old to act on, one that goes in a circle, an answer to a digest: none is placed.
fn beside_incidents(
    draft: &mut Draft<'_>,
    message: &Message,
    clues: &thread::Clues,
    arrival: Arrival,
) -> Option<MailOutcome> {
    if message.bounce.is_some() {
        return Some(bounce(draft, message));
    }
    if is_stale(draft.book, message, arrival, draft.now) {
        return Some(stale(draft, message));
    }
    if message.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Received")).count() >= CIRCLE {
        return Some(without_incident(draft, message, Some(Action::Hold), None));
    }
    digests::answered(draft, message, clues).or_else(|| bundles::answered(draft, message, clues))
}

/// A mail that was with us before: by our signature in its Message-ID, or in the field that tells its way.
fn ours(draft: &mut Draft<'_>, message: &Message, clues: &thread::Clues) -> Option<MailOutcome> {
    let (book, now) = (draft.book, draft.now);
    if thread::is_own(book, clues, &draft.known.incidents, now) {
        draft.house(HouseFact::OwnMail { message_id: message.message_id.clone() });
        return Some(outcome(Outcome::Ignored, Placement::Ignored, None));
    }
    let gateways = thread::gateways(message);
    let is_ours = |hop: &Hop| hop.is_ours(&book.keys, &book.address, now);
    let nearest = gateways.last().filter(|_| gateways.iter().any(is_ours))?;
    Some(in_a_circle(draft, message, nearest))
}

/// What it tells of is what we told: with another Message-ID than we gave it, or by another firebell. Acting on it would
/// go on for ever.
fn in_a_circle(draft: &mut Draft<'_>, message: &Message, nearest: &Hop) -> MailOutcome {
    let message_id = message.message_id.clone();
    draft.house(if nearest.address() == draft.book.address {
        HouseFact::OwnMail { message_id }
    } else {
        HouseFact::Circle { gateway: nearest.clone(), subject: one_line(&message.subject) }
    });
    outcome(Outcome::Ignored, Placement::Ignored, None)
}

/// Old by its own Date and by the mailbox's word: somebody moved it there, or firebell was away for long.
fn is_stale(book: &Book, message: &Message, arrival: Arrival, now: Timestamp) -> bool {
    let Arrival::At(arrived) = arrival else { return false };
    let old = |at: Timestamp| now.duration_since(at) > book.stale_after;
    old(arrived) && message.date.as_ref().is_none_or(|date| old(date.timestamp()))
}

fn stale(draft: &mut Draft<'_>, message: &Message) -> MailOutcome {
    let subject = one_line(&message.subject);
    let from = message.author().map(|author| author.address.to_string()).unwrap_or_default();
    let sent = message.date.as_ref().map(|date| date.timestamp());
    draft.house(HouseFact::Stale { from, subject, sent });
    outcome(Outcome::Unmatched, Placement::Unmatched, None)
}

/// The notice that a delivery report is about: incident, number, token.
pub(super) fn bounced(book: &Book, message: &Message) -> Option<(u64, u32, String)> {
    let id = message.bounce.as_ref()?.original_message_id.as_ref()?;
    token::in_message_id(&book.address, id)
        .map(|(incident, number, token)| (incident, number, token.to_owned()))
}

/// The Message-ID of the mail that a delivery report is about.
pub(super) fn returned(message: &Message) -> Option<String> {
    message.bounce.as_ref()?.original_message_id.clone()
}

fn bounce(draft: &mut Draft<'_>, message: &Message) -> MailOutcome {
    let bounce = message.bounce.as_ref();
    let failed =
        bounce.and_then(|bounce| bounce.recipients.iter().find(|recipient| recipient.action == "failed"));
    let notice = bounced(draft.book, message).and_then(|(number, place, token)| {
        let incident = draft.incident(number)?;
        thread::granted_message_id(draft.book, incident, place, &token, draft.now)
            .map(|(audience, person, _)| (number, audience, place, person))
    });
    let Some((number, audience, place, person)) = notice else {
        let about = bounce.and_then(|bounce| bounce.original_message_id.clone());
        draft.house(HouseFact::ForeignBounce { about });
        return outcome(Outcome::Bounce, Placement::Ignored, None);
    };
    if let Some(failed) = failed {
        let reason = format!("came back: {} {}", failed.status, failed.diagnostic);
        let (end, to) = (Delivery::Undeliverable(reason.trim().to_owned()), failed.address.clone());
        let also = draft.known.sent_with.clone();
        super::came_to(
            draft,
            &DeliveryOutcome { incident: number, audience, number: place, person, to, end, also },
        );
    }
    outcome(Outcome::Bounce, Placement::MessageId, Some(number))
}

/// Alerts go one by one; the mail's outcome is that of the first that led to an incident, else of the first.
fn of_alerts(draft: &mut Draft<'_>, message: &Message, alerts: &[Alert]) -> MailOutcome {
    sources::heard(draft, alerts);
    let outcomes: Vec<MailOutcome> = alerts.iter().map(|alert| of_alert(draft, message, alert)).collect();
    let first = outcomes.iter().find(|outcome| outcome.incident.is_some()).or(outcomes.first()).cloned();
    if let Some(number) = first.as_ref().and_then(|outcome| outcome.incident) {
        above_a_forward(draft, message, number);
    }
    first.unwrap_or_else(|| outcome(Outcome::Unmatched, Placement::Unmatched, None))
}

/// What somebody we know wrote above the alert that they forward.
fn above_a_forward(draft: &mut Draft<'_>, message: &Message, incident: u64) {
    let author = message.author().and_then(|author| draft.directory().person_of(&author.address));
    if author.is_some() && message.forwarded.is_some() && !message.reply_text.trim().is_empty() {
        words::in_a_mail(draft, message, &Place { incident, by: Placed::Key, granted: None });
    }
}

fn of_alert(draft: &mut Draft<'_>, message: &Message, alert: &Alert) -> MailOutcome {
    let verdict = counting::classified(draft, message, Some(alert));
    let alert = draft.known.as_known(alert);
    by_verdict(draft, message, (&alert, &verdict))
}

/// What becomes of an alert of which this is said.
pub(super) fn by_verdict(
    draft: &mut Draft<'_>,
    message: &Message,
    (alert, verdict): (&Alert, &Verdict),
) -> MailOutcome {
    let key = alert.fingerprint();
    let fires = alert.state == State::Firing;
    let in_service = verdict.service.as_ref().and_then(|id| draft.known.in_service.get(id)).copied();
    for number in draft.known.live.get(&key).copied().into_iter().chain(in_service).filter(|_| fires) {
        end_if_over(draft, number);
    }
    let live = live(draft, &key);
    let in_service = || {
        let wanted = fires && matches!(verdict.action, Some(Action::Open | Action::Join));
        let number = in_service.filter(|_| wanted)?;
        draft.incident(number).is_some_and(|i| decide::takes_another(i, draft.now)).then_some(number)
    };
    let storm = || storms::joins(draft, verdict).filter(|_| fires);
    if let Some(number) = live.or_else(in_service).or_else(storm) {
        let began = decide::began(alert, draft.received());
        let rule = verdict.rule.as_deref();
        let trusted = is_trusted(draft.book, message);
        let quiet = verdict.quiet.as_ref().filter(|_| !draft.past);
        let reported = Reported { alert, severity: severity(verdict), rule, began, trusted, quiet };
        if let Some(incident) = draft.incident(number) {
            let mut facts = decide::alert(incident, draft.directory(), reported, draft.now);
            for fact in &mut facts {
                if let Fact::SeverityRaised { to, policy, .. } = fact {
                    *policy = policy_for(draft.book, incident, *to);
                }
            }
            draft.record_all(number, facts);
        }
        if fires {
            draft.remember_reference(alert);
        }
        draft.known.live.insert(key, number);
        draft.remember(&message.message_id, number);
        draft.remember_subject(&message.base_subject, number);
        return ruled(Outcome::Joined, Placement::Key, Some(number), verdict);
    }
    match (verdict.action, alert.state) {
        (Some(Action::Open), State::Firing) => {
            let opening = storms::gather(draft, verdict, opening(draft, message, Some(alert), verdict));
            let storm = opening.storm;
            let number = draft.open(opening);
            storms::count(draft, verdict, storm, number);
            draft.touch(number);
            draft.remember_reference(alert);
            draft.remember(&message.message_id, number);
            draft.remember_subject(&message.base_subject, number);
            ruled(Outcome::Opened, Placement::New, Some(number), verdict)
        }
        (Some(Action::Open | Action::Join) | None, State::Resolved) => {
            draft.house(HouseFact::RecoveryOfNothing { key });
            ruled(Outcome::Ignored, Placement::Ignored, None, verdict)
        }
        (action, _) => without_incident(draft, message, action, Some(verdict)),
    }
}

/// The incident that lives with a key.
fn live(draft: &Draft<'_>, key: &str) -> Option<u64> {
    let live = draft.known.live.get(key).copied()?;
    draft.incident(live).is_some_and(|incident| incident.is_live(draft.now)).then_some(live)
}

/// An incident of the past of which nothing was heard for a day is over, whether or not its monitor ever said so: what
/// fires now is another trouble, and closes it on the way.
fn end_if_over(draft: &mut Draft<'_>, number: u64) {
    let silent = |incident: &Incident| draft.now.duration_since(incident.last_heard_of()) > SAME_INCIDENT;
    let over = |incident: &Incident| incident.closed_at.is_none() && silent(incident);
    if draft.past && draft.incident(number).is_some_and(over) {
        draft.record_all(number, [Fact::ArchiveEnded]);
    }
}

/// A mail that belongs to nothing known: it says who is on call, or the rules have the word.
fn something_new(draft: &mut Draft<'_>, message: &Message) -> MailOutcome {
    if let Some(outcome) = duty::in_a_new_mail(draft, message) {
        return outcome;
    }
    let verdict = counting::classified(draft, message, None);
    match verdict.action {
        // An answer by a robot is about something else, whatever a rule sees in it: it begins nothing.
        Some(Action::Open) if is_reply_by_robot(message) => without_incident(draft, message, None, None),
        Some(Action::Open) => {
            let opening = opening(draft, message, None, &verdict);
            let number = draft.open(opening);
            draft.touch(number);
            remember(draft, message, number);
            draft.answers(MailKind::First);
            merging::belong_together(draft, message, number);
            ruled(Outcome::Opened, Placement::New, Some(number), &verdict)
        }
        action => without_incident(draft, message, action, Some(&verdict)),
    }
}

fn is_reply_by_robot(message: &Message) -> bool {
    use AutomaticKind::{AutoReply, Bounce, Receipt, SuspectedAutoReply};
    let kind = message.automatic.as_ref().map(|automatic| automatic.kind);
    matches!(kind, Some(AutoReply | SuspectedAutoReply | Bounce | Receipt))
}

pub(super) fn without_incident(
    draft: &mut Draft<'_>,
    message: &Message,
    action: Option<Action>,
    verdict: Option<&Verdict>,
) -> MailOutcome {
    let subject = one_line(&message.subject);
    let from = message.author().map(|author| author.address.to_string()).unwrap_or_default();
    let named = verdict.and_then(|verdict| verdict.rule.clone());
    let rule = named.clone().unwrap_or_default();
    let (fact, what, by) = match action {
        Some(Action::Ignore) => (HouseFact::Ignored { rule, subject }, Outcome::Ignored, Placement::Ignored),
        Some(Action::Hold) => {
            let letter = held::letter(draft.book, message);
            (HouseFact::Held { rule, letter }, Outcome::Held, Placement::Held)
        }
        Some(Action::Open | Action::Join) | None => {
            let not_yet = verdict.and_then(|verdict| verdict.not_yet().next());
            (HouseFact::Unmatched { from, subject, not_yet }, Outcome::Unmatched, Placement::Unmatched)
        }
    };
    draft.house(fact);
    MailOutcome { rule: named, ..outcome(what, by, None) }
}

/// The mail's own id and all that it refers to, ancestors never seen included.
fn remember(draft: &mut Draft<'_>, message: &Message, number: u64) {
    draft.remember_subject(&message.base_subject, number);
    for id in thread::ids(draft.book, message) {
        if id == &message.message_id || !draft.known.ids.contains_key(id) {
            draft.remember(id, number);
        }
    }
}

fn outcome(what: Outcome, by: Placement, incident: Option<u64>) -> MailOutcome {
    MailOutcome { what, by, incident, rule: None }
}

fn ruled(what: Outcome, by: Placement, incident: Option<u64>, verdict: &Verdict) -> MailOutcome {
    MailOutcome { rule: verdict.rule.clone(), ..outcome(what, by, incident) }
}

fn placement(placed: Placed) -> Placement {
    match placed {
        Placed::Token => Placement::Token,
        Placed::MessageId => Placement::MessageId,
        Placed::References | Placed::Taken | Placed::Operator => Placement::References,
        Placed::Tag => Placement::Tag,
        Placed::Subject => Placement::Subject,
        Placed::Key => Placement::Key,
    }
}
