//! How fast a past is imported, how much memory that takes, and that a second time adds nothing.
//!
//! `import --json` prints the lines of some hundred mails at once, when the store has them. They are read as they come, by
//! a thread that does nothing else, so the pipe never fills. Each read has a time and the number of lines so far; the rate
//! of a thousand mails or a few more is taken between two reads, so that no line counts that came without its time.

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
    /// After each read: the time since the start, and how many lines there were.
    reads: Vec<(Duration, usize)>,
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
    assert_eq!(first.reads.last().map(|(_, lines)| *lines), Some(count), "one line for each mail");
    let (begins, ends) = (first.rate_of_first(), first.rate_of_last());
    println!(
        "import: {count} mails in {:.1} s, {:.0} mails/s; the first thousand at {begins:.0} mails/s, the last at {ends:.0} \
         mails/s ({:.2} times the cost)",
        first.duration.as_secs_f64(),
        count as f64 / first.duration.as_secs_f64(),
        begins / ends
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

impl Run {
    /// From the first read to the first one that brought a thousand more.
    fn rate_of_first(&self) -> f64 {
        let begin = self.reads[0];
        let end = self.reads.iter().find(|(_, lines)| *lines >= begin.1 + 1000);
        rate(begin, *end.unwrap_or(&self.reads[self.reads.len() - 1]))
    }

    /// From the last read that a thousand came after to the last one.
    fn rate_of_last(&self) -> f64 {
        let end = self.reads[self.reads.len() - 1];
        let begin = self.reads.iter().rfind(|(_, lines)| lines + 1000 <= end.1);
        rate(*begin.unwrap_or(&self.reads[0]), end)
    }
}

/// Mails a second between two reads.
fn rate(begin: (Duration, usize), end: (Duration, usize)) -> f64 {
    (end.1 - begin.1) as f64 / (end.0 - begin.0).as_secs_f64()
}

fn run(site: &Path) -> Run {
    let begin = Instant::now();
    let arguments = ["import", "past.mbox", "--config", "firebell.toml", "--json"];
    let mut child = process::firebell(site, &arguments).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let reading = thread::spawn(move || {
        let (mut text, mut reads, mut lines, mut buffer) = (Vec::new(), Vec::new(), 0, vec![0; 1 << 16]);
        loop {
            let count = output.read(&mut buffer).unwrap();
            if count == 0 {
                return (text, reads);
            }
            lines += buffer[..count].iter().filter(|byte| **byte == b'\n').count();
            reads.push((begin.elapsed(), lines));
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
    let (text, reads) = reading.join().unwrap();
    Run { duration, reads, outcomes: outcomes(&text), memory }
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
