//! Owns the loops of a running firebell: take in, step, deliver. They share nothing but the store, and each may die
//! between any two commits.
//! Never contains a condition about incidents.
//! On failure a loop says so in the log, waits, and tries again: mail and notices stay where they are.

mod deliver;
mod step;

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use super::clock::Clock;
use super::delivery::Relay;
use super::mailbox::smtp::{self, Accept, Limits, Refused};
use super::store::writer::Writer;
use super::store::{self, Lease, inbound};
use crate::book::Book;
use crate::directory::Address;
use crate::gateway::{Change, Input};
use crate::house::HouseFact;
use crate::incident::words;
use crate::notice;

/// How long a loop has what it claimed: longer than any attempt to deliver takes.
const LEASE: SignedDuration = SignedDuration::from_mins(30);
/// How long to wait after a failure of the store.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How often to look for what another process left in the store.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// When a loop has something to do by itself.
type Wake = fn(&store::Connection) -> store::Result<Option<Timestamp>>;

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
    /// Name of this instance, for its leases.
    pub instance: String,
    /// Rung when mail has come in.
    pub arrived: Arc<Notify>,
    /// Rung when a notice has entered the outbox.
    pub queued: Arc<Notify>,
}

impl Daemon {
    /// Runs until `stop` says so, and then ends what it is at.
    pub async fn run(self, listener: TcpListener, stop: watch::Receiver<bool>) {
        let accept = Accept::Mailbox(self.book().address.clone());
        let take_in = self.clone().take_in(listener, accept, stop.clone());
        let step = step::run(self.clone(), stop.clone());
        let deliver = deliver::run(self, stop);
        tokio::join!(take_in, step, deliver);
    }

    async fn take_in(self, listener: TcpListener, accept: Accept, stop: watch::Receiver<bool>) {
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
        smtp::serve(listener, accept, Limits::default(), deposit, stopped(stop)).await;
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
            tracing::info!("{} {}", notice::label(&book, *number), words::line(event, &book.zone));
        }
        for event in &change.house_events {
            tracing::info!("{}", words::one_line(&event.fact.line()));
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

/// Puts a refused configuration on the house log, and the operator's mail into the outbox.
pub async fn refuse_reload(daemon: &Daemon, mistakes: String) -> store::Result<()> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let fact = HouseFact::ReloadRefused { mistakes };
    let work = move |store: &store::Connection| store::work(store, &book, Input::House(&fact), now);
    daemon.changed(&daemon.writer.run(work).await?);
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
