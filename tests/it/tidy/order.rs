//! Owns the law of order: a module uses only modules listed above it in src/lib.rs.

use super::path;
use super::source::{File, Token};
use super::{Breach, Tree, begins};

/// The modules that a crate's root declares, in its order.
pub fn declared(code: &[Token]) -> Vec<String> {
    let names = (0..code.len()).filter_map(|start| code.get(start..)).filter(|rest| begins(rest, "mod"));
    names.filter_map(|rest| rest.get(1)).map(|name| name.text.clone()).collect()
}

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (file, top) in tree.modules() {
        match tree.order.iter().position(|module| module == top) {
            Some(place) => breaches.extend(of_file(tree, file, place)),
            None => breaches.push(Breach::at(file, 1, format!("`{top}` is not declared in src/lib.rs"))),
        }
    }
    breaches
}

/// Breaches of one file whose top module has this place in the order.
fn of_file(tree: &Tree, file: &File, place: usize) -> Vec<Breach> {
    let (mut breaches, own) = (Vec::new(), file.module.first());
    for path in path::all(&file.code) {
        let Some(used) = path.inside(file).and_then(|words| words.into_iter().next()) else { continue };
        if own == Some(&used) {
            continue;
        }
        let words = match tree.order.iter().position(|module| *module == used) {
            Some(other) if other < place => continue,
            Some(_) => format!("`{}` may not use `{used}`", own.map_or("", String::as_str)),
            // By a re-export or a glob of the root every module could come in unseen.
            None => format!("`crate::{used}` is no module of src/lib.rs"),
        };
        breaches.push(Breach::at(file, path.line, words));
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    const ROOT: (&str, &str) =
        ("src/lib.rs", "pub mod alert;\npub(crate) mod rules;\nmod notice;\npub mod io;");

    fn of(path: &str, text: &str) -> Vec<String> {
        found(breaches, &[ROOT, (path, text)])
    }

    #[test]
    fn a_module_may_use_what_stands_above_it_and_itself() {
        assert!(
            of("src/notice.rs", "use crate::{alert, rules::{self, x}};\nuse crate::notice::y;").is_empty()
        );
        assert!(
            of("src/rules/title.rs", "use super::super::alert::a; use super::x; self::y::z();").is_empty()
        );
    }

    #[test]
    fn a_module_may_not_use_what_stands_below_it() {
        let wanted = ["src/rules.rs:2: `rules` may not use `notice`"];
        assert_eq!(of("src/rules.rs", "\nuse crate::notice::compose;"), wanted);
        assert_eq!(of("src/rules.rs", "fn f() {\n    crate::notice::compose() }"), wanted);
        assert_eq!(of("src/rules.rs", "use crate::{alert,\n    notice::{compose}, };"), wanted);
        assert_eq!(of("src/rules.rs", "\nuse super::notice;"), wanted);
        assert_eq!(
            of("src/rules/title.rs", "\nuse super::super::notice::x;"),
            ["src/rules/title.rs:2: `rules` may not use `notice`"]
        );
    }

    #[test]
    fn nothing_comes_in_by_the_root() {
        assert_eq!(
            of("src/rules.rs", "use crate::*;"),
            ["src/rules.rs:1: `crate::*` is no module of src/lib.rs"]
        );
        assert_eq!(
            of("src/rules.rs", "use crate::Notice;"),
            ["src/rules.rs:1: `crate::Notice` is no module of src/lib.rs"]
        );
    }

    #[test]
    fn a_file_of_no_module_is_seen() {
        assert_eq!(of("src/lost.rs", ""), ["src/lost.rs:1: `lost` is not declared in src/lib.rs"]);
    }

    #[test]
    fn tests_comments_and_strings_may_speak_of_anything() {
        assert!(of("src/rules.rs", "#[cfg(test)]\nmod tests { use crate::notice; }").is_empty());
        assert!(of("src/rules/tests.rs", "use crate::notice;").is_empty());
        assert!(of("src/rules.rs", "/// [`crate::notice`]\nconst A: &str = \"crate::notice\";").is_empty());
    }
}
