//! How fast a past is imported, how much memory that takes, and that a second time adds nothing.
//!
//! `import --json` prints a line for each mail once the store has it. The lines are read as they come, by a thread that does
//! nothing else, so the pipe never fills; all lines that one read brings have the time of that read, and the most there
//! were at once is printed: that many mails is how exact the rates of a thousand are.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{process, stories};

/// How often memory is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// One run of `import`.
struct Run {
    /// From its start to its end.
    duration: Duration,
    /// When each line came, since the start.
    lines: Vec<Duration>,
    /// Most lines that one read brought.
    at_once: usize,
    /// How many mails had each outcome.
    outcomes: BTreeMap<String, usize>,
    /// The most it ever had, in MB.
    memory: f64,
}

/// Imports so many mails twice and prints what that took.
pub fn measure(count: usize) {
    let site = process::site("mailbox.listen = \"127.0.0.1:0\"\nrelay.smtp = \"smtp://127.0.0.1:25\"");
    super::write(&site.path().join("past.mbox"), &stories::mailbox(count));
    let first = run(site.path());
    assert_eq!(first.lines.len(), count, "one line for each mail");
    let rate = |mails: usize, duration: Duration| mails as f64 / duration.as_secs_f64();
    let (thousand, all) = (1000.min(count / 2), first.lines.as_slice());
    let begins = rate(thousand - 1, all[thousand - 1] - all[0]);
    let ends = rate(thousand - 1, all[count - 1] - all[count - thousand]);
    println!(
        "import: {count} mails in {:.1} s, {:.0} mails/s; the first {thousand} at {begins:.0} mails/s, the last at {ends:.0} \
         mails/s ({:.2} times the cost); at most {} lines were read at once",
        first.duration.as_secs_f64(),
        rate(count, first.duration),
        begins / ends,
        first.at_once
    );
    println!("import: {:.0} MB resident at most", first.memory);
    println!("import: {:?}", first.outcomes);
    let rows = rows(site.path());
    let second = run(site.path());
    println!(
        "import again: {} rows more, in {:.1} s, {:.0} MB",
        self::rows(site.path()) - rows,
        second.duration.as_secs_f64(),
        second.memory
    );
}

fn run(site: &Path) -> Run {
    let begin = Instant::now();
    let arguments = ["import", "past.mbox", "--config", "firebell.toml", "--json"];
    let mut child = process::firebell(site, &arguments).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let reading = thread::spawn(move || {
        let (mut text, mut lines, mut at_once, mut buffer) = (Vec::new(), Vec::new(), 0, vec![0; 1 << 16]);
        loop {
            let count = output.read(&mut buffer).unwrap();
            if count == 0 {
                return (text, lines, at_once);
            }
            let came = buffer[..count].iter().filter(|byte| **byte == b'\n').count();
            lines.extend(vec![begin.elapsed(); came]);
            at_once = at_once.max(came);
            text.extend_from_slice(&buffer[..count]);
        }
    });
    let mut memory: f64 = 0.0;
    let status = loop {
        memory = memory.max(process::memory(child.id(), "VmHWM").unwrap_or(0.0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        thread::sleep(LOOK);
    };
    let duration = begin.elapsed();
    assert!(status.success(), "{status}: {}", fs::read_to_string(site.join("log")).unwrap());
    let (text, lines, at_once) = reading.join().unwrap();
    Run { duration, lines, at_once, outcomes: outcomes(&text), memory }
}

fn outcomes(text: &[u8]) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Value = serde_json::from_slice(line).unwrap();
        *outcomes.entry(line["outcome"].as_str().unwrap_or("none").to_owned()).or_default() += 1;
    }
    outcomes
}

/// How many rows there are in all tables.
fn rows(site: &Path) -> i64 {
    let store = rusqlite::Connection::open(site.join("data/firebell.db")).unwrap();
    let mut names = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |name: &String| -> i64 {
        store.query_row(&format!("SELECT count(*) FROM \"{name}\""), [], |row| row.get(0)).unwrap()
    };
    names.iter().map(count).sum()
}
