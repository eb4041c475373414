//! What the world does wrong.

use super::client::Client;
use super::mails::{self, GATEWAY, header};
use super::relay::Relay;
use super::site::Site;
use super::until;

#[test]
fn a_mail_that_is_too_large_is_refused_and_the_next_one_taken() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    let mut client = Client::connect(gateway.port).unwrap();
    let announced =
        client.say(&format!("MAIL FROM:<nagios@mon.example.com> SIZE={}", (50 << 20) + 1)).unwrap();
    assert!(announced.starts_with("552 "), "{announced}");

    let mut large = mails::alert("large");
    let line = [b"x".repeat(998), b"\n".to_vec()].concat();
    large.extend(line.repeat((50 << 20) / 1000 + 1));
    let sent = client.mail("nagios@mon.example.com", GATEWAY, &large).unwrap();
    assert!(sent.starts_with("552 "), "{sent}");
    let next = client.mail("nagios@mon.example.com", GATEWAY, &mails::alert("small")).unwrap();
    assert!(next.starts_with("250 "), "{next}");
    until("the page of the next one", || relay.taken().len() == 1);
    assert_eq!(site.store().mails().len(), 1);
}

/// Fault 122.
#[test]
fn a_mail_of_forty_thousand_mails_in_each_other_stops_nothing() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    let mut nested = b"From: x@elsewhere.example.net\nTo: incidents@example.com\nSubject: deep\n".to_vec();
    nested.extend(b"Content-Type: message/rfc822\n\n".repeat(40_000));
    nested.extend(b"Subject: bottom\n\nhere\n");
    gateway.take("x@elsewhere.example.net", &nested);
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    until("the page of the next one", || relay.taken().len() == 1);
    until("both mails to be done", || site.store().mails_in("done") == 2);
    assert!(site.store().mails().iter().all(|mail| mail.attempts == 1));
}

#[test]
fn a_relay_that_says_later_gets_the_same_mail_later() {
    let relay = Relay::start();
    relay.refuse("kato@example.com", "451 4.7.1 come back later");
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    let store = site.store();
    until("the page to be deferred", || store.notices_in("deferred") == 1);
    let waiting = store.notices().remove(0);
    assert!(waiting.reply.contains("451 4.7.1 come back later"), "{}", waiting.reply);
    assert!(relay.taken().is_empty());
    store.let_retries_be_due();
    until("the page to be delivered", || store.notices_in("delivered") == 1);
    let taken = relay.taken();
    assert_eq!((taken.len(), store.notices()[0].attempts), (1, 2));
    assert_eq!(header(&taken[0].bytes, "Message-ID"), format!("<{}>", waiting.message_id));
    assert_eq!(taken[0].bytes, waiting.bytes);
}
