//! Owns the loop that works: mails that came in, and incidents that are due.

use std::sync::Arc;

use tokio::sync::watch;

use super::emergency::Emergency;
use super::{AFTER_FAILURE, Daemon};
use crate::book::Book;
use crate::gateway::{Change, Input};
use crate::house::HOUSE;
use crate::io::service::Loop;
use crate::io::store::{self, Error, Result, inbound, wake};
use crate::io::{composing, reading};
use crate::message::Message;

/// How many mails or incidents go into one transaction.
const AT_ONCE: usize = 64;

pub(super) async fn run(mut daemon: Daemon, stop: watch::Receiver<bool>) {
    let arrived = daemon.arrived.clone();
    let (mut known, mut emergency) = (None, Emergency::default());
    while !*stop.borrow() {
        daemon.pulse.beat(Loop::Step);
        emergency.look(&daemon).await;
        match round(&daemon, &mut known).await {
            Ok(true) => {}
            Ok(false) => {
                let mut stop = stop.clone();
                tokio::select! {
                    () = daemon.rest(&arrived, wake::next_work) => {}
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
async fn round(daemon: &Daemon, known: &mut Option<Arc<Book>>) -> Result<bool> {
    let (now, book) = (daemon.clock.now(), daemon.book());
    // Another configuration may want other things of the house, and at other times.
    if known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &book)) {
        look_at(daemon, vec![HOUSE]).await?;
        *known = Some(book.clone());
    }
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
    Ok(due(daemon).await? || compose(daemon).await? || mails)
}

/// Reads the mails and works on them in one transaction; when that fails, one by one.
async fn work(daemon: &Daemon, claimed: Vec<inbound::Claimed>) -> Result<()> {
    let raws: Vec<Vec<u8>> = claimed.iter().map(|mail| mail.raw.clone()).collect();
    let read = tokio::task::spawn_blocking(move || reading::read_in_time(raws))
        .await
        .map_err(|_| Error::Panicked)?;
    let mut readable = Vec::new();
    for (mail, message) in claimed.into_iter().zip(read) {
        match message {
            Ok(message) => readable.push((mail, message)),
            Err(why) => fail(daemon, mail, why.to_string()).await?,
        }
    }
    if finish(daemon, readable.clone()).await.is_ok() {
        return Ok(());
    }
    let mut trouble = Ok(());
    for (mail, message) in readable {
        match finish(daemon, vec![(mail.clone(), message)]).await {
            Ok(()) | Err(Error::LostLease) => {}
            Err(error) => {
                tracing::error!("mail {} could not be worked on: {error}", mail.id);
                trouble = trouble.and(put_back(daemon, mail, error).await);
            }
        }
    }
    trouble
}

/// What follows from a mail's failure; when it was the store's, an error, and the mail's attempt doesn't count.
async fn put_back(daemon: &Daemon, mail: inbound::Claimed, error: Error) -> Result<()> {
    if matches!(error, Error::NotCommitted(_) | Error::Closed | Error::Damaged(_)) {
        let _ = daemon.writer.run(move |store| inbound::give_back(store, &mail)).await;
        return Err(error);
    }
    fail(daemon, mail, error.to_string()).await
}

async fn finish(daemon: &Daemon, mails: Vec<(inbound::Claimed, Message)>) -> Result<()> {
    daemon.pulse.beat(Loop::Step);
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

/// Lets incidents do what is due, in one transaction; when that fails, one by one: an incident with something wrong
/// must not keep the others from being escalated.
async fn due(daemon: &Daemon) -> Result<bool> {
    let now = daemon.clock.now();
    let numbers = daemon.writer.run(move |store| wake::due(store, AT_ONCE, now)).await?;
    if numbers.is_empty() {
        return Ok(false);
    }
    if look_at(daemon, numbers.clone()).await.is_ok() {
        return Ok(true);
    }
    let mut trouble = Ok(true);
    for number in numbers {
        if let Err(error) = look_at(daemon, vec![number]).await {
            tracing::error!("incident {number} is due and can't be looked at: {error}");
            trouble = Err(error);
        }
    }
    trouble
}

/// Composes one copy of a digest or a report that is due.
async fn compose(daemon: &Daemon) -> Result<bool> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let of = book.clone();
    let Some(task) = daemon.writer.run(move |store| composing::next(store, &of, now)).await? else {
        return Ok(false);
    };
    let of = book.clone();
    let composed = tokio::task::spawn_blocking(move || composing::compose(&of, &task, now)).await;
    let composed = composed.map_err(|_| Error::Panicked)?;
    let work = move |store: &store::Connection| store::work(store, &book, composed.input(), now);
    daemon.changed(&daemon.writer.run(work).await?);
    Ok(true)
}

async fn look_at(daemon: &Daemon, numbers: Vec<u64>) -> Result<()> {
    let (book, now) = (daemon.book(), daemon.clock.now());
    let work = move |store: &store::Connection| -> Result<Vec<Change>> {
        numbers.into_iter().map(|number| store::work(store, &book, Input::Due(number), now)).collect()
    };
    for change in daemon.writer.run(work).await? {
        daemon.changed(&change);
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::{SignedDuration, Timestamp};
    use tokio::sync::Notify;

    use super::*;
    use crate::config::remote::Security;
    use crate::config::{self, Files};
    use crate::incident::Fact;
    use crate::io::clock::Clock;
    use crate::io::delivery::{Relay, Timeouts};
    use crate::io::net::{Server, Trust};
    use crate::io::store::writer::Writer;
    use crate::io::store::{Store, tests::damage, views};
    use crate::message;
    use crate::token::Keys;

    const SITE: &str = r#"
        gateway = { address = "incidents@example.com", operator = "infra" }
        party = [{ id = "infra", people = ["kato"] }]
        person = [{ id = "kato", name = "Kato", addresses = ["kato@example.com"] }]
    "#;
    const RULES: &str = r#"rule = [{ name = "all", when = { subject = "." }, then = { action = "open", severity = "sev3" } }]"#;

    fn book() -> Book {
        let files = Files {
            main: ("firebell.toml".to_owned(), SITE.to_owned()),
            rules: vec![("rules/site.toml".to_owned(), RULES.to_owned())],
            ..Files::default()
        };
        config::read(&files, Keys::for_rehearsal()).unwrap().book
    }

    pub(in crate::io::daemon) fn daemon(store: Store, book: Book, now: Timestamp) -> Daemon {
        Daemon {
            writer: Writer::start(store).unwrap(),
            book: watch::channel(Arc::new(book)).1,
            clock: Clock::Story(watch::channel(now).1),
            pace: crate::io::daemon::Pace { connections: 1, per_minute: None },
            spare: None,
            relay: Relay {
                server: Server {
                    host: "127.0.0.1".to_owned(),
                    port: 9,
                    security: Security::Plain,
                    trust: Trust::nobody().unwrap(),
                },
                hello: "example.com".to_owned(),
                login: None,
                timeouts: Timeouts::default(),
            },
            instance: "one".to_owned(),
            arrived: Arc::new(Notify::new()),
            queued: Arc::new(Notify::new()),
            pulse: crate::io::service::Pulse::default(),
        }
    }

    #[tokio::test]
    async fn an_incident_that_can_not_be_read_keeps_no_other_from_being_escalated() {
        let (book, opened) = (book(), "2026-11-22T01:00:00Z".parse::<Timestamp>().unwrap());
        let mut store = Store::in_memory().unwrap();
        for name in ["one", "two"] {
            let raw =
                format!("From: a@example.org\r\nMessage-ID: <{name}@a>\r\nSubject: {name}\r\n\r\n{name}\r\n");
            let mail = message::read(raw.as_bytes());
            store
                .write(|store| {
                    store::work(store, &book, Input::Mail(&mail, crate::gateway::Arrival::At(opened)), opened)
                })
                .unwrap();
        }
        store
            .write(|store| {
                damage(store, 1);
                Ok(())
            })
            .unwrap();
        let daemon = daemon(store, book, opened + SignedDuration::from_mins(1));
        assert!(due(&daemon).await.is_err());
        let events = daemon.writer.run(|store| views::events(store, 2)).await.unwrap();
        assert!(events.iter().any(|event| matches!(event.fact, Fact::Escalated { .. })), "{events:?}");
    }
}
