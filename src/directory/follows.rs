//! Owns who is kept informed of what breaks because they, or their party, want to be.

use super::{Directory, PartyId, PersonId, ServiceId, Severity};

/// That somebody of the house wants to be kept informed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Who.
    pub person: PersonId,
    /// The party for which it is written; None where it is the person's own wish.
    pub party: Option<PartyId>,
    /// Of which service; None for whatever breaks.
    pub service: Option<ServiceId>,
    /// Of what is as bad as this, or worse.
    pub severity: Severity,
}

impl Directory {
    /// The wishes that mean an incident of this service and severity.
    pub fn follows(&self, service: Option<&ServiceId>, severity: Severity) -> impl Iterator<Item = &Follow> {
        self.wishes.iter().filter(move |wish| {
            severity <= wish.severity && wish.service.as_ref().is_none_or(|it| Some(it) == service)
        })
    }
}
