//! Owns asking about what nobody speaks of any more: some monitors never say that something recovered. Nothing is closed
//! by itself.

use jiff::{SignedDuration, Timestamp};

use super::{Fact, Incident, Silence};

/// After so long without an alert whoever answers for an incident is asked whether it is over.
const UNHEARD: SignedDuration = SignedDuration::from_hours(24);

/// What is due by the clock.
pub(super) fn due(incident: &Incident, now: Timestamp) -> Option<Fact> {
    next_due(incident).filter(|due| *due <= now)?;
    let keys = incident.firing().map(str::to_owned).collect();
    Some(Fact::Quiet(Silence::Unheard { since: incident.last_heard_of(), keys }))
}

/// When [`due`] will have something to say: once after each alert that was the last for so long.
pub(super) fn next_due(incident: &Incident) -> Option<Timestamp> {
    let heard = incident.last_heard_of();
    let open = incident.is_broken() && incident.hidden().is_none() && incident.firing().next().is_some();
    let asked = incident.asked_unheard.is_some_and(|asked| asked >= heard);
    (open && !asked).then(|| heard + UNHEARD)
}
