//! People read, move and delete in the mailbox meanwhile.

use super::mails::GATEWAY;
use super::shared::Shared;
use super::until;

#[test]
fn nothing_is_ever_marked_as_read() {
    let shared = Shared::new();
    let _gateway = shared.site.open();
    for service in ["svc-a", "svc-b", "svc-c"] {
        shared.append(service);
    }
    shared.settles(3);
    assert_eq!(shared.flags(), vec![Vec::<String>::new(); 3]);
}

/// Fault 27.
#[test]
fn a_mail_that_somebody_has_read_before_is_taken_all_the_same() {
    let shared = Shared::new();
    shared.site.open().kill();
    shared.append("svc-a");
    shared.dovecot.mark_seen(GATEWAY, "INBOX", 0);
    let _gateway = shared.site.open();
    shared.settles(1);
    assert_eq!(shared.flags(), [["\\Seen"]], "it stays read");
}

/// Fault 31.
#[test]
fn a_mail_that_was_moved_away_and_back_is_no_second_incident() {
    let shared = Shared::new();
    let _gateway = shared.site.open();
    shared.append("svc-a");
    shared.settles(1);
    shared.dovecot.create_folder(GATEWAY, "Later");
    shared.dovecot.move_mail(GATEWAY, "INBOX", "Later", 0);
    shared.dovecot.move_mail(GATEWAY, "Later", "INBOX", 0);
    // Behind it there is another one: once that is done, so is the first.
    shared.append("svc-b");
    shared.settles(2);
    assert_eq!(shared.services_in("INBOX"), ["svc-a", "svc-b"]);
    assert_eq!(shared.site.store().arrivals().len(), 3, "it was seen a second time");
}

/// Fault 29.
#[test]
fn mails_that_people_delete_meanwhile_stop_nothing() {
    let shared = Shared::new();
    let gateway = shared.site.open();
    for number in 0..12 {
        shared.append(&format!("svc-{number}"));
        if number % 2 == 1 {
            shared.dovecot.delete(GATEWAY, "INBOX", number / 2);
        }
    }
    shared.append("the-last");
    let store = shared.site.store();
    let has =
        |raw: &[u8], service: &str| String::from_utf8_lossy(raw).contains(&format!("<{service}-PROBLEM@"));
    until("the last mail to be taken", || store.mails().iter().any(|mail| has(&mail.raw, "the-last")));
    shared.settles(store.mails().len());
    for service in shared.services_in("INBOX") {
        let copies = store.mails().iter().filter(|mail| has(&mail.raw, &service)).count();
        assert_eq!(copies, 1, "{service} stands in the mailbox");
    }
    // A mail that goes between the list and its fetch has no body for Dovecot.
    let log = gateway.log();
    let mut odd = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    assert!(odd.all(|line| line.contains("has no body (NIL)")), "{log}");
}
