//! Owns where a mail belongs (DESIGN 3.3): [`clues`] makes the question, the store answers it, [`weigh`] says what each
//! clue leads to, and [`place`] takes the first that decides.
//! Never looks anything up, never opens an incident. Alerts are not placed here: they go by their key alone.

mod returned;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::house::HOUSE;
use crate::incident::{Incident, Placed, Waits};
use crate::message::Message;
use crate::token::{self, Grant, Purpose};
pub use returned::{gateways, is_of_another, is_own};

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
    /// Subject tags of our form: incident and check characters.
    pub tags: Vec<(u64, String)>,
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
        let tags = self.tags.iter().map(|(incident, _)| *incident);
        tokens.chain(signed).chain(tags).chain(own).collect()
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
        message_ids: ids(book, message).cloned().collect(),
        tags: tags(book, &message.subject),
        subject: if message.is_reply { subject_key(&message.base_subject) } else { String::new() },
        own: in_id(&message.message_id),
    }
}

/// The mail's own Message-ID and those it refers to, newest first. Old programs write people's addresses among them: an
/// address is no mail's id, and everybody's mails would belong together by it.
pub fn ids<'a>(book: &'a Book, message: &'a Message) -> impl Iterator<Item = &'a String> {
    let is_address = |id: &str| {
        let address = Address::new(id);
        address == book.address || book.directory.person_of(&address).is_some()
    };
    let references = message.references.iter().filter(move |id| !is_address(id));
    std::iter::once(&message.message_id).chain(references)
}

/// Most of a base subject that is compared, in characters.
const LONGEST_SUBJECT: usize = 200;

/// A base subject as it is compared: small letters, single blanks, bounded.
pub fn subject_key(base: &str) -> String {
    let words: Vec<String> = base.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").chars().take(LONGEST_SUBJECT).collect()
}

/// Most tags of one subject that are looked at.
const MOST_TAGS: usize = 10;

/// Tags of the form `[INC-42-K7]`, anywhere in the subject. A number without check characters is none.
fn tags(book: &Book, subject: &str) -> Vec<(u64, String)> {
    let inside = subject.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(tag, _)| tag);
    let numbers = inside.filter_map(|tag| {
        let mut parts = tag.trim().split('-');
        let (word, number, check) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
        let ours = word.eq_ignore_ascii_case(&book.tag) && parts.next().is_none();
        ours.then(|| (number, check.to_owned()))
    });
    numbers.take(MOST_TAGS).collect()
}

/// The incident that somebody names: `INC-40`, `[INC-40-K7]` or `40`. None when its tag or its check characters are
/// none of ours.
pub fn named(book: &Book, name: &str, now: Timestamp) -> Option<u64> {
    let (number, check) = mentioned(book, name)?;
    check.is_none_or(|check| book.keys.checks(number, &check, now)).then_some(number)
}

/// The number in such a name, and its check characters, which may be wrong.
pub fn mentioned(book: &Book, name: &str) -> Option<(u64, Option<String>)> {
    let inside = name.trim().trim_start_matches('[').trim_end_matches(']');
    let mut parts = inside.rsplit('-').peekable();
    let (last, before) = (parts.next()?, parts.next());
    match (before, parts.next()) {
        (None, _) => Some((last.parse().ok()?, None)),
        (Some(tag), None) => Some((last.parse().ok().filter(|_| tag.eq_ignore_ascii_case(&book.tag))?, None)),
        (Some(_), Some(_)) => {
            let (number, check) = tags(book, &format!("[{inside}]")).into_iter().next()?;
            Some((number, Some(check)))
        }
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
    /// It answers under a subject of several incidents in which its sender takes part.
    Ambiguous,
    /// It answers a report to this person of the operator, which belongs to no incident and must not begin one.
    House(PersonId),
    /// It belongs to nothing known.
    Nothing,
}

/// What a store knows about the clues of a mail.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The incidents that the clues name, and those that the next two lead to.
    pub incidents: &'a BTreeMap<u64, Incident>,
    /// Message-IDs that belong to an incident.
    pub ids: &'a BTreeMap<String, u64>,
    /// Incidents that had mails under the subject of late.
    pub of_subject: &'a BTreeSet<u64>,
}

/// One thing in a mail that could say where it belongs, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which kind of clue.
    pub by: Placed,
    /// As it stands in the mail.
    pub clue: String,
    /// What came of it.
    pub fate: Fate,
}

/// What came of a clue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The mail joins.
    Leads(Place),
    /// It was given to this person with a report of the house.
    House(PersonId),
    /// It points to this incident, in which the sender has no part.
    NoPart(u64),
    /// It could mean so many incidents in which the sender takes part.
    Ambiguous(usize),
    /// It names an incident, but no key of this site signed it for anybody there: forged, another firebell's, or too old.
    Unsigned,
    /// Nothing here is known by it.
    Unknown,
}

/// What each clue leads to, in the order in which they are asked.
///
/// A forward that is no alert joins only by a reply address: people forward mails to begin something new.
pub fn weigh<'a>(
    book: &'a Book,
    message: &'a Message,
    clues: &'a Clues,
    found: Found<'a>,
    now: Timestamp,
) -> impl Iterator<Item = Candidate> + 'a {
    let incidents = found.incidents;
    let is_new = message.forwarded.is_none();
    let leads = move |number: u64, by, granted: Option<Granted>| {
        let place = granted.map(|granted| whole::place(incidents, number, by, Some(granted)))?;
        let place = if is_new { whole::unless_parted(place, clues, incidents, found.ids) } else { place };
        Some(Fate::Leads(place))
    };
    let tokens = clues.tokens.iter().map(move |(number, token)| {
        let granted = incidents.get(number).and_then(|incident| granted_address(book, incident, token, now));
        let house = || granted_of_house(book, *number, token, now).map(Fate::House);
        let fate = leads(*number, Placed::Token, granted).or_else(house);
        let clue = format!("{}+{number}-{token}", book.address.local());
        Candidate { by: Placed::Token, clue, fate: fate.unwrap_or(Fate::Unsigned) }
    });
    let signed = clues.signed.iter().map(move |(number, notice, token)| {
        let granted = incidents
            .get(number)
            .and_then(|incident| granted_message_id(book, incident, *notice, token, now));
        let house = || reported_to(book, *number, *notice, token, now).map(Fate::House);
        let fate = leads(*number, Placed::MessageId, granted).or_else(house);
        let clue = format!("{number}.{notice}.{token}@{}", book.address.domain());
        Candidate { by: Placed::MessageId, clue, fate: fate.unwrap_or(Fate::Unsigned) }
    });
    let references = clues.message_ids.iter().map(move |id| {
        let fate = found.ids.get(id).map_or(Fate::Unknown, |number| {
            Fate::Leads(whole::place(incidents, *number, Placed::References, None))
        });
        Candidate { by: Placed::References, clue: id.clone(), fate }
    });
    let named = clues.tags.iter().map(move |(number, check)| {
        let clue = format!("[{}-{number}-{check}]", book.tag);
        let right = book.keys.checks(*number, check, now);
        let stands_for = incidents.get(&survivor(incidents, *number));
        let fate = stands_for.filter(|_| right).map_or(Fate::Unsigned, |incident| {
            let number = incident.number;
            if takes_part(book, message, incident) {
                Fate::Leads(Place { incident: number, by: Placed::Tag, granted: None })
            } else {
                Fate::NoPart(number)
            }
        });
        Candidate { by: Placed::Tag, clue, fate }
    });
    let subject = [&clues.subject].into_iter().filter(|subject| !subject.is_empty());
    let subject = subject.map(move |subject| Candidate {
        by: Placed::Subject,
        clue: subject.clone(),
        fate: under_subject(book, message, found),
    });
    tokens.chain(signed.chain(references).chain(named).chain(subject).filter(move |_| is_new))
}

fn under_subject(book: &Book, message: &Message, found: Found<'_>) -> Fate {
    let same: BTreeSet<u64> =
        found.of_subject.iter().map(|number| survivor(found.incidents, *number)).collect();
    let same: Vec<&Incident> = same.iter().filter_map(|number| found.incidents.get(number)).collect();
    let theirs: Vec<&Incident> =
        same.iter().copied().filter(|incident| takes_part(book, message, incident)).collect();
    match (theirs.as_slice(), same.as_slice()) {
        ([incident], _) => {
            Fate::Leads(Place { incident: incident.number, by: Placed::Subject, granted: None })
        }
        // Not theirs, but perhaps about it: a person says.
        ([], [incident]) => Fate::NoPart(incident.number),
        ([], _) => Fate::Unknown,
        (several, _) => Fate::Ambiguous(several.len()),
    }
}

/// Chooses among what the store found.
pub fn place(book: &Book, message: &Message, clues: &Clues, found: Found<'_>, now: Timestamp) -> Choice {
    let choice = |candidate: Candidate| match candidate.fate {
        Fate::Leads(place) => Some(Choice::Joins(place)),
        Fate::House(person) => Some(Choice::House(person)),
        Fate::NoPart(number) => Some(Choice::Held(number)),
        Fate::Ambiguous(_) => Some(Choice::Ambiguous),
        Fate::Unsigned | Fate::Unknown => None,
    };
    weigh(book, message, clues, found, now).find_map(choice).unwrap_or(Choice::Nothing)
}

/// To whom, in which thread and occurrence a reply address was given. Everybody who ever got a mail of this incident
/// is tried, and no one else.
fn granted_address(book: &Book, incident: &Incident, token: &str, now: Timestamp) -> Option<Granted> {
    let given: BTreeSet<(&Audience, &PersonId, u32)> =
        incident.notices.iter().map(|sent| (&sent.audience, &sent.person, sent.occurrence)).collect();
    let right = given.into_iter().rev().find(|(audience, person, occurrence)| {
        let grant = Grant { incident: incident.number, audience, number: *occurrence, person };
        book.keys.verify(Purpose::Reply, grant, token, now)
    });
    let asked = || asked(book, incident, token, now);
    match right {
        Some((audience, person, occurrence)) => Some((audience.clone(), person.clone(), occurrence)),
        None => asked().map(|(_, waits)| (Audience::Inner, waits.by.clone(), waits.occurrence)),
    }
}

/// The question to somebody's own address that a reply address answers: whether some words are theirs.
pub fn asked<'a>(
    book: &Book,
    incident: &'a Incident,
    token: &str,
    now: Timestamp,
) -> Option<(u32, &'a Waits)> {
    incident.proofs(now).find(|(asked, waits)| {
        let audience = &Audience::Inner;
        let grant = Grant { incident: incident.number, audience, number: *asked, person: &waits.by };
        book.keys.verify(Purpose::Confirm, grant, token, now)
    })
}

/// To whom, in which thread and occurrence a mail with this Message-ID was sent.
pub fn granted_message_id(
    book: &Book,
    incident: &Incident,
    number: u32,
    token: &str,
    now: Timestamp,
) -> Option<Granted> {
    let numbered = incident.notices.iter().filter(|sent| sent.number == number);
    let right = numbered.into_iter().find(|sent| {
        let grant =
            Grant { incident: incident.number, audience: &sent.audience, number, person: &sent.person };
        book.keys.verify(Purpose::MessageId, grant, token, now)
    });
    right.map(|sent| (sent.audience.clone(), sent.person.clone(), sent.occurrence))
}

/// Whether the author has a part in an incident: wrote or got a mail of it, or belongs to one of its parties.
fn takes_part(book: &Book, message: &Message, incident: &Incident) -> bool {
    let directory = &book.directory;
    let Some(person) = message.author().and_then(|author| directory.person_of(&author.address)) else {
        return false;
    };
    incident.engaged.contains(&person.id)
        || incident.notices.iter().any(|sent| sent.person == person.id)
        || directory.parties_of(&person.id).any(|party| incident.parties().any(|id| id == &party.id))
}

/// The person to whom a report with this signed Message-ID went.
fn reported_to(book: &Book, incident: u64, number: u32, token: &str, now: Timestamp) -> Option<PersonId> {
    let is_good = |grant: Grant<'_>| book.keys.verify(Purpose::MessageId, grant, token, now);
    let client = |audience: &Audience| {
        let mut people = book.directory.people.keys().filter(|_| incident == HOUSE);
        people.find(|person| is_good(Grant { incident, audience, number, person })).cloned()
    };
    let external = book.directory.parties.values().filter(|party| party.external);
    let mut clients = external.map(|party| Audience::Client(party.id.clone()));
    of_house(book, incident, number, is_good).or_else(|| clients.find_map(|audience| client(&audience)))
}

/// The person to whom this reply address was given with a report.
fn granted_of_house(book: &Book, incident: u64, token: &str, now: Timestamp) -> Option<PersonId> {
    of_house(book, incident, 0, |grant| book.keys.verify(Purpose::Reply, grant, token, now))
}

/// The house writes to colleagues, in a thread without occurrences.
fn of_house(
    book: &Book,
    incident: u64,
    number: u32,
    is_good: impl Fn(Grant<'_>) -> bool,
) -> Option<PersonId> {
    let mut people = book.directory.people.keys().filter(|_| incident == HOUSE);
    let right = people.find(|person| is_good(Grant { incident, audience: &Audience::Inner, number, person }));
    right.cloned()
}
