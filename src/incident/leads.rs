//! Owns what facts say of the keys that lead to an incident: which one fired, and whether all others stay as they were.

use super::Fact;

impl Fact {
    /// Whether everything stays as it was about which keys lead to the incident, but for a key that fired. In a storm most
    /// facts are of this kind, and the incident has hundreds of keys.
    pub fn leaves_keys(&self) -> bool {
        matches!(
            self,
            Self::AlertRepeated { .. }
                | Self::AlertJoined { .. }
                | Self::CameAgain { .. }
                | Self::AlertsTold { .. }
                | Self::AlertNoted { .. }
                | Self::KeyRecovered { .. }
                | Self::Escalated { .. }
                | Self::Announced { .. }
                | Self::Queued { .. }
                | Self::Told { .. }
        )
    }

    /// The key of the alert that fired, when that is what happened: from then on it leads to this incident.
    pub fn fired(&self) -> Option<&str> {
        match self {
            Self::Opened(opening) => opening.key.as_deref(),
            Self::AlertRepeated { key }
            | Self::AlertJoined { key, .. }
            | Self::CameAgain { key, .. }
            | Self::RecoveryWithdrawn { key, .. } => Some(key),
            Self::Recurred { key, .. } => key.as_deref(),
            _ => None,
        }
    }
}
