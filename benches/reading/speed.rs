//! Mails and megabytes a second: the parser alone, and all of reading.

use std::hint::black_box;
use std::time::{Duration, Instant};

use firebell::message;
use mail_parser::MessageParser;

use super::mails::{Kind, kinds};

/// Rounds are as long as this, and the best of them counts: what else runs on the machine only slows.
const ROUND: Duration = Duration::from_millis(150);
const ROUNDS: usize = 7;

/// Measures the kinds of mail that have this in their name.
pub fn measure(word: &str) {
    println!("{:32} {:>24} {:>26} {:>8}", "", "parser alone", "all of reading", "times");
    for kind in kinds().into_iter().filter(|kind| kind.name.contains(word)) {
        let parser = MessageParser::default();
        let parsing = seconds(&kind, |raw| drop(black_box(parser.parse(raw))));
        let reading = seconds(&kind, |raw| drop(black_box(message::read(raw))));
        println!(
            "{:32} {:>24} {:>26} {:>8.2}",
            kind.name,
            speed(&kind, parsing),
            speed(&kind, reading),
            reading / parsing
        );
    }
}

/// How long all mails of a kind take, at best.
fn seconds(kind: &Kind, work: impl Fn(&[u8])) -> f64 {
    let round = || {
        let start = Instant::now();
        let mut times = 0u32;
        while start.elapsed() < ROUND {
            kind.mails.iter().for_each(|raw| work(raw));
            times += 1;
        }
        start.elapsed().as_secs_f64() / f64::from(times)
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn speed(kind: &Kind, seconds: f64) -> String {
    let bytes: usize = kind.mails.iter().map(Vec::len).sum();
    format!("{:.0} mails/s {:6.0} MB/s", kind.mails.len() as f64 / seconds, bytes as f64 / 1e6 / seconds)
}
