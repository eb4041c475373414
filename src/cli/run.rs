//! Owns `firebell run`: opens everything, starts the loops, and listens to signals.

mod edits;
mod restored;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

use super::{End, Failure, site};
use crate::config::log::{LOG_FORMATS, LogFormat};
use crate::directory::Address;
use crate::io::clock::Clock;
use crate::io::connections;
use crate::io::daemon::{Daemon, Inlet, OpenInlet, Pace, Spare};
use crate::io::delivery::Relay;
use crate::io::disk;
use crate::io::files::Loaded;
use crate::io::log;
use crate::io::service::{Manager, Pulse};
use crate::io::store::writer::Writer;
use crate::io::store::{Store, health, wake};

use edits::Edits;

/// Takes mail in, works on it, sends what is owed, until SIGTERM or Ctrl-C.
///
/// Needs a `[mailbox]`, a `[relay]` and `[security] key_file`. What it does goes to standard error, a line a
/// fact, never with a word of a mail (RUST_LOG=firebell=debug says more). A change of firebell.toml or rules/, and SIGHUP, read the
/// configuration anew, all or nothing. It may be killed at
/// any time: nothing is lost by that.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell run --config /etc/firebell/firebell.toml

Next:     mail an alert to the mailbox; `firebell incidents` shows what came of it.")]
pub(super) struct Arguments {
    /// Form of the log: plain, journald or json [default: [log] format, else what fits whoever listens]
    #[arg(long, value_name = "FORM", value_parser = form)]
    log: Option<LogFormat>,
    /// The store was put back from a backup, and nothing beside it says so: go through the mailboxes again
    #[arg(long)]
    restored: bool,
}

fn form(text: &str) -> Result<LogFormat, String> {
    let known = LOG_FORMATS.iter().find(|(name, _)| *name == text);
    known.map(|(_, form)| *form).ok_or_else(|| "it is `plain`, `journald` or `json`".to_owned())
}

/// Runs.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = config.unwrap_or(Path::new(site::DEFAULT));
    let loaded = site::load(Some(config))?;
    let ready = ready(&loaded, arguments.restored)?;
    let _log = log::start(arguments.log.or(loaded.config.log))
        .map_err(|error| because("starting the log", error))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| because("starting", error))?;
    runtime.block_on(serve(config.to_owned(), loaded, ready))?;
    Ok(End::Done)
}

/// What `run` needs beyond a configuration without mistakes.
struct Ready {
    inlets: Vec<Inlet>,
    relay: Relay,
    pace: Pace,
    spare: Option<Spare>,
    data: PathBuf,
    restored: bool,
}

fn ready(loaded: &Loaded, restored: bool) -> Result<Ready, Failure> {
    if let Some(no_key) = &loaded.no_key {
        return Err(Failure::Mistakes(vec![no_key.clone()]));
    }
    let config = &loaded.config;
    let missing = |what: &str, line: &str| {
        Failure::Impossible(format!("{what} is missing: write `{line}`, then `firebell check`"))
    };
    if config.mailboxes.is_empty() {
        return Err(missing("[mailbox]", "mailbox.imap = \"imaps://USER@HOST/INBOX\""));
    }
    let address =
        config.relay.as_ref().ok_or_else(|| missing("[relay]", "relay.smtp = \"submission://USER@HOST\""))?;
    Ok(Ready {
        inlets: connections::inlets(config).map_err(Failure::Mistakes)?,
        relay: connections::relay(config, address).map_err(|mistake| Failure::Mistakes(vec![mistake]))?,
        spare: connections::spare(config, address).map_err(|mistake| Failure::Mistakes(vec![mistake]))?,
        pace: Pace { connections: address.connections, per_minute: address.per_minute },
        data: PathBuf::from(&config.data),
        restored,
    })
}

/// Opens the mailboxes; addresses are listened on from now on.
async fn open(inlets: Vec<Inlet>, address: &Address) -> Result<Vec<OpenInlet>, Failure> {
    let mut open = Vec::new();
    for inlet in inlets {
        let name = inlet.name().to_owned();
        let inlet =
            OpenInlet::open(inlet).await.map_err(|error| because(&format!("listening on {name}"), error))?;
        match &inlet {
            OpenInlet::Listening(listener) => {
                let at = listener.local_addr().map_err(|error| because("listening", error))?;
                tracing::info!("firebell takes mail for {address} on {at}");
            }
            OpenInlet::Imap(_) | OpenInlet::Maildir(_) => {
                tracing::info!("firebell takes mail for {address} from {name}");
            }
        }
        open.push(inlet);
    }
    Ok(open)
}

async fn serve(config: PathBuf, loaded: Loaded, ready: Ready) -> Result<(), Failure> {
    // Held until the end: two firebells on one store would both think that they are alone.
    let _lock = site::lock(&ready.data)?;
    if let Some(name) = disk::network(&ready.data) {
        return Err(Failure::Impossible(format!(
            "the data directory {} lies on a network file system ({name}), where a store can be damaged: put `data` on a \
             disk of this computer",
            ready.data.display()
        )));
    }
    let path = ready.data.join(site::DATABASE);
    health::examine(&path)?;
    let mut store = Store::open(&path)?;
    store.write(release).map_err(|error| because("the store", error))?;
    let witness = restored::look(&mut store, &loaded.config.book, &ready)?;
    let writer = Writer::seen_by(store, witness).map_err(|error| because("the store", error))?;
    // Before anybody is told that firebell runs: a signal that nobody listens to kills.
    let signals = Signals::listen().map_err(|error| because("listening to signals", error))?;
    let inlets = open(ready.inlets, &loaded.config.book.address).await?;
    let (book, books) = watch::channel(Arc::new(loaded.config.book));
    let daemon = Daemon {
        writer,
        book: books,
        clock: Clock::World,
        relay: ready.relay,
        pace: ready.pace,
        spare: ready.spare,
        instance: format!("firebell-{}", std::process::id()),
        arrived: Arc::new(Notify::new()),
        queued: Arc::new(Notify::new()),
        pulse: Pulse::default(),
    };
    let manager = Manager::of_environment();
    manager.ready(&format!("takes mail for {}", daemon.book().address));
    let watching = tokio::spawn(manager.clone().watch(daemon.pulse.clone()));
    let (stop, stopping) = watch::channel(false);
    let signals = tokio::spawn(signals.obey(Edits::of(config, book), daemon.clone(), manager, stop));
    daemon.run(inlets, stopping).await;
    signals.abort();
    watching.abort();
    tracing::info!("firebell has stopped");
    Ok(())
}

/// A failure with what was being done.
fn because(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::Impossible(format!("{what}: {error}"))
}

fn release(store: &crate::io::store::Connection) -> crate::io::store::Result<()> {
    wake::release_all(store)
}

/// What whoever runs firebell can say to the process.
struct Signals {
    term: Signal,
    int: Signal,
    hup: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
            hup: signal(SignalKind::hangup())?,
        })
    }

    /// SIGTERM and SIGINT stop; SIGHUP, and any change of its files, reads the configuration anew.
    async fn obey(mut self, mut edits: Edits, daemon: Daemon, manager: Manager, stop: watch::Sender<bool>) {
        loop {
            tokio::select! {
                _ = self.hup.recv() => edits.reload(&daemon).await,
                () = edits.made() => edits.reload(&daemon).await,
                _ = self.term.recv() => break,
                _ = self.int.recv() => break,
            }
        }
        tracing::info!("stopping");
        manager.stopping();
        // Nobody listens only when everything has stopped already.
        let _ = stop.send(true);
        std::future::pending::<()>().await;
    }
}
