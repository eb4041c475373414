//! Owns the law that nothing is half done: no stub, no leftover, no silenced lint, no test that is not run.

use super::source::File;
use super::{Breach, Tree, begins, lines_with};

/// Macros that stand for work not done.
const STUBS: [&str; 3] = ["todo", "unimplemented", "dbg"];
/// Words in comments that do.
const NOTES: [&str; 3] = ["TODO", "FIXME", "XXX"];

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    tree.files.iter().flat_map(|file| [stubs(file), attributes(file), notes(file)]).flatten().collect()
}

fn stubs(file: &File) -> Vec<Breach> {
    let lines = |stub: &'static str| {
        lines_with(&file.all, &format!("{stub} !")).into_iter().map(move |line| (line, stub))
    };
    let stubs = STUBS.into_iter().flat_map(lines);
    stubs.map(|(line, stub)| Breach::at(file, line, format!("`{stub}!`"))).collect()
}

/// `allow` and `ignore` in an attribute, those under `cfg_attr` included.
fn attributes(file: &File) -> Vec<Breach> {
    let (mut breaches, mut depth) = (Vec::new(), 0);
    let mut rest = file.all.as_slice();
    while let Some((token, tail)) = rest.split_first() {
        match token.text.as_str() {
            "#" if begins(rest, "# [") || begins(rest, "# ! [") => depth = 1,
            "[" if depth > 1 => depth += 1,
            "[" if depth == 1 => depth = 2,
            "]" if depth == 2 => depth = 0,
            "]" if depth > 2 => depth -= 1,
            "allow" if depth == 2 => {
                breaches.push(Breach::at(file, token.line, "`allow`: mend it, or `expect` it with a reason"));
            }
            "ignore" if depth == 2 => breaches.push(Breach::at(file, token.line, "a test that is not run")),
            _ => (),
        }
        rest = tail;
    }
    breaches
}

fn notes(file: &File) -> Vec<Breach> {
    let in_comment = |text: &str| {
        NOTES.into_iter().find(|note| text.split(|c: char| !c.is_alphabetic()).any(|word| word == *note))
    };
    let found = file.comments.iter().filter_map(|comment| Some((comment.line, in_comment(&comment.text)?)));
    found.map(|(line, note)| Breach::at(file, line, format!("{note} in a comment"))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        found(breaches, &[("tests/it/a.rs", text)])
    }

    #[test]
    fn stubs_are_seen() {
        for stub in STUBS {
            assert_eq!(of(&format!("\nfn f() {{ {stub}!() }}")), [format!("tests/it/a.rs:2: `{stub}!`")]);
        }
        assert!(of("fn dbg() { \"todo!()\" } // unimplemented!").is_empty());
    }

    #[test]
    fn silenced_lints_are_seen() {
        let breach = "tests/it/a.rs:2: `allow`: mend it, or `expect` it with a reason";
        for text in ["\n#[allow(x)]", "\n#![allow(x, reason = \"y\")]", "\n#[cfg_attr(unix, allow(x))]"] {
            assert_eq!(of(text), [breach]);
        }
        assert!(of("#[expect(x, reason = \"y\")] fn allow(a: [u8; 1]) { allow(a) }").is_empty());
    }

    #[test]
    fn tests_that_are_not_run_are_seen() {
        assert_eq!(of("#[test]\n#[ignore] fn f() {}"), ["tests/it/a.rs:2: a test that is not run"]);
        assert_eq!(of("\n#[ignore = \"slow\"] fn f() {}"), ["tests/it/a.rs:2: a test that is not run"]);
        assert!(of("match a[0] { Action::Ignore => ignore(), }").is_empty());
    }

    #[test]
    fn notes_to_oneself_are_seen() {
        for note in NOTES {
            assert_eq!(of(&format!("\n//! {note}: map")), [format!("tests/it/a.rs:2: {note} in a comment")]);
        }
        assert!(of("f(\"TODO\") // MASTODON").is_empty());
    }
}
