//! Owns what becomes of mails that were held: `take`, `new` and `ignore`, for an incident's and for the house's.
//! Whoever wrote them hears nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::{claims, duty, sides, words};
use crate::book::Book;
use crate::command::{self, Command, Held, HeldWord, Said};
use crate::directory::{Address, PartyId, PersonId, Severity};
use crate::escalation::Policy;
use crate::house::{HOUSE, HouseFact};
use crate::incident::answer::{Authority, Refusal};
use crate::incident::words::one_line;
use crate::incident::{Fact, HeldMail, Letter, Opening, Origin, Placed, Settled};
use crate::message::Message;
use crate::notice::Reply;
use crate::rights::{self, Claim, Role, Token};
use crate::thread;

/// Most ids that are kept with a held mail.
const MOST_IDS: usize = 10;

/// A mail that was found in a folder where nobody works on it; none for one that is no loss. Never worked on there: whoever
/// could make a filter wave a mail through could as well make it act.
pub fn lost(book: &Book, message: &Message, folder: &str) -> Option<HouseFact> {
    let wanted = thread::clues(book, message).answers_us() || !super::alerts(book, message).is_empty();
    let letter = || Letter { folder: one_line(folder), ..letter(book, message) };
    wanted.then(|| HouseFact::Held { rule: String::new(), letter: letter() })
}

/// One that lay in a folder came in after all.
pub(super) fn came(draft: &mut Draft<'_>, message: &Message) {
    let mails = draft.the_house().lying(Some(&message.message_id));
    if !mails.is_empty() {
        draft.house(HouseFact::HeldCame { mails });
    }
}

/// What is kept of a mail that is held.
pub(super) fn letter(book: &Book, message: &Message) -> Letter {
    let from = message.author().map_or_else(|| Address::new(""), |author| author.address.clone());
    let ids = thread::ids(book, message).take(MOST_IDS).cloned().collect();
    let text = words::beginning(&message.reply_text);
    Letter { from, subject: one_line(&message.subject), text, ids, folder: String::new() }
}

/// What somebody says of held mails. `number` is the incident whose mail they answer, or the house.
pub(super) fn command(
    draft: &mut Draft<'_>,
    number: u64,
    person: &PersonId,
    authority: &Authority,
    said: &Held,
) -> Result<Reply, Refusal> {
    if let Some(refusal) = authority.refusal() {
        return Err(refusal);
    }
    let waiting = match draft.incident(number) {
        Some(incident) => &incident.waiting,
        None => &draft.the_house().waiting,
    };
    let mails = waiting.chosen(&said.mails);
    let to = match &said.incident {
        Some(name) => thread::named(draft.book, name, draft.now).map(|named| draft.survivor(named)),
        None => Some(number),
    };
    Ok(match said.what {
        _ if mails.is_empty() => return Err(Refusal::NothingWaits),
        HeldWord::Ignore => {
            settle(draft, number, person, &mails, Settled::Ignored);
            Reply::Ignored(mails.len())
        }
        HeldWord::Take => {
            let to = to.filter(|to| draft.incident(*to).is_some()).ok_or(Refusal::WhichIncident)?;
            settle(draft, number, person, &mails, Settled::Taken(to));
            mails.iter().for_each(|mail| take(draft, to, mail));
            Reply::Taken(mails.len(), to)
        }
        HeldWord::New => {
            let Some((first, others)) = mails.split_first() else { return Ok(Reply::Nothing) };
            let opened = open(draft, number, first);
            settle(draft, number, person, &mails, Settled::Opened(opened));
            others.iter().for_each(|mail| take(draft, opened, mail));
            draft.touch(opened);
            Reply::OpenedFor(mails.len(), opened)
        }
    })
}

fn settle(draft: &mut Draft<'_>, number: u64, by: &PersonId, mails: &[HeldMail], how: Settled) {
    for HeldMail { number: mail, .. } in mails {
        let (mail, by) = (*mail, by.clone());
        if number == HOUSE {
            draft.house(HouseFact::HeldSettled { mail, by, how });
        } else {
            draft.record_all(number, [Fact::HeldSettled { mail, by, how }]);
        }
    }
}

/// Its words become a note of whoever wrote it, and answers to it lead here from now on.
fn take(draft: &mut Draft<'_>, to: u64, mail: &HeldMail) {
    let Some(incident) = draft.incident(to) else { return };
    let (by, audience) = sides::side_of(draft.directory(), incident, Some(&mail.letter.from), None);
    let text = if mail.letter.text.is_empty() { &mail.letter.subject } else { &mail.letter.text };
    let note = Fact::Noted {
        by,
        audience,
        placed: Placed::Taken,
        text: text.clone(),
        automatic: false,
        with_commands: false,
        asks: None,
        alike: 0,
        crowd: 0,
    };
    draft.record_all(to, [note]);
    mail.letter.ids.iter().for_each(|id| draft.remember(id, to));
}

/// A trouble of its own, for those who were asked: no rule says more of it.
fn open(draft: &mut Draft<'_>, number: u64, mail: &HeldMail) -> u64 {
    let book = draft.book;
    let beside = draft.incident(number);
    let responders: Vec<PartyId> =
        beside.map_or_else(|| vec![book.operator.clone()], |incident| incident.responders.clone());
    let Letter { from, subject, text, ids, .. } = mail.letter.clone();
    let person = book.directory.person_of(&from).filter(|person| book.directory.is_internal(&person.id));
    let trusted = person.is_some();
    let by = sides::author(draft.directory(), Some(&from));
    let base = crate::message::base_subject(&subject);
    let opened = draft.open(Opening {
        title: base.clone(),
        public_name: base,
        service: None,
        severity: Severity::Sev3,
        policy: Policy::default_for(&responders),
        responders,
        followers: Vec::new(),
        clients: Vec::new(),
        names: BTreeMap::new(),
        parted_from: None,
        rule: None,
        counted: None,
        storm: false,
        tags: BTreeSet::new(),
        by,
        key: None,
        began: mail.at,
        trusted,
        previous: None,
        neighbour: None,
        report: text,
        origin: Origin::default(),
        quiet: None,
        past: false,
    });
    ids.iter().for_each(|id| draft.remember(id, opened));
    draft.remember_subject(&subject, opened);
    opened
}

/// Somebody of the operator answers the mail by which they were asked; false when they say nothing of held mails.
pub(super) fn of_house_in_a_mail(draft: &mut Draft<'_>, message: &Message, given_to: &PersonId) -> bool {
    let directory = draft.directory();
    let author = message.author().and_then(|author| directory.person_of(&author.address));
    let speaks = author.is_some_and(|author| &author.id == given_to && directory.is_internal(given_to));
    if !speaks || message.automatic.is_some() || draft.past {
        return false;
    }
    let claim = Claim::Mail(Token::Given, claims::sender(draft.book, given_to, message));
    let replies = of_house(draft, given_to, claim, &command::read(&message.reply_text));
    if !replies.is_empty() {
        draft.answer_of_house(given_to.clone(), &replies, &[]);
    }
    !replies.is_empty()
}

/// What becomes of commands to the house: about held mails, and about who is on call.
pub(super) fn of_house(
    draft: &mut Draft<'_>,
    person: &PersonId,
    claim: Claim,
    said: &Said,
) -> Vec<(String, Reply)> {
    let roles: BTreeSet<Role> = duty::roles(draft, person);
    let mut replies = Vec::new();
    for line in &said.commands {
        let authority = rights::judge(line.command.name(), &roles, claim);
        let reply = match &line.command {
            Command::Held(held) => command(draft, HOUSE, person, &authority, held),
            of_duty if duty::concerns(of_duty) => match authority.refusal() {
                Some(refusal) => Err(refusal),
                None => Ok(duty::command(draft, None, person, of_duty)),
            },
            _ => continue,
        };
        let reply = reply.unwrap_or_else(|refusal| match refusal {
            Refusal::NotYours => Reply::NotYours(line.command.name()),
            refusal => Reply::Refused(refusal),
        });
        replies.push((line.line.clone(), reply));
    }
    replies
}
