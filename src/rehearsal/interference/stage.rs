//! Owns what varies between two plays of one conversation.

use jiff::SignedDuration;

use super::act::Act;
use crate::audience::Audience;
use crate::directory::PartyId;
use crate::incident::NoticeKind;
use crate::rehearsal::chance::Chance;
use crate::rehearsal::script::What;
use crate::rehearsal::world::World;

/// The words of one play.
pub(super) struct House {
    pub(super) hosts: [&'static str; 2],
    titles: [&'static str; 2],
    trouble: &'static str,
    notes: [&'static str; 6],
    names: [&'static str; 3],
    domain: &'static str,
    team: &'static str,
    other: Option<Other>,
}

/// Another client of the same service.
#[derive(Clone, Copy)]
struct Other {
    id: &'static str,
    name: &'static str,
    contact: &'static str,
    tell: &'static str,
    writes: &'static str,
}

const OTHERS: [Other; 3] = [
    Other {
        id: "acme",
        name: "Acme Freight",
        contact: "Wile Coyle",
        tell: "at once",
        writes: "Our trucks are standing still.",
    },
    Other {
        id: "zenith",
        name: "株式会社ゼニス",
        contact: "三田 遥",
        tell: "after approval",
        writes: "倉庫が止まっています。",
    },
    Other {
        id: "aaa",
        name: "Service Again",
        contact: "Nov Monday",
        tell: "after approval, or in 5m",
        writes: "ack",
    },
];

impl House {
    /// Two houses that differ in all that a client has no business knowing.
    pub(super) fn pair(seed: u64) -> [Self; 2] {
        let mut chance = Chance(seed ^ 0x5eed);
        let mut other = || match chance.below(4) {
            0 => None,
            n => OTHERS.get(n as usize - 1).copied(),
        };
        let (one, mut two) = (other(), other());
        if one.map(|it| it.id) == two.map(|it| it.id) {
            two = if one.is_some() { None } else { OTHERS.first().copied() };
        }
        [
            Self {
                hosts: ["web01", "web02"],
                titles: ["Service A is down", "The pool of web01 is exhausted"],
                trouble: "Trouble with the mails of web02",
                notes: [
                    "Hardware is fine, it must be the connection pool.",
                    "11月24日 に再起動しました。",
                    "Planned for 24 Nov 03:15 JST, see 01:45 JST and 2026-11-24.",
                    "working normally again, we are watching it",
                    "x",
                    "The disruption of the service continues; the next news comes later.",
                ],
                names: ["Kato Ren", "Sato Yui", "Mori Aoi"],
                domain: "example.com",
                team: "Infrastructure",
                other: one,
            },
            Self {
                hosts: ["db-primary.tokyo.example.net", "db-replica.osaka.example.net"],
                titles: ["決済データベースが応答しません", "Payment: deadlocks {{ 7 * 7 }} <b>"],
                trouble: "Trouble with 夜間バッチ on db-replica",
                notes: [
                    "Look at the slow query log of mysqld, please. It is full of deadlocks since the deployment of Friday.",
                    "お客様には内密にお願いします。原因は設定ミスです。",
                    "y",
                    "z",
                    "Somebody has pulled the cable of rack 17.\n\nI will tell nobody.",
                    "q",
                ],
                names: ["加藤 蓮", "Ann O'Hara-Smith", "森 葵"],
                domain: "ops.example.org",
                team: "Ops",
                other: two,
            },
        ]
    }

    /// The cast: what is drawn from the seed is the same in both plays.
    pub(super) fn cast(&self, seed: u64) -> String {
        let mut chance = Chance(seed ^ 0xca57);
        let tell = chance.of(&[
            "at once",
            "after approval",
            "after approval, or in 15m",
            "after approval, or in 1h",
        ]);
        let contacts = chance.of(&["any", "all"]);
        let language = chance.of(&["en", "ja"]);
        let quiet = chance.of(&["", "quiet_hours = { within = \"02:00-07:00\", except = [\"sev2\"] }"]);
        let (clients, other) = match self.other {
            None => ("\"client-a\"".to_owned(), String::new()),
            Some(other) => (format!("\"{}\", \"client-a\"", other.id), other.cast()),
        };
        let (team, title) = (self.team, self.titles[0]);
        let house = format!("[security]\nauthserv_id = \"mx.example.com\"\n\n{}", self.colleagues());
        let own = format!(
            r#"
[[person]]
id = "ueda"
language = "{language}"

[[person]]
id = "mita"
name = "Mita Haruka"
addresses = ["mita@client-a.example.jp"]
time_zone = "America/New_York"

[[party]]
id = "infra"
name = "{team}"

[[party]]
id = "client-a"
people = ["ueda", "mita"]
tell = "{tell}"
contacts = "{contacts}"
{quiet}

[[service]]
id = "service-a"
clients = [{clients}]

[[digest]]
id = "of-client-a"
cron = "30 * * * *"
audience = "client-a"
"#
        );
        [house, own, other, rules(title)].concat()
    }

    fn colleagues(&self) -> String {
        let ids = ["kato", "sato", "mori"].iter().zip(self.names);
        let domain = self.domain;
        let one = |(id, name)| {
            format!("[[person]]\nid = \"{id}\"\nname = \"{name}\"\naddresses = [\"{id}@{domain}\"]\n\n")
        };
        ids.map(one).collect()
    }

    /// An act in the words of this house.
    pub(super) fn line(&self, act: &Act, world: &World<'_>) -> What {
        match *act {
            Act::Alert { host, firing } => {
                mail("nagios", &format!("{} service-a@{}", state(firing), self.hosts[host]), "")
            }
            Act::Elsewhere { firing } => {
                mail("nagios", &format!("{} disk@{}", state(firing), self.hosts[1]), "")
            }
            Act::Words { who, words } => answer(world, who, words),
            Act::Opens { who } => mail(who, self.trouble, self.notes[0]),
            Act::OfAnother { who, incident, words } => answer_about(world, who, incident, words),
            Act::Note { who, note } => answer(world, who, self.notes[note]),
            Act::NoNeed { note } => {
                answer(world, "mori", &format!("no need: {}", self.notes[note].replace('\n', " ")))
            }
            Act::Title { note } => answer(world, "kato", &format!("title: {} {note}", self.titles[1])),
            Act::OfDraft { word } => match newest_draft(world) {
                Some(number) => mail("mori", &format!("re {number}"), word),
                None => What::Time,
            },
            Act::OfReport { word } => match newest_report(world) {
                Some(number) => mail("kato", &format!("re {number}"), word),
                None => What::Time,
            },
            Act::Client { text } => answer(world, "ueda", text),
            Act::OtherClient => self.other.map_or(What::Time, |other| answer(world, "contact", other.writes)),
            Act::Relay { who, answer } => {
                What::Relay { answer: answer.to_owned(), person: Some(who.to_owned()) }
            }
            Act::OtherBounces => match self.other {
                Some(_) => What::Relay { answer: "550".to_owned(), person: Some("contact".to_owned()) },
                None => What::Time,
            },
            Act::Down { minutes } => What::Down(world.now() + SignedDuration::from_mins(minutes as i64)),
            Act::Nothing => What::Time,
        }
    }
}

impl Other {
    fn cast(self) -> String {
        let Self { id, name, contact, tell, .. } = self;
        format!(
            r#"
# Nobody who says anything in the conversation hears of a client of theirs first.
[[person]]
id = "abe"
addresses = ["abe@example.com"]

[[party]]
id = "accounts"
people = ["abe"]

[[person]]
id = "contact"
name = "{contact}"
addresses = ["contact@{id}.example.net"]

[[party]]
id = "{id}"
name = "{name}"
external = true
owner = "accounts"
people = ["contact"]
tell = "{tell}"

[[digest]]
id = "a-digest-of-{id}"
cron = "10 * * * *"
audience = "{id}"
"#
        )
    }
}

fn state(firing: bool) -> &'static str {
    if firing { "CRITICAL" } else { "OK" }
}

/// An answer to the newest mail of the first incident, if there is one.
fn answer(world: &World<'_>, who: &str, text: &str) -> What {
    answer_about(world, who, "INC-1", text)
}

/// The same of this incident.
fn answer_about(world: &World<'_>, who: &str, incident: &str, text: &str) -> What {
    match world.answered(who, incident) {
        Some(_) => mail(who, &format!("re {incident}"), text),
        None => What::Time,
    }
}

/// The newest draft for the client, by its place among all mails.
fn newest_draft(world: &World<'_>) -> Option<usize> {
    let client = PartyId::new("client-a");
    let is_draft =
        |text: &str, kind: &NoticeKind| text == "draft" && *kind == NoticeKind::ForClient(client.clone());
    let drafts = world.mails().enumerate().filter(|(_, (mail, text))| {
        mail.audience == Audience::Inner && mail.person.as_str() == "mori" && is_draft(text, &mail.kind)
    });
    drafts.map(|(at, _)| at + 1).last()
}

/// The newest draft of the report for the operator, by its place among all mails.
fn newest_report(world: &World<'_>) -> Option<usize> {
    let drafts = world
        .mails()
        .enumerate()
        .filter(|(_, (mail, _))| mail.kind == NoticeKind::ReportDraft && mail.person.as_str() == "kato");
    drafts.map(|(at, _)| at + 1).last()
}

fn mail(from: &str, about: &str, body: &str) -> What {
    let body = body.lines().map(str::to_owned).collect();
    What::Mail { from: from.to_owned(), about: about.to_owned(), headers: Vec::new(), body }
}

fn rules(title: &str) -> String {
    format!(
        r#"
[[rule]]
name = "service-a"
when = {{ alert.service = "^service-a", alert.state = "firing" }}
then = {{ action = "open", service = "service-a", severity = "sev1", title = "{title}" }}

[[rule]]
name = "by-mail"
when = {{ subject = "^Trouble" }}
then = {{ action = "open", service = "service-a", severity = "sev2" }}

[[rule]]
name = "other-alerts"
when = {{ alert.state = "firing" }}
then = {{ action = "open", severity = "sev3" }}
"#
    )
}
