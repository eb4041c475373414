//! Disks that are full, stores that are damaged or held by others, and copies of them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use rusqlite::Connection;

use super::client::Client;
use super::crash;
use super::dovecot::Dovecot;
use super::gateway::Gateway;
use super::machine::{program, succeeds};
use super::mails::{self, GATEWAY};
use super::relay::Relay;
use super::shared::{ALL, MOVE, Shared};
use super::site::Site;
use super::until;

/// Lets no file of a process grow beyond so many bytes, or beyond none.
fn limit(gateway: &Gateway, bytes: &str) {
    let pid = gateway.id().to_string();
    succeeds(program("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}:unlimited")]));
}

/// Fault 8.
#[test]
fn while_the_disk_is_full_mails_stay_where_they_are_and_work_goes_on_by_itself_afterwards() {
    let relay = Relay::start();
    let mailbox = "mailbox.maildir = \"mail\"\nmailbox.after = { move_to = \"Handled\" }\n";
    let site = Site::of_servers(mailbox, &format!("relay.smtp = \"smtp://127.0.0.1:{}\"\n", relay.port));
    for name in
        ["mail/new", "mail/cur", "mail/tmp", "mail/.Handled/new", "mail/.Handled/cur", "mail/.Handled/tmp"]
    {
        fs::create_dir_all(site.path().join(name)).unwrap();
    }
    let gateway = limited(&site);
    gateway.says(": open, ");
    limit(&gateway, "4096");
    let mail = site.path().join("mail/new/1.a.host");
    fs::write(site.path().join("mail/tmp/1"), mails::alert("svc-a")).unwrap();
    fs::rename(site.path().join("mail/tmp/1"), &mail).unwrap();
    gateway.says("disk I/O error");
    assert!(mail.exists() && site.store().mails().is_empty());
    limit(&gateway, "unlimited");
    crash::settles(&site, &relay, 1);
    until("the mail to be moved", || !mail.exists());
}

/// Fault 10.
#[test]
fn a_damaged_store_is_not_written_to_and_what_to_do_is_said() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    crash::settles(&site, &relay, 1);
    gateway.signal("TERM");
    let mut gateway = gateway;
    gateway.end();
    let file = site.path().join("data/firebell.db");
    // What is still in the log would stand in for what is damaged here.
    let store = Connection::open(&file).unwrap();
    store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(store);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&file, &bytes).unwrap();
    let mut again = Gateway::spawn(site.path());
    assert_eq!(again.end().code(), Some(2));
    again.says("error: the store is damaged, and nothing was written to it");
    again.says("put the newest backup in its place");
    assert_eq!(fs::read(&file).unwrap(), bytes);
}

/// Fault 9.
#[test]
fn a_mail_waits_while_another_process_holds_the_store_and_is_taken_afterwards() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    let other = Connection::open(site.path().join("data/firebell.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut client = Client::connect(gateway.port).unwrap();
    let sending = std::thread::spawn(move || {
        client.mail("nagios@mon.example.com", GATEWAY, &mails::alert("svc-a")).unwrap()
    });
    assert!(site.store().mails().is_empty() && !sending.is_finished());
    other.execute_batch("COMMIT").unwrap();
    let reply = sending.join().unwrap();
    assert!(reply.starts_with("250 "), "{reply}");
    crash::settles(&site, &relay, 1);
}

#[test]
fn a_backup_made_while_firebell_runs_is_a_store_that_another_goes_on_with() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    crash::settles(&site, &relay, 1);
    let copied = site.call(&["backup", "copy.db"]);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    assert_eq!(site.call(&["backup", "copy.db"]).status.code(), Some(2), "no file is replaced");
    gateway.kill();
    fs::remove_dir_all(site.path().join("data")).unwrap();
    fs::create_dir(site.path().join("data")).unwrap();
    fs::rename(site.path().join("copy.db"), site.path().join("data/firebell.db")).unwrap();
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-b"));
    crash::settles(&site, &relay, 2);
}

/// A firebell whose files may be kept from growing: without the trap that would be a signal that kills.
fn limited(site: &Site) -> Gateway {
    let mut run = Command::new("sh");
    run.args(["-c", "trap '' XFSZ; exec \"$0\" run", env!("CARGO_BIN_EXE_firebell")])
        .current_dir(site.path());
    Gateway::of(run.env_remove("RUST_LOG"))
}

#[test]
fn while_the_disk_is_full_mails_of_an_imap_folder_stay_where_they_are() {
    let shared = Shared::with(Dovecot::start(), &(ALL.to_owned() + MOVE));
    shared.dovecot.create_folder(GATEWAY, "Handled");
    let gateway = limited(&shared.site);
    gateway.says(": open, ");
    limit(&gateway, "4096");
    shared.append("svc-a");
    gateway.says("mails wait where they are meanwhile");
    assert!(shared.services_in("INBOX") == ["svc-a"] && shared.site.store().mails().is_empty());
    limit(&gateway, "unlimited");
    shared.settles(1);
    until("the mail to be moved", || shared.services_in("Handled") == ["svc-a"]);
}

#[test]
fn while_the_disk_is_full_whoever_hands_over_a_mail_is_told_to_try_again() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let gateway = limited(&site).taking_mail();
    limit(&gateway, "4096");
    let hand_over = || {
        let mut client = Client::connect(gateway.port).unwrap();
        client.mail("nagios@mon.example.com", GATEWAY, &mails::alert("svc-a")).unwrap()
    };
    let refused = hand_over();
    assert!(refused.starts_with("451 "), "{refused}");
    limit(&gateway, "unlimited");
    until("the mail to be taken", || hand_over().starts_with("250 "));
    crash::settles(&site, &relay, 1);
}

/// Fault 11.
#[test]
fn when_the_disk_does_not_synchronise_firebell_ends_and_its_next_start_goes_on_with_what_is_there() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let mut gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-a"));
    crash::settles(&site, &relay, 1);
    let pid = gateway.id().to_string();
    let mut failing = Command::new("strace")
        .args([
            "-f",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:error=EIO",
        ])
        .args(["-p", &pid])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(failing.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.contains("attached"), "{line}");
    // It may end before it can say so, and never says that it has the mail.
    let reply = Client::connect(gateway.port)
        .and_then(|mut client| client.mail("nagios@mon.example.com", GATEWAY, &mails::alert("svc-b")));
    assert!(!reply.as_ref().is_ok_and(|reply| reply.starts_with("250 ")), "{reply:?}");
    assert_eq!(gateway.end().code(), Some(2));
    gateway.says("a synchronisation of the disk failed");
    failing.wait().unwrap();
    let gateway = site.start();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-c"));
    let store = site.store();
    until("what is there to be done", || store.mails_in("done") >= 2 && store.mails_in("new") == 0);
    assert_eq!(site.call(&["incidents", "--all"]).status.code(), Some(0));
}
