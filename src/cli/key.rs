//! Owns `firebell key`: a new key for the site, and which keys there are. Never shows one.

use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::output::{self, NAME, QUIET, paint};
use super::{End, Failure, site};
use crate::config::mistake::Mistake;
use crate::io::clock::Clock;
use crate::io::key_file;
use crate::token::{Keys, VERIFIES};

/// `firebell key`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell key rotate
          firebell key list

The key signs reply addresses, Message-IDs and the characters behind the number in a subject. After `rotate` a new one
signs, and what the old one signed is good for 90 days: people go on answering the mails that they have. Where several
hosts share the mailbox, copy the file to all of them.

Next:     send a running firebell the signal HUP (`systemctl reload firebell`): it reads the key anew.")]
pub(super) struct Arguments {
    /// What is to be done
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Copy, clap::Subcommand)]
enum What {
    /// Let a new key sign from now on; the old one goes on verifying for 90 days
    Rotate,
    /// Name the keys, and until when they verify
    List,
}

/// Does it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let loaded = site::load_without_rules(config)?;
    let file = match (loaded.no_key, loaded.config.key_file) {
        (None, Some(file)) => file,
        (Some(mistake), _) => return Err(Failure::Mistakes(vec![mistake])),
        (None, None) => return Err(Failure::Impossible("no `key_file` under [security]".to_owned())),
    };
    let (zone, now) = (&loaded.config.book.zone, Clock::World.now());
    let mistaken = |mistake: Mistake| Failure::Mistakes(vec![mistake]);
    if matches!(arguments.what, What::Rotate) {
        key_file::rotate(&file, &key_file::make().map_err(Failure::Impossible)?, now).map_err(mistaken)?;
        output::remark(&format!(
            "{file} has a new key; send a running firebell the signal HUP, and it signs with that\n"
        ))?;
    }
    output::print(&list(&key_file::read(&file).map_err(mistaken)?, zone, now))?;
    Ok(End::Done)
}

/// One line a key.
fn list(keys: &Keys, zone: &TimeZone, now: Timestamp) -> String {
    let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    let line = |key: &crate::token::Key| {
        let what = match key.retired() {
            None => "signs".to_owned(),
            Some(retired) if key.verifies(now) => format!("verifies until {}", day(retired + VERIFIES)),
            Some(retired) => paint(QUIET, &format!("is of no use since {}", day(retired + VERIFIES))),
        };
        format!("{} {what}\n", paint(NAME, &key.id()))
    };
    keys.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_with_what_they_are_good_for_and_never_shown() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let keys = Keys::new(b"the new one".to_vec())
            .with_earlier(b"the old one".to_vec(), at("2026-11-01T00:00:00Z"))
            .with_earlier(b"the oldest".to_vec(), at("2026-01-01T00:00:00Z"));
        let zone = TimeZone::get("Asia/Tokyo").unwrap();
        let told = anstream::adapter::strip_str(&list(&keys, &zone, at("2026-11-22T00:00:00Z"))).to_string();
        let lines: Vec<&str> = told.lines().map(|line| line.split_once(' ').unwrap().1).collect();
        assert_eq!(
            lines,
            ["signs", "verifies until 2027-01-30 09:00 JST", "is of no use since 2026-04-01 09:00 JST"]
        );
        assert!(!told.contains("one") && !told.contains("old"), "{told}");
    }
}
