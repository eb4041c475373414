//! Owns how single values are written: durations, zones, languages, addresses, ids.
//! Every error is a sentence that says what can be written instead.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::mistake::suggestion;
use super::reading::{Reading, Word};
use crate::directory::{Address, Language, Severity};

/// Words for languages.
pub(super) const LANGUAGES: [(&str, Language); 2] = [("en", Language::En), ("ja", Language::Ja)];

/// Units of a duration, in seconds, the longest first.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Longest duration: a year, in seconds.
const YEAR: i64 = 366 * 86_400;

/// `15m`, `1h30m`: numbers with units, the longer unit first, each unit once.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no duration; write `15m` or `1h30m` (units: d, h, m, s)");
    if text.parse::<f64>().is_ok() {
        return Err(format!("`{text}` has no unit; write `{text}m` for minutes (units: d, h, m, s)"));
    }
    let (mut total, mut number) = (0_i64, String::new());
    let mut units = UNITS.iter();
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let (_, seconds) = units.find(|(unit, _)| *unit == c).ok_or_else(wrong)?;
        let count: i64 = number.parse().map_err(|_| wrong())?;
        total = count.checked_mul(*seconds).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        number.clear();
    }
    match total {
        _ if !number.is_empty() || text.trim().is_empty() => Err(wrong()),
        _ if total > YEAR => Err(format!("`{text}` is longer than a year")),
        _ => Ok(SignedDuration::from_secs(total)),
    }
}

/// `500B`, `10KiB`, `2MiB`, `1GiB`: a number with its unit, in bytes.
pub(super) fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("`{text}` is no size; write `500B`, `10KiB`, `2MiB` or `1GiB`");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits) {
        Some("B") => 1,
        Some("KiB") => 1 << 10,
        Some("MiB") => 1 << 20,
        Some("GiB") => 1 << 30,
        _ => return Err(wrong()),
    };
    let number: usize = digits.trim_end().parse().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

/// A zone of the IANA database.
pub(super) fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let near = suggestion(text, known.iter().map(String::as_str));
        let near =
            if near.contains("did you mean") { near } else { "; write a name like `Asia/Tokyo`".into() };
        format!("unknown time zone `{text}`{near}")
    })
}

/// `sev1` … `sev4`.
pub(super) fn severity(text: &str) -> Result<Severity, String> {
    Severity::ALL.into_iter().find(|severity| severity.word() == text).ok_or_else(|| {
        format!("unknown severity `{text}`{}", suggestion(text, Severity::ALL.map(Severity::word)))
    })
}

/// An address that mail can be sent to; None with a mistake otherwise.
pub(super) fn address(reading: &Reading<'_>, word: &Word) -> Option<Address> {
    let address = Address::new(&word.text);
    if !address.is_deliverable() {
        let text =
            format!("`{}` is no address that mail can be sent to; write `name@example.com`", word.text);
        reading.say(&word.span, text);
        return None;
    }
    Some(address)
}

/// An id; None with a mistake when it has letters that are hard to type in a command.
pub(super) fn id(reading: &Reading<'_>, word: &Word) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !word.text.chars().all(plain) {
        let text = format!("id `{}` may only have lower-case letters, digits, `-` and `_`", word.text);
        reading.say(&word.span, text);
        return None;
    }
    Some(word.text.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_units_in_order() {
        assert_eq!(duration("15m").unwrap().as_secs(), 900);
        assert_eq!(duration("1h30m").unwrap().as_secs(), 5_400);
        assert_eq!(duration("1d2h3m4s").unwrap().as_secs(), 93_784);
        assert_eq!(duration("0m").unwrap().as_secs(), 0);
        for wrong in
            ["", " ", "15", "1.5", "m", "30m1h", "5m5m", "15 m", "-5m", "15min", "99999999999999999d"]
        {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert!(duration("400d").unwrap_err().contains("a year"));
        assert!(duration("15").unwrap_err().contains("`15m`"));
    }

    #[test]
    fn a_size_needs_its_unit() {
        assert_eq!((size("500B"), size("10KiB"), size("2 MiB")), (Ok(500), Ok(10_240), Ok(2 << 20)));
        for wrong in ["", "5", "KiB", "5MB", "-1B", "1.5MiB", "99999999999999999999MiB"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mistyped_zone_is_suggested() {
        assert_eq!(
            zone("Asia/Tokio").unwrap_err(),
            "unknown time zone `Asia/Tokio`; did you mean `Asia/Tokyo`?"
        );
        assert_eq!(
            zone("Nowhere at all").unwrap_err(),
            "unknown time zone `Nowhere at all`; write a name like `Asia/Tokyo`"
        );
    }
}
