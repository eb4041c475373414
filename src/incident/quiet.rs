//! Owns silence in an incident: alerts that are counted and told to nobody for a time, occurrences that nobody hears of
//! because they are made of such alerts alone, and that a person wants no pages.
//! A recovery and an acknowledgement count as ever. What still fires when the time is over is told, and why so late.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::Reported;
use super::key::never_seen;
use super::{Fact, Incident};
use crate::quiet::{Quiet, Silencer};

/// What happened to the silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "silence", rename_all = "kebab-case")]
pub enum Silence {
    /// An alert is counted, and told to nobody for a time.
    Covered {
        /// Fingerprint.
        key: String,
        /// For how long, and why.
        quiet: Quiet,
    },
    /// It is told from now on, before that time was over.
    Uncovered {
        /// Fingerprint.
        key: String,
    },
    /// The time is over.
    Over {
        /// Fingerprints of the alerts.
        keys: Vec<String>,
        /// Those that still fire.
        firing: Vec<String>,
    },
    /// Somebody wants nobody to be paged for a time. All else is told.
    Hushed {
        /// For how long, and who.
        quiet: Quiet,
    },
    /// That time is over.
    HushOver,
    /// An alert comes and goes.
    Flaps {
        /// Fingerprint.
        key: String,
    },
    /// No alert came for long, and nobody said that it recovered: whoever answers for it is asked.
    Unheard {
        /// Since when.
        since: Timestamp,
        /// Fingerprints of what fired last.
        keys: Vec<String>,
    },
    /// It stays as it is.
    Steady {
        /// Fingerprints of the alerts.
        keys: Vec<String>,
        /// Those that fire.
        firing: Vec<String>,
    },
}

/// That an occurrence was told late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Late {
    /// When it could be told.
    pub at: Timestamp,
    /// The event by which it could.
    pub event: u32,
    /// Why not before.
    pub quiet: Quiet,
}

impl Incident {
    /// Why nobody hears of the newest occurrence, when that is so: all that fires in it is covered.
    pub fn hidden(&self) -> Option<&Quiet> {
        self.occurrences.last().and_then(|occurrence| occurrence.hidden.as_ref())
    }

    /// That the newest occurrence was told late.
    pub fn late(&self) -> Option<&Late> {
        self.occurrences.last().and_then(|occurrence| occurrence.late.as_ref())
    }

    /// When the newest occurrence is or was first told: outsiders count from then.
    pub(super) fn audible(&self) -> Timestamp {
        let late = self.late().map(|late| late.at);
        self.hidden().map(|quiet| quiet.until).or(late).unwrap_or(self.detected())
    }

    /// Whether a key of it is covered.
    pub fn covers(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|key| key.quiet.is_some())
    }

    /// Whether nobody is to be paged now.
    pub fn is_silent(&self) -> bool {
        self.hidden().is_some() || self.hushed.is_some() || self.only_flaps()
    }
}

/// What a firing alert changes in the silence, before it is counted. What fires already and is told goes on being told
/// whatever covers it later. A rule's silence begins once; a maintenance may be prolonged.
pub(super) fn of_alert(incident: &Incident, key: &str, reported: Reported<'_>) -> Option<Fact> {
    let known = incident.keys.get(key);
    let now_covered = known.and_then(|known| known.quiet.as_ref());
    let fires = incident.is_broken() && known.is_some_and(|known| known.firing);
    let covered = |quiet: &Quiet| Silence::Covered { key: key.to_owned(), quiet: quiet.clone() };
    let silence = match (reported.quiet, now_covered) {
        (None, Some(_)) => Silence::Uncovered { key: key.to_owned() },
        (Some(quiet), Some(before)) if fires => {
            let planned = matches!(quiet.by, Silencer::Maintenance(_));
            (planned && quiet != before).then(|| covered(quiet))?
        }
        (Some(quiet), _) if !fires => covered(quiet),
        _ => return None,
    };
    Some(Fact::Quiet(silence))
}

/// What is due by the clock.
pub(super) fn due(incident: &Incident, now: Timestamp) -> Option<Fact> {
    next_due(incident).filter(|due| *due <= now)?;
    if incident.hushed.as_ref().is_some_and(|hushed| hushed.until <= now) {
        return Some(Fact::Quiet(Silence::HushOver));
    }
    let over = |quiet: &Quiet| quiet.until <= now;
    let over = incident.keys.iter().filter(|(_, key)| key.quiet.as_ref().is_some_and(over));
    let firing = over.clone().filter(|(_, key)| key.firing).map(|(name, _)| name.clone()).collect();
    let keys = over.map(|(name, _)| name.clone()).collect();
    Some(Fact::Quiet(Silence::Over { keys, firing }))
}

/// When [`due`] will have something to say.
pub(super) fn next_due(incident: &Incident) -> Option<Timestamp> {
    let keys = incident.keys.values().filter_map(|key| key.quiet.as_ref());
    let keys = keys.map(|quiet| quiet.until).min();
    // What no alert keeps silent: a person's mail under a rule that says so.
    let hidden = || incident.hidden().filter(|_| incident.is_broken()).map(|quiet| quiet.until);
    let hushed = incident.hushed.as_ref().map(|hushed| hushed.until);
    [keys.or_else(hidden), hushed].into_iter().flatten().min()
}

/// The silence after it changed.
pub(super) fn changed(incident: &mut Incident, silence: &Silence, at: Timestamp) {
    match silence {
        Silence::Covered { key, quiet } => {
            incident.keys.entry(key.clone()).or_insert_with(|| never_seen(at)).quiet = Some(quiet.clone());
            if let Some(hidden) = incident.occurrences.last_mut().and_then(|last| last.hidden.as_mut()) {
                *hidden = quiet.clone();
            }
        }
        Silence::Uncovered { key } => heard(incident, std::slice::from_ref(key)),
        Silence::Over { keys, .. } => heard(incident, keys),
        Silence::Hushed { quiet } => incident.hushed = Some(quiet.clone()),
        Silence::HushOver => incident.hushed = None,
        Silence::Unheard { .. } => incident.asked_unheard = Some(at),
        Silence::Flaps { key } => flaps(incident, std::slice::from_ref(key), true),
        Silence::Steady { keys, .. } => flaps(incident, keys, false),
    }
}

fn flaps(incident: &mut Incident, keys: &[String], flaps: bool) {
    for key in keys {
        if let Some(key) = incident.keys.get_mut(key) {
            key.flaps = flaps;
        }
    }
}

fn heard(incident: &mut Incident, keys: &[String]) {
    for key in keys {
        if let Some(key) = incident.keys.get_mut(key) {
            key.quiet = None;
        }
    }
}

/// What follows from any event: what breaks again by a covered alert is hidden, and what is hidden is heard of once
/// something fires in it that isn't covered.
pub(super) fn follows(incident: &mut Incident, fact: &Fact, at: Timestamp) {
    match fact {
        Fact::RecoveryWithdrawn { key, .. } | Fact::Recurred { key: Some(key), .. } => {
            let quiet = incident.keys.get(key).and_then(|key| key.quiet.clone());
            if let Some(occurrence) = incident.occurrences.last_mut() {
                (occurrence.hidden, occurrence.late) = (quiet, None);
            }
        }
        _ => {}
    }
    // Whoever wanted no pages did not know this.
    if matches!(fact, Fact::Recurred { .. } | Fact::SeverityRaised { .. } | Fact::Absorbed(_)) {
        incident.hushed = None;
    }
    if !incident.is_broken() {
        return;
    }
    let mut firing = incident.keys.values().filter(|key| key.firing);
    let told = firing.any(|key| key.quiet.is_none());
    let covered = incident.keys.values().any(|key| key.firing && key.quiet.is_some());
    let over = match fact {
        Fact::Quiet(Silence::Over { .. }) => !covered,
        // What it took in is told.
        Fact::Absorbed(_) => true,
        _ => false,
    };
    let event = incident.events;
    if let Some(occurrence) = incident.occurrences.last_mut()
        && (told || over)
        && let Some(quiet) = occurrence.hidden.take()
    {
        occurrence.late = Some(Late { at, event, quiet });
    }
}
