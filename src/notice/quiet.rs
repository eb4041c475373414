//! Owns what nobody is told while something is quiet. A recovery of what was told is told, and so is what people say.

use crate::incident::{Fact, Incident, Silence};

/// Whether nobody hears of a fact, the incident being as it is after it.
pub(super) fn is_hidden(incident: &Incident, fact: &Fact) -> bool {
    let hidden = incident.hidden().is_some();
    match fact {
        // Told together with others, later.
        Fact::AlertJoined { waits: true, .. } | Fact::CameAgain { waits: true, .. } => true,
        Fact::AlertJoined { key, again, .. } => incident.covers(key) || *again && incident.flaps_quietly(key),
        Fact::CameAgain { key, .. } => incident.covers(key),
        Fact::RecoveryWithdrawn { key, .. }
        | Fact::Recurred { key: Some(key), .. }
        | Fact::Recovered { key: Some(key), .. } => hidden || incident.flaps_quietly(key),
        Fact::SeverityRaised { .. } | Fact::Recovered { .. } | Fact::Recurred { .. } => hidden,
        Fact::Quiet(Silence::Flaps { key }) => hidden || incident.covers(key),
        Fact::Quiet(Silence::Steady { .. }) => hidden,
        _ => false,
    }
}
