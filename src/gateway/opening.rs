//! Owns what an incident begins with: the verdict of the rules, filled in from the directory.

use std::collections::BTreeMap;

use super::draft::Draft;
use crate::alert::Alert;
use crate::book::Book;
use crate::directory::{Address, ServiceId, Severity};
use crate::escalation::Policy;
use crate::incident::{Actor, Incident, Neighbour, Opening, Origin, Previous, SAME_INCIDENT, decide};
use crate::message::Message;
use crate::rules::{Tally, Verdict};
use crate::thread;

/// How much of a report is kept with the incident, in characters.
const REPORT: usize = 1500;

/// What an incident begins with.
pub(super) fn opening(
    draft: &Draft<'_>,
    message: &Message,
    alert: Option<&Alert>,
    verdict: &Verdict,
) -> Opening {
    let book = draft.book;
    let service = verdict.service.as_ref().and_then(|id| book.directory.services.get(id));
    let responders =
        service.map_or_else(|| vec![book.operator.clone()], |service| service.responders.clone());
    let policy = verdict.policy.as_ref().or(service.and_then(|service| service.policy_for(verdict.severity)));
    let key = alert.map(Alert::fingerprint);
    let before = key.as_ref().and_then(|key| draft.known.past.get(key)).filter(|before| !before.is_empty());
    let neighbour = service.filter(|_| before.is_none()).and_then(|service| neighbour(draft, &service.id));
    Opening {
        title: verdict.title.clone(),
        public_name: service.map_or_else(|| verdict.title.clone(), |service| service.public_name.clone()),
        service: service.map(|service| service.id.clone()),
        severity: verdict.severity,
        policy: policy
            .and_then(|name| book.policies.get(name))
            .cloned()
            .unwrap_or_else(|| Policy::default_for(&responders)),
        responders,
        followers: service.map(|service| service.followers.clone()).unwrap_or_default(),
        clients: service.map(|service| service.clients.clone()).unwrap_or_default(),
        names: BTreeMap::new(),
        rule: verdict.rule.clone(),
        storm: false,
        counted: verdict.decided_by_count().map(Tally::words),
        tags: verdict.tags.clone(),
        by: reporter(book, message, alert),
        key,
        began: alert.map_or(draft.received(), |alert| decide::began(alert, draft.received())),
        trusted: is_trusted(book, message),
        previous: before.and_then(|before| {
            before.first().map(|number| Previous { number: *number, times: before.len() as u32 + 1 })
        }),
        neighbour,
        parted_from: None,
        report: report(message),
        origin: origin(book, message, alert),
        quiet: verdict.quiet.clone().filter(|_| !draft.past),
        past: draft.past,
    }
}

/// The newest incident of the service, when it recovered within the time in which a known key would have been its next
/// occurrence.
fn neighbour(draft: &Draft<'_>, service: &ServiceId) -> Option<Neighbour> {
    let incident = draft.incident(*draft.known.in_service.get(service)?)?;
    let recovered_at = incident.recovery()?.at;
    let recent = draft.now.duration_since(recovered_at) <= SAME_INCIDENT;
    recent.then_some(Neighbour { number: incident.number, recovered_at })
}

/// The severity that a verdict gives to an alert of an incident that is there already: only what opens can raise.
pub(super) fn severity(verdict: &Verdict) -> Severity {
    match verdict.action {
        Some(crate::rules::Action::Open) => verdict.severity,
        _ => Severity::Sev4,
    }
}

/// The policy for a severity that an incident gets, where its service has one of its own for it and no rule chose another.
pub(super) fn policy_for(book: &Book, incident: &Incident, severity: Severity) -> Option<Policy> {
    let service = book.directory.services.get(incident.service.as_ref()?)?;
    let named = service.policy_of.values().chain(&service.policy).any(|name| *name == incident.policy.id);
    let policy = service.policy_for(severity).filter(|name| named && **name != incident.policy.id)?;
    book.policies.get(policy).cloned()
}

fn reporter(book: &Book, message: &Message, alert: Option<&Alert>) -> Actor {
    let author = message.author();
    let person = author.and_then(|author| book.directory.person_of(&author.address));
    match (alert, person, author) {
        (_, Some(person), _) => Actor::Person(person.id.clone()),
        (Some(_), None, _) | (None, None, None) => Actor::Alerts,
        (None, None, Some(author)) => Actor::Stranger(author.address.clone()),
    }
}

/// Whether clients may be told on this mail's word alone: it comes from a listed monitor, or somebody of the house
/// wrote or forwarded it.
pub(super) fn is_trusted(book: &Book, message: &Message) -> bool {
    let Some(author) = message.author() else { return false };
    let listed = |monitor: &String| match monitor.strip_prefix('@') {
        Some(domain) => author.address.domain() == domain,
        None => author.address.as_str() == monitor,
    };
    let colleague =
        book.directory.person_of(&author.address).is_some_and(|p| book.directory.is_internal(&p.id));
    colleague || book.monitors.iter().any(listed)
}

/// Most people to whom a mail was addressed that are listed.
const MOST_OTHERS: usize = 20;

/// Through whom the mail came. A person's own mail has a part in it for every colleague that it was addressed to; a
/// client's people and those whom nobody knows are only listed: nobody asked them whether they want to hear of it.
fn origin(book: &Book, message: &Message, alert: Option<&Alert>) -> Origin {
    let via = thread::gateways(message);
    if alert.is_some() {
        return Origin { via, ..Origin::default() };
    }
    let (mut colleagues, mut others) = (Vec::new(), Vec::new());
    let author = message.author().map(|author| &author.address);
    for address in message.addressees().filter(|address| !is_ours(book, address) && Some(*address) != author)
    {
        match book.directory.person_of(address) {
            Some(person) if book.directory.is_internal(&person.id) => colleagues.push(person.id.clone()),
            _ if others.len() < MOST_OTHERS => others.push(address.clone()),
            _ => {}
        }
    }
    Origin { via, colleagues, others }
}

/// The mailbox itself, with a plus part or without.
fn is_ours(book: &Book, address: &Address) -> bool {
    let local = address.local().split_once('+').map_or(address.local(), |(local, _)| local);
    local == book.address.local() && address.domain() == book.address.domain()
}

/// The beginning of what was reported.
fn report(message: &Message) -> String {
    let text = message.forwarded.as_ref().map_or(message.text.as_str(), |forward| forward.text.as_str());
    let mut report: String = text.trim().chars().take(REPORT).collect();
    if report.chars().count() == REPORT {
        report.push_str(" …");
    }
    report
}
