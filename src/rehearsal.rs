//! Owns transcripts: a conversation with firebell as text. Read, played against the real core and a real store in
//! memory, with a pretended relay and clock, and printed with what firebell did.
//! Never has an idea of its own of any rule.
//!
//! ```text
//! An acknowledgement by reply stops the escalation.
//!
//! Mon 01:00 < nagios  CRITICAL service-a
//!           = INC-1 opened: SEV1, Service A (rule service-a)
//!           > kato         [INC-1-LA] Service A is down               page, step 1
//! Mon 01:04 < kato  re INC-1
//!             ack, on it
//!           = INC-1 acknowledged by kato until 01:34
//! Mon 02:00 .
//! ```
//!
//! The author writes what comes in (`<`), what the pretended world does (`!`) and that time passes (`.`); firebell's part
//! is what it recorded (`=`) and the mails it sent (`>`). README tells the whole grammar.

mod cast;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod interference;
#[cfg(test)]
mod mornings;
mod reports;
pub mod mails;
pub mod script;
#[cfg(test)]
mod simulation;
mod world;

use std::collections::BTreeMap;
use std::path::Path;

use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Language, PersonId};
use crate::incident::words::one_line;
use crate::io::store;
pub use reports::Written;
use script::{Line, Script, What};
use world::{Entry, Stop, World};

/// Why a transcript could not be played, in words for its author.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The transcript can't be understood.
    #[error("line {line}: {text}")]
    Transcript {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        text: String,
    },
    /// The cast in its head has mistakes.
    #[error("the cast: {0}")]
    Cast(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// What a transcript came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// The transcript with what really happened.
    pub text: String,
    /// At how many points firebell could have stopped on the way.
    pub stops: usize,
}

/// The parties of the night, as transcripts have them unless their head says otherwise.
pub fn standard_cast() -> Result<Book, Error> {
    cast::book(&[])
}

/// The standard cast with changes, as the head of a transcript makes them.
#[cfg(test)]
pub(crate) fn cast_with(head: &str) -> Book {
    cast::book(&[head]).unwrap()
}

/// A mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The text that it is made of: one of [`crate::notice::kinds`], or `digest`.
    pub text: &'static str,
    /// Its thread.
    pub audience: Audience,
    /// Its reader.
    pub person: PersonId,
    /// The mail.
    pub bytes: Vec<u8>,
}

/// A transcript, ready to be played.
#[derive(Debug)]
pub struct Rehearsal {
    script: Script,
    book: Book,
    /// What is configured after an edit, by the line with it.
    edited: BTreeMap<usize, Book>,
}

impl Rehearsal {
    /// Reads a transcript. `book` replaces its cast.
    pub fn new(text: &str, book: Option<Book>) -> Result<Self, Error> {
        let (preamble, head) = script::preamble(text);
        let (book, is_site) =
            (book.as_ref().map_or_else(|| cast::book(&[&head]), |book| Ok(book.clone()))?, book.is_some());
        let script = script::read(text, preamble, &book.zone)?;
        let (mut heads, mut edited) = (vec![head], BTreeMap::new());
        for line in &script.lines {
            let What::Edit(toml) = &line.what else { continue };
            let wrong = |text: String| Error::Transcript { line: line.number, text };
            if is_site {
                return Err(wrong("an edit changes the cast of a transcript, not a site".to_owned()));
            }
            heads.push(toml.join("\n"));
            let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
            edited.insert(line.index, cast::book(&heads).map_err(|error| wrong(error.to_string()))?);
        }
        Ok(Self { script, book, edited })
    }

    /// Plays it. `folder` is where `< @mail.eml` looks; with `stop_at` firebell is killed at that point, counted from 1,
    /// and started again.
    pub fn play(&self, folder: &Path, stop_at: Option<usize>) -> Result<Played, Error> {
        let world = self.played(World::new(&self.book, folder, stop_at)?)?;
        world.check_replay()?;
        let body = print(&self.script.lines, &world.entries, &self.book);
        Ok(Played { text: format!("{}\n\n{body}", self.script.preamble.trim_end()), stops: world.points })
    }

    /// Plays it with a stop at every point in turn. Each that changes what firebell knows once it has done what it could is
    /// given with all that follows, which may be the same nevertheless.
    pub fn play_with_stops(&self, folder: &Path) -> Result<Vec<(usize, Played)>, Error> {
        let mut world = World::new(&self.book, folder, None)?;
        world.try_stops()?;
        let differing = self.played(world)?.differing.unwrap_or_default();
        differing.into_iter().map(|stop| Ok((stop, self.play(folder, Some(stop))?))).collect()
    }

    /// A world after all lines.
    fn played<'a>(&'a self, mut world: World<'a>) -> Result<World<'a>, Error> {
        for line in &self.script.lines {
            let edited = self.edited.get(&line.index);
            let done = world.play(line).and_then(|()| edited.map_or(Ok(()), |book| world.take_over(book)));
            if let Err(Stop::Failed(error)) = done {
                return Err(error);
            }
        }
        Ok(world)
    }

    fn at_its_end(&self, folder: &Path) -> Result<World<'_>, Error> {
        self.played(World::new(&self.book, folder, None)?)
    }

    /// The same, with people who all read one language.
    #[must_use]
    pub fn read_in(mut self, language: Language) -> Self {
        let books = std::iter::once(&mut self.book).chain(self.edited.values_mut());
        books
            .flat_map(|book| book.directory.people.values_mut())
            .for_each(|person| person.language = language);
        self
    }

    /// The mails that were sent, in order.
    pub fn mails(&self, folder: &Path) -> Result<Vec<Sent>, Error> {
        let world = self.at_its_end(folder)?;
        let sent = world.mails().map(|(mail, text)| Sent {
            text,
            audience: mail.audience.clone(),
            person: mail.person.clone(),
            bytes: mail.bytes.clone(),
        });
        Ok(sent.collect())
    }

    /// The digests and reports that were sent, in order: to whom, and the mail.
    pub fn papers(&self, folder: &Path) -> Result<Vec<(String, Vec<u8>)>, Error> {
        Ok(self.at_its_end(folder)?.papers())
    }

    /// Reports on the incidents as they are at the end, by name: for the house and for each client, in both languages.
    /// With each the internal words that must not stand in it.
    pub fn reports(&self, folder: &Path) -> Result<Vec<Written>, Error> {
        let world = self.at_its_end(folder)?;
        Ok(reports::of(&self.book, &world.records()?, world.now()))
    }
}

/// Puts the author's lines and what happened into one text, in the order of time.
fn print(lines: &[Line], entries: &[Entry], book: &Book) -> String {
    let mut text = String::new();
    let mut last = None;
    let mut sent: Vec<&str> = Vec::new();
    let mut days = script::Days::default();
    for entry in entries {
        let (at, shown) = match entry {
            Entry::Line(index) => match lines.get(*index) {
                Some(line) if line.what == What::Remark => {
                    text.push_str(&format!("{}\n", line.text));
                    continue;
                }
                Some(line) => (line.at, line.text.clone()),
                None => continue,
            },
            Entry::Recorded(at, what) => (*at, format!("= {}", one_line(what))),
            // A mail that was sent twice because of a stop is the same mail: its reader's program shows it once.
            Entry::Sent { message_id, .. } if sent.contains(&message_id.as_str()) => continue,
            Entry::Sent { at, message_id, to, subject, summary } => {
                sent.push(message_id);
                (*at, format!("> {to:<14} {subject:<48} {summary}").trim_end().to_owned())
            }
        };
        let own_line = matches!(entry, Entry::Line(_));
        let stamp = if own_line { days.stamp(at, &book.zone) } else { script::stamp(at, &book.zone) };
        let prefix = if own_line || last != Some(at) { stamp } else { " ".repeat(stamp.len()) };
        last = Some(at);
        text.push_str(&format!("{prefix} {shown}\n"));
    }
    text
}
