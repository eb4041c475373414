//! Owns how a trouble ends of which a report is sent.

use super::stage::Act;
use crate::rehearsal::chance::Chance;

/// What people write into a report: their words are theirs to say, and the same in both plays.
const REPORT: [&str; 4] = [
    "impact: 120 users could not log in.\ndata loss: none\nleak: none\nattack: none",
    "cause: There were too many connections.\nroot cause: Nobody had counted them.",
    "fix: We restarted it.\n- allow more connections by 2026-12-10",
    "prevention: 監視を強化いたします。",
];

/// How the trouble ends, and its report goes out; twice where something is written anew.
pub(super) fn end(chance: &mut Chance) -> Vec<(i64, Act)> {
    let words = |words: &'static str| Act::Words { who: "kato", words };
    let mut acts = vec![
        (5, Act::Alert { host: 0, firing: false }),
        (20, words("recovered")),
        (2, words("resolved")),
        (1, words(REPORT[0])),
        (1, words(chance.of(&REPORT))),
        (3, words("report")),
        (10, Act::OfReport { word: "approve" }),
    ];
    if chance.below(3) == 0 {
        acts.extend([(30, words(chance.of(&REPORT))), (10, Act::OfReport { word: "approve" })]);
    }
    acts
}

impl Act {
    /// Whether nothing begins or ends by it.
    pub(super) fn goes_with_one_trouble(&self) -> bool {
        match self {
            Self::Alert { .. } | Self::Elsewhere { .. } | Self::Down { .. } => false,
            Self::Words { words, .. } => words.starts_with("next") || words.starts_with("ack"),
            _ => true,
        }
    }
}
