//! Owns the stage of the demo: a firebell, the recipients' mail server, and a clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::impossible;
use crate::book::Book;
use crate::cli::{Failure, site};
use crate::config::remote::Security;
use crate::directory::Address;
use crate::io::clock::Clock;
use crate::io::daemon::{Daemon, OpenInlet, Pace};
use crate::io::delivery::{self, Outcome, Outgoing, Relay, Timeouts};
use crate::io::mailbox::smtp::{self, Accept, Limits, Refused};
use crate::io::net::{Server, Trust};
use crate::io::store::writer::Writer;
use crate::io::store::{Store, views, wake};
use crate::message::{self, Message};
use crate::rehearsal::mails::{self, Answered, Draft};
use crate::rehearsal::script::{Line, What};

/// How often to look whether firebell has done everything there is to do.
const LOOK: Duration = Duration::from_millis(2);
/// When to say that it never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail that arrived at its recipient's.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    /// To whom.
    pub(super) to: Address,
    /// As received.
    pub(super) raw: Vec<u8>,
    /// As read.
    pub(super) message: Arc<Message>,
}

/// The stage.
pub(super) struct Stage {
    pub(super) daemon: Daemon,
    now: watch::Sender<Timestamp>,
    firebell: Relay,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    written: usize,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

impl Stage {
    /// Sets the stage in a folder that is made anew.
    pub(super) async fn set(into: &Path, book: Book, first: Timestamp) -> Result<Self, Failure> {
        clear(into)?;
        let (stop, stopping) = watch::channel(false);
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (recipients, server) = listen(&book).await?;
        let mut running =
            vec![tokio::spawn(receive(server, into.join("mails"), arrived.clone(), stopping.clone()))];
        let (firebell, listener) = listen(&book).await?;
        let store =
            Store::open(&into.join(site::DATABASE)).map_err(|error| impossible("the store", error))?;
        let writer = Writer::start(store).map_err(|error| impossible("the store", error))?;
        let (now, time) = watch::channel(first);
        let daemon = Daemon {
            writer,
            book: watch::channel(Arc::new(book)).1,
            clock: Clock::Story(time),
            relay: recipients,
            pace: Pace { connections: 4, per_minute: None },
            spare: None,
            instance: "demo".to_owned(),
            arrived: Arc::new(Notify::new()),
            queued: Arc::new(Notify::new()),
            pulse: crate::io::service::Pulse::default(),
        };
        running.push(tokio::spawn(daemon.clone().run(vec![OpenInlet::Listening(listener)], stopping)));
        Ok(Self { daemon, now, firebell, arrived, written: 0, stop, running })
    }

    /// The story's time.
    pub(super) fn now(&self) -> Timestamp {
        *self.now.borrow()
    }

    /// The next time at which something happens by itself until `end`, or `end` itself; None once it is reached.
    pub(super) async fn next_beat(&self, end: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let wake = self.daemon.writer.run(wake::next_wake).await?;
        let now = self.now();
        let next = wake.filter(|wake| *wake > now).map_or(end, |wake| wake.min(end));
        Ok((next > now).then_some(next))
    }

    /// Moves the clock, and waits until firebell has done all that is due then.
    pub(super) async fn go_to(&self, time: Timestamp) -> Result<(), Failure> {
        self.now.send_replace(time);
        self.settle().await
    }

    /// Lets happen what a line of the story says.
    pub(super) async fn act(&mut self, line: &Line) -> Result<(), Failure> {
        let What::Mail { from, about, headers, body } = &line.what else { return Ok(()) };
        self.written += 1;
        let (book, number, now) = (self.daemon.book(), self.written, self.now());
        let answers = about.strip_prefix("re ").and_then(|_| self.newest_for(&book, from));
        let answers = answers.as_ref();
        let raw = mails::write(&Draft { book: &book, number, from, about, headers, body, answers, now });
        let to = message::read(&raw).recipients.first().cloned().unwrap_or_else(|| book.address.clone());
        let sender = mails::address(&book, from);
        let mail = Outgoing { from: Some(&sender), to: &to, id: "", bytes: &raw };
        match delivery::smtp::deliver(&self.firebell, mail).await {
            Outcome::Delivered { .. } => self.settle().await,
            other => Err(Failure::Impossible(format!("firebell did not take a mail: {other:?}"))),
        }
    }

    /// Mails that arrived, from the `from`-th on.
    pub(super) fn arrived(&self, from: usize) -> Vec<Arrived> {
        let arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        arrived.iter().skip(from).cloned().collect()
    }

    /// Ends everything.
    pub(super) async fn strike(self) {
        // Nobody listens only when everything has ended already.
        let _ = self.stop.send(true);
        for task in self.running {
            let _ = task.await;
        }
    }

    fn newest_for(&self, book: &Book, person: &str) -> Option<Answered> {
        let address = mails::address(book, person);
        let mail = self.arrived(0).into_iter().rev().find(|mail| mail.to == address)?;
        let (subject, message_id) = (mail.message.subject.clone(), mail.message.message_id.clone());
        Some(Answered { subject, message_id, bytes: mail.raw })
    }

    /// Waits until nothing is left to be done at this time.
    async fn settle(&self) -> Result<(), Failure> {
        self.daemon.arrived.notify_one();
        self.daemon.queued.notify_one();
        let settled = async {
            loop {
                let now = self.now();
                let left = move |store: &crate::io::store::Connection| {
                    let (mails, notices) = views::backlog(store, now)?;
                    Ok(mails + notices + views::overdue(store, now)?)
                };
                if self.daemon.writer.run(left).await? == 0 {
                    return Ok(());
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let late = || Failure::Impossible("firebell does not come to rest, which is a bug".to_owned());
        tokio::time::timeout(PATIENCE, settled).await.map_err(|_| late())?
    }
}

/// Removes what an earlier demo left, and nothing else.
fn clear(into: &Path) -> Result<(), Failure> {
    let because = |error: std::io::Error| impossible(&into.display().to_string(), error);
    if into.exists() {
        if !into.join(site::DATABASE).is_file() && fs::read_dir(into).map_err(because)?.next().is_some() {
            let text =
                format!("{} is there and no demo made it: choose another folder with --into", into.display());
            return Err(Failure::Impossible(text));
        }
        fs::remove_dir_all(into).map_err(because)?;
    }
    fs::create_dir_all(into.join("mails")).map_err(because)
}

async fn listen(book: &Book) -> Result<(Relay, TcpListener), Failure> {
    let because = |error: std::io::Error| impossible("listening on 127.0.0.1", error);
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(because)?;
    let port = listener.local_addr().map_err(because)?.port();
    let hello = book.address.domain().to_owned();
    let trust = Trust::nobody().map_err(|error| impossible("TLS", error))?;
    let server = Server { host: "127.0.0.1".to_owned(), port, security: Security::Plain, trust };
    Ok((Relay { server, hello, login: None, timeouts: Timeouts::default() }, listener))
}

/// The recipients' mail server: takes everything, and leaves it as `mails/RECIPIENT/01.eml`.
async fn receive(
    listener: TcpListener,
    into: PathBuf,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    mut stop: watch::Receiver<bool>,
) {
    let deposit = move |envelope: smtp::Envelope, raw: Vec<u8>| {
        let (into, arrived) = (into.clone(), arrived.clone());
        async move {
            let message = Arc::new(message::read(&raw));
            let mut arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner);
            for to in envelope.recipients {
                let number = arrived.iter().filter(|mail| mail.to == to).count() + 1;
                let folder = into.join(to.as_str());
                fs::create_dir_all(&folder)
                    .and_then(|()| fs::write(folder.join(format!("{number:02}.eml")), &raw))
                    .map_err(|error| Refused { why: error.to_string() })?;
                arrived.push(Arrived { to, raw: raw.clone(), message: message.clone() });
            }
            Ok(())
        }
    };
    let stopped = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    smtp::serve(listener, Accept::Any, Limits::default(), deposit, stopped).await;
}
