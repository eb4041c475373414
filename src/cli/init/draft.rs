//! Owns a site while it is being asked for: the answers, what is offered for the rest, and the texts that come of both.
//! Never takes an answer that `check` would refuse: it is the judge of every answer.

use std::collections::BTreeMap;

use super::people::{Named, ids, named};
use super::place::{LISTEN, Place};
use super::{place, providers, texts};
use crate::config::remote::{Remote, Source};
use crate::config::{self, Config, Files, checks};
use crate::token::Keys;

/// The mail server of the same machine.
const NEAREST: &str = "smtp://127.0.0.1:25";

/// What is asked, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Question {
    /// The shared mailbox.
    Address,
    /// Its name.
    Name,
    /// Where it is read.
    Mailbox,
    /// Who takes our mail.
    Relay,
    /// Zone for those without.
    TimeZone,
    /// Language for those without.
    Language,
    /// Somebody of the house; any number of them.
    Person,
    /// A client with its contact.
    Client,
    /// What the client uses.
    Service,
}

/// The answers so far.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// Domain of this machine, where no address is said.
    pub(super) domain: String,
    /// Zone of this machine.
    pub(super) zone: String,
    /// Nothing is asked: what is offered must work as it is.
    pub(super) yes: bool,
    /// File with the mailbox's password.
    pub(super) mailbox_password: String,
    /// File with the relay's.
    pub(super) relay_password: String,
    answers: BTreeMap<Question, String>,
    people: Vec<Named>,
    client: Option<Named>,
}

impl Draft {
    /// No answers yet.
    pub(super) fn new(domain: String, zone: String, yes: bool) -> Self {
        Self {
            domain,
            zone,
            yes,
            mailbox_password: "imap.password".to_owned(),
            relay_password: "relay.password".to_owned(),
            answers: BTreeMap::new(),
            people: Vec::new(),
            client: None,
        }
    }

    /// The same with one more answer. The error says why it is none.
    pub(super) fn with(&self, question: Question, text: &str) -> Result<Self, String> {
        let mut next = self.clone();
        match question {
            Question::Person => next.people.push(named(text, "Kato Ren <kato@example.com>")?),
            Question::Client => next.client = Some(named(text, "Client A <contact@client-a.example.jp>")?),
            Question::Address
            | Question::Name
            | Question::Mailbox
            | Question::Relay
            | Question::TimeZone
            | Question::Language
            | Question::Service => {
                next.answers.insert(question, text.trim().to_owned());
            }
        }
        next.config().map(|_| next)
    }

    /// The answer, or what is offered.
    pub(super) fn answer(&self, question: Question) -> String {
        self.answers.get(&question).cloned().unwrap_or_else(|| self.offered(question))
    }

    /// Whether somebody of the house was named.
    pub(super) fn has_people(&self) -> bool {
        !self.people.is_empty()
    }

    /// Whether a client was named.
    pub(super) fn has_client(&self) -> bool {
        self.client.is_some()
    }

    /// What stands for an answer that isn't given.
    fn offered(&self, question: Question) -> String {
        let address = || self.answer(Question::Address);
        let domain = || address().rsplit_once('@').map_or_else(String::new, |(_, domain)| domain.to_owned());
        let user = || address().replace('%', "%25").replace('/', "%2F");
        match question {
            Question::Address => format!("incidents@{}", self.domain),
            Question::Name => domain(),
            Question::Mailbox if self.yes => LISTEN.to_owned(),
            Question::Mailbox => format!("imaps://{}@{}", user(), providers::imap(&domain())),
            Question::Relay => match Place::new(&self.answer(Question::Mailbox)) {
                Place::Imap(url) => format!("submission://{}@{}", user(), providers::smtp(place::host(&url))),
                Place::Maildir(_) | Place::Listen(_) => NEAREST.to_owned(),
            },
            Question::TimeZone => self.zone.clone(),
            Question::Language => "en".to_owned(),
            Question::Service => "Service A".to_owned(),
            Question::Person => {
                let local = if address().starts_with("oncall@") { "root" } else { "oncall" };
                format!("On call <{local}@{}>", domain())
            }
            Question::Client => String::new(),
        }
    }

    /// What the texts mean, or the first thing that is wrong with them.
    pub(super) fn config(&self) -> Result<Config, String> {
        let (main, rules) = (texts::main(&self.site()), texts::rules(&self.site()));
        let files = Files {
            main: ("firebell.toml".to_owned(), main),
            rules: vec![("rules/site.toml".to_owned(), rules)],
            ..Files::default()
        };
        let mistakes = match config::read(&files, Keys::for_rehearsal()) {
            Ok(config) => match checks::failures(&config.book) {
                failures if failures.is_empty() => return Ok(config),
                failures => failures,
            },
            Err(mistakes) => mistakes,
        };
        Err(mistakes.into_iter().next().map(|mistake| mistake.text).unwrap_or_default())
    }

    /// The server of the mailbox, where it has one.
    pub(super) fn mailbox_server(&self) -> Option<Remote> {
        self.config().ok()?.mailboxes.into_iter().find_map(|mailbox| match mailbox.source {
            Source::Imap { server, .. } => Some(server),
            Source::Listen(_) | Source::Maildir(_) => None,
        })
    }

    /// The relay's server, where somebody logs in there.
    pub(super) fn relay_server(&self) -> Option<Remote> {
        self.config().ok()?.relay.map(|relay| relay.server).filter(|server| server.user.is_some())
    }

    /// All that the texts say.
    pub(super) fn site(&self) -> texts::Site {
        let address = self.answer(Question::Address);
        let mut everybody = self.people.clone();
        if everybody.is_empty() {
            everybody.extend(named(&self.offered(Question::Person), "").ok());
        }
        let house = everybody.len();
        everybody.extend(self.client.clone());
        let ids = ids(everybody.iter().map(|person| person.address.as_str()), "person", &[]);
        let mut people: Vec<texts::Person> =
            everybody.into_iter().zip(ids).map(texts::Person::from).collect();
        for contact in people.iter_mut().skip(house) {
            contact.is_client = true;
        }
        let contact = people.last().map(|person| person.id.clone()).unwrap_or_default();
        let relay = self.answer(Question::Relay);
        let logs_in = !relay.to_ascii_lowercase().starts_with("smtp://");
        texts::Site {
            plus: address.replacen('@', "+anything@", 1),
            name: self.answer(Question::Name),
            time_zone: self.answer(Question::TimeZone),
            language: self.answer(Question::Language),
            mailbox: Place::new(&self.answer(Question::Mailbox)).text(&self.mailbox_password),
            relay: texts::Relay {
                smtp: relay,
                password_file: if logs_in { self.relay_password.clone() } else { String::new() },
            },
            client: self.client.as_ref().map(|client| self.client(client, contact)),
            people,
            address,
        }
    }

    fn client(&self, client: &Named, contact: String) -> texts::Client {
        let id = |name: &str, otherwise: &str, taken: &[&str]| {
            ids([name].into_iter(), otherwise, taken).pop().unwrap_or_default()
        };
        let service = self.answer(Question::Service);
        texts::Client {
            id: id(&client.name, "client", &["operations"]),
            name: client.name.clone(),
            contact,
            // The rule of the service has its name.
            service: texts::Service {
                id: id(&service, "service", &["test-systems", "information", "alerts", "colleagues"]),
                name: service,
            },
        }
    }
}
