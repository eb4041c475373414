//! Whole visits of mailboxes whose servers answer as no server should, over TLS on loopback. A story's clock stands until a
//! test moves it.

mod flood;
mod lost;
mod room;
mod server;
mod waiting;

use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use self::server::{Odd, Server};
use super::*;
use crate::house::troubles::{Kind, TroubleFact};
use crate::io::clock::Clock;
use crate::io::daemon::Pace;
use crate::io::delivery;
use crate::io::net::{self, Login, Password, Proof};
use crate::io::store::writer::Writer;
use crate::io::store::{Store, past, views};
use crate::rehearsal;

const NAME: &str = "imap://incidents@imap.example.com/INBOX";

fn start() -> Timestamp {
    "2026-11-22T16:00:00Z".parse().unwrap()
}

fn mail(service: &str) -> Vec<u8> {
    format!("From: nagios@mon.example.com\r\nSubject: {service} is down\r\n\r\n{service}\r\n").into_bytes()
}

/// A loop over one mailbox; it ends with the test.
struct Visitor {
    daemon: Daemon,
    time: watch::Sender<Timestamp>,
    _book: watch::Sender<std::sync::Arc<crate::book::Book>>,
    _stop: watch::Sender<bool>,
    mailbox: Mailbox,
    running: JoinHandle<()>,
}

impl Drop for Visitor {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Visitor {
    fn of(server: &Server) -> Self {
        Self::with(server, After::Move("Handled".to_owned()))
    }

    fn with(server: &Server, after: After) -> Self {
        Self::within(server, after, imap::Timeouts::default())
    }

    fn within(server: &Server, after: After, timeouts: imap::Timeouts) -> Self {
        let (book, reader) = watch::channel(std::sync::Arc::new(rehearsal::standard_cast().unwrap()));
        let (time, clock) = watch::channel(start());
        let (stop, stopped) = watch::channel(false);
        let at = server.remote();
        let relay = delivery::Relay {
            server: net::Server { port: 1, ..at.clone() },
            hello: "firebell.example.com".to_owned(),
            login: None,
            timeouts: delivery::Timeouts::default(),
        };
        let daemon = Daemon {
            writer: Writer::start(Store::in_memory().unwrap()).unwrap(),
            book: reader,
            clock: Clock::Story(clock),
            relay,
            pace: Pace { connections: 1, per_minute: None },
            spare: None,
            instance: "test".to_owned(),
            arrived: std::sync::Arc::new(Notify::new()),
            queued: std::sync::Arc::new(Notify::new()),
            pulse: crate::io::service::Pulse::default(),
        };
        let day = start().to_zoned(jiff::tz::TimeZone::UTC).date().yesterday().unwrap();
        let mailbox = Mailbox {
            imap: Imap {
                server: at,
                login: Login {
                    user: "incidents".to_owned(),
                    proof: Proof::Password(Password::new("s3cret")),
                },
                timeouts,
            },
            folder: "INBOX".to_owned(),
            junk: Junk::Marked,
            read: vec!["INBOX".to_owned(), "Handled".to_owned()],
            wanted: Wanted { name: NAME.to_owned(), after, start: Start::Since(day) },
        };
        let running = tokio::spawn(run(daemon.clone(), mailbox.clone(), stopped));
        Self { daemon, time, _book: book, _stop: stop, mailbox, running }
    }

    /// What is kept, in the order in which it came.
    async fn kept(&self) -> Vec<Vec<u8>> {
        let all = |store: &_| {
            let kept = past::kept_since(store, Timestamp::UNIX_EPOCH)?;
            kept.iter().map(|mail| past::raw(store, mail.id)).collect()
        };
        self.daemon.writer.run(all).await.unwrap()
    }

    /// What the house log says.
    async fn facts(&self) -> Vec<HouseFact> {
        let events = self.daemon.writer.run(views::house_events).await.unwrap();
        events.into_iter().map(|event| event.fact).collect()
    }

    /// Returns once these mails are kept, and no other.
    async fn keeps(&self, wanted: &[Vec<u8>]) {
        loop {
            let mut kept = self.kept().await;
            if kept.len() >= wanted.len() {
                kept.sort();
                let mut wanted = wanted.to_vec();
                wanted.sort();
                assert_eq!(kept, wanted);
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Returns once a mail of this Message-ID was worked on.
    async fn knows(&self, id: &'static str) {
        while !self.daemon.writer.run(move |store| mailboxes::is_known(store, id)).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Returns with the first fact of this kind.
    async fn notes(&self, is_it: impl Fn(&HouseFact) -> bool) -> HouseFact {
        loop {
            if let Some(fact) = self.facts().await.into_iter().find(&is_it) {
                return fact;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn is_lost(fact: &HouseFact) -> bool {
    matches!(fact, HouseFact::Trouble(TroubleFact::Began { kind: Kind::Mailbox, .. }))
}

/// Fault 38.
#[tokio::test]
async fn a_mail_whose_answer_can_t_be_read_is_passed_over_and_the_others_are_taken() {
    let server = Server::start().await;
    server.has(&[(7, mail("a")), (8, mail("b")), (9, mail("c"))]);
    server.does(8, Odd::Unparseable);
    let visitor = Visitor::of(&server);
    visitor.keeps(&[mail("a"), mail("c")]).await;
    let fact = visitor.notes(|fact| matches!(fact, HouseFact::Unfetchable { .. })).await;
    assert!(matches!(&fact, HouseFact::Unfetchable { item, .. } if item == "8"), "{fact:?}");
    server.heard_last("UID MOVE 9").await;
    let heard = server.heard();
    assert_eq!(heard.iter().filter(|line| line.starts_with("UID FETCH 8 ")).count(), 3, "{heard:?}");
    assert!(!heard.iter().any(|line| line.starts_with("UID MOVE 8")), "it stays where it is: {heard:?}");
}

/// Fault 40.
#[tokio::test]
async fn a_mail_that_says_it_is_of_four_gibibytes_is_passed_over_and_the_others_are_taken() {
    let server = Server::start().await;
    server.has(&[(7, mail("a")), (8, mail("b"))]);
    server.does(7, Odd::Huge);
    let visitor = Visitor::of(&server);
    visitor.keeps(&[mail("b")]).await;
    let fact = visitor.notes(|fact| matches!(fact, HouseFact::Unfetchable { .. })).await;
    assert!(matches!(&fact, HouseFact::Unfetchable { item, .. } if item == "7"), "{fact:?}");
}

/// Fault 41.
#[tokio::test]
async fn of_a_mail_of_60_mb_the_head_is_kept_and_the_mail_stays_where_it_is() {
    let server = Server::start().await;
    server.has(&[(7, mail("a")), (8, mail("b"))]);
    server.does(7, Odd::Large(60 << 20));
    let visitor = Visitor::of(&server);
    server.heard_last("UID MOVE 8").await;
    let kept = visitor.kept().await;
    assert_eq!(kept.len(), 2);
    let head = String::from_utf8_lossy(&kept[0]).into_owned();
    let said =
        "X-Firebell-Truncated: of 62914560 bytes, the rest is in the mailbox\r\nFrom: nagios@mon.example.com";
    assert!(head.starts_with(said), "{}", head.chars().take(200).collect::<String>());
    assert!(head.len() < 2 << 20, "{}", head.len());
    let heard = server.heard();
    assert!(!heard.iter().any(|line| line == "UID FETCH 7 (UID BODY.PEEK[])"), "never asked for whole");
    assert!(!heard.iter().any(|line| line.starts_with("UID MOVE 7")), "{heard:?}");
}

/// Faults 35 and 42.
#[tokio::test]
async fn half_a_mail_is_never_kept_and_a_new_connection_goes_on_where_the_last_one_ended() {
    for odd in [Odd::Half, Odd::Bye] {
        let server = Server::start().await;
        server.has(&[(7, mail("a")), (8, mail("b")), (9, mail("c"))]);
        server.does_once(8, odd);
        let visitor = Visitor::of(&server);
        visitor.keeps(&[mail("a"), mail("b"), mail("c")]).await;
        let heard = server.heard();
        let fetched =
            |uid: u32| heard.iter().filter(|line| line.starts_with(&format!("UID FETCH {uid} "))).count();
        assert_eq!([7, 8, 9].map(fetched), [1, 2, 1], "{heard:?}");
        assert!(!visitor.facts().await.iter().any(|fact| matches!(fact, HouseFact::Unfetchable { .. })));
    }
}

/// Fault 25.
#[tokio::test]
async fn uids_that_lie_a_million_apart_are_asked_for_once_each() {
    let server = Server::start().await;
    server.has(&[(7, mail("a")), (1_000_007, mail("b")), (u32::MAX - 1, mail("c"))]);
    let visitor = Visitor::of(&server);
    visitor.keeps(&[mail("a"), mail("b"), mail("c")]).await;
    let fetches = server.heard().iter().filter(|line| line.contains("BODY.PEEK")).count();
    assert_eq!(fetches, 3);
}

/// Fault 36.
#[tokio::test]
async fn a_log_in_that_is_refused_for_five_minutes_reaches_the_operator_once_with_advice() {
    let server = Server::start().await;
    server.refuses("LOGIN", Some("NO [AUTHENTICATIONFAILED] Invalid credentials"));
    let visitor = Visitor::of(&server);
    server.heard_last("LOGIN").await;
    assert!(visitor.facts().await.is_empty(), "not at once");
    visitor.time.send_modify(|time| *time += SignedDuration::from_mins(6));
    let HouseFact::Trouble(TroubleFact::Began { reason, .. }) = visitor.notes(is_lost).await else {
        unreachable!()
    };
    assert!(reason.contains("Invalid credentials") && reason.contains("look at the account"), "{reason}");
    server.has(&[(7, mail("a"))]);
    server.refuses("LOGIN", None);
    visitor.keeps(&[mail("a")]).await;
    visitor
        .notes(|fact| matches!(fact, HouseFact::Trouble(TroubleFact::Over { kind: Kind::Mailbox, .. })))
        .await;
    let lost = visitor.facts().await.iter().filter(|fact| is_lost(fact)).count();
    assert_eq!(lost, 1);
}

/// Fault 43.
#[tokio::test]
async fn a_folder_that_goes_while_firebell_runs_reaches_the_operator_and_no_other_is_touched() {
    let server = Server::start().await;
    server.has(&[(7, mail("a"))]);
    let visitor = Visitor::with(&server, After::Leave);
    visitor.keeps(&[mail("a")]).await;
    server.refuses("SELECT", Some("NO [NONEXISTENT] Mailbox does not exist"));
    server.hang_up();
    server.heard_last("SELECT").await;
    server.heard_last("SELECT").await;
    visitor.time.send_modify(|time| *time += SignedDuration::from_mins(6));
    let fact = visitor.notes(is_lost).await;
    assert!(fact.line().contains("INBOX"), "{fact:?}");
    let others = ["CREATE", "RENAME", "DELETE", "EXPUNGE", "STORE", "MOVE", "COPY"];
    let heard = server.heard();
    assert!(!heard.iter().any(|line| others.iter().any(|word| line.contains(word))), "{heard:?}");
    assert!(heard.iter().filter(|line| line.starts_with("SELECT")).all(|line| line == "SELECT \"INBOX\""));
}

/// Fault 37.
#[tokio::test]
async fn a_provider_that_throttles_is_asked_again_on_one_connection_at_a_time() {
    let server = Server::start().await;
    server.has(&[(7, mail("a"))]);
    server.refuses("UID FETCH", Some("NO [LIMIT] Rate limit hit"));
    let visitor = Visitor::of(&server);
    server.heard_last("UID FETCH").await;
    server.refuses("UID FETCH", None);
    server.refuses("LOGIN", Some("NO [LIMIT] Too many simultaneous connections"));
    server.heard_last("LOGIN").await;
    server.refuses("LOGIN", None);
    visitor.keeps(&[mail("a")]).await;
    assert_eq!(server.most_at_once(), 1);
}
