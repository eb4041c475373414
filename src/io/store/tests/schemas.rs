//! A store of every schema that there ever was is brought up to date with all that is in it. What each held stands in
//! `schemas/`, a file for each, frozen when it was written: `UPDATE=1` writes the one that is missing, and never another.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::gateway::{Change, Outcome};
use crate::house::{self, House};
use crate::rules::Hit;

fn file(schema: usize) -> PathBuf {
    PathBuf::from(format!("{}/src/io/store/tests/schemas/{schema:02}.sql", env!("CARGO_MANIFEST_DIR")))
}

/// A night that leaves something in every table.
fn story() -> Store {
    let book = rehearsal::standard_cast().unwrap();
    let mut store = Store::in_memory().unwrap();
    let numbering = super::super::mailboxes::Numbering { epoch: 7, next: Some(1), there: 0 };
    let first = super::super::mailboxes::First::Since(at(-60));
    store.write(|c| super::super::mailboxes::enter(c, "box", numbering, first)).unwrap();
    let found = super::super::mailboxes::Found {
        mailbox: "box".to_owned(),
        epoch: 7,
        item: "1".to_owned(),
        raw: alert("1", "PROBLEM", "CRITICAL"),
        arrived: Some(at(0)),
        was_there: false,
        settled: false,
    };
    store.write(|c| super::super::mailboxes::keep(c, &found, at(0))).unwrap();
    let claimed = store.write(|c| inbound::claim(c, &lease("one", 20), 9, at(0))).unwrap();
    let message = message::read(&claimed[0].raw);
    store.write(|c| inbound::finish(c, &book, &claimed[0], &message, at(0))).unwrap();
    let (notices, _) = store.write(|c| outbox::claim(c, &book, &lease("one", 20), 1, at(1))).unwrap();
    store.write(|c| outbox::record(c, &book, &notices[0], &Attempt::Delivered, at(1))).unwrap();
    let reply = format!(
        "From: Kato <kato@example.com>\r\nMessage-ID: <k@example.com>\r\nIn-Reply-To: <{}>\r\n\
         Subject: Re: {}\r\n\r\nlooking\r\n",
        notices[0].message_id, notices[0].subject
    );
    receive(&mut store, &book, reply.as_bytes(), at(2));
    receive(
        &mut store,
        &book,
        b"From: a@example.net\r\nMessage-ID: <o@a>\r\nSubject: offer\r\n\r\nbuy\r\n",
        at(3),
    );
    store.write(|c| inbound::deposit(c, b"Subject: waits\r\n\r\nx\r\n", at(4))).unwrap();
    let beside = Change {
        references: [("zabbix:17".to_owned(), "web01/ping".to_owned())].into_iter().collect(),
        hits: vec![Hit { rule: "few".into(), group: "web01".into(), at: at(4), until: at(600) }],
        ..Change::default()
    };
    store.write(|c| keep::change(c, &beside, at(4))).unwrap();
    // What is stored of an incident may lag behind its timeline now, which it could not once.
    let whole = |c: &Connection| {
        for incident in views::incidents(c)? {
            states::write(c, &incident)?;
        }
        Ok(())
    };
    store.write(whole).unwrap();
    store
}

fn of_schema(schema: usize) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    MIGRATIONS[..schema].iter().for_each(|migration| connection.execute_batch(migration).unwrap());
    connection
}

fn texts(connection: &rusqlite::Connection, select: &str, value: &str) -> Vec<String> {
    let mut statement = connection.prepare(select).unwrap();
    let values: Vec<&str> = if value.is_empty() { Vec::new() } else { vec![value] };
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(0)).unwrap();
    rows.map(rusqlite::Result::unwrap).collect()
}

fn tables(connection: &rusqlite::Connection) -> Vec<String> {
    let names =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    texts(connection, names, "")
}

/// The story as a schema holds it.
fn written(schema: usize, store: &Store) -> String {
    let of = of_schema(schema);
    let mut sql = String::from("PRAGMA foreign_keys = OFF;\nDELETE FROM counter;\n");
    for table in tables(&of) {
        let columns = texts(&of, "SELECT name FROM pragma_table_info(?1) ORDER BY cid", &table);
        let value = |column: &String| match (table.as_str(), column.as_str()) {
            ("mail", "raw") => "quote((SELECT bytes FROM raw WHERE mail = mail.id))".to_owned(),
            ("incident", "state") => {
                "quote((SELECT state FROM incident_state WHERE incident = incident.number))".to_owned()
            }
            // What is in a mail of ours is nobody's business here.
            ("notice", "bytes") => "quote(CAST('Subject: x' AS BLOB))".to_owned(),
            _ => format!("quote(\"{column}\")"),
        };
        let values: Vec<String> = columns.iter().map(value).collect();
        let select = format!("SELECT {} FROM \"{table}\"", values.join(" || ', ' || "));
        for row in rows::<String>(store, &select, |row| row.get(0)) {
            sql.push_str(&format!("INSERT INTO {table} ({}) VALUES\n    ({row});\n", columns.join(", ")));
        }
    }
    sql
}

#[test]
fn every_schema_has_a_file_with_something_in_each_of_its_tables() {
    for schema in 1..=MIGRATIONS.len() {
        if !file(schema).exists() && std::env::var_os("UPDATE").is_some() {
            fs::write(file(schema), written(schema, &story())).unwrap();
        }
        let sql = fs::read_to_string(file(schema));
        let sql = sql.unwrap_or_else(|_| panic!("{}: UPDATE=1 writes it", file(schema).display()));
        let connection = of_schema(schema);
        connection.execute_batch(&sql).unwrap();
        for table in tables(&connection) {
            let any = texts(&connection, &format!("SELECT 'x' FROM \"{table}\" LIMIT 1"), "");
            assert_eq!(any.len(), 1, "schema {schema}: nothing in {table}");
        }
    }
}

#[test]
fn a_store_of_every_schema_is_brought_up_to_date_and_goes_on() {
    let (book, folder) = (rehearsal::standard_cast().unwrap(), tempfile::tempdir().unwrap());
    for schema in 1..=MIGRATIONS.len() {
        let path = folder.path().join(format!("{schema}.db"));
        let connection = rusqlite::Connection::open(&path).unwrap();
        MIGRATIONS[..schema].iter().for_each(|migration| connection.execute_batch(migration).unwrap());
        connection.execute_batch(&fs::read_to_string(file(schema)).unwrap()).unwrap();
        connection.pragma_update(None, "user_version", schema as i64).unwrap();
        drop(connection);
        let mut store = Store::open(&path).unwrap_or_else(|error| panic!("schema {schema}: {error}"));

        let incident = store.read(|c| find::incident(c, 1)).unwrap().unwrap();
        let events = store.read(|c| views::events(c, 1)).unwrap();
        // What is reckoned from a timeline since then begins to be reckoned with what comes.
        let replayed = crate::incident::replay(1, &events).unwrap();
        let facts = |it: &crate::incident::Incident| {
            (it.events, it.status(), it.keys.clone(), it.accounts.clone(), it.notices.clone(), it.run.clone())
        };
        assert_eq!(facts(&replayed), facts(&incident), "schema {schema}");
        assert!(events.iter().any(|event| matches!(event.fact, Fact::Noted { .. })), "schema {schema}");
        let log = store.read(views::house_events).unwrap();
        assert_eq!(log.iter().fold(House::default(), house::apply), store.read(find::house).unwrap());
        let bytes: Vec<Vec<u8>> = rows(&store, "SELECT bytes FROM raw ORDER BY mail", |row| row.get(0));
        assert_eq!((bytes.len(), &bytes[0]), (4, &alert("1", "PROBLEM", "CRITICAL")), "schema {schema}");
        let states: Vec<String> =
            store.read(|c| views::outbox(c, true)).unwrap().into_iter().map(|it| it.state).collect();
        assert!(
            states.contains(&"delivered".to_owned()) && states.contains(&"queued".to_owned()),
            "{states:?}"
        );

        let waits = store.write(|c| inbound::claim(c, &lease("new", 60), 9, at(10))).unwrap();
        assert_eq!(
            waits.iter().map(|mail| mail.raw.as_slice()).collect::<Vec<_>>(),
            [b"Subject: waits\r\n\r\nx\r\n"]
        );
        store.write(|c| inbound::finish(c, &book, &waits[0], &message::read(&waits[0].raw), at(10))).unwrap();
        let (notices, _) = store.write(|c| outbox::claim(c, &book, &lease("new", 60), 9, at(10))).unwrap();
        assert!(!notices.is_empty(), "schema {schema}");
        let outcome = receive(&mut store, &book, &alert("2", "RECOVERY", "OK"), at(20)).outcome.unwrap();
        assert_eq!(
            (outcome.what, outcome.incident),
            (Outcome::Joined, Some(1)),
            "schema {schema}: by its key"
        );
    }
}
