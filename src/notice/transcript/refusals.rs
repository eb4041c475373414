//! Owns the phrases for what was not done.

use crate::incident::answer::Refusal;

/// The phrase for why something was not done.
pub(super) fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Outdated => "refused-outdated",
        Refusal::Removed => "refused-removed",
        Refusal::OwnerStays => "refused-owner-stays",
        Refusal::OfAClient => "refused-of-a-client",
        Refusal::NoPublicName => "refused-no-public-name",
        Refusal::LastResponders => "refused-last-responders",
        Refusal::SaysNothing => "refused-says-nothing",
        Refusal::NothingToConfirm => "refused-nothing-to-confirm",
        Refusal::Unproven => "refused-unproven",
        Refusal::StillBroken => "refused-still-broken",
        Refusal::CloseWhileBroken => "refused-close-while-broken",
        Refusal::Closed => "refused-closed",
        Refusal::AlreadyBroken => "refused-already-broken",
        Refusal::NotBroken => "refused-not-broken",
        Refusal::NothingWaits => "refused-nothing-waits",
        Refusal::WhichIncident => "refused-which-incident",
        Refusal::UnknownIncident => "refused-unknown-incident",
        Refusal::AlreadyOne => "refused-already-one",
        Refusal::HowLong => "refused-how-long",
        Refusal::NothingAsked => "refused-nothing-asked",
        Refusal::NoSuchMail => "refused-no-such-mail",
        Refusal::NotYours => "refused-not-yours",
        Refusal::NoAction => "refused-no-action",
        Refusal::HoldsInternal => "refused-holds-internal",
        Refusal::Client(refusal) => refusal.name(),
    }
}
