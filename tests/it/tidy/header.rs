//! Owns the law of headers: every file in src says first what it owns.

use super::source::File;
use super::{Breach, Tree};

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    let in_src = tree.files.iter().filter(|file| file.path.starts_with("src/"));
    in_src.filter_map(|file| Some(Breach::at(file, 1, fault(file)?))).collect()
}

/// What is wrong with a file's first line. The two roots and tests own nothing.
fn fault(file: &File) -> Option<&'static str> {
    let wanted = if file.module.is_empty() || file.is_test() { "//! " } else { "//! Owns " };
    match file.text.starts_with(wanted) {
        true => None,
        false if wanted == "//! " => Some("no `//!` header"),
        false => Some("the header does not begin with `//! Owns`"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn every_file_begins_with_its_header() {
        for path in ["src/lib.rs", "src/main.rs", "src/a/tests.rs"] {
            assert_eq!(found(breaches, &[(path, "use a;\n//! x")]), [format!("{path}:1: no `//!` header")]);
            assert!(found(breaches, &[(path, "//! The map.")]).is_empty());
        }
    }

    #[test]
    fn a_module_says_what_it_owns() {
        let breach = "src/a/b.rs:1: the header does not begin with `//! Owns`";
        assert_eq!(found(breaches, &[("src/a/b.rs", "//! Titles.")]), [breach]);
        assert!(found(breaches, &[("src/a/b.rs", "//! Owns titles.")]).is_empty());
    }
}
