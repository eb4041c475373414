//! Owns what people say by mail of who is on call: `who`, `override`, `swap`; in answer to any mail of ours, or as a mail of
//! its own to the mailbox. What they change is a fact of the house, and everybody concerned is told.

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::{MailOutcome, Outcome, Placement, asking, claims};
use crate::command::{self, Command, Line};
use crate::directory::{Named, PersonId};
use crate::house::HouseFact;
use crate::house::duty::DutyFact;
use crate::incident::answer::Authority;
use crate::message::Message;
use crate::notice::{DutyReply, OnDuty, Reply};
use crate::oncall::{Override, Schedule, Stretch, moment, wish};
use crate::rights::{self, Claim, Role, Token};

/// How far ahead the end of a turn is looked for.
const AHEAD: SignedDuration = SignedDuration::from_hours(60 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// More lines of a mail are not read.
const MOST_LINES: usize = 20;

/// Whether a command is about who is on call.
pub(super) fn concerns(command: &Command) -> bool {
    matches!(command, Command::Override { .. } | Command::Swap { .. } | Command::Who)
}

/// What becomes of such a command. `incident` is the one whose mail is answered, if one is.
pub(super) fn command(
    draft: &mut Draft<'_>,
    incident: Option<u64>,
    person: &PersonId,
    command: &Command,
) -> Reply {
    let done = match command {
        Command::Override { words } => overridden(draft, person, words),
        Command::Swap { words } => swapped(draft, person, words),
        _ => Ok(who(draft, incident)),
    };
    Reply::Duty(done.unwrap_or_else(|refusal| refusal))
}

/// The rights of somebody of the house where no incident is concerned.
pub(super) fn roles(draft: &Draft<'_>, person: &PersonId) -> std::collections::BTreeSet<Role> {
    let directory = draft.directory();
    let is_operator = directory.people_in([&draft.book.operator]).contains(person);
    let of_house = directory.is_internal(person).then_some(Role::Colleague);
    is_operator.then_some(Role::Operator).into_iter().chain(of_house).collect()
}

/// A colleague's mail to the mailbox itself that says who is on call, or asks it. None when it is no such mail. Where nothing
/// shows that it is theirs, the answer, which goes to their own address, does once they answer that.
pub(super) fn in_a_new_mail(draft: &mut Draft<'_>, message: &Message) -> Option<MailOutcome> {
    let book = draft.book;
    let person = message.author().and_then(|author| book.directory.person_of(&author.address))?;
    let theirs = book.directory.is_internal(&person.id) && message.automatic.is_none();
    if !theirs || draft.past || message.is_reply || message.forwarded.is_some() {
        return None;
    }
    // Phones send a mail that is all subject.
    let text = if message.reply_text.trim().is_empty() { &message.subject } else { &message.reply_text };
    let said = command::read(text);
    if said.commands.is_empty() || !said.commands.iter().all(|line| concerns(&line.command)) {
        return None;
    }
    let claim = Claim::Mail(Token::Missing, claims::sender(book, &person.id, message));
    let mut again = Vec::new();
    let mut replies = Vec::new();
    for Line { line, command: what } in said.commands.iter().take(MOST_LINES) {
        let authority = rights::judge(what.name(), &roles(draft, &person.id), claim);
        replies.push((
            line.clone(),
            match authority {
                Authority::Granted | Authority::Operator => command(draft, None, &person.id, what),
                _ => {
                    again.push(line.clone());
                    Reply::Duty(DutyReply::SayAgain)
                }
            },
        ));
    }
    draft.answer_of_house(person.id.clone(), &replies, &again);
    Some(MailOutcome { what: Outcome::Joined, by: Placement::Ignored, incident: None, rule: None })
}

fn overridden(draft: &mut Draft<'_>, by: &PersonId, words: &str) -> Result<DutyReply, DutyReply> {
    if let Some(number) = wish::cancelled(words) {
        return taken_back(draft, by, number);
    }
    let book = draft.book;
    let zone = book.directory.people.get(by).map_or(&book.zone, |person| &person.zone);
    let wish = wish::wish(words, &book.schedules, zone, draft.now).ok_or(DutyReply::NotUnderstood)?;
    let person = colleague(draft, by, &wish.who)?;
    let instead_of = wish.instead_of.as_deref().map(|name| colleague(draft, by, name)).transpose()?;
    let known = |schedule: &&Schedule| {
        schedule.has(&person) || instead_of.as_ref().is_some_and(|other| schedule.has(other))
    };
    let schedule = schedule(draft, wish.schedule.as_deref(), known)?;
    may_arrange(draft, by, &person, schedule)?;
    let (from, until) = (wish.from, wish.until);
    let exception = Override { number: 0, schedule: schedule.id.clone(), person, instead_of, from, until };
    let relieved = relieved(draft, schedule, &exception);
    if relieved.is_none() {
        return Err(DutyReply::AlreadySo);
    }
    Ok(DutyReply::Changed(change(draft, by, vec![(exception, relieved.unwrap_or_default())])))
}

/// Whoever is on call less by an exception; None when it changes nothing.
fn relieved(draft: &Draft<'_>, schedule: &Schedule, exception: &Override) -> Option<Vec<PersonId>> {
    let before = &draft.the_house().overrides;
    let after: Vec<Override> = before.iter().chain([exception]).cloned().collect();
    let mut relieved = Vec::new();
    let mut changes = false;
    for stretch in schedule.stretches(&after, exception.from, exception.until) {
        let usual = schedule.on_call(before, stretch.from);
        changes |= usual != stretch.people;
        for person in usual.into_iter().filter(|person| !stretch.people.contains(person)) {
            if !relieved.contains(&person) {
                relieved.push(person);
            }
        }
    }
    changes.then_some(relieved)
}

fn swapped(draft: &mut Draft<'_>, by: &PersonId, words: &str) -> Result<DutyReply, DutyReply> {
    let book = draft.book;
    let zone = book.directory.people.get(by).map_or(&book.zone, |person| &person.zone);
    let swap = wish::swap(words, &book.schedules, zone, draft.now).ok_or(DutyReply::NotUnderstood)?;
    let other = colleague(draft, by, &swap.with)?;
    let named = swap.schedule.as_ref();
    let start = moment(zone, swap.day.to_datetime(jiff::civil::Time::midnight()));
    let mut exceptions = Vec::new();
    for schedule in book.schedules.values().filter(|schedule| named.is_none_or(|id| *id == schedule.id)) {
        let stretches = schedule.stretches(&draft.the_house().overrides, start - DAY, start + DAY + DAY);
        for stretch in stretches {
            let Some((from, until)) = part(&stretch, start).filter(|(_, until)| *until > draft.now) else {
                continue;
            };
            let (mine, theirs) = (stretch.people.contains(by), stretch.people.contains(&other));
            let (person, instead_of) = match (mine, theirs) {
                (true, false) => (other.clone(), by.clone()),
                (false, true) => (by.clone(), other.clone()),
                _ => continue,
            };
            let relieved = vec![instead_of.clone()];
            let (schedule, instead_of) = (schedule.id.clone(), Some(instead_of));
            exceptions.push((Override { number: 0, schedule, person, instead_of, from, until }, relieved));
        }
    }
    if exceptions.is_empty() || other == *by {
        return Err(DutyReply::NothingToSwap);
    }
    Ok(DutyReply::Changed(change(draft, by, exceptions)))
}

/// What of a stretch belongs to a day: all of a shift that begins on it, the day's part of a longer one.
fn part(stretch: &Stretch, start: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let day = start..start + DAY;
    if stretch.until.duration_since(stretch.from) <= DAY {
        return day.contains(&stretch.from).then_some((stretch.from, stretch.until));
    }
    let (from, until) = (stretch.from.max(day.start), stretch.until.min(day.end));
    (from < until).then_some((from, until))
}

fn taken_back(draft: &mut Draft<'_>, by: &PersonId, number: Option<u64>) -> Result<DutyReply, DutyReply> {
    let house = draft.the_house();
    let ahead = || house.overrides.iter().filter(|exception| exception.until > draft.now);
    let found = match number {
        Some(number) => ahead().find(|exception| exception.number == number),
        // Without a number the one that is meant must be clear.
        None => ahead()
            .rev()
            .find(|exception| exception.person == *by || exception.instead_of.as_ref() == Some(by)),
    };
    let exception = found.cloned().ok_or(DutyReply::NoSuchNumber)?;
    let book = draft.book;
    if let Some(schedule) = book.schedules.get(&exception.schedule)
        && exception.instead_of.as_ref() != Some(by)
    {
        may_arrange(draft, by, &exception.person, schedule)?;
    }
    draft.house(HouseFact::Duty(DutyFact::TakenBack { by: by.clone(), number: exception.number }));
    let concerned = [Some(exception.person.clone()), exception.instead_of.clone()];
    tell(draft, by, concerned.into_iter().flatten().collect(), std::slice::from_ref(&exception), false);
    Ok(DutyReply::TakenBack(exception))
}

/// Everybody may take over themselves; who else does, those who share the schedule say, and the operator.
fn may_arrange(
    draft: &Draft<'_>,
    by: &PersonId,
    person: &PersonId,
    schedule: &Schedule,
) -> Result<(), DutyReply> {
    let may = by == person || schedule.has(by) || roles(draft, by).contains(&Role::Operator);
    if may { Ok(()) } else { Err(DutyReply::NotOnIt(schedule.id.clone())) }
}

fn change(
    draft: &mut Draft<'_>,
    by: &PersonId,
    exceptions: Vec<(Override, Vec<PersonId>)>,
) -> Vec<(Override, Vec<PersonId>)> {
    let mut made = Vec::new();
    let mut concerned: Vec<PersonId> = Vec::new();
    for (exception, relieved) in exceptions {
        concerned.push(exception.person.clone());
        concerned.extend(relieved.iter().cloned());
        let schedule = draft.book.schedules.get(&exception.schedule);
        let stretch = Stretch { from: exception.from, until: exception.until, people: Vec::new() };
        let words = schedule.map(|schedule| schedule.in_words(&[stretch])).unwrap_or_default();
        let fact = DutyFact::Changed { by: by.clone(), exception: exception.clone(), words };
        draft.house(HouseFact::Duty(fact));
        let number = draft.the_house().events;
        made.push((Override { number, ..exception }, relieved));
    }
    let told: Vec<Override> = made.iter().map(|(exception, _)| exception.clone()).collect();
    tell(draft, by, concerned, &told, true);
    made
}

/// Everybody whose duty changes is told, but for whoever said so.
fn tell(
    draft: &mut Draft<'_>,
    by: &PersonId,
    mut concerned: Vec<PersonId>,
    exceptions: &[Override],
    made: bool,
) {
    concerned.sort();
    concerned.dedup();
    for person in concerned.into_iter().filter(|person| person != by) {
        draft.tell_of_duty(person, by, exceptions, made);
    }
}

/// A colleague by name.
fn colleague(draft: &Draft<'_>, by: &PersonId, name: &str) -> Result<PersonId, DutyReply> {
    if wish::is_me(name) {
        return Ok(by.clone());
    }
    let called = draft.directory().called(name);
    let people: Vec<PersonId> = called
        .iter()
        .filter_map(|named| match named {
            Named::Person(person) => Some(person.clone()),
            Named::Party(_) => None,
        })
        .filter(|person| draft.directory().is_internal(person))
        .collect();
    match people.as_slice() {
        [one] => Ok(one.clone()),
        several => Err(DutyReply::WhoIs(name.to_owned(), several.to_vec())),
    }
}

/// The schedule that is named; else the only one of those that are known to be meant; else the only one there is.
fn schedule<'a>(
    draft: &Draft<'a>,
    named: Option<&str>,
    known: impl Fn(&&Schedule) -> bool,
) -> Result<&'a Schedule, DutyReply> {
    let schedules = &draft.book.schedules;
    if let Some(schedule) = named.and_then(|named| schedules.get(named)) {
        return Ok(schedule);
    }
    let ids = || schedules.keys().cloned().collect();
    let mut meant = schedules.values().filter(known);
    match (meant.next(), meant.next()) {
        (Some(one), None) => Ok(one),
        (None, _) if schedules.len() == 1 => schedules.values().next().ok_or(DutyReply::NoSchedules),
        (None, _) if schedules.is_empty() => Err(DutyReply::NoSchedules),
        _ => Err(DutyReply::WhichSchedule(ids())),
    }
}

/// Who is on call now and next, and in an incident who has to do with it.
fn who(draft: &Draft<'_>, incident: Option<u64>) -> DutyReply {
    let (overrides, now) = (&draft.the_house().overrides, draft.now);
    let of = |schedule: &Schedule| {
        let stretches = schedule.stretches(overrides, now, now + AHEAD);
        let mut stretches = stretches.into_iter();
        let (first, next) = (stretches.next(), stretches.next());
        OnDuty {
            schedule: schedule.id.clone(),
            people: first.map(|first| first.people).unwrap_or_default(),
            next: next.map(|next| (next.from, next.people)),
        }
    };
    let schedules = draft.book.schedules.values().map(of).collect();
    let people = incident.map(|number| asking::who_is_in(draft, number)).unwrap_or_default();
    DutyReply::Who { schedules, people }
}

/// Looks whether somebody else is on call than before, and whether soon nobody will be.
pub(super) fn due(draft: &mut Draft<'_>) {
    let book = draft.book;
    for schedule in book.schedules.values() {
        // A handover and the gaps behind it: each changes what the next look finds.
        for _ in 0..2 {
            let Some(fact) = draft.the_house().due_of_duty(schedule, draft.now) else { break };
            let told = match &fact {
                DutyFact::HandedOver { told, .. } => told.clone(),
                _ => Vec::new(),
            };
            draft.house(HouseFact::Duty(fact));
            told.into_iter().for_each(|person| draft.hand_over(person, schedule));
        }
    }
}

/// When that is to be looked at next: every morning, and when somebody else comes on call.
pub(super) fn next_due(draft: &Draft<'_>) -> Option<Timestamp> {
    let (book, now) = (draft.book, draft.now);
    if book.schedules.is_empty() {
        return None;
    }
    let handovers = book.schedules.values().filter_map(|it| draft.the_house().next_handover(it, now));
    let local = now.to_zoned(book.zone.clone()).date();
    let mornings = [Some(local), local.tomorrow().ok()].into_iter().flatten();
    let mornings = mornings.map(|day| moment(&book.zone, day.at(8, 0, 0, 0))).filter(|at| *at > now);
    handovers.chain(mornings).min()
}
