//! Owns where a mail belongs (DESIGN 3.3): [`clues`] makes the question, the store answers it, [`place`] chooses.
//! Never looks anything up, never opens an incident. Alerts are not placed here: they go by their key alone.

mod whole;

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, Directory, Person, PersonId};
use crate::house::HOUSE;
use crate::incident::{Incident, Placed};
use crate::message::Message;
use crate::token::{self, Grant, Purpose};

pub use whole::survivor;

/// What in a mail points to incidents, best first. Nothing of it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clues {
    /// Plus parts of recipient addresses: incident and token.
    pub tokens: Vec<(u64, String)>,
    /// Signed Message-IDs of ours, newest first: incident, number, token.
    pub signed: Vec<(u64, u32, String)>,
    /// The mail's own Message-ID and all those it refers to, newest first.
    pub message_ids: Vec<String>,
    /// Subject tags whose check characters are right.
    pub tags: Vec<u64>,
    /// The base subject of a reply, folded; empty for other mails and where nothing is left of it.
    pub subject: String,
    /// The mail's own Message-ID, when it looks like one of ours: incident, number, token.
    pub own: Option<(u64, u32, String)>,
}

impl Clues {
    /// Whether a mail of ours is answered, as far as that shows without looking anything up.
    pub fn answers_us(&self) -> bool {
        self.tokens.iter().any(|(_, token)| token::looks_signed(token))
            || self.signed.iter().any(|(_, _, token)| token::looks_signed(token))
    }

    /// Every incident that is named, each once.
    pub fn incidents(&self) -> BTreeSet<u64> {
        let tokens = self.tokens.iter().map(|(incident, _)| *incident);
        let signed = self.signed.iter().map(|(incident, _, _)| *incident);
        let own = self.own.iter().map(|(incident, _, _)| *incident);
        tokens.chain(signed).chain(self.tags.iter().copied()).chain(own).collect()
    }
}

/// Reads the clues of a mail.
pub fn clues(book: &Book, message: &Message) -> Clues {
    let in_address = |recipient: &Address| {
        token::in_address(&book.address, recipient).map(|(incident, token)| (incident, token.to_owned()))
    };
    let in_id = |id: &String| {
        token::in_message_id(&book.address, id)
            .map(|(incident, number, token)| (incident, number, token.to_owned()))
    };
    Clues {
        tokens: message.recipients.iter().filter_map(in_address).collect(),
        signed: message.references.iter().filter_map(in_id).collect(),
        message_ids: std::iter::once(&message.message_id).chain(&message.references).cloned().collect(),
        tags: tags(book, &message.subject),
        subject: if message.is_reply { subject_key(&message.base_subject) } else { String::new() },
        own: in_id(&message.message_id),
    }
}

/// Most of a base subject that is compared, in characters.
const LONGEST_SUBJECT: usize = 200;

/// A base subject as it is compared: small letters, single blanks, bounded.
pub fn subject_key(base: &str) -> String {
    let words: Vec<String> = base.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").chars().take(LONGEST_SUBJECT).collect()
}

/// Tags of the form `[INC-42-K7]`, anywhere in the subject.
fn tags(book: &Book, subject: &str) -> Vec<u64> {
    let inside = subject.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(tag, _)| tag);
    let numbers = inside.filter_map(|tag| {
        let mut parts = tag.trim().split('-');
        let (word, number, check) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        let ours = word.eq_ignore_ascii_case(&book.tag) && parts.next().is_none();
        (ours && book.keys.checks(number, check)).then_some(number)
    });
    numbers.collect()
}

/// The incident that somebody names: `INC-40`, `[INC-40-K7]` or `40`. None when its tag or its check characters are
/// none of ours.
pub fn named(book: &Book, name: &str) -> Option<u64> {
    let inside = name.trim().trim_start_matches('[').trim_end_matches(']');
    let mut parts = inside.rsplit('-').peekable();
    let (last, before) = (parts.next()?, parts.next());
    match (before, parts.next()) {
        (None, _) => last.parse().ok(),
        (Some(tag), None) => last.parse().ok().filter(|_| tag.eq_ignore_ascii_case(&book.tag)),
        (Some(_), Some(_)) => tags(book, &format!("[{inside}]")).first().copied(),
    }
}

/// The thread that a mail answers, to whom that mail was sent, and of which occurrence it was.
pub type Granted = (Audience, PersonId, u32);

/// Where a mail belongs, and what its sender was given there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The incident.
    pub incident: u64,
    /// Which clue said so.
    pub by: Placed,
    /// What its sender was given, by the mail that it answers.
    pub granted: Option<Granted>,
}

/// What the choice came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// It joins.
    Joins(Place),
    /// It points to this incident, but its sender has no part there.
    Held(u64),
    /// It answers a report to the operator, which belongs to no incident and must not begin one.
    House,
    /// It belongs to nothing known.
    Nothing,
}

/// Chooses among what the store found: the incidents that the clues name, and those that know a Message-ID.
///
/// A forward that is no alert joins only by a reply address: people forward mails to begin something new.
pub fn place(
    book: &Book,
    message: &Message,
    clues: &Clues,
    incidents: &BTreeMap<u64, Incident>,
    known_ids: &BTreeMap<String, u64>,
    of_subject: &BTreeSet<u64>,
) -> Choice {
    let directory = &book.directory;
    let joined = |number: u64, by, granted| whole::place(incidents, number, by, granted);
    let parted = |place: Place| whole::unless_parted(place, clues, incidents, known_ids);
    let by_token = clues.tokens.iter().find_map(|(number, token)| {
        let incident = incidents.get(number)?;
        let granted = granted_address(book, incident, token)?;
        Some(joined(*number, Placed::Token, Some(granted)))
    });
    if let Some(place) = by_token {
        return Choice::Joins(if message.forwarded.is_some() { place } else { parted(place) });
    }
    if message.forwarded.is_some() {
        return Choice::Nothing;
    }
    let by_signature = clues.signed.iter().find_map(|(number, notice, token)| {
        let incident = incidents.get(number)?;
        let granted = granted_message_id(book, incident, *notice, token)?;
        Some(joined(*number, Placed::MessageId, Some(granted)))
    });
    let known = || clues.message_ids.iter().find_map(|id| known_ids.get(id));
    let by_reference = || known().map(|number| joined(*number, Placed::References, None));
    if let Some(place) = by_signature.map(parted).or_else(by_reference) {
        return Choice::Joins(place);
    }
    if clues.signed.iter().any(|(incident, number, token)| is_report(book, *incident, *number, token)) {
        return Choice::House;
    }
    let sender = message.author().and_then(|author| directory.person_of(&author.address));
    let takes_part =
        |incident: &&Incident| sender.is_some_and(|person| is_participant(directory, incident, person));
    let joins =
        |incident: &Incident, by| Choice::Joins(Place { incident: incident.number, by, granted: None });
    let stands_for = |number: &u64| incidents.get(&survivor(incidents, *number));
    if let Some(incident) = clues.tags.iter().find_map(stands_for) {
        return if takes_part(&incident) {
            joins(incident, Placed::Tag)
        } else {
            Choice::Held(incident.number)
        };
    }
    let of_subject: BTreeSet<u64> = of_subject.iter().map(|number| survivor(incidents, *number)).collect();
    let same_subject: Vec<&Incident> = of_subject.iter().filter_map(|number| incidents.get(number)).collect();
    let theirs: Vec<&Incident> = same_subject.iter().copied().filter(takes_part).collect();
    match (theirs.as_slice(), same_subject.as_slice()) {
        ([incident], _) => joins(incident, Placed::Subject),
        // Not theirs, but perhaps about it: a person says.
        ([], [incident]) => Choice::Held(incident.number),
        // More than one could be meant, and the words alone don't say which.
        _ => Choice::Nothing,
    }
}

/// To whom, in which thread and occurrence a reply address was given. Everybody who ever got a mail of this incident
/// is tried, and no one else.
fn granted_address(book: &Book, incident: &Incident, token: &str) -> Option<Granted> {
    let given: BTreeSet<(&Audience, &PersonId, u32)> =
        incident.notices.iter().map(|sent| (&sent.audience, &sent.person, sent.occurrence)).collect();
    let right = given.into_iter().rev().find(|(audience, person, occurrence)| {
        let grant = Grant { incident: incident.number, audience, number: *occurrence, person };
        book.keys.verify(Purpose::Reply, grant, token)
    });
    right.map(|(audience, person, occurrence)| (audience.clone(), person.clone(), occurrence))
}

/// To whom, in which thread and occurrence a mail with this Message-ID was sent.
pub fn granted_message_id(book: &Book, incident: &Incident, number: u32, token: &str) -> Option<Granted> {
    let numbered = incident.notices.iter().filter(|sent| sent.number == number);
    let right = numbered.into_iter().find(|sent| {
        let grant =
            Grant { incident: incident.number, audience: &sent.audience, number, person: &sent.person };
        book.keys.verify(Purpose::MessageId, grant, token)
    });
    right.map(|sent| (sent.audience.clone(), sent.person.clone(), sent.occurrence))
}

/// Whether somebody has a part in an incident: wrote or got a mail of it, or belongs to one of its parties.
fn is_participant(directory: &Directory, incident: &Incident, person: &Person) -> bool {
    incident.engaged.contains(&person.id)
        || incident.notices.iter().any(|sent| sent.person == person.id)
        || directory.parties_of(&person.id).any(|party| incident.parties().any(|id| id == &party.id))
}

/// Whether this is a mail that firebell itself sent, come back to us: by its signed Message-ID, never by its From
/// (people answer from the shared address too).
pub fn is_own(book: &Book, clues: &Clues, incidents: &BTreeMap<u64, Incident>) -> bool {
    match &clues.own {
        None => false,
        Some((HOUSE, number, token)) => is_report(book, HOUSE, *number, token),
        Some((incident, number, token)) => incidents
            .get(incident)
            .is_some_and(|incident| granted_message_id(book, incident, *number, token).is_some()),
    }
}

/// Whether a signed Message-ID is that of a report to the operator.
fn is_report(book: &Book, incident: u64, number: u32, token: &str) -> bool {
    incident == HOUSE
        && book.directory.people.keys().any(|person| {
            let grant = Grant { incident, audience: &Audience::Inner, number, person };
            book.keys.verify(Purpose::MessageId, grant, token)
        })
}
