//! Owns trying things out: a store that keeps nothing can be set back to where it was, and two courses of things be
//! compared. For transcripts, which try what a stop would change.

use data_encoding::HEXLOWER;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::{Connection, Result, Store};

/// Who holds a row, and how often it was held, is forgotten once the row is done, and is no part of what is known; nor is
/// who wrote it last, nor that a stop leaves it unknown whether a mail went out.
const OF_HOLDERS: [&str; 5] = ["owner", "lease_until", "fence", "stamp", "doubtful"];
/// Follows from timelines, sooner or later: no part of what is known either.
const DERIVED: &str = "incident_state";
/// States in which a row is done.
const DONE: &str = "('done', 'delivered', 'failed', 'superseded')";

impl Store {
    /// From now on, what is written can be taken back. Only where nothing is kept ([`Store::keep_nothing`]).
    pub fn mark(&self) -> Result<()> {
        Ok(self.connection.execute_batch("SAVEPOINT mark")?)
    }

    /// Takes back what was written since the mark, which stays.
    pub fn back_to_mark(&self) -> Result<()> {
        Ok(self.connection.execute_batch("ROLLBACK TO mark")?)
    }

    /// Goes on from here.
    pub fn forget_mark(&self) -> Result<()> {
        Ok(self.connection.execute_batch("RELEASE mark")?)
    }

    /// Forgets what it remembers of incidents: the next who asks gets what is stored.
    pub fn forget(&self) {
        self.connection.forget();
    }

    /// A digest of all that is stored, of who works on what excepted: two stores of the same digest will do the same.
    pub fn digest(&self) -> Result<String> {
        let mut digest = Sha256::new();
        for table in tables(&self.connection)?.iter().filter(|table| *table != DERIVED) {
            rows(&self.connection, table, &mut digest)?;
        }
        Ok(HEXLOWER.encode(&digest.finalize()))
    }
}

fn tables(connection: &Connection) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<std::result::Result<_, _>>()?)
}

fn rows(connection: &Connection, table: &str, digest: &mut Sha256) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
    let names = statement.query_map([table], |row| row.get::<_, String>(0))?;
    let names: Vec<String> = names.collect::<std::result::Result<_, _>>()?;
    let has_state = names.iter().any(|name| name == "state");
    let columns = names.iter().filter(|name| !OF_HOLDERS.contains(&name.as_str())).map(|name| match name {
        name if name == "attempts" && has_state => format!("iif(state IN {DONE}, 0, attempts)"),
        name => format!("\"{name}\""),
    });
    let columns: Vec<String> = columns.collect();
    let wanted = if table == "counter" { " WHERE name <> 'fence'" } else { "" };
    let select = format!("SELECT {} FROM \"{table}\"{wanted}", columns.join(", "));
    let mut statement = connection.prepare_cached(&select)?;
    let mut rows = statement.query([])?;
    digest.update(table);
    while let Some(row) = rows.next()? {
        for column in 0..columns.len() {
            add(row.get_ref(column)?, digest);
        }
        digest.update([b'\n']);
    }
    Ok(())
}

/// A value with its kind and length, so that no two rows are written the same.
fn add(value: ValueRef<'_>, digest: &mut Sha256) {
    match value {
        ValueRef::Null => digest.update([0]),
        ValueRef::Integer(number) => {
            digest.update([1]);
            digest.update(number.to_le_bytes());
        }
        ValueRef::Real(number) => {
            digest.update([2]);
            digest.update(number.to_le_bytes());
        }
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            digest.update([3]);
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
    }
}
