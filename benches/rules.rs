//! How fast mails are classified: 1,000 rules, 10,000 alerts that are made up, the same ones at every run.
//!
//! `cargo bench --bench rules`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement that can't go on stops, it reads clocks, and what it finds is printed"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use firebell::book::Book;
use firebell::config::{self, Files};
use firebell::message::{self, Message};
use firebell::token::Keys;
use firebell::{alert, rules};
use jiff::Timestamp;

const RULES: usize = 1_000;
const MAILS: usize = 10_000;
/// The best of them counts: what else runs on the machine only slows.
const ROUNDS: usize = 5;

const SITE: &str = r#"
    gateway = { address = "incidents@example.com", operator = "infra" }
    party = [{ id = "infra", people = ["kato"] }]
    person = [{ id = "kato", addresses = ["kato@example.com"] }]
"#;

fn book() -> Book {
    let mut text = String::new();
    for n in 0..RULES {
        let when = match n % 4 {
            0 => format!("alert.host = \"^web{n}$\", alert.service = \"^svc-{n}\""),
            1 => format!("subject = \"(?<what>disk|memory) .*host{n}\\\\b\""),
            2 if n % 8 == 2 => format!("text = \"(?<what>\\\\w+) failed .*on host{n}\\\\b.* again$\""),
            2 => format!("text = \"error {n}:\", from = \"@mon{n}\\\\.example\""),
            _ => format!("any = [{{ alert.key = \"^db{n}/\" }}, {{ header.X-Site = \"site-{n}$\" }}]"),
        };
        writeln!(text, "[[rule]]\nname = \"r{n}\"\nwhen = {{ {when} }}\nthen = {{ action = \"open\" }}")
            .unwrap();
    }
    let files = Files {
        main: ("firebell.toml".to_owned(), SITE.to_owned()),
        rules: vec![("rules/site.toml".to_owned(), text)],
        ..Files::default()
    };
    config::read(&files, Keys::for_rehearsal()).unwrap().book
}

/// One in eight is what a rule waits for.
fn mail(n: usize) -> Message {
    let host = n * 7 % (2 * RULES);
    let raw = format!(
        "From: nagios@mon.example.com\r\nTo: incidents@example.com\r\nMessage-ID: <{n}@mon.example.com>\r\n\
         Date: Sun, 22 Nov 2026 03:00:00 +0900\r\n\
         Subject: ** PROBLEM Service Alert: web{host}/svc-{host} is CRITICAL **\r\n\r\n\
         ***** Nagios *****\r\n\r\nNotification Type: PROBLEM\r\n\r\nService: svc-{host}\r\nHost: web{host}\r\n\
         Address: 192.0.2.7\r\nState: CRITICAL\r\n\r\nDate/Time: Sun Nov 22 03:00:00 JST 2026\r\n\r\n\
         Additional Info:\r\n\r\nConnection refused, error {n}: no answer within 10 seconds\r\n"
    );
    message::read(raw.as_bytes())
}

fn main() {
    let start = Instant::now();
    let book = book();
    println!("{RULES} rules read in {:.2} s", start.elapsed().as_secs_f64());
    let mails: Vec<Message> = (0..MAILS).map(mail).collect();
    let classify = |mail: &Message, alert: Option<&alert::Alert>| {
        rules::classify(&book.rules, &book.directory, mail, alert, Timestamp::UNIX_EPOCH)
    };
    let alerts: Vec<Vec<alert::Alert>> = mails.iter().map(|mail| alert::read(mail, &book.formats)).collect();
    let wanted =
        mails.iter().zip(&alerts).filter(|(mail, alerts)| classify(mail, alerts.first()).rule.is_some());
    println!("{} of {MAILS} mails are wanted by a rule", wanted.count());
    hostile(&|mail| drop(black_box(classify(mail, None))));
    println!("the same, reading alerts:");
    hostile(&|mail| drop(black_box(alert::read(mail, &book.formats))));
    say("extraction", &|| mails.iter().for_each(|mail| drop(black_box(alert::read(mail, &book.formats)))));
    say("classification", &|| {
        for (mail, alerts) in mails.iter().zip(&alerts) {
            black_box(classify(mail, alerts.first()));
        }
    });
    say("both", &|| {
        for mail in &mails {
            let alerts = alert::read(mail, &book.formats);
            black_box(classify(mail, alerts.first()));
        }
    });
}

/// Texts of 64 KiB that suit no search: each mail's time, not so many a second.
fn hostile(classify: &dyn Fn(&Message)) {
    let texts = [
        ("words", "abc def failed on host ".repeat(3_000)),
        ("one word", "a".repeat(64 << 10)),
        ("one line", "x failed 17 on host12 host13 againx ".repeat(2_000)),
        ("Japanese", "障害が発生しました failed ".repeat(2_000)),
        ("numbers", (0..12_000).map(|n| format!("{} ", n * 7919 % 10_007)).collect()),
    ];
    for (name, text) in texts {
        let raw = format!(
            "From: a@example.org\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        );
        let mail = message::read(raw.as_bytes());
        let round = || {
            let start = Instant::now();
            classify(&mail);
            start.elapsed().as_secs_f64()
        };
        println!("{name:16} {:8.1} ms", 1e3 * (0..ROUNDS).map(|_| round()).fold(0.0, f64::max));
    }
}

fn say(what: &str, work: &dyn Fn()) {
    let round = || {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    let best = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
    println!("{what:16} {:8.0} mails/s", MAILS as f64 / best);
}
