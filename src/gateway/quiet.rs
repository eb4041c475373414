//! Owns following what is planned: a maintenance may have been prolonged, ended early or taken out since it covered an
//! alert.

use jiff::Timestamp;

use crate::book::Book;
use crate::incident::{Fact, Incident, Silence};
use crate::quiet::{Quiet, Silencer};

/// What is otherwise in an incident than the plans say now, one alert at a time.
pub(super) fn changed_plan(book: &Book, incident: &Incident, now: Timestamp) -> Option<Fact> {
    if incident.past || incident.merged_into.is_some() {
        return None;
    }
    let covered = incident.keys.iter().filter_map(|(key, it)| Some((key, it.quiet.as_ref()?)));
    covered.filter_map(|(key, quiet)| follow(book, key, quiet, now)).map(Fact::Quiet).next()
}

fn follow(book: &Book, key: &str, quiet: &Quiet, now: Timestamp) -> Option<Silence> {
    let Silencer::Maintenance(name) = &quiet.by else { return None };
    match book.rules.maintenance(name).and_then(|planned| planned.until(now)) {
        Some(until) if until != quiet.until => {
            Some(Silence::Covered { key: key.to_owned(), quiet: Quiet { until, ..quiet.clone() } })
        }
        Some(_) => None,
        None => (quiet.until > now).then(|| Silence::Uncovered { key: key.to_owned() }),
    }
}
