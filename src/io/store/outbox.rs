//! Owns mail on its way out: claimed, tried once, the outcome recorded.

mod claim;
mod gate;

use jiff::Timestamp;
use rusqlite::params;

use super::{Connection, Error, Result, millis, time, work};
use crate::audience::{Audience, Belief};
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::gateway::{Change, DeliveryOutcome, Input, SentWith};
use crate::incident::NoticeKind;
use crate::incident::decide::Delivery;
use crate::outbox::pace::Lane;
use crate::outbox::{self, Attempt, Next};

pub use claim::{Way, claim, claim_by};

/// A mail that somebody is sending.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its number in the outbox.
    pub id: i64,
    /// The claim's number.
    pub fence: i64,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// When it entered the outbox.
    pub queued_at: Timestamp,
    /// Its Message-ID.
    pub message_id: String,
    /// Return path; None for the null one.
    pub from: Option<Address>,
    /// Recipient.
    pub to: Address,
    /// The mail.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: NoticeKind,
    /// Its incident, or 0 for the house.
    pub incident: u64,
    /// Its thread.
    pub audience: Audience,
    /// Its number there.
    pub number: u32,
    /// The recipient.
    pub person: PersonId,
    /// What its reader will believe.
    pub belief: Option<Belief>,
    /// Its subject.
    pub subject: String,
    /// What it says, in a few words.
    pub summary: String,
    /// What shares its pace.
    pub lane: Lane,
    /// Nobody knows whether it went out before.
    pub doubtful: bool,
    /// Until when it has the token of an attempt before.
    pub paid_until: Timestamp,
    /// It took a token for this attempt.
    pub pays: bool,
    /// Where it says what others say too: each as it would be alone, itself too, oldest first. Without
    /// bytes where it only says that they are there.
    pub parts: Vec<Claimed>,
}

impl Claimed {
    fn outcome(&self, end: Delivery) -> DeliveryOutcome {
        DeliveryOutcome {
            incident: self.incident,
            audience: self.audience.clone(),
            number: self.number,
            person: self.person.clone(),
            to: self.to.clone(),
            end,
            also: self.others().map(Self::as_part).collect(),
        }
    }

    /// Those that go with it.
    pub fn others(&self) -> impl Iterator<Item = &Self> {
        self.parts.iter().filter(|part| part.id != self.id)
    }

    fn as_part(&self) -> SentWith {
        SentWith {
            incident: self.incident,
            audience: self.audience.clone(),
            number: self.number,
            person: self.person.clone(),
        }
    }
}

/// When there will be something to deliver next.
pub fn next_attempt(connection: &Connection) -> Result<Option<Timestamp>> {
    // The states must stand here as they stand in the index, or all of the outbox is gone through.
    let select = "SELECT min(iif(state = 'active', lease_until, next_attempt)) FROM notice
        WHERE state IN ('queued', 'deferred', 'active') AND carrier = 0";
    let at: Option<i64> = connection.prepare_cached(select)?.query_row([], |row| row.get(0))?;
    Ok(at.map(time))
}

/// Forgets how much everybody was sent. A test does so to see that it is noticed.
#[cfg(test)]
pub(crate) fn forget_pace(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM pace", [])?;
    Ok(())
}

/// What went with a mail that was delivered.
pub fn sent_with(connection: &Connection, message_id: &str) -> Result<Vec<SentWith>> {
    let select = "SELECT incident, audience, number, person FROM notice
        WHERE carrier <> 0 AND carrier = (SELECT id FROM notice WHERE message_id = ?1) AND state = 'delivered'";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([message_id], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, String>(3)?))
    })?;
    let part = |row: rusqlite::Result<(i64, String, u32, String)>| {
        let (incident, audience, number, person) = row?;
        let audience = serde_json::from_str(&audience)?;
        Ok(SentWith { incident: incident as u64, audience, number, person: PersonId::new(person) })
    };
    rows.map(part).collect()
}

/// Records how an attempt ended, and what follows from it.
pub fn record(
    connection: &Connection,
    book: &Book,
    mail: &Claimed,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Option<Change>> {
    let held = "SELECT 1 FROM notice WHERE id = ?1 AND fence = ?2 AND state = 'active'";
    if !connection.prepare_cached(held)?.exists(params![mail.id, mail.fence])? {
        return Err(Error::LostLease);
    }
    let delivery = match outbox::after(attempt, mail.attempts, mail.queued_at, now) {
        Next::Delivered => {
            end_all(connection, mail, "delivered", "")?;
            Delivery::Told
        }
        Next::Failed(reason) => {
            end_all(connection, mail, "failed", &reason)?;
            Delivery::Undeliverable(reason)
        }
        Next::Retry(at) => {
            let (reason, counted, doubtful) = match attempt {
                Attempt::Deferred(reason) => (reason.as_str(), true, false),
                Attempt::Doubtful(reason) => (reason.as_str(), true, true),
                Attempt::NoRelay(reason) => (reason.as_str(), false, false),
                Attempt::Delivered | Attempt::Failed(_) => ("", true, true),
            };
            let update =
                "UPDATE notice SET state = 'deferred', owner = '', lease_until = 0, next_attempt = ?2,
                    reply = ?3, attempts = attempts - iif(?4, 0, 1), doubtful = doubtful OR ?5 WHERE id = ?1";
            let values = params![mail.id, millis(at), reason, counted, doubtful];
            connection.prepare_cached(update)?.execute(values)?;
            if !doubtful {
                gate::back(connection, book, mail)?;
            }
            return Ok(None);
        }
    };
    let outcome = mail.outcome(delivery);
    work(connection, book, Input::Outcome(&outcome), now).map(Some)
}

/// A mail and those that go with it.
fn end_all(connection: &Connection, mail: &Claimed, state: &str, reply: &str) -> Result<()> {
    mail.others().chain([mail]).try_for_each(|mail| end(connection, mail.id, state, reply))
}

fn end(connection: &Connection, id: i64, state: &str, reply: &str) -> Result<()> {
    let update = "UPDATE notice SET state = ?2, owner = '', lease_until = 0, reply = ?3 WHERE id = ?1";
    connection.prepare_cached(update)?.execute(params![id, state, reply])?;
    Ok(())
}
