//! Owns `firebell why`: the chain of facts behind each mail of an incident.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::output::{self, NAME, paint};
use super::{End, Failure, site};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::Language;
use crate::incident::words::{clock, kind_words, line, one_line};
use crate::incident::{Event, Incident, SentNotice, because};
use crate::io::clock::Clock;
use crate::io::store::find;
use crate::io::store::views::{self, Queued};
use crate::notice::{self, Reader};

/// `firebell why`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell why INC-42
          firebell why INC-42 7
          firebell why INC-42 client-a/2 --json

Mails of a thread are numbered: 7 is the seventh mail to the house, client-a/2 the second to that client.

Next:     `firebell show INC-42` has the whole timeline; `firebell outbox --all` what the relay said.")]
pub(super) struct Arguments {
    /// `INC-42`, or just `42`
    #[arg(value_name = "INCIDENT")]
    incident: String,
    /// `7`, or `client-a/2` in a client's thread; all mails without it
    #[arg(value_name = "NOTICE")]
    notice: Option<String>,
    /// One JSON object for each mail, on a line of its own
    #[arg(long)]
    json: bool,
}

/// What JSON says of a mail.
#[derive(Debug, Serialize)]
struct Chain {
    notice: String,
    person: String,
    kind: String,
    queued_at: Timestamp,
    outbox: Option<String>,
    because: Vec<Link>,
}

/// One fact of a chain.
#[derive(Debug, Serialize)]
struct Link {
    seq: u32,
    at: Timestamp,
    line: String,
}

/// Says why.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let loaded = site::load_without_rules(config)?;
    let book = &loaded.config.book;
    let number = site::number(book, loaded.no_key.is_none(), &arguments.incident, Clock::World.now())?;
    let store = site::store(&loaded.config)?;
    let found = store.read(|connection| {
        let events = views::events(connection, number)?;
        Ok((find::incident(connection, number)?, events, views::outbox(connection, true)?))
    })?;
    let (Some(incident), events, outbox) = found else { return Err(site::no_such(book, &store, number)) };
    let wanted =
        |sent: &&SentNotice| arguments.notice.as_ref().is_none_or(|name| *name == notice::name_of(sent));
    let chains: Vec<Chain> = incident
        .notices
        .iter()
        .filter(wanted)
        .map(|sent| chain(book, sent, &events, &outbox, number))
        .collect();
    if let (true, Some(name)) = (chains.is_empty(), &arguments.notice) {
        return Err(Failure::Impossible(no_such_mail(book, &incident, name)));
    }
    for chain in &chains {
        if arguments.json {
            output::print_json(chain)?;
        } else {
            output::print(&text(book, chain))?;
        }
    }
    if chains.is_empty() && !arguments.json {
        output::print("Nobody was mailed anything of it.\n")?;
    }
    Ok(End::Done)
}

fn no_such_mail(book: &Book, incident: &Incident, name: &str) -> String {
    let label = notice::label(book, incident.number);
    let inner = incident.notices.iter().filter(|sent| sent.audience == Audience::Inner).count();
    let name = one_line(name);
    format!("{label} has no mail {name}; the house's are 1 to {inner}, a client's are named `client-a/1`")
}

fn chain(book: &Book, sent: &SentNotice, events: &[Event], outbox: &[Queued], number: u64) -> Chain {
    let link = |event: &Event| Link { seq: event.seq, at: event.at, line: line(event, &book.zone) };
    let same = |mail: &&Queued| {
        mail.incident == number && mail.person == sent.person.as_str() && mail.queued_at == sent.queued_at
    };
    let waits = outbox.iter().filter(same).find(|mail| !matches!(mail.state.as_str(), "delivered"));
    let state = |mail: &Queued| format!("{} {}", mail.state, one_line(&mail.reply)).trim().to_owned();
    Chain {
        notice: notice::name_of(sent),
        person: sent.person.to_string(),
        kind: kind_words(&sent.kind),
        queued_at: sent.queued_at,
        outbox: waits.filter(|_| sent.told_at.is_none()).map(state),
        because: because(events, sent).into_iter().map(link).collect(),
    }
}

fn text(book: &Book, chain: &Chain) -> String {
    let reader = Reader::anybody(book, Language::En, chain.queued_at);
    let Chain { notice, person, kind, .. } = chain;
    let mut text = format!("{}: {kind}, to {person}\n", paint(NAME, &format!("mail {notice}")));
    for link in &chain.because {
        text.push_str(&format!("  {}  {}\n", clock(link.at, &reader.zone), link.line));
    }
    if let Some(state) = &chain.outbox {
        text.push_str(&format!("  in the outbox: {state}\n"));
    }
    text
}
