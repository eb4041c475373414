//! A backup of the store is put in its place after more has happened.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::crash;
use super::dovecot::Dovecot;
use super::mails::{self, GATEWAY, header};
use super::relay::Relay;
use super::shared::{ALL, MOVE, Shared};
use super::site::Site;
use super::until;

/// Puts the copy in the place of the store, as README says.
fn put_back(site: &Site) {
    let data = site.path().join("data");
    for file in ["firebell.db", "firebell.db-wal", "firebell.db-shm"] {
        let _ = fs::remove_file(data.join(file));
    }
    fs::rename(site.path().join("copy.db"), data.join("firebell.db")).unwrap();
}

fn numbers(site: &Site) -> Vec<String> {
    let incidents = site.json(&["incidents", "--all", "--json"]);
    let mut numbers: Vec<String> =
        incidents.iter().map(|it| it["incident"].as_str().unwrap().to_owned()).collect();
    numbers.sort();
    numbers
}

/// Nobody gets two mails of one Message-ID that say different things.
fn every_id_names_one_mail(relay: &Relay) {
    let mut by_id: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for mail in relay.taken() {
        let known = by_id.entry(header(&mail.bytes, "Message-ID")).or_insert_with(|| mail.bytes.clone());
        assert_eq!(*known, mail.bytes);
    }
}

fn pages(site: &Site) -> usize {
    let notices = site.store().notices();
    notices.iter().filter(|it| it.summary.starts_with("page") && it.state == "delivered").count()
}

/// Fault 16.
#[test]
fn a_copy_that_was_put_back_is_noticed_and_what_was_moved_since_is_taken_again_and_paged_only_if_it_goes_on()
{
    let shared = Shared::with(Dovecot::start(), &(ALL.to_owned() + MOVE));
    shared.dovecot.create_folder(GATEWAY, "Handled");
    let gateway = shared.site.open();
    shared.append("svc-a");
    shared.settles(1);
    assert_eq!(shared.site.call(&["backup", "copy.db"]).status.code(), Some(0));
    shared.append("svc-b");
    shared.append("svc-c");
    shared.settles(3);
    shared.dovecot.append(GATEWAY, "INBOX", &mails::recovery("svc-b"));
    until("all to be moved", || shared.services_in("Handled").len() == 4);
    until("the recovery to be worked on", || shared.site.store().mails_in("done") == 4);
    gateway.kill();
    put_back(&shared.site);
    shared.append("svc-d");

    let gateway = shared.site.open();
    gateway.says("was put back from a copy");
    let store = shared.site.store();
    until("all to be taken again", || store.mails_in("done") == 5 && pages(&shared.site) == 3);
    assert_eq!(store.mails().len(), 5, "what the copy has is not taken twice");
    assert_eq!(numbers(&shared.site), ["INC-1", "INC-4", "INC-5", "INC-6"], "2 and 3 were others");
    let operator = "The store was put back from a copy";
    until("the operator to hear of it", || {
        let told = shared.relay.taken().into_iter().map(|mail| String::from_utf8(mail.bytes).unwrap());
        told.filter(|mail| mail.contains(operator)).count() == 1
    });
    every_id_names_one_mail(&shared.relay);
    gateway.kill();

    let again = shared.site.open();
    shared.append("svc-e");
    until("the next one", || store.mails_in("done") == 6 && pages(&shared.site) == 4);
    assert!(!again.log().contains("was put back from a copy"), "once");
}

fn maildir(root: &Path) {
    for place in ["new", "cur", "tmp"] {
        fs::create_dir_all(root.join(place)).unwrap();
    }
}

#[test]
fn of_a_maildir_too_what_was_moved_since_the_copy_is_taken_again() {
    let relay = Relay::start();
    let mailbox = "mailbox.maildir = \"mail\"\nmailbox.after = { move_to = \"Handled\" }\n";
    let site = Site::of_servers(mailbox, &format!("relay.smtp = \"smtp://127.0.0.1:{}\"\n", relay.port));
    let mail = site.path().join("mail");
    maildir(&mail);
    maildir(&mail.join(".Handled"));
    let arrives = |name: &str| {
        fs::write(mail.join("tmp").join(name), mails::alert(name)).unwrap();
        fs::rename(mail.join("tmp").join(name), mail.join("new").join(name)).unwrap();
    };
    let gateway = site.open();
    arrives("svc-a");
    crash::settles(&site, &relay, 1);
    assert_eq!(site.call(&["backup", "copy.db"]).status.code(), Some(0));
    arrives("svc-b");
    crash::settles(&site, &relay, 2);
    until("both to be moved", || fs::read_dir(mail.join(".Handled/cur")).unwrap().count() == 2);
    gateway.kill();
    put_back(&site);
    let gateway = site.open();
    gateway.says("was put back from a copy");
    until("it to be taken again", || site.store().mails_in("done") == 2 && pages(&site) == 2);
    assert_eq!(numbers(&site), ["INC-1", "INC-3"]);
    every_id_names_one_mail(&relay);
}

#[test]
fn whoever_lost_the_data_directory_says_that_the_store_was_put_back() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    crash::settles(&site, &relay, 1);
    gateway.kill();
    fs::remove_file(site.path().join("data/firebell.witness")).unwrap();
    let mut run = super::site::firebell(site.path());
    let gateway = super::gateway::Gateway::of(run.args(["run", "--restored"])).taking_mail();
    gateway.says("was put back from a copy");
    gateway.take("nagios@mon.example.com", &mails::alert("svc-b"));
    until("the alert to be worked on", || pages(&site) == 2);
    assert_eq!(numbers(&site), ["INC-1", "INC-102"]);
}
