//! Owns the walls: files of 400 lines, functions of 60, those of the tests included.

use super::source::{File, Token, end_of_item};
use super::{Breach, Tree, begins};

/// Most lines of a file.
const FILE: usize = 400;
/// Most lines of a function, from its `fn` to its closing brace.
const FUNCTION: usize = 60;

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    tree.files.iter().flat_map(of_file).collect()
}

fn of_file(file: &File) -> Vec<Breach> {
    let lines = file.text.lines().count();
    let long =
        (lines > FILE).then(|| Breach::at(file, lines, format!("{lines} lines; the wall is at {FILE}")));
    let functions = (0..file.all.len()).filter_map(|start| function(file.all.get(start..)?));
    let long_functions = functions.filter(|(_, _, lines)| *lines > FUNCTION).map(|(line, name, lines)| {
        Breach::at(file, line, format!("`{name}` has {lines} lines; the wall is at {FUNCTION}"))
    });
    long.into_iter().chain(long_functions).collect()
}

/// First line, name and number of lines of the function that begins here.
fn function(tokens: &[Token]) -> Option<(usize, &str, usize)> {
    // `fn(u8)` is a type.
    let [first, name, ..] = tokens else { return None };
    if !begins(tokens, "fn") || name.text == "(" {
        return None;
    }
    let last = tokens.get(..end_of_item(tokens))?.last()?;
    Some((first.line, &name.text, last.line + 1 - first.line))
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn a_file_has_at_most_400_lines() {
        for path in ["src/a.rs", "src/a/tests.rs", "tests/it/a.rs"] {
            assert!(found(breaches, &[(path, &"\n".repeat(400))]).is_empty());
            let breach = format!("{path}:401: 401 lines; the wall is at 400");
            assert_eq!(found(breaches, &[(path, &"\n".repeat(401))]), [breach]);
        }
    }

    #[test]
    fn a_function_has_at_most_60_lines() {
        let function = |lines: usize| {
            format!("\nfn long(a: [u8; 4]) -> [u8; 4] {{\n{}}} fn b() {{}}", "{};\n".repeat(lines - 2))
        };
        assert!(found(breaches, &[("src/a.rs", &function(60))]).is_empty());
        let breach = "src/a.rs:2: `long` has 61 lines; the wall is at 60";
        assert_eq!(found(breaches, &[("src/a.rs", &function(61))]), [breach]);
        let test = format!("#[cfg(test)] mod tests {{ {} }}", function(61));
        assert_eq!(found(breaches, &[("src/a.rs", &test)]), [breach]);
    }
}
