//! Two firebells that mail each other, and one whose key changes: what is signed is good where it was signed, and as long
//! as it should be.

use firebell::book::Book;
use firebell::config::{self, Files};
use firebell::gateway::{Arrival, Change, Input};
use firebell::house::HouseFact;
use firebell::incident::{Incident, Status};
use firebell::io::store::{self, Store, find, views, wake};
use firebell::message;
use firebell::notice::Notice;
use firebell::token::Keys;
use jiff::{SignedDuration, Timestamp};

/// A firebell without mailbox and relay: mails are handed to it, and what it sends is what it gives back.
pub struct Gateway {
    book: Book,
    pub store: Store,
}

impl Gateway {
    /// Its one person has this address.
    pub fn new(address: &str, person: &str, key: &[u8]) -> Self {
        let main = format!(
            "gateway = {{ address = \"{address}\", operator = \"ops\" }}\n\
             person = [{{ id = \"kato\", addresses = [\"{person}\"] }}]\n\
             party = [{{ id = \"ops\", people = [\"kato\"] }}]\n"
        );
        let rules = "[[rule]]\nname = \"all\"\nwhen = { subject = \".\" }\n\
            then = { action = \"open\", severity = \"sev1\" }\n";
        let files = Files {
            main: ("firebell.toml".to_owned(), main),
            rules: vec![("rules/site.toml".to_owned(), rules.to_owned())],
            ..Files::default()
        };
        let book = config::read(&files, Keys::new(key.to_vec())).unwrap().book;
        Self { book, store: Store::in_memory().unwrap() }
    }

    pub fn gets(&mut self, raw: &[u8], now: Timestamp) -> Change {
        let (book, mail) = (&self.book, message::read(raw));
        let input = Input::Mail(&mail, Arrival::At(now));
        self.store.write(|connection| store::work(connection, book, input, now)).unwrap()
    }

    /// What falls due until then.
    fn passes(&mut self, until: Timestamp) -> Vec<Notice> {
        let (book, mut sent) = (&self.book, Vec::new());
        while let Some(next) = self.store.read(wake::next_work).unwrap().filter(|next| *next <= until) {
            for number in self.store.read(|connection| wake::due(connection, 64, next)).unwrap() {
                let work = |connection: &_| store::work(connection, book, Input::Due(number), next);
                sent.extend(self.store.write(work).unwrap().notices);
            }
        }
        sent
    }

    pub fn incidents(&self) -> usize {
        self.store.read(views::incidents).unwrap().len()
    }

    pub fn incident(&self, number: u64) -> Incident {
        self.store.read(|store| find::incident(store, number)).unwrap().unwrap()
    }

    pub fn foreign_bounces(&self) -> usize {
        let events = self.store.read(views::house_events).unwrap();
        events.iter().filter(|event| matches!(event.fact, HouseFact::ForeignBounce { .. })).count()
    }

    fn circles(&self) -> usize {
        let events = self.store.read(views::house_events).unwrap();
        events.iter().filter(|event| matches!(event.fact, HouseFact::Circle { .. })).count()
    }
}

pub fn start() -> Timestamp {
    "2026-11-22T16:00:00Z".parse().unwrap()
}

pub fn trouble(to: &str) -> Vec<u8> {
    format!(
        "From: tani@elsewhere.example.net\r\nTo: {to}\r\nSubject: It is broken\r\nMessage-ID: <1@elsewhere>\r\n\
         Date: Mon, 23 Nov 2026 01:00:00 +0900\r\n\r\nAll of it.\r\n"
    )
    .into_bytes()
}

/// Hands mails to and fro until nobody has one, and counts them.
fn exchange(gateways: &mut [Gateway; 2], mut mails: Vec<Notice>, now: Timestamp) -> usize {
    let mut count = 0;
    while let Some(mail) = mails.pop() {
        count += 1;
        assert!(count <= 100, "they answer each other for ever");
        let gateway = gateways.iter_mut().find(|gateway| gateway.book.address == mail.to).unwrap();
        mails.extend(gateway.gets(&mail.bytes, now).notices);
    }
    count
}

fn never_take_each_others_mail_for_their_own(a: &str, b: &str) {
    let mut gateways = [Gateway::new(a, b, b"the key of one"), Gateway::new(b, a, b"the key of the other")];
    let first = gateways[0].gets(&trouble(a), start()).notices;
    let count = exchange(&mut gateways, first, start());
    assert!((2..=4).contains(&count), "{count} mails");
    assert_eq!(gateways.each_ref().map(Gateway::incidents), [1, 1]);
    for gateway in &gateways {
        let events = gateway.store.read(views::house_events).unwrap();
        assert!(!events.iter().any(|event| matches!(event.fact, HouseFact::OwnMail { .. })), "{events:?}");
    }
    assert!(gateways[0].circles() > 0);
    // Pages go on as long as nobody acknowledges; none of them begins anything, and the operator hears of it once.
    let mut count = 0;
    for minutes in (5..300).step_by(5) {
        let now = start() + SignedDuration::from_mins(minutes);
        let mut mails = gateways[0].passes(now);
        mails.extend(gateways[1].passes(now));
        count += exchange(&mut gateways, mails, now);
    }
    assert!(count > 4, "{count} pages");
    assert_eq!(gateways.each_ref().map(Gateway::incidents), [1, 1]);
    let told = gateways.each_ref().map(|gateway| gateway.store.read(find::house).unwrap().reports);
    assert!(told.iter().all(|told| *told <= 1), "{told:?}");
}

/// Fault 93.
#[test]
fn mistake_03_two_gateways_never_take_each_other_s_mail_for_their_own_and_stop_after_four() {
    never_take_each_others_mail_for_their_own("incidents@one.example.com", "incidents@two.example.com");
    never_take_each_others_mail_for_their_own("one@example.com", "two@example.com");
}

/// An answer as a mail program writes it.
fn answer(notice: &Notice, to: &str, subject: &str, references: &str, text: &str) -> Vec<u8> {
    let from = &notice.to;
    format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{}.answer@example.com>\r\n{references}\
         Date: Mon, 23 Nov 2026 02:00:00 +0900\r\n\r\n{text}\r\n",
        text.len()
    )
    .into_bytes()
}

/// Fault 137.
#[test]
fn mails_signed_with_the_old_key_are_answered_for_90_days_and_their_threads_go_on() {
    let mut gateway = Gateway::new("incidents@example.com", "kato@example.com", b"the old key");
    let page = gateway.gets(&trouble("incidents@example.com"), start()).notices.pop().unwrap();
    let read = message::read(&page.bytes);
    let retired = start() + SignedDuration::from_mins(10);
    gateway.book.keys = Keys::new(b"the new key".to_vec()).with_earlier(b"the old key".to_vec(), retired);

    let reply_to = read.header("Reply-To").unwrap().to_owned();
    let now = retired + SignedDuration::from_mins(10);
    let change = gateway.gets(&answer(&page, &reply_to, "Re: It is broken", "", "ack"), now);
    let acknowledged = change.incidents.get(&1).map(Incident::status);
    assert_eq!(acknowledged, Some(Status::Acknowledged));
    let transcript = message::read(&change.notices.last().unwrap().bytes);
    assert_eq!(transcript.subject, read.subject);
    // The thread has the root that it had, and the page that kato got is named as it was sent.
    let newest_first = [page.message_id.clone(), read.references.last().unwrap().clone()];
    assert_eq!(transcript.references, newest_first);
    assert_ne!(transcript.header("Reply-To"), Some(reply_to.as_str()));

    let tagged = answer(&page, "incidents@example.com", &format!("Re: {}", read.subject), "", "by tag");
    let joined = |gateway: &mut Gateway, mail: &[u8], now| gateway.gets(mail, now).outcome.unwrap();
    assert_eq!(joined(&mut gateway, &tagged, now).incident, Some(1));
    let late = retired + SignedDuration::from_hours(90 * 24);
    let changed = answer(&page, &reply_to, "hello", "", "too late for the old key");
    assert_ne!(joined(&mut gateway, &changed, late).incident, Some(1));
}
