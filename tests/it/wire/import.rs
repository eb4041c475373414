//! `firebell import`: the program itself, killed, refused, and called again.

use std::fmt::Write as _;
use std::fs;
use std::process::{Output, Stdio};

use serde_json::Value;

use super::relay::Relay;
use super::site::{Site, firebell, objects};
use super::{until, wait_for};

/// Alerts of ten services, some of which recover, a mail every ten minutes, each with a body of some size.
fn an_mbox(count: usize) -> String {
    (0..count).fold(String::new(), |mut mbox, number| {
        let (service, state) = (number % 10, if number % 20 < 10 { "CRITICAL" } else { "OK" });
        let kind = if state == "OK" { "RECOVERY" } else { "PROBLEM" };
        let (day, hour, minute) = (1 + number / 144 % 28, number / 6 % 24, number % 6 * 10);
        let month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"].get(number / 144 / 28).unwrap();
        write!(
            mbox,
            "From - Thu Jan  1 00:00:00 2025\nFrom: nagios@mon.example.com\nMessage-ID: <{number}@mon.example.com>\n\
             Date: {day} {month} 2025 {hour:02}:{minute:02}:00 +0000\n\
             Subject: ** {kind} Service Alert: web01/disk{service} is {state} **\n\n{}\n\n",
            "as the check says\n".repeat(100)
        )
        .unwrap();
        mbox
    })
}

fn a_site(mbox: &str) -> Site {
    let site = Site::of_ten_lines(25);
    fs::write(site.path().join("past.mbox"), mbox).unwrap();
    site
}

/// What became of each mail, when and where the configuration lies left out.
fn told(site: &Site) -> (Vec<Value>, Vec<Value>) {
    let incidents = site.json(&["incidents", "--all", "--json"]);
    let shown =
        |incident: &Value| site.json(&["show", incident["incident"].as_str().unwrap_or("1"), "--json"]);
    let timelines = incidents.iter().take(3).flat_map(shown).collect();
    (incidents, timelines)
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_import_that_is_killed_is_gone_on_with_and_ends_the_same() {
    let mbox = an_mbox(2_000);
    let whole = a_site(&mbox);
    assert_eq!(whole.json(&["import", "--json", "past.mbox"]).len(), 2_000);
    let wanted = told(&whole);

    let site = a_site(&mbox);
    for least in [1, 700] {
        let mut import = firebell(site.path())
            .args(["import", "past.mbox"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("the store", || site.path().join("data/firebell.db-wal").is_file());
        wait_for("some mails to be imported", || {
            let ended = import.try_wait().unwrap().is_some();
            (ended || site.store().imported() >= least).then_some(())
        });
        // It may have ended already on a quick computer: then there is nothing to go on with, and all must hold anyway.
        let _ = import.kill();
        import.wait().unwrap();
    }
    let lines = site.json(&["import", "--json", "past.mbox"]);
    let known = lines.iter().filter(|line| line["outcome"] == "duplicate").count();
    assert!(lines.len() == 2_000 && known >= 700, "{known}");
    assert_eq!(told(&site), wanted);
    let again = site.json(&["import", "--json", "past.mbox"]);
    assert!(again.iter().all(|line| line["outcome"] == "duplicate" && line["by"] == "duplicate"));
    assert_eq!(told(&site), wanted);
}

#[test]
fn a_line_says_which_mail_what_became_of_it_where_and_by_what() {
    let site = a_site(&an_mbox(11));
    let dry = site.json(&["import", "--dry-run", "--json", "past.mbox"]);
    assert!(!site.path().join("data/firebell.db").exists(), "a dry run makes no store");
    let lines = site.json(&["import", "--json", "past.mbox"]);
    assert_eq!(dry, lines);
    let first = serde_json::json!({
        "file": "past.mbox:1", "message_id": "0@mon.example.com", "outcome": "opened", "incident": "INC-1",
        "by": "new",
    });
    assert_eq!(lines[0], first);
    let recovery = serde_json::json!({
        "file": "past.mbox:11", "message_id": "10@mon.example.com", "outcome": "joined", "incident": "INC-1",
        "by": "key",
    });
    assert_eq!(lines[10], recovery);
    let incidents = site.json(&["incidents", "--all", "--json"]);
    assert!(incidents.len() == 10 && incidents.iter().all(|incident| incident["status"] == "closed"));
    assert!(site.store().notices().is_empty());
}

#[test]
fn what_is_no_mail_is_named_and_the_import_ends_with_1() {
    let site = a_site("");
    let folder = site.path().join("past");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("a.eml"), "From: kato@example.com\nSubject: slow\n\nvery\n").unwrap();
    fs::write(folder.join("picture.png"), b"\x89PNG\r\n\x1a\n\0\0\0").unwrap();
    let done = site.call(&["import", "past"]);
    assert_eq!(done.status.code(), Some(1));
    assert!(error(&done).contains("not taken: past/picture.png: "), "{}", error(&done));
    assert!(String::from_utf8_lossy(&done.stdout).contains("1 mails"));
    let nothing = site.call(&["import", "nowhere"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(error(&nothing).contains("nowhere: no such file"), "{}", error(&nothing));
}

#[test]
fn a_firebell_that_runs_is_not_imported_into() {
    let relay = Relay::start();
    let site = Site::of_ten_lines(relay.port);
    fs::write(site.path().join("past.mbox"), an_mbox(3)).unwrap();
    let gateway = site.start();
    for arguments in [&["import", "past.mbox"][..], &["import", "--dry-run", "past.mbox"]] {
        let refused = site.call(arguments);
        assert_eq!(refused.status.code(), Some(2));
        assert!(error(&refused).contains("another firebell (process "), "{}", error(&refused));
    }
    drop(gateway);
    assert_eq!(objects(&site.call(&["import", "--json", "past.mbox"])).len(), 3);
}
