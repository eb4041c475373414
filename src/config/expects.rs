//! Owns `[[expect]]`: mails that must come.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::conditions::{self, Site};
use super::names::unique;
use super::reading::Word;
use super::table::Table;
use super::values;
use crate::directory::Severity;
use crate::expectation::{Beat, Expectation};
use crate::timetable::Rhythm;

/// How late a mail may be when nothing is said.
const GRACE: SignedDuration = SignedDuration::from_mins(30);
/// Nothing is expected more often: mail itself may be on its way for that long.
const SHORTEST: SignedDuration = SignedDuration::from_mins(5);
/// More than so many are not looked at every time.
const MOST: usize = 500;

/// Reads all of them.
pub(super) fn expectations(tables: Vec<Table<'_>>, site: Site<'_>) -> Vec<Expectation> {
    let ids: Vec<Option<Word>> = tables.iter().map(|table| table.required("id")).collect();
    if let Some(first) = tables.first() {
        unique(first.reading, "expect", ids.iter().flatten());
    }
    for table in tables.iter().skip(MOST) {
        table.reading.say(&table.span, format!("more than {MOST} [[expect]]: leave some out"));
    }
    tables.into_iter().zip(ids).map(|(table, id)| expectation(table, id, site)).collect()
}

/// One; with a mistake said something stands in for what is missing.
fn expectation(table: Table<'_>, id: Option<Word>, site: Site<'_>) -> Expectation {
    let (reading, names) = (table.reading, site.names);
    if !table.has("when") {
        let text = "[[expect]] needs `when`: which mails are meant, in the words of a rule, such as { subject = \"backup\" }";
        reading.say(&table.span, text);
    }
    let when = table.table("when", "`when`").map(|when| conditions::condition(when, site));
    let id = id.and_then(|word| values::id(reading, &word));
    let beat = beat(&table, site.zone);
    let words = |key| table.text_or_texts(key).into_iter().map(|word| word.text).collect::<Vec<String>>();
    let (success, failure, started) = (words("success"), words("failure"), words("started"));
    let longest = table.read("longest", values::duration);
    if longest.is_some() && started.is_empty() {
        let text = "`longest` needs `started`: the words of the mail that says that it began";
        reading.say(&table.place("longest"), text);
    }
    if !started.is_empty() && success.is_empty() {
        let text =
            "`started` needs `success`: the words by which the mail that says that it is done is known";
        reading.say(&table.place("started"), text);
    }
    let expectation = Expectation {
        name: table.word("name").map(|word| word.text).or_else(|| id.clone()).unwrap_or_default(),
        id: id.unwrap_or_default(),
        when: when.unwrap_or(crate::rules::Condition::All(Vec::new())),
        beat: beat.unwrap_or(Beat::Every(SHORTEST)),
        grace: table.read("grace", values::duration).unwrap_or(GRACE),
        success,
        failure,
        started,
        longest,
        service: table.word("service").and_then(|word| names.service(reading, &word)),
        severity: table.read("severity", values::severity).unwrap_or(Severity::Sev3),
        policy: table.word("policy").and_then(|word| names.policy(reading, &word)),
    };
    table.end();
    expectation
}

/// `every` or `cron`, one of them.
fn beat(table: &Table<'_>, zone: &TimeZone) -> Option<Beat> {
    let reading = table.reading;
    let zone = table.read("time_zone", values::zone).unwrap_or_else(|| zone.clone());
    match (table.has("every"), table.word("cron")) {
        (true, Some(cron)) => {
            reading.say(&cron.span, "`cron` and `every` say the same thing: leave one of them out");
            None
        }
        (true, None) => table.read("every", every).map(Beat::Every),
        (false, Some(cron)) => {
            let rhythm = Rhythm::new(&cron.text, zone);
            let rhythm = rhythm.map_err(|why| reading.say(&cron.span, format!("`cron`: {why}"))).ok()?;
            Some(Beat::Cron(Box::new(rhythm)))
        }
        (false, None) => {
            if !table.has("cron") {
                let text = "[[expect]] needs `every` or `cron`: how often it must come, such as every = \"24h\" or cron = \"0 3 * * *\"";
                reading.say(&table.span, text);
            }
            None
        }
    }
}

fn every(text: &str) -> Result<SignedDuration, String> {
    let every = values::duration(text)?;
    if every < SHORTEST {
        return Err(format!(
            "`{text}` is too short: mail itself may be on its way for that long; at least `5m`"
        ));
    }
    Ok(every)
}
