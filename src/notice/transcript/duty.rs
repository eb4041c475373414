//! Owns the lines of a transcript about who is on call, and who is called.

use jiff::Timestamp;

use crate::book::Book;
use crate::directory::PersonId;
use crate::incident::Participant;
use crate::notice::when::Reader;
use crate::notice::{duty, inner, people};
use crate::oncall::Override;

/// Who is on call by a schedule now, and who comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// The schedule.
    pub schedule: String,
    /// Who; nobody during a gap.
    pub people: Vec<PersonId>,
    /// When that changes, and who is on call then.
    pub next: Option<(Timestamp, Vec<PersonId>)>,
}

/// What became of words about who is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DutyReply {
    /// It is arranged so, each with whoever is relieved by it.
    Changed(Vec<(Override, Vec<PersonId>)>),
    /// This holds no more.
    TakenBack(Override),
    /// Who is on call, and in an incident who has to do with it.
    Who {
        /// By each schedule.
        schedules: Vec<OnDuty>,
        /// Who is in the incident.
        people: Vec<Participant>,
    },
    /// Nothing shows who speaks: the same words in answer to this do.
    SayAgain,
    /// Who and when can't be read out of it.
    NotUnderstood,
    /// There are no schedules.
    NoSchedules,
    /// It may mean several schedules.
    WhichSchedule(Vec<String>),
    /// A name means nobody of the house, or all of these.
    WhoIs(String, Vec<PersonId>),
    /// They are on call then anyway.
    AlreadySo,
    /// Neither of the two is on call on that day, or both are.
    NothingToSwap,
    /// No exception that lies ahead has that number.
    NoSuchNumber,
    /// Who is on call by this schedule is for others to say.
    NotOnIt(String),
}

/// It in words.
pub(super) fn result(book: &Book, reply: &DutyReply, reader: &Reader) -> String {
    let phrase =
        |name: &str, values: &[(&str, String)]| inner::phrase(reader, &format!("duty.{name}"), values);
    match reply {
        DutyReply::Changed(exceptions) => {
            let line = |(exception, relieved): &(Override, Vec<PersonId>)| {
                let what = duty::words(book, exception, relieved, reader);
                phrase("done", &[("what", what), ("number", exception.number.to_string())])
            };
            exceptions.iter().map(line).collect::<Vec<_>>().join(" ")
        }
        DutyReply::TakenBack(exception) => {
            let what = duty::words(book, exception, exception.instead_of.as_slice(), reader);
            phrase("taken-back", &[("what", what)])
        }
        DutyReply::Who { schedules, .. } => who(book, schedules, None, reader),
        DutyReply::SayAgain => phrase("say-again", &[]),
        DutyReply::NotUnderstood => phrase("not-understood", &[]),
        DutyReply::NoSchedules => phrase("no-schedules", &[]),
        DutyReply::WhichSchedule(ids) => phrase("which-schedule", &[("schedules", ids.join(", "))]),
        DutyReply::WhoIs(_, candidates) if !candidates.is_empty() => {
            phrase("who-of", &[("names", ids(candidates))])
        }
        DutyReply::WhoIs(..) => phrase("who-is", &[]),
        DutyReply::AlreadySo => phrase("already-so", &[]),
        DutyReply::NothingToSwap => phrase("nothing-to-swap", &[]),
        DutyReply::NoSuchNumber => phrase("no-such-number", &[]),
        DutyReply::NotOnIt(schedule) => phrase("not-on-it", &[("schedule", schedule.clone())]),
    }
}

/// One sentence a schedule, then who is in the incident and why, a line each.
pub(super) fn who(
    book: &Book,
    schedules: &[OnDuty],
    incident: Option<(u64, &[Participant])>,
    reader: &Reader,
) -> String {
    let people = |people: &[PersonId]| match people {
        [] => inner::phrase(reader, "duty.nobody", &[]),
        people => names(book, people),
    };
    let line = |duty: &OnDuty| {
        let (at, then) = duty
            .next
            .as_ref()
            .map_or((String::new(), String::new()), |(at, next)| (reader.time(*at), people(next)));
        let values = [
            ("schedule", duty.schedule.clone()),
            ("who", people(&duty.people)),
            ("until", at),
            ("then", then),
        ];
        inner::phrase(reader, "duty.on-duty", &values)
    };
    let mut on_duty: Vec<String> = schedules.iter().map(line).collect();
    if schedules.is_empty() {
        on_duty.push(inner::phrase(reader, "duty.no-schedules", &[]));
    }
    let Some((number, participants)) = incident else { return on_duty.join(" ") };
    let heading = people::phrase(reader, "in-it", &[("label", inner::label(book, number))]);
    let lines = people::lines(book, participants, reader);
    std::iter::once(on_duty.join(" ")).chain([heading]).chain(lines).collect::<Vec<_>>().join("\n")
}

fn names(book: &Book, people: &[PersonId]) -> String {
    people.iter().map(|person| inner::name(book, person)).collect::<Vec<_>>().join(", ")
}

fn ids(people: &[PersonId]) -> String {
    people.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Who is called by `escalate`.
pub(super) fn escalated(book: &Book, paged: &[PersonId], next: Option<Timestamp>, reader: &Reader) -> String {
    let next = next.map(|next| reader.time(next)).unwrap_or_default();
    let name = if paged.is_empty() { "duty.escalation-waits" } else { "duty.escalated" };
    inner::phrase(reader, name, &[("who", names(book, paged)), ("next", next)])
}
