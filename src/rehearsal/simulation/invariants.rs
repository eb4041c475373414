//! Owns what must hold in a simulation, whatever happened. Each has the name under which a failing run tells it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::World;
use super::edges::{Outside, Took};
use super::week::{INNER_WORD, OTHER_WORD};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::escalation::{Position, STEP};
use crate::incident::{Event, Fact, Incident, NoticeKind, Status, decide};
use crate::io::store::outbox::Claimed;
use crate::io::store::{past, views};
use crate::outbox::pace::Lane;

/// What did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The invariant.
    pub(super) name: &'static str,
    /// Where and how.
    pub(super) text: String,
}

pub(super) type Holds = Result<(), Broken>;

fn hold(holds: bool, name: &'static str, text: impl FnOnce() -> String) -> Holds {
    if holds { Ok(()) } else { Err(Broken { name, text: text() }) }
}

/// What holds at any time while firebell works.
pub(super) fn at_any_time(world: &World<'_>, book: &Book, now: Timestamp) -> Holds {
    for incident in world.store().read(views::broken).unwrap() {
        nobody_is_forgotten(&incident, book, now)?;
    }
    Ok(())
}

/// What holds once firebell has done all that it could.
pub(super) fn when_idle(world: &World<'_>, now: Timestamp) -> Holds {
    let (mails, _) = world.store().read(|store| views::backlog(store, now)).unwrap();
    hold(mails == 0, "every mail is worked on", || format!("{mails} mails wait at {now}"))
}

/// What holds at the end.
pub(super) fn at_the_end(world: &World<'_>, book: &Book, outside: &Outside) -> Holds {
    every_mail_is_kept_once(world, outside)?;
    world
        .check_replay()
        .map_err(|error| Broken { name: "timelines make states", text: error.to_string() })?;
    for incident in world.store().read(views::incidents).unwrap() {
        let events = world.store().read(|store| views::events(store, incident.number)).unwrap();
        times_never_go_back(&incident, &events)?;
        steps_fire_once_and_in_order(&incident, &events)?;
        nobody_is_paged_after_the_acknowledgement(&incident, &events, &outside.took)?;
        pages_end_with_their_run(&incident, &events, &outside.took)?;
        what_is_owed_is_in_the_outbox(world, &incident, &events)?;
        told_is_what_the_relay_took(&incident, &events, &outside.took)?;
    }
    nobody_gets_more_than_the_caps(&outside.took)?;
    nothing_is_sent_twice_but_what_was_not_heard(outside)?;
    everybody_gets_his_own(book, &outside.took)?;
    clients_read_nothing_of_others(book, &outside.took)
}

/// An incident that nobody has is looked at again within the hour.
fn nobody_is_forgotten(incident: &Incident, book: &Book, now: Timestamp) -> Holds {
    if incident.status() != Status::Open || incident.merged_into.is_some() {
        return Ok(());
    }
    let due = decide::next_due(incident, &book.directory, &Default::default());
    let soon = due.is_some_and(|due| due <= now + SignedDuration::from_hours(1));
    hold(soon, "nobody is forgotten", || format!("incident {}: due {due:?} at {now}", incident.number))
}

/// Whatever left the mailbox is kept, byte for byte, and not more often than it came.
fn every_mail_is_kept_once(world: &World<'_>, outside: &Outside) -> Holds {
    let kept = world.store().read(|store| past::kept_since(store, Timestamp::UNIX_EPOCH)).unwrap();
    let bytes = |mail: &past::Kept| world.store().read(|store| past::raw(store, mail.id)).unwrap();
    let mut kept: Vec<Vec<u8>> = kept.iter().map(bytes).collect();
    let mut came = outside.handed_in.clone();
    kept.sort();
    came.sort();
    hold(kept == came, "every mail is kept once", || format!("{} came, {} are kept", came.len(), kept.len()))
}

fn times_never_go_back(incident: &Incident, events: &[Event]) -> Holds {
    let mut pairs = events.iter().zip(events.iter().skip(1));
    let back = pairs.find(|(before, after)| after.at < before.at);
    hold(back.is_none(), "times never go back", || format!("incident {}: {back:?}", incident.number))
}

/// How long the policy lets pass before the step at a position.
fn delay(incident: &Incident, at: Position) -> SignedDuration {
    match at.step {
        0 => STEP,
        step => incident.policy.steps[step as usize].after,
    }
}

/// Steps fire once, in order, each its time after the one before was queued or when nobody of that one can be reached; and
/// never after an acknowledgement or a recovery ended their run. So there is no burst after downtime either.
fn steps_fire_once_and_in_order(incident: &Incident, events: &[Event]) -> Holds {
    let name = "steps fire once and in order";
    let here =
        |event: &Event, what: &str| format!("incident {}, event {}: {what}", incident.number, event.seq);
    let mut last: BTreeMap<u32, (Position, Timestamp)> = BTreeMap::new();
    let (mut running, mut failed) = (1, Vec::new());
    for event in events {
        match &event.fact {
            Fact::Escalated { run, position, .. } | Fact::StepPassed { run, position, .. } => {
                hold(running == *run, name, || here(event, "the run is over"))?;
                let steps = incident.policy.steps.len() as u32;
                match last.get(run) {
                    None => {
                        hold((position.round, position.step) == (0, 0), name, || here(event, "the first"))?
                    }
                    Some((before, at)) => {
                        let number = |at: &Position| at.round * steps + at.step;
                        hold(number(position) == number(before) + 1, name, || here(event, "out of order"))?;
                        let waited = event.at.duration_since(*at) >= delay(incident, *position);
                        let unreachable = failed.iter().any(|failure| failure >= at);
                        hold(waited || unreachable && position.step > 0, name, || here(event, "too early"))?;
                    }
                }
                last.insert(*run, (*position, event.at));
            }
            Fact::Undeliverable { audience: Audience::Inner, .. } => failed.push(event.at),
            fact if ends_a_run(fact) => running = 0,
            fact if begins_a_run(fact) => {
                running = last.keys().max().copied().unwrap_or(0).max(runs(events, event));
            }
            _ => {}
        }
    }
    Ok(())
}

fn ends_a_run(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Acknowledged { .. } | Fact::Recovered { .. } | Fact::Resolved { .. } | Fact::Closed { .. }
    )
}

fn begins_a_run(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::AcknowledgementExpired { .. }
            | Fact::SeverityRaised { .. }
            | Fact::RecoveryWithdrawn { .. }
            | Fact::Recurred { .. }
    )
}

/// How many runs there were up to an event.
fn runs(events: &[Event], until: &Event) -> u32 {
    let before = events.iter().take_while(|event| event.seq <= until.seq);
    1 + before.filter(|event| begins_a_run(&event.fact)).count() as u32
}

/// The event with which a run was acknowledged.
fn end_of(events: &[Event], run: u32) -> Option<&Event> {
    let ends = events.iter().filter(|event| matches!(event.fact, Fact::Acknowledged { .. }));
    ends.filter(|event| runs(events, event) >= run).min_by_key(|event| event.seq)
}

/// A page counts as told only while its run goes on, or because it was handed over then.
fn nobody_is_paged_after_the_acknowledgement(incident: &Incident, events: &[Event], took: &[Took]) -> Holds {
    for event in events {
        let Fact::Told { audience, number, person } = &event.fact else { continue };
        let Some(sent) = incident.notice(audience, *number, person) else { continue };
        let NoticeKind::Page { run, .. } = sent.kind else { continue };
        let after = end_of(events, run).filter(|end| event.seq > end.seq && event.at > end.at);
        // Whoever hands a mail over may be slow to say so.
        let before = |(at, mail): (Timestamp, &Claimed)| {
            let same = (mail.incident, &mail.audience, mail.number) == (incident.number, audience, *number);
            same && &mail.person == person && after.is_some_and(|end| at <= end.at)
        };
        hold(after.is_none() || said(took).any(before), "nobody is paged after the acknowledgement", || {
            format!("incident {}: {person} is told in event {}, after {after:?}", incident.number, event.seq)
        })?;
    }
    Ok(())
}

/// And the relay gets none afterwards.
fn pages_end_with_their_run(incident: &Incident, events: &[Event], took: &[Took]) -> Holds {
    for (at, mail) in said(took).filter(|(_, mail)| mail.incident == incident.number) {
        let NoticeKind::Page { run, .. } = mail.kind else { continue };
        let late = end_of(events, run).filter(|end| at > end.at);
        hold(late.is_none(), "pages end with their run", || {
            format!("incident {}: {} gets a page at {at}, after {late:?}", incident.number, mail.person)
        })?;
    }
    Ok(())
}

/// What a timeline says was queued is in the outbox, and nothing else.
fn what_is_owed_is_in_the_outbox(world: &World<'_>, incident: &Incident, events: &[Event]) -> Holds {
    let queued = events.iter().filter(|event| matches!(event.fact, Fact::Queued { .. })).count();
    let outbox = world.store().read(|store| views::outbox(store, true)).unwrap();
    let there = outbox.iter().filter(|row| row.incident == incident.number).count();
    hold(queued == there, "what is owed is in the outbox", || {
        format!("incident {}: {queued} queued, {there} there", incident.number)
    })
}

/// Nobody counts as told of whom the relay took no mail.
fn told_is_what_the_relay_took(incident: &Incident, events: &[Event], took: &[Took]) -> Holds {
    let key = |mail: &Claimed| (mail.audience.clone(), mail.number, mail.person.clone());
    let of_it = said(took).map(|(_, mail)| mail).filter(|mail| mail.incident == incident.number);
    let taken: BTreeSet<(Audience, u32, PersonId)> = of_it.map(key).collect();
    for event in events {
        let Fact::Told { audience, number, person } = &event.fact else { continue };
        let known = taken.contains(&(audience.clone(), *number, person.clone()));
        hold(known, "told is what the relay took", || {
            format!("incident {}, event {}: {person} got nothing", incident.number, event.seq)
        })?;
    }
    Ok(())
}

/// The relay takes each mail once, and once more for each time that firebell could not know; always the same bytes.
fn nothing_is_sent_twice_but_what_was_not_heard(outside: &Outside) -> Holds {
    let mut mails: BTreeMap<&str, Vec<&Took>> = BTreeMap::new();
    for took in &outside.took {
        mails.entry(took.mail.message_id.as_str()).or_default().push(took);
    }
    for (id, times) in mails {
        let unheard = outside.unheard.iter().filter(|unheard| *unheard == id).count();
        let name = "nothing is sent twice but what was not heard";
        hold(times.len() <= 1 + unheard, name, || format!("{id}: {} times, {unheard} unheard", times.len()))?;
        // What went with it and is no longer true is left out the next time.
        let parts = |took: &Took| took.mail.parts.iter().map(|part| part.id).collect::<BTreeSet<_>>();
        let same = times.windows(2).all(|two| match (parts(two[0]), parts(two[1])) {
            (before, after) if before == after => two[0].mail.bytes == two[1].mail.bytes,
            (before, after) => after.is_subset(&before),
        });
        hold(same, "the same mail has the same bytes", || id.to_owned())?;
    }
    Ok(())
}

/// Mails go to addresses of those for whom they are.
fn everybody_gets_his_own(book: &Book, took: &[Took]) -> Holds {
    for Took { mail, .. } in took {
        let person = book.directory.people.get(&mail.person);
        let his = person.is_some_and(|person| person.addresses.contains(&mail.to));
        hold(his || is_second_path(book, &mail.to), "everybody gets his own", || {
            format!("{} of {} goes to {}", mail.message_id, mail.person, mail.to)
        })?;
    }
    Ok(())
}

/// What the relay took, each notice of a mail for itself.
fn said(took: &[Took]) -> impl Iterator<Item = (Timestamp, &Claimed)> {
    took.iter().flat_map(|took| {
        let alone = took.mail.parts.is_empty().then_some(&took.mail);
        took.mail.parts.iter().chain(alone).map(|mail| (took.at, mail))
    })
}

/// At most 30 mails an hour and 200 a day reach somebody, and 20 pages of SEV1 and SEV2 an hour; what is sent again for want
/// of an answer is no other mail.
fn nobody_gets_more_than_the_caps(took: &[Took]) -> Holds {
    let mut mails: BTreeMap<(&Address, bool), BTreeMap<&str, Timestamp>> = BTreeMap::new();
    for Took { at, mail } in took.iter().filter(|took| took.mail.lane != Lane::Free) {
        let of_reader = mails.entry((&mail.to, mail.lane == Lane::Page)).or_default();
        of_reader.entry(&mail.message_id).or_insert(*at);
    }
    for ((to, pages), times) in mails {
        let mut times: Vec<Timestamp> = times.into_values().collect();
        times.sort();
        let caps = if pages { [(1, 20), (24, 480)] } else { [(1, 30), (24, 200)] };
        for (hours, most) in caps {
            let over = times.windows(most + 1).find(|some| {
                some.last()
                    .is_some_and(|last| last.duration_since(some[0]) < SignedDuration::from_hours(hours))
            });
            hold(over.is_none(), "nobody gets more than the caps", || {
                format!(
                    "{to} gets more than {most} mails in {hours} h from {:?}",
                    over.and_then(|it| it.first())
                )
            })?;
        }
    }
    Ok(())
}

fn is_second_path(book: &Book, to: &Address) -> bool {
    book.paths.second().contains(to)
}

/// No client reads a word of the house or of another client.
fn clients_read_nothing_of_others(book: &Book, took: &[Took]) -> Holds {
    for Took { mail, .. } in took.iter().filter(|took| !book.directory.is_internal(&took.mail.person)) {
        let read = crate::message::read(&mail.bytes);
        let text = format!("{} {read:?}", String::from_utf8_lossy(&mail.bytes));
        let own = mail.person.as_str() == "zama";
        let found = [INNER_WORD, OTHER_WORD].into_iter().find(|word| text.contains(word));
        hold(found.is_none_or(|word| own && word == OTHER_WORD), "clients read nothing of others", || {
            format!("{} reads {found:?} in {}", mail.person, mail.message_id)
        })?;
    }
    Ok(())
}
