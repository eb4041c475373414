//! Owns how a trouble ends of which a report is sent.

use super::act::Act;
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

/// Two troubles of one name, of which the second lasts longer; whatever else is said meanwhile.
pub(super) fn two(chance: &mut Chance) -> Vec<(i64, Act)> {
    let of_second = |words: &'static str| Act::OfAnother { who: "sato", incident: "INC-2", words };
    let mut acts = vec![(0, Act::Alert { host: 0, firing: true })];
    acts.extend([(1, Act::Words { who: "kato", words: "ack" }), (2, Act::Opens { who: "sato" })]);
    acts.extend([(1, of_second("ack")), (14, Act::OfDraft { word: "approve" })]);
    acts.push((2, Act::OfDraft { word: "approve" }));
    acts.push((chance.below(9) as i64, Act::Alert { host: 0, firing: false }));
    let noise = |chance: &mut Chance| match chance.below(4) {
        0 => Act::OtherClient,
        1 => Act::Title { note: chance.below(6) as usize },
        2 => Act::Relay { who: "contact", answer: chance.of(&["250", "451"]) },
        _ => Act::Note { who: "kato", note: chance.below(6) as usize },
    };
    let some_noise = |chance: &mut Chance| -> Vec<(i64, Act)> {
        (0..1 + chance.below(4)).map(|_| (chance.below(11) as i64, noise(chance))).collect()
    };
    acts.extend(some_noise(chance));
    acts.push((chance.below(4) as i64, of_second("recovered")));
    acts.extend(some_noise(chance));
    acts
}

impl Act {
    /// Whether the first incident neither begins nor ends by it.
    pub(super) fn leaves_the_first_as_it_is(&self) -> bool {
        match self {
            Self::Alert { .. } | Self::Elsewhere { .. } | Self::Down { .. } => false,
            Self::OfAnother { words, .. } => !words.starts_with("merge"),
            Self::Words { words, .. } => words.starts_with("next") || words.starts_with("ack"),
            _ => true,
        }
    }
}
