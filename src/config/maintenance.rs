//! Owns `[[maintenance]]` of rule files: planned work.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::conditions::{self, Site};
use super::count;
use super::reading::Word;
use super::table::Table;
use super::values;
use crate::rules::{Condition, Maintenance, Plan};

/// What to write instead of a `when` that covers every alert by accident.
const WHICH: &str = "[[maintenance]] needs `service` or `when`; write `when = {}` for every alert";

/// Times as they may be written.
const A_TIME: &str = "write 2026-12-05T22:00:00+09:00, or \"2026-12-05 22:00\" by the clocks of `zone`";

/// Reads one. None with a mistake said; `names` are those before it, and where they stand.
pub(super) fn maintenance(
    table: Table<'_>,
    site: Site<'_>,
    names: &mut BTreeMap<String, String>,
) -> Option<Maintenance> {
    let reading = table.reading;
    let name = table.required("name");
    if let Some(name) = &name {
        let at = format!("{}:{}", reading.file(), reading.line(&table.span));
        match names.get(&name.text) {
            Some(first) => {
                let text =
                    format!("maintenance `{}` stands a second time; the first is at {first}", name.text);
                reading.say(&name.span, text);
            }
            None => drop(names.insert(name.text.clone(), at)),
        }
    }
    if !table.has("service") && !table.has("when") {
        reading.say(&table.span, WHICH);
    }
    let services = table.text_or_texts("service");
    let services = services.iter().filter_map(|word| site.names.service(reading, word)).collect();
    let when = table.table("when", "`when`").map(|when| {
        count::not_of_work(&when);
        conditions::condition(when, site)
    });
    let reason = table.word("reason").map(|word| word.text).unwrap_or_default();
    let plan = plan(&table, site);
    table.end();
    let when = when.unwrap_or(Condition::All(Vec::new()));
    Some(Maintenance { name: name?.text, plan: plan?, services, when, reason })
}

/// Once, or every week.
fn plan(table: &Table<'_>, site: Site<'_>) -> Option<Plan> {
    let reading = table.reading;
    let [from, until, within, ..] = ["from", "until", "within", "zone", "except"].map(|key| table.has(key));
    match (from || until, within) {
        (false, false) => {
            let text = "[[maintenance]] needs `from` and `until`, or `within` for every week";
            reading.say(&table.span, text);
            return None;
        }
        (true, true) => {
            let text = "`within` is for every week, `from` and `until` are for once: write one of them";
            reading.say(&table.place("within"), text);
            return None;
        }
        (false, true) => return weekly(table, site),
        (true, false) => {}
    }
    for key in ["from", "until"].into_iter().filter(|key| !table.has(key)) {
        table.needs(key);
    }
    if table.has("except") {
        reading.say(
            &table.place("except"),
            "`except` goes with `within`; from `from` to `until` is one stretch",
        );
    }
    let zone = table.read("zone", values::zone).unwrap_or_else(|| site.zone.clone());
    let (from, until) = (time(table, "from", &zone), time(table, "until", &zone));
    let (from, until) = (from?, until?);
    if from >= until {
        reading.say(&table.place("until"), "`until` must be after `from`");
        return None;
    }
    Some(Plan::Once { from, until })
}

fn weekly(table: &Table<'_>, site: Site<'_>) -> Option<Plan> {
    let mistakes = table.reading.count();
    let window = conditions::window(table, site)?;
    // A Monday at noon, or any other time: what never closes is open then.
    if table.reading.count() == mistakes
        && window.holds(Timestamp::UNIX_EPOCH)
        && window.end(Timestamp::UNIX_EPOCH).is_none()
    {
        let text =
            "`within` never ends: nobody would ever be told; for that write a rule with action = \"ignore\"";
        table.reading.say(&table.place("within"), text);
        return None;
    }
    Some(Plan::Weekly(window))
}

/// A time with its zone, or as a clock of the zone shows it.
fn time(table: &Table<'_>, key: &'static str, zone: &TimeZone) -> Option<Timestamp> {
    let word = table.date_or_word(key)?;
    read(&word, key, zone).map_err(|why| table.reading.say(&word.span, why)).ok()
}

fn read(word: &Word, key: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = word.text.as_str();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wrong = || format!("`{key}`: `{text}` is no time; {A_TIME}");
    let local: DateTime =
        Some(text).filter(|text| text.contains(':')).ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
    let name = zone.iana_name().unwrap_or("UTC");
    let at = zone.to_ambiguous_timestamp(local);
    match at.offset() {
        AmbiguousOffset::Unambiguous { .. } => at.unambiguous().map_err(|_| wrong()),
        AmbiguousOffset::Gap { .. } => {
            Err(format!("`{key}`: the clocks of {name} skip {text}; write another time"))
        }
        AmbiguousOffset::Fold { before, after } => {
            let (first, second) = (local.to_string(), local.to_string());
            Err(format!(
                "`{key}`: the clocks of {name} show {text} twice; write {first}{} or {second}{}",
                offset(before.seconds()),
                offset(after.seconds())
            ))
        }
    }
}

/// `+09:00`.
fn offset(seconds: i32) -> String {
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}
