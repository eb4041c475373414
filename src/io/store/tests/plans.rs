//! How SQLite goes about each statement: what is asked for every mail must not go through all that was ever kept.

use rusqlite::StatementStatus;

use super::*;

/// The store's own code.
const CODE: &[&str] = &[
    include_str!("../find.rs"),
    include_str!("../inbound.rs"),
    include_str!("../keep.rs"),
    include_str!("../keeping.rs"),
    include_str!("../mailboxes.rs"),
    include_str!("../outbox.rs"),
    include_str!("../past.rs"),
    include_str!("../records.rs"),
    include_str!("../states.rs"),
    include_str!("../views.rs"),
    include_str!("../wake.rs"),
    include_str!("../../store.rs"),
];
/// Tables that grow for ever.
const LARGE: [&str; 12] = [
    "mail",
    "raw",
    "event",
    "notice",
    "arrival",
    "incident",
    "incident_state",
    "incident_key",
    "message_ref",
    "house_event",
    "answer",
    "alert_reference",
];
/// Indexes of what is not done with: they stay small.
const SMALL: [&str; 3] = ["INDEX mail_to_do", "INDEX notice_to_do", "INDEX incident_broken"];
/// What may go through a whole table, by how it begins: lists that a person asked for, and what is done once, at the
/// start or at the end of an import, and what a digest reads. The greatest number of a table that is kept by number stands
/// at its end.
const EXCEPTIONS: [&str; 10] = [
    "SELECT coalesce(max(number), 0) FROM incident",
    "SELECT number FROM incident ORDER BY number",
    "SELECT body FROM house_event ORDER BY seq",
    // Once a digest: the statement stops at the time it goes back to.
    "SELECT body, at FROM house_event ORDER BY seq DESC",
    "SELECT number FROM incident WHERE past = 0 AND (status <> 'closed'",
    "SELECT mail.id, message_id, coalesce(arrived_at, received_at), bytes",
    "SELECT id, state, incident, person, recipient,",
    "SELECT id, iif(past = 1, received_at, coalesce(arrived_at, received_at)) AS at",
    "SELECT number, (SELECT max(at) FROM event WHERE incident = number) FROM incident",
    "UPDATE notice SET state = 'deferred', owner = '', lease_until = 0, attempts = attempts - 1",
];

/// The text of every literal of the code that is a statement, in one line.
fn statements() -> Vec<String> {
    let literals = CODE.iter().flat_map(|code| code.split('"').skip(1).step_by(2));
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_statement = |text: &String| {
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb))
    };
    let columns = |text: String| text.replace("{COLUMNS}", "id, bytes");
    literals.map(one_line).filter(is_statement).map(columns).collect()
}

/// The steps of a statement that go through a whole large table.
fn scans(connection: &Connection, statement: &str) -> Vec<String> {
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
    let nulls = vec![rusqlite::types::Null; plan.parameter_count()];
    let steps = plan.query_map(rusqlite::params_from_iter(nulls), |row| row.get::<_, String>(3)).unwrap();
    let is_scan = |step: &String| {
        let mut words = step.split_whitespace();
        let (verb, table) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        // `SEARCH` without an index is how the least or greatest of a whole table is found.
        let whole = verb == "SCAN" || verb == "SEARCH" && !step.contains(" USING ");
        whole && LARGE.contains(&table) && !SMALL.iter().any(|index| step.contains(index))
    };
    steps.map(|step| step.unwrap()).filter(is_scan).collect()
}

#[test]
fn no_statement_goes_through_a_whole_table_but_those_that_are_named() {
    let store = Store::in_memory().unwrap();
    let found = statements();
    assert!(found.len() > 50, "{}", found.len());
    let unwanted: Vec<(String, Vec<String>)> = found
        .into_iter()
        .filter(|statement| !EXCEPTIONS.iter().any(|exception| statement.starts_with(exception)))
        .map(|statement| (statement.clone(), store.read(|c| Ok(scans(c, &statement))).unwrap()))
        .filter(|(_, scans)| !scans.is_empty())
        .collect();
    assert!(unwanted.is_empty(), "{unwanted:#?}");
}

#[test]
fn every_exception_is_still_needed() {
    let store = Store::in_memory().unwrap();
    for exception in EXCEPTIONS {
        let found = statements().into_iter().find(|statement| statement.starts_with(exception));
        let statement = found.unwrap_or_else(|| panic!("nothing begins with {exception:?}"));
        assert!(!store.read(|c| Ok(scans(c, &statement))).unwrap().is_empty(), "{statement}");
    }
}

#[test]
fn what_is_kept_already_costs_nothing_when_more_comes() {
    let mut store = Store::in_memory().unwrap();
    // Whatever is asked for is called 1, and most of what there is too.
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        INSERT INTO mail (id, received_at, state, message_id, content_hash) SELECT i, 0, 'done', '1', i FROM n;
        INSERT INTO arrival (mailbox, epoch, item, mail, settled) SELECT '1', 1, id, id, 1 FROM mail;
        INSERT INTO incident (number, version, status, broken, service, opened_at, due, past)
            SELECT id, 1, 'closed', 0, '1', 0, NULL, 0 FROM mail;
        INSERT INTO incident_state (incident, state) SELECT id, '' FROM mail;
        INSERT INTO event (incident, seq, at, body) SELECT id, 1, 0, '' FROM mail;
        INSERT INTO incident_key (key, incident, live, opened_at, past) SELECT '1', id, 0, 0, 0 FROM mail;
        INSERT INTO notice (message_id, incident, about, audience, number, person, kind, belief, sender, recipient,
                subject, summary, bytes, urgent, queued_at, state, next_attempt)
            SELECT id, 0, 0, '', 0, '', '', '', '', '', '', '', x'', 0, 0, 'delivered', 0 FROM mail;";
    store.write(|c| Ok(c.execute_batch(fill)?)).unwrap();
    let steps = |statement: &str| {
        store.read(|c| {
            let mut statement = c.prepare(statement)?;
            let nulls = vec![rusqlite::types::Value::from(1); statement.parameter_count()];
            let mut rows = statement.query(rusqlite::params_from_iter(nulls))?;
            while rows.next()?.is_some() {}
            drop(rows);
            Ok(statement.get_status(StatementStatus::VmStep))
        })
    };
    let questions = |statement: &String| {
        statement.starts_with("SELECT ")
            && !EXCEPTIONS.iter().any(|exception| statement.starts_with(exception))
            && !statement.starts_with("SELECT item FROM arrival WHERE mailbox = ?1 AND (mail")
    };
    for statement in statements().iter().filter(|statement| questions(statement)) {
        let steps = steps(statement).unwrap();
        assert!(steps < 500, "{steps} steps: {statement}");
    }
}
