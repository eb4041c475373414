//! Owns `firebell demo`: the night, played on real SMTP into a real store, with a clock that somebody else moves.

mod narrator;
mod stage;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::rehearsal::{self, script};

use super::{End, Failure};
use narrator::Narrator;
use stage::Stage;

/// The story.
const NIGHT: &str = include_str!("demo/night.txt");
/// How long the night takes without `--now`.
const LENGTH: Duration = Duration::from_secs(20);

/// Plays the night for which firebell was made, in about 20 seconds and without any set-up
///
/// A monitor, four people and a client exchange real mail with a real firebell on ports of this computer: SMTP in, the
/// SQLite store, SMTP out. What each of them got lies in ./firebell-demo/ afterwards.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell demo --now

Next:     read the mails in ./firebell-demo/mails/, then play a night of your own with `firebell rehearse`.")]
pub(super) struct Arguments {
    /// As fast as possible
    #[arg(long)]
    now: bool,
    /// Where the mails and the store are left; made anew
    #[arg(long, value_name = "DIR", default_value = "firebell-demo")]
    into: PathBuf,
}

/// Plays it.
pub(super) fn run(arguments: &Arguments) -> Result<End, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| impossible("starting", error))?;
    let length = if arguments.now { Duration::ZERO } else { LENGTH };
    runtime.block_on(play(&arguments.into, length))?;
    Ok(End::Done)
}

fn impossible(what: &str, error: impl std::fmt::Display) -> Failure {
    Failure::Impossible(format!("{what}: {error}"))
}

async fn play(into: &Path, length: Duration) -> Result<(), Failure> {
    let book = rehearsal::standard_cast().map_err(|error| impossible("the cast", error))?;
    let night =
        script::read(NIGHT, String::new(), &book.zone).map_err(|error| impossible("the night", error))?;
    let (first, last) =
        match (night.lines.iter().find(|line| line.what != script::What::Remark), night.lines.last()) {
            (Some(first), Some(last)) => (first.at, last.at),
            _ => return Err(Failure::Impossible("the night is empty".to_owned())),
        };
    let mut stage = Stage::set(into, book.clone(), first).await?;
    let mut narrator = Narrator::new(&book);
    narrator.opening()?;
    let whole = last.duration_since(first).as_secs_f64();
    for line in &night.lines {
        while let Some(next) = stage.next_beat(line.at).await? {
            let gap = next.duration_since(stage.now()).as_secs_f64() / whole;
            tokio::time::sleep(length.mul_f64(gap.max(0.0))).await;
            stage.go_to(next).await?;
            narrator.happened(&mut stage).await?;
        }
        narrator.line(line, &stage)?;
        stage.act(line).await?;
        narrator.happened(&mut stage).await?;
    }
    narrator.ending(&stage, into).await?;
    stage.strike().await;
    Ok(())
}
