//! Owns the loops of a running firebell: take in, step, deliver. They share nothing but the store, and each may die
//! between any two commits.
//! Never contains a condition about incidents.
//! On failure a loop says so in the log, waits, and tries again: mail and notices stay where they are.

mod deliver;
mod emergency;
pub mod fetch;
mod keeping;
mod step;
mod watching;

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::clock::Clock;
use super::delivery::Relay;
use super::log::facts::Shown;
use super::mailbox::smtp::{self, Accept, Limits, Refused};
use super::service::Pulse;
use super::store::writer::Writer;
use super::store::{self, Connection, Lease, find, inbound};
use crate::book::Book;
use crate::directory::Address;
use crate::gateway::{Change, Input};
use crate::house::HouseFact;
use crate::house::testing::SelfTestFact;
use crate::house::troubles::{Kind, TroubleFact};
use crate::notice;

/// How long a loop has what it claimed: longer than any attempt to deliver takes.
const LEASE: SignedDuration = SignedDuration::from_mins(30);
/// How long to wait after a failure of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How often to look for what another process left in the store.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// When a loop has something to do by itself.
type Wake = fn(&Connection) -> store::Result<Option<Timestamp>>;

/// A running firebell, as its loops see it.
#[derive(Debug, Clone)]
pub struct Daemon {
    /// The store.
    pub writer: Writer,
    /// The configuration; a reload brings a new one.
    pub book: watch::Receiver<Arc<Book>>,
    /// What time it is.
    pub clock: Clock,
    /// Where mail is handed over.
    pub relay: Relay,
    /// How much of it the relay takes.
    pub pace: Pace,
    /// Where pages and words to the operator go that the relay doesn't take.
    pub spare: Option<Spare>,
    /// Name of this instance, for its leases.
    pub instance: String,
    /// Rung when mail has come in.
    pub arrived: Arc<Notify>,
    /// Rung when a notice has entered the outbox.
    pub queued: Arc<Notify>,
    /// Beats for as long as the loops go round.
    pub pulse: Pulse,
}

impl Daemon {
    /// Runs until `stop` says so, and then ends what it is at.
    pub async fn run(self, inlets: Vec<OpenInlet>, stop: watch::Receiver<bool>) {
        self.resume().await;
        self.forget_others(&inlets).await;
        let mut taking_in = JoinSet::new();
        for inlet in inlets {
            let (daemon, stop) = (self.clone(), stop.clone());
            match inlet {
                OpenInlet::Listening(listener) => taking_in.spawn(daemon.take_in(listener, stop)),
                OpenInlet::Imap(mailbox) => taking_in.spawn(fetch::imap::run(daemon, *mailbox, stop)),
                OpenInlet::Maildir(mailbox) => taking_in.spawn(fetch::maildir::run(daemon, mailbox, stop)),
            };
        }
        let step = step::run(self.clone(), stop.clone());
        let watching = watching::run(self.clone(), stop.clone());
        let keeping = keeping::run(self.clone(), stop.clone());
        let deliver = deliver::run(self, stop);
        tokio::join!(taking_in.join_all(), step, watching, keeping, deliver);
    }

    async fn take_in(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let book = self.book();
        let accept = Accept::Mailbox(book.address.clone());
        let (size, connections) = (book.limits.largest_mail, book.limits.connections);
        let limits = Limits { size, connections, ..Limits::default() };
        let deposit = move |_, mail: Vec<u8>| {
            let daemon = self.clone();
            async move {
                let now = daemon.clock.now();
                let raw = stamped(&daemon.book().address, now, &mail);
                let kept = daemon.writer.run(move |store| inbound::deposit(store, &raw, now)).await;
                daemon.arrived.notify_one();
                kept.map(|_| ()).map_err(|error| {
                    tracing::error!("a mail could not be kept, its sender will try again: {error}");
                    Refused { why: "the mail could not be stored, try again later".to_owned() }
                })
            }
        };
        smtp::serve(listener, accept, limits, deposit, stopped(stop)).await;
    }

    /// What firebell could not see while it was away is not held against anybody.
    async fn resume(&self) {
        if let Err(error) = note(self, HouseFact::SelfTest(SelfTestFact::Resumed)).await {
            tracing::error!("the house log could not be written: {error}");
        }
    }

    /// What was wrong with a mailbox that is not configured any more goes on no longer.
    async fn forget_others(&self, inlets: &[OpenInlet]) {
        let names: Vec<&str> = inlets.iter().filter_map(OpenInlet::name).collect();
        let house = self.writer.run(|store: &Connection| find::house(store)).await;
        let Ok(house) = house else { return };
        for kind in [Kind::Mailbox, Kind::Full] {
            for (of, _) in house.troubles.of_kind(kind).filter(|(of, _)| !names.contains(of)) {
                let fact = HouseFact::Trouble(TroubleFact::Dropped { kind, of: of.to_owned() });
                if let Err(error) = note(self, fact).await {
                    tracing::error!("the house log could not be written: {error}");
                }
            }
        }
    }

    /// The configuration as it is now.
    pub fn book(&self) -> Arc<Book> {
        self.book.borrow().clone()
    }

    fn lease(&self, now: Timestamp) -> Lease {
        Lease { owner: self.instance.clone(), until: now + LEASE }
    }

    /// Says in the log what a change recorded, and rings for the notices in it.
    fn changed(&self, change: &Change) {
        let book = self.book();
        for (number, event) in &change.events {
            let (label, shown) = (notice::label(&book, *number), Shown::of(event));
            tracing::info!(fact = shown.json(&label), "{label} {}", shown.words());
        }
        for event in &change.house_events {
            let shown = Shown::of(event);
            tracing::info!(fact = shown.json("house"), "{}", shown.words());
        }
        if !change.notices.is_empty() {
            self.queued.notify_one();
        }
    }

    /// Waits for a bell, for the time when the store has something for this loop, or for what another process may have
    /// left. Only for this loop: what another one is slow at must not keep this one awake.
    async fn rest(&mut self, bell: &Notify, wake: Wake) {
        let wake = self.writer.run(wake).await.ok().flatten();
        let now = self.clock.now();
        tokio::select! {
            () = bell.notified() => {}
            () = self.clock.wait(wake.map(|wake| wake.max(now))) => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// A mailbox that mail comes from, ready to be opened.
#[derive(Debug, Clone)]
pub enum Inlet {
    /// firebell's own SMTP listener: IP address and port.
    Listen(String),
    /// A folder of an IMAP account.
    Imap(Box<fetch::imap::Mailbox>),
    /// A Maildir.
    Maildir(fetch::maildir::Mailbox),
}

impl Inlet {
    /// Its name in logs and in the store; it holds no password.
    pub fn name(&self) -> &str {
        match self {
            Self::Listen(address) => address,
            Self::Imap(mailbox) => &mailbox.wanted.name,
            Self::Maildir(mailbox) => &mailbox.wanted.name,
        }
    }
}

/// A mailbox that is open, or that its loop opens.
#[derive(Debug)]
pub enum OpenInlet {
    /// firebell's own SMTP listener.
    Listening(TcpListener),
    /// A folder of an IMAP account.
    Imap(Box<fetch::imap::Mailbox>),
    /// A Maildir.
    Maildir(fetch::maildir::Mailbox),
}

impl OpenInlet {
    /// Opens a mailbox as far as that is ours to do: an address is listened on. Others are opened by their loops, which
    /// try again.
    pub async fn open(inlet: Inlet) -> std::io::Result<Self> {
        Ok(match inlet {
            Inlet::Listen(address) => Self::Listening(TcpListener::bind(address).await?),
            Inlet::Imap(mailbox) => Self::Imap(mailbox),
            Inlet::Maildir(mailbox) => Self::Maildir(mailbox),
        })
    }

    /// Its name in the house log, where it may be out of reach.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Listening(_) => None,
            Self::Imap(mailbox) => Some(&mailbox.wanted.name),
            Self::Maildir(mailbox) => Some(&mailbox.wanted.name),
        }
    }
}

/// A second relay.
#[derive(Debug, Clone)]
pub struct Spare {
    /// Where it is.
    pub relay: Relay,
    /// How long the first one must not have taken a mail.
    pub after: SignedDuration,
}

/// How much of our mail the relay takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Connections at the same time, at least one.
    pub connections: usize,
    /// Mails a minute; none for no limit.
    pub per_minute: Option<u32>,
}

/// Puts a fact on the house log, and the operator's mail about it into the outbox.
pub async fn note(daemon: &Daemon, fact: HouseFact) -> store::Result<()> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let work = move |store: &Connection| store::work(store, &book, Input::House(&fact), now);
    daemon.changed(&daemon.writer.run(work).await?);
    Ok(())
}

/// Lets what is quiet be looked at: the configuration has changed.
pub async fn look_again(daemon: &Daemon) -> store::Result<()> {
    let now = daemon.clock.now();
    daemon.writer.run(move |store| store::wake::quiet_ones(store, now)).await?;
    daemon.arrived.notify_one();
    Ok(())
}

/// A mail with the trace field of its receipt (RFC 5321, 4.4). Monitors exist that send the same bytes at every alert,
/// without a Message-ID and a Date: when it came is then all that tells one from the other.
fn stamped(mailbox: &Address, now: Timestamp, mail: &[u8]) -> Vec<u8> {
    let date = now.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S %z");
    let mut raw = format!("Received: by {} with ESMTP (firebell); {date}\r\n", mailbox.domain()).into_bytes();
    raw.extend_from_slice(mail);
    raw
}

/// Resolves once `stop` says so; for good when whoever could say so is gone.
async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
