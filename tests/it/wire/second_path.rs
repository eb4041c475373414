//! Other ways than mail: a program that rings a phone, and the operator's second path.

use std::fs;

use super::dovecot::Dovecot;
use super::mails;
use super::postfix::Postfix;
use super::site::Site;
use super::until;

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
