//! Owns who hears of what: one event, and the mails that it owes.

use jiff::Timestamp;

use super::details::Details;
use super::notes::{asked, asking, noted};
use super::{Owed, quiet, tellings, unreachable};
use crate::audience::{Audience, Belief};
use crate::book::Book;
use crate::directory::{Contacts, PartyId, PersonId, Severity};
use crate::incident::{
    Absorbed, Arranged, Arrangement, Event, Fact, Incident, NoticeKind, Part, Reporting, Silence, Turn,
    rounds,
};
use crate::oncall::Roster;
use crate::quiet::{Quiet, Silencer};
use crate::told::NewsKind;

/// The mails that an event owes, given the incident as it is after it. `note` is what its author wrote beside the
/// commands that made it happen.
pub fn owed(book: &Book, roster: &Roster<'_>, incident: &Incident, event: &Event, note: &str) -> Vec<Owed> {
    let mut owed = match &event.fact {
        Fact::Reporting(Reporting::Reminded { draft, step }) => {
            report_waits(book, roster, incident, event, (*draft, *step))
        }
        Fact::Reporting(Reporting::ActionReminded { action }) => {
            action_is_due(roster, incident, event, *action)
        }
        _ => of_event(book, roster, incident, event),
    };
    for mail in owed.iter_mut().filter(|mail| mail.kind == NoticeKind::Inform && mail.details.text.is_empty())
    {
        mail.details.text = note.to_owned();
    }
    owed
}

fn of_event(book: &Book, roster: &Roster<'_>, incident: &Incident, event: &Event) -> Vec<Owed> {
    if quiet::is_hidden(incident, &event.fact) {
        return Vec::new();
    }
    let inform = |template, people, belief| inform(event, template, people, belief);
    if incident.late().is_some_and(|late| late.event == event.seq) {
        return inform("late", not_paged(book, roster, incident, event.at), Some(Belief::Down));
    }
    match &event.fact {
        Fact::Quiet(silence) => of_silence(book, roster, incident, event, silence),
        Fact::Escalated { run, position: at, told, .. } => paged(book, incident, event, *run, *at, told),
        Fact::Exhausted { run, .. } => exhausted(book, incident, event, *run),
        Fact::Acknowledged { by, .. } => {
            inform("acknowledged", without(informed(book, incident), Some(by)), None)
        }
        Fact::AlertJoined { .. } | Fact::AlertsTold { .. } | Fact::CameAgain { .. } => {
            beside(book, roster, incident, event)
        }
        Fact::Judged(judged) => inform("judged", without(informed(book, incident), Some(&judged.by)), None),
        Fact::Recovered { by, .. } => {
            inform("recovered", without(informed(book, incident), by.person()), Some(Belief::Working))
        }
        Fact::RecoveryWithdrawn { .. } => {
            inform("withdrawn", not_paged(book, roster, incident, event.at), Some(Belief::Down))
        }
        Fact::Recurred { by, .. } => inform(
            "recurred",
            without(not_paged(book, roster, incident, event.at), by.person()),
            Some(Belief::Down),
        ),
        Fact::SeverityRaised { .. } => {
            inform("severity", not_paged(book, roster, incident, event.at), Some(Belief::Down))
        }
        Fact::Resolved { by, .. } | Fact::Closed { by } => {
            let closed = matches!(event.fact, Fact::Closed { .. });
            let template = if closed { "closed" } else { "resolved" };
            inform(template, without(informed(book, incident), Some(by)), Some(Belief::Resolved))
        }
        Fact::Noted { by, audience, text, automatic: false, with_commands: false, crowd, .. }
            if !text.is_empty() && !rounds::is_crowd(*crowd) =>
        {
            noted(book, roster, incident, event, by, audience)
        }
        Fact::Arranged(arrangement) => arranged(book, roster, incident, event, arrangement),
        Fact::MergedInto { by, .. } => inform("merged", without(concerned(book, incident), Some(by)), None),
        Fact::Absorbed(absorbed) => took_in(book, roster, incident, event, absorbed),
        Fact::MovedAway { by, .. } => inform("moved-away", without(informed(book, incident), Some(by)), None),
        Fact::MovedHere { by, .. } => inform("moved-here", without(informed(book, incident), Some(by)), None),
        Fact::HeldAsked { .. } | Fact::MergeAsked { .. } | Fact::Carried(_) => asked(roster, incident, event),
        Fact::Telling(telling) => tellings::owed(book, roster, incident, event, telling),
        Fact::Announced { client, news, .. } => announced(book, event, client, *news),
        Fact::Told { audience: Audience::Client(client), number, .. } => {
            told(book, roster, incident, event, client, *number)
        }
        Fact::Undeliverable { audience, person, .. } => {
            unreachable::owed(book, roster, incident, (audience, person), event)
        }
        _ => Vec::new(),
    }
}

pub(super) fn inform(
    event: &Event,
    template: &'static str,
    people: Vec<PersonId>,
    belief: Option<Belief>,
) -> Vec<Owed> {
    Owed::all(people, NoticeKind::Inform, template, belief, Details::of(event))
}

/// An alert of what is broken already.
fn beside(book: &Book, roster: &Roster<'_>, incident: &Incident, event: &Event) -> Vec<Owed> {
    let template = match &event.fact {
        Fact::AlertJoined { .. } => "alert-joined",
        Fact::AlertsTold { .. } => "alerts-joined",
        _ => "came-again",
    };
    asking(roster, incident, event, inform(event, template, informed(book, incident), None))
}

fn of_silence(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    silence: &Silence,
) -> Vec<Owed> {
    match silence {
        Silence::Hushed { quiet: Quiet { by: Silencer::Person(person), .. } } => {
            inform(event, "hushed", without(informed(book, incident), Some(person)), None)
        }
        Silence::Over { firing, .. } if incident.is_broken() && !firing.is_empty() => {
            inform(event, "still-fires", informed(book, incident), None)
        }
        Silence::Unheard { .. } => inform(event, "unheard", incident.answerable(roster, event.at), None),
        Silence::Flaps { .. } => inform(event, "flaps", informed(book, incident), Some(Belief::Down)),
        // What is graver was never held back.
        Silence::Steady { .. } if incident.severity >= Severity::Sev3 => {
            let belief = if incident.is_broken() { Belief::Down } else { Belief::Working };
            inform(event, "steady", informed(book, incident), Some(belief))
        }
        _ => Vec::new(),
    }
}

fn paged(
    book: &Book,
    incident: &Incident,
    event: &Event,
    run: u32,
    at: crate::escalation::Position,
    told: &[PersonId],
) -> Vec<Owed> {
    let people = if told.is_empty() { operator(book) } else { told.to_vec() };
    let page = NoticeKind::Page { run, at };
    let mut owed = Owed::all(people.clone(), page, "page", Some(Belief::Down), Details::of(event));
    if at.round == 0 && at.step == 0 {
        // Not by the run's number: the first run may have ended before it paged anybody.
        let knows = |person: &PersonId| {
            incident.notices.iter().any(|sent| &sent.person == person && sent.belief.is_some())
        };
        // Those who follow the service, and whoever reported the trouble.
        let mut others = incident.following(&book.directory);
        let internal = incident.engaged.iter().filter(|person| book.directory.is_internal(person));
        add(&mut others, internal.cloned().collect());
        others.retain(|person| !people.contains(person) && !knows(person) && !incident.is_out(person));
        owed.extend(Owed::all(others, NoticeKind::Inform, "opened", Some(Belief::Down), Details::of(event)));
    }
    owed
}

/// Whoever is brought in or let out hears of it; everybody hears who answers for it and how bad it is. The rest stands in
/// the next mail.
fn arranged(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    arrangement: &Arrangement,
) -> Vec<Owed> {
    let inform = |template: &'static str, people: Vec<PersonId>, belief| {
        let people = without(people, Some(&arrangement.by));
        Owed::all(people, NoticeKind::Inform, template, belief, Details::of(event))
    };
    let belief = Some(incident.state().truth);
    match &arrangement.what {
        Arranged::Severity { raised: true, .. } => {
            inform("severity-raised", not_paged(book, roster, incident, event.at), belief)
        }
        Arranged::Severity { .. } => inform("severity-set", informed(book, incident), None),
        Arranged::Owner { to } => {
            let mut people = informed(book, incident);
            add(&mut people, vec![to.clone()]);
            inform("owner", people, None)
        }
        Arranged::Part { person, part: Part::Responder } => inform("added", vec![person.clone()], belief),
        Arranged::Part { person, part: Part::Removed } => inform("removed", vec![person.clone()], None),
        Arranged::PartyAdded { party, client: false } => {
            let people = book.directory.people_in([party]);
            let new = people.into_iter().filter(|person| !incident.engaged.contains(person));
            inform("added", new.collect(), belief)
        }
        _ => Vec::new(),
    }
}

/// Whoever answers for the incident; the operator too, once that was not enough.
fn report_waits(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    (draft, step): (u32, u32),
) -> Vec<Owed> {
    let mut people = incident.answerable(roster, event.at);
    if step > 1 {
        add(&mut people, operator(book));
    }
    let details = Details { draft: Some(draft), ..Details::of(event) };
    Owed::all(people, NoticeKind::ReportDraft, "report-waits", None, details)
}

/// Whoever is to do it.
fn action_is_due(roster: &Roster<'_>, incident: &Incident, event: &Event, action: u32) -> Vec<Owed> {
    let Some(action) = incident.action(action) else { return Vec::new() };
    let people = incident.doers(roster, action, event.at);
    let (draft, due) = (Some(action.number), action.due);
    let details = Details { draft, due, text: action.text.clone(), ..Details::of(event) };
    Owed::all(people, NoticeKind::Inform, "action-due", None, details)
}

/// The operator, when a policy is at its end.
fn exhausted(book: &Book, incident: &Incident, event: &Event, run: u32) -> Vec<Owed> {
    let start = crate::escalation::Position { round: 0, step: 0 };
    let at = incident.run.as_ref().map_or(start, |run| run.next);
    let page = NoticeKind::Page { run, at };
    Owed::all(operator(book), page, "exhausted", Some(Belief::Down), Details::of(event))
}

/// Those who knew only the other one hear it in that one's thread.
fn took_in(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    absorbed: &Absorbed,
) -> Vec<Owed> {
    let broke = matches!(absorbed.turn, Turn::Withdrawn | Turn::Recurred { .. });
    let mut people =
        if broke { not_paged(book, roster, incident, event.at) } else { informed(book, incident) };
    people.retain(|person| !absorbed.engaged.contains(person));
    let people = without(people, Some(&absorbed.by));
    let belief = broke.then_some(Belief::Down);
    Owed::all(people, NoticeKind::Inform, "absorbed", belief, Details::of(event))
}

/// Clients hear only from here.
pub(super) fn announced(book: &Book, event: &Event, client: &PartyId, news: NewsKind) -> Vec<Owed> {
    let people = book.directory.people_in([client]);
    let kind = NoticeKind::News(news);
    let mut owed = Owed::all(people, kind, "news", Some(news.belief()), Details::of(event));
    for mail in &mut owed {
        mail.audience = Audience::Client(client.clone());
    }
    owed
}

/// The account owner hears what a client was told once it counts as told, and not before.
fn told(
    book: &Book,
    roster: &Roster<'_>,
    incident: &Incident,
    event: &Event,
    client: &PartyId,
    number: u32,
) -> Vec<Owed> {
    let of_client =
        || incident.notices.iter().filter(|sent| sent.audience == Audience::Client(client.clone()));
    let Some(sent) = of_client().find(|sent| sent.number == number) else { return Vec::new() };
    let same = || of_client().filter(|other| other.about == sent.about);
    let needed = match book.directory.parties.get(client).map(|party| party.contacts) {
        Some(Contacts::All) => same().count(),
        Some(Contacts::Any) | None => 1,
    };
    let reached = same().filter(|other| other.told_at.is_some()).count();
    match sent.kind {
        NoticeKind::News(NewsKind::StillDown | NewsKind::Watching) => Vec::new(),
        NoticeKind::News(news) if reached == needed => {
            let details = Details { client: Some(client.clone()), news: Some(news), ..Details::of(event) };
            Owed::all(account_owner(roster, client, event.at), NoticeKind::Inform, "told", None, details)
        }
        _ => Vec::new(),
    }
}

/// Whoever has had to do with it, and those who follow it, once anybody has heard of it at all.
pub(super) fn informed(book: &Book, incident: &Incident) -> Vec<PersonId> {
    if incident.notices.is_empty() {
        return Vec::new();
    }
    let mut people: Vec<PersonId> = incident.engaged.iter().cloned().collect();
    people.retain(|person| book.directory.is_internal(person));
    add(&mut people, incident.following(&book.directory));
    people.retain(|person| !incident.is_out(person));
    people
}

/// Who is informed, and whoever had to do with it before anybody was.
fn concerned(book: &Book, incident: &Incident) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = incident.engaged.iter().cloned().collect();
    people.retain(|person| book.directory.is_internal(person) && !incident.is_out(person));
    add(&mut people, informed(book, incident));
    people
}

/// Who is informed, but for those who get a page at once.
fn not_paged(book: &Book, roster: &Roster<'_>, incident: &Incident, at: Timestamp) -> Vec<PersonId> {
    let first = incident.policy.steps.first().filter(|step| step.after.is_zero());
    let paged = first.map(|step| incident.people_meant_by(roster, &step.tell, at)).unwrap_or_default();
    let mut people = informed(book, incident);
    people.retain(|person| !paged.contains(person));
    people
}

/// The people of the operator party.
pub(super) fn operator(book: &Book) -> Vec<PersonId> {
    book.directory.people_in([&book.operator])
}

pub(super) fn account_owner(roster: &Roster<'_>, client: &PartyId, at: Timestamp) -> Vec<PersonId> {
    let owner = roster.directory.parties.get(client).and_then(|party| party.owner.clone());
    roster.people_meant_by(owner.as_slice(), &[], &[], at)
}

pub(super) fn add(people: &mut Vec<PersonId>, more: Vec<PersonId>) {
    for person in more {
        if !people.contains(&person) {
            people.push(person);
        }
    }
}

pub(super) fn without(mut people: Vec<PersonId>, person: Option<&PersonId>) -> Vec<PersonId> {
    people.retain(|other| Some(other) != person);
    people
}
