//! Owns the loop that delivers: notices that are due, some at a time, each tried once.

mod restored;
mod spare;
mod usage;

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::{AFTER_FAILURE, Daemon, LOOK_AGAIN, note};
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::io::clock::moment;
use crate::io::delivery::{Outgoing, Relay, smtp};
use crate::io::hook;
use crate::io::service::Loop;
use crate::io::store::outbox::{Claimed, Way};
use crate::io::store::{Connection, Error, Result, find, outbox};
use crate::outbox::Attempt;
use crate::paths::Paths;
use spare::Lane;
use usage::Usage;

/// How long deliveries that have begun may take once firebell is to stop.
const GRACE: Duration = Duration::from_secs(30);
/// Programs of the site that run at the same time.
const PROGRAMS: usize = 8;
/// How long the relay must be out of reach before the operator hears of it, where no second path says otherwise.
const RELAY_LOST: Duration = Duration::from_secs(5 * 60);

pub(super) async fn run(mut daemon: Daemon, stop: watch::Receiver<bool>) {
    let queued = daemon.queued.clone();
    let mut usage = Usage::new(daemon.pace);
    let mut sending: JoinSet<Ended> = JoinSet::new();
    let mut telling: JoinSet<()> = JoinSet::new();
    let mut outage = Outage::of(&daemon).await;
    let mut lane = Lane::of(&daemon);
    restored::wait(&daemon, &stop).await;
    while !*stop.borrow() {
        daemon.pulse.beat(Loop::Deliver);
        outage.look(&daemon, moment()).await;
        for notice in programs(&daemon, PROGRAMS - telling.len()).await {
            telling.spawn(tell(daemon.clone(), notice));
        }
        if let Some(lane) = &mut lane {
            lane.go_on(&daemon, &outage).await;
        }
        let allowed = usage.allowed(sending.len(), moment());
        match claim(&daemon, allowed, Way::Relay).await {
            Ok(mails) => {
                for mail in mails {
                    usage.begins(moment());
                    sending.spawn(send(daemon.clone(), daemon.relay.clone(), mail));
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
            Some(ended) = sending.join_next() => {
                outage.ended(&daemon, &ended, moment()).await;
                rest(&mut usage, ended);
            }
            Some(_) = telling.join_next() => {}
            () = queued.notified(), if !more => {}
            () = daemon.rest(&queued, outbox::next_attempt), if more => {}
            () = tokio::time::sleep(LOOK_AGAIN), if !more => {}
            () = tokio::time::sleep_until(next.unwrap_or_else(moment)), if !more && next.is_some() => {}
            () = tokio::time::sleep(LOOK_AGAIN), if lane.is_some() => {}
            _ = stop.changed() => {}
        }
    }
    // What is not done by then is taken for unknown at the next start, and sent again with the same Message-ID.
    let rest = async {
        while sending.join_next().await.is_some() {}
        while telling.join_next().await.is_some() {}
        if let Some(lane) = lane {
            lane.end().await;
        }
    };
    let _ = tokio::time::timeout(GRACE, rest).await;
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

/// Since when the relay can't be used and why, and whether the operator has heard of it.
struct Outage {
    since: Option<(Instant, String)>,
    told: bool,
}

impl Outage {
    /// The operator may have heard of it from a firebell that is no more.
    async fn of(daemon: &Daemon) -> Self {
        let house = daemon.writer.run(|store: &Connection| find::house(store)).await;
        Self { since: None, told: house.is_ok_and(|house| house.troubles.goes_on(Kind::Relay, "")) }
    }

    /// Whether it can't be used for so long by now.
    fn lasts(&self, after: Duration, now: Instant) -> bool {
        self.since.as_ref().is_some_and(|(since, _)| now.duration_since(*since) >= after)
    }

    /// An attempt ended.
    async fn ended(&mut self, daemon: &Daemon, ended: &std::result::Result<Ended, JoinError>, now: Instant) {
        match ended {
            Ok(Ok(())) => {
                self.since = None;
                if self.told {
                    self.tell(daemon, false, HouseFact::over(Kind::Relay, "")).await;
                }
            }
            Ok(Err(why)) => self.since.get_or_insert((now, String::new())).1.clone_from(why),
            Err(_) => {}
        }
    }

    /// What has lasted is told, by the second path too: also when nothing waits for this relay any more, because the second
    /// one took it.
    async fn look(&mut self, daemon: &Daemon, now: Instant) {
        let fallback = daemon.book().paths.fallback.as_ref().map(|fallback| fallback.after);
        let after = fallback.and_then(|after| Duration::try_from(after).ok()).unwrap_or(RELAY_LOST);
        if !self.told && self.lasts(after, now) {
            let why = self.since.as_ref().map(|(_, why)| why.as_str()).unwrap_or_default();
            self.tell(daemon, true, HouseFact::began(Kind::Relay, "", why)).await;
        }
    }

    async fn tell(&mut self, daemon: &Daemon, lost: bool, fact: HouseFact) {
        self.told = lost;
        if let Err(error) = note(daemon, fact).await {
            tracing::error!("the operator could not be told of the relay: {error}");
        }
    }
}

/// What programs of the site are to tell. They wait for no relay.
async fn programs(daemon: &Daemon, limit: usize) -> Vec<Claimed> {
    claim(daemon, limit, Way::Programs).await.unwrap_or_else(|error| {
        tracing::error!("programs are started in a moment: {error}");
        Vec::new()
    })
}

/// Runs the program that a notice is for.
async fn tell(daemon: Daemon, notice: Claimed) {
    let book = daemon.book();
    let attempt = match book.paths.hook(&notice.to) {
        Some(hook) => hook::run(&book, hook, &notice).await,
        None => {
            let name = Paths::name_in(&notice.to).unwrap_or_default();
            Attempt::Failed(format!("there is no [[notify]] `{name}` any more"))
        }
    };
    match &attempt {
        Attempt::Delivered => tracing::info!("{} was told by {}", notice.person, notice.to.local()),
        Attempt::Failed(why) | Attempt::Deferred(why) | Attempt::Doubtful(why) | Attempt::NoRelay(why) => {
            tracing::warn!("{} was not told: {why}", notice.person);
        }
    }
    record(&daemon, notice, attempt).await;
}

async fn claim(daemon: &Daemon, limit: usize, way: Way) -> Result<Vec<Claimed>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let (now, book) = (daemon.clock.now(), daemon.book());
    let lease = daemon.lease(now);
    let work = move |store: &Connection| outbox::claim_by(store, &book, &lease, (limit, way), now);
    let (mails, superseded) = daemon.writer.run(work).await?;
    superseded.iter().for_each(|change| daemon.changed(change));
    Ok(mails)
}

async fn send(daemon: Daemon, relay: Relay, mail: Claimed) -> Ended {
    let outgoing =
        Outgoing { from: mail.from.as_ref(), to: &mail.to, id: &mail.message_id, bytes: &mail.bytes };
    let attempt = smtp::deliver(&relay, outgoing).await.attempt();
    match &attempt {
        Attempt::Delivered => tracing::info!("<{}> delivered to {}", mail.message_id, mail.to),
        Attempt::Deferred(why) | Attempt::Doubtful(why) => {
            tracing::warn!("<{}> to {} deferred: {why}", mail.message_id, mail.to)
        }
        Attempt::Failed(why) => tracing::warn!("<{}> to {} failed: {why}", mail.message_id, mail.to),
        Attempt::NoRelay(why) => tracing::debug!("<{}> to {} waits: {why}", mail.message_id, mail.to),
    }
    let ended = if let Attempt::NoRelay(why) = &attempt { Err(why.clone()) } else { Ok(()) };
    record(&daemon, mail, attempt).await;
    ended
}

/// Writes down how an attempt ended.
async fn record(daemon: &Daemon, mail: Claimed, attempt: Attempt) {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let record = move |store: &Connection| outbox::record(store, &book, &mail, &attempt, now);
    match daemon.writer.run(record).await {
        Ok(Some(change)) => daemon.changed(&change),
        Ok(None) => {}
        Err(Error::LostLease) => {
            tracing::warn!("a delivery took longer than its lease; it will be made again")
        }
        Err(error) => tracing::error!("a delivery could not be recorded; it will be made again: {error}"),
    }
}
