//! Owns rehearsing on past mails, of an archive or of the store: what they lead to by the site's rules and by others, and
//! where that differs.
//! Never keeps or sends anything: both worlds are in memory, and the store is only read.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::book::Book;
use crate::cli::output::{NAME, paint};
use crate::cli::{End, Failure, output, site};
use crate::config;
use crate::incident::words::one_line;
use crate::io::archive;
use crate::io::clock::Clock;
use crate::io::files;
use crate::io::reading;
use crate::io::store::past;
use crate::token::Keys;

use world::{Fate, World};

/// A mail of the past.
struct Past {
    /// Where it is kept.
    name: String,
    /// When it came.
    at: Timestamp,
    /// Its bytes.
    raw: Vec<u8>,
}

/// Plays every mail of an archive by the rules as they are and by those of a directory.
pub(super) fn of_archive(config: Option<&Path>, mailbox: &Path, rules: &Path) -> Result<End, Failure> {
    let mut comparison = Comparison::of(config, rules)?;
    let impossible = |error: archive::Error| Failure::Impossible(error.to_string());
    let archive = archive::open(mailbox, &mut |_| {}).map_err(impossible)?;
    let mut at = archive.entries.iter().find_map(|entry| entry.date).unwrap_or(Timestamp::UNIX_EPOCH);
    for entry in &archive.entries {
        at = entry.date.unwrap_or(at).max(at);
        let raw = archive.read(entry).map_err(impossible)?;
        comparison.play(Past { name: archive.name(entry), at, raw })?;
    }
    comparison.end()
}

/// Plays every mail that the store got since then, each at the time when it came.
pub(super) fn of_store(config: Option<&Path>, since: &str, rules: &Path) -> Result<End, Failure> {
    let mut comparison = Comparison::of(config, rules)?;
    let loaded = site::load_without_rules(config)?;
    let since = moment(since, &loaded.config.book, Clock::World.now()).map_err(Failure::Impossible)?;
    let store = site::store_to_read(&loaded.config)?;
    for kept in store.read(|connection| past::kept_since(connection, since))? {
        let raw = store.read(|connection| past::raw(connection, kept.id))?;
        comparison.play(Past { name: format!("mail {}", kept.id), at: kept.at, raw })?;
    }
    comparison.end()
}

/// `30d` ago, or a day's beginning in the gateway's zone.
fn moment(text: &str, book: &Book, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(day) = text.parse::<Date>() {
        return day.to_zoned(book.zone.clone()).map(|day| day.timestamp()).map_err(|error| error.to_string());
    }
    let ago = config::duration(text)
        .map_err(|_| format!("`--since {text}`: write how long ago, `30d`, or a day, `2026-11-01`"))?;
    Ok(now - ago)
}

/// The rules as they are, and others, and what came of the mails so far.
struct Comparison {
    now: World,
    then: World,
    tallies: (Tally, Tally),
    /// Where each mail is kept.
    names: Vec<String>,
    differ: usize,
}

impl Comparison {
    fn of(config: Option<&Path>, rules: &Path) -> Result<Self, Failure> {
        let config = config.unwrap_or(Path::new(site::DEFAULT));
        let now = site::load(Some(config))?.config.book;
        let then = files::load_with_rules(config, rules, Keys::for_rehearsal()).map_err(Failure::Mistakes)?;
        Ok(Self {
            now: World::of(now)?,
            then: World::of(then.config.book)?,
            tallies: (Tally::new(), Tally::new()),
            names: Vec::new(),
            differ: 0,
        })
    }

    /// One more mail: both worlds take it, and where they differ it is told.
    fn play(&mut self, mail: Past) -> Result<(), Failure> {
        let index = self.names.len();
        self.names.push(mail.name);
        let name = self.names.last().map(String::as_str).unwrap_or_default();
        let Some(message) = reading::read(vec![mail.raw]).pop().flatten() else {
            let remark = format!("not taken: {}: reading it panicked, which is a bug\n", one_line(name));
            return Ok(output::remark(&remark)?);
        };
        let now = self.now.take(&message, index, mail.at)?;
        let then = self.then.take(&message, index, mail.at)?;
        count(&mut self.tallies.0, &now);
        count(&mut self.tallies.1, &then);
        if now.matters() == then.matters() {
            return Ok(());
        }
        self.differ += 1;
        let told = |fate: &Fate| fate.words(|opener| self.names.get(opener).map(String::as_str));
        Ok(output::print(&format!(
            "{}  {}  {}\n  now   {}\n  then  {}\n",
            paint(NAME, &one_line(name)),
            mail.at.strftime("%Y-%m-%d %H:%M UTC"),
            one_line(&message.subject),
            told(&now),
            told(&then)
        ))?)
    }

    fn end(&self) -> Result<End, Failure> {
        output::print(&summary(&self.tallies.0, &self.tallies.1, self.differ, self.names.len()))?;
        Ok(if self.differ > 0 { End::Wrong } else { End::Done })
    }
}

/// How many mails came to what.
type Tally = BTreeMap<&'static str, usize>;

fn count(tally: &mut Tally, fate: &Fate) {
    *tally.entry(fate.what).or_insert(0) += 1;
    *tally.entry("paged").or_insert(0) += usize::from(!fate.paged.is_empty());
}

fn summary(now: &Tally, then: &Tally, differ: usize, all: usize) -> String {
    let mut text = format!("{}\n", paint(NAME, &format!("{differ} of {all} mails come out otherwise")));
    text.push_str(&format!("  {:<12} {:>8} {:>8}\n", "", "now", "then"));
    let words: BTreeSet<&str> = now.keys().chain(then.keys()).copied().collect();
    for word in words {
        let of = |tally: &Tally| tally.get(word).copied().unwrap_or(0);
        text.push_str(&format!("  {word:<12} {:>8} {:>8}\n", of(now), of(then)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::explain::minimal;

    #[test]
    fn since_is_how_long_ago_or_a_day_of_the_gateway() {
        let book = Book { zone: jiff::tz::TimeZone::get("Asia/Tokyo").unwrap(), ..minimal().unwrap() };
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let since = |text: &str| moment(text, &book, now).map(|at| at.to_string());
        assert_eq!(since("30d").unwrap(), "2026-10-24T00:00:00Z");
        assert_eq!(since("2026-11-01").unwrap(), "2026-10-31T15:00:00Z");
        assert!(since("lately").unwrap_err().contains("write how long ago, `30d`"));
    }
}
