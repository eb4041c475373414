//! Commands given beside a running firebell.

use firebell::message;

use super::mails;
use super::relay::Relay;
use super::site::Site;
use super::until;

#[test]
fn the_mails_of_a_command_given_by_hand_are_sent_by_the_firebell_that_runs() {
    let relay = Relay::start();
    let site = Site::of_two_people(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    until("Sato's page", || relay.taken_for("sato@example.com").len() == 1);
    let before = relay.taken().len();

    let done = site.call(&["do", "INC-1", "ack", "--as", "kato"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{said}");
    assert!(said.starts_with("ack: ") && said.contains("queued"), "{said}");
    assert_eq!(site.incident()["acknowledged_by"], "kato");
    until("Sato to hear that Kato has it", || {
        let news = relay.taken().split_off(before);
        news.iter().any(|mail| mail.to == "sato@example.com" && text(&mail.bytes).contains("has it"))
    });
    until("the outbox to be empty", || site.json(&["outbox", "--json"]).is_empty());
    drop(gateway);
}

#[test]
fn a_mistake_in_a_rule_keeps_nobody_from_looking_at_an_incident_and_acknowledging_it() {
    let relay = Relay::start();
    let site = Site::of_two_people(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    until("Kato's page", || relay.taken_for("kato@example.com").len() == 1);
    std::fs::create_dir_all(site.path().join("rules")).unwrap();
    std::fs::write(site.path().join("rules/zz.toml"), "[[rule]]\nname = 3\n").unwrap();

    assert_eq!(site.call(&["check"]).status.code(), Some(1));
    assert_eq!(site.incident()["status"], "open");
    assert_eq!(site.call(&["do", "INC-1", "ack", "--as", "kato"]).status.code(), Some(0));
    assert_eq!(site.incident()["status"], "acknowledged");
    drop(gateway);
}

fn text(mail: &[u8]) -> String {
    message::read(mail).reply_text
}
