//! Owns the loop that lets go of mails that were kept for long enough, every hour a few at a time.
//! Never holds the store for long: whoever takes mail in waits for one small transaction at most.

use std::time::Duration;

use tokio::sync::watch;

use super::{Daemon, stopped};
use crate::io::store::Result;
use crate::io::store::keeping::{self, Place};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How long it leaves the store to others in between.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn run(daemon: Daemon, stop: watch::Receiver<bool>) {
    loop {
        let round = async {
            tokio::time::sleep(EVERY).await;
            match round(&daemon).await {
                Ok(0) => {}
                Ok(gone) => tracing::info!("{gone} mails are not kept any more: they are old enough"),
                Err(error) => tracing::error!("old mails stay for another hour: {error}"),
            }
        };
        tokio::select! {
            () = round => {}
            () = stopped(stop.clone()) => return,
        }
    }
}

/// Lets go of all that is old enough; how many mails that were.
async fn round(daemon: &Daemon) -> Result<u64> {
    let Some(keep) = daemon.book().limits.keep_mail else { return Ok(0) };
    let Ok(before) = daemon.clock.now().checked_sub(keep) else { return Ok(0) };
    let (mut place, mut more) = (Place::default(), true);
    while more {
        (place, more) = daemon.writer.run(move |store| keeping::some(store, place, before)).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(place.gone)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::io::clock::Clock;
    use crate::io::daemon::step::tests::daemon;
    use crate::io::store::{Store, find, inbound, past};

    const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

    #[tokio::test(start_paused = true)]
    async fn a_mail_is_gone_once_it_was_kept_for_two_years_and_not_before() {
        let (mut store, came) = (Store::in_memory().unwrap(), "2026-11-22T01:00:00Z".parse().unwrap());
        store
            .write(|c| inbound::deposit(c, b"From: a@example.net\r\nSubject: x\r\n\r\nx\r\n", came))
            .unwrap();
        let mut daemon = daemon(store, crate::rehearsal::standard_cast().unwrap(), came);
        let book = daemon.book();
        let mail = (*daemon
            .writer
            .run(move |c| {
                let lease = crate::io::store::Lease { owner: "t".to_owned(), until: came + YEAR };
                inbound::claim(c, &lease, 1, came)
            })
            .await
            .unwrap())
        .first()
        .unwrap()
        .clone();
        let message = crate::message::read(&mail.raw);
        let of = book.clone();
        daemon.writer.run(move |c| inbound::finish(c, &of, &mail, &message, came)).await.unwrap();
        assert!(daemon.writer.run(find::house).await.unwrap().unmatched == 1);
        let (now, clock) = watch::channel(came + YEAR);
        daemon.clock = Clock::Story(clock);
        let (stop, stopping) = watch::channel(false);
        let loops = tokio::spawn(run(daemon.clone(), stopping));
        let is_kept = async || daemon.writer.run(|c| past::raw(c, 1)).await.is_ok();
        tokio::time::sleep(EVERY * 3).await;
        assert!(is_kept().await);
        now.send_replace(came + YEAR * 2 + SignedDuration::from_secs(1));
        while is_kept().await {
            tokio::time::sleep(EVERY).await;
        }
        stop.send_replace(true);
        loops.await.unwrap();
    }
}
