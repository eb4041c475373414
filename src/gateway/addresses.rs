//! Owns noticing that mail to an address comes back, and that its owner is there after all.

use super::DeliveryOutcome;
use super::draft::Draft;
use crate::house::HouseFact;
use crate::house::addresses::AddressFact;
use crate::incident::decide::Delivery;
use crate::message::Message;
use crate::paths::Paths;

/// A mail came to the end of its way. Asked before that is written down: what came back twice is one that came back.
pub(super) fn ended(draft: &mut Draft<'_>, outcome: &DeliveryOutcome) {
    let Delivery::Undeliverable(reason) = &outcome.end else { return };
    let known = draft.incident(outcome.incident).and_then(|incident| {
        incident.notice(&outcome.audience, outcome.number, &outcome.person).map(|sent| sent.failed)
    });
    // The way out may be a program, and the report may name another address than the one that was written to.
    let Some(address) = draft.directory().people.get(&outcome.person).and_then(|person| {
        let named = person.addresses.iter().find(|address| **address == outcome.to);
        named.or(person.addresses.first()).cloned()
    }) else {
        return;
    };
    if known == Some(true) || Paths::name_in(&outcome.to).is_some() {
        return;
    }
    let addresses = &draft.the_house().addresses;
    if let Some(fact) = addresses.came_back((&address, &outcome.person), reason, draft.now) {
        draft.house(HouseFact::Address(fact));
    }
}

/// Somebody wrote from an address: it exists.
pub(super) fn wrote(draft: &mut Draft<'_>, message: &Message) {
    let Some(author) = message.author().filter(|_| message.automatic.is_none()) else { return };
    let address = author.address.clone();
    if draft.the_house().addresses.left_alone(&address).is_some() {
        draft.house(HouseFact::Address(AddressFact::Again { address }));
    }
}
