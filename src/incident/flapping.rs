//! Owns flapping: an alert that comes and goes more than 4 times in 20 minutes. That is said once; of what is not grave
//! the changes are then counted, nobody is paged for them, and how it stands is told once it stays so.
//! What is SEV1 or SEV2 is never held back.

use jiff::{SignedDuration, Timestamp};

use super::{Fact, Incident, Key, Silence};
use crate::alert::State;
use crate::directory::Severity;

/// Within this time so many changes are too many; after as long without one it is steady.
const SPAN: SignedDuration = SignedDuration::from_mins(20);
/// One more than is taken for ordinary.
const TOO_MANY: usize = 5;

impl Key {
    /// It began or ceased to fire.
    pub(super) fn changed(&mut self, at: Timestamp) {
        self.changes.push(at);
        let surplus = self.changes.len().saturating_sub(TOO_MANY);
        self.changes.drain(..surplus);
    }

    /// Whether a change now is one too many.
    fn is_too_much(&self, now: Timestamp) -> bool {
        let recent = self.changes.iter().filter(|at| now.duration_since(**at) <= SPAN).count();
        recent + 1 >= TOO_MANY
    }

    /// When it is steady, if it flaps.
    fn steady_at(&self) -> Option<Timestamp> {
        self.changes.last().filter(|_| self.flaps).map(|last| *last + SPAN)
    }
}

impl Incident {
    /// Whether changes of this key are counted only.
    pub fn flaps_quietly(&self, key: &str) -> bool {
        self.severity >= Severity::Sev3 && self.keys.get(key).is_some_and(|key| key.flaps)
    }

    /// Whether nobody is paged because all that fires here flaps.
    pub(super) fn only_flaps(&self) -> bool {
        let mut firing = self.keys.values().filter(|key| key.firing).peekable();
        self.severity >= Severity::Sev3 && firing.peek().is_some() && firing.all(|key| key.flaps)
    }
}

/// What an alert with this key says of flapping, before it is counted.
pub(super) fn of_alert(incident: &Incident, key: &str, state: State, now: Timestamp) -> Option<Fact> {
    let known = incident.keys.get(key)?;
    let changes = match state {
        State::Firing => !known.firing,
        State::Resolved => known.firing && incident.is_broken(),
        State::Acknowledged | State::Flapping | State::Info => false,
    };
    let begins = changes && !known.flaps && known.is_too_much(now);
    begins.then(|| Fact::Quiet(Silence::Flaps { key: key.to_owned() }))
}

/// What stays as it is for long enough now.
pub(super) fn due(incident: &Incident, now: Timestamp) -> Option<Fact> {
    let steady = |key: &Key| key.steady_at().is_some_and(|at| at <= now);
    let steady = incident.keys.iter().filter(|(_, key)| steady(key));
    let firing = steady.clone().filter(|(_, key)| key.firing).map(|(name, _)| name.clone()).collect();
    let keys: Vec<String> = steady.map(|(name, _)| name.clone()).collect();
    (!keys.is_empty()).then_some(Fact::Quiet(Silence::Steady { keys, firing }))
}

/// When [`due`] will have something to say.
pub(super) fn next_due(incident: &Incident) -> Option<Timestamp> {
    incident.keys.values().filter_map(Key::steady_at).min()
}
