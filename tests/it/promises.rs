//! What README promises of the escalation: each of its lines is shown by a story, and `tests/promises.toml` says by which.

use std::fs;
use std::path::Path;

use serde::Deserialize;

/// The section of README.
const SECTION: &str = "\n### Escalation\n";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Promises {
    promise: Vec<Promise>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Promise {
    line: String,
    shown: Vec<String>,
}

/// The points of the list in a section, each in one line.
fn points(readme: &str) -> Vec<String> {
    let section = readme.split_once(SECTION).map(|(_, rest)| rest.split("\n### ").next().unwrap_or(rest));
    let points = section.unwrap_or_default().split("\n- ").skip(1);
    points.map(|point| point.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// What is wrong between README, the table and the stories.
fn wrong(readme: &str, table: &Promises, is_story: impl Fn(&str) -> bool) -> Vec<String> {
    let points = points(readme);
    let mut wrong = Vec::new();
    let listed: Vec<&String> = table.promise.iter().map(|promise| &promise.line).collect();
    let missing = points.iter().filter(|point| !listed.contains(point));
    wrong.extend(missing.map(|point| format!("tests/promises.toml names no test for \"{point}\"")));
    for promise in &table.promise {
        if !points.contains(&promise.line) {
            wrong.push(format!("README does not say \"{}\" any more", promise.line));
        }
        if promise.shown.is_empty() {
            wrong.push(format!("nothing shows \"{}\"", promise.line));
        }
        let unknown = promise.shown.iter().filter(|story| !is_story(story));
        wrong.extend(unknown.map(|story| format!("there is no story `{story}` in tests/scenarios")));
    }
    wrong
}

#[test]
fn each_line_on_escalation_in_the_readme_is_shown_by_a_story() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(top.join("README.md")).unwrap();
    let table = toml::from_str(&fs::read_to_string(top.join("tests/promises.toml")).unwrap()).unwrap();
    let is_story = |story: &str| top.join(format!("tests/scenarios/{story}.txt")).is_file();
    let wrong = wrong(&readme, &table, is_story);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(points(&readme).len() > 5, "the section is found");
}

#[test]
fn a_line_without_a_story_and_a_story_that_is_none_are_found() {
    let readme = "\n### Escalation\n\n- One.\n- Two,\n  and more.\n\n### Next\n\n- Three.\n";
    let table = |text: &str| toml::from_str::<Promises>(text).unwrap();
    let both = table(
        "[[promise]]\nline = \"One.\"\nshown = [\"a\"]\n[[promise]]\nline = \"Two, and more.\"\nshown = [\"b\"]\n",
    );
    assert_eq!(wrong(readme, &both, |_| true), [""; 0]);
    assert_eq!(wrong(readme, &both, |story| story == "a"), ["there is no story `b` in tests/scenarios"]);
    let one = table("[[promise]]\nline = \"Four.\"\nshown = []\n");
    assert_eq!(wrong(readme, &one, |_| true).len(), 4);
}
