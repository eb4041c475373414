//! Owns remembering who was heard: so that it can be told who has fallen silent.

use std::collections::BTreeSet;

use super::draft::Draft;
use crate::alert::{Alert, Source};

/// What is asked of the store: format and address of each source.
pub(super) fn named(alerts: &[Alert]) -> BTreeSet<(String, String)> {
    alerts.iter().map(|alert| (alert.format.clone(), alert.source.clone())).collect()
}

/// Alerts came in from these. An archive tells of nobody who is silent today.
pub(super) fn heard(draft: &mut Draft<'_>, alerts: &[Alert]) {
    if draft.past {
        return;
    }
    for (format, address) in named(alerts) {
        let known = draft.known.sources.iter().find(|it| it.format == format && it.address == address);
        let heard = match known {
            Some(source) => source.heard(draft.came),
            None => Some(Source::new(&format, &address, draft.came)),
        };
        if let Some(source) = heard {
            draft.heard(source);
        }
    }
}
