//! The configuration is edited while an incident is under way: what was begun goes on as it began, and who has become another
//! has no old rights.

use firebell::audience::Audience;
use firebell::book::Book;
use firebell::directory::{PartyId, PersonId, Target};
use firebell::gateway::{Arrival, Change, Input};
use firebell::incident::Status;
use firebell::io::store::{self, Store, views, wake};
use firebell::message;
use firebell::notice::Notice;
use firebell::rehearsal;
use jiff::{SignedDuration, Timestamp};

/// A firebell with the cast of transcripts, whose configuration a test changes.
struct Gateway {
    book: Book,
    store: Store,
    now: Timestamp,
}

impl Gateway {
    fn new() -> Self {
        let now = "2026-11-22T16:00:00Z".parse().unwrap();
        Self { book: rehearsal::standard_cast().unwrap(), store: Store::in_memory().unwrap(), now }
    }

    fn work(&mut self, input: Input<'_>) -> Change {
        let (book, now) = (&self.book, self.now);
        self.store.write(|connection| store::work(connection, book, input, now)).unwrap()
    }

    fn gets(&mut self, mail: &str) -> Change {
        let raw = mail.replace('\n', "\r\n");
        self.work(Input::Mail(&message::read(raw.as_bytes()), Arrival::At(self.now)))
    }

    /// What is sent in so many minutes.
    fn passes(&mut self, minutes: i64) -> Vec<Notice> {
        let (until, mut sent) = (self.now + SignedDuration::from_mins(minutes), Vec::new());
        while let Some(next) = self.store.read(wake::next_work).unwrap().filter(|next| *next <= until) {
            self.now = next;
            for number in self.store.read(|connection| wake::due(connection, 64, next)).unwrap() {
                sent.extend(self.work(Input::Due(number)).notices);
            }
        }
        self.now = until;
        sent
    }

    /// The alert of service-a, and the pages that follow within a minute.
    fn pages(&mut self) -> Vec<Notice> {
        let mut sent = self
            .gets(
                "From: nagios@mon.example.com\nMessage-ID: <1@mon.example.com>\n\
                 Subject: ** PROBLEM Service Alert: web01/service-a is CRITICAL **\n\nDown.\n",
            )
            .notices;
        sent.extend(self.passes(1));
        paged(sent)
    }
}

fn paged(sent: Vec<Notice>) -> Vec<Notice> {
    sent.into_iter().filter(|notice| notice.summary.starts_with("page")).collect()
}

fn people(notices: &[Notice]) -> Vec<&str> {
    notices.iter().map(|notice| notice.person.as_str()).collect()
}

/// Fault 88.
#[test]
fn a_policy_that_is_edited_while_it_runs_goes_on_as_it_began() {
    let mut gateway = Gateway::new();
    assert_eq!(people(&gateway.pages()), ["kato"]);
    for policy in gateway.book.policies.values_mut() {
        policy.steps.truncate(1);
        policy.repeat = 0;
    }
    let later = paged(gateway.passes(25));
    assert_eq!(people(&later), ["sato", "mori"], "as it was when the incident began");
}

/// Fault 117.
#[test]
fn what_was_sent_to_somebody_of_the_house_gives_no_right_once_they_are_a_client_s() {
    for goes_outside in [false, true] {
        let mut gateway = Gateway::new();
        gateway.pages();
        let page = paged(gateway.passes(6)).remove(0);
        assert_eq!(page.person.as_str(), "sato");
        if goes_outside {
            let party = gateway.book.directory.parties.get_mut(&PartyId::new("dev")).unwrap();
            party.external = true;
            party.owner = Some(Target::Person(PersonId::new("mori")));
        }
        let reply_to = message::read(&page.bytes).header("Reply-To").unwrap().to_owned();
        let answered = gateway.gets(&format!(
            "From: sato@example.com\nTo: {reply_to}\nSubject: Re: it\nMessage-ID: <2@example.com>\n\
             In-Reply-To: <{}>\n\nack\n",
            page.message_id
        ));
        let status = gateway.store.read(views::incidents).unwrap()[0].status();
        assert_eq!(status == Status::Acknowledged, !goes_outside);
        let mut sent = answered.notices;
        sent.extend(gateway.passes(60));
        sent.retain(|notice| notice.person.as_str() == "sato" && notice.audience == Audience::Inner);
        let inner: Vec<&str> = sent.iter().map(|notice| notice.summary.as_str()).collect();
        assert_eq!(inner.is_empty(), goes_outside, "{inner:?}");
    }
}
