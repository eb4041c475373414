//! Owns `[[policy]]`: the steps of an escalation.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::names::Names;
use super::reading::{Reading, Word};
use super::table::Table;
use super::values;
use crate::escalation::{Policy, Step};

/// How often steps may be gone through again: the operator hears hourly after that anyway.
const MOST_REPEATS: u32 = 100;

/// `[[policy]]` as written.
#[derive(Debug)]
pub(super) struct WrittenPolicy {
    /// Its id.
    pub(super) id: Option<Word>,
    steps: Vec<WrittenStep>,
    repeat: u32,
}

/// One step as written.
#[derive(Debug)]
struct WrittenStep {
    after: SignedDuration,
    tell: Vec<Word>,
}

impl WrittenPolicy {
    /// Reads one.
    pub(super) fn read(table: Table<'_>) -> Self {
        let id = table.required("id");
        let steps = table.tables("steps", "steps");
        if steps.is_empty() {
            let name = id.as_ref().map_or("this policy", |id| id.text.as_str());
            let text =
                format!("policy `{name}` needs `steps`: write steps = [{{ tell = [\"party:infra\"] }}]");
            table.reading.say(&table.place("steps"), text);
        }
        let steps = steps.into_iter().enumerate().map(|(number, step)| read_step(number, step)).collect();
        let policy = Self { id, steps, repeat: table.number("repeat", 0..=MOST_REPEATS).unwrap_or(0) };
        table.end();
        policy
    }

    /// What it means.
    fn policy(&self, id: String, names: &Names, reading: &Reading<'_>) -> Policy {
        let step = |step: &WrittenStep| Step {
            after: step.after,
            tell: step.tell.iter().filter_map(|word| names.told(reading, word)).collect(),
        };
        Policy { id, steps: self.steps.iter().map(step).collect(), repeat: self.repeat }
    }
}

/// Only the first step may come at once without saying so.
fn read_step(number: usize, table: Table<'_>) -> WrittenStep {
    let nobody =
        format!("step {} needs `tell`: a list such as [\"person:kato\", \"party:infra\"]", number + 1);
    let step = WrittenStep {
        after: table.read("after", values::duration).unwrap_or(SignedDuration::ZERO),
        tell: table.some_words("tell", &nobody),
    };
    if number > 0 && !table.has("after") {
        let text =
            format!("step {} needs `after`: how long after the step before, such as \"15m\"", number + 1);
        table.reading.say(&table.span, text);
    }
    table.end();
    step
}

/// All policies.
pub(super) fn policies(
    written: &[WrittenPolicy],
    names: &Names,
    reading: &Reading<'_>,
) -> BTreeMap<String, Policy> {
    let policy = |written: &WrittenPolicy| {
        let id = values::id(reading, written.id.as_ref()?)?;
        Some((id.clone(), written.policy(id, names, reading)))
    };
    written.iter().filter_map(policy).collect()
}
