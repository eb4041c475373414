//! Every file below is one named test: `scenarios/` are transcripts, each also played with a stop at every point.
//! `UPDATE=1` writes what really happens into the files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use firebell::rehearsal::Rehearsal;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut trials = Vec::new();
    for path in files(&tests.join("scenarios"), "txt") {
        let name = path.strip_prefix(&tests).unwrap_or(&path).with_extension("").display().to_string();
        let (story, stops) = (path.clone(), path);
        trials.push(Trial::test(name.clone(), move || scenario(&story)));
        trials.push(Trial::test(format!("{name} with a stop at every point"), move || with_stops(&stops)));
    }
    assert!(!trials.is_empty(), "no scenario was found under {}", tests.display());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// All files with an extension under a folder, by name.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

fn scenario(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let played = Rehearsal::new(&text, None)?.play(folder(path), None)?;
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, &played.text)?;
        return Ok(());
    }
    same(&text, &played.text)
}

fn with_stops(path: &Path) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let rehearsal = Rehearsal::new(&text, None)?;
    let whole = rehearsal.play(folder(path), None)?;
    for stop in 1..=whole.stops {
        let stopped = rehearsal.play(folder(path), Some(stop))?;
        same(&whole.text, &stopped.text).map_err(|failed| {
            let told = failed.message().unwrap_or_default().to_owned();
            Failed::from(format!("stopped at point {stop} of {}:\n{told}", whole.stops))
        })?;
    }
    Ok(())
}

/// The first line in which two texts differ, with what stands around it.
fn same(expected: &str, got: &str) -> Result<(), Failed> {
    if expected == got {
        return Ok(());
    }
    let (expected, got): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), got.lines().collect());
    let differs =
        expected.iter().zip(&got).position(|(a, b)| a != b).unwrap_or(expected.len().min(got.len()));
    let around = |lines: &[&str]| {
        let from = differs.saturating_sub(2);
        lines.iter().skip(from).take(8).map(|line| format!("    {line}\n")).collect::<String>()
    };
    let at = differs + 1;
    Err(format!(
        "differs in line {at}\n  the file says\n{}  what happens\n{}",
        around(&expected),
        around(&got)
    )
    .into())
}
