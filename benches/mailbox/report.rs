//! What the report of a very long incident costs: some days of one trouble, with an alert every five minutes and people who
//! write in between.
//!
//! PDF is measured where firebell is built with it (`--features pdf`) and a font is given: `FONT=/usr/share/fonts/….ttf`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

use super::alerts::Trouble;
use super::mail::{Head, Mail, mail};
use super::random::Random;
use super::{process, text};

const ALERTS: i64 = 1700;
const MAILS: i64 = 300;
/// 2026-03-01 00:00 UTC.
const BEGINNING: i64 = 1_772_323_200;
/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// Imports the incident, and prints what its report takes in each form.
pub fn measure() {
    let font = env::var("FONT").ok();
    let site = process::site("mailbox.listen = \"127.0.0.1:0\"\nrelay.smtp = \"smtp://127.0.0.1:25\"");
    if let Some(font) = &font {
        let file = site.path().join("firebell.toml");
        let text = fs::read_to_string(&file).unwrap();
        let with = format!("operator = \"infra\", fonts = [\"{font}\"]");
        fs::write(file, text.replacen("operator = \"infra\"", &with, 1)).unwrap();
    }
    super::write(&site.path().join("past.mbox"), &incident());
    run(site.path(), &["import", "past.mbox"]);
    let forms =
        [("HTML", "--html", true), ("PDF", "--pdf", font.is_some()), ("evidence", "--evidence", true)];
    for (name, option, _) in forms.iter().filter(|(_, _, measured)| *measured) {
        let (duration, memory) = run(site.path(), &["report", "INC-1", option, "report"]);
        let bytes = fs::metadata(site.path().join("report")).unwrap().len();
        println!("report: {name} in {:.2} s, {memory:.0} MB at most, {bytes} bytes", duration.as_secs_f64());
        fs::remove_file(site.path().join("report")).unwrap();
    }
    let events = rusqlite::Connection::open(site.path().join("data/firebell.db")).unwrap();
    let count = |sql: &str| -> i64 { events.query_row(sql, [], |row| row.get(0)).unwrap() };
    println!(
        "report: of {} entries in the timeline, {} mails of people",
        count("SELECT count(*) FROM event WHERE incident = 1"),
        count("SELECT count(*) FROM event WHERE incident = 1 AND body LIKE '%\"noted\"%'")
    );
}

/// The alerts, and what people answer to the first.
fn incident() -> Vec<Mail> {
    let mut random = Random(1);
    let trouble = Trouble { service: 4, since: BEGINNING, number: 1 };
    let mut mails: Vec<Mail> =
        (0..ALERTS).map(|number| trouble.alert(&mut random, true, BEGINNING + 300 * number)).collect();
    let (first, subject) = (mails[0].id.clone(), mails[0].subject.clone());
    for number in 0..MAILS {
        let head = Head {
            at: BEGINNING + 100 + 1500 * number,
            from: if number % 2 == 0 { "kato@example.com" } else { "sato@example.com" },
            subject: format!("Re: {subject}"),
            more: format!("In-Reply-To: {first}\nReferences: {first}\n"),
        };
        let said = text::plain(&text::sentences(&mut random, 6));
        mails.push(mail(&mut random, head, said));
    }
    mails.sort_by_key(|mail| mail.at);
    mails
}

/// Runs firebell to its end: how long that took, and the most memory it had, in MB.
fn run(site: &Path, arguments: &[&str]) -> (Duration, f64) {
    let begin = Instant::now();
    let arguments = [arguments, &["--config", "firebell.toml"]].concat();
    let mut child: Child =
        process::firebell(site, &arguments).stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut memory: f64 = 0.0;
    loop {
        memory = memory.max(process::memory(child.id(), "VmHWM").unwrap_or(0.0));
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{status}: {}", fs::read_to_string(site.join("log")).unwrap());
            return (begin.elapsed(), memory);
        }
        thread::sleep(LOOK);
    }
}
