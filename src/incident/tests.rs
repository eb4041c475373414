//! What must hold of an incident whatever happens to it, in whatever order.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::answer::{self, Answer, Authority};
use super::decide::{self, Delivery, Reported};
use super::owing::Beside;
use super::*;
use crate::alert::{Alert, State};
use crate::audience::Belief;
use crate::book::Book;
use crate::command::Command;
use crate::quiet::Silencer;
use crate::rehearsal;

/// Something that can happen to an incident.
#[derive(Debug, Clone)]
enum Happening {
    Alert { key: u8, state: State, worse: bool, quiet: Option<Silencer> },
    Hushed,
    Says { command: Command, granted: bool },
    Writes,
    Held,
    Settled { mail: u32 },
    Delivered { index: usize },
    Bounced { index: usize },
    Passes { minutes: i64 },
}

fn happening() -> impl Strategy<Value = Happening> {
    let state =
        prop_oneof![4 => Just(State::Firing), 3 => Just(State::Resolved), 1 => Just(State::Acknowledged)];
    let quiet = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Silencer::Rule("job".to_owned()))),
        1 => Just(Some(Silencer::Maintenance("db".to_owned()))),
    ];
    let command = prop_oneof![
        Just(Command::Ack),
        Just(Command::Recovered),
        Just(Command::Resolved { anyway: false }),
        Just(Command::Resolved { anyway: true }),
        Just(Command::Close),
        Just(Command::Reopen),
        Just(Command::Status),
        (0..4_usize).prop_map(|index| Command::Severity { to: Severity::ALL[index] }),
        Just(Command::Owner { name: "sato".to_owned() }),
        Just(Command::Add { name: "mori".to_owned() }),
        Just(Command::Remove { name: "sato".to_owned() }),
        Just(Command::Join),
        Just(Command::Leave),
        Just(Command::Title { text: "Another".to_owned() }),
    ];
    prop_oneof![
        5 => (0..3_u8, state, any::<bool>(), quiet).prop_map(|(key, state, worse, quiet)| Happening::Alert { key, state, worse, quiet }),
        1 => Just(Happening::Hushed),
        3 => (command, any::<bool>()).prop_map(|(command, granted)| Happening::Says { command, granted }),
        1 => Just(Happening::Writes),
        1 => Just(Happening::Held),
        1 => (0..4_u32).prop_map(|mail| Happening::Settled { mail }),
        3 => (0..40_usize).prop_map(|index| Happening::Delivered { index }),
        1 => (0..40_usize).prop_map(|index| Happening::Bounced { index }),
        4 => (1..200_i64).prop_map(|minutes| Happening::Passes { minutes }),
    ]
}

/// An incident, its timeline and the time.
pub(crate) struct Life {
    pub(crate) book: Book,
    pub(crate) incident: Incident,
    pub(crate) events: Vec<Event>,
    pub(crate) now: Timestamp,
}

fn alert(key: u8, state: State) -> Alert {
    Alert {
        format: "nagios".to_owned(),
        source: "nagios@mon.example.com".to_owned(),
        key: format!("web0{key}/service-a"),
        reference: None,
        state,
        severity: None,
        host: None,
        service: None,
        since: None,
        link: None,
    }
}

impl Life {
    pub(crate) fn begin() -> Self {
        let book = rehearsal::standard_cast().unwrap();
        let now: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
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
            policy: book.policies.values().next().unwrap().clone(),
            rule: None,
            counted: None,
            storm: false,
            tags: BTreeSet::new(),
            by: Actor::Alerts,
            key: Some(alert(0, State::Firing).fingerprint()),
            began: now,
            trusted: true,
            previous: None,
            origin: Origin::default(),
            neighbour: None,
            parted_from: None,
            report: String::new(),
            quiet: None,
            past: false,
        };
        let incident = open(1, &opening, now);
        let first = Event { seq: 1, at: now, fact: Fact::Opened(Box::new(opening)) };
        let mut life = Self { book, incident, events: vec![first], now };
        life.due();
        life
    }

    pub(super) fn record(&mut self, facts: Vec<Fact>) {
        for fact in facts {
            let event = Event { seq: self.incident.events + 1, at: self.now, fact };
            self.incident = apply(self.incident.clone(), &event);
            for owed in crate::notice::owed(&self.book, &self.book.roster(&[]), &self.incident, &event, "") {
                let number = self.incident.next_number(&owed.audience);
                let fact = Fact::Queued {
                    audience: owed.audience.clone(),
                    number,
                    person: owed.person.clone(),
                    kind: owed.kind.clone(),
                    about: event.seq,
                    belief: owed.belief,
                };
                let queued = Event { seq: self.incident.events + 1, at: self.now, fact };
                self.incident = apply(self.incident.clone(), &queued);
                self.events.push(queued);
            }
            self.events.push(event);
        }
    }

    pub(super) fn due(&mut self) {
        for round in 0.. {
            assert!(round < 100, "what is due comes to an end");
            let roster = self.book.roster(&[]);
            let due = decide::due(&self.incident, &roster, &Beside::new(), self.now);
            let Some(fact) = due else { return };
            self.record(vec![fact]);
        }
    }

    fn happen(&mut self, happening: &Happening) {
        let directory = &self.book.directory;
        let facts = match happening {
            Happening::Alert { .. } if !self.incident.is_live(self.now) => return,
            Happening::Alert { key, state, worse, quiet } => {
                self.alert(&alert(*key, *state), *worse, quiet.clone())
            }
            Happening::Hushed => {
                let quiet = self.quiet(Silencer::Person(PersonId::new("kato")));
                vec![Fact::Quiet(Silence::Hushed { quiet })]
            }
            Happening::Says { command, granted } => {
                let authority = if *granted { Authority::Granted } else { Authority::Unproven };
                let kato = PersonId::new("kato");
                match answer::command(&self.incident, directory, &kato, &authority, command, self.now) {
                    Answer::Done(facts) => {
                        assert!(*granted || facts.is_empty(), "nobody acts without a right");
                        facts
                    }
                    _ => Vec::new(),
                }
            }
            Happening::Writes => vec![Fact::Noted {
                by: Actor::Person(PersonId::new("sato")),
                audience: Audience::Inner,
                placed: Placed::Token,
                text: "looking".to_owned(),
                automatic: false,
                with_commands: false,
                asks: None,
                alike: 0,
                crowd: 0,
            }],
            Happening::Held => vec![Fact::Held {
                letter: Letter {
                    folder: String::new(),
                    from: crate::directory::Address::new("noda@elsewhere.example.net"),
                    subject: "hello".to_owned(),
                    text: "take".to_owned(),
                    ids: Vec::new(),
                },
            }],
            Happening::Settled { mail } => {
                vec![Fact::HeldSettled { mail: *mail, by: PersonId::new("kato"), how: Settled::Ignored }]
            }
            Happening::Delivered { index } => self.end(*index, &Delivery::Told),
            Happening::Bounced { index } => self.end(*index, &Delivery::Undeliverable("550".to_owned())),
            Happening::Passes { minutes } => {
                self.now += SignedDuration::from_mins(*minutes);
                Vec::new()
            }
        };
        self.record(facts);
        self.due();
    }

    fn alert(&self, alert: &Alert, worse: bool, quiet: Option<Silencer>) -> Vec<Fact> {
        let quiet = quiet.map(|by| self.quiet(by));
        let severity = if worse { Severity::Sev1 } else { Severity::Sev3 };
        let (began, quiet) = (self.now, quiet.as_ref());
        let reported = Reported { alert, severity, rule: None, began, trusted: false, quiet };
        decide::alert(&self.incident, &self.book.directory, reported, self.now)
    }

    fn quiet(&self, by: Silencer) -> Quiet {
        Quiet { until: self.now + SignedDuration::from_mins(40), by, why: String::new() }
    }

    fn end(&self, index: usize, end: &Delivery) -> Vec<Fact> {
        let Some(sent) = self.incident.notices.iter().nth(index) else { return Vec::new() };
        decide::delivery(&self.incident, &sent.audience, sent.number, &sent.person, end)
    }

    /// Another life becomes part of this one.
    fn take_in(&mut self, other: &mut Self) {
        self.now = self.now.max(other.now);
        other.now = self.now;
        other.incident.number = 2;
        let by = PersonId::new("kato");
        let directory = &self.book.directory;
        let (goes, stays) = merging::merge(&self.incident, &other.incident, directory, &by, true, self.now);
        other.record(vec![goes]);
        self.record(stays);
        self.due();
        assert_eq!(
            decide::next_due(&other.incident, &self.book.directory, &Beside::new()),
            None,
            "nothing of it is due again"
        );
        assert_eq!(other.incident.status(), Status::Closed);
    }

    fn check(&self, happening: &Happening) {
        let mut timeline = self.events.clone();
        timeline.sort_by_key(|event| event.seq);
        assert_eq!(replay(1, &timeline).as_ref(), Some(&self.incident), "stored is what the timeline says");
        let json = serde_json::to_string(&self.incident).unwrap();
        assert_eq!(serde_json::from_str::<Incident>(&json).unwrap(), self.incident, "kept as it is");
        let due = decide::next_due(&self.incident, &self.book.directory, &Beside::new());
        if self.incident.status() == Status::Open {
            let due = due.expect("an open incident that nobody has is never silent");
            assert!(due > self.now && due <= self.now + SignedDuration::from_hours(1));
        }
        assert!(due.is_none_or(|due| due > self.now), "what is due now was done");
        if self.incident.hidden().is_some() && self.incident.is_broken() {
            let loud = |key: &Key| key.firing && key.quiet.is_none();
            assert!(!self.incident.keys.values().any(loud), "what is not covered is never hidden");
        }
        if let Happening::Alert { state: State::Firing, .. } = happening {
            let closed = self.incident.status() == Status::Closed;
            let old = !self.incident.is_live(self.now);
            assert!(
                closed || old || self.incident.is_broken(),
                "an alert after a recovery is never folded in"
            );
        }
        for client in &self.incident.clients {
            let announced = self.incident.announced.get(client).map(|last| last.belief);
            let false_hope =
                self.incident.is_broken() && announced.is_some_and(|belief| belief != Belief::Down);
            let owed = due.is_some_and(|due| due <= self.now + SignedDuration::from_mins(60));
            assert!(!false_hope || owed, "who was told that it works is owed the truth, soon");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_hold_in_every_life(happenings in proptest::collection::vec(happening(), 1..40)) {
        let mut life = Life::begin();
        for happening in &happenings {
            life.happen(happening);
            life.check(happening);
        }
    }

    #[test]
    fn the_laws_hold_when_two_lives_become_one(
        ours in proptest::collection::vec(happening(), 0..20),
        theirs in proptest::collection::vec(happening(), 0..20),
        after in proptest::collection::vec(happening(), 0..10),
    ) {
        let (mut life, mut other) = (Life::begin(), Life::begin());
        ours.iter().for_each(|happening| life.happen(happening));
        theirs.iter().for_each(|happening| other.happen(happening));
        let (broken, keys) = (life.incident.is_broken() || other.incident.is_broken(), other.incident.keys.clone());
        life.take_in(&mut other);
        assert_eq!(life.incident.is_broken(), broken, "the trouble is still there as long as either is");
        assert!(keys.keys().all(|key| life.incident.keys.contains_key(key)), "no alert is lost");
        for client in &life.incident.clients {
            let told = |incident: &Incident| incident.believes(&life.book.directory, client).map(|it| it.at);
            let newest = told(&life.incident);
            assert!(newest >= told(&other.incident), "what a client read last is what it believes");
            let announced = life.incident.announced.contains_key(client);
            assert!(announced || newest.is_none(), "who was told something is told when that changes");
        }
        life.check(&Happening::Writes);
        for happening in &after {
            life.happen(happening);
            life.check(happening);
        }
    }
}
