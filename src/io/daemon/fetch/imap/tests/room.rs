//! Mails that are copied away, and accounts without room for them.

use super::*;

fn is_full(fact: &HouseFact) -> bool {
    matches!(fact, HouseFact::Trouble(TroubleFact::Began { kind: Kind::Full, .. }))
}

/// Fault 46.
#[tokio::test]
async fn a_mail_that_could_not_be_marked_after_its_copy_is_marked_later_and_not_copied_again() {
    let server = Server::start().await;
    server.has(&[(7, mail("a"))]);
    server.can("IDLE UIDPLUS");
    server.refuses("UID STORE", Some("NO [NOPERM] not yours"));
    let visitor = Visitor::of(&server);
    server.heard_last("UID STORE 7").await;
    server.refuses("UID STORE", None);
    server.hang_up();
    server.heard_last("UID EXPUNGE 7").await;
    assert_eq!(server.copies(), [7]);
    drop(visitor);
}

#[tokio::test]
async fn an_account_without_room_for_handled_mails_goes_on_being_read_and_the_operator_hears_of_it() {
    let server = Server::start().await;
    server.has(&[(7, mail("a"))]);
    server.refuses("UID MOVE", Some("NO [OVERQUOTA] Quota exceeded"));
    let visitor = Visitor::of(&server);
    let fact = visitor.notes(is_full).await;
    assert!(fact.line().contains("Quota exceeded; mails stay where they are"), "{}", fact.line());
    server.heard_last("IDLE").await;
    let heard = server.heard();
    assert_eq!(heard.iter().filter(|line| line.starts_with("LOGIN")).count(), 1, "{heard:?}");
}

#[tokio::test]
async fn an_account_that_is_nearly_full_reaches_the_operator_where_the_server_tells() {
    let server = Server::start().await;
    server.can("IDLE MOVE QUOTA");
    server.uses(899);
    let visitor = Visitor::of(&server);
    server.heard_last("IDLE").await;
    assert!(visitor.facts().await.is_empty());
    for (used, word) in [(950, "95 % of 1000 MB"), (100, "has room again")] {
        server.uses(used);
        server.hang_up();
        visitor.notes(|fact| fact.line().contains(word)).await;
    }
}
