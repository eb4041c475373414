//! Very many mails at once.

use super::*;
use crate::house::HouseFact;
use crate::io::daemon::step;
use crate::io::store::find;

const MANY: u32 = 10_000;

/// An alert of two years ago.
fn old(number: u32) -> Vec<u8> {
    format!(
        "From: nagios@mon.example.com\r\nMessage-ID: <{number}@mon.example.com>\r\nDate: Fri, 22 Nov 2024 10:00:00 +0000\r\n\
         Subject: ** PROBLEM Service Alert: web{number}/http is CRITICAL **\r\n\r\n***** Nagios *****\r\n\r\n\
         Notification Type: PROBLEM\r\n\r\nService: http\r\nHost: web{number}\r\nState: CRITICAL\r\n"
    )
    .into_bytes()
}

/// Fault 30.
#[tokio::test]
async fn ten_thousand_old_mails_that_somebody_drags_in_are_kept_and_one_mail_tells_of_them() {
    let server = Server::start().await;
    server.arrived("22-Nov-2024 10:00:00 +0000");
    let timeouts = imap::Timeouts { poll: Duration::from_millis(50), ..imap::Timeouts::default() };
    let visitor = Visitor::within(&server, After::Leave, timeouts);
    server.heard_last("IDLE").await;
    let mails: Vec<(u32, Vec<u8>)> = (1..=MANY).map(|uid| (uid, old(uid))).collect();
    server.has(&mails);
    let (_stop, stopped) = watch::channel(false);
    let working = tokio::spawn(step::run(visitor.daemon.clone(), stopped));
    let stale = |fact: &HouseFact| matches!(fact, HouseFact::Stale { .. });
    loop {
        let counted = visitor.daemon.writer.run(|store| Ok(find::house(store)?.stale)).await.unwrap();
        if counted == u64::from(MANY) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    working.abort();
    let facts = visitor.facts().await;
    assert_eq!(facts.iter().filter(|fact| stale(fact)).count(), MANY as usize);
    let told = facts.iter().filter(|fact| matches!(fact, HouseFact::Queued { .. })).count();
    let incidents = visitor.daemon.writer.run(views::incidents).await.unwrap();
    assert_eq!((told, incidents.len()), (1, 0));
}
