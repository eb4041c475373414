//! Owns what nobody is told while something is quiet. A recovery of what was told is told, and so is what people say.

use crate::incident::{Fact, Incident};

/// Whether nobody hears of a fact, the incident being as it is after it.
pub(super) fn is_hidden(incident: &Incident, fact: &Fact) -> bool {
    match fact {
        Fact::AlertJoined { key, .. } | Fact::CameAgain { key, .. } => incident.covers(key),
        Fact::RecoveryWithdrawn { .. }
        | Fact::Recurred { .. }
        | Fact::SeverityRaised { .. }
        | Fact::Recovered { .. } => incident.hidden().is_some(),
        _ => false,
    }
}
