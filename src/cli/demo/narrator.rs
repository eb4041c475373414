//! Owns what the demo tells: what came in, what firebell decided, who got which mail.

use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::stage::Stage;
use crate::audience::Belief;
use crate::book::Book;
use crate::cli::Failure;
use crate::cli::output::{self, NAME, QUIET, WARNING, WELL, WRONG, paint};
use crate::incident::{Event, Fact, Incident, words};
use crate::io::store::{find, views};
use crate::message::Message;
use crate::notice;
use crate::rehearsal::script::{Line, What};

/// What comes in.
const INCOMING: Style = AnsiColor::Cyan.on_default();

/// The narrator, and how far the tale is told.
pub(super) struct Narrator<'a> {
    book: &'a Book,
    events: u32,
    mails: usize,
    minute: String,
}

impl<'a> Narrator<'a> {
    pub(super) fn new(book: &'a Book) -> Self {
        Self { book, events: 0, mails: 0, minute: String::new() }
    }

    pub(super) fn opening(&self) -> Result<(), Failure> {
        let text = format!(
            "{}\n\nA client company, a development team, an infrastructure team, and Mori in sales who owns the client.\n\
             Real mail on ports of this computer; times are the story's.\n  {} a mail comes in   {} firebell decides   {} \
             firebell mails\n",
            paint(NAME, "The night for which firebell was made"),
            paint(INCOMING, "<"),
            paint(NAME, "="),
            paint(WELL, ">"),
        );
        Ok(output::print(&text)?)
    }

    /// What the story lets happen.
    pub(super) fn line(&mut self, line: &Line, stage: &Stage) -> Result<(), Failure> {
        match &line.what {
            What::Remark => {
                let remark = line.text.trim_start_matches('#').trim();
                self.minute.clear();
                Ok(output::print(&format!("\n{}\n", paint(NAME, remark)))?)
            }
            What::Mail { from, about, body, .. } => {
                let who = self.book.directory.people.values().find(|person| person.id.as_str() == from);
                let who = who.map_or("Nagios", |person| person.name.as_str());
                let about = if about.starts_with("re ") { "answers" } else { about.as_str() };
                let mut text = format!("{who:<12} {about}");
                for said in body {
                    text.push_str(&format!("\n        {:12}   \"{said}\"", ""));
                }
                self.say("<", INCOMING, &text, stage)
            }
            _ => Ok(()),
        }
    }

    /// What firebell recorded and sent since the last time.
    pub(super) async fn happened(&mut self, stage: &mut Stage) -> Result<(), Failure> {
        let events = stage.daemon.writer.run(|store| views::events(store, 1)).await?;
        let seen = self.events;
        for event in events.iter().filter(|event| event.seq > seen) {
            if is_told(&event.fact) {
                let style = if is_turn(&event.fact) { WARNING } else { NAME };
                let line = words::line(event, &self.book.zone);
                self.say("=", style, &format!("{} {line}", notice::label(self.book, 1)), stage)?;
            }
        }
        self.events = events.last().map_or(0, |event| event.seq);
        let mut mails = stage.arrived(self.mails);
        self.mails += mails.len();
        // Several mails leave at once: their order is by reader, and by their number there.
        mails.sort_by(|a, b| (&a.to, &a.message.message_id).cmp(&(&b.to, &b.message.message_id)));
        for mail in mails {
            let text = self.mail(&mail.to, &mail.message);
            self.say(">", WELL, &text, stage)?;
        }
        Ok(())
    }

    /// How it ended, and what to try next.
    pub(super) async fn ending(&self, stage: &Stage, into: &Path) -> Result<(), Failure> {
        let incident = stage.daemon.writer.run(|store| find::incident(store, 1)).await?;
        let Some(incident) = incident else {
            return Err(Failure::Impossible("the night left no incident, which is a bug".to_owned()));
        };
        let events = stage.daemon.writer.run(|store| views::events(store, 1)).await?;
        let folder = into.display();
        let text = format!(
            "\n{}\n{}\n{}\n  {folder}/mails/    every mail as its recipient got it: {} mails\n  {folder}/{}    the store, \
             with the whole timeline\n\nNext:\n  firebell rehearse --help         play a night of your own\n  \
             firebell explain alert.eml       see how firebell reads an alert of yours\n  \
             firebell init                    a few questions, and it runs\n",
            paint(NAME, "What everybody believes at the end"),
            self.beliefs(&incident),
            corrected(&events, self.book),
            stage.arrived(0).len(),
            crate::cli::site::DATABASE,
        );
        Ok(output::print(&text)?)
    }

    fn beliefs(&self, incident: &Incident) -> String {
        let mut text = String::new();
        for party in incident.parties() {
            let name =
                self.book.directory.parties.get(party).map_or(party.as_str(), |party| party.name.as_str());
            let line = match incident.believes(&self.book.directory, party) {
                Some(told) => {
                    let right = (told.belief == Belief::Down) == incident.is_broken();
                    let (style, verdict) = if right { (WELL, "true") } else { (WRONG, "NOT TRUE") };
                    let at = words::clock(told.at, &self.book.zone);
                    format!("{}, told at {at}: {}", told.belief, paint(style, verdict))
                }
                None => "was told nothing".to_owned(),
            };
            text.push_str(&format!("  {name:<16} {line}\n"));
        }
        text
    }

    fn mail(&self, to: &crate::directory::Address, message: &Message) -> String {
        let directory = &self.book.directory;
        let person = directory.person_of(to);
        let party = person.and_then(|person| directory.parties_of(&person.id).next());
        let external = party.is_some_and(|party| party.external);
        let who = person.map_or(to.as_str(), |person| person.name.as_str());
        let party = party.map_or("", |party| party.name.as_str());
        let mut text = format!("{who:<12} {} {}", message.subject, paint(QUIET, &format!("({party})")));
        let (headline, rest) = message.text.split_once('\n').unwrap_or((&message.text, ""));
        text.push_str(&format!("\n        {:12}   {}", "", headline.trim()));
        // A client's mails are short, and what this is all about: they are shown whole.
        let shown =
            rest.lines().take_while(|line| *line != "-- ").filter(|line| external && !line.trim().is_empty());
        for line in shown {
            text.push_str(&format!("\n        {:12}   {}", "", line.trim()));
        }
        text
    }

    fn say(&mut self, mark: &str, style: Style, text: &str, stage: &Stage) -> Result<(), Failure> {
        let minute = words::clock(stage.now(), &self.book.zone);
        let shown = if minute == self.minute { "     " } else { minute.as_str() };
        let (first, rest) =
            text.split_once('\n').map_or((text, String::new()), |(first, rest)| (first, format!("\n{rest}")));
        output::print(&format!("{shown} {} {first}{}\n", paint(style, mark), paint(QUIET, &rest)))?;
        self.minute = minute;
        Ok(())
    }
}

/// Mails tell of themselves; the rest is decisions.
fn is_told(fact: &Fact) -> bool {
    !matches!(
        fact,
        Fact::Queued { .. }
            | Fact::Told { .. }
            | Fact::Announced { .. }
            | Fact::Escalated { .. }
            | Fact::Noted { .. }
    )
}

fn is_turn(fact: &Fact) -> bool {
    matches!(fact, Fact::Recurred { .. } | Fact::RecoveryWithdrawn { .. })
}

/// When the client was told that it no longer worked, against when it broke again.
fn corrected(events: &[Event], book: &Book) -> String {
    let broke = events.iter().find(|event| is_turn(&event.fact));
    let told = events.iter().find(|event| match &event.fact {
        Fact::Announced { news, .. } => *news == crate::told::NewsKind::DownAgain,
        _ => false,
    });
    match (broke, told) {
        (Some(broke), Some(told)) => format!(
            "It broke again at {}. The client was told so by firebell at {}; in the night that really was, its users told \
             it at 09:00.\n\nLeft behind:",
            words::clock(broke.at, &book.zone),
            words::clock(told.at, &book.zone),
        ),
        _ => "Left behind:".to_owned(),
    }
}
