//! What a filter has taken for junk.

use super::*;
use crate::io::daemon::OpenInlet;
use crate::io::store::find;

fn in_junk(fact: &HouseFact) -> Option<String> {
    let is_it = matches!(fact, HouseFact::Trouble(TroubleFact::Began { kind: Kind::Junk, .. }));
    is_it.then(|| fact.line())
}

fn answer(subject: &str) -> Vec<u8> {
    let to = format!("incidents+1-{}@example.com", "a".repeat(26));
    format!("From: sato@example.com\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nack\r\n").into_bytes()
}

#[tokio::test]
async fn answers_and_alerts_that_a_filter_took_are_told_once_and_neither_taken_nor_touched() {
    let server = Server::start().await;
    let alert = b"From: nagios@mon.example.com\r\nSubject: ** PROBLEM Service Alert: web01/http is CRITICAL **\r\n\r\n\
        ***** Nagios *****\r\n\r\nNotification Type: PROBLEM\r\n\r\nService: http\r\nHost: web01\r\nState: CRITICAL\r\n";
    let spam = b"From: a@spam.example.com\r\nSubject: Cheap watches\r\n\r\nBuy\r\n".to_vec();
    server.has_in_junk(&[(3, answer("of last week"))]);
    let soon = Duration::from_millis(50);
    let timeouts = imap::Timeouts { poll: soon, ..imap::Timeouts::default() };
    let visitor = Visitor::within(&server, After::Move("Handled".to_owned()), timeouts);
    server.heard_last("SELECT \"Spam\"").await;
    server.has_in_junk(&[(4, spam), (5, answer("Re: it is down")), (6, alert.to_vec())]);
    visitor.notes(|fact| in_junk(fact).is_some_and(|line| line.contains("web01/http"))).await;
    server.has(&[(7, mail("a"))]);
    visitor.keeps(&[mail("a")]).await;
    let lines: Vec<String> = visitor.facts().await.iter().filter_map(in_junk).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("\"Re: it is down\" from sato@example.com"), "{lines:?}");
    assert!(lines[0].contains("an answer to a mail of ours is in Spam"), "{lines:?}");
    // What comes there later is not passed over.
    server.has_in_junk(&[(7, answer("Re: it is still down"))]);
    visitor.notes(|fact| in_junk(fact).is_some_and(|line| line.contains("Re: it is still down"))).await;
    let heard = server.heard();
    for uid in 3..7 {
        let touched = |line: &&String| {
            ["MOVE", "STORE", "COPY"].iter().any(|verb| line.starts_with(&format!("UID {verb} {uid}")))
        };
        assert_eq!(heard.iter().find(touched), None);
    }
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
