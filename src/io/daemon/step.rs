//! Owns the loop that works: mails that came in, and incidents that are due.

use tokio::sync::watch;

use super::{AFTER_FAILURE, Daemon};
use crate::gateway::{Change, Input};
use crate::io::reading;
use crate::io::store::{self, Error, Result, inbound};
use crate::message::Message;

/// How many mails or incidents go into one transaction.
const AT_ONCE: usize = 64;

pub(super) async fn run(mut daemon: Daemon, stop: watch::Receiver<bool>) {
    let arrived = daemon.arrived.clone();
    while !*stop.borrow() {
        match round(&daemon).await {
            Ok(true) => {}
            Ok(false) => {
                let mut stop = stop.clone();
                tokio::select! {
                    () = daemon.rest(&arrived) => {}
                    _ = stop.changed() => {}
                }
            }
            Err(error) => {
                tracing::error!("work goes on in a moment: {error}");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// One round; false when there was nothing to do.
async fn round(daemon: &Daemon) -> Result<bool> {
    let (now, book) = (daemon.clock.now(), daemon.book());
    let lease = daemon.lease(now);
    let claimed = daemon
        .writer
        .run(move |store| {
            inbound::quarantine(store, &book, now)?;
            inbound::claim(store, &lease, AT_ONCE, now)
        })
        .await?;
    let mails = !claimed.is_empty();
    if mails {
        work(daemon, claimed).await?;
    }
    Ok(due(daemon).await? || mails)
}

/// Reads the mails and works on them in one transaction; when that fails, one by one.
async fn work(daemon: &Daemon, claimed: Vec<inbound::Claimed>) -> Result<()> {
    let raws: Vec<Vec<u8>> = claimed.iter().map(|mail| mail.raw.clone()).collect();
    let read = tokio::task::spawn_blocking(move || reading::read(raws)).await.map_err(|_| Error::Panicked)?;
    let mut readable = Vec::new();
    for (mail, message) in claimed.into_iter().zip(read) {
        match message {
            Some(message) => readable.push((mail, message)),
            None => fail(daemon, mail, "reading it panicked, which is a bug".to_owned()).await?,
        }
    }
    if finish(daemon, readable.clone()).await.is_ok() {
        return Ok(());
    }
    for (mail, message) in readable {
        match finish(daemon, vec![(mail.clone(), message)]).await {
            Ok(()) | Err(Error::LostLease) => {}
            Err(error) => {
                tracing::error!("mail {} could not be worked on: {error}", mail.id);
                fail(daemon, mail, error.to_string()).await?;
            }
        }
    }
    Ok(())
}

async fn finish(daemon: &Daemon, mails: Vec<(inbound::Claimed, Message)>) -> Result<()> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let work = move |store: &store::Connection| -> Result<Vec<Change>> {
        mails.iter().map(|(mail, message)| inbound::finish(store, &book, mail, message, now)).collect()
    };
    for change in daemon.writer.run(work).await? {
        daemon.changed(&change);
    }
    Ok(())
}

async fn fail(daemon: &Daemon, mail: inbound::Claimed, why: String) -> Result<()> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    daemon.writer.run(move |store| inbound::fail(store, &book, &mail, &why, now)).await
}

/// Lets incidents do what is due.
async fn due(daemon: &Daemon) -> Result<bool> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let work = move |store: &store::Connection| -> Result<Vec<Change>> {
        let due = inbound::due(store, AT_ONCE, now)?;
        due.into_iter().map(|number| store::work(store, &book, Input::Due(number), now)).collect()
    };
    let changes = daemon.writer.run(work).await?;
    changes.iter().for_each(|change| daemon.changed(change));
    Ok(!changes.is_empty())
}
