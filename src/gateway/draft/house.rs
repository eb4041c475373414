//! Owns what a change in the making says to the house: its log, its reports, its answers.

use super::{Draft, answers};
use crate::audience::Audience;
use crate::directory::PersonId;
use crate::house::testing::SelfTestFact;
use crate::house::{self, HouseEvent, HouseFact};
use crate::incident::Incident;
use crate::notice::{self, Notice, Reply, Trial};
use crate::oncall::{Override, Schedule};
use crate::self_test::NOBODY;

impl Draft<'_> {
    /// The number of the next mail to an audience: one that was never given, whatever copy of the store was put back.
    pub(in crate::gateway) fn next_mail(&self, incident: &Incident, audience: &Audience) -> u32 {
        incident.next_number(audience) + self.change.house.restored.skipped
    }

    /// Writes a line of the house log, and reports it where the operator must know.
    pub(in crate::gateway) fn house(&mut self, fact: HouseFact) {
        if self.past || !self.change.house.is_new(&fact) {
            return;
        }
        let reported = self.change.house.reports(&fact, self.now);
        let event = self.house_event(fact);
        if !reported {
            return;
        }
        for person in notice::hear_of(self.book, &self.roster(), &event) {
            let number = self.change.house.reports + 1;
            let house = &self.change.house;
            let report = notice::report(self.book, house, &person, &event, number, self.now);
            self.report(report, person, event.seq);
        }
        self.by_second_path(&event);
    }

    /// Answers somebody who gave commands to the house.
    /// `again` are lines that do something once they stand in the answer to this.
    pub(in crate::gateway) fn answer_of_house(
        &mut self,
        person: PersonId,
        lines: &[(String, Reply)],
        again: &[String],
    ) {
        let Some(lines) = answers::lines(lines.to_vec(), self.known.answered, self.now) else { return };
        let (number, about) = (self.change.house.reports + 1, self.change.house.events);
        let answer = notice::house_transcript(self.book, &person, (&lines, again), (number, about), self.now);
        self.report(answer, person, about);
    }

    /// Tells somebody what would have become of the present mail.
    pub(in crate::gateway) fn answer_of_trial(&mut self, person: PersonId, trial: &Trial) {
        if self.known.answered >= answers::MOST {
            return;
        }
        let (number, about) = (self.change.house.reports + 1, self.change.house.events);
        let answered = self.mail.map(|mail| mail.message_id.clone());
        let answer = notice::house_trial(self.book, &person, trial, answered, (number, about), self.now);
        self.report(answer, person, about);
    }

    /// Tells somebody that others arranged when they are on call, or took it back.
    pub(in crate::gateway) fn tell_of_duty(
        &mut self,
        person: PersonId,
        by: &PersonId,
        what: &[Override],
        made: bool,
    ) {
        let (number, about) = (self.change.house.reports + 1, self.change.house.events);
        let told = notice::duty_changed(self.book, &person, (by, what, made), (number, about), self.now);
        self.report(told, person, about);
    }

    /// Tells whoever comes on call what is broken.
    pub(in crate::gateway) fn hand_over(&mut self, person: PersonId, schedule: &Schedule) {
        let (number, about) = (self.change.house.reports + 1, self.change.house.events);
        let until = schedule.next_handover(&self.change.house.overrides, self.now);
        let open = &self.known.broken;
        let told = notice::handover(self.book, &person, (schedule, until, open), (number, about), self.now);
        self.report(told, person, about);
    }

    /// Sends a mail to ourselves.
    pub(in crate::gateway) fn send_self_test(&mut self) {
        let number = self.change.house.reports + 1;
        let event = self.house_event(HouseFact::SelfTest(SelfTestFact::Sent { number }));
        let mail = notice::self_test(self.book, number, event.seq, self.now);
        self.report(Some(mail), PersonId::new(NOBODY), event.seq);
    }

    /// The same, with what became of each line in words.
    pub(in crate::gateway) fn lines_of_house(&mut self, person: PersonId, lines: &[(String, String)]) {
        if self.known.answered >= answers::MOST {
            return;
        }
        let (number, about) = (self.change.house.reports + 1, self.change.house.events);
        let answer = notice::house_lines(self.book, &person, lines, (number, about), self.now);
        self.report(answer, person, about);
    }

    pub(in crate::gateway) fn report(&mut self, report: Option<Notice>, person: PersonId, about: u64) {
        let Some(report) = report else { return };
        self.change.notices.push(report);
        self.house_event(HouseFact::Queued { person, about });
    }

    fn house_event(&mut self, fact: HouseFact) -> HouseEvent {
        let event = HouseEvent { seq: self.change.house.events + 1, at: self.now, fact };
        self.change.house = house::apply(std::mem::take(&mut self.change.house), &event);
        self.change.house_events.push(event.clone());
        event
    }

    /// What mail alone may not bring goes to the operator by another way too.
    fn by_second_path(&mut self, event: &HouseEvent) {
        let operator = self.book.directory.people_in([&self.book.operator]).into_iter().next();
        let Some(person) = operator.filter(|_| event.fact.is_for_second_path()) else { return };
        for to in self.book.paths.second() {
            let (number, house) = (self.change.house.reports + 1, &self.change.house);
            let report = notice::report(self.book, house, &person, event, number, self.now);
            self.report(report.map(|report| Notice { to, ..report }), person.clone(), event.seq);
        }
    }
}
