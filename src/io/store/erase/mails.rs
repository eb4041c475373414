//! Owns what becomes of mails when a person is erased: those that came, and those that we wrote.

use rusqlite::{OptionalExtension as _, params};
use serde_json::Value;

use super::super::{Connection, Result};
use super::{Done, Left, Reader};
use crate::erasure::Erased;
use crate::message::Message;

/// What is to be done with a mail.
enum Fate {
    Stays,
    Goes,
    Changes { bytes: Vec<u8>, names_still: bool },
    Unknown,
}

/// Mails that came: their own go, those of others are changed where that is sound.
pub(super) fn received(
    connection: &Connection,
    (who, read): (&Erased, Reader<'_>),
    all_originals: bool,
    done: &mut Done,
) -> Result<()> {
    for (mail, incident) in numbers(connection, "SELECT id, incident FROM mail ORDER BY id")? {
        rewrite_row(connection, who, mail)?;
        let select = "SELECT bytes FROM raw WHERE mail = ?1";
        let bytes: Option<Vec<u8>> =
            connection.prepare_cached(select)?.query_row([mail], |row| row.get(0)).optional()?;
        let Some(bytes) = bytes else { continue };
        match fate(who, read, bytes) {
            Fate::Stays => {}
            Fate::Unknown => done.left.push(Left::Unreadable(mail)),
            Fate::Goes => {
                remove(connection, mail)?;
                done.removed += 1;
            }
            Fate::Changes { names_still: true, .. } if all_originals => {
                remove(connection, mail)?;
                done.changed += 1;
            }
            Fate::Changes { bytes, names_still } => {
                let update = "UPDATE raw SET bytes = ?2 WHERE mail = ?1";
                connection.prepare_cached(update)?.execute(params![mail, bytes])?;
                done.changed += 1;
                if names_still {
                    done.left.push(Left::Mail { mail, incident: incident as u64 });
                }
            }
        }
    }
    Ok(())
}

fn fate(who: &Erased, read: Reader<'_>, bytes: Vec<u8>) -> Fate {
    let Some(message) = read(bytes.clone()) else { return Fate::Unknown };
    if who.wrote(&message) {
        return Fate::Goes;
    }
    let changed = who.mail(&bytes);
    let named = who.is_in(&message);
    if changed == bytes && !named {
        return Fate::Stays;
    }
    let names_still = read(changed.clone()).is_none_or(|message| who.is_in(&message));
    Fate::Changes { bytes: changed, names_still }
}

fn remove(connection: &Connection, mail: i64) -> Result<()> {
    connection.prepare_cached("DELETE FROM raw WHERE mail = ?1")?.execute([mail])?;
    Ok(())
}

/// What was noted of a mail beside its bytes.
fn rewrite_row(connection: &Connection, who: &Erased, mail: i64) -> Result<()> {
    let select = "SELECT outcome, trouble FROM mail WHERE id = ?1";
    let (outcome, trouble): (String, String) =
        connection.prepare_cached(select)?.query_row([mail], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if who.is_named(&trouble) || who.is_named(&outcome) {
        let outcome = if outcome.is_empty() { outcome } else { json(who, &outcome)? };
        let update = "UPDATE mail SET outcome = ?2, trouble = ?3 WHERE id = ?1";
        connection.prepare_cached(update)?.execute(params![mail, outcome, who.text(&trouble)])?;
    }
    Ok(())
}

/// Mails that we wrote: of what is done, those to them and about them lose their bytes.
pub(super) fn sent(
    connection: &Connection,
    (who, read): (&Erased, Reader<'_>),
    done: &mut Done,
) -> Result<()> {
    let names = |message: Option<Message>| message.is_none_or(|message| who.is_in(&message));
    for (notice, incident) in numbers(connection, "SELECT id, incident FROM notice ORDER BY id")? {
        let select =
            "SELECT person, recipient, bytes, state IN ('delivered', 'failed', 'superseded') FROM notice
            WHERE id = ?1";
        let row = connection.prepare_cached(select)?.query_row([notice], |row| {
            let (person, recipient): (String, String) = (row.get(0)?, row.get(1)?);
            Ok((person, recipient, row.get::<_, Vec<u8>>(2)?, row.get::<_, bool>(3)?))
        })?;
        let (person, recipient, bytes, is_done) = row;
        let theirs = who.is_person(&person) || who.is_address(&recipient);
        rewrite_notice(connection, who, notice, theirs)?;
        match (bytes.is_empty() || !theirs && !names(read(bytes)), is_done) {
            (true, _) => {}
            (false, true) => {
                let update = "UPDATE notice SET bytes = x'' WHERE id = ?1";
                connection.prepare_cached(update)?.execute([notice])?;
                done.emptied += 1;
            }
            (false, false) => done.left.push(Left::Waits { notice, incident: incident as u64 }),
        }
    }
    Ok(())
}

fn rewrite_notice(connection: &Connection, who: &Erased, notice: i64, theirs: bool) -> Result<()> {
    let select = "SELECT kind, person, recipient, subject, summary, reply FROM notice WHERE id = ?1";
    let texts: [String; 6] = connection.prepare_cached(select)?.query_row([notice], |row| {
        Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?])
    })?;
    if !theirs && !texts.iter().any(|text| who.is_named(text)) {
        return Ok(());
    }
    let [kind, person, recipient, subject, summary, reply] = texts;
    let update =
        "UPDATE notice SET kind = ?2, person = ?3, recipient = ?4, subject = ?5, summary = ?6, reply = ?7
        WHERE id = ?1";
    let values = params![
        notice,
        json(who, &kind)?,
        who.text(&person),
        who.text(&recipient),
        who.text(&subject),
        who.text(&summary),
        who.text(&reply)
    ];
    connection.prepare_cached(update)?.execute(values)?;
    Ok(())
}

fn json(who: &Erased, text: &str) -> Result<String> {
    let value: Value = serde_json::from_str(text)?;
    Ok(serde_json::to_string(&who.json(value))?)
}

fn numbers(connection: &Connection, select: &str) -> Result<Vec<(i64, i64)>> {
    let mut statement = connection.prepare(select)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}
