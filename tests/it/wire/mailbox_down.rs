//! The mailbox's server is away for a while, or can do less than others.

use std::fs;

use super::dovecot::Dovecot;
use super::gateway::Gateway;
use super::mails::{self, GATEWAY};
use super::shared::{ALL, Shared};
use super::until;

/// Fault 35.
#[test]
fn a_restart_of_the_server_amid_many_mails_loses_none_and_doubles_none() {
    let mut shared = Shared::new();
    let gateway = shared.site.open();
    for number in 0..15 {
        shared.append(&format!("svc-{number}"));
    }
    until("the first to be kept", || !shared.site.store().mails().is_empty());
    shared.dovecot.restart();
    for number in 15..30 {
        shared.append(&format!("svc-{number}"));
    }
    shared.settles(30);
    assert!(gateway.log().contains("tried again in"), "{}", gateway.log());
}

#[test]
fn a_server_that_is_away_at_the_start_is_tried_again() {
    let mut shared = Shared::with(Dovecot::start(), ALL);
    shared.append("svc-a");
    shared.dovecot.stop();
    let gateway = Gateway::spawn(shared.site.path());
    gateway.says("tried again in 1 s");
    gateway.says("tried again in 2 s");
    shared.dovecot.start_again();
    shared.settles(1);
}

#[test]
fn a_server_that_takes_the_log_in_and_gives_no_mail_is_tried_less_and_less_often() {
    let shared = Shared::new();
    let gateway = shared.site.open();
    shared.site.store().forbid("INSERT ON mail");
    shared.append("svc-a");
    gateway.says("forbidden; tried again in 1 s");
    gateway.says("forbidden; tried again in 2 s");
    shared.site.store().free();
    shared.settles(1);
}

#[test]
fn a_server_without_idle_is_asked_and_keeps_nobody_from_stopping() {
    let shared = Shared::with(Dovecot::start_without(&["IDLE"]), ALL);
    shared.append("svc-a");
    let mut gateway = shared.site.open();
    shared.settles(1);
    gateway.says("no IDLE, asked every 60 s");
    gateway.signal("TERM");
    assert!(gateway.end().success());
}

#[test]
fn an_idling_firebell_stops_at_once_too() {
    let shared = Shared::new();
    let mut gateway = shared.site.open();
    gateway.signal("TERM");
    assert!(gateway.end().success());
}

#[test]
fn a_wrong_password_for_the_mailbox_is_said_with_advice_and_never_shown() {
    let shared = Shared::new();
    shared.site.write_secret("password", "wr0ng-Pa55");
    let gateway = Gateway::spawn(shared.site.path());
    gateway.says("the server refuses the log-in");
    let log = gateway.log();
    assert!(log.contains("look at the account") && log.contains("tried again in"), "{log}");
    assert!(!log.contains("wr0ng-Pa55"), "{log}");
}

#[test]
fn a_folder_that_is_not_there_is_said_with_advice_and_taken_once_somebody_has_made_it() {
    let shared = Shared::new();
    let file = shared.site.path().join("firebell.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(file, text.replace("/INBOX\"", "/Alerts\"")).unwrap();
    let gateway = Gateway::spawn(shared.site.path());
    gateway.says("the folder Alerts can't be opened");
    assert!(gateway.log().contains("firebell makes no folders"), "{}", gateway.log());
    shared.dovecot.create_folder(GATEWAY, "Alerts");
    gateway.says(": open, 0 mails");
    shared.dovecot.append(GATEWAY, "Alerts", &mails::alert("svc-a"));
    shared.settles(1);
}
