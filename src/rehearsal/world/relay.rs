//! Owns the pretended relays, and the programs and people behind them.

use super::{Entry, World};
use crate::audience::Audience;
use crate::io::store::outbox;
use crate::outbox::{Attempt, is_for_second_relay};
use crate::paths::Paths;
use crate::self_test::NOBODY;

impl World<'_> {
    /// The pretended relay.
    pub(super) fn hand_over(&mut self, mail: &outbox::Claimed) -> Attempt {
        // A program is no relay, and has a name of its own.
        let answer = match Paths::name_in(&mail.to) {
            Some(name) => self.relay.get(name),
            None if self.book.paths.second().contains(&mail.to) => self.relay_for_all.as_ref(),
            None => self.relay.get(mail.person.as_str()).or(self.relay_for_all.as_ref()),
        };
        match answer.map(String::as_str) {
            None | Some("250" | "lost") => {
                if mail.person.as_str() == NOBODY && answer.is_none_or(|answer| answer == "250") {
                    self.coming.push((self.now, mail.bytes.clone()));
                }
                self.sent_to(mail, self.who(mail));
                Attempt::Delivered
            }
            Some(answer) if !answer.starts_with('5') && self.goes_by_second_relay(mail) => {
                let to = format!("{} (2nd relay)", self.who(mail));
                self.sent_to(mail, to);
                Attempt::Delivered
            }
            Some(answer) if answer.starts_with('5') => Attempt::Failed(answer.to_owned()),
            Some(answer) => Attempt::Deferred(answer.to_owned()),
        }
    }

    fn sent_to(&mut self, mail: &outbox::Claimed, to: String) {
        let (message_id, subject, summary) =
            (mail.message_id.clone(), mail.subject.clone(), mail.summary.clone());
        self.entries.push(Entry::Sent { at: self.now, message_id, to, subject, summary });
        if !self.sent.iter().any(|sent| sent.message_id == mail.message_id) {
            self.sent.push(mail.clone());
        }
    }

    fn is_phone(&self, mail: &outbox::Claimed) -> bool {
        let person = self.book.directory.people.get(&mail.person);
        person.is_some_and(|person| person.phones().any(|phone| *phone == mail.to))
    }

    fn goes_by_second_relay(&self, mail: &outbox::Claimed) -> bool {
        let waited = self.now.duration_since(mail.queued_at);
        let for_it = is_for_second_relay(&mail.kind, &mail.person);
        for_it && self.book.paths.second_relay.is_some_and(|after| waited >= after)
    }

    /// A colleague by name, a client's contact with the client's.
    pub(super) fn who(&self, mail: &outbox::Claimed) -> String {
        match &mail.audience {
            Audience::Inner => match Paths::name_in(&mail.to) {
                Some(name) => format!("{}/{name}", mail.person),
                None if self.book.paths.second().contains(&mail.to) => mail.to.to_string(),
                None if self.is_phone(mail) => format!("{}/{}", mail.person, mail.to.local()),
                None => mail.person.to_string(),
            },
            Audience::Client(client) => format!("{client}/{}", mail.person),
        }
    }
}
