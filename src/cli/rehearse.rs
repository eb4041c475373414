//! Owns `firebell rehearse`: plays a transcript, with the night's parties or with the site's own configuration; or past
//! mails, by the rules as they are and by others.

mod past;

use std::fs;
use std::path::{Path, PathBuf};

use super::{End, Failure, output, site};
use crate::rehearsal::{self, Rehearsal};

/// Play a conversation against the real core, with a pretended clock and relay, and print what firebell does
///
/// A transcript has a first sentence that says what must hold, and then lines with times: `<` is a mail that comes in,
/// `!` what the world does, `.` that time passes. firebell writes its own part: `=` is what it recorded, `>` a mail that
/// it sent. When the file has that part already and something else happens now, the exit code is 1.
///
/// With --rules past mails are played by the site's rules and by those of a directory, and what comes out otherwise is
/// printed: opened, joined, silent, paged. They are those of an archive (--mailbox), or those that firebell itself got
/// (--since). The exit code is 1 when anything does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example (story.txt):
  A second alert of the service is said, and nobody is paged twice.

  Mon 01:00 < nagios  CRITICAL service-a
  Mon 01:04 < kato  re INC-1
              ack
  Mon 01:10 < nagios  CRITICAL service-a@web02
  Mon 02:00 .

  firebell rehearse story.txt            with the parties of the night
  firebell rehearse story.txt --site     with your own firebell.toml and rules/
  firebell rehearse --mailbox past.mbox --rules new-rules/
  firebell rehearse --since 30d --rules new-rules/

Next: keep the printed transcript; played again after a change of rules, it shows what differs.")]
pub(super) struct Arguments {
    /// The transcript
    #[arg(required_unless_present_any = ["mailbox", "since"], conflicts_with_all = ["mailbox", "since"])]
    transcript: Option<PathBuf>,
    /// Past mails instead: an mbox, a Maildir, a directory of .eml files
    #[arg(long, value_name = "FILE|DIR", requires = "rules")]
    mailbox: Option<PathBuf>,
    /// The mails that firebell got since then: how long ago (`30d`), or a day (`2026-11-01`)
    #[arg(long, value_name = "TIME", requires = "rules", conflicts_with = "mailbox")]
    since: Option<String>,
    /// The rules that they are to be played by: a directory like rules/
    #[arg(long, value_name = "DIR", conflicts_with = "transcript")]
    rules: Option<PathBuf>,
    /// Play it with the configuration of this site
    #[arg(long, conflicts_with_all = ["mailbox", "since"])]
    site: bool,
}

/// Plays it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    if let (Some(mailbox), Some(rules)) = (&arguments.mailbox, &arguments.rules) {
        return past::of_archive(config, mailbox, rules);
    }
    if let (Some(since), Some(rules)) = (&arguments.since, &arguments.rules) {
        return past::of_store(config, since, rules);
    }
    let Some(path) = &arguments.transcript else { return Ok(End::Done) };
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| Failure::Impossible(format!("{shown}: {error}")))?;
    let book = match arguments.site {
        true => Some(site::load(config)?.config.book),
        false => None,
    };
    let failed = |error: rehearsal::Error| Failure::Impossible(format!("{shown}: {error}"));
    let folder = path.parent().unwrap_or(Path::new(""));
    let played = Rehearsal::new(&text, book).and_then(|it| it.play(folder, None)).map_err(failed)?;
    output::print(&played.text)?;
    let has_both = text.lines().any(|line| matches!(line.trim_start().chars().next(), Some('=' | '>')));
    Ok(if has_both && text != played.text { End::Wrong } else { End::Done })
}
