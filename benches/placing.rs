//! What placing one more mail costs, with few mails stored and with many.
//!
//! `cargo bench --bench placing` compares 1,000 with 200,000; `-- 50000` with another number. The mails are conversations of
//! twenty: a colleague's report, answers to it and to notices of ours, some of which have lost all but their subject, alerts,
//! their recoveries, newsletters. Reading is not counted, nor is waiting for the disk: the store works as it always does,
//! but within one transaction, so that only what it does itself shows.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement that can't go on stops, it reads clocks, and what it finds is printed"
)]

use std::time::{Duration, Instant};

use firebell::book::Book;
use firebell::gateway::Change;
use firebell::io::store::{Lease, Store, inbound};
use firebell::message;
use firebell::rehearsal;
use jiff::{SignedDuration, Timestamp};

/// Mails of a conversation.
const MAILS: usize = 20;
/// Conversations that are measured.
const TRIES: usize = 100;
/// How few mails are compared with.
const FEW: usize = 1000;

fn main() {
    let number = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let many: usize = number.unwrap_or(200_000);
    let folder = tempfile::tempdir().unwrap();
    let mut site = Site {
        book: rehearsal::standard_cast().unwrap(),
        store: Store::open(&folder.path().join("firebell.db")).unwrap(),
        now: "2026-11-22T16:00:00Z".parse().unwrap(),
        stories: 0,
    };
    site.store.keep_nothing().unwrap();
    site.fill(FEW);
    let few = site.measure();
    site.fill(many);
    let much = site.measure();
    println!("placing: with {FEW} mails stored {few}");
    println!("placing: with {many} mails stored {much}");
    println!(
        "placing: {:.2} times the cost in the median, {:.2} on average",
        much.median.as_secs_f64() / few.median.as_secs_f64(),
        much.mean.as_secs_f64() / few.mean.as_secs_f64()
    );
}

/// What one mail cost.
struct Cost {
    median: Duration,
    mean: Duration,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        write!(f, "{:.0} µs in the median, {:.0} µs on average", micros(self.median), micros(self.mean))
    }
}

struct Site {
    book: Book,
    store: Store,
    now: Timestamp,
    stories: usize,
}

impl Site {
    /// Lets conversations happen until there are so many mails.
    fn fill(&mut self, mails: usize) {
        while self.stories * MAILS < mails {
            self.story();
        }
    }

    fn measure(&mut self) -> Cost {
        // Whatever runs for the first time is dearer.
        self.story();
        let mut times: Vec<Duration> = (0..TRIES).flat_map(|_| self.story()).collect();
        times.sort_unstable();
        let mean = times.iter().sum::<Duration>() / times.len() as u32;
        Cost { median: times[times.len() / 2], mean }
    }

    /// One conversation; what each of its mails cost.
    fn story(&mut self) -> Vec<Duration> {
        self.stories += 1;
        let story = self.stories;
        let mut times = Vec::new();
        let mut notice: Option<(String, String)> = None;
        for number in 0..MAILS {
            self.now += SignedDuration::from_secs(40);
            let (change, time) = self.place(&mail(story, number, notice.as_ref(), self.now));
            let to_kato = change.notices.iter().rfind(|notice| notice.person.as_str() == "kato");
            notice = to_kato.map(|notice| (notice.message_id.clone(), notice.subject.clone())).or(notice);
            times.push(time);
        }
        times
    }

    fn place(&mut self, raw: &[u8]) -> (Change, Duration) {
        let (message, book, now) = (message::read(raw), &self.book, self.now);
        let lease = Lease { owner: "bench".to_owned(), until: now + SignedDuration::from_mins(1) };
        let begin = Instant::now();
        let place = |connection: &_| {
            inbound::deposit(connection, raw, now)?;
            let claimed = inbound::claim(connection, &lease, 1, now)?;
            inbound::finish(connection, book, &claimed[0], &message, now)
        };
        let change = self.store.write(place).unwrap();
        (change, begin.elapsed())
    }
}

/// A mail of a conversation; `notice` is the newest mail of ours in it: its Message-ID and subject.
fn mail(story: usize, number: usize, notice: Option<&(String, String)>, now: Timestamp) -> Vec<u8> {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let id = format!("{story}.{number}@mail.example.com");
    let first = format!("{story}.0@mail.example.com");
    let before = format!("{story}.{}@mail.example.com", number.saturating_sub(1));
    let text = "The disk of the third node fills, and nobody knows with what. Looking.\r\n".repeat(8);
    let (from, subject, references) = match number {
        0 => ("kato@example.com", format!("Node {story} is slow"), String::new()),
        5 | 10 => ("sato@example.com", format!("Re: Node {story} is slow"), String::new()),
        6 => ("nagios@mon.example.com", alert("PROBLEM", "CRITICAL", story), String::new()),
        8 => ("nagios@mon.example.com", alert("RECOVERY", "OK", story), String::new()),
        9 => ("news@elsewhere.example.net", format!("Newsletter {story}"), String::new()),
        12 => ("tani@elsewhere.example.net", "Re: Invoice".to_owned(), "<never@seen>".to_owned()),
        n if n % 2 == 1 => ("sato@example.com", "Re: it is slow".to_owned(), format!("<{first}> <{before}>")),
        _ => {
            let (message_id, subject) = notice.map_or((first.as_str(), "x"), |(id, subject)| (id, subject));
            ("kato@example.com", format!("Re: {subject}"), format!("<{message_id}>"))
        }
    };
    let references =
        if references.is_empty() { String::new() } else { format!("References: {references}\r\n") };
    format!(
        "From: {from}\r\nTo: incidents@example.com\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n{references}\
         Date: {date}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    )
    .into_bytes()
}

fn alert(kind: &str, state: &str, story: usize) -> String {
    format!("** {kind} Service Alert: web{story}/disk is {state} **")
}
