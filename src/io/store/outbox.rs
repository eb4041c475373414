//! Owns mail on its way out: claimed, tried once, the outcome recorded.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{Connection, Error, Lease, Result, find, millis, next_fence, time, work};
use crate::audience::{Audience, Belief};
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::gateway::{Change, DeliveryOutcome, Input};
use crate::incident::NoticeKind;
use crate::incident::decide::Delivery;
use crate::outbox::{self, Attempt, Next};

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
        }
    }
}

const COLUMNS: &str =
    "id, fence, attempts, queued_at, message_id, sender, recipient, bytes, kind, incident, audience,
    number, person, belief, subject, summary";

fn from_row(row: &Row<'_>) -> rusqlite::Result<(Claimed, [String; 3])> {
    let sender: String = row.get(5)?;
    let claimed = Claimed {
        id: row.get(0)?,
        fence: row.get(1)?,
        attempts: row.get(2)?,
        queued_at: time(row.get(3)?),
        message_id: row.get(4)?,
        from: (!sender.is_empty()).then(|| Address::new(&sender)),
        to: Address::new(&row.get::<_, String>(6)?),
        bytes: row.get(7)?,
        kind: NoticeKind::Inform,
        incident: row.get::<_, i64>(9)? as u64,
        audience: Audience::Inner,
        number: row.get(11)?,
        person: PersonId::new(row.get::<_, String>(12)?),
        belief: None,
        subject: row.get(14)?,
        summary: row.get(15)?,
    };
    Ok((claimed, [row.get(8)?, row.get(10)?, row.get(13)?]))
}

/// By which way mails go that are claimed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Any.
    Any,
    /// The relay.
    Relay,
    /// Programs of the site.
    Programs,
    /// The second relay: what is for it, and has waited since then.
    Spare(Timestamp),
}

/// Takes up to `limit` mails that are due, whichever way they go.
pub fn claim(
    connection: &Connection,
    book: &Book,
    lease: &Lease,
    limit: usize,
    now: Timestamp,
) -> Result<(Vec<Claimed>, Vec<Change>)> {
    claim_by(connection, book, lease, (limit, Way::Any), now)
}

/// Takes up to `limit` mails that are due, pages first. What is no longer true is superseded instead; the changes that
/// this made are given back beside the mails.
pub fn claim_by(
    connection: &Connection,
    book: &Book,
    lease: &Lease,
    (limit, way): (usize, Way),
    now: Timestamp,
) -> Result<(Vec<Claimed>, Vec<Change>)> {
    let select = format!(
        "SELECT {COLUMNS} FROM notice
         WHERE state IN ('queued', 'deferred', 'active') AND next_attempt <= ?1 AND lease_until <= ?1
            AND (?3 = 0 OR (recipient LIKE '%@notify.invalid') = (?3 = 2))
            AND (?4 IS NULL OR queued_at <= ?4 AND (urgent = 1 OR kind = ?5))
         ORDER BY urgent DESC, id LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&select)?;
    let (code, before) = match way {
        Way::Any => (0, None),
        Way::Relay => (1, None),
        Way::Programs => (2, None),
        Way::Spare(before) => (1, Some(millis(before))),
    };
    let report = serde_json::to_string(&NoticeKind::Report)?;
    let values = params![millis(now), limit as i64, code, before, report];
    let rows = statement.query_map(values, from_row)?;
    let found = rows.collect::<std::result::Result<Vec<_>, _>>()?;
    if found.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let (fence, house) = (next_fence(connection)?, find::house(connection)?);
    let (mut claimed, mut changes) = (Vec::new(), Vec::new());
    for (mail, stored) in found {
        let id = mail.id;
        match void(connection, book, mail, &stored, now) {
            Ok(Turn::Void(change)) => changes.push(*change),
            Ok(Turn::Send(mail))
                if before.is_some() && !outbox::is_for_second_relay(&mail.kind, &mail.person) => {}
            Ok(Turn::Send(mail)) => match house.addresses.left_alone(&mail.to) {
                Some(until) => changes.push(leave(connection, book, &mail, until, now)?),
                None => claimed.push(activate(connection, *mail, lease, fence)?),
            },
            // One that can't be read stops nobody else's: it is held, and `firebell outbox` shows it.
            Err(Error::Unreadable(error)) => end(connection, id, "held", &format!("can't be read: {error}"))?,
            Err(error) => return Err(error),
        }
    }
    Ok((claimed, changes))
}

/// What becomes of a mail whose turn has come.
enum Turn {
    Send(Box<Claimed>),
    Void(Box<Change>),
}

/// Whether a mail is still true; one that is not is superseded.
fn void(
    connection: &Connection,
    book: &Book,
    mut mail: Claimed,
    [kind, audience, belief]: &[String; 3],
    now: Timestamp,
) -> Result<Turn> {
    mail.kind = serde_json::from_str(kind)?;
    mail.audience = serde_json::from_str(audience)?;
    mail.belief = serde_json::from_str(belief)?;
    let incident = find::incident(connection, mail.incident)?;
    let sent = incident.as_ref().and_then(|it| it.notice(&mail.audience, mail.number, &mail.person));
    let void =
        incident.as_ref().zip(sent).and_then(|(incident, sent)| outbox::superseded(incident, sent, now));
    let Some(reason) = void else { return Ok(Turn::Send(Box::new(mail))) };
    end(connection, mail.id, "superseded", &reason)?;
    let outcome = mail.outcome(Delivery::Superseded(reason));
    Ok(Turn::Void(Box::new(work(connection, book, Input::Outcome(&outcome), now)?)))
}

/// A mail to an address that is left alone fails at once, so that others are told in time.
fn leave(
    connection: &Connection,
    book: &Book,
    mail: &Claimed,
    until: Timestamp,
    now: Timestamp,
) -> Result<Change> {
    let until = until.to_zoned(book.zone.clone()).strftime("%Y-%m-%d").to_string();
    let reason = format!("not written to until {until}: mail came back twice");
    end(connection, mail.id, "failed", &reason)?;
    work(connection, book, Input::Outcome(&mail.outcome(Delivery::Undeliverable(reason))), now)
}

fn activate(connection: &Connection, mut mail: Claimed, lease: &Lease, fence: i64) -> Result<Claimed> {
    let update = "UPDATE notice SET state = 'active', attempts = attempts + 1, owner = ?2, lease_until = ?3,
            fence = ?4 WHERE id = ?1";
    let values = params![mail.id, lease.owner, millis(lease.until), fence];
    connection.prepare_cached(update)?.execute(values)?;
    mail.attempts += 1;
    mail.fence = fence;
    Ok(mail)
}

/// When there will be something to deliver next.
pub fn next_attempt(connection: &Connection) -> Result<Option<Timestamp>> {
    // The states must stand here as they stand in the index, or all of the outbox is gone through.
    let select = "SELECT min(iif(state = 'active', lease_until, next_attempt)) FROM notice
        WHERE state IN ('queued', 'deferred', 'active')";
    let at: Option<i64> = connection.prepare_cached(select)?.query_row([], |row| row.get(0))?;
    Ok(at.map(time))
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
            end(connection, mail.id, "delivered", "")?;
            Delivery::Told
        }
        Next::Failed(reason) => {
            end(connection, mail.id, "failed", &reason)?;
            Delivery::Undeliverable(reason)
        }
        Next::Retry(at) => {
            let (reason, counted) = match attempt {
                Attempt::Deferred(reason) => (reason.as_str(), true),
                Attempt::NoRelay(reason) => (reason.as_str(), false),
                Attempt::Delivered | Attempt::Failed(_) => ("", true),
            };
            let update =
                "UPDATE notice SET state = 'deferred', owner = '', lease_until = 0, next_attempt = ?2,
                    reply = ?3, attempts = attempts - iif(?4, 0, 1) WHERE id = ?1";
            connection.prepare_cached(update)?.execute(params![mail.id, millis(at), reason, counted])?;
            return Ok(None);
        }
    };
    let outcome = mail.outcome(delivery);
    work(connection, book, Input::Outcome(&outcome), now).map(Some)
}

fn end(connection: &Connection, id: i64, state: &str, reply: &str) -> Result<()> {
    let update = "UPDATE notice SET state = ?2, owner = '', lease_until = 0, reply = ?3 WHERE id = ?1";
    connection.prepare_cached(update)?.execute(params![id, state, reply])?;
    Ok(())
}
