//! What whoever runs firebell does to the process: stop it, start it twice, change its rules.

use firebell::message;

use super::client::Client;
use super::gateway::Gateway;
use super::mails;
use super::relay::{At, Relay};
use super::site::Site;
use super::{until, wait_for};

/// A change of the rules by which alerts become SEV1.
const SEVERE: &str = r#"
[[rule]]
name = "everything-is-severe"
when = { alert.state = "^firing$" }
then = { action = "open", severity = "sev1" }
"#;

#[test]
fn sigterm_stops_after_the_delivery_that_runs() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let mut gateway = site.start();
    relay.stop_at(At::Dot);
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    until("the page to be with the relay", || relay.stopped() == 1);
    gateway.signal("TERM");
    gateway.says("stopping");
    until("no more mail to be taken", || Client::connect(gateway.port).is_err());
    assert_eq!(site.store().notices_in("active"), 1);
    relay.go_on();
    assert_eq!(gateway.end().code(), Some(0));
    gateway.says("firebell has stopped");
    assert_eq!((site.store().notices_in("delivered"), relay.taken().len()), (1, 1));
}

/// Fault 13.
#[test]
fn a_second_firebell_on_the_same_data_refuses_to_run() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let mut first = site.start();
    let mut second = Gateway::spawn(site.path());
    assert_eq!(second.end().code(), Some(2));
    let said = format!("error: another firebell (process {}) runs on data: stop it first\n", first.id());
    second.says(&said);
    first.signal("INT");
    assert_eq!(first.end().code(), Some(0));
    drop(site.start());
}

/// Faults 130 and 136.
#[test]
fn sighup_changes_the_rules_all_of_them_or_none() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    site.write_rules(&SEVERE.replace("firing", "firing("));
    gateway.signal("HUP");
    let report = wait_for("the report to the operator", || relay.taken_for("kato@example.com").pop());
    let text = message::read(&report.bytes).reply_text;
    assert!(text.contains("rules/site.toml:4: "), "{text}");
    gateway.take("nagios@mon.example.com", &mails::alert("svc-1"));
    until("a page by the old rules", || relay.taken().len() == 2);

    site.write_rules(SEVERE);
    gateway.signal("HUP");
    gateway.says("the configuration was read anew");
    gateway.take("nagios@mon.example.com", &mails::alert("svc-2"));
    until("a page by the new rules", || relay.taken().len() == 3);
    site.write_rules(&SEVERE.replace("firing", "firing("));
    until("the broken edit to be told without a signal", || relay.taken_for("kato@example.com").len() == 4);
    for (number, words) in [("1", "SEV2, svc-1, default-alert"), ("2", "SEV1, svc-2, everything-is-severe")] {
        let shown = site.json(&["show", number, "--json"]).remove(0);
        let opened = shown["timeline"][0]["line"].as_str().unwrap();
        assert!(words.split(", ").all(|word| opened.contains(word)), "{opened}");
    }
}
