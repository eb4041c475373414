//! SIGKILL at every state between the mailbox and the relay, and a start with what is left: nothing is lost, nothing is
//! worked on twice, and what goes out twice is the same mail twice.

use super::crash::copies;
use super::dovecot::Dovecot;
use super::gateway::Gateway;
use super::mails::GATEWAY;
use super::relay::At;
use super::shared::{ALL, MOVE, Shared};
use super::until;

/// A mailbox out of which mails are moved; all that is in it is taken.
fn shared() -> Shared {
    let shared = Shared::with(Dovecot::start(), &(ALL.to_owned() + MOVE));
    shared.dovecot.create_folder(GATEWAY, "Handled");
    shared
}

/// A firebell that has opened the mailbox, into which an alert comes after `prepared` put something in its way.
fn after(prepare: impl FnOnce(&Shared)) -> (Shared, Gateway) {
    let shared = shared();
    let gateway = shared.site.open();
    prepare(&shared);
    shared.append("svc-1");
    (shared, gateway)
}

/// Starts anew; a second alert comes, and both are done with, in the mailbox too. Gives how often the first page came.
fn settled(shared: &Shared) -> usize {
    let _gateway = shared.site.open();
    shared.append("svc-2");
    shared.settles(2);
    shared.is_settled(2);
    assert_eq!(shared.services_in("Handled"), ["svc-1", "svc-2"], "each was moved once");
    assert!(shared.services_in("INBOX").is_empty());
    copies(&shared.relay, &shared.site.store().notices()[0].message_id).len()
}

/// State of the one mail, and of its page.
fn states(shared: &Shared) -> (Option<String>, Option<String>) {
    let store = shared.site.store();
    (store.mails().pop().map(|mail| mail.state), store.notices().pop().map(|notice| notice.state))
}

fn are(mail: &str, page: &str) -> (Option<String>, Option<String>) {
    let some = |state: &str| Some(state.to_owned()).filter(|state| !state.is_empty());
    (some(mail), some(page))
}

#[test]
fn killed_before_it_has_ever_entered_the_mailbox_it_takes_what_is_there() {
    let mut shared = shared();
    shared.append("svc-1");
    shared.dovecot.stop();
    let gateway = Gateway::spawn(shared.site.path());
    gateway.says("tried again in");
    shared.site.store().forbid("INSERT ON mailbox");
    shared.dovecot.start_again();
    gateway.says("forbidden");
    gateway.kill();
    assert!(shared.site.store().seen_to().is_empty());
    shared.site.store().free();
    assert_eq!(settled(&shared), 1);
}

/// Fault 1.
#[test]
fn killed_when_a_mail_is_listed_and_not_kept_it_takes_it_at_the_next_start() {
    let (shared, gateway) = after(|shared| shared.site.store().forbid("INSERT ON mail"));
    gateway.says("forbidden");
    gateway.kill();
    assert_eq!((states(&shared), shared.site.store().seen_to()), (are("", ""), vec![0]));
    assert_eq!(shared.services_in("INBOX"), ["svc-1"]);
    shared.site.store().free();
    assert_eq!(settled(&shared), 1);
}

/// Fault 3.
#[test]
fn killed_amid_many_mails_it_takes_the_rest_at_the_next_start() {
    let (shared, gateway) =
        after(|shared| shared.site.store().forbid("INSERT ON mail WHEN (SELECT count(*) FROM mail) >= 4"));
    for number in 2..=9 {
        shared.append(&format!("svc-{number}"));
    }
    gateway.says("forbidden");
    gateway.kill();
    assert_eq!(shared.site.store().mails().len(), 4);
    shared.site.store().free();
    let _gateway = shared.site.open();
    shared.settles(9);
    shared.is_settled(9);
    assert_eq!(shared.services_in("Handled").len(), 9, "each was moved once");
}

#[test]
fn killed_when_a_mail_is_kept_and_not_claimed_it_works_on_it_once() {
    let (shared, gateway) = after(|shared| shared.site.store().forbid("UPDATE OF fence ON mail"));
    gateway.says("work goes on in a moment");
    gateway.kill();
    assert_eq!(states(&shared), are("new", ""));
    shared.site.store().free();
    assert_eq!(settled(&shared), 1);
}

#[test]
fn killed_over_a_mail_it_works_on_it_once() {
    let (shared, gateway) = after(|shared| shared.site.store().catch("UPDATE OF state ON mail"));
    until("the mail to be in work", || shared.site.store().mails().iter().any(|mail| mail.claimed));
    gateway.kill();
    assert_eq!(states(&shared), are("new", ""));
    shared.site.store().free();
    assert_eq!(settled(&shared), 1);
}

/// Fault 2.
#[test]
fn killed_when_a_mail_is_to_be_moved_it_moves_it_at_the_next_start() {
    let shared = Shared::with(Dovecot::start(), &(ALL.to_owned() + MOVE));
    let gateway = shared.site.open();
    shared.append("svc-1");
    gateway.says("mails stay where they are");
    until("the page to be delivered", || states(&shared) == are("done", "delivered"));
    gateway.kill();
    assert!(!shared.site.store().arrivals()[0].settled);
    shared.dovecot.create_folder(GATEWAY, "Handled");
    assert_eq!(settled(&shared), 1);
}

/// Fault 2.
#[test]
fn killed_when_a_mail_is_moved_and_that_is_not_recorded_it_moves_it_no_second_time() {
    let (shared, gateway) = after(|shared| shared.site.store().forbid("UPDATE OF settled ON arrival"));
    gateway.says("forbidden");
    until("the page to be delivered", || states(&shared) == are("done", "delivered"));
    gateway.kill();
    assert_eq!(shared.services_in("Handled"), ["svc-1"]);
    assert!(!shared.site.store().arrivals()[0].settled);
    shared.site.store().free();
    assert_eq!(settled(&shared), 1);
}

/// Fault 4.
#[test]
fn killed_when_a_page_is_queued_it_sends_it() {
    let (shared, gateway) = after(|shared| shared.site.store().forbid("UPDATE OF fence ON notice"));
    gateway.says("delivery goes on in a moment");
    gateway.kill();
    assert_eq!(states(&shared), are("done", "queued"));
    shared.site.store().free();
    assert_eq!(settled(&shared), 1);
}

#[test]
fn killed_while_it_sends_a_page_it_sends_it() {
    let (shared, gateway) = after(|shared| shared.relay.stop_at(At::Greeting));
    until("the relay to be called", || shared.relay.stopped() == 1);
    gateway.kill();
    assert_eq!((states(&shared), shared.relay.taken().len()), (are("done", "active"), 0));
    shared.relay.go_on();
    assert_eq!(settled(&shared), 1);
}

/// Fault 5.
#[test]
fn killed_when_the_relay_has_the_page_and_has_not_said_so_it_sends_the_same_mail_again() {
    let (shared, gateway) = after(|shared| shared.relay.stop_at(At::Dot));
    until("the relay to have the page", || shared.relay.stopped() == 1);
    gateway.kill();
    assert_eq!((states(&shared), shared.relay.taken().len()), (are("done", "active"), 1));
    shared.relay.go_on();
    assert_eq!(settled(&shared), 2);
}

/// Fault 6.
#[test]
fn killed_when_a_delivery_is_not_recorded_it_sends_the_same_mail_again() {
    let delivered = "UPDATE OF state ON notice WHEN NEW.state = 'delivered'";
    let (shared, gateway) = after(|shared| shared.site.store().catch(delivered));
    gateway.says("delivered to kato@example.com");
    gateway.kill();
    assert_eq!((states(&shared), shared.relay.taken().len()), (are("done", "active"), 1));
    shared.site.store().free();
    assert_eq!(settled(&shared), 2);
}

#[test]
fn killed_when_all_is_done_it_does_nothing_again() {
    let (shared, gateway) = after(|_| ());
    shared.settles(1);
    shared.is_settled(1);
    gateway.kill();
    assert_eq!(settled(&shared), 1);
}
