//! Owns the test address, `incidents+test@…`: what would become of a mail, by the gateway's own step of which nothing is
//! kept, told to the colleague who asks.
//! Never changes more than the house log, and never answers anybody else.

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::{Arrival, Change, DeliveryOutcome, Input, Known, MailOutcome, Outcome, Placement, claims, step};
use crate::alert::Alert;
use crate::book::Book;
use crate::directory::{Address, Person};
use crate::house::HouseFact;
use crate::incident::Fact;
use crate::incident::decide::Delivery;
use crate::incident::words::{self, one_line};
use crate::message::Message;
use crate::notice::{self, Notice, Trial};
use crate::rights::Sender;
use crate::{rights, rules};

/// The plus part of the test address.
const TEST: &str = "test";
/// What would be sent is looked for so long: the first steps of an escalation, the first word to clients.
const WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// So many deliveries and steps are looked at, of each incident.
const MOST_STEPS: usize = 300;

/// Whether a mail came to the test address. One that is addressed to the mailbox itself too is meant for that.
pub(super) fn is_test(book: &Book, message: &Message) -> bool {
    let test = Address::new(&format!("{}+{TEST}@{}", book.address.local(), book.address.domain()));
    message.recipients.contains(&test) && !message.addressees().any(|address| *address == book.address)
}

/// Who may ask what would become of a mail: somebody of the house, whose own mail it is by the evidence that words of a
/// colleague need. The answer goes to their registered address, whatever the mail says.
fn asker<'a>(book: &'a Book, message: &Message) -> Option<&'a Person> {
    let person =
        book.directory.person_of(&message.author()?.address).filter(|_| message.automatic.is_none())?;
    let sender = match claims::sender(book, &person.id, message) {
        // Where a mail server tells whose a mail is, what it doesn't vouch for is nobody's.
        Sender::Plain if book.authserv_id.is_some() => Sender::Forged,
        sender => sender,
    };
    rights::may_test(&book.directory, &person.id, sender).then_some(person)
}

/// Answers a mail to the test address. Everything else stays as it is.
pub(super) fn answered(draft: &mut Draft<'_>, message: &Message) -> MailOutcome {
    let asker = asker(draft.book, message).map(|person| person.id.clone());
    let from = message.author().map(|author| author.address.to_string()).unwrap_or_default();
    let subject = one_line(&message.subject);
    draft.house(HouseFact::Tested { by: asker.clone(), from, subject });
    if let Some(person) = asker.filter(|_| !draft.past) {
        let trial = trial(draft.book, message, draft.all_known(), draft.now);
        draft.answer_of_trial(person, &trial);
    }
    MailOutcome { what: Outcome::Tested, by: Placement::Ignored, incident: None, rule: None }
}

/// What would become of a mail, came it to the mailbox itself.
fn trial(book: &Book, message: &Message, known: Known, now: Timestamp) -> Trial {
    let mut message = message.clone();
    message.recipients.retain(|address| address.domain() != book.address.domain());
    let counts = known.counts.clone();
    let change = step(book, known, Input::Mail(&message, Arrival::At(now)), now);
    let classify = |alert: Option<&Alert>| {
        rules::classify_after(&book.rules, &book.directory, &message, alert, now, &counts)
    };
    let alerts = super::alerts(book, &message);
    let outcome = change.outcome.as_ref();
    let asked = outcome.is_some_and(|it| it.what == Outcome::Opened || it.incident.is_none());
    let verdict = (alerts.is_empty() && asked).then(|| classify(None));
    let with_verdict = |alert: Alert| {
        let verdict = classify(Some(&alert));
        (alert, verdict)
    };
    Trial {
        subject: one_line(&message.subject),
        outcome: outcome.map_or("unmatched", |outcome| outcome.what.word()),
        label: outcome.and_then(|outcome| outcome.incident).map(|number| notice::label(book, number)),
        recorded: recorded(book, &change),
        sent: would_send(book, &change, now, WITHIN),
        alerts: alerts.into_iter().map(with_verdict).collect(),
        verdict,
    }
}

/// What would be sent, and how long after the mail: at once, and what is due within that time while everything arrives and
/// nobody answers.
pub fn would_send(
    book: &Book,
    change: &Change,
    now: Timestamp,
    within: SignedDuration,
) -> Vec<(Notice, SignedDuration)> {
    let mut sent: Vec<_> =
        change.notices.iter().map(|notice| (notice.clone(), SignedDuration::ZERO)).collect();
    for (number, incident) in &change.incidents {
        let (mut incident, mut due) = (incident.clone(), change.due.get(number).copied().flatten());
        let (mut at, mut told) = (now, 0);
        for _ in 0..MOST_STEPS {
            let known = || Known {
                incidents: [(*number, incident.clone())].into(),
                house: change.house.clone(),
                next_number: number + 1,
                ..Known::default()
            };
            let arrives = sent.iter().skip(told).position(|(notice, _)| notice.incident == *number);
            let notice = arrives.and_then(|place| sent.get(told + place));
            let mut later = match (notice, due.filter(|due| *due <= now + within)) {
                (Some((notice, _)), _) => step(book, known(), Input::Outcome(&arrived(notice)), at),
                (None, Some(next)) => {
                    at = next;
                    step(book, known(), Input::Due(*number), at)
                }
                (None, None) => break,
            };
            told = arrives.map_or(sent.len(), |place| told + place + 1);
            sent.extend(later.notices.into_iter().map(|notice| (notice, at.duration_since(now))));
            due = later.due.remove(number).unwrap_or(due);
            incident = later.incidents.remove(number).unwrap_or(incident);
        }
    }
    sent.sort_by_key(|(_, after)| *after);
    sent
}

fn arrived(notice: &Notice) -> DeliveryOutcome {
    DeliveryOutcome {
        incident: notice.incident,
        audience: notice.audience.clone(),
        number: notice.number,
        person: notice.person.clone(),
        to: notice.to.clone(),
        end: Delivery::Told,
        also: Vec::new(),
    }
}

/// What timelines and the house log would say.
fn recorded(book: &Book, change: &Change) -> Vec<String> {
    let is_told = |fact: &Fact| matches!(fact, Fact::Queued { .. } | Fact::Announced { .. });
    let events = change.events.iter().filter(|(_, event)| !is_told(&event.fact));
    let events = events.map(|(number, event)| {
        format!("{} {}", notice::label(book, *number), words::line(event, &book.zone))
    });
    let house = change.house_events.iter().filter(|it| !matches!(it.fact, HouseFact::Queued { .. }));
    events.chain(house.map(|event| event.fact.line())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Language;
    use crate::incident::NoticeKind;
    use crate::message;

    fn book() -> Book {
        crate::rehearsal::standard_cast().unwrap()
    }

    fn test_mail(from: &str) -> Message {
        message::read(&test_raw(from))
    }

    fn test_raw(from: &str) -> Vec<u8> {
        format!(
            "From: {from}\r\nTo: Desk <incidents+test@example.com>\r\nDelivered-To: incidents@example.com\r\n\
             Subject: Fwd: ** PROBLEM Service Alert: web01/service-a is CRITICAL **\r\nMessage-ID: <1@a>\r\n\
             Date: Mon, 23 Nov 2026 01:00:00 +0900\r\n\r\n---------- Forwarded message ---------\r\n\
             From: <nagios@mon.example.com>\r\nDate: Sun, Nov 22, 2026 at 4:00 PM\r\n\
             Subject: ** PROBLEM Service Alert: web01/service-a is CRITICAL **\r\n\
             To: <desk@example.com>\r\n\r\nService: service-a\r\nHost: web01\r\nState: CRITICAL\r\n"
        )
        .into_bytes()
    }

    fn tried(book: &Book, message: &Message) -> Change {
        let now = "2026-11-22T16:00:00Z".parse().unwrap();
        let known = Known { next_number: 7, ..Known::default() };
        step(book, known, Input::Mail(message, Arrival::At(now)), now)
    }

    #[test]
    fn the_answer_says_how_it_is_read_what_the_rules_say_and_who_would_hear_of_it_when() {
        let change = tried(&book(), &test_mail("kato@example.com"));
        let [answer] = change.notices.as_slice() else { panic!("{:?}", change.notices) };
        assert_eq!((answer.to.as_str(), &answer.kind), ("kato@example.com", &NoticeKind::Transcript));
        let text = message::read(&answer.bytes).text;
        let parts = [
            "Only a test: it would have opened INC-7\n",
            "Read as: firing nagios:web01/service-a, severity critical, host web01, service service-a\n",
            "Rules: service-a (",
            "open, SEV1, service-a\n",
            "Recorded: INC-7 opened: SEV1, Service A (rule service-a)\n",
            "nobody answers: at once: Kato Ren: page, step 1\n",
            "after 5 min: Sato Yui: page, step 2\n",
            "after 15 min: Ueda Sora (Client A): holding line",
            "after 45 min: Ueda Sora (Client A): still not working",
        ];
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        assert!(message::read(&answer.bytes).references.contains(&"1@a".to_owned()));
    }

    #[test]
    fn nothing_else_changes_and_nobody_else_is_answered() {
        let book = book();
        for (from, answers) in [
            ("kato@example.com", 1),
            ("ueda@client-a.example.jp", 0),
            ("nagios@mon.example.com", 0),
            ("kato@example.com, mori@example.com", 0),
        ] {
            let change = tried(&book, &test_mail(from));
            assert_eq!(change.notices.len(), answers, "{from}");
            assert_eq!(
                change.outcome.map(|outcome| (outcome.what, outcome.incident)),
                Some((Outcome::Tested, None))
            );
            assert!(change.incidents.is_empty() && change.events.is_empty() && change.due.is_empty());
            assert!(
                change.remembered.is_empty() && change.references.is_empty() && change.subjects.is_empty()
            );
        }
    }

    #[test]
    fn a_forged_sender_and_one_who_sends_for_another_are_not_answered() {
        let mut book = book();
        book.authserv_id = Some("mx.example.com".to_owned());
        let answers = |field: &str| {
            let mut raw = format!("{field}\r\n").into_bytes();
            raw.extend_from_slice(&test_raw("kato@example.com"));
            tried(&book, &message::read(&raw)).notices.len()
        };
        let result = |result: &str| {
            format!("Authentication-Results: mx.example.com; dmarc={result} header.from=example.com")
        };
        assert_eq!(answers(&result("pass")), 1);
        assert_eq!(answers("X-Other: nothing is said"), 0);
        assert_eq!(answers(&result("fail")), 0);
        assert_eq!(answers("Sender: mori@example.com"), 0);
    }

    #[test]
    fn the_answer_goes_to_the_registered_address_in_the_readers_language() {
        let mut book = book();
        for person in book.directory.people.values_mut().filter(|person| person.id.as_str() == "kato") {
            person.addresses.insert(0, Address::new("ren@example.com"));
            person.language = Language::Ja;
        }
        let change = tried(&book, &test_mail("kato@example.com"));
        let answer = change.notices.first().unwrap();
        assert_eq!(answer.to.as_str(), "ren@example.com");
        let text = message::read(&answer.bytes).text;
        assert!(text.contains("読み取り: firing nagios:web01/service-a"), "{text}");
        assert!(text.contains("5分後: Sato Yui: page, step 2"), "{text}");
    }
}
