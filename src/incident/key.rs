//! Owns how one key changes by what alerts say, and the rhythm in which they come.

use jiff::{SignedDuration, Timestamp};

use super::{Incident, Key, telling};

/// How many gaps between alerts are kept: enough for a median that one outlier doesn't move.
const GAPS: usize = 9;

/// A key of which no alert came yet.
pub(super) fn never_seen(at: Timestamp) -> Key {
    Key {
        firing: false,
        last_seen: at,
        count: 0,
        gaps: Vec::new(),
        changes: Vec::new(),
        flaps: false,
        quiet: None,
        noise: None,
    }
}

pub(super) fn fired(incident: &mut Incident, name: &str, at: Timestamp) {
    telling::contradicted(incident, at);
    let key = incident.keys.entry(name.to_owned()).or_insert_with(|| never_seen(at));
    if key.firing && key.count > 0 {
        key.gaps.push(at.duration_since(key.last_seen).as_secs());
        let surplus = key.gaps.len().saturating_sub(GAPS);
        key.gaps.drain(..surplus);
    }
    if !key.firing {
        key.changed(at);
    }
    key.firing = true;
    key.last_seen = at;
    key.count = key.count.saturating_add(1);
}

pub(super) fn stopped(incident: &mut Incident, name: &str, at: Timestamp) {
    if let Some(key) = incident.keys.get_mut(name) {
        if key.firing {
            key.changed(at);
        }
        (key.firing, key.quiet, key.noise) = (false, None, None);
    }
}

/// A late recovery of a key that still fired when a person said that it works.
pub(super) fn noted_alert(incident: &mut Incident, key: &str, state: &str, at: Timestamp) {
    if state == "resolved" {
        stopped(incident, key, at);
    }
}

impl Incident {
    /// The silence after which one more alert is news: three times the key's median repeat, at least 10 min.
    pub fn silence_that_speaks(&self, key: &str) -> SignedDuration {
        let mut gaps = self.keys.get(key).map(|key| key.gaps.clone()).unwrap_or_default();
        gaps.sort_unstable();
        let median = gaps.get(gaps.len() / 2).copied().unwrap_or(0);
        SignedDuration::from_secs(median.saturating_mul(3)).max(SignedDuration::from_mins(10))
    }
}
