//! Owns `[self_test]`: mails that firebell sends to itself.

use jiff::SignedDuration;

use super::names::Names;
use super::table::Table;
use super::values;
use crate::directory::Severity;
use crate::self_test::SelfTest;

/// How often when nothing is said.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// By when it must be back when nothing is said.
const WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How long none may come back before it is an incident.
const LASTS: SignedDuration = SignedDuration::from_mins(30);

/// What it means; None where there is none.
pub(super) fn self_test(root: &Table<'_>, names: &Names) -> Option<SelfTest> {
    let table = root.table("self_test", "[self_test]")?;
    let reading = table.reading;
    let every = table.read("every", at_least_a_minute).unwrap_or(EVERY);
    let within = table.read("within", at_least_a_second);
    if let Some(within) = within.filter(|within| *within > every) {
        let text = format!(
            "`within`: {within:#} is longer than `every`, {every:#}: the next one goes out before this one is missed"
        );
        reading.say(&table.place("within"), text);
    }
    let order = SelfTest {
        every,
        within: within.unwrap_or(WITHIN).min(every),
        lasts: table.read("lasts", values::duration).unwrap_or(LASTS),
        service: table.word("service").and_then(|word| names.service(reading, &word)),
        severity: table.read("severity", values::severity).unwrap_or(Severity::Sev2),
        policy: table.word("policy").and_then(|word| names.policy(reading, &word)),
    };
    table.end();
    Some(order)
}

fn at_least_a_minute(text: &str) -> Result<SignedDuration, String> {
    let time = values::duration(text)?;
    if time < SignedDuration::from_mins(1) {
        return Err(format!("`{text}` is too short: each is a mail in the mailbox; at least `1m`"));
    }
    Ok(time)
}

fn at_least_a_second(text: &str) -> Result<SignedDuration, String> {
    let time = values::duration(text)?;
    if time < SignedDuration::from_secs(1) {
        return Err(format!("`{text}` is too short for a mail to come back; at least `1s`, better `10m`"));
    }
    Ok(time)
}
