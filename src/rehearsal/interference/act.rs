//! Owns what happens in a conversation, whatever the words for it are: the same in both plays.

use crate::rehearsal::chance::Chance;

/// Something that happens, whatever the words for it are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// The monitor speaks of a host of the service.
    Alert { host: usize, firing: bool },
    /// The monitor speaks of something that is nothing to any client.
    Elsewhere { firing: bool },
    /// A colleague says words that are the same in both plays.
    Words { who: &'static str, words: &'static str },
    /// A colleague writes of something else that is broken in the same service.
    Opens { who: &'static str },
    /// A colleague says words about another incident than the first.
    OfAnother { who: &'static str, incident: &'static str, words: &'static str },
    /// A colleague writes to the house.
    Note { who: &'static str, note: usize },
    /// A colleague says why the client need not be told.
    NoNeed { note: usize },
    /// A colleague gives it another title.
    Title { note: usize },
    /// The account owner answers the newest draft for the client.
    OfDraft { word: &'static str },
    /// The operator answers the newest draft of the report.
    OfReport { word: &'static str },
    /// The client writes.
    Client { text: &'static str },
    /// Another client writes, where there is one.
    OtherClient,
    /// The relay changes its mind about somebody.
    Relay { who: &'static str, answer: &'static str },
    /// The relay refuses the other client's mail, where there is one.
    OtherBounces,
    /// firebell is down for some minutes.
    Down { minutes: u64 },
    /// Time passes.
    Nothing,
}

const COLLEAGUES: [&str; 3] = ["kato", "sato", "mori"];
const WORDS: [&str; 12] = [
    "ack",
    "ack",
    "ack",
    "recovered",
    "recovered",
    "resolved",
    "resolved anyway",
    "reopen",
    "close",
    "sev2",
    "next 40m",
    "status",
];
const OF_ANOTHER: [&str; 9] = [
    "ack",
    "recovered",
    "recovered",
    "resolved",
    "reopen",
    "close",
    "next 20m",
    "client: We are looking at this one, too.",
    "merge INC-1",
];
const FOR_CLIENTS: [&str; 4] = [
    "client: We are restarting the database.",
    "client: Service A works again.",
    "client: 復旧いたしました。ご不便をおかけしました。",
    "next 25m\nclient: We found the cause and are working on it.",
];

impl Act {
    pub(super) fn random(chance: &mut Chance) -> Self {
        let who = chance.of(&COLLEAGUES);
        let note = chance.below(6) as usize;
        match chance.below(28) {
            0..=3 => Self::Alert { host: chance.below(2) as usize, firing: true },
            4..=6 => Self::Alert { host: chance.below(2) as usize, firing: false },
            7 => Self::Elsewhere { firing: chance.below(3) > 0 },
            8..=11 => Self::Words { who, words: chance.of(&WORDS) },
            12..=13 => Self::Note { who, note },
            14 => Self::NoNeed { note },
            15 => Self::Title { note },
            16 => Self::OfDraft { word: chance.of(&["approve", "approve", "reject"]) },
            17..=18 => Self::Words { who: "mori", words: chance.of(&FOR_CLIENTS) },
            19 => Self::Client {
                text: chance.of(&["How long will it take?", "まだ使えません。", "recovered"]),
            },
            20 => Self::OtherClient,
            21 => {
                let whom = chance.of(&["kato", "ueda", "mita"]);
                Self::Relay { who: whom, answer: chance.of(&["250", "250", "451", "550"]) }
            }
            22 => Self::OtherBounces,
            23 => Self::Opens { who },
            24..=26 => Self::OfAnother {
                who,
                incident: chance.of(&["INC-2", "INC-2", "INC-3"]),
                words: chance.of(&OF_ANOTHER),
            },
            _ => Self::Down { minutes: 1 + chance.below(90) },
        }
    }
}
