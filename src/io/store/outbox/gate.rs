//! Owns the gate through which mails leave: each takes its tokens, or waits; the last token is for all that wait.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::super::{Connection, Result, millis, time};
use super::Claimed;
use crate::book::Book;
use crate::outbox::pace::{Bucket, DAY, HOUR, Lane, THREAD};
use crate::paths::Paths;

/// A token is good for so long: what is tried again later takes another. No more than in which one comes, so that what
/// is sent late still keeps within the caps.
const GOOD_FOR: SignedDuration = HOUR.every;
/// So many go as one at most.
const MOST: usize = 1000;

/// Lets a mail through that has its token, or finds one; those that waited for the same go with it. None if it has to
/// wait: it is looked at again when there is a token for it.
pub(super) fn pass(
    connection: &Connection,
    book: &Book,
    mail: Claimed,
    now: Timestamp,
) -> Result<Option<Claimed>> {
    if mail.paid_until > now {
        return Ok(Some(mail));
    }
    let buckets = buckets(connection, book, &mail)?;
    // What goes as it went before waits for nothing that would go with it.
    let stops = |bucket: Bucket| !(mail.doubtful && bucket.gathers());
    let shut = buckets.iter().filter(|(bucket, _)| stops(*bucket));
    let shut = shut.filter_map(|(bucket, full)| Some((bucket.ready(*full, now)?, *bucket)));
    if let Some((ready, bucket)) = shut.max_by_key(|(ready, _)| *ready) {
        wait(connection, &mail, (bucket, ready), now)?;
        return Ok(None);
    }
    forget(connection, &mail, now)?;
    for (bucket, full) in &buckets {
        take(connection, &mail, *bucket, bucket.taken(*full, now))?;
    }
    let mail = Claimed { pays: true, ..mail };
    let paid = "UPDATE notice SET paid_until = ?2 WHERE id = ?1";
    connection.prepare_cached(paid)?.execute(params![mail.id, millis(now + GOOD_FOR)])?;
    let last: Vec<Bucket> =
        buckets.iter().filter(|(bucket, full)| bucket.tokens(*full, now) == 1).map(|(it, _)| *it).collect();
    if last.is_empty() || mail.doubtful || mail.lane == Lane::Whole {
        return Ok(Some(mail));
    }
    for id in others(connection, &mail, &last, now)? {
        // With what goes with them, if they tried before.
        let update = "UPDATE notice SET carrier = ?2 WHERE id = ?1 OR carrier = ?1 AND state IN ('queued', 'deferred')";
        connection.prepare_cached(update)?.execute([id, mail.id])?;
    }
    Ok(Some(mail))
}

/// The relay didn't take a mail: the token of this attempt is given back.
pub(super) fn back(connection: &Connection, book: &Book, mail: &Claimed) -> Result<()> {
    if !mail.pays {
        return Ok(());
    }
    connection.prepare_cached("UPDATE notice SET paid_until = 0 WHERE id = ?1")?.execute([mail.id])?;
    for (bucket, full) in buckets(connection, book, mail)? {
        take(connection, mail, bucket, bucket.given_back(full))?;
    }
    Ok(())
}

/// The buckets of which a mail takes tokens, and when each will be full.
fn buckets(connection: &Connection, book: &Book, mail: &Claimed) -> Result<Vec<(Bucket, Timestamp)>> {
    let bundling = book.directory.people.get(&mail.person).map(|person| person.bundle).unwrap_or_default();
    let buckets = mail.lane.buckets(bundling).into_iter();
    buckets.map(|bucket| Ok((bucket, full(connection, mail, bucket)?))).collect()
}

/// What waits for the same token: mails of two lanes, of all incidents or of one.
fn sharing(mail: &Claimed, buckets: &[Bucket]) -> ([i64; 2], Option<i64>) {
    let capped = buckets.iter().any(|bucket| [HOUR, DAY].contains(bucket));
    let lanes = match mail.lane {
        Lane::Plain | Lane::Routine if capped => [Lane::Plain as i64, Lane::Routine as i64],
        lane => [lane as i64; 2],
    };
    let of_thread = buckets.iter().all(|bucket| *bucket == THREAD);
    (lanes, of_thread.then_some(mail.incident as i64))
}

/// Others of the same reader and audience whose turn has come, oldest first. What may have gone out once stays as it was
/// then: whoever has it already would not read another under the same Message-ID.
fn others(connection: &Connection, mail: &Claimed, last: &[Bucket], now: Timestamp) -> Result<Vec<i64>> {
    let ([one, other], incident) = sharing(mail, last);
    let select = "SELECT id FROM notice WHERE recipient = ?1 AND lane IN (?2, ?3) AND doubtful = 0
            AND state IN ('queued', 'deferred') AND carrier = 0 AND next_attempt <= ?4 AND id <> ?5 AND person = ?6 AND audience = ?7
            AND (?8 IS NULL OR incident = ?8)
        ORDER BY id LIMIT ?9";
    let mut statement = connection.prepare_cached(select)?;
    let audience = serde_json::to_string(&mail.audience)?;
    let (to, person, now) = (mail.to.as_str(), mail.person.as_str(), millis(now));
    let values = params![to, one, other, now, mail.id, person, audience, incident, MOST as i64];
    let ids = statement.query_map(values, |row| row.get(0))?;
    Ok(ids.collect::<std::result::Result<_, _>>()?)
}

/// All that wait for the same token do so together.
fn wait(
    connection: &Connection,
    mail: &Claimed,
    (bucket, ready): (Bucket, Timestamp),
    now: Timestamp,
) -> Result<()> {
    let ([one, other], incident) = sharing(mail, &[bucket]);
    let update = "UPDATE notice SET next_attempt = ?5, reply = ?6
        WHERE recipient = ?1 AND person = ?8 AND (lane IN (?2, ?3) OR ?4 AND lane = 3)
            AND state IN ('queued', 'deferred') AND carrier = 0
            AND paid_until <= ?9 AND next_attempt < ?5 AND (?7 IS NULL OR incident = ?7)";
    let whole = [HOUR, DAY].contains(&bucket);
    let (to, person) = (mail.to.as_str(), mail.person.as_str());
    let values = params![to, one, other, whole, millis(ready), bucket.why(), incident, person, millis(now)];
    connection.prepare_cached(update)?.execute(values)?;
    Ok(())
}

/// Whose buckets they are: an address, or somebody whom a program of the site calls, as it calls others.
fn reader(mail: &Claimed) -> String {
    match Paths::name_in(&mail.to) {
        Some(_) => format!("{} {}", mail.person, mail.to),
        None => mail.to.to_string(),
    }
}

/// A bucket's name in the store: each thread has its own.
fn name(mail: &Claimed, bucket: Bucket) -> String {
    if bucket == THREAD { format!("{} {}", bucket.name, mail.incident) } else { bucket.name.to_owned() }
}

/// A bucket that is full is as good as none.
fn forget(connection: &Connection, mail: &Claimed, now: Timestamp) -> Result<()> {
    let delete = "DELETE FROM pace WHERE recipient = ?1 AND full_at <= ?2";
    connection.prepare_cached(delete)?.execute(params![reader(mail), millis(now)])?;
    Ok(())
}

fn full(connection: &Connection, mail: &Claimed, bucket: Bucket) -> Result<Timestamp> {
    let select = "SELECT full_at FROM pace WHERE recipient = ?1 AND bucket = ?2";
    let values = params![reader(mail), name(mail, bucket)];
    let full: Option<i64> =
        connection.prepare_cached(select)?.query_row(values, |row| row.get(0)).optional()?;
    Ok(full.map_or(Timestamp::UNIX_EPOCH, time))
}

fn take(connection: &Connection, mail: &Claimed, bucket: Bucket, full: Timestamp) -> Result<()> {
    let upsert = "INSERT INTO pace (recipient, bucket, full_at) VALUES (?1, ?2, ?3)
        ON CONFLICT (recipient, bucket) DO UPDATE SET full_at = excluded.full_at";
    connection.prepare_cached(upsert)?.execute(params![reader(mail), name(mail, bucket), millis(full)])?;
    Ok(())
}
