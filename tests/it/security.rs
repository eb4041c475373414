//! The tests that SECURITY.md names for its promises are there.

use std::fs;
use std::path::Path;

use super::faults::sources;

/// What stands in backticks on lines that begin as a list's or go on below one: names of tests and stories.
fn named(page: &str) -> Vec<&str> {
    let promised = page.split_once("\n## What is promised").map_or("", |(_, rest)| rest);
    let promised = promised.split("\n## ").next().unwrap_or_default();
    let lists = promised.split("\n- ").skip(1).map(|item| item.split("\n\n").next().unwrap_or(item));
    let ticked = lists.flat_map(|item| item.split('`').skip(1).step_by(2));
    ticked.filter(|name| name.contains('_') && !name.contains(' ')).collect()
}

#[test]
fn every_test_that_the_page_on_security_names_is_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(top.join(".github/SECURITY.md")).unwrap();
    let sources = sources();
    let is_there = |name: &&str| match name.strip_prefix("scenarios/") {
        Some(story) => top.join(format!("tests/scenarios/{story}.txt")).is_file(),
        None => sources.iter().any(|(_, text)| text.contains(&format!("fn {name}("))),
    };
    let names = named(&page);
    assert!(names.len() > 40, "{names:?}");
    let missing: Vec<&str> = names.into_iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "SECURITY.md names tests that are not there: {missing:?}");
}
