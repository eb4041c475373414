//! Owns the house's mails about who is on call: that somebody arranged it otherwise, and what is broken when somebody takes
//! over.

use jiff::Timestamp;
use serde::Serialize;

use super::house::{Place, reader, tapped, written};
use super::when::Reader;
use super::wording::{self, Side};
use super::{Notice, facts, inner};
use crate::book::Book;
use crate::directory::{PersonId, Target};
use crate::incident::Incident;
use crate::incident::words::one_line;
use crate::oncall::{Override, Schedule};

/// Most incidents that are named to whoever takes over.
const NAMED: usize = 20;

#[derive(Serialize)]
struct ChangedView<'a> {
    made: bool,
    /// Whether they are on call by it, or somebody else is instead of them.
    yours: bool,
    by: String,
    lines: Vec<String>,
    number: u64,
    label: &'a str,
}

#[derive(Serialize)]
struct HandoverView<'a> {
    schedule: &'a str,
    until: Option<String>,
    open: Vec<OpenView>,
    more: usize,
}

#[derive(Serialize)]
struct OpenView {
    label: String,
    title: String,
    severity: String,
    status: String,
    since: String,
}

/// What an exception means, in a phrase: "Sato Yui instead of Kato Ren by dev, from … until …".
pub(super) fn words(book: &Book, exception: &Override, relieved: &[PersonId], reader: &Reader) -> String {
    let names: Vec<String> = relieved.iter().map(|person| inner::name(book, person)).collect();
    let values = [
        ("who", inner::name(book, &exception.person)),
        ("instead", names.join(", ")),
        ("schedule", exception.schedule.clone()),
        ("from", reader.time(exception.from)),
        ("until", reader.time(exception.until)),
        ("number", exception.number.to_string()),
    ];
    inner::phrase(reader, "duty.exception", &values)
}

/// Somebody arranged when this person is on call, or took that back (`made` is false).
pub fn changed(
    book: &Book,
    person: &PersonId,
    (by, exceptions, made): (&PersonId, &[Override], bool),
    (number, about): (u32, u64),
    now: Timestamp,
) -> Option<Notice> {
    let reader = reader(book, person, now)?;
    let first = exceptions.first()?;
    let line = |exception: &Override| words(book, exception, exception.instead_of.as_slice(), &reader);
    let view = ChangedView {
        made,
        yours: exceptions.iter().any(|exception| &exception.person == person),
        by: inner::name(book, by),
        lines: exceptions.iter().map(line).collect(),
        number: first.number,
        label: &book.name,
    };
    let text = wording::text(&reader, Side::Inner, "duty-changed", &view);
    let (subject, summary) = (text.headline.clone(), text.headline.clone());
    let cancel = format!("override cancel {}", first.number);
    let words = [(cancel.as_str(), "duty-cancel"), ("who", "duty-who")];
    let words = words.into_iter().skip(usize::from(!made));
    let body = tapped(book, person, text.into(), &subject, &reader, words);
    written(
        book,
        person,
        body,
        true,
        Place { number, about, text: "duty-changed", summary, ..Place::default() },
        now,
    )
}

/// What is broken, for whoever comes on call: of that schedule's incidents, else nothing.
pub fn handover(
    book: &Book,
    person: &PersonId,
    (schedule, until, broken): (&Schedule, Option<Timestamp>, &[Incident]),
    (number, about): (u32, u64),
    now: Timestamp,
) -> Option<Notice> {
    let reader = reader(book, person, now)?;
    let names_it = |target: &Target| matches!(target, Target::OnCall(id) if *id == schedule.id);
    let theirs = |incident: &&Incident| {
        incident.merged_into.is_none()
            && incident.policy.steps.iter().flat_map(|step| &step.tell).any(names_it)
    };
    let all: Vec<&Incident> = broken.iter().filter(theirs).collect();
    let open = |incident: &&Incident| OpenView {
        label: inner::label(book, incident.number),
        title: one_line(&incident.title),
        severity: incident.severity.to_string(),
        status: facts::status(book, incident, &reader),
        since: reader.past(incident.began()),
    };
    let view = HandoverView {
        schedule: &schedule.id,
        until: until.map(|until| reader.time(until)),
        open: all.iter().take(NAMED).map(open).collect(),
        more: all.len().saturating_sub(NAMED),
    };
    let text = wording::text(&reader, Side::Inner, "handover", &view);
    let (subject, summary) = (text.headline.clone(), text.headline.clone());
    let body = tapped(book, person, text.into(), &subject, &reader, [("who", "duty-who")].into_iter());
    written(
        book,
        person,
        body,
        true,
        Place { number, about, text: "handover", summary, ..Place::default() },
        now,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal;

    #[test]
    fn whoever_is_put_on_call_reads_when_and_how_to_take_it_back() {
        let book = rehearsal::standard_cast().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (kato, sato) = (PersonId::new("kato"), PersonId::new("sato"));
        let exception = Override {
            number: 12,
            schedule: "dev".to_owned(),
            person: kato.clone(),
            instead_of: Some(sato.clone()),
            from: at("2026-11-24T13:00:00Z"),
            until: at("2026-11-24T21:00:00Z"),
        };
        let text = |person: &PersonId, made| {
            let what = (&sato, std::slice::from_ref(&exception), made);
            let notice = changed(&book, person, what, (1, 1), at("2026-11-24T06:00:00Z")).unwrap();
            crate::message::read(&notice.bytes).text
        };
        let put = text(&kato, true);
        let head = "You are on call: Kato Ren instead of Sato Yui, dev, from 22:00 JST until Wed 25 Nov 06:00 JST\n\n\
            Sato Yui says so. If it can't be so, answer \"override cancel 12\", and tell Sato Yui.\n";
        assert!(put.starts_with(head), "{put}");
        assert!(put.contains("\n  override cancel 12"), "{put}");
        let back = text(&kato, false);
        assert!(back.starts_with("Taken back: Kato Ren instead of Sato Yui"), "{back}");
        assert!(!back.contains("override cancel"), "{back}");
    }

    #[test]
    fn whoever_comes_on_call_reads_what_is_broken() {
        let book = rehearsal::standard_cast().unwrap();
        let schedule = Schedule {
            id: "dev".to_owned(),
            zone: book.zone.clone(),
            rota: crate::oncall::Rota::Layers(Vec::new()),
            overrides: Vec::new(),
            tells_of_handover: true,
            may_be_empty: false,
        };
        let (sato, now) = (PersonId::new("sato"), "2026-11-24T06:00:00Z".parse().unwrap());
        let notice = handover(&book, &sato, (&schedule, None, &[]), (1, 1), now).unwrap();
        let text = crate::message::read(&notice.bytes).text;
        assert!(
            text.starts_with("You are on call now: dev\n\nNothing that you are called for is broken.\n"),
            "{text}"
        );
    }
}
