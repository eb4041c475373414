//! Owns how mails say when and how long: in the reader's zone and language.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::book::Book;
use crate::directory::{Language, Person};
use crate::templates::{Phrases, Product, Side, Templates};

/// Where and in which language somebody reads, and when the mail is written.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Their zone.
    pub zone: TimeZone,
    /// Their language.
    pub language: Language,
    /// The time of writing.
    pub now: Timestamp,
    /// The words that they read.
    pub templates: Arc<Templates>,
}

impl Reader {
    /// A person of the directory.
    pub fn of(book: &Book, person: &Person, now: Timestamp) -> Self {
        let templates = Arc::clone(&book.templates);
        Self { zone: person.zone.clone(), language: person.language, now, templates }
    }

    /// Nobody in particular, in the gateway's zone.
    pub fn anybody(book: &Book, language: Language, now: Timestamp) -> Self {
        Self { zone: book.zone.clone(), language, now, templates: Arc::clone(&book.templates) }
    }

    /// Somebody who reads the built-in words.
    pub fn built_in(zone: TimeZone, language: Language, now: Timestamp) -> Self {
        Self { zone, language, now, templates: Arc::default() }
    }

    /// The words of a product for one side, in their language.
    pub fn phrases(&self, product: Product, side: Side) -> Phrases<'_> {
        self.templates.phrases(product, side, self.language)
    }

    /// A time of day with its zone, `01:00 JST`; with the date when it is another day.
    pub fn time(&self, at: Timestamp) -> String {
        let (at, now) = (at.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let format = match (at.date() == now.date(), self.language) {
            (true, _) => "%H:%M %Z",
            (false, Language::En) => "%a %d %b %H:%M %Z",
            (false, Language::Ja) => "%-m月%-d日 %H:%M %Z",
        };
        at.strftime(format).to_string()
    }

    /// A day that somebody named, as a calendar has it: `10 Dec 2026`.
    pub fn date(&self, date: Date) -> String {
        date.strftime(match self.language {
            Language::En => "%-d %b %Y",
            Language::Ja => "%Y年%-m月%-d日",
        })
        .to_string()
    }

    /// The day of a time without its year, for a heading: `23 Nov`.
    pub fn day(&self, at: Timestamp) -> String {
        let format = match self.language {
            Language::En => "%-d %b",
            Language::Ja => "%-m月%-d日",
        };
        at.to_zoned(self.zone.clone()).strftime(format).to_string()
    }

    /// A past time and how long ago it was: `01:00 JST (10 min ago)`.
    pub fn past(&self, at: Timestamp) -> String {
        let ago = self.now.duration_since(at);
        if ago < SignedDuration::from_mins(1) {
            return self.time(at);
        }
        match self.language {
            Language::En => format!("{} ({} ago)", self.time(at), self.length(ago)),
            Language::Ja => format!("{}({}前)", self.time(at), self.length(ago)),
        }
    }

    /// A length of time: `2 h 10 min`.
    pub fn length(&self, length: SignedDuration) -> String {
        let minutes = length.as_mins().max(0);
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let [d, h, m] = match self.language {
            Language::En => [" d", " h", " min"],
            Language::Ja => ["日", "時間", "分"],
        };
        let separator = if self.language == Language::En { " " } else { "" };
        let parts = [(days, d), (hours, h), (minutes, m)];
        let said: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
        if said.is_empty() { format!("0{m}") } else { said.join(separator) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(language: Language) -> Reader {
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        Reader::built_in(zone, language, "2026-11-22T18:10:00Z".parse().unwrap())
    }

    #[test]
    fn times_are_in_the_readers_zone_with_its_name_and_relative() {
        let at = "2026-11-22T16:00:00Z".parse().unwrap();
        assert_eq!(reader(Language::En).past(at), "01:00 JST (2 h 10 min ago)");
        assert_eq!(reader(Language::Ja).past(at), "01:00 JST(2時間10分前)");
    }

    #[test]
    fn another_day_is_named() {
        let at = "2026-11-22T14:00:00Z".parse().unwrap();
        assert_eq!(reader(Language::En).time(at), "Sun 22 Nov 23:00 JST");
        assert_eq!(reader(Language::Ja).time(at), "11月22日 23:00 JST");
    }

    #[test]
    fn days_are_written_as_in_their_language_and_are_those_of_the_readers_zone() {
        let (date, at) = (Date::constant(2026, 12, 5), "2026-11-22T15:30:00Z".parse().unwrap());
        assert_eq!(
            [Language::En, Language::Ja].map(|it| reader(it).date(date)),
            ["5 Dec 2026", "2026年12月5日"]
        );
        assert_eq!([Language::En, Language::Ja].map(|it| reader(it).day(at)), ["23 Nov", "11月23日"]);
    }
}
