//! Owns `firebell run`: opens everything, starts the loops, and listens to signals.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};

use super::{End, Failure, site};
use crate::book::Book;
use crate::config::remote::Source;
use crate::io::clock::Clock;
use crate::io::daemon::{self, Daemon};
use crate::io::delivery::{Relay, Timeouts};
use crate::io::files::{self, Loaded};
use crate::io::store::writer::Writer;
use crate::io::store::{Store, wake};
use crate::token::Keys;

/// Takes mail in, works on it, sends what is owed, until SIGTERM or Ctrl-C.
///
/// Needs `[mailbox] listen`, `[relay] smtp` and `[security] key_file`. What it does goes to standard error, a line a
/// fact (RUST_LOG=firebell=debug says more). SIGHUP reads the configuration anew, all or nothing. It may be killed at
/// any time: nothing is lost by that.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell run --config /etc/firebell/firebell.toml

Next:     mail an alert to the mailbox; `firebell incidents` shows what came of it.")]
pub(super) struct Arguments {}

/// Runs.
pub(super) fn run(config: Option<&Path>, _: &Arguments) -> Result<End, Failure> {
    let config = config.unwrap_or(Path::new(site::DEFAULT));
    let loaded = site::load(Some(config))?;
    let ready = ready(&loaded)?;
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "firebell=info,warn".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .init();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| because("starting", error))?;
    runtime.block_on(serve(config.to_owned(), loaded, ready))?;
    Ok(End::Done)
}

/// What `run` needs beyond a configuration without mistakes.
struct Ready {
    listen: SocketAddr,
    relay: Relay,
    data: PathBuf,
}

fn ready(loaded: &Loaded) -> Result<Ready, Failure> {
    if let Some(no_key) = &loaded.no_key {
        return Err(Failure::Mistakes(vec![no_key.clone()]));
    }
    let config = &loaded.config;
    let missing = |what: &str, line: &str| {
        Failure::Impossible(format!("{what} is missing: write `{line}`, then `firebell check`"))
    };
    let listens = config.mailboxes.iter().find_map(|mailbox| match &mailbox.source {
        Source::Listen(address) => Some(address),
        Source::Imap { .. } | Source::Maildir(_) => None,
    });
    let listen = listens.ok_or_else(|| missing("[mailbox]", "mailbox.listen = \"127.0.0.1:2525\""))?;
    let relay =
        config.relay.as_ref().ok_or_else(|| missing("[relay]", "relay.smtp = \"smtp://127.0.0.1:25\""))?;
    Ok(Ready {
        listen: listen.parse().map_err(|error| because("mailbox.listen", error))?,
        relay: Relay {
            host: relay.server.host.clone(),
            port: relay.server.port,
            hello: config.book.address.domain().to_owned(),
            timeouts: Timeouts::default(),
        },
        data: PathBuf::from(&config.data),
    })
}

async fn serve(config: PathBuf, loaded: Loaded, ready: Ready) -> Result<(), Failure> {
    // Held until the end: two firebells on one store would both think that they are alone.
    let _lock = site::lock(&ready.data)?;
    let mut store =
        Store::open(&ready.data.join(site::DATABASE)).map_err(|error| because("the store", error))?;
    store.write(release).map_err(|error| because("the store", error))?;
    let writer = Writer::start(store).map_err(|error| because("the store", error))?;
    // Before anybody is told that firebell runs: a signal that nobody listens to kills.
    let signals = Signals::listen().map_err(|error| because("listening to signals", error))?;
    let listener = TcpListener::bind(ready.listen)
        .await
        .map_err(|error| because(&format!("listening on {}", ready.listen), error))?;
    let address = listener.local_addr().map_err(|error| because("listening", error))?;
    let (book, books) = watch::channel(Arc::new(loaded.config.book));
    let daemon = Daemon {
        writer,
        book: books,
        clock: Clock::World,
        relay: ready.relay,
        instance: format!("firebell-{}", std::process::id()),
        arrived: Arc::new(Notify::new()),
        queued: Arc::new(Notify::new()),
    };
    let (stop, stopping) = watch::channel(false);
    tracing::info!("firebell takes mail for {} on {address}", daemon.book().address);
    let signals = tokio::spawn(signals.obey(config, daemon.clone(), book, stop));
    daemon.run(listener, stopping).await;
    signals.abort();
    tracing::info!("firebell has stopped");
    Ok(())
}

/// A failure with what was being done.
fn because(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::Impossible(format!("{what}: {error}"))
}

fn release(store: &crate::io::store::Transaction<'_>) -> crate::io::store::Result<()> {
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

    /// SIGTERM and SIGINT stop, SIGHUP reads the configuration anew: all of it, or with a mistake nothing.
    async fn obey(
        mut self,
        config: PathBuf,
        daemon: Daemon,
        book: watch::Sender<Arc<Book>>,
        stop: watch::Sender<bool>,
    ) {
        loop {
            tokio::select! {
                _ = self.hup.recv() => reload(&config, &daemon, &book).await,
                _ = self.term.recv() => break,
                _ = self.int.recv() => break,
            }
        }
        tracing::info!("stopping");
        // Nobody listens only when everything has stopped already.
        let _ = stop.send(true);
        std::future::pending::<()>().await;
    }
}

async fn reload(config: &Path, daemon: &Daemon, book: &watch::Sender<Arc<Book>>) {
    let mistakes = match files::load(config, Keys::for_rehearsal()) {
        Ok(Loaded { config, no_key: None }) => {
            let _ = book.send(Arc::new(config.book));
            tracing::info!(
                "the configuration was read anew; mailbox and relay change at the next start only"
            );
            return;
        }
        Ok(Loaded { no_key: Some(no_key), .. }) => vec![no_key],
        Err(mistakes) => mistakes,
    };
    let mistakes = mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    tracing::error!("the changed configuration has mistakes, the old one stays:\n{mistakes}");
    if let Err(error) = daemon::refuse_reload(daemon, mistakes).await {
        tracing::error!("the operator could not be told: {error}");
    }
}
