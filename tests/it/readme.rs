//! What README shows is what happens.

use std::fs;
use std::path::Path;
use std::process::Command;

/// A file of the repository. One that is missing is empty, and no test is content with that.
fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_default()
}

#[test]
fn the_night_in_readme_is_the_transcript_that_is_tested() {
    let night = read("tests/scenarios/night.txt");
    let (_, body) = night.split_once("\n\n").unwrap();
    assert!(read("README.md").contains(body), "copy tests/scenarios/night.txt into README.md");
}

#[test]
fn three_o_clock_in_readme_is_what_the_demo_prints() {
    let readme = read("README.md");
    let (_, shown) = readme.split_once("```text\n03:00.").unwrap();
    let (shown, _) = shown.split_once("\n```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_firebell"))
        .args(["demo", "--now", "--into"])
        .arg(folder.path().join("demo"))
        .output()
        .unwrap();
    let printed = String::from_utf8(demo.stdout).unwrap();
    assert!(printed.contains(&format!("03:00.{shown}")), "copy it into README.md:\n{printed}");
}

#[test]
fn the_configuration_in_readme_has_no_mistakes() {
    let readme = read("README.md");
    let blocks: Vec<&str> = readme
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(toml, _)| toml)
        .collect();
    let [ten_lines, clients, rules] = blocks.as_slice() else { panic!("{} blocks of TOML", blocks.len()) };
    let people = "person = [\n  { id = \"kato\", addresses = [\"kato@example.com\"] },\n  \
        { id = \"sato\", addresses = [\"sato@example.com\"] },\n  { id = \"mori\", addresses = [\"mori@example.com\"] },\n  \
        { id = \"abe\", addresses = [\"abe@example.com\"] },\n  { id = \"ueda\", addresses = [\"ueda@example.jp\"] },\n]\n";
    let teams = "[[party]]\nid = \"infra\"\npeople = [\"kato\"]\n[[party]]\nid = \"dev\"\npeople = [\"sato\"]\n\
        [[party]]\nid = \"sales\"\npeople = [\"mori\"]\n";
    let gateway: String =
        ten_lines.lines().filter(|line| line.starts_with("gateway")).map(|l| format!("{l}\n")).collect();
    let files = |main: String, rules: Vec<(String, String)>| firebell::config::Files {
        main: ("firebell.toml".to_owned(), main),
        rules,
        ..firebell::config::Files::default()
    };
    assert_eq!(firebell::config::told(&files((*ten_lines).to_owned(), Vec::new())), "");
    let site = format!("{gateway}{people}{teams}{clients}");
    assert_eq!(
        firebell::config::told(&files(site, vec![("rules/site.toml".to_owned(), (*rules).to_owned())])),
        ""
    );
}
