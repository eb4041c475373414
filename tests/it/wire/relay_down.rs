//! A relay that can't be used, or does not want this mail now.

use std::net::TcpListener;

use super::dovecot::Dovecot;
use super::mails;
use super::postfix::Postfix;
use super::relay::Relay;
use super::site::Site;
use super::{until, wait_for};

/// Who is mailed.
const KATO: &str = "kato@example.com";

#[test]
fn notices_that_found_no_relay_leave_soon_after_it_is_back_and_no_attempt_was_counted() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let site = Site::of_ten_lines(port);
    let gateway = site.start();
    for service in ["svc-a", "svc-b", "svc-c"] {
        gateway.take("nagios@mon.example.com", &mails::alert(service));
    }
    let store = site.store();
    gateway.says("the relay can't be used: connecting: ");
    until("a notice to wait", || store.notices_in("deferred") > 0);
    gateway.says("tried again in 2 s");
    assert!(store.notices().iter().all(|notice| notice.attempts <= 1), "{:?}", store.notices());
    let relay = Relay::start_at(port);
    until("all to be delivered", || store.notices_in("delivered") == 3);
    assert!(store.notices().iter().all(|notice| notice.attempts == 1), "{:?}", store.notices());
    assert_eq!(relay.taken().len(), 3);
}

#[test]
fn a_wrong_password_for_the_relay_fails_no_notice_and_is_said_without_being_shown() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let relay = postfix.as_relay("submission").replace("\"password\"", "\"relay.password\"");
    let site = Site::of_servers(&dovecot.as_mailbox("imaps", "INBOX"), &relay);
    site.write_secret("relay.password", "wr0ng-Pa55");
    let gateway = site.open();
    dovecot.deliver("incidents@example.com", &mails::alert("svc-a"));
    gateway.says("the relay can't be used: log-in: 535");
    gateway.says("tried again in 2 s");
    let log = gateway.log();
    gateway.kill();
    assert!(log.contains("password"), "what to do: {log}");
    assert!(!log.contains("wr0ng-Pa55") && !log.contains("d3IwbmctUGE1NQ"), "{log}");
    let page = site.store().notices().remove(0);
    assert!(page.state == "deferred" || page.state == "active", "{page:?}");
    assert!(page.attempts <= 1 && dovecot.mails(KATO, "INBOX").is_empty(), "{page:?}");

    site.write_secret("relay.password", "secret");
    let _gateway = site.open();
    until("the page", || dovecot.mails(KATO, "INBOX").len() == 1);
    until("its delivery to be recorded", || site.store().notices_in("delivered") == 1);
}

/// Fault 50.
#[test]
fn a_greylisted_notice_is_tried_again_later_and_counted() {
    let relay = Relay::start();
    relay.refuse(KATO, "451 4.7.1 greylisted, come back in 5 minutes");
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    let store = site.store();
    let waiting =
        wait_for("the page to wait", || store.notices().pop().filter(|notice| notice.state == "deferred"));
    assert_eq!((waiting.attempts, relay.taken().len()), (1, 0));
    assert!(waiting.reply.contains("greylisted"), "{waiting:?}");
    // Only this one waits.
    gateway.take("nagios@mon.example.com", &mails::alert("svc-b"));
    until("the other page", || store.notices_in("delivered") == 1);
    store.let_retries_be_due();
    until("the page", || store.notices_in("delivered") == 2);
    assert_eq!(store.notices()[0].attempts, 2);
    assert_eq!(relay.taken().len(), 2);
}

#[test]
fn a_refusal_of_one_recipient_fails_their_notice_only() {
    let relay = Relay::start();
    relay.refuse(KATO, "550 5.1.1 no such user");
    let site = Site::of_two_people(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    until("Sato's page", || !relay.taken_for("sato@example.com").is_empty());
    let failed: Vec<_> =
        site.store().notices().into_iter().filter(|notice| notice.state == "failed").collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!((failed[0].to.as_str(), failed[0].attempts), (KATO, 1));
    assert!(failed[0].reply.contains("550 5.1.1 no such user"), "{failed:?}");
    let shown = String::from_utf8(site.call(&["show", "1"]).stdout).unwrap();
    assert!(shown.contains("no such user"), "{shown}");
}

/// Fault 55.
#[test]
fn a_connection_that_ends_in_place_of_the_answer_to_a_mail_brings_the_same_mail_again() {
    let relay = Relay::start();
    relay.cut_after_dot();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    let store = site.store();
    let waiting =
        wait_for("the page to wait", || store.notices().pop().filter(|notice| notice.state == "deferred"));
    assert!(waiting.reply.contains("unknown outcome"), "{waiting:?}");
    store.let_retries_be_due();
    until("the delivery", || store.notices_in("delivered") == 1);
    let taken: Vec<Vec<u8>> = relay.taken().into_iter().map(|mail| mail.bytes).collect();
    assert_eq!(taken, [waiting.bytes.clone(), waiting.bytes]);
}

#[test]
fn a_page_that_the_relay_does_not_take_goes_by_the_second_one_and_other_mail_waits() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let second = Relay::start();
    let site = Site::of_ten_lines(port);
    let file = site.path().join("firebell.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let fallback =
        format!("relay.fallback = {{ smtp = \"smtp://127.0.0.1:{}\", after = \"1s\" }}", second.port);
    std::fs::write(&file, text.replace("security.key_file", &format!("{fallback}\nsecurity.key_file")))
        .unwrap();
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    until("the page to go by the second relay", || second.taken().len() == 1);
    assert_eq!(second.taken()[0].to, KATO);
    let page = mails::answer(KATO, &second.taken()[0].bytes, "ack");
    gateway.take(KATO, &page);
    let store = site.store();
    until("the transcript to wait", || store.notices_in("deferred") == 1);
    assert_eq!((second.taken().len(), store.notices_in("delivered")), (1, 1));
}
