//! Owns the loop that delivers: notices that are due, some at a time, each tried once.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{AFTER_FAILURE, Daemon};
use crate::io::delivery::{Outcome, Outgoing, smtp};
use crate::io::store::{Error, Result, outbox};
use crate::outbox::Attempt;

/// How many connections to the relay there are at most.
const CONNECTIONS: usize = 8;
/// How long deliveries that have begun may take once firebell is to stop.
const GRACE: Duration = Duration::from_secs(30);

pub(super) async fn run(mut daemon: Daemon, stop: watch::Receiver<bool>) {
    let queued = daemon.queued.clone();
    let mut sending: JoinSet<()> = JoinSet::new();
    while !*stop.borrow() {
        match claim(&daemon, CONNECTIONS - sending.len()).await {
            Ok(mails) => {
                for mail in mails {
                    sending.spawn(send(daemon.clone(), mail));
                }
            }
            Err(error) => {
                tracing::error!("delivery goes on in a moment: {error}");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        let mut stop = stop.clone();
        tokio::select! {
            Some(_) = sending.join_next() => {}
            () = daemon.rest(&queued, outbox::next_attempt), if sending.len() < CONNECTIONS => {}
            _ = stop.changed() => {}
        }
    }
    // What is not done by then is taken for unknown at the next start, and sent again with the same Message-ID.
    let _ = tokio::time::timeout(GRACE, async { while sending.join_next().await.is_some() {} }).await;
}

async fn claim(daemon: &Daemon, limit: usize) -> Result<Vec<outbox::Claimed>> {
    let (now, book) = (daemon.clock.now(), daemon.book());
    let lease = daemon.lease(now);
    let work = move |store: &crate::io::store::Connection| outbox::claim(store, &book, &lease, limit, now);
    let (mails, superseded) = daemon.writer.run(work).await?;
    superseded.iter().for_each(|change| daemon.changed(change));
    Ok(mails)
}

async fn send(daemon: Daemon, mail: outbox::Claimed) {
    let outgoing = Outgoing { from: mail.from.as_ref(), to: &mail.to, bytes: &mail.bytes };
    let attempt = match smtp::deliver(&daemon.relay, outgoing).await {
        Outcome::Delivered { .. } => Attempt::Delivered,
        Outcome::Deferred { reason } | Outcome::Unavailable { reason, .. } => Attempt::Deferred(reason),
        Outcome::Failed { reason, .. } => Attempt::Failed(reason),
    };
    match &attempt {
        Attempt::Delivered => tracing::info!("<{}> delivered to {}", mail.message_id, mail.to),
        Attempt::Deferred(why) => tracing::warn!("<{}> to {} deferred: {why}", mail.message_id, mail.to),
        Attempt::Failed(why) => tracing::warn!("<{}> to {} failed: {why}", mail.message_id, mail.to),
    }
    let (book, now) = (daemon.book(), daemon.clock.now());
    let record =
        move |store: &crate::io::store::Connection| outbox::record(store, &book, &mail, &attempt, now);
    match daemon.writer.run(record).await {
        Ok(Some(change)) => daemon.changed(&change),
        Ok(None) => {}
        Err(Error::LostLease) => {
            tracing::warn!("a delivery took longer than its lease; it will be made again")
        }
        Err(error) => tracing::error!("a delivery could not be recorded; it will be made again: {error}"),
    }
}
