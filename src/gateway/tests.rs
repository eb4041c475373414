//! What must hold of every command, whoever gives it, whatever the mail shows: the table of rights, written down once more.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Arrival, Input, Known, step};
use crate::audience::Audience;
use crate::book::Book;
use crate::command;
use crate::directory::{Address, Language, Party, PartyId, Person, PersonId, Severity, Target};
use crate::escalation::Policy;
use crate::incident::{
    self, Actor, Arranged, Arrangement, Event, Fact, Incident, NoticeKind, Opening, Origin, Part,
};
use crate::message::{self, Message};
use crate::rehearsal;
use crate::token::{self, Grant, Purpose};

/// Every command, as somebody writes it.
const COMMANDS: &str = "status; who; why; help; join; leave; ack; recovered; reopen; sev1; sev2; sev3; sev4; next 30m; \
    same; new; noise; quiet 2h; impact: much; cause: x; fix: x; prevention: x; report; resolved; \
    resolved anyway; owner sato; add sato; remove sato; escalate; merge INC-2; split; move INC-2; \
    take; ignore; title: x; client: x; approve; approve 1; reject 1; no need: x; close; \
    add client-b; override me 22:00-06:00; swap with sato on Fri";
/// What cannot be undone, or reaches a client.
const PROVEN: [&str; 6] = ["client", "approve", "reject", "no need", "close", "add client-b"];
/// What everybody of the house may say.
const EVERYBODY: [&str; 8] = ["status", "who", "why", "help", "join", "leave", "override", "swap"];
/// What whoever answers for a client may not.
const HANDS: [&str; 12] = [
    "resolved",
    "resolved anyway",
    "owner",
    "add",
    "remove",
    "escalate",
    "merge",
    "split",
    "move",
    "take",
    "ignore",
    "title",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Valid,
    Absent,
    OfAnother,
    OfAnotherIncident,
    Expired,
    Flipped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sender {
    Authentic,
    Plain,
    Forged,
    ForgedBelow,
    Unknown,
}

/// What became of the words in the incident they are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Acts,
    Asks,
    Nothing,
}

const ROLES: [&str; 9] =
    ["responder", "owner", "account", "follower", "operator", "colleague", "removed", "client", "stranger"];

/// The table, written down once more.
fn expected(role: &str, command: &str, token: Token, sender: Sender) -> Fate {
    // A responder's words for clients become a draft.
    let proposes = role == "responder" && command.starts_with("client");
    let name = if proposes {
        "ack"
    } else if PROVEN.contains(&command) {
        command
    } else {
        name_of(command)
    };
    let may = match role {
        "responder" => !PROVEN.contains(&name),
        "owner" | "operator" => true,
        "account" => !HANDS.contains(&name),
        "follower" | "colleague" => EVERYBODY.contains(&name),
        _ => false,
    };
    if !may {
        return Fate::Nothing;
    }
    if EVERYBODY.contains(&name) && !matches!(name, "join" | "leave" | "override" | "swap") {
        // Whoever only asks is answered at their own address.
        return match (token, sender) {
            (Token::OfAnotherIncident, _) | (_, Sender::Unknown) => Fate::Nothing,
            (Token::Valid | Token::Expired, _) | (_, Sender::Authentic) => Fate::Acts,
            _ => Fate::Nothing,
        };
    }
    if (proposes || matches!(name, "split" | "move")) && sender == Sender::Forged {
        // These part the very mail that they stand in: they can't wait for another. A draft is not worth a question.
        return Fate::Nothing;
    }
    match (token, sender, PROVEN.contains(&name)) {
        (Token::Expired | Token::OfAnotherIncident, ..) | (_, Sender::Unknown, _) => Fate::Nothing,
        (Token::Valid, Sender::Authentic, _) => Fate::Acts,
        (Token::Valid, Sender::Plain | Sender::ForgedBelow, false) => Fate::Acts,
        (Token::Valid, Sender::Plain | Sender::ForgedBelow, true) => Fate::Asks,
        (Token::Valid, Sender::Forged, _) => Fate::Asks,
        (_, Sender::Authentic, false) => Fate::Acts,
        (_, Sender::Authentic, true) => Fate::Asks,
        (_, Sender::Plain | Sender::Forged | Sender::ForgedBelow, _) => Fate::Nothing,
    }
}

fn name_of(text: &str) -> &'static str {
    command::read(text).commands.first().map(|line| line.command.name()).unwrap()
}

struct Stage {
    book: Book,
    incidents: BTreeMap<u64, Incident>,
    now: Timestamp,
}

fn stage() -> Stage {
    let mut book = rehearsal::standard_cast().unwrap();
    book.authserv_id = Some("mx.example.com".to_owned());
    for role in ROLES.iter().filter(|role| **role != "stranger") {
        let id = PersonId::new(*role);
        let addresses = vec![Address::new(&format!("{role}@example.com"))];
        let person = Person {
            id: id.clone(),
            name: (*role).to_owned(),
            addresses,
            ..book.directory.people.values().next().unwrap().clone()
        };
        book.directory.people.insert(id.clone(), Person { language: Language::En, ..person });
    }
    let join = |book: &mut Book, party: &str, person: &str| {
        let party = book.directory.parties.get_mut(&PartyId::new(party)).unwrap();
        party.people.push(PersonId::new(person));
    };
    let party = book.directory.parties.get(&PartyId::new("client-a")).unwrap().clone();
    for (id, external) in [("client-b", true), ("ops", false)] {
        let party =
            Party { id: PartyId::new(id), external, people: Vec::new(), owner: None, ..party.clone() };
        book.directory.parties.insert(party.id.clone(), party);
    }
    book.operator = PartyId::new("ops");
    for (party, person) in [
        ("infra", "responder"),
        ("infra", "removed"),
        ("sales", "follower"),
        ("ops", "operator"),
        ("client-a", "client"),
    ] {
        join(&mut book, party, person);
    }
    book.directory.parties.get_mut(&PartyId::new("client-a")).unwrap().owner =
        Some(Target::Person(PersonId::new("account")));
    let now: Timestamp = "2026-11-22T18:00:00Z".parse().unwrap();
    let mut incidents: BTreeMap<u64, Incident> =
        [1, 2].into_iter().map(|number| (number, incident(&book, number, now))).collect();
    // What is due is done before anybody speaks.
    for number in [1, 2] {
        let known = Known { incidents: incidents.clone(), next_number: 3, ..Known::default() };
        incidents.extend(step(&book, known, Input::Due(number), now).incidents);
    }
    Stage { book, incidents, now }
}

/// An incident in its second occurrence, of which everybody was told in both.
fn incident(book: &Book, number: u64, now: Timestamp) -> Incident {
    let service = book.directory.services.values().next().unwrap();
    let opening = Opening {
        title: "Service A is down".to_owned(),
        public_name: service.public_name.clone(),
        service: Some(service.id.clone()),
        severity: Severity::Sev2,
        responders: service.responders.clone(),
        followers: service.followers.clone(),
        clients: service.clients.clone(),
        names: BTreeMap::new(),
        policy: Policy::default_for(&[]),
        rule: None,
        counted: None,
        storm: false,
        tags: Default::default(),
        by: Actor::Alerts,
        key: None,
        began: now,
        trusted: true,
        previous: None,
        neighbour: None,
        parted_from: None,
        report: String::new(),
        origin: Origin::default(),
        past: false,
        quiet: None,
    };
    let mut incident = incident::open(number, &opening, now);
    let all = book.directory.people.keys().cloned().collect::<Vec<_>>();
    let told =
        |incident: Incident| all.iter().fold(incident, |incident, person| told(incident, book, person, now));
    let owner = Arranged::Owner { to: PersonId::new("owner") };
    let removed = Arranged::Part { person: PersonId::new("removed"), part: Part::Removed };
    incident = told(incident);
    let (occurrence, by, key, believers) = (2, Actor::Alerts, None, Vec::new());
    incident = record(
        incident,
        Fact::Recovered { by: Actor::Alerts, key: None, still_firing: Vec::new(), of: 0 },
        now,
    );
    incident =
        record(incident, Fact::Recurred { occurrence, by, key, began: now, believers, doubt: None }, now);
    for what in [owner, removed] {
        incident = record(incident, Fact::Arranged(Arrangement { by: PersonId::new("owner"), what }), now);
    }
    told(incident)
}

fn told(incident: Incident, book: &Book, person: &PersonId, now: Timestamp) -> Incident {
    let audience = audience(book, person);
    let number = incident.next_number(&audience);
    let (person, kind) = (person.clone(), NoticeKind::Inform);
    record(incident, Fact::Queued { audience, number, person, kind, about: 1, belief: None }, now)
}

fn audience(book: &Book, person: &PersonId) -> Audience {
    let client = book.directory.parties_of(person).find(|party| party.external);
    client.map_or(Audience::Inner, |party| Audience::Client(party.id.clone()))
}

fn record(incident: Incident, fact: Fact, at: Timestamp) -> Incident {
    let seq = incident.events + 1;
    incident::apply(incident, &Event { seq, at, fact })
}

impl Stage {
    fn mail(&self, role: &str, token: Token, sender: Sender) -> Vec<u8> {
        let person = PersonId::new(if role == "stranger" { "kato" } else { role });
        let signed = |incident: u64, number: u32, person: &PersonId| {
            let audience = &audience(&self.book, person);
            let token = self.book.keys.sign(Purpose::Reply, Grant { incident, audience, number, person });
            token::reply_address(&self.book.address, incident, &token)
        };
        let to = match token {
            Token::Valid => signed(1, 2, &person),
            Token::Absent => self.book.address.clone(),
            Token::OfAnother => signed(1, 2, &PersonId::new("mori")),
            Token::OfAnotherIncident => signed(2, 2, &person),
            Token::Expired => signed(1, 1, &person),
            Token::Flipped => {
                let right = signed(1, 2, &person).to_string();
                let (before, after) = right.split_once('@').unwrap();
                let mut flipped = before.to_owned();
                let last = if flipped.pop() == Some('a') { 'b' } else { 'a' };
                Address::new(&format!("{flipped}{last}@{after}"))
            }
        };
        let from = match (role, sender) {
            ("stranger", _) | (_, Sender::Unknown) => "noda@example.com".to_owned(),
            _ => format!("{role}@example.com"),
        };
        let result = |result: &str| {
            format!("Authentication-Results: mx.example.com; dmarc={result} header.from=example.com\r\n")
        };
        let results = match sender {
            Sender::Authentic | Sender::Unknown => result("pass"),
            Sender::Plain => String::new(),
            Sender::Forged => result("fail"),
            Sender::ForgedBelow => result("none") + &result("pass"),
        };
        let tag = self.book.keys.check_characters(1, self.now, self.now);
        format!(
            "{results}From: <{from}>\r\nTo: <{to}>\r\nSubject: Re: [INC-1-{tag}] x\r\n\
             Date: Sun, 22 Nov 2026 18:00:01 +0000\r\nMessage-ID: <1@example.net>\r\n\r\nack\r\n"
        )
        .into_bytes()
    }

    /// What a mail does to incident 1, and whether that changes anything but its list of mails.
    fn fate(&self, message: &Message, command: &str) -> (Fate, bool) {
        let message = Message { reply_text: command.to_owned(), ..message.clone() };
        let known = Known { incidents: self.incidents.clone(), next_number: 3, ..Known::default() };
        let change = step(&self.book, known, Input::Mail(&message, Arrival::At(self.now)), self.now);
        let (mut fate, mut changes) = (None, false);
        for (_, event) in change.events.iter().filter(|(number, _)| *number == 1) {
            match &event.fact {
                Fact::Refused { why, .. } if RIGHTS_DENIED.contains(&why.as_str()) => {
                    fate = Some(Fate::Nothing)
                }
                Fact::Arranged(Arrangement { what: Arranged::ProofAsked { .. }, .. }) => {
                    fate = Some(Fate::Asks)
                }
                Fact::Queued { kind: NoticeKind::Transcript, .. } => {
                    fate.get_or_insert(Fate::Acts);
                }
                Fact::Queued { .. } | Fact::Noted { .. } | Fact::Refused { .. } | Fact::Escalated { .. } => {}
                Fact::Held { .. } | Fact::HeldAsked { .. } => {}
                _ => changes = true,
            }
        }
        (fate.unwrap_or(if changes { Fate::Acts } else { Fate::Nothing }), changes)
    }
}

/// Why nothing is done for want of a right. Whatever else is refused, anybody with that right is refused.
const RIGHTS_DENIED: [&str; 4] = [
    "nothing shows who speaks",
    "the reply address is of an earlier occurrence",
    "they were removed from it",
    "neither responder nor owner",
];

/// Faults 102, 107, 108 and 113.
#[test]
fn every_command_does_for_everybody_what_the_table_says() {
    use Sender::{Authentic, Forged, ForgedBelow, Plain, Unknown};
    let tokens = [
        Token::Valid,
        Token::Absent,
        Token::OfAnother,
        Token::OfAnotherIncident,
        Token::Expired,
        Token::Flipped,
    ];
    for role in ROLES {
        let mut stage = stage();
        // Mails to everybody else say nothing here, and take long to write.
        stage.book.directory.people.retain(|id, _| [role, "sato"].contains(&id.as_str()));
        for token in tokens {
            for sender in [Authentic, Plain, Forged, ForgedBelow, Unknown] {
                let message = message::read(&stage.mail(role, token, sender));
                for command in COMMANDS.split("; ") {
                    let (fate, changes) = stage.fate(&message, command);
                    let case = format!("{command} by {role}, token {token:?}, sender {sender:?}");
                    let expected = expected(role, command, token, sender);
                    assert!(!changes || expected == Fate::Acts, "changes something: {case}");
                    // Nobody is asked to show who they are for what would change nothing.
                    let fate = if (fate, expected) == (Fate::Acts, Fate::Asks) { Fate::Asks } else { fate };
                    assert_eq!(fate, expected, "{case}");
                }
            }
        }
    }
}

#[test]
fn the_table_names_every_command_once() {
    let written = COMMANDS.split("; ").map(name_of).chain(["confirm"]);
    let rows = || crate::rights::RIGHTS.iter().flat_map(|right| right.commands);
    for name in written {
        assert_eq!(rows().filter(|other| **other == name).count(), 1, "{name}");
    }
}
