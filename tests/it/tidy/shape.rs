//! Owns the core's shape: no `async` above `io`, and no traits, whose one use would be a second implementor.

use super::source::File;
use super::{Breach, Tree, lines_with};

/// What the core has none of.
const ABSENT: [(&str, &str); 3] = [
    ("async", "`async` belongs under src/io"),
    (". await", "`.await` belongs under src/io"),
    ("trait", "the core defines no trait"),
];

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    tree.core().flat_map(of_file).collect()
}

fn of_file(file: &File) -> Vec<Breach> {
    let found = |(words, says)| {
        lines_with(&file.code, words).into_iter().map(move |line| Breach::at(file, line, says))
    };
    ABSENT.into_iter().flat_map(found).collect()
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    fn of(path: &str, text: &str) -> Vec<String> {
        found(breaches, &[("src/lib.rs", "mod rules; mod io;"), (path, text)])
    }

    #[test]
    fn the_core_never_waits() {
        assert_eq!(of("src/rules.rs", "\nasync fn f() {}"), ["src/rules.rs:2: `async` belongs under src/io"]);
        assert_eq!(of("src/rules.rs", "f()\n.await"), ["src/rules.rs:2: `.await` belongs under src/io"]);
        assert_eq!(of("src/io/daemon.rs", "async fn f() { g().await }").len(), 0);
    }

    #[test]
    fn the_core_defines_no_trait() {
        assert_eq!(of("src/rules.rs", "\npub trait Rule {}"), ["src/rules.rs:2: the core defines no trait"]);
        assert_eq!(of("src/rules.rs", "impl fmt::Display for Rule {} // a trait").len(), 0);
    }
}
