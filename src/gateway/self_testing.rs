//! Owns the course of the self test: the mail that goes out, its return, and what follows when it does not come back.

use jiff::Timestamp;

use super::draft::Draft;
use super::{DeliveryOutcome, MailOutcome, Outcome, Placement, Seen, expecting};
use crate::alert::State;
use crate::book::Book;
use crate::directory::{Language, PersonId};
use crate::house::testing::SelfTestFact;
use crate::house::{HOUSE, HouseFact};
use crate::incident::Incident;
use crate::incident::decide::Delivery;
use crate::message::Message;
use crate::notice::{self, Reader};
use crate::self_test::{Due, NOBODY, SelfTest};
use crate::thread::Clues;
use crate::token::Purpose;

/// The key under which incidents know it.
pub(super) fn key() -> String {
    format!("{NOBODY}:mail")
}

/// A mail of ours to ourselves is back. None when it is another one.
pub(super) fn received(draft: &mut Draft<'_>, message: &Message, clues: &Clues) -> Option<MailOutcome> {
    let number = number(draft, clues)?;
    if draft.known.seen == Seen::Duplicate {
        let (what, by) = (Outcome::Duplicate, Placement::Duplicate);
        return Some(MailOutcome { what, by, incident: None, rule: None });
    }
    Some(back(draft, message, number))
}

/// The number of the self test that a mail is; None when it is none. Nobody else can sign one. A provider that gives mails
/// Message-IDs of its own leaves the address, which is that of the newest.
fn number(draft: &Draft<'_>, clues: &Clues) -> Option<u32> {
    let nobody = PersonId::new(NOBODY);
    let is_signed = |number: u32, token: &str| {
        draft.book.keys.verify(Purpose::SelfTest, notice::self_test_grant(&nobody, number), token, draft.now)
    };
    let by_id = clues
        .own
        .as_ref()
        .filter(|(incident, number, token)| *incident == HOUSE && is_signed(*number, token));
    let newest = draft.the_house().tested.under_way.as_ref().map(|one| one.number);
    let by_address = || {
        let mut tokens = clues.tokens.iter().filter(|(incident, _)| *incident == HOUSE);
        newest.filter(|newest| tokens.any(|(_, token)| is_signed(*newest, token)))
    };
    by_id.map(|(_, number, _)| *number).or_else(by_address)
}

fn back(draft: &mut Draft<'_>, message: &Message, number: u32) -> MailOutcome {
    let is_newest = draft.the_house().tested.under_way.as_ref().is_some_and(|one| one.number == number);
    let fact = if is_newest { SelfTestFact::Back { number } } else { SelfTestFact::Late { number } };
    draft.house(HouseFact::SelfTest(fact));
    let broken = draft.known.live.get(&key()).and_then(|number| draft.incident(*number));
    let broken = broken.is_some_and(Incident::is_broken);
    if let Some(order) = draft.book.self_test.as_ref().filter(|_| is_newest && broken) {
        return alerted(draft, order, message, State::Resolved);
    }
    MailOutcome { what: Outcome::Ignored, by: Placement::Ignored, incident: None, rule: None }
}

/// It left the outbox, one way or the other.
pub(super) fn left(draft: &mut Draft<'_>, outcome: &DeliveryOutcome) {
    let refused = match &outcome.end {
        Delivery::Undeliverable(reason) => Some(reason.clone()),
        _ => None,
    };
    draft.house(HouseFact::SelfTest(SelfTestFact::Left { number: outcome.number, refused }));
}

/// Does what is due.
pub(super) fn due(draft: &mut Draft<'_>) {
    let Some(order) = &draft.book.self_test else {
        if draft.the_house().tested != Default::default() {
            draft.house(HouseFact::SelfTest(SelfTestFact::Dropped));
        }
        return;
    };
    // One may be missed, become an incident, and have the next one follow, all in one look.
    for _ in 0..3 {
        let Some(due) = order.due(&draft.the_house().tested, draft.now) else { break };
        match due {
            Due::Send => draft.send_self_test(),
            Due::Missed => missed(draft),
            Due::Lasts => lasts(draft, order),
        }
    }
}

/// When [`due`] will have something to do.
pub(super) fn next_due(draft: &Draft<'_>) -> Option<Timestamp> {
    draft.book.self_test.as_ref()?.next_due(&draft.the_house().tested, draft.now)
}

fn missed(draft: &mut Draft<'_>) {
    let book = draft.book;
    let Some(one) = draft.the_house().tested.under_way.clone() else { return };
    let reader = Reader::anybody(book, book.language, draft.now);
    let (sent, left) = (reader.time(one.at), one.left.map(|left| reader.time(left)));
    let reason = match (one.refused, left, book.language) {
        (Some(why), _, Language::En) => format!("the relay refused the mail of {sent}: {why}"),
        (Some(why), _, Language::Ja) => format!("{sent} のメールを送信サーバーが拒否しました: {why}"),
        (None, None, Language::En) => format!("the mail of {sent} still waits for the relay"),
        (None, None, Language::Ja) => format!("{sent} のメールがまだ送信サーバーを待っています"),
        (None, Some(left), Language::En) => {
            format!("the mail of {sent} was taken by the relay at {left} and is not in the mailbox")
        }
        (None, Some(left), Language::Ja) => {
            format!(
                "{sent} のメールは {left} に送信サーバーが受け付けましたが、メールボックスに届いていません"
            )
        }
    };
    draft.house(HouseFact::SelfTest(SelfTestFact::Missed { number: one.number, reason }));
}

fn lasts(draft: &mut Draft<'_>, order: &SelfTest) {
    draft.house(HouseFact::SelfTest(SelfTestFact::Lasts));
    let book = draft.book;
    let reader = Reader::anybody(book, book.language, draft.now);
    let since = draft.the_house().tested.lost.map(|lost| reader.time(lost)).unwrap_or_default();
    let text = match book.language {
        Language::En => format!("No self test has come back since {since}."),
        Language::Ja => format!("{since} から自己診断のメールが戻っていません。"),
    };
    let mail = expecting::said_by_firebell(book, &title(book), &text);
    alerted(draft, order, &mail, State::Firing);
}

fn alerted(draft: &mut Draft<'_>, order: &SelfTest, message: &Message, state: State) -> MailOutcome {
    let title = title(draft.book);
    let wanted = expecting::Wanted {
        format: NOBODY,
        key: "mail",
        rule: "self_test".to_owned(),
        service: order.service.as_ref(),
        severity: order.severity,
        policy: order.policy.as_ref(),
    };
    expecting::by_ourselves(draft, wanted, message, (state, title))
}

fn title(book: &Book) -> String {
    match book.language {
        Language::En => "firebell's own mail does not come back".to_owned(),
        Language::Ja => "firebell自身のメールが戻ってきません".to_owned(),
    }
}
