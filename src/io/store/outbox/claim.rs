//! Owns taking mail out of the outbox: what is due and still true, through the gate, one or several in one mail.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::super::{Connection, Error, Lease, Result, find, millis, next_fence, time, work};
use super::gate;
use super::{Claimed, end, end_all};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, PersonId};
use crate::gateway::{Change, Input};
use crate::house::House;
use crate::incident::NoticeKind;
use crate::incident::decide::Delivery;
use crate::notice::{self, Bundle, For, Part};
use crate::outbox::{self, pace::Lane};
use crate::paths::Paths;

const COLUMNS: &str =
    "id, fence, attempts, queued_at, message_id, sender, recipient, bytes, kind, incident, audience,
    number, person, belief, subject, summary, lane, doubtful,
    paid_until";
/// What can be claimed: nobody has it, its time has come, and it goes with no other.
const DUE: &str =
    "state IN ('queued', 'deferred', 'active') AND next_attempt <= ?1 AND lease_until <= ?1 AND carrier = 0";

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

/// Takes up to `limit` mails that are due: pages first, by severity and age. What is no longer true is superseded instead; the
/// changes that this made are given back beside the mails. What finds no token waits; what waits goes with the next that
/// finds one, and is part of it.
pub fn claim_by(
    connection: &Connection,
    book: &Book,
    lease: &Lease,
    (limit, way): (usize, Way),
    now: Timestamp,
) -> Result<(Vec<Claimed>, Vec<Change>)> {
    release(connection, now)?;
    let mut claiming = Claiming {
        connection,
        book,
        lease,
        now,
        house: House::default(),
        fence: 0,
        spare: matches!(way, Way::Spare(_)),
        claimed: Vec::new(),
        changes: Vec::new(),
    };
    // Those that have to wait make room for the next, whose turn has come too.
    while claiming.claimed.is_empty() && claiming.changes.is_empty() {
        let due = due(connection, limit, way, now)?;
        if due.is_empty() {
            break;
        }
        (claiming.fence, claiming.house) = (next_fence(connection)?, find::house(connection)?);
        for id in due {
            match claiming.one(id) {
                // One that can't be read stops nobody else's: it is held, and `firebell outbox` shows it.
                Err(Error::Unreadable(error)) => hold(connection, id, &format!("can't be read: {error}"))?,
                other => other?,
            }
        }
        if claiming.spare {
            break;
        }
    }
    Ok((claiming.claimed, claiming.changes))
}

/// Gives back what somebody had whose lease ran out: he may have sent it.
fn release(connection: &Connection, now: Timestamp) -> Result<()> {
    let update = format!(
        "UPDATE notice SET state = 'deferred', owner = '', lease_until = 0, doubtful = 1 WHERE state = 'active' AND {DUE}"
    );
    connection.prepare_cached(&update)?.execute([millis(now)])?;
    Ok(())
}

/// Numbers of mails whose turn has come.
fn due(connection: &Connection, limit: usize, way: Way, now: Timestamp) -> Result<Vec<i64>> {
    let select = format!(
        "SELECT id FROM notice WHERE {DUE}
            AND (?3 = 0 OR (recipient LIKE '%@notify.invalid') = (?3 = 2))
            AND (?4 IS NULL OR queued_at <= ?4 AND (urgent > 0 OR kind = ?5))
         ORDER BY urgent DESC, id LIMIT ?2"
    );
    let (code, before) = match way {
        Way::Any => (0, None),
        Way::Relay => (1, None),
        Way::Programs => (2, None),
        Way::Spare(before) => (1, Some(millis(before))),
    };
    let report = serde_json::to_string(&NoticeKind::Report)?;
    let mut statement = connection.prepare_cached(&select)?;
    let values = params![millis(now), limit as i64, code, before, report];
    let ids = statement.query_map(values, |row| row.get(0))?;
    Ok(ids.collect::<std::result::Result<_, _>>()?)
}

/// One round of claiming.
struct Claiming<'a> {
    connection: &'a Connection,
    book: &'a Book,
    lease: &'a Lease,
    now: Timestamp,
    house: House,
    fence: i64,
    spare: bool,
    claimed: Vec<Claimed>,
    changes: Vec<Change>,
}

impl Claiming<'_> {
    /// A mail whose turn has come, unless it went with one before it.
    fn one(&mut self, id: i64) -> Result<()> {
        let (connection, now) = (self.connection, self.now);
        let Some(mail) = self.true_one(id)? else { return Ok(()) };
        if self.spare && !outbox::is_for_second_relay(&mail.kind, &mail.person) {
            return Ok(());
        }
        if let Some(until) = self.house.addresses.left_alone(&mail.to) {
            let mail = Claimed { parts: self.going_with(mail.id)?, ..mail };
            return self.leave(&mail, until);
        }
        let Some(mail) = gate::pass(connection, self.book, mail, now)? else { return Ok(()) };
        let others = self.going_with(mail.id)?;
        let mail = together(self.book, mail, others);
        let mail = activate(connection, mail, self.lease, self.fence)?;
        self.claimed.push(mail);
        Ok(())
    }

    /// A mail as it is stored, if it is still true. One that is not is superseded; those that were to go with it go with the
    /// oldest of them.
    fn true_one(&mut self, id: i64) -> Result<Option<Claimed>> {
        let mut next = Some(id);
        while let Some(id) = next {
            let Some(mail) = load(self.connection, id, self.now)? else { return Ok(None) };
            if self.holds(&mail)? {
                return Ok(Some(mail));
            }
            next = promote(self.connection, id)?;
        }
        Ok(None)
    }

    /// Those that go with a mail and are still true, oldest first. Only the newest have their bytes: of the others it is only
    /// said that they are there, and they may be many.
    fn going_with(&mut self, carrier: i64) -> Result<Vec<Claimed>> {
        let mut with: Vec<Claimed> = Vec::new();
        for id in carried_by(self.connection, carrier)? {
            match one(self.connection, id) {
                Ok(mail) if self.holds(&mail)? => with.push(mail),
                Ok(_) => {}
                Err(error) => hold(self.connection, id, &format!("can't be read: {error}"))?,
            }
            let older = with.iter_mut().rev().nth(notice::IN_FULL);
            older.into_iter().for_each(|mail| mail.bytes = Vec::new());
        }
        Ok(with)
    }

    /// Whether a mail is still true; one that is not is superseded.
    fn holds(&mut self, mail: &Claimed) -> Result<bool> {
        let incident = find::incident(self.connection, mail.incident)?;
        let sent = incident.as_ref().and_then(|it| it.notice(&mail.audience, mail.number, &mail.person));
        let void = incident.as_ref().zip(sent);
        let void = void.and_then(|(incident, sent)| outbox::superseded(incident, sent, self.now));
        let Some(reason) = void else { return Ok(true) };
        end(self.connection, mail.id, "superseded", &reason)?;
        self.came_to(mail, Delivery::Superseded(reason))?;
        Ok(false)
    }

    /// A mail to an address that is left alone fails at once, so that others are told in time.
    fn leave(&mut self, mail: &Claimed, until: Timestamp) -> Result<()> {
        let until = until.to_zoned(self.book.zone.clone()).strftime("%Y-%m-%d").to_string();
        let reason = format!("not written to until {until}: mail came back twice");
        end_all(self.connection, mail, "failed", &reason)?;
        self.came_to(mail, Delivery::Undeliverable(reason))
    }

    fn came_to(&mut self, mail: &Claimed, end: Delivery) -> Result<()> {
        let outcome = mail.outcome(end);
        let change = work(self.connection, self.book, Input::Outcome(&outcome), self.now)?;
        self.changes.push(change);
        Ok(())
    }
}

/// Several as one mail, in place of the one that others go with. Where it can't be written, which is a bug, that one goes
/// with its own words.
fn together(book: &Book, mail: Claimed, others: Vec<Claimed>) -> Claimed {
    if others.is_empty() {
        return mail;
    }
    let mut all: Vec<Claimed> = others.into_iter().chain([mail.clone()]).collect();
    all.sort_by_key(|mail| mail.id);
    let parts: Vec<Part<'_>> = all.iter().map(part).collect();
    let held_back = all.iter().any(|mail| mail.lane != Lane::Routine);
    // Its time is that of the newest, so that it is the same whenever it is sent.
    let at = all.iter().map(|mail| mail.queued_at).max().unwrap_or(mail.queued_at);
    let reader = For { person: &mail.person, to: &mail.to, audience: &mail.audience, held_back };
    let bundle = notice::bundle(book, reader, &mail.bytes, &parts, at);
    let is_program = Paths::name_in(&mail.to).is_some();
    match bundle {
        Some(Bundle { subject, summary, .. }) if is_program => {
            Claimed { subject, summary, parts: all, ..mail }
        }
        Some(Bundle { subject, summary, bytes }) => Claimed { subject, summary, bytes, parts: all, ..mail },
        None => Claimed { parts: all, ..mail },
    }
}

fn part(mail: &Claimed) -> Part<'_> {
    Part {
        incident: mail.incident,
        subject: &mail.subject,
        summary: &mail.summary,
        page: matches!(mail.kind, NoticeKind::Page { .. }),
        bytes: &mail.bytes,
    }
}

/// The oldest of those that were to go with a mail takes its place.
fn promote(connection: &Connection, id: i64) -> Result<Option<i64>> {
    let select = "SELECT min(id) FROM notice WHERE carrier = ?1 AND state IN ('queued', 'deferred')";
    let next: Option<i64> = connection.prepare_cached(select)?.query_row([id], |row| row.get(0))?;
    if let Some(next) = next {
        let update = "UPDATE notice SET carrier = iif(id = ?2, 0, ?2) WHERE carrier = ?1 AND state IN ('queued', 'deferred')";
        connection.prepare_cached(update)?.execute([id, next])?;
    }
    Ok(next)
}

/// A mail that can't be read is held; those that were to go with it go by themselves.
fn hold(connection: &Connection, id: i64, reason: &str) -> Result<()> {
    promote(connection, id)?;
    end(connection, id, "held", reason)
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

/// A mail, if it is due.
fn load(connection: &Connection, id: i64, now: Timestamp) -> Result<Option<Claimed>> {
    let select = format!("SELECT {COLUMNS} FROM notice WHERE id = ?2 AND {DUE}");
    let mut statement = connection.prepare_cached(&select)?;
    statement.query_row([millis(now), id], from_row).optional()?.map(read).transpose()
}

/// Numbers of those that go with a mail.
fn carried_by(connection: &Connection, carrier: i64) -> Result<Vec<i64>> {
    let select = "SELECT id FROM notice WHERE carrier = ?1 AND state IN ('queued', 'deferred') ORDER BY id";
    let mut statement = connection.prepare_cached(select)?;
    let ids = statement.query_map([carrier], |row| row.get(0))?;
    Ok(ids.collect::<std::result::Result<_, _>>()?)
}

fn one(connection: &Connection, id: i64) -> Result<Claimed> {
    let select = format!("SELECT {COLUMNS} FROM notice WHERE id = ?1");
    read(connection.prepare_cached(&select)?.query_row([id], from_row)?)
}

fn read((mail, [kind, audience, belief]): (Claimed, [String; 3])) -> Result<Claimed> {
    Ok(Claimed {
        kind: serde_json::from_str(&kind)?,
        audience: serde_json::from_str(&audience)?,
        belief: serde_json::from_str(&belief)?,
        ..mail
    })
}

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
        lane: Lane::from_number(row.get(16)?),
        doubtful: row.get(17)?,
        paid_until: time(row.get(18)?),
        pays: false,
        parts: Vec::new(),
    };
    Ok((claimed, [row.get(8)?, row.get(10)?, row.get(13)?]))
}
