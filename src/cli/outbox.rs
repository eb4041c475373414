//! Owns `firebell outbox`: the mails that wait, and what became of the others.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::output::{self, NAME, QUIET, WARNING, WELL, WRONG, paint};
use super::{End, Failure, site};
use crate::book::Book;
use crate::directory::{Address, Language};
use crate::house::{HOUSE, House};
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::store::find;
use crate::io::store::views::{self, Queued};
use crate::notice::{self, Reader};

/// `firebell outbox`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell outbox
          firebell outbox --all --json | jq 'select(.state == \"failed\")'

A mail that the relay doesn't take is tried again after 1, 5, 15 and 30 minutes, then hourly for 48 hours. One that
was overtaken by events is superseded, and never sent.

Next:     the relay's own words stand behind each mail; mend [relay] in firebell.toml or call whoever runs the relay.")]
pub(super) struct Arguments {
    /// One JSON object for each mail, on a line of its own
    #[arg(long)]
    json: bool,
    /// Those that are delivered, failed or superseded, too
    #[arg(long)]
    all: bool,
}

/// What JSON says of a mail.
#[derive(Debug, Serialize)]
struct Mail<'a> {
    id: i64,
    state: &'a str,
    incident: Option<String>,
    person: &'a str,
    to: &'a str,
    subject: &'a str,
    summary: &'a str,
    message_id: &'a str,
    attempts: u32,
    queued_at: Timestamp,
    next_attempt: Option<Timestamp>,
    reply: &'a str,
}

/// Lists them.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load_without_rules(config)?.config;
    let book = &config.book;
    let mails = site::store(&config)?.read(|connection| views::outbox(connection, arguments.all))?;
    if arguments.json {
        for mail in &mails {
            output::print_json(&object(book, mail))?;
        }
    } else {
        let now = Clock::World.now();
        let house = site::store(&config)?.read(find::house)?;
        output::print(&format!("{}{}", text(book, &mails, now), left_alone(book, &house, now)))?;
    }
    Ok(End::Done)
}

fn waits(mail: &Queued) -> bool {
    matches!(mail.state.as_str(), "queued" | "active" | "deferred" | "held")
}

fn object<'a>(book: &Book, mail: &'a Queued) -> Mail<'a> {
    Mail {
        id: mail.id,
        state: &mail.state,
        incident: (mail.incident != HOUSE).then(|| notice::label(book, mail.incident)),
        person: &mail.person,
        to: &mail.to,
        subject: &mail.subject,
        summary: &mail.summary,
        message_id: &mail.message_id,
        attempts: mail.attempts,
        queued_at: mail.queued_at,
        next_attempt: waits(mail).then_some(mail.next_attempt),
        reply: &mail.reply,
    }
}

fn text(book: &Book, mails: &[Queued], now: Timestamp) -> String {
    if mails.is_empty() {
        return "No mail waits. `firebell outbox --all` lists what was sent, too.\n".to_owned();
    }
    let reader = Reader::anybody(book, Language::En, now);
    mails.iter().map(|mail| line(mail, &reader)).collect()
}

/// Addresses that nothing is written to, because mail came back from them.
fn left_alone(book: &Book, house: &House, now: Timestamp) -> String {
    let reader = Reader::anybody(book, Language::En, now);
    let one = |(address, until): (&Address, Timestamp)| {
        let address = paint(NAME, &one_line(address.as_str()));
        format!("{address} is not written to until {}: mail came back twice\n", reader.time(until))
    };
    house.addresses.all_left_alone().map(one).collect()
}

fn line(mail: &Queued, reader: &Reader) -> String {
    let style = match mail.state.as_str() {
        "delivered" => WELL,
        "failed" => WRONG,
        "superseded" => QUIET,
        _ => WARNING,
    };
    let state = paint(style, &format!("{:<10}", mail.state));
    let tried = match (waits(mail), mail.attempts) {
        (true, 0) => String::new(),
        (true, times) => format!(", tried {times}×, again {}", reader.time(mail.next_attempt)),
        (false, _) => String::new(),
    };
    let reply = if mail.reply.is_empty() { String::new() } else { format!(": {}", one_line(&mail.reply)) };
    let (to, subject) = (paint(NAME, &one_line(&mail.to)), one_line(&mail.subject));
    format!(
        "{state} {} {to} {subject} ({}){tried}{reply}\n",
        reader.time(mail.queued_at),
        one_line(&mail.summary)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::explain::minimal;

    fn mail(state: &str, attempts: u32, reply: &str) -> Queued {
        Queued {
            id: 7,
            state: state.to_owned(),
            incident: 42,
            person: "kato".to_owned(),
            to: "kato@example.com".to_owned(),
            subject: "[INC-42-K7] Service A".to_owned(),
            summary: "page, step 1".to_owned(),
            message_id: "42.1.x@example.com".to_owned(),
            attempts,
            queued_at: "2026-11-22T01:00:00Z".parse().unwrap(),
            next_attempt: "2026-11-22T01:05:00Z".parse().unwrap(),
            reply: reply.to_owned(),
        }
    }

    fn said(mail: Queued) -> String {
        let text = text(&minimal().unwrap(), &[mail], "2026-11-22T01:02:00Z".parse().unwrap());
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn a_waiting_mail_says_when_it_is_tried_again_and_why() {
        assert_eq!(
            said(mail("deferred", 2, "451 try\r\nlater")),
            "deferred   01:00 UTC kato@example.com [INC-42-K7] Service A (page, step 1), tried 2×, again 01:05 UTC: \
             451 try later\n"
        );
        assert!(said(mail("queued", 0, "")).ends_with("(page, step 1)\n"));
        assert!(said(mail("superseded", 0, "kato has it")).ends_with("(page, step 1): kato has it\n"));
    }

    #[test]
    fn a_mail_that_is_done_has_no_next_attempt() {
        let book = minimal().unwrap();
        assert_eq!(object(&book, &mail("delivered", 1, "")).next_attempt, None);
        assert_eq!(object(&book, &mail("queued", 0, "")).incident.as_deref(), Some("INC-42"));
        assert_eq!(object(&book, &Queued { incident: HOUSE, ..mail("queued", 0, "") }).incident, None);
    }
}
