//! Owns how the numbers of the weeks are laid out: few columns, so that a phone shows them.

use super::{Pen, length};
use crate::digest::{Pages, Trends, Week};
use crate::document::Part;
use crate::incident::words::one_line;

/// Weeks side by side: this one, the one before, and the mean of those before that are told in words.
const COLUMNS: usize = 3;

/// The tables.
pub(super) fn parts(pen: &Pen<'_>, trends: &Trends) -> Vec<Part> {
    let mut parts = vec![weeks(pen, &trends.weeks)];
    if !trends.noisy.is_empty() {
        parts.push(Part::Text { text: pen.say("noisy", &[]) });
        parts.push(Part::Table {
            head: ["head-key", "head-alerts", "head-before", "head-incidents"]
                .iter()
                .map(|name| pen.say(name, &[]))
                .collect(),
            whole: false,
            rows: trends
                .noisy
                .iter()
                .map(|it| {
                    let counts = [it.alerts, it.before, it.incidents].map(|count| count.to_string());
                    [vec![one_line(&it.key)], counts.to_vec()].concat()
                })
                .collect(),
        });
    }
    if !trends.load.is_empty() {
        let people = trends.load.iter().map(|it| (pen.name(&it.person), &it.pages));
        let parties = trends.parties.iter().map(|it| (pen.party(&it.party), &it.pages));
        parts.push(Part::Text { text: pen.say("load", &[]) });
        parts.push(pages(pen, "head-person", people));
        parts.push(Part::Text { text: pen.say("load-parties", &[]) });
        parts.push(pages(pen, "head-party", parties));
    }
    parts
}

/// How often each was paged.
fn pages<'a>(pen: &Pen<'_>, whose: &str, load: impl Iterator<Item = (String, &'a Pages)>) -> Part {
    let row = |(name, pages): (String, &Pages)| {
        let counts = [pages.pages, pages.before, pages.at_night].map(|count| count.to_string());
        [vec![name], counts.to_vec(), vec![length(pen, pages.to_acknowledge)]].concat()
    };
    Part::Table {
        head: [whose, "head-pages", "head-before", "head-at-night", "head-to-acknowledge"]
            .iter()
            .map(|name| pen.say(name, &[]))
            .collect(),
        whole: false,
        rows: load.map(row).collect(),
    }
}

fn weeks(pen: &Pen<'_>, weeks: &[Week]) -> Part {
    let shown: Vec<&Week> = weeks.iter().take(COLUMNS).collect();
    let date = |week: &&Week| pen.say("week-from", &[("date", &pen.reader.day(week.from))]);
    let row = |name: &str, value: &dyn Fn(&Week) -> String| {
        std::iter::once(pen.say(name, &[])).chain(shown.iter().map(|week| value(week))).collect::<Vec<_>>()
    };
    Part::Table {
        whole: false,
        head: std::iter::once(String::new()).chain(shown.iter().map(date)).collect(),
        rows: vec![
            row("row-incidents", &|week| week.incidents.to_string()),
            row("row-recurrences", &|week| week.recurrences.to_string()),
            row("row-to-tell", &|week| length(pen, week.to_tell)),
            row("row-to-acknowledge", &|week| length(pen, week.to_acknowledge)),
            row("row-to-mitigate", &|week| length(pen, week.to_mitigate)),
            row("row-promises", &|week| format!("{} / {}", week.kept, week.kept + week.missed)),
        ],
    }
}
