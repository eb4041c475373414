//! Owns what becomes of templates that failed while something was written: the operator hears of each.

use super::draft::Draft;
use crate::house::HouseFact;
use crate::house::troubles::Kind;
use crate::templates::{Fault, Place};

/// Writes down what failed since the last step, in the step in which it is known.
pub(super) fn failed(draft: &mut Draft<'_>) {
    for fault in draft.book.templates.take_faults() {
        let Fault { place: Place { file, line }, template, reason } = fault;
        draft.house(HouseFact::began(Kind::Template, &format!("{template} ({file}:{line})"), &reason));
    }
}
