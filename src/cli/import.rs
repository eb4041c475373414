//! Owns `firebell import`: the mails of the past, brought into the store.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use serde::Serialize;

use super::output::{self, NAME, QUIET, WARNING, paint};
use super::{End, Failure, site};
use crate::book::Book;
use crate::gateway::{Outcome, Placement};
use crate::incident::words::one_line;
use crate::io::archive::{self, Archive};
use crate::io::clock::Clock;
use crate::io::import::{self, Account, Fate};
use crate::io::store::Store;
use crate::notice;

/// How often the bar is drawn anew.
const REDRAW: Duration = Duration::from_millis(100);

/// `firebell import`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell import ~/mail/incidents.mbox
          firebell import --dry-run --json /var/mail/incidents | jq -r .outcome | sort | uniq -c

Takes an mbox in any of its variants, a Maildir, a folder of .eml files, or one .eml file. Each mail is worked on at its
own Date, in the order of the Dates; nobody is mailed, no incident of today changes, and the incidents that the mails
make are closed at the end. What the store has already is not taken again: an import that was stopped goes on where it
was, and a second one adds nothing. `firebell run` must not be running.

Next:     `firebell incidents --all` lists what was found.")]
pub(super) struct Arguments {
    /// An mbox, a Maildir, a folder of .eml files, or one .eml file
    #[arg(value_name = "MBOX|DIR")]
    path: PathBuf,
    /// One JSON object for each mail, on a line of its own
    #[arg(long)]
    json: bool,
    /// Keep nothing; only say what would become of each mail
    #[arg(long)]
    dry_run: bool,
}

/// What JSON says of a mail (DESIGN 8).
#[derive(Debug, Serialize)]
struct Line<'a> {
    file: &'a str,
    message_id: &'a str,
    outcome: What,
    incident: Option<String>,
    by: Option<Placement>,
}

/// What became of a mail, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum What {
    Opened,
    Joined,
    Bounce,
    Held,
    Ignored,
    Unmatched,
    Duplicate,
    Quarantined,
    Unreadable,
}

impl What {
    fn of(fate: &Fate) -> Self {
        match fate {
            Fate::Known(_) => Self::Duplicate,
            Fate::PutAside => Self::Quarantined,
            Fate::Lost(_) => Self::Unreadable,
            Fate::Filed(outcome) => match outcome.as_ref().map(|outcome| outcome.what) {
                Some(Outcome::Opened) => Self::Opened,
                Some(Outcome::Joined) => Self::Joined,
                Some(Outcome::Bounce) => Self::Bounce,
                Some(Outcome::Held) => Self::Held,
                Some(Outcome::Ignored | Outcome::Tested) => Self::Ignored,
                Some(Outcome::Duplicate) => Self::Duplicate,
                Some(Outcome::Unmatched) | None => Self::Unmatched,
            },
        }
    }

    /// What became of so many mails.
    fn words(self) -> &'static str {
        match self {
            Self::Opened => "opened an incident",
            Self::Joined => "joined one",
            Self::Bounce => "report on the delivery of a mail",
            Self::Held => "would have waited for a person",
            Self::Ignored => "ignored",
            Self::Unmatched => "wanted by no rule, kept",
            Self::Duplicate => "known already",
            Self::Quarantined => "put aside: reading them is a bug of ours",
            Self::Unreadable => "not read",
        }
    }
}

/// Imports.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let config = site::load(config)?.config;
    let bar = bar(arguments);
    let archive = index(&arguments.path, &bar)?;
    bar.set_length(archive.entries.len() as u64);
    bar.set_style(style("{bar:32} {pos} of {len} mails, {speed} a second, {eta} to go"));
    let path = site::store_path(&config);
    let (mut tally, mut trouble) = (BTreeMap::new(), Vec::new());
    let mut heard = Ok(());
    let mut tell = |account: Account| {
        bar.inc(1);
        *tally.entry(What::of(&account.fate)).or_insert(0_u64) += 1;
        if let Fate::Lost(why) = &account.fate {
            trouble.push(why.clone());
        }
        if arguments.json && heard.is_ok() {
            heard = output::print_json(&line(&config.book, &account));
        }
    };
    let now = Clock::World.now();
    let there = path.is_file();
    let _lock = (there || !arguments.dry_run).then(|| site::lock(Path::new(&config.data))).transpose()?;
    let mut store = if there || !arguments.dry_run { Store::open(&path)? } else { Store::in_memory()? };
    if arguments.dry_run {
        store.keep_nothing()?;
    }
    import::run(&mut store, &config.book, &archive, now, &mut tell).map_err(failure)?;
    heard?;
    bar.finish_and_clear();
    let skipped = archive.skipped.iter().map(|(path, why)| format!("{}: {why}", path.display()));
    trouble.extend(skipped);
    output::remark(&warnings(&trouble))?;
    if !arguments.json {
        output::print(&summary(&tally, arguments.dry_run))?;
    }
    Ok(if trouble.is_empty() { End::Done } else { End::Wrong })
}

fn failure(error: import::Error) -> Failure {
    match error {
        import::Error::Store(error) => Failure::Store(error),
        import::Error::Thread(_) => Failure::Impossible(error.to_string()),
    }
}

/// A bar where somebody looks at it.
fn bar(arguments: &Arguments) -> ProgressBar {
    let watched = std::io::stderr().is_terminal() && !(arguments.json && std::io::stdout().is_terminal());
    let bar = if watched { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    bar.set_style(style("{spinner} looking for mails: {bytes}"));
    bar.enable_steady_tick(REDRAW);
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    // Writing into a line that is drawn anew can't fail in a way that matters.
    style.with_key("speed", |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{:.0}", state.per_sec());
    })
}

fn index(path: &Path, bar: &ProgressBar) -> Result<Archive, Failure> {
    let found = archive::open(path, &mut |bytes| bar.set_position(bytes));
    bar.set_position(0);
    found.map_err(|error| Failure::Impossible(error.to_string()))
}

fn line<'a>(book: &Book, account: &'a Account) -> Line<'a> {
    let (incident, by) = match &account.fate {
        Fate::Filed(Some(outcome)) => (outcome.incident, Some(outcome.by)),
        Fate::Known(incident) => (*incident, Some(Placement::Duplicate)),
        Fate::Filed(None) | Fate::PutAside | Fate::Lost(_) => (None, None),
    };
    Line {
        file: &account.name,
        message_id: &account.message_id,
        outcome: What::of(&account.fate),
        incident: incident.map(|number| notice::label(book, number)),
        by,
    }
}

/// What could not be taken, each on a line.
fn warnings(trouble: &[String]) -> String {
    let line = |why: &String| format!("{}\n", paint(WARNING, &format!("not taken: {}", one_line(why))));
    trouble.iter().map(line).collect()
}

fn summary(tally: &BTreeMap<What, u64>, dry_run: bool) -> String {
    let all: u64 = tally.values().sum();
    let mut text = format!("{}\n", paint(NAME, &format!("{all} mails")));
    for (what, count) in tally {
        text.push_str(&format!("  {count:>8}  {}\n", what.words()));
    }
    if dry_run {
        text.push_str(&paint(QUIET, "nothing was kept: this was a dry run"));
        text.push('\n');
    }
    text
}
