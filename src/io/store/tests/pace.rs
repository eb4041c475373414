//! What is held back is never lost: it goes with the next mail, and comes to the same end.

use super::*;
use crate::book::Book;
use crate::outbox::Attempt;

/// Every alert is a page of its own.
fn site() -> Book {
    let each = "[gateway]\nstorm_after = 100\n[[rule]]\nname = \"each\"\nwhen = { alert.state = \"firing\" }\n\
        then = { action = \"open\", severity = \"sev1\", title = \"{host}\" }\n";
    rehearsal::cast_with(each)
}

/// Kato is paged so often; the first ten go one by one.
fn pages(store: &mut Store, book: &Book, count: usize) {
    for n in 0..count {
        let raw = String::from_utf8(alert(&n.to_string(), "PROBLEM", "CRITICAL")).unwrap();
        receive(store, book, raw.replace("web01", &format!("web{n:02}")).as_bytes(), at(0));
        if n < 10 {
            assert_eq!(sent(store, book, 0).len(), 1);
        }
    }
}

/// Sends all that goes at this time.
fn sent(store: &mut Store, book: &Book, minute: i64) -> Vec<outbox::Claimed> {
    let mut sent = Vec::new();
    loop {
        let owner = lease("test", minute + 5);
        let mails = store.write(|c| outbox::claim(c, book, &owner, 3, at(minute))).unwrap().0;
        if mails.is_empty() {
            return sent;
        }
        for mail in mails {
            store.write(|c| outbox::record(c, book, &mail, &Attempt::Delivered, at(minute))).unwrap();
            sent.push(mail);
        }
    }
}

fn in_state(store: &Store, state: &str) -> i64 {
    let count = "SELECT count(*) FROM notice WHERE state = ?1";
    store.read(|c| Ok(c.query_row(count, [state], |row| row.get(0))?)).unwrap()
}

/// Fault 58.
#[test]
fn what_a_cap_holds_back_goes_with_the_next_mail_also_after_a_restart() {
    let (folder, book) = (tempfile::tempdir().unwrap(), site());
    let path = folder.path().join("firebell.db");
    let mut store = Store::open(&path).unwrap();
    pages(&mut store, &book, 47);
    assert!(sent(&mut store, &book, 0).is_empty());
    drop(store);
    let mut store = Store::open(&path).unwrap();
    assert!(sent(&mut store, &book, 5).is_empty());
    assert_eq!(store.read(outbox::next_attempt).unwrap(), Some(at(6)));
    let one = sent(&mut store, &book, 6);
    assert_eq!((one.len(), one[0].parts.len()), (1, 37));
    let told = message::read(&one[0].bytes).text;
    assert!(told.contains("37 pages in one mail") && told.contains("web46"), "{told}");
    assert_eq!((in_state(&store, "delivered"), in_state(&store, "queued")), (47, 0));
}

/// Kato is paged once more.
fn one_more(store: &mut Store, book: &Book, now: Timestamp) {
    let raw = String::from_utf8(alert("99", "PROBLEM", "CRITICAL")).unwrap().replace("web01", "web99");
    receive(store, book, raw.as_bytes(), now);
}

/// Those of a time, each claimed for a minute.
fn claimed(store: &mut Store, book: &Book, minute: i64) -> Vec<outbox::Claimed> {
    store.write(|c| outbox::claim(c, book, &lease("test", minute + 1), 9, at(minute))).unwrap().0
}

#[test]
fn a_mail_whose_end_was_unknown_once_stays_as_it_was_whatever_comes_after_it() {
    let book = site();
    let refused = Attempt::Deferred("451".to_owned());
    let silence = |store: &mut Store, mail: &outbox::Claimed| {
        let doubtful = Attempt::Doubtful("silence".to_owned());
        store.write(|c| outbox::record(c, &site(), mail, &doubtful, at(6))).map(drop).unwrap();
    };
    let killed = |_: &mut Store, _: &outbox::Claimed| ();
    let started_again = |store: &mut Store, _: &outbox::Claimed| store.write(wake::release_all).unwrap();
    let unknown: [fn(&mut Store, &outbox::Claimed); 3] = [silence, killed, started_again];
    for (unknown, before, parts) in unknown.iter().flat_map(|it| [(it, 15, 5), (it, 11, 0)]) {
        let mut store = Store::in_memory().unwrap();
        pages(&mut store, &book, before);
        let first = claimed(&mut store, &book, 6).remove(0);
        assert_eq!(first.parts.len(), parts);
        unknown(&mut store, &first);
        one_more(&mut store, &book, at(7));
        for minute in [20, 60] {
            let again = claimed(&mut store, &book, minute);
            let again = again.iter().find(|mail| mail.message_id == first.message_id).unwrap();
            assert_eq!((&again.bytes, again.parts.len()), (&first.bytes, parts));
            store.write(|c| outbox::record(c, &book, again, &refused, at(minute))).unwrap();
        }
    }
}

#[test]
fn a_mail_that_was_refused_gives_its_token_back_and_takes_more_along() {
    let book = site();
    let mut store = Store::in_memory().unwrap();
    pages(&mut store, &book, 15);
    let refused = Attempt::Deferred("451".to_owned());
    let first = claimed(&mut store, &book, 6).remove(0);
    store.write(|c| outbox::record(c, &book, &first, &refused, at(6))).unwrap();
    one_more(&mut store, &book, at(7));
    let tokens = claimed(&mut store, &book, 8);
    assert_eq!(tokens.len(), 1, "the token was given back");
    store.write(|c| outbox::record(c, &book, &tokens[0], &refused, at(8))).unwrap();
    let all: usize = claimed(&mut store, &book, 45).iter().map(|mail| mail.parts.len().max(1)).sum();
    assert_eq!(all, 6);
}

#[test]
fn a_mail_of_several_that_comes_back_reached_nobody_with_any_of_them() {
    let book = site();
    let mut store = Store::in_memory().unwrap();
    pages(&mut store, &book, 13);
    let bundle = sent(&mut store, &book, 6).remove(0);
    let report = format!(
        "From: MAILER-DAEMON@relay.example.com\r\nTo: incidents@example.com\r\nMessage-ID: <b@relay.example.com>\r\n\
         Subject: Undelivered Mail\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\n\r\nno such user\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; relay.example.com\r\n\r\nFinal-Recipient: rfc822; kato@example.com\r\nAction: failed\r\n\
         Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\r\n--b--\r\n",
        bundle.message_id
    );
    receive(&mut store, &book, report.as_bytes(), at(7));
    for part in &bundle.parts {
        let incident = store.read(|c| find::incident(c, part.incident)).unwrap().unwrap();
        let notice = incident.notice(&part.audience, part.number, &part.person).unwrap();
        assert!(notice.failed, "incident {}", part.incident);
    }
    let house = store.read(find::house).unwrap();
    assert_eq!(house.addresses.left_alone(&bundle.to), None, "it came back once, not thrice");
}

#[test]
fn whom_one_program_calls_have_each_their_own_pace() {
    let head = "[gateway]\nstorm_after = 100\n[[notify]]\nid = \"phone\"\ncommand = [\"/bin/true\"]\n\
        people = [\"kato\", \"sato\"]\n[[party]]\nid = \"infra\"\npeople = [\"kato\", \"sato\"]\n\
        [[rule]]\nname = \"each\"\nwhen = { alert.state = \"firing\" }\n\
        then = { action = \"open\", severity = \"sev1\", title = \"{host}\" }\n";
    let book = rehearsal::cast_with(head);
    let mut store = Store::in_memory().unwrap();
    for n in 0..12 {
        let raw = String::from_utf8(alert(&n.to_string(), "PROBLEM", "CRITICAL")).unwrap();
        receive(&mut store, &book, raw.replace("web01", &format!("web{n:02}")).as_bytes(), at(0));
    }
    let all = sent(&mut store, &book, 0);
    for person in ["kato", "sato"] {
        let calls =
            all.iter().filter(|it| it.person.as_str() == person && it.to.domain() == "notify.invalid");
        assert_eq!(
            calls.map(|call| call.parts.len().max(1)).collect::<Vec<_>>(),
            [1, 1, 1, 1, 1, 1, 1, 1, 1, 3]
        );
    }
}
