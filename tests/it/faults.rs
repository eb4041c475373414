//! The table of faults: `tests/faults.toml` says what can go wrong and what must happen then, marks at the tests say which of
//! it they show, and `tests/faults.md` puts both together. `UPDATE=1` writes it.
//! A mark is a line of its own, `Fault 7.` or `Faults 21, 22 and 27.`: in Rust a line of the doc comment right above the
//! test's attribute, in a transcript above its first time, in a wrong configuration behind a `#`, for all mails of the
//! corpus in its README.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What a reason begins with, and how it is counted.
const REASONS: [(&str, &str); 3] = [
    ("does not apply: ", "can't happen here"),
    ("not tested yet: ", "are handled, or partly, and not shown by a test"),
    ("not built: ", "are not built"),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    letter: String,
    name: String,
    fault: Vec<Fault>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    number: u32,
    fault: String,
    must: String,
    why_not: Option<String>,
}

/// The tests that show each fault.
type Shown = BTreeMap<u32, Vec<String>>;

/// The faults that a mark names; None for a line that is no mark.
fn mark(line: &str) -> Option<Result<Vec<u32>, String>> {
    let list = line.strip_prefix("Faults ").or_else(|| line.strip_prefix("Fault "))?;
    if !list.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let numbers = list.strip_suffix('.').map(|list| list.replace(" and ", ", "));
    let read = numbers.and_then(|list| list.split(", ").map(|number| number.parse().ok()).collect());
    Some(read.ok_or_else(|| format!("`{line}` is no mark: write `Fault 7.` or `Faults 21, 22 and 27.`")))
}

/// The marks of a source, each with the test below it.
fn of_rust(text: &str) -> Vec<Result<(String, Vec<u32>), String>> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let marked = |(number, line): (usize, &&str)| {
        let faults = mark(line.strip_prefix("/// ")?)?;
        let head =
            lines.iter().skip(number).take_while(|line| line.starts_with("///") || line.starts_with("#["));
        let is_test =
            head.clone().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"));
        let below = lines.get(number + head.count()).and_then(|line| line.split_once("fn "));
        let name = below.and_then(|(_, rest)| rest.split('(').next()).filter(|_| is_test);
        Some(match name {
            Some(name) => faults.map(|faults| (name.to_owned(), faults)),
            None => Err(format!("`{line}` stands above no test")),
        })
    };
    lines.iter().enumerate().filter_map(marked).collect()
}

/// The marks of a transcript or of a configuration, which is one test by its name.
fn of_text(path: &str, text: &str) -> Vec<Result<(String, Vec<u32>), String>> {
    let name = path.trim_start_matches("tests/").trim_end_matches("/README.md");
    let name = name.rsplit_once('.').map_or(name, |(name, _)| name);
    let marks = text.lines().filter_map(|line| mark(line.trim_start_matches("# ").trim_end()));
    marks.map(|faults| faults.map(|faults| (name.to_owned(), faults))).collect()
}

/// All tests, each a path and a text.
pub(super) fn sources() -> Vec<(String, String)> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (Vec::new(), vec![top.join("src"), top.join("tests")]);
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.extend(paths.iter().filter(|path| path.is_dir()).cloned());
        paths.retain(|path| path.is_file());
        for path in paths {
            let name = path.strip_prefix(top).unwrap().display().to_string();
            let wanted = ["tests/scenarios/", "tests/papers/", "tests/mails/", "tests/mistakes/"];
            let is_text = wanted.iter().any(|folder| {
                name.strip_prefix(folder).is_some_and(|file| {
                    !file.contains('/')
                        && file.ends_with(if *folder == "tests/mistakes/" { ".toml" } else { ".txt" })
                })
            });
            if is_text || name == "tests/corpus/README.md" || name.ends_with(".rs") {
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// Which tests show which fault, and what is wrong with marks.
fn shown<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Shown, Vec<String>) {
    let (mut shown, mut wrong) = (Shown::new(), Vec::new());
    for (path, text) in sources {
        let marks = if path.ends_with(".rs") { of_rust(text) } else { of_text(path, text) };
        for mark in marks {
            match mark {
                Ok((name, faults)) => {
                    faults.into_iter().for_each(|fault| shown.entry(fault).or_default().push(name.clone()))
                }
                Err(words) => wrong.push(format!("{path}: {words}")),
            }
        }
    }
    shown.values_mut().for_each(|tests| tests.sort());
    (shown, wrong)
}

/// What is wrong with the table and its marks together.
fn mistakes(table: &Table, shown: &Shown) -> Vec<String> {
    let faults: Vec<&Fault> = table.group.iter().flat_map(|group| &group.fault).collect();
    let mut wrong: Vec<String> = shown
        .iter()
        .filter(|(number, _)| !faults.iter().any(|fault| fault.number == **number))
        .map(|(number, tests)| format!("{} shows fault {number}, which there is not", tests.join(", ")))
        .collect();
    for (fault, number) in faults.iter().zip(1..) {
        if fault.number != number {
            wrong.push(format!("fault {} stands where {number} should", fault.number));
        }
        let tests = shown.get(&fault.number);
        match (&fault.why_not, tests) {
            (None, None) => wrong.push(format!("fault {number} has neither a test nor a `why_not`")),
            (Some(_), Some(tests)) => {
                wrong.push(format!("fault {number} has a `why_not` and is shown by {}", tests.join(", ")));
            }
            (Some(why), None) if !REASONS.iter().any(|(kind, _)| why.starts_with(kind)) => {
                wrong.push(format!(
                    "fault {number}: a `why_not` begins with {:?}",
                    REASONS.map(|(kind, _)| kind)
                ));
            }
            _ => (),
        }
    }
    wrong
}

fn rendered(table: &Table, shown: &Shown) -> String {
    let faults = || table.group.iter().flat_map(|group| &group.fault);
    let mut text = format!(
        "# Faults, and the tests that show what happens\n\n\
         Written by `UPDATE=1 cargo test --test it faults` from `tests/faults.toml` and from the marks at the tests; edit those.\n\n\
         Of {} faults tests show {}.",
        faults().count(),
        shown.len()
    );
    for (kind, words) in REASONS.iter().rev() {
        let of_kind = |fault: &&Fault| fault.why_not.as_ref().is_some_and(|why| why.starts_with(kind));
        text.push_str(&format!(" {} {words}.", faults().filter(of_kind).count()));
    }
    text.push('\n');
    for group in &table.group {
        text.push_str(&format!("\n## {}. {}\n", group.letter, group.name));
        for fault in &group.fault {
            text.push_str(&format!("\n**{}. {}.** {}.\n", fault.number, fault.fault, fault.must));
            let tests = shown.get(&fault.number).into_iter().flatten().map(|test| format!("`{test}`"));
            for line in tests.chain(fault.why_not.clone()) {
                text.push_str(&format!("- {line}\n"));
            }
        }
    }
    text
}

#[test]
fn the_table_of_faults_is_what_the_tests_say() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table: Table = toml::from_str(&fs::read_to_string(top.join("tests/faults.toml")).unwrap()).unwrap();
    let sources = sources();
    let (shown, mut wrong) = shown(sources.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    wrong.extend(mistakes(&table, &shown));
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let (path, text) = (top.join("tests/faults.md"), rendered(&table, &shown));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let differs = "tests/faults.md is of before: UPDATE=1 cargo test --test it faults";
    assert!(fs::read_to_string(&path).unwrap_or_default() == text, "{differs}");
}

#[test]
fn a_mark_that_names_no_fault_or_stands_at_no_test_is_a_mistake() {
    let table = "[[group]]\nletter = \"A\"\nname = \"All\"\n\
        fault = [{ number = 1, fault = \"a\", must = \"b\" }, { number = 2, fault = \"c\", must = \"d\", \
        why_not = \"not built: x\" }, { number = 3, fault = \"e\", must = \"f\", why_not = \"no time\" }]\n";
    let table: Table = toml::from_str(table).unwrap();
    let of = |text: &str| {
        let (shown, mut wrong) = shown([("src/a.rs", text)]);
        wrong.extend(mistakes(&table, &shown));
        wrong.retain(|words| !words.starts_with("fault 3: a `why_not` begins with"));
        wrong
    };
    let good = "/// Fault 1.\n#[tokio::test(start_paused = true)]\nasync fn shows() {}\n";
    assert!(of(good).is_empty());
    assert_eq!(of(""), ["fault 1 has neither a test nor a `why_not`"]);
    let twice = good.replace("Fault 1.", "Faults 1 and 2.");
    assert_eq!(of(&twice), ["fault 2 has a `why_not` and is shown by shows"]);
    assert_eq!(of(&good.replace("1.", "1, 9.")), ["shows shows fault 9, which there is not"]);
    let unclear = of(&good.replace("1.", "1"));
    assert!(unclear[0].contains("`Fault 1` is no mark"), "{unclear:?}");
    let nowhere = of("/// Fault 1.\nfn helps() {}\n");
    assert!(nowhere[0].contains("stands above no test"), "{nowhere:?}");
    assert!(of(&format!("{good}/// Faults are many.\nfn helps() {{}}\n")).is_empty());
    let (shown, wrong) = shown([("tests/mistakes/own.toml", "# Faults 1 and 3.\nx = 1\n")]);
    assert!(wrong.is_empty());
    assert_eq!(shown.keys().collect::<Vec<_>>(), [&1, &3]);
    assert_eq!(shown[&3], ["mistakes/own"]);
}
