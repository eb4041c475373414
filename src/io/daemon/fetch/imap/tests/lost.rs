//! What a filter has taken for junk.

use super::super::lost::where_lost;
use super::*;
use crate::io::daemon::{OpenInlet, step};
use crate::io::mailbox::imap::{Folder, Holds};
use crate::io::store::find;

/// What is held of it, and the folder in which it lies.
fn lying(fact: &HouseFact) -> Option<(String, String)> {
    match fact {
        HouseFact::Held { letter, .. } if !letter.folder.is_empty() => {
            Some((letter.subject.clone(), letter.folder.clone()))
        }
        _ => None,
    }
}

fn lies_in(fact: &HouseFact, folder: &str, subject: &str) -> bool {
    lying(fact).is_some_and(|(of, place)| of == subject && place == folder)
}

const ALERT: &[u8] = b"From: nagios@mon.example.com\r\nMessage-ID: <alert@mon.example.com>\r\n\
    Subject: ** PROBLEM Service Alert: web01/http is CRITICAL **\r\n\r\n\
    ***** Nagios *****\r\n\r\nNotification Type: PROBLEM\r\n\r\nService: http\r\nHost: web01\r\nState: CRITICAL\r\n";
const CRITICAL: &str = "** PROBLEM Service Alert: web01/http is CRITICAL **";

fn answer(subject: &str) -> Vec<u8> {
    let to = format!("incidents+1-{}@example.com", "a".repeat(26));
    format!("From: sato@example.com\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nack\r\n").into_bytes()
}

fn visitor(server: &Server, poll: Duration) -> Visitor {
    let timeouts = imap::Timeouts { poll, ..imap::Timeouts::default() };
    Visitor::within(server, After::Move("Handled".to_owned()), timeouts)
}

#[tokio::test]
async fn answers_and_alerts_that_a_filter_took_are_held_once_and_neither_taken_nor_touched() {
    let server = Server::start().await;
    let spam = b"From: a@spam.example.com\r\nSubject: Cheap watches\r\n\r\nBuy\r\n".to_vec();
    server.has_in("Spam", &[(3, answer("of last week"))]);
    let visitor = visitor(&server, Duration::from_millis(50));
    server.heard_last("SELECT \"Spam\"").await;
    server.has_in("Spam", &[(4, spam), (5, answer("Re: it is down")), (6, ALERT.to_vec())]);
    visitor.notes(|fact| lies_in(fact, "Spam", CRITICAL)).await;
    server.has(&[(7, mail("a"))]);
    visitor.keeps(&[mail("a")]).await;
    let held: Vec<String> =
        visitor.facts().await.iter().filter_map(lying).map(|(subject, _)| subject).collect();
    assert_eq!(held, ["Re: it is down", CRITICAL]);
    // What comes there later is not passed over.
    server.has_in("Spam", &[(7, answer("Re: it is still down"))]);
    visitor.notes(|fact| lies_in(fact, "Spam", "Re: it is still down")).await;
    let heard = server.heard();
    for uid in 3..7 {
        let touched = |line: &&String| {
            ["MOVE", "STORE", "COPY"].iter().any(|verb| line.starts_with(&format!("UID {verb} {uid}")))
        };
        assert_eq!(heard.iter().find(touched), None);
    }
}

/// Fault 28.
#[tokio::test]
async fn what_somebody_moved_away_before_it_was_read_is_found_where_it_lies_and_what_is_known_is_not() {
    let server = Server::start().await;
    for folder in ["Archive", "Handled", "Sent"] {
        server.has_in(folder, &[(1, answer("of last week"))]);
    }
    let visitor = visitor(&server, Duration::from_millis(10));
    server.heard_last("SELECT \"Archive\"").await;
    server.has(&[(7, ALERT.to_vec())]);
    visitor.keeps(&[ALERT.to_vec()]).await;
    let (_stop, stopped) = watch::channel(false);
    let working = tokio::spawn(step::run(visitor.daemon.clone(), stopped));
    visitor.knows("alert@mon.example.com").await;
    server
        .has_in("Archive", &[(2, ALERT.to_vec()), (3, answer("Re: moved too soon")), (4, mail("of no use"))]);
    visitor.notes(|fact| lies_in(fact, "Archive", "Re: moved too soon")).await;
    let held: Vec<String> =
        visitor.facts().await.iter().filter_map(lying).map(|(subject, _)| subject).collect();
    assert_eq!(held, ["Re: moved too soon"]);
    let heard = server.heard();
    let others = |line: &&String| ["SELECT \"Handled\"", "SELECT \"Sent\""].contains(&line.as_str());
    assert_eq!(heard.iter().find(others), None);
    // Moved to where it belongs it is worked on, and waits no more.
    server.has(&[(8, answer("Re: moved too soon"))]);
    visitor.notes(|fact| *fact == HouseFact::HeldCame { mails: vec![1] }).await;
    working.abort();
}

#[test]
fn it_looks_where_people_and_filters_put_mails_and_not_where_firebell_does() {
    let any = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let folders = [
        ("All Mail", Holds::Others),
        ("Archive", Holds::Any),
        ("INBOX", Holds::Any),
        ("Quarantine", Holds::Any),
        ("Sent", Holds::Own),
        ("Spam", Holds::Junk),
    ];
    let folders = folders.map(|(name, holds)| Folder { name: name.to_owned(), holds });
    let read = any(&["INBOX"]);
    let looks = |junk: Junk, turns: (bool, bool)| where_lost(&folders, &junk, &read, turns);
    assert_eq!(looks(Junk::Marked, (true, true)), ["Spam", "Archive", "Quarantine"]);
    assert_eq!(looks(Junk::Marked, (true, false)), ["Spam"]);
    assert_eq!(looks(Junk::Nowhere, (true, true)), ["Archive", "Quarantine"]);
    assert_eq!(looks(Junk::Folder("Quarantine".to_owned()), (true, true)), ["Quarantine", "Archive"]);
}

#[tokio::test]
async fn a_mailbox_that_is_taken_out_of_the_configuration_while_it_is_lost_is_lost_no_longer() {
    let server = Server::start().await;
    let visitor = Visitor::of(&server);
    let daemon = &visitor.daemon;
    let goes_on = |of: &'static str| async move {
        let asked = move |store: &_| Ok(find::house(store)?.troubles.goes_on(Kind::Mailbox, of));
        daemon.writer.run(asked).await.unwrap()
    };
    let old = "imap://incidents@old.example.com/INBOX";
    for name in [old, NAME] {
        note(daemon, HouseFact::began(Kind::Mailbox, name, "connection refused")).await;
    }
    assert!(goes_on(old).await);
    daemon.forget_others(&[OpenInlet::Imap(Box::new(visitor.mailbox.clone()))]).await;
    assert!(!goes_on(old).await);
    let dropped =
        |fact: &HouseFact| matches!(fact, HouseFact::Trouble(TroubleFact::Dropped { of, .. }) if of == old);
    let facts = visitor.facts().await;
    assert_eq!(facts.iter().filter(|fact| dropped(fact)).count(), 1);
    assert!(
        !facts
            .iter()
            .any(|fact| matches!(fact, HouseFact::Trouble(TroubleFact::Dropped { of, .. }) if of == NAME))
    );
}
