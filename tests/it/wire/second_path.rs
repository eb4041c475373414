//! Other ways than mail: a program that rings a phone, and the operator's second path.

use std::fs;

use super::dovecot::Dovecot;
use super::mails::{self, header};
use super::postfix::Postfix;
use super::relay::Relay;
use super::site::Site;
use super::{until, wait_for};

#[test]
fn when_the_relay_is_gone_a_page_rings_and_the_operator_hears_of_it_by_the_second_path() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let site = Site::of_servers(&dovecot.as_mailbox("imaps", "INBOX"), &postfix.as_relay("submission"));
    let (rung, told) = (site.path().join("rung"), site.path().join("told"));
    let program =
        |file: &std::path::Path| format!("command = [\"/bin/sh\", \"-c\", \"cat >> {}\"]", file.display());
    let more = format!(
        "[[notify]]\nid = \"phone\"\n{}\n[fallback]\n{}\nafter = \"1s\"\n",
        program(&rung),
        program(&told)
    );
    let file = site.path().join("firebell.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n{more}")).unwrap();
    let read = |file: &std::path::Path| fs::read_to_string(file).unwrap_or_default();

    let gateway = site.open();
    drop(postfix);
    dovecot.deliver("incidents@example.com", &mails::alert("svc-a"));
    until("the phone to ring", || read(&rung).contains(r#""page":true"#));
    assert!(
        read(&rung).contains(r#""incident":"INC-1""#) && !read(&rung).contains("incidents+"),
        "{}",
        read(&rung)
    );
    until("the second path", || read(&told).contains("the relay takes no mail"));
    assert_eq!(read(&told).lines().count(), 1, "{}", read(&told));
    drop(gateway);
}

/// Fault 53.
#[test]
fn when_the_relay_refuses_the_log_in_mails_wait_pages_take_the_second_relay_and_the_operator_hears_of_it() {
    let dovecot = Dovecot::start();
    let (postfix, second) = (Postfix::start(&dovecot), Relay::start());
    let relay = postfix.as_relay("submission").replace("\"password\"", "\"relay.password\"");
    let site = Site::of_servers(&dovecot.as_mailbox("imaps", "INBOX"), &relay);
    site.write_secret("relay.password", "no longer it");
    let told = site.path().join("told");
    let file = site.path().join("firebell.toml");
    let text = fs::read_to_string(&file).unwrap();
    let more = format!(
        "relay.fallback = {{ smtp = \"smtp://127.0.0.1:{}\", after = \"1s\" }}\n\
         fallback = {{ command = [\"/bin/sh\", \"-c\", \"cat >> {}\"], after = \"1s\" }}\n",
        second.port,
        told.display()
    );
    fs::write(&file, text.replace("security.key_file", &format!("{more}security.key_file"))).unwrap();
    let read = |file: &std::path::Path| fs::read_to_string(file).unwrap_or_default();

    let gateway = site.open();
    dovecot.deliver("incidents@example.com", &mails::alert("svc-a"));
    until("the second path", || read(&told).contains("log-in: 535"));
    // What the operator is told of the relay may come before it.
    let is_page = |bytes: &[u8]| header(bytes, "Subject").starts_with("[INC-1");
    let page = wait_for("the page by the second relay", || {
        second.taken_for("kato@example.com").into_iter().find(|mail| is_page(&mail.bytes))
    });
    dovecot.deliver("incidents@example.com", &mails::answer("kato@example.com", &page.bytes, "ack"));
    let store = site.store();
    until("the transcript to wait", || store.notices().iter().any(|notice| notice.summary == "transcript"));
    assert_eq!(store.notices_in("failed"), 0, "{:?}", store.notices());
    gateway.says("look at the relay's user and password");

    site.write_secret("relay.password", "secret");
    drop(gateway);
    let _gateway = site.open();
    until("what waited", || store.notices_are_done());
    assert_eq!(store.notices_in("failed"), 0, "{:?}", store.notices());
}
