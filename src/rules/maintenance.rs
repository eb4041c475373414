//! Owns planned work: which alerts it covers, and until when.
//! Only alerts: a person who writes is heard.

use jiff::Timestamp;

use super::condition::{Condition, Subject};
use super::window::Window;
use crate::directory::ServiceId;
use crate::quiet::{Quiet, Silencer};

/// One `[[maintenance]]`.
#[derive(Debug, Clone)]
pub struct Maintenance {
    /// Its name, told wherever it kept an alert quiet. Unique in the site.
    pub name: String,
    /// When.
    pub plan: Plan,
    /// Services that are worked on, as the rules name them; every one when empty.
    pub services: Vec<ServiceId>,
    /// Which alerts it covers.
    pub when: Condition,
    /// What is done; empty where nothing is said.
    pub reason: String,
}

/// When planned work is.
#[derive(Debug, Clone)]
pub enum Plan {
    /// Once.
    Once {
        /// It begins.
        from: Timestamp,
        /// It is over.
        until: Timestamp,
    },
    /// Every week.
    Weekly(Window),
}

impl Maintenance {
    /// When it is over, if it is going on.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.plan {
            Plan::Once { from, until } => (*from..*until).contains(&now).then_some(*until),
            Plan::Weekly(window) => window.end(now),
        }
    }
}

/// Why an alert is to be told to nobody: of several that cover it, the one that lasts longest.
pub(super) fn covers(
    planned: &[Maintenance],
    subject: &Subject<'_>,
    service: Option<&ServiceId>,
) -> Option<Quiet> {
    subject.alert?;
    let of_service = |planned: &&Maintenance| {
        planned.services.is_empty() || service.is_some_and(|it| planned.services.contains(it))
    };
    let quiet = |planned: &Maintenance| {
        let until = planned.until(subject.now)?;
        planned.when.holds(subject)?;
        let by = Silencer::Maintenance(planned.name.clone());
        Some(Quiet { until, by, why: planned.reason.clone() })
    };
    planned.iter().filter(of_service).filter_map(quiet).max_by_key(|quiet| quiet.until)
}
