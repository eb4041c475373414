//! `firebell init`: from an empty folder to a configuration that works.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};

use super::site::firebell;

fn init(folder: &Path, flags: &[&str], answers: &str) -> Output {
    let mut command = firebell(folder);
    command.arg("init").args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    // Whoever was asked nothing may have ended already.
    let _ = running.stdin.take().unwrap().write_all(answers.as_bytes());
    running.wait_with_output().unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_empty_folder_becomes_a_site_that_check_is_content_with() {
    let folder = tempfile::tempdir().unwrap();
    let done = init(folder.path(), &["--yes"], "");
    assert_eq!(done.status.code(), Some(0), "{}", error(&done));
    let told = String::from_utf8(done.stdout).unwrap();
    for words in
        ["firebell.toml", "rules/site.toml", "firebell.key", "firebell check --connect", "firebell run"]
    {
        assert!(told.contains(words), "{told}");
    }
    let check = firebell(folder.path()).arg("check").output().unwrap();
    assert_eq!((check.status.code(), error(&check).as_str()), (Some(0), ""));
    assert_eq!(mode(&folder.path().join("firebell.key")), 0o600);
    let key = |folder: &Path| fs::read_to_string(folder.join("firebell.key")).unwrap();
    let other = tempfile::tempdir().unwrap();
    init(other.path(), &["--yes"], "");
    assert_ne!(key(folder.path()), key(other.path()));
}

#[test]
fn answers_on_a_pipe_write_the_password_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let answers =
        "incidents@example.com\nOperations\n\ns3cret\n\n\nAsia/Tokyo\nja\n加藤 蓮 <kato@example.com>\n\n\n";
    let flags = ["--config", "site/firebell.toml"];
    let done = init(folder.path(), &flags, answers);
    assert_eq!(done.status.code(), Some(0), "{}", error(&done));
    let password = folder.path().join("site/imap.password");
    assert_eq!((fs::read_to_string(&password).unwrap().as_str(), mode(&password)), ("s3cret\n", 0o600));
    let main = fs::read_to_string(folder.path().join("site/firebell.toml")).unwrap();
    assert!(main.contains("加藤 蓮") && !main.contains("s3cret"), "{main}");
    let check = firebell(folder.path()).args(["check"]).args(flags).output().unwrap();
    assert_eq!((check.status.code(), error(&check).as_str()), (Some(0), ""));
    assert!(!error(&done).contains("s3cret"));
}

#[test]
fn a_file_that_is_there_is_left_alone_and_nothing_else_is_written() {
    for there in ["firebell.toml", "firebell.key", "imap.password"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(there), "mine").unwrap();
        let refused = init(folder.path(), &["--yes", "--mailbox=imaps://me@imap.example.com"], "");
        assert_eq!(refused.status.code(), Some(2));
        assert!(error(&refused).contains(&format!("{there} is there already")), "{}", error(&refused));
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [there]);
        assert_eq!(fs::read_to_string(folder.path().join(there)).unwrap(), "mine");
    }
}

#[test]
fn answers_that_end_early_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ended = init(folder.path(), &[], "incidents@example.com\n");
    assert_eq!(ended.status.code(), Some(2));
    assert!(error(&ended).contains("firebell init --yes"), "{}", error(&ended));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
