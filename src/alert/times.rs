//! Owns the times that monitors write in their mails.
//! Never guesses: what can't be read is no time, and a time without a zone has the offset of the mail's Date.

use jiff::fmt::rfc2822;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// How a product writes times.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// strptime formats (`jiff::fmt::strtime`), tried in order after RFC 3339 and RFC 5322's. `%Z` is a zone's abbreviation and
    /// must stand between blanks.
    pub formats: Vec<String>,
    /// The offset of times that name no zone. None: that of the mail's Date.
    pub zone: Option<Offset>,
}

impl Times {
    /// The instant a text names, in whole milliseconds. `sent` is the mail's Date.
    pub fn read(&self, text: &str, sent: Option<&Zoned>) -> Option<Timestamp> {
        let zone = self.zone.or_else(|| sent.map(Zoned::offset));
        let exact = text.parse::<Timestamp>().ok().or_else(|| Some(rfc2822::parse(text).ok()?.timestamp()));
        let time = exact.or_else(|| self.formats.iter().find_map(|format| instant(format, text, zone)))?;
        Timestamp::from_millisecond(time.as_millisecond()).ok()
    }

    /// Whether a format can be read at all: a time written by it must be readable by it. The error says why not.
    pub fn verify(format: &str) -> Result<(), String> {
        let sample = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let written = strtime::format(format, &sample).map_err(|error| error.to_string())?;
        let missing =
            || format!("`{written}` names no instant: a format needs year, month, day, hour and minute");
        instant(format, &written, Some(Offset::UTC)).map(|_| ()).ok_or_else(missing)
    }
}

/// Reads a time by one format.
fn instant(format: &str, text: &str, zone: Option<Offset>) -> Option<Timestamp> {
    let (format, text) = with_numeric_zone(format, text)?;
    let time = BrokenDownTime::parse(&format, &text).ok()?;
    if time.iana_time_zone().is_some() {
        return time.to_zoned().ok().map(|time| time.timestamp());
    }
    if time.offset().is_some() || time.timestamp().is_some() {
        return time.to_timestamp().ok();
    }
    zone?.to_timestamp(time.to_datetime().ok()?).ok()
}

/// strptime can't read abbreviations, and most of them are ambiguous. So `%Z` becomes a number when the word is
/// one of those that aren't, and falls out together with its word otherwise.
fn with_numeric_zone(format: &str, text: &str) -> Option<(String, String)> {
    let mut formats: Vec<&str> = format.split_whitespace().collect();
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    let Some(at) = formats.iter().position(|part| *part == "%Z") else {
        return Some((format.to_owned(), text.to_owned()));
    };
    match offset_of(words.get(at)?) {
        Some(offset) => {
            *formats.get_mut(at)? = "%z";
            *words.get_mut(at)? = offset.to_owned();
        }
        None => {
            formats.remove(at);
            words.remove(at);
        }
    }
    Some((formats.join(" "), words.join(" ")))
}

/// Abbreviations with one meaning (RFC 5322, 4.3, and the tz database). CST, IST and BST have several.
fn offset_of(abbreviation: &str) -> Option<&'static str> {
    Some(match abbreviation {
        "UTC" | "GMT" | "UT" | "Z" | "WET" => "+0000",
        "CET" | "WEST" => "+0100",
        "CEST" | "EET" => "+0200",
        "EEST" | "MSK" => "+0300",
        "HKT" | "SGT" => "+0800",
        "JST" | "KST" => "+0900",
        "AEST" => "+1000",
        "AEDT" => "+1100",
        "EDT" => "-0400",
        "EST" | "CDT" => "-0500",
        "MDT" => "-0600",
        "MST" | "PDT" => "-0700",
        "PST" => "-0800",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, text: &str) -> Option<String> {
        let sent: Zoned = "2026-03-02T09:00:00+09:00[+09:00]".parse().unwrap();
        let times = Times { formats: vec![format.to_owned()], zone: None };
        times.read(text, Some(&sent)).map(|time| time.to_string())
    }

    #[test]
    fn a_time_without_a_zone_has_the_offset_of_the_date() {
        assert_eq!(read("%Y.%m.%d %H:%M:%S", "2026.03.02 08:59:58").as_deref(), Some("2026-03-01T23:59:58Z"));
        assert_eq!(Times::default().read("2026-03-02 08:59", None), None);
    }

    #[test]
    fn a_known_abbreviation_counts_and_an_ambiguous_one_does_not() {
        let format = "%a %b %d %H:%M:%S %Z %Y";
        assert_eq!(read(format, "Sun Mar  1 23:59:58 UTC 2026").as_deref(), Some("2026-03-01T23:59:58Z"));
        assert_eq!(read(format, "Sun Mar 1 14:59:58 PST 2026").as_deref(), Some("2026-03-01T22:59:58Z"));
        assert_eq!(read(format, "Mon Mar 2 08:59:58 CST 2026").as_deref(), Some("2026-03-01T23:59:58Z"));
    }

    #[test]
    fn a_product_that_never_names_its_zone_can_have_one() {
        let times = Times { formats: vec!["%F %T".to_owned()], zone: Some(Offset::UTC) };
        let sent: Zoned = "2026-03-02T09:00:00+09:00[+09:00]".parse().unwrap();
        assert_eq!(
            times.read("2026-03-02 00:00:00", Some(&sent)).unwrap().to_string(),
            "2026-03-02T00:00:00Z"
        );
    }

    #[test]
    fn rfc_3339_needs_no_format_and_is_cut_to_milliseconds() {
        let time = Times::default().read("2026-03-02T08:59:58.123456+09:00", None);
        assert_eq!(time.unwrap().to_string(), "2026-03-01T23:59:58.123Z");
    }

    #[test]
    fn nonsense_is_no_time() {
        for text in ["", "soon", "2026.13.45 99:00:00", "9999999999999999999999"] {
            assert_eq!(read("%Y.%m.%d %H:%M:%S", text), None);
        }
    }

    #[test]
    fn a_format_that_names_no_instant_is_refused() {
        assert!(Times::verify("%H:%M").unwrap_err().contains("needs year"));
        assert!(Times::verify("%Y %!").is_err());
        assert_eq!(Times::verify("%A %d %B, %Y %H:%M:%S %Z"), Ok(()));
        assert_eq!(Times::verify("%s"), Ok(()));
    }
}
