//! What is done in the mailbox with a mail that the store has, and only then.

use super::dovecot::Dovecot;
use super::mails::GATEWAY;
use super::shared::{MOVE, Shared};
use super::until;

const FLAG: &str = "mailbox.after = \"flag\"\n";

/// A mailbox out of which mails are moved, on a server without some of its abilities.
fn moving(missing: &[&str]) -> Shared {
    let shared = Shared::with(Dovecot::start_without(missing), MOVE);
    shared.dovecot.create_folder(GATEWAY, "Handled");
    shared
}

/// Two mails come and are moved, past one that a person has marked as deleted and not yet removed.
fn moves(shared: &Shared) {
    shared.append("svc-of-people");
    let mut person = shared.dovecot.log_in(GATEWAY);
    person.say("SELECT INBOX");
    person.say("STORE 1 +FLAGS (\\Deleted)");
    let _gateway = shared.site.open();
    shared.append("svc-a");
    shared.append("svc-b");
    shared.settles(2);
    shared.is_settled(2);
    assert_eq!(shared.services_in("Handled"), ["svc-a", "svc-b"]);
    assert_eq!(
        shared.dovecot.flags(GATEWAY, "Handled"),
        vec![Vec::<String>::new(); 2],
        "nobody has read them"
    );
}

#[test]
fn a_mail_that_is_left_stays_as_it_is() {
    let shared = Shared::with(Dovecot::start(), "mailbox.after = \"leave\"\n");
    let _gateway = shared.site.open();
    shared.append("svc-a");
    shared.settles(1);
    assert_eq!(shared.flags(), [[""; 0]]);
}

#[test]
fn a_mail_is_flagged_and_not_marked_as_read() {
    let shared = Shared::with(Dovecot::start(), FLAG);
    let _gateway = shared.site.open();
    shared.append("svc-a");
    until("the flag", || shared.flags() == [["\\Flagged"]]);
    shared.settles(1);
}

#[test]
fn a_mail_is_moved() {
    let shared = moving(&[]);
    moves(&shared);
    assert_eq!(shared.services_in("INBOX"), ["svc-of-people"]);
}

#[test]
fn a_mail_is_moved_where_the_server_can_only_copy_and_remove_one() {
    let shared = moving(&["MOVE"]);
    moves(&shared);
    assert_eq!(
        shared.services_in("INBOX"),
        ["svc-of-people"],
        "what a person has marked is theirs to remove"
    );
}

#[test]
fn a_mail_is_copied_and_marked_where_the_server_can_not_remove_one_alone() {
    let shared = moving(&["MOVE", "UIDPLUS"]);
    moves(&shared);
    assert_eq!(shared.services_in("INBOX"), ["svc-of-people", "svc-a", "svc-b"]);
    assert_eq!(shared.flags(), [["\\Deleted"]; 3]);
}

#[test]
fn a_mail_that_the_store_does_not_have_is_neither_flagged_nor_moved() {
    for after in [FLAG, MOVE] {
        let shared = Shared::with(Dovecot::start(), after);
        shared.dovecot.create_folder(GATEWAY, "Handled");
        let gateway = shared.site.open();
        shared.site.store().forbid("INSERT ON mail");
        shared.append("svc-a");
        gateway.says("forbidden");
        assert_eq!((shared.flags(), shared.services_in("Handled").len()), (vec![vec![]], 0));
        shared.site.store().free();
        shared.settles(1);
        shared.is_settled(1);
        let moved = shared.services_in("Handled").len() == 1 && shared.flags().is_empty();
        assert!(moved || shared.flags() == [["\\Flagged"]], "{:?}", shared.flags());
    }
}

#[test]
fn without_the_folder_mails_are_worked_on_and_stay_and_firebell_says_so() {
    let shared = Shared::with(Dovecot::start(), MOVE);
    let gateway = shared.site.open();
    shared.append("svc-a");
    gateway.says("mails stay where they are, make the folder");
    shared.append("svc-b");
    shared.settles(2);
    assert_eq!(shared.services_in("INBOX"), ["svc-a", "svc-b"]);
    assert_eq!(shared.flags(), vec![Vec::<String>::new(); 2]);
}

#[test]
fn a_move_that_was_owed_when_firebell_was_killed_is_made_after_the_start() {
    let shared = Shared::with(Dovecot::start(), MOVE);
    let gateway = shared.site.open();
    shared.append("svc-a");
    gateway.says("mails stay where they are, make the folder");
    gateway.kill();
    shared.dovecot.create_folder(GATEWAY, "Handled");
    let _gateway = shared.site.open();
    until("the move", || shared.services_in("Handled") == ["svc-a"]);
    assert!(shared.services_in("INBOX").is_empty());
    shared.settles(1);
}
