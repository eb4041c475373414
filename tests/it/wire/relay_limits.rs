//! A relay that takes only so much.

use super::mails;
use super::relay::{At, Relay};
use super::site::Site;
use super::until;

/// A site whose relay has a limit.
fn site(relay: &Relay, limit: &str) -> Site {
    let mailbox = "mailbox.listen = \"127.0.0.1:0\"\n";
    Site::of_servers(mailbox, &format!("relay.smtp = \"smtp://127.0.0.1:{}\"\n{limit}", relay.port))
}

#[test]
fn no_more_connections_are_opened_than_the_relay_takes() {
    let relay = Relay::start();
    let site = site(&relay, "relay.connections = 2\n");
    let gateway = site.start();
    relay.stop_at(At::Greeting);
    for number in 0..8 {
        gateway.take("nagios@mon.example.com", &mails::alert(&format!("svc-{number}")));
    }
    until("all to be queued", || site.store().notices().len() == 8);
    until("two connections", || relay.stopped() == 2);
    assert_eq!(site.store().notices_in("active"), 2);
    relay.go_on();
    until("all to be delivered", || site.store().notices_in("delivered") == 8);
    assert_eq!(relay.most_connections(), 2);
    assert_eq!(relay.taken().len(), 8);
}

#[test]
fn no_more_mails_are_sent_within_a_minute_than_the_relay_takes() {
    let relay = Relay::start();
    let site = site(&relay, "relay.per_minute = 2\n");
    let mut gateway = site.start();
    for number in 0..5 {
        gateway.take("nagios@mon.example.com", &mails::alert(&format!("svc-{number}")));
    }
    let store = site.store();
    until("all to be queued", || store.notices().len() == 5);
    until("two to be delivered", || store.notices_in("delivered") == 2);
    gateway.signal("TERM");
    assert!(gateway.end().success());
    assert_eq!((relay.taken().len(), store.notices_in("queued")), (2, 3));
}
