//! Owns `[[policy]]`: the steps of an escalation.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::reading::Word;
use super::schedules::Around;
use super::table::Table;
use super::values;
use crate::directory::Severity;
use crate::escalation::{Policy, Step};
use crate::rules::{Span, Window};

/// How often steps may be gone through again: the operator hears hourly after that anyway.
const MOST_REPEATS: u32 = 100;

/// `[[policy]]` as written.
#[derive(Debug)]
pub(super) struct WrittenPolicy {
    /// Its id.
    pub(super) id: Option<Word>,
    steps: Vec<WrittenStep>,
    repeat: u32,
    within: Option<WrittenWindow>,
}

/// Hours as written.
#[derive(Debug)]
struct WrittenWindow {
    spans: Vec<Span>,
    zone: Option<TimeZone>,
    except: Option<Word>,
}

impl WrittenWindow {
    /// Hours in a table of something else; None where it has none.
    fn read(table: &Table<'_>) -> Option<Self> {
        let reading = table.reading;
        let written = table.text_or_texts("within");
        let span = |word: &Word| Span::parse(&word.text).map_err(|why| reading.say(&word.span, why)).ok();
        let spans: Vec<Span> = written.iter().filter_map(span).collect();
        let (zone, except) = (table.read("time_zone", values::zone), table.word("except"));
        for key in ["time_zone", "except"].into_iter().filter(|key| table.has(key) && written.is_empty()) {
            let text =
                format!("`{key}` needs `within`: the hours that are meant, such as \"Mon-Fri 09:00-18:00\"");
            reading.say(&table.place(key), text);
        }
        (!spans.is_empty()).then_some(Self { spans, zone, except })
    }

    fn window(&self, site: &Around<'_>) -> Window {
        let except = self.except.as_ref().and_then(|list| site.lists.dates(site.reading, list));
        Window {
            spans: self.spans.clone(),
            zone: self.zone.clone().unwrap_or_else(|| site.zone.clone()),
            except: except.unwrap_or_default(),
        }
    }
}

/// One step as written.
#[derive(Debug)]
struct WrittenStep {
    after: SignedDuration,
    tell: Vec<Word>,
    within: Option<WrittenWindow>,
    severity: Option<Severity>,
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
        let repeat = table.number("repeat", 0..=MOST_REPEATS).unwrap_or(0);
        let policy = Self { id, steps, repeat, within: WrittenWindow::read(&table) };
        table.end();
        policy
    }

    /// What it means.
    fn policy(&self, id: String, site: &Around<'_>) -> Policy {
        let window = |within: &Option<WrittenWindow>| within.as_ref().map(|within| within.window(site));
        let step = |step: &WrittenStep| Step {
            after: step.after,
            tell: step.tell.iter().filter_map(|word| site.names.told(site.reading, word)).collect(),
            within: window(&step.within),
            severity: step.severity,
        };
        let (steps, within) = (self.steps.iter().map(step).collect(), window(&self.within));
        Policy { id, steps, repeat: self.repeat, within }
    }
}

/// Only the first step may come at once without saying so.
fn read_step(number: usize, table: Table<'_>) -> WrittenStep {
    let nobody =
        format!("step {} needs `tell`: a list such as [\"person:kato\", \"party:infra\"]", number + 1);
    let step = WrittenStep {
        after: table.read("after", values::duration).unwrap_or(SignedDuration::ZERO),
        tell: table.some_words("tell", &nobody),
        within: WrittenWindow::read(&table),
        severity: table.read("severity", values::severity),
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
pub(super) fn policies(written: &[WrittenPolicy], site: &Around<'_>) -> BTreeMap<String, Policy> {
    let policy = |written: &WrittenPolicy| {
        let id = values::id(site.reading, written.id.as_ref()?)?;
        Some((id.clone(), written.policy(id, site)))
    };
    written.iter().filter_map(policy).collect()
}
