//! Owns the loop that delivers: notices that are due, some at a time, each tried once.

mod usage;

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use super::{AFTER_FAILURE, Daemon};
use crate::io::clock::moment;
use crate::io::delivery::{Outcome, Outgoing, smtp};
use crate::io::store::{Error, Result, outbox};
use crate::outbox::Attempt;
use usage::Usage;

/// How long deliveries that have begun may take once firebell is to stop.
const GRACE: Duration = Duration::from_secs(30);

pub(super) async fn run(mut daemon: Daemon, stop: watch::Receiver<bool>) {
    let queued = daemon.queued.clone();
    let mut usage = Usage::new(daemon.pace);
    let mut sending: JoinSet<Ended> = JoinSet::new();
    while !*stop.borrow() {
        let allowed = usage.allowed(sending.len(), moment());
        match claim(&daemon, allowed).await {
            Ok(mails) => {
                for mail in mails {
                    usage.begins(moment());
                    sending.spawn(send(daemon.clone(), mail));
                }
            }
            Err(error) => {
                tracing::error!("delivery goes on in a moment: {error}");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
        let now = moment();
        let more = usage.allowed(sending.len(), now) > 0;
        let next = usage.next(now);
        let mut stop = stop.clone();
        tokio::select! {
            Some(ended) = sending.join_next() => rest(&mut usage, ended),
            () = daemon.rest(&queued, outbox::next_attempt), if more => {}
            () = tokio::time::sleep_until(next.unwrap_or_else(moment)), if !more && next.is_some() => {}
            _ = stop.changed() => {}
        }
    }
    // What is not done by then is taken for unknown at the next start, and sent again with the same Message-ID.
    let _ = tokio::time::timeout(GRACE, async { while sending.join_next().await.is_some() {} }).await;
}

/// How an attempt ended for the relay: when it could not be used, why.
type Ended = std::result::Result<(), String>;

/// A relay that can't be used rests. A delivery that panicked says nothing about it.
fn rest(usage: &mut Usage, ended: std::result::Result<Ended, JoinError>) {
    let Ok(ended) = ended else { return };
    let resting = usage.ended(ended.is_ok(), moment());
    if let (Err(why), Some(resting)) = (ended, resting) {
        tracing::warn!("the relay can't be used: {why}; tried again in {} s", resting.as_secs());
    }
}

async fn claim(daemon: &Daemon, limit: usize) -> Result<Vec<outbox::Claimed>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let (now, book) = (daemon.clock.now(), daemon.book());
    let lease = daemon.lease(now);
    let work = move |store: &crate::io::store::Connection| outbox::claim(store, &book, &lease, limit, now);
    let (mails, superseded) = daemon.writer.run(work).await?;
    superseded.iter().for_each(|change| daemon.changed(change));
    Ok(mails)
}

async fn send(daemon: Daemon, mail: outbox::Claimed) -> Ended {
    let outgoing = Outgoing { from: mail.from.as_ref(), to: &mail.to, bytes: &mail.bytes };
    let attempt = match smtp::deliver(&daemon.relay, outgoing).await {
        Outcome::Delivered { .. } => Attempt::Delivered,
        Outcome::Deferred { reason } => Attempt::Deferred(reason),
        Outcome::Unavailable { reason, advice } => {
            Attempt::NoRelay(advice.map_or(reason.clone(), |advice| format!("{reason}; {advice}")))
        }
        Outcome::Failed { reason, .. } => Attempt::Failed(reason),
    };
    match &attempt {
        Attempt::Delivered => tracing::info!("<{}> delivered to {}", mail.message_id, mail.to),
        Attempt::Deferred(why) => tracing::warn!("<{}> to {} deferred: {why}", mail.message_id, mail.to),
        Attempt::Failed(why) => tracing::warn!("<{}> to {} failed: {why}", mail.message_id, mail.to),
        Attempt::NoRelay(why) => tracing::debug!("<{}> to {} waits: {why}", mail.message_id, mail.to),
    }
    let ended = if let Attempt::NoRelay(why) = &attempt { Err(why.clone()) } else { Ok(()) };
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
    ended
}
