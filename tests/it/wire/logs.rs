//! The log of a running firebell: a line a fact, in three forms, without a word of a mail, and nobody waits for its reader.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use serde_json::Value;

use super::client::Client;
use super::gateway::Gateway;
use super::machine::free_ports;
use super::mails::{self, header};
use super::relay::Relay;
use super::site::{Site, firebell};
use super::until;

/// Stands in every place of every mail, and in every secret.
const SECRET: &str = "zebrafinch";

/// All that people and monitors mail in a night, each with the secret word wherever words can be.
fn night(gateway: &Gateway, relay: &Relay) {
    let words = |from: &str, id: u32, subject: &str, more: &str, text: &str| {
        format!(
            "From: {SECRET} <{from}>\nTo: incidents@example.com\nMessage-ID: <{SECRET}-{id}@mail.example.com>\n\
             Subject: {subject}\nX-Mailer: {SECRET}\n{more}\n{text}\n"
        )
        .into_bytes()
    };
    gateway.take("nagios@mon.example.com", &mails::alert(&format!("svc-{SECRET}")));
    until("a page", || !relay.taken_for("kato@example.com").is_empty());
    let page = relay.taken_for("kato@example.com").remove(0).bytes;
    let answer = format!("title: {SECRET}\nimpact: {SECRET}\n{SECRET}: ack\nadd {SECRET}\n\nnote {SECRET}");
    let answered = mails::answer("kato@example.com", &page, &answer);
    gateway.take_at(&mails::address(&header(&page, "Reply-To")), "kato@example.com", &answered);
    gateway.take("noda@elsewhere.example.net", &words("noda@elsewhere.example.net", 1, SECRET, "", SECRET));
    gateway.take("kato@example.com", &words("kato@example.com", 2, SECRET, "", SECRET));
    let stale = "Date: Mon, 1 Jan 2024 01:00:00 +0000\n";
    gateway.take("kato@example.com", &words("kato@example.com", 3, SECRET, stale, SECRET));
    gateway
        .take("kato@example.com", &words("kato@example.com", 2, SECRET, "", "the same id, zebrafinch again"));
    let attached = format!(
        "Content-Type: multipart/mixed; boundary={SECRET}\n\n--{SECRET}\nContent-Disposition: attachment; \
         filename=\"{SECRET}.txt\"\n\n{SECRET}\n--{SECRET}--"
    );
    gateway.take("kato@example.com", &words("kato@example.com", 4, SECRET, &attached, ""));
    let test = words("kato@example.com", 5, SECRET, "", SECRET);
    gateway.take_at("incidents+test@example.com", "kato@example.com", &test);
    let bounce = "Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
        --b\n\nzebrafinch\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; zebrafinch\n\n\
        Final-Recipient: rfc822; zebrafinch@example.com\nAction: failed\nStatus: 5.1.1\n--b--";
    gateway.take("mailer-daemon@example.com", &words("mailer-daemon@example.com", 6, SECRET, bounce, ""));
}

fn settled(site: &Site) {
    let store = site.store();
    until("all mails to be done", || {
        store.mails_in("done") == 9 && site.json(&["outbox", "--json"]).is_empty()
    });
}

#[test]
fn no_word_of_a_mail_and_no_secret_is_logged_at_any_level() {
    for form in ["plain", "journald", "json"] {
        let relay = Relay::start();
        let site = Site::of_ten_lines(relay.port);
        site.write_secret("firebell.key", &SECRET.repeat(5));
        let mut run = firebell(site.path());
        let gateway = Gateway::of(run.args(["run", "--log", form]).env("RUST_LOG", "trace")).taking_mail();
        night(&gateway, &relay);
        settled(&site);
        gateway.says("opened");
        gateway.says("noted");
        let log = gateway.log();
        assert!(!log.to_lowercase().contains(SECRET), "{log}");
        assert!(log.contains("by=kato") || log.contains("\"by\":\"kato\""), "who did it is said: {log}");
        if form == "json" {
            for line in log.lines() {
                let line: Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert!(["time", "level", "text"].iter().all(|key| line[key].is_string()), "{line}");
            }
        }
    }
}

#[test]
fn what_goes_to_the_journal_says_how_bad_it_is_and_leaves_the_time_to_the_journal() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let path = site.path().join("journal");
    let journal = File::create(&path).unwrap();
    let stream = journal.metadata().map(|file| format!("{}:{}", file.dev(), file.ino())).unwrap();
    let mut run = firebell(site.path());
    run.arg("run").env("JOURNAL_STREAM", stream).stdout(Stdio::null()).stderr(journal);
    let mut child = run.spawn().unwrap();
    let log = || fs::read_to_string(&path).unwrap();
    until("firebell to take mail", || log().contains("<6>firebell takes mail for "));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(log().lines().all(|line| line.starts_with('<')), "{}", log());
}

/// Fault 140.
#[test]
fn mails_are_taken_and_people_paged_while_nobody_reads_the_log() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    let [port] = free_ports();
    let file = site.path().join("firebell.toml");
    let text = fs::read_to_string(&file).unwrap().replace("127.0.0.1:0", &format!("127.0.0.1:{port}"));
    fs::write(&file, text).unwrap();
    // Full before the first line.
    let (mut log, _nobody) = UnixStream::pair().unwrap();
    log.set_nonblocking(true).unwrap();
    while log.write(&[b'x'; 4096]).is_ok() {}
    while log.write(b"x").is_ok() {}
    log.set_nonblocking(false).unwrap();
    let mut run = firebell(site.path());
    run.arg("run").env("RUST_LOG", "trace").stdout(Stdio::null()).stderr(OwnedFd::from(log));
    let mut child = run.spawn().unwrap();
    until("firebell to take mail", || Client::connect(port).is_ok());
    let mut client = Client::connect(port).unwrap();
    let reply =
        client.mail("nagios@mon.example.com", "incidents@example.com", &mails::alert("svc-a")).unwrap();
    assert!(reply.starts_with("250 "), "{reply}");
    until("the page", || relay.taken_for("kato@example.com").len() == 1);
    child.kill().unwrap();
    child.wait().unwrap();
}
