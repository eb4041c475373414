//! Owns `quiet_hours` of a client: when it is not to be woken, and by what all the same.

use std::collections::BTreeSet;

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::table::Table;
use super::values;
use crate::directory::{QuietHours, Severity};

/// `quiet_hours` as written.
#[derive(Debug)]
pub(super) struct WrittenQuiet {
    within: Option<(Time, Time)>,
    zone: Option<TimeZone>,
    except: BTreeSet<Severity>,
    withdrawals_wait: Option<String>,
}

impl WrittenQuiet {
    /// Reads it.
    pub(super) fn read(table: Table<'_>) -> Self {
        if !table.has("within") {
            table.needs("within");
        }
        let severity = |word: &super::reading::Word| match values::severity(&word.text) {
            Ok(severity) => Some(severity),
            Err(why) => {
                table.reading.say(&word.span, why);
                None
            }
        };
        let quiet = Self {
            within: table.read("within", within),
            zone: table.read("zone", values::zone),
            except: table.words("except").iter().filter_map(severity).collect(),
            withdrawals_wait: table.word("withdrawals_wait").map(|word| word.text),
        };
        table.end();
        quiet
    }

    /// What it means; `zone` is that of the client.
    pub(super) fn meaning(&self, zone: &TimeZone) -> Option<QuietHours> {
        let (from, until) = self.within?;
        Some(QuietHours {
            from,
            until,
            zone: self.zone.clone().unwrap_or_else(|| zone.clone()),
            except: self.except.clone(),
            withdrawals_wait: self.withdrawals_wait.clone(),
        })
    }
}

/// `22:00-07:00`.
fn within(text: &str) -> Result<(Time, Time), String> {
    let wrong = || format!("`{text}` are no hours; write `22:00-07:00`");
    let (from, until) = text.split_once('-').ok_or_else(wrong)?;
    let (from, until) = (time(from).ok_or_else(wrong)?, time(until).ok_or_else(wrong)?);
    if from == until {
        return Err(format!("`{text}` is all day, and the client would never be told; write `22:00-07:00`"));
    }
    Ok((from, until))
}

/// `7:00`, `22:00`, and `24:00` for the end of the day.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let two = |text: &str| (1..=2).contains(&text.len()).then(|| text.parse::<i8>().ok()).flatten();
    match (two(hour)?, two(minute)?) {
        (24, 0) => Some(Time::midnight()),
        (hour, minute) => Time::new(hour, minute, 0, 0).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_two_times_of_day_that_differ() {
        let at = |hour, minute| Time::new(hour, minute, 0, 0).unwrap();
        assert_eq!(within("22:00-07:00"), Ok((at(22, 0), at(7, 0))));
        assert_eq!(within("20:30 - 24:00"), Ok((at(20, 30), at(0, 0))));
        for wrong in ["22-07", "22:00", "25:00-07:00", "22:00-07:60", "-1:00-07:00", "a-b", ""] {
            assert!(within(wrong).unwrap_err().contains("write `22:00-07:00`"), "{wrong}");
        }
        assert!(within("00:00-24:00").unwrap_err().contains("all day"));
    }
}
