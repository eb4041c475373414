//! Owns what is read off a pretended world: its time, what firebell keeps, what it mailed.

use jiff::Timestamp;

use super::World;
use crate::chronicle::Record;
use crate::incident::{self, NoticeKind};
use crate::io::store::{outbox, views};
use crate::rehearsal::Error;

impl World<'_> {
    /// What time it is.
    pub(in crate::rehearsal) fn now(&self) -> Timestamp {
        self.now
    }

    /// All incidents with their timelines.
    pub(in crate::rehearsal) fn records(&self) -> Result<Vec<Record>, Error> {
        let mut records = Vec::new();
        for incident in self.store.read(views::incidents)? {
            let events = self.store.read(|store| views::events(store, incident.number))?;
            records.push(Record { incident, events });
        }
        Ok(records)
    }

    /// The digests and reports that the relay took.
    pub(in crate::rehearsal) fn papers(&self) -> Vec<(String, Vec<u8>)> {
        let kinds = [NoticeKind::Digest, NoticeKind::ReportDraft, NoticeKind::ReportCopy];
        let papers = self.sent.iter().filter(|mail| kinds.contains(&mail.kind));
        papers.map(|mail| (self.who(mail), mail.bytes.clone())).collect()
    }

    /// The mails that the relay took, and the text that each is made of.
    pub(in crate::rehearsal) fn mails(&self) -> impl Iterator<Item = (&outbox::Claimed, &'static str)> {
        let text = |mail: &outbox::Claimed| self.texts.get(&mail.message_id).copied().unwrap_or_default();
        self.sent.iter().flat_map(move |mail| {
            let whole = if mail.parts.is_empty() { text(mail) } else { "bundle" };
            let in_full = mail.parts.iter().filter(|part| !part.bytes.is_empty());
            [(mail, whole)].into_iter().chain(in_full.map(move |part| (part, text(part))))
        })
    }

    /// The law of timelines: replaying one gives the incident that is stored.
    pub(in crate::rehearsal) fn check_replay(&self) -> Result<(), Error> {
        // What is stored, not what the store remembers of it.
        self.store.forget();
        for stored in self.store.read(views::incidents)? {
            let events = self.store.read(|store| views::events(store, stored.number))?;
            let replayed = incident::replay(stored.number, &events);
            if replayed.as_ref() != Some(&stored) {
                let text = format!(
                    "the timeline of incident {} does not lead to what is stored: a bug",
                    stored.number
                );
                return Err(Error::Transcript { line: 0, text });
            }
        }
        Ok(())
    }
}
