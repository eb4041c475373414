//! Owns the words themselves, English and Japanese. Tables, no code: one more word is one more line.
//! All are in small letters and half width; the first of each command is its name.

use jiff::SignedDuration;

use super::{Command, Field, HeldWord};
use crate::directory::Severity::{Sev1, Sev2, Sev3, Sev4};

/// Words that stand for themselves.
pub(super) const PLAIN: &[(&str, Command)] = &[
    ("ack", Command::Ack),
    ("acknowledge", Command::Ack),
    ("acknowledged", Command::Ack),
    ("対応します", Command::Ack),
    ("対応中", Command::Ack),
    ("対応中です", Command::Ack),
    ("recovered", Command::Recovered),
    ("mitigated", Command::Recovered),
    ("復旧", Command::Recovered),
    ("復旧しました", Command::Recovered),
    ("暫定対応", Command::Recovered),
    ("暫定対応済み", Command::Recovered),
    ("resolved", Command::Resolved { anyway: false }),
    ("resolved anyway", Command::Resolved { anyway: true }),
    ("解決", Command::Resolved { anyway: false }),
    ("解決しました", Command::Resolved { anyway: false }),
    ("恒久対応", Command::Resolved { anyway: false }),
    ("恒久対応済み", Command::Resolved { anyway: false }),
    ("close", Command::Close),
    ("クローズ", Command::Close),
    ("reopen", Command::Reopen),
    ("再開", Command::Reopen),
    ("sev1", Command::Severity { to: Sev1 }),
    ("sev2", Command::Severity { to: Sev2 }),
    ("sev3", Command::Severity { to: Sev3 }),
    ("sev4", Command::Severity { to: Sev4 }),
    ("sev 1", Command::Severity { to: Sev1 }),
    ("sev 2", Command::Severity { to: Sev2 }),
    ("sev 3", Command::Severity { to: Sev3 }),
    ("sev 4", Command::Severity { to: Sev4 }),
    ("sev-1", Command::Severity { to: Sev1 }),
    ("sev-2", Command::Severity { to: Sev2 }),
    ("sev-3", Command::Severity { to: Sev3 }),
    ("sev-4", Command::Severity { to: Sev4 }),
    ("重大度1", Command::Severity { to: Sev1 }),
    ("重大度2", Command::Severity { to: Sev2 }),
    ("重大度3", Command::Severity { to: Sev3 }),
    ("重大度4", Command::Severity { to: Sev4 }),
    ("join", Command::Join),
    ("参加", Command::Join),
    ("参加します", Command::Join),
    ("leave", Command::Leave),
    ("離脱", Command::Leave),
    ("離脱します", Command::Leave),
    ("same", Command::Same),
    ("同じ", Command::Same),
    ("同じです", Command::Same),
    ("noise", Command::Noise),
    ("誤報", Command::Noise),
    ("誤報です", Command::Noise),
    ("split", Command::Split),
    ("分割", Command::Split),
    ("confirm", Command::Confirm),
    ("confirmed", Command::Confirm),
    ("確認", Command::Confirm),
    ("確認しました", Command::Confirm),
    ("report", Command::Report),
    ("報告書", Command::Report),
    ("who", Command::Who),
    ("当番", Command::Who),
    ("status", Command::Status),
    ("状況", Command::Status),
    ("help", Command::Help),
    ("ヘルプ", Command::Help),
];

/// The words for mails that wait, which numbers may follow.
pub(super) const HELD: &[(&str, HeldWord)] = &[
    ("take", HeldWord::Take),
    ("受け入れ", HeldWord::Take),
    ("new", HeldWord::New),
    ("新規", HeldWord::New),
    ("別件", HeldWord::New),
    ("ignore", HeldWord::Ignore),
    ("無視", HeldWord::Ignore),
];

/// A verb, and what it makes of what stands behind it.
type Verb<T, C = Command> = (&'static str, fn(T) -> C);

/// A verb behind which something must stand.
type Naming = Verb<String>;

/// Commands that name an incident.
pub(super) const INCIDENTS: &[Naming] = &[
    ("merge", |incident| Command::Merge { incident }),
    ("統合", |incident| Command::Merge { incident }),
    ("move", |incident| Command::Move { incident }),
    ("移動", |incident| Command::Move { incident }),
];

/// Commands that name somebody.
pub(super) const PEOPLE: &[Naming] = &[
    ("owner", |name| Command::Owner { name }),
    ("責任者", |name| Command::Owner { name }),
    ("担当者", |name| Command::Owner { name }),
    ("add", |name| Command::Add { name }),
    ("追加", |name| Command::Add { name }),
    ("remove", |name| Command::Remove { name }),
    ("除外", |name| Command::Remove { name }),
];

/// Commands that say who is on call when. Their words are read with the schedules at hand.
pub(super) const DUTY: &[Naming] = &[
    ("override", |words| Command::Override { words }),
    ("代行", |words| Command::Override { words }),
    ("当番変更", |words| Command::Override { words }),
    ("swap", |words| Command::Swap { words }),
    ("当番交代", |words| Command::Swap { words }),
];

/// Words that no name has: "add a disk" and "remove the cable" are prose.
pub(super) const PROSE: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "some", "more", "my", "our", "your", "to", "of",
    "for", "from", "in", "on", "at", "is", "are", "it", "them",
];

/// Commands that one word may follow.
pub(super) const WITH_A_WORD: &[Verb<Option<String>>] = &[
    ("escalate", |policy| Command::Escalate { policy }),
    ("エスカレーション", |policy| Command::Escalate { policy }),
    ("エスカレート", |policy| Command::Escalate { policy }),
];

/// Commands that a number may follow.
pub(super) const WITH_A_NUMBER: &[Verb<Option<u32>>] = &[
    ("approve", |version| Command::Approve { version }),
    ("approved", |version| Command::Approve { version }),
    ("承認", |version| Command::Approve { version }),
    ("承認します", |version| Command::Approve { version }),
    ("reject", |version| Command::Reject { version }),
    ("rejected", |version| Command::Reject { version }),
    ("却下", |version| Command::Reject { version }),
    ("却下します", |version| Command::Reject { version }),
    ("why", |mail| Command::Why { mail, client: None }),
    ("なぜ", |mail| Command::Why { mail, client: None }),
    ("理由", |mail| Command::Why { mail, client: None }),
];

/// What stands before the number of a report's draft. The longer ones first.
pub(super) const OF_REPORT: &[&str] = &["report", "報告書", "r"];

/// An action is done, whose number follows.
pub(super) const DONE: &[&str] = &["done", "完了"];

/// Commands that a length of time follows. Without one, None makes the word prose.
pub(super) const WITH_A_LENGTH: &[Verb<Option<SignedDuration>, Option<Command>>] = &[
    ("quiet", |length| Some(Command::Quiet { length })),
    ("静観", |length| Some(Command::Quiet { length })),
    ("next", |within| Some(Command::Next { within: within? })),
    ("次回", |within| Some(Command::Next { within: within? })),
    ("次回連絡", |within| Some(Command::Next { within: within? })),
];

/// Commands that end with a colon, and the text behind it.
pub(super) const TEXTS: &[Naming] = &[
    ("client", |text| Command::Client { text }),
    ("clients", |text| Command::Client { text }),
    ("顧客", |text| Command::Client { text }),
    ("お客様", |text| Command::Client { text }),
    ("no need", |reason| Command::NoNeed { reason }),
    ("連絡不要", |reason| Command::NoNeed { reason }),
    ("title", |text| Command::Title { text }),
    ("タイトル", |text| Command::Title { text }),
    ("件名", |text| Command::Title { text }),
    ("impact", |text| Command::Field { field: Field::Impact, text }),
    ("影響", |text| Command::Field { field: Field::Impact, text }),
    ("cause", |text| Command::Field { field: Field::Cause, text }),
    ("原因", |text| Command::Field { field: Field::Cause, text }),
    ("fix", |text| Command::Field { field: Field::Fix, text }),
    ("対処", |text| Command::Field { field: Field::Fix, text }),
    ("対策", |text| Command::Field { field: Field::Fix, text }),
    ("prevention", |text| Command::Field { field: Field::Prevention, text }),
    ("再発防止", |text| Command::Field { field: Field::Prevention, text }),
    ("再発防止策", |text| Command::Field { field: Field::Prevention, text }),
];

/// Units of time, and how many minutes each has.
pub(super) const UNITS: &[(&str, i64)] = &[
    ("m", 1),
    ("min", 1),
    ("mins", 1),
    ("minute", 1),
    ("minutes", 1),
    ("分", 1),
    ("分間", 1),
    ("h", 60),
    ("hr", 60),
    ("hrs", 60),
    ("hour", 60),
    ("hours", 60),
    ("時間", 60),
    ("d", 24 * 60),
    ("day", 24 * 60),
    ("days", 24 * 60),
    ("日", 24 * 60),
    ("日間", 24 * 60),
];

/// How a salutation begins.
pub(super) const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good evening",
    "all",
    "team",
    "お疲れ",
    "おつかれ",
    "お世話",
    "各位",
];

/// How a salutation ends.
pub(super) const ADDRESSED: &[&str] = &["様", "さん", "各位", "殿"];

/// Marks in which people copy a word from a mail, as phones write them too.
pub(super) const QUOTES: &[(char, char)] = &[
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('„', '“'),
    ('”', '”'),
    ('‘', '’'),
    ('«', '»'),
    ('「', '」'),
    ('『', '』'),
    ('`', '`'),
];
