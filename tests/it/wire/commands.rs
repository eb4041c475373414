//! Commands that need no running firebell.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use firebell::message;

use super::site::{Site, firebell, objects};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn all_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, mut files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    files.extend(folders.iter().flat_map(|folder| all_below(folder)));
    files.sort();
    files
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_demo_needs_nothing_and_leaves_the_mail_that_takes_back_the_recovery() {
    let folder = tempfile::tempdir().unwrap();
    let demo = firebell(folder.path()).args(["demo", "--now", "--into", "played"]).output().unwrap();
    assert_eq!(demo.status.code(), Some(0), "{}", error(&demo));
    let mails: Vec<String> = all_below(&folder.path().join("played/mails/ueda@client-a.example.jp"))
        .iter()
        .map(|path| message::read(&fs::read(path).unwrap()).reply_text)
        .collect();
    let withdrawal = "At 02:15 JST we wrote to you that Service A was working again. That is no longer true:";
    assert_eq!(mails.iter().filter(|text| text.contains(withdrawal)).count(), 1, "{mails:#?}");
}

#[test]
fn the_night_rehearsed_is_the_night_written_down() {
    let rehearsed = firebell(repository()).args(["rehearse", "tests/scenarios/night.txt"]).output().unwrap();
    assert_eq!(rehearsed.status.code(), Some(0), "{}", error(&rehearsed));
    let written = fs::read(repository().join("tests/scenarios/night.txt")).unwrap();
    assert_eq!(String::from_utf8(rehearsed.stdout), String::from_utf8(written));
}

#[test]
fn explain_prints_one_object_for_each_mail_without_any_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let mails = all_below(&repository().join("tests/corpus"));
    let mails: Vec<PathBuf> =
        mails.into_iter().filter(|path| path.extension().is_some_and(|e| e == "eml")).collect();
    let explained = firebell(folder.path()).args(["explain", "--json"]).args(&mails).output().unwrap();
    let objects = objects(&explained);
    let files: Vec<PathBuf> = objects.iter().map(|object| object["file"].as_str().unwrap().into()).collect();
    assert_eq!(files, mails);
    assert!(objects.iter().all(|object| object["subject"].is_string() && object["alerts"].is_array()));
}

/// Fault 136.
#[test]
fn check_names_the_line_of_each_mistake_and_says_by_its_exit_code_what_is_wrong() {
    let site = Site::of_ten_lines(25);
    let well = site.call(&["check"]);
    assert_eq!(well.status.code(), Some(0), "{}", error(&well));
    site.write_rules("[[rule]]\nname = \"a\"\nwhen = { form = \"x\" }\nthen = { action = \"opne\" }\n");
    let broken = site.call(&["check"]);
    assert_eq!(broken.status.code(), Some(1));
    let said = error(&broken);
    assert!(said.contains("rules/site.toml:3: ") && said.contains("rules/site.toml:4: "), "{said}");
    let missing = site.call(&["check", "--config", "nowhere.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(error(&missing).starts_with("nowhere.toml: can't be read: "), "{}", error(&missing));
}
