//! Some hundred inputs that nobody would write for every reader, the same each time; `tests/fuzz/run` throws millions.

use super::webs::random::Random;

#[path = "../fuzz/targets/kinds.rs"]
mod kinds;

/// How many inputs each reader gets.
const INPUTS: u64 = 300;

/// Where each begins.
const SEEDS: [(&str, &str); 9] = [
    ("commands", include_str!("fuzz/commands.txt")),
    ("configuration", include_str!("../mistakes/none.toml")),
    ("rules", include_str!("../../rules/alerts/nagios.toml")),
    ("calendar", include_str!("fuzz/calendar.txt")),
    ("transcript", include_str!("../scenarios/night.txt")),
    ("authentication", include_str!("fuzz/authentication.txt")),
    ("imap", include_str!("fuzz/imap.txt")),
    ("smtp", include_str!("fuzz/smtp.txt")),
    ("relay", include_str!("fuzz/relay.txt")),
];

/// What is put in.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\r\n",
    b"\n",
    b"\r",
    b"\x1b[2J",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"{4294967295}\r\n",
    b"\"",
    b"(((((((((((((((",
    b"99999999999999999999",
    b"-1",
    b"[[[[[[[[",
    b"= ",
    b"\xf0\x9f\x94\x94",
    b"BEGIN:VEVENT\n",
];

/// The seed with some of it cut out, doubled, overwritten, turned round.
fn bent(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(8) {
        let from = random.below(bytes.len() + 1);
        let to = (from + random.below(64)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(from..to)),
            1 => drop(bytes.splice(from..from, bytes[from..to].repeat(1 + random.below(40)))),
            2 => bytes[from..to].iter_mut().for_each(|byte| *byte = random.below(256) as u8),
            3 => bytes[from..to].reverse(),
            4 => drop(bytes.splice(from..to, PIECES[random.below(PIECES.len())].iter().copied())),
            _ => bytes.truncate(to.max(1)),
        }
    }
    bytes
}

#[test]
fn every_reader_ends_without_a_panic_whatever_it_reads() {
    assert_eq!(SEEDS.map(|(name, _)| name), kinds::READERS.map(|(name, _)| name));
    for (number, (name, seed)) in SEEDS.into_iter().enumerate() {
        let reader = kinds::reader(name);
        reader(seed.as_bytes());
        for input in 0..INPUTS {
            let bytes = bent(seed.as_bytes(), &mut Random::new(input + 1000 * number as u64));
            let ended = std::panic::catch_unwind(|| reader(&bytes));
            assert!(ended.is_ok(), "{name}, input {input}: {:?}", String::from_utf8_lossy(&bytes));
        }
    }
}
