//! Owns lines of the house log that take more than a word.

use crate::directory::PersonId;

pub(super) fn unmatched(from: &str, subject: &str, not_yet: Option<&str>) -> String {
    let few = not_yet.map(|few| format!(" (not yet: {few})")).unwrap_or_default();
    format!("unmatched: \"{subject}\" from {from}{few}")
}

/// What became of a mail to the test address.
pub(super) fn tested(by: Option<&PersonId>, from: &str, subject: &str) -> String {
    match by {
        Some(by) => format!("test: \"{subject}\"; {by} is told what would become of it"),
        None => format!("test: \"{subject}\" from {from}, not known to be a colleague's own: not answered"),
    }
}
