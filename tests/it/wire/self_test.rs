//! The mail that firebell sends to itself, and a mail that must come, by a real Dovecot and a real Postfix.

use std::fs;
use std::path::Path;

use super::dovecot::Dovecot;
use super::mails;
use super::postfix::Postfix;
use super::site::Site;
use super::wait::{until, until_the_next_minute};

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

/// A site on both servers, with more in its configuration.
fn site(dovecot: &Dovecot, postfix: &Postfix, more: &str) -> Site {
    let site = Site::of_servers(&dovecot.as_mailbox("imaps", "INBOX"), &postfix.as_relay("submission"));
    let file = site.path().join("firebell.toml");
    fs::write(&file, format!("{}\n{more}\n", read(&file))).unwrap();
    site
}

/// Fault 139.
#[test]
fn the_self_test_comes_back_by_the_real_servers_and_without_a_relay_the_fallback_program_is_called() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("told");
    let fallback = format!("[fallback]\ncommand = [\"/bin/sh\", \"-c\", \"cat >> {}\"]", told.display());
    let first = site(&dovecot, &postfix, &format!("[self_test]\nwithin = \"1h\"\n{fallback}"));
    let gateway = first.open();
    until("the self test to come back", || gateway.log().contains("self-test-back"));
    assert_eq!(first.json(&["incidents", "--json"]).len(), 0, "it opens nothing");
    drop(gateway);

    let second = site(&dovecot, &postfix, &format!("[self_test]\nwithin = \"2s\"\n{fallback}"));
    // Its certificate goes with it.
    let ca_file = folder.path().join("ca.pem");
    fs::copy(postfix.ca_file(), &ca_file).unwrap();
    let file = second.path().join("firebell.toml");
    let moved = read(&file).replace(postfix.ca_file().to_str().unwrap(), ca_file.to_str().unwrap());
    fs::write(&file, moved).unwrap();
    drop(postfix);
    let gateway = second.open();
    until("the second path", || read(&told).contains("our own mail does not come back"));
    assert!(read(&told).contains("still waits for the relay"), "{}", read(&told));
    assert_eq!(read(&told).lines().count(), 1, "{}", read(&told));
    drop(gateway);
}

#[test]
fn a_mail_that_must_come_and_does_not_opens_an_incident_and_the_late_one_ends_it() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let more = "[[expect]]\nid = \"nightly\"\nname = \"Nightly backup\"\nwhen = { from = \"^backup@\" }\n\
        cron = \"* * * * *\"\ngrace = \"1s\"\nsuccess = \"OK\"\nseverity = \"sev1\"\n";
    let site = site(&dovecot, &postfix, more);
    let gateway = site.open();
    until_the_next_minute("the mail to be missed", || gateway.log().contains("expect-not-come"));
    until("kato to be paged", || !dovecot.mails("kato@example.com", "INBOX").is_empty());
    assert_eq!(site.incident()["status"], "open");
    let late = format!(
        "From: backup@example.com\nTo: {}\nMessage-ID: <1@backup>\nSubject: Backup OK\n\nOK\n",
        mails::GATEWAY
    );
    dovecot.deliver(mails::GATEWAY, late.as_bytes());
    until("the late one to end it", || site.incident()["status"] == "mitigated");
}
