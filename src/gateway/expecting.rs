//! Owns what follows from mails that must come: one that is missing or says that it failed opens an incident, the one that
//! comes after all ends it.

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::mail;
use super::{Arrival, MailOutcome, Outcome, Placement};
use crate::alert::{Alert, State};
use crate::book::Book;
use crate::directory::{Language, ServiceId, Severity};
use crate::expectation::{Expectation, Missing, Says};
use crate::house::HouseFact;
use crate::house::expecting::ExpectFact;
use crate::house::troubles::Kind;
use crate::message::{self, Message};
use crate::rules::{Action, Verdict};

/// The keys of mails that a mail may be.
pub(super) fn keys(book: &Book, message: &Message, now: Timestamp) -> Vec<String> {
    let is_meant = |order: &&Expectation| order.says(&book.directory, message, now).is_some();
    book.expectations.iter().filter(is_meant).map(Expectation::key).collect()
}

/// A mail that must come has come, or one that says how it goes. None when it is none.
pub(super) fn received(draft: &mut Draft<'_>, message: &Message, arrival: Arrival) -> Option<MailOutcome> {
    let (book, now) = (draft.book, draft.now);
    let Arrival::At(arrived) = arrival else { return None };
    let found = |order: &Expectation| Some((order.clone(), order.says(&book.directory, message, now)?));
    let (order, says) = book.expectations.iter().find_map(found)?;
    // What waited outside while firebell was away came when it came.
    let until = order.covers(arrived.min(now));
    let expect = order.id.clone();
    draft.house(HouseFact::Expect(match says {
        Says::Started => ExpectFact::Started { expect },
        Says::Success => ExpectFact::Came { expect, until, failed: false },
        Says::Failure => ExpectFact::Came { expect, until, failed: true },
    }));
    let live = draft.known.live.contains_key(&order.key());
    Some(match says {
        Says::Failure => alerted(draft, &order, message, State::Firing, title(book, &order)),
        Says::Success if live => alerted(draft, &order, message, State::Resolved, order.name.clone()),
        Says::Success | Says::Started => {
            let rule = Some(name(&order));
            MailOutcome { what: Outcome::Ignored, by: Placement::Ignored, incident: None, rule }
        }
    })
}

/// Says what is missing now.
pub(super) fn due(draft: &mut Draft<'_>) {
    let book = draft.book;
    for order in &book.expectations {
        let expect = order.id.clone();
        let Some(heard) = draft.the_house().expected.get(&order.id).cloned() else {
            draft.house(HouseFact::Expect(ExpectFact::Wanted { expect }));
            continue;
        };
        // What can't be read can't be missed; the operator knows.
        if !can_be_read(draft) {
            continue;
        }
        match order.missing(&heard, draft.now) {
            None => {}
            Some(Missing::Wait(until)) => draft.house(HouseFact::Expect(ExpectFact::Waits { expect, until })),
            Some(Missing::NotCome(due)) => {
                draft.house(HouseFact::Expect(ExpectFact::NotCome { expect, due }));
                missed(draft, order, How::NotCome, due, order.grace);
            }
            Some(Missing::TooLong(started)) => {
                draft.house(HouseFact::Expect(ExpectFact::TooLong { expect, started }));
                missed(draft, order, How::TooLong, started, order.longest.unwrap_or_default());
            }
        }
    }
}

/// When [`due`] will have something to say.
pub(super) fn next_due(draft: &Draft<'_>) -> Option<Timestamp> {
    if !can_be_read(draft) {
        return None;
    }
    let next = |order: &Expectation| match draft.the_house().expected.get(&order.id) {
        Some(heard) => order.next_due(heard),
        None => Some(draft.now),
    };
    draft.book.expectations.iter().filter_map(next).min()
}

fn can_be_read(draft: &Draft<'_>) -> bool {
    draft.the_house().troubles.of_kind(Kind::Mailbox).next().is_none()
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy)]
enum How {
    NotCome,
    TooLong,
}

/// One for all that can be wrong with it: the next time it may be another.
fn title(book: &Book, order: &Expectation) -> String {
    match book.language {
        Language::En => format!("{} is missing or failed", order.name),
        Language::Ja => format!("{}が届かないか失敗しました", order.name),
    }
}

/// There is no mail that says so: firebell says it.
fn missed(draft: &mut Draft<'_>, order: &Expectation, how: How, since: Timestamp, allowed: SignedDuration) {
    let book = draft.book;
    let title = title(book, order);
    let at = since.to_zoned(book.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let what = match (how, book.language) {
        (How::TooLong, Language::En) => format!("It began at {at} and may take {allowed:#}."),
        (_, Language::En) => format!("It was due at {at}, and may be late by {allowed:#}."),
        (How::TooLong, Language::Ja) => format!("開始: {at}。所要時間の上限: {allowed:#}。"),
        (_, Language::Ja) => format!("期限: {at}。許容する遅れ: {allowed:#}。"),
    };
    let mail = said_by_firebell(book, &title, &what);
    alerted(draft, order, &mail, State::Firing, title);
}

/// The mail that nobody sent.
pub(super) fn said_by_firebell(book: &Book, title: &str, what: &str) -> Message {
    let text = format!(
        "From: {}\r\nSubject: {title}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{what}\r\n",
        book.address
    );
    message::read(text.as_bytes())
}

fn alerted(
    draft: &mut Draft<'_>,
    order: &Expectation,
    message: &Message,
    state: State,
    title: String,
) -> MailOutcome {
    let wanted = Wanted {
        format: "expect",
        key: &order.id,
        rule: name(order),
        service: order.service.as_ref(),
        severity: order.severity,
        policy: order.policy.as_ref(),
    };
    by_ourselves(draft, wanted, message, (state, title))
}

/// What firebell itself says to be broken, or no longer.
pub(super) struct Wanted<'a> {
    pub(super) format: &'a str,
    pub(super) key: &'a str,
    /// What stands for a rule that decides.
    pub(super) rule: String,
    pub(super) service: Option<&'a ServiceId>,
    pub(super) severity: Severity,
    pub(super) policy: Option<&'a String>,
}

/// What follows from that, as if a monitor had said so.
pub(super) fn by_ourselves(
    draft: &mut Draft<'_>,
    wanted: Wanted<'_>,
    message: &Message,
    (state, title): (State, String),
) -> MailOutcome {
    let alert = Alert {
        format: wanted.format.to_owned(),
        source: draft.book.address.to_string(),
        key: wanted.key.to_owned(),
        reference: None,
        state,
        severity: None,
        host: None,
        service: None,
        since: None,
        link: None,
    };
    let verdict = Verdict {
        rule: Some(wanted.rule),
        at: None,
        action: Some(Action::Open),
        service: wanted.service.cloned(),
        severity: wanted.severity,
        title,
        policy: wanted.policy.cloned(),
        tags: Default::default(),
        quiet: None,
        counted: Vec::new(),
    };
    mail::by_verdict(draft, message, (&alert, &verdict))
}

fn name(order: &Expectation) -> String {
    format!("expect {}", order.id)
}
