//! What README shows is what happens.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use firebell::alert;
use firebell::config::formats;
use firebell::config::mistake::Source;

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
    let [
        ten_lines,
        clients,
        of_people,
        on_call,
        other_ways,
        _second_relay,
        self_test,
        expect,
        rules,
        planned,
        format,
    ] = blocks.as_slice()
    else {
        panic!("{} blocks of TOML", blocks.len())
    };
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
        lists: vec![("rules/lists/holidays.txt".to_owned(), "2026-12-31\n".to_owned())],
        ..firebell::config::Files::default()
    };
    assert_eq!(firebell::config::told(&files((*ten_lines).to_owned(), Vec::new())), "");
    let team = "[[party]]\nid = \"infra\"\npeople = [\"abe\"]\n[[service]]\nid = \"mail\"\nresponders = [\"infra\"]\n";
    assert_eq!(firebell::config::told(&files(format!("{gateway}{of_people}{team}"), Vec::new())), "");
    let site = format!("{gateway}{people}{teams}{clients}{on_call}{other_ways}{self_test}{expect}");
    assert_eq!(
        firebell::config::told(&files(
            site,
            vec![("rules/site.toml".to_owned(), format!("{rules}{planned}"))]
        )),
        ""
    );
    let source = Source { file: "boiler.toml", text: format };
    let boiler = formats::parse(source).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    assert_eq!(alert::check(&boiler, std::slice::from_ref(&boiler)), Vec::<String>::new());
}

#[test]
fn the_table_of_alert_formats_in_readme_is_what_the_files_say() {
    let written_after = ["template", "documentation", "third-party samples", "real mails"];
    let row = |(file, text): &(&str, &str)| {
        let head: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("# ")).collect();
        let product = head.first().and_then(|line| line.split_once(": ")).unwrap().0;
        let head = head.join(" ");
        let known = written_after.iter().find(|kind| head.contains(&format!(" Verified: {kind}")));
        assert!(known.is_some() || head.contains(" Unverified: "), "{file} says what it was written after");
        let name = file.trim_end_matches(".toml");
        format!("| `{name}` | {product} | {} |\n", known.unwrap_or(&"nothing yet"))
    };
    let table: String = formats::shipped().iter().map(row).collect();
    assert!(read("README.md").contains(&table), "put this table into README.md:\n{table}");
}

#[test]
fn every_file_of_alert_formats_is_built_in() {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/alerts")).unwrap();
    let mut files: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, formats::shipped().iter().map(|(file, _)| *file).collect::<Vec<_>>());
}

/// Rules in which a table of this name has a key that there is not.
const UNKNOWN_KEYS: [(&str, &str); 11] = [
    ("[[rule]]", "[[rule]]\nname = \"a\"\nwhen = {}\nthen = { action = \"ignore\" }\nzzzzzzzz = 1"),
    ("when", "[[rule]]\nwhen = { zzzzzzzz = 1 }"),
    ("alert", "[[rule]]\nwhen = { alert = { zzzzzzzz = 1 } }"),
    ("size", "[[rule]]\nwhen = { size = { zzzzzzzz = 1 } }"),
    ("time", "[[rule]]\nwhen = { time = { zzzzzzzz = 1 } }"),
    ("count", "[[rule]]\nwhen = { count = { zzzzzzzz = 1 } }"),
    ("then", "[[rule]]\nthen = { zzzzzzzz = 1 }"),
    ("[[test]]", "[[test]]\nzzzzzzzz = 1"),
    ("mail", "[[test]]\nmail = { zzzzzzzz = 1 }"),
    ("expect", "[[test]]\nexpect = { zzzzzzzz = 1 }"),
    ("[[maintenance]]", "[[maintenance]]\nzzzzzzzz = 1"),
];

/// The keys that a table of rule files can have, as the mistake about one that there is not names them.
fn known_keys(rules: &str) -> BTreeSet<String> {
    let files = firebell::config::Files {
        main: (String::new(), "gateway = { address = \"a@example.com\", operator = \"a\" }".to_owned()),
        rules: vec![("rules.toml".to_owned(), rules.to_owned())],
        ..firebell::config::Files::default()
    };
    let told = firebell::config::told(&files);
    let line = told.lines().find(|line| line.contains("unknown key `zzzzzzzz`"));
    let known =
        line.and_then(|line| line.split_once("; known: ")).map(|(_, known)| known).unwrap_or_default();
    known.split(", ").map(str::to_owned).collect()
}

/// The keys in the tables of a text, by what they are keys of: `` | key of `when` | ``. `size.over` is a key of both.
fn documented(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let (mut all, mut of, mut inner) = (BTreeMap::<String, BTreeSet<String>>::new(), "", "");
    for line in text.lines() {
        let Some((first, rest)) = line.strip_prefix("| ").and_then(|line| line.split_once(" | ")) else {
            continue;
        };
        let quoted: Vec<&str> = first.split('`').skip(1).step_by(2).collect();
        if first.starts_with("key of ") {
            of = quoted.first().copied().unwrap_or_default();
            continue;
        }
        assert!(rest.contains('`'), "an example in `{first}`");
        for key in quoted.into_iter().filter(|key| !key.contains(' ')) {
            let (key, below) = key.split_once('.').unwrap_or((key, ""));
            inner = if key.is_empty() { inner } else { key };
            all.entry(of.to_owned()).or_default().insert(inner.to_owned());
            if !below.is_empty() && below != "NAME" {
                all.entry(inner.to_owned()).or_default().insert(below.to_owned());
            }
        }
    }
    all
}

#[test]
fn every_key_of_rule_files_stands_in_readme() {
    let readme = read("README.md");
    let (_, rules) = readme.split_once("\n## Rules\n").unwrap();
    let (rules, _) = rules.split_once("\n## ").unwrap();
    let documented = documented(rules);
    for (name, unknown) in UNKNOWN_KEYS {
        assert_eq!(
            documented.get(name),
            Some(&known_keys(unknown)),
            "README and the code on the keys of {name}"
        );
    }
    assert_eq!(documented.len(), UNKNOWN_KEYS.len(), "{:?}", documented.keys());
}

#[test]
fn the_table_of_rights_in_readme_is_the_one_that_is_obeyed() {
    let table = firebell::rights::markdown();
    assert!(read("README.md").contains(&table), "copy it into README.md:\n{table}");
}
