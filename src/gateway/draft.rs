//! Owns a change in the making: facts become events, events change incidents, and what they owe enters the outbox.

mod house;

use jiff::Timestamp;

use super::{
    Answers, Change, Known, MailKind, MailOutcome, answers, clients, digests, duty, expecting, quiet,
    self_testing, worded,
};
use crate::alert::{Alert, Source};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, Directory, Person, PersonId};
use crate::house::House;
use crate::house::digests::next_due;
use crate::incident::{
    self, Event, Fact, Incident, NoticeKind, Opening, SAME_INCIDENT, Telling, decide, owing,
};
use crate::message::{self, Message};
use crate::notice::{self, Notice, Owed};
use crate::oncall::Roster;
use crate::rules::Hit;
use crate::thread;

/// More facts than this cannot be due at once: a policy pages once, and every client hears one thing.
const DUE_AT_ONCE: usize = 1000;

/// A change in the making.
pub(super) struct Draft<'a> {
    pub(super) book: &'a Book,
    pub(super) known: Known,
    pub(super) now: Timestamp,
    /// When the mail came that is worked on.
    pub(super) came: Timestamp,
    /// What the author of the present mail wrote beside commands.
    pub(super) note: String,
    /// The incident that the author of the present words named: it may be part of another one by now.
    pub(super) named: Option<u64>,
    /// The mail that is worked on.
    pub(super) mail: Option<&'a Message>,
    /// The past is filed: nobody is told, nothing becomes due, the house log is for what happens now.
    pub(super) past: bool,
    change: Change,
}

impl<'a> Draft<'a> {
    pub(super) fn new(book: &'a Book, mut known: Known, now: Timestamp) -> Self {
        let house = std::mem::take(&mut known.house);
        Self {
            book,
            known,
            now,
            came: now,
            note: String::new(),
            named: None,
            mail: None,
            past: false,
            change: Change { house, ..Change::default() },
        }
    }

    pub(super) fn directory(&self) -> &'a Directory {
        &self.book.directory
    }

    /// Who can be told, and who is on call.
    pub(super) fn roster(&self) -> Roster<'_> {
        self.book.roster(&self.change.house.overrides)
    }

    /// When the present mail reached the mailbox: what it tells began no later, though firebell may have been away. Of
    /// longer ago than a day nothing is believed.
    pub(super) fn received(&self) -> Timestamp {
        self.came.clamp(self.now - SAME_INCIDENT, self.now)
    }

    /// An incident as it is at this point.
    pub(super) fn incident(&self, number: u64) -> Option<&Incident> {
        self.change.incidents.get(&number).or_else(|| self.known.incidents.get(&number))
    }

    /// The incident that stands for this one at this point.
    pub(super) fn survivor(&self, mut number: u64) -> u64 {
        while let Some(into) = self.incident(number).and_then(|incident| incident.merged_into) {
            if into >= number {
                break;
            }
            number = into;
        }
        number
    }

    /// Opens an incident and gives its number.
    pub(super) fn open(&mut self, opening: Opening) -> u64 {
        let number = self.known.next_number;
        self.known.next_number += 1;
        let incident = incident::open(number, &opening, self.now);
        if let Some(key) = &opening.key {
            self.known.live.insert(key.clone(), number);
        }
        if let Some(service) = &opening.service {
            self.known.in_service.insert(service.clone(), number);
        }
        let event = Event { seq: incident.events, at: self.now, fact: Fact::Opened(Box::new(opening)) };
        self.change.incidents.insert(number, incident);
        self.change.events.push((number, event));
        number
    }

    /// Records facts of an incident, one after the other, with the mails they owe.
    pub(super) fn record_all(&mut self, number: u64, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            let Some((incident, event)) = self.record(number, fact) else { return };
            if self.past {
                continue;
            }
            let before = self.change.notices.len();
            self.owe(number, &incident, &event, &self.note.clone());
            if matches!(event.fact, Fact::Noted { .. }) {
                self.pass_on(before);
            }
        }
        self.touch(number);
    }

    /// Puts into the outbox what an event owes.
    fn owe(&mut self, number: u64, incident: &Incident, event: &Event, note: &str) {
        let owed = notice::owed(self.book, &self.roster(), incident, event, note);
        for owed in &owed {
            self.queue(number, owed, event.seq);
            let by_hooks = matches!(owed.kind, NoticeKind::Page { .. });
            let hooks = self.book.paths.of(&owed.person).filter(|_| by_hooks);
            hooks.for_each(|hook| self.queue_to(number, owed, event.seq, Some(hook.address())));
            let person = self.book.directory.people.get(&owed.person).filter(|_| by_hooks);
            let phones = person.into_iter().flat_map(Person::phones);
            phones.for_each(|phone| self.queue_to(number, owed, event.seq, Some(phone.clone())));
        }
        if let Some(last) = owed.iter().find(|owed| owed.is_last_word()) {
            let second = self.book.paths.second();
            second.into_iter().for_each(|to| self.queue_to(number, last, event.seq, Some(to)));
        }
    }

    /// The notices from here on pass the present mail on: answers to them are answers to it.
    fn pass_on(&mut self, first: usize) {
        let Some(mail) = self.mail else { return };
        for notice in self.change.notices.iter().skip(first) {
            self.change.answers.push(Answers {
                message_id: notice.message_id.clone(),
                answers: mail.message_id.clone(),
                kind: MailKind::Notice,
            });
        }
    }

    /// The present mail belongs to an incident, and this is what it answers.
    pub(super) fn answers(&mut self, kind: MailKind) {
        let Some(mail) = self.mail else { return };
        let answers = mail.references.first().cloned().unwrap_or_default();
        self.change.answers.push(Answers { message_id: mail.message_id.clone(), answers, kind });
    }

    /// Makes one fact an event and applies it.
    fn record(&mut self, number: u64, fact: Fact) -> Option<(Incident, Event)> {
        // Taken out while it changes: nothing of it has to be copied.
        let before = match self.change.incidents.remove(&number) {
            Some(incident) => incident,
            None => self.known.incidents.get(&number)?.clone(),
        };
        let event = Event { seq: before.events + 1, at: self.now, fact };
        let after = incident::apply(before, &event);
        self.change.incidents.insert(number, after.clone());
        self.change.events.push((number, event.clone()));
        Some((after, event))
    }

    /// Puts a mail into the outbox, and that it is there onto the timeline.
    pub(super) fn queue(&mut self, number: u64, owed: &Owed, about: u32) {
        self.queue_to(number, owed, about, None);
    }

    /// Puts an answer to somebody's words into the outbox, if they did not get too many of late.
    pub(super) fn answer(&mut self, number: u64, owed: Owed, about: u32) {
        if let Some(owed) = answers::bounded(owed, self.known.answered, self.now) {
            self.queue(number, &owed, about);
        }
    }

    /// The same, by another way than its reader's mailbox.
    fn queue_to(&mut self, number: u64, owed: &Owed, about: u32, to: Option<Address>) {
        let Some(incident) = self.incident(number).cloned() else { return };
        let place = self.next_mail(&incident, &owed.audience);
        let Some(notice) = notice::render(self.book, &incident, owed, place, about, to, self.now) else {
            return;
        };
        let found = notice::leaks(self.book, &incident, owed, &notice, &self.at_hand());
        self.enter(number, notice, found);
    }

    /// Puts a finished mail into the outbox. `found` is what stands in it that only the house may know: then it stays there.
    pub(super) fn enter(&mut self, number: u64, mut notice: Notice, found: Vec<String>) {
        let Some(incident) = self.incident(number).cloned() else { return };
        notice.withheld = notice::withheld(&found);
        let root = notice::thread_root(self.book, &incident, &notice.audience, self.now);
        let (audience, person, place) = (notice.audience.clone(), notice.person.clone(), notice.number);
        let queued = Fact::Queued {
            audience: audience.clone(),
            number: place,
            person: person.clone(),
            kind: notice.kind.clone(),
            about: notice.about as u32,
            belief: notice.belief,
        };
        self.record(number, queued);
        self.remember(&root, number);
        self.remember(&notice.message_id.clone(), number);
        // A report is answered by its address; reminders of one keep no old subject alive.
        if !matches!(notice.kind, NoticeKind::ReportDraft | NoticeKind::ReportCopy) {
            self.remember_subject(&message::base_subject(&notice.subject), number);
        }
        self.change.notices.push(notice);
        self.withhold(number, (audience, person), place, found);
    }

    /// Internal texts at hand that no incident keeps.
    fn at_hand(&self) -> Vec<&str> {
        let mail = self.mail.map(|mail| mail.text.as_str());
        mail.into_iter().chain([self.note.as_str()]).collect()
    }

    /// A client's mail with internal text in it stays in the outbox, and whoever answers for it hears of that.
    fn withhold(
        &mut self,
        number: u64,
        (audience, person): (Audience, PersonId),
        place: u32,
        found: Vec<String>,
    ) {
        let (Audience::Client(client), false) = (&audience, found.is_empty()) else { return };
        let Some(incident) = self.incident(number) else { return };
        let fact = Fact::Telling(Telling::Withheld {
            client: client.clone(),
            number: place,
            person,
            found: found.into_iter().collect(),
            first: incident.account(client).withheld.is_none(),
        });
        let Some((incident, event)) = self.record(number, fact) else { return };
        for owed in notice::owed(self.book, &self.roster(), &incident, &event, "") {
            self.queue(number, &owed, event.seq);
        }
    }

    /// Lets an incident do what is due now, and marks it as part of the change.
    pub(super) fn touch(&mut self, number: u64) {
        if self.past {
            self.change.due.insert(number, None);
            return;
        }
        let beside = clients::beside(self, number);
        for _ in 0..DUE_AT_ONCE {
            let Some(incident) = self.incident(number) else { return };
            let planned = || quiet::changed_plan(self.book, incident, self.now);
            let fact = planned().or_else(|| decide::due(incident, &self.roster(), &beside, self.now));
            let Some(fact) = fact else { break };
            let Some((incident, event)) = self.record(number, fact) else { return };
            self.owe(number, &incident, &event, "");
        }
        let Some(incident) = self.incident(number).cloned() else { return };
        let due = decide::next_due(&incident, &self.book.directory, &beside);
        let waits = owing::waits(&incident, &self.book.directory, &beside);
        let look = waits.then_some(self.now + owing::LOOK_BESIDE);
        self.change.due.insert(number, due.into_iter().chain(look).min());
        self.change.incidents.insert(number, incident);
    }

    /// From now on mails that refer to this id belong to the incident.
    pub(super) fn remember(&mut self, id: &str, number: u64) {
        let entry = (id.to_owned(), number);
        if !self.change.remembered.contains(&entry) {
            self.change.remembered.push(entry);
        }
    }

    /// From now on what the product calls this trouble stands for its key.
    pub(super) fn remember_reference(&mut self, alert: &Alert) {
        if let Some(reference) = alert.named().filter(|name| !self.known.references.contains_key(name)) {
            self.known.references.insert(reference.clone(), alert.key.clone());
            self.change.references.push((reference, alert.key.clone()));
        }
    }

    /// From now on this id leads to another incident than before.
    pub(super) fn move_id(&mut self, id: String, number: u64) {
        self.change.moved.push((id, number));
    }

    /// From now on answers with this subject may belong to the incident.
    pub(super) fn remember_subject(&mut self, base_subject: &str, number: u64) {
        let entry = (thread::subject_key(base_subject), number);
        if !entry.0.is_empty() && !self.change.subjects.contains(&entry) {
            self.change.subjects.push(entry);
        }
    }

    /// All that was known, for a step of which nothing is kept.
    pub(super) fn all_known(&self) -> Known {
        Known { house: self.change.house.clone(), ..self.known.clone() }
    }

    /// When the house wants to be looked at next is written down, whatever happens now.
    pub(super) fn look_at_house(&mut self) {
        self.change.house_looked_at = true;
    }

    /// Somebody who sends alerts was heard.
    pub(super) fn heard(&mut self, source: Source) {
        self.change.sources.push(source);
    }

    /// A rule counted the present mail.
    pub(super) fn counted(&mut self, hit: Hit) {
        self.change.hits.push(hit);
    }

    pub(super) fn outcome(&mut self, outcome: MailOutcome) {
        self.change.outcome = Some(outcome);
    }

    pub(super) fn reply(&mut self, line: String, result: String) {
        self.change.replies.push((line, result));
    }

    pub(super) fn finish(mut self) -> Change {
        self.told_of_troubles();
        self.change.past = self.past;
        let changed = self.change.events.iter().map(|(number, _)| *number).collect();
        clients::look_beside(&mut self, &changed);
        if !self.past {
            digests::due(&mut self);
        }
        worded::failed(&mut self);
        if self.change.house_looked_at {
            duty::due(&mut self);
            expecting::due(&mut self);
            self_testing::due(&mut self);
            self.told_of_troubles();
        }
        let orders = self.book.digests.iter();
        let digests = orders.filter_map(|order| next_due(&self.change.house.digests, order));
        let due: Vec<Timestamp> = digests
            .chain(self.change.house.next_due())
            .chain(duty::next_due(&self))
            .chain(expecting::next_due(&self))
            .chain(self_testing::next_due(&self))
            .collect();
        self.change.house_due = due.into_iter().min();
        self.change
    }

    /// Tells the operator of mails that wait, and of what is wrong.
    fn told_of_troubles(&mut self) {
        for _ in 0..2 {
            let Some(fact) = self.change.house.due(self.now) else { break };
            self.house(fact);
        }
    }

    /// The house as it is at this point.
    pub(super) fn the_house(&self) -> &House {
        &self.change.house
    }
}
