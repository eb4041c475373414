//! A store that an earlier firebell wrote is brought up to date with all that is in it.

use super::*;
use crate::gateway::Outcome;
use crate::house::troubles::Kind;

/// A store of the first schema in the middle of an incident: mails, notices, a log.
fn earlier(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch(MIGRATIONS[0]).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let book = rehearsal::standard_cast().unwrap();
    let mut now = Store::in_memory().unwrap();
    receive(&mut now, &book, &alert("1", "PROBLEM", "CRITICAL"), at(0));
    now.write(|c| work(c, &book, Input::House(&a_fact()), at(1))).unwrap();
    let path = path.to_str().unwrap().to_owned();
    now.read(|c| {
        c.execute("ATTACH ?1 AS old", [path])?;
        c.execute_batch(
            r#"DELETE FROM old.counter; INSERT INTO old.counter SELECT * FROM main.counter;
             INSERT INTO old.mail
                SELECT id, received_at, bytes, state, attempts, owner, lease_until, fence, message_id, content_hash,
                    outcome, incident, trouble FROM main.mail JOIN main.raw ON mail = id;
             INSERT INTO old.mail (received_at, raw, state) VALUES (0, CAST('Subject: waits' AS BLOB), 'new');
             INSERT INTO old.incident SELECT number, version, status, broken, service, opened_at, due, state
                FROM main.incident JOIN main.incident_state ON incident = number;
             INSERT INTO old.event SELECT * FROM main.event;
             INSERT INTO old.incident_key SELECT key, incident, live, opened_at FROM main.incident_key;
             INSERT INTO old.message_ref SELECT * FROM main.message_ref;
             INSERT INTO old.notice SELECT id, message_id, incident, about, audience, number, person, kind, belief,
                sender, recipient, subject, summary, bytes, urgent, queued_at, state, next_attempt, attempts, owner,
                lease_until, fence, reply FROM main.notice;
             INSERT INTO old.house SELECT id, state FROM main.house;
             INSERT INTO old.house_event SELECT * FROM main.house_event;
             INSERT INTO old.house_event VALUES
                (97, 0, '{"seq":97,"at":"2026-11-22T01:00:00Z","fact":"mailbox-lost","mailbox":"a","reason":"refused"}'),
                (98, 0, '{"seq":98,"at":"2026-11-22T01:00:00Z","fact":"relay-lost","reason":"refused"}'),
                (99, 0, '{"seq":99,"at":"2026-11-22T01:00:00Z","fact":"mailbox-back","mailbox":"a"}'),
                (100, 0, '{"seq":100,"at":"2026-11-22T01:00:00Z","fact":"relay-back"}');
             DETACH old"#,
        )?;
        Ok(())
    })
    .unwrap();
}

fn a_fact() -> HouseFact {
    HouseFact::ReloadRefused { mistakes: "one".to_owned() }
}

#[test]
fn an_earlier_store_keeps_all_that_is_in_it_and_goes_on_working() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    earlier(&path);
    let mut store = Store::open(&path).unwrap();
    let version: i64 =
        store.read(|c| Ok(c.pragma_query_value(None, "user_version", |row| row.get(0))?)).unwrap();
    assert_eq!(version, MIGRATIONS.len() as i64);

    let bytes: Vec<Vec<u8>> = rows(&store, "SELECT bytes FROM raw ORDER BY mail", |row| row.get(0));
    assert_eq!(bytes, [alert("1", "PROBLEM", "CRITICAL"), b"Subject: waits".to_vec()]);
    let (incident, events) = (
        store.read(|c| find::incident(c, 1)).unwrap().unwrap(),
        store.read(|c| views::events(c, 1)).unwrap(),
    );
    assert_eq!(crate::incident::replay(1, &events), Some(incident.clone()));
    assert!(!incident.past);
    let log: Vec<HouseFact> =
        store.read(views::house_events).unwrap().into_iter().map(|event| event.fact).collect();
    assert_eq!(log[0], a_fact());
    assert!(log.ends_with(&[
        HouseFact::began(Kind::Mailbox, "a", "refused"),
        HouseFact::began(Kind::Relay, "", "refused"),
        HouseFact::over(Kind::Mailbox, "a"),
        HouseFact::over(Kind::Relay, ""),
    ]));

    let book = rehearsal::standard_cast().unwrap();
    let waits = store.write(|c| inbound::claim(c, &lease("new", 60), 9, at(10))).unwrap();
    assert_eq!(waits.iter().map(|mail| mail.raw.as_slice()).collect::<Vec<_>>(), [b"Subject: waits"]);
    store.write(|c| inbound::finish(c, &book, &waits[0], &message::read(&waits[0].raw), at(10))).unwrap();
    let (notices, _) = store.write(|c| outbox::claim(c, &book, &lease("new", 60), 9, at(0))).unwrap();
    assert!(notices.iter().any(|notice| matches!(notice.kind, NoticeKind::Page { .. })));
    let change = receive(&mut store, &book, &alert("2", "RECOVERY", "OK"), at(20));
    let outcome = change.outcome.unwrap();
    assert_eq!((outcome.what, outcome.incident), (Outcome::Joined, Some(1)), "its key leads to it as before");
    let again = receive(&mut store, &book, &alert("1", "PROBLEM", "CRITICAL"), at(21));
    assert!(again.outcome.is_some());
    drop(store);
    drop(Store::open(&path).unwrap());
}

/// Fault 14.
#[test]
fn a_migration_that_breaks_off_leaves_the_old_schema_and_the_next_start_completes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("firebell.db");
    earlier(&path);
    // The last migration of all meets with something that stands in its way.
    let obstacle = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    obstacle("CREATE TABLE source (id INTEGER PRIMARY KEY) STRICT");
    assert!(Store::open(&path).is_err());
    let tables = |connection: &rusqlite::Connection| -> Vec<String> {
        let mut names =
            connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(rusqlite::Result::unwrap).collect()
    };
    let connection = rusqlite::Connection::open(&path).unwrap();
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
    let before = tables(&connection);
    assert!(
        before.contains(&"mail".to_owned()) && !before.contains(&"alert_reference".to_owned()),
        "{before:?}"
    );
    drop(connection);
    obstacle("DROP TABLE source");
    let store = Store::open(&path).unwrap();
    let bytes: Vec<Vec<u8>> = rows(&store, "SELECT bytes FROM raw ORDER BY mail", |row| row.get(0));
    assert_eq!(bytes, [alert("1", "PROBLEM", "CRITICAL"), b"Subject: waits".to_vec()]);
}
