//! Owns the law of the store: SQL, and the crate that speaks it, only in `io::store`.

use super::path;
use super::source::File;
use super::{Breach, Tree};

/// How a statement begins.
const STATEMENTS: [&str; 11] = [
    "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "CREATE ", "ALTER ", "DROP ", "PRAGMA ",
    "BEGIN ", "WITH ",
];

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    let elsewhere =
        tree.files.iter().filter(|file| !file.module.starts_with(&["io".to_owned(), "store".to_owned()]));
    elsewhere.flat_map(of_file).collect()
}

fn of_file(file: &File) -> Vec<Breach> {
    let literals = file.code.iter().filter(|token| token.text.strip_prefix('"').is_some_and(is_statement));
    let paths = path::all(&file.code).into_iter().filter(|path| path.begins("rusqlite"));
    let lines = literals.map(|token| token.line).chain(paths.map(|path| path.line));
    lines.map(|line| Breach::at(file, line, "SQL belongs under src/io/store")).collect()
}

fn is_statement(text: &str) -> bool {
    let text = text.trim_start();
    STATEMENTS.iter().any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn statements_stand_in_the_store_alone() {
        for text in
            ["\nf(\"SELECT 1\")", "\nf(r#\"\n    INSERT INTO a VALUES (1)\"#)", "\nuse rusqlite::params;"]
        {
            let breach = "src/io/daemon.rs:2: SQL belongs under src/io/store";
            assert_eq!(found(breaches, &[("src/io/daemon.rs", text)]), [breach]);
            assert!(
                found(breaches, &[("src/io/store.rs", text), ("src/io/store/outbox.rs", text)]).is_empty()
            );
            assert_eq!(found(breaches, &[("src/io/stores.rs", text)]).len(), 1);
        }
    }

    #[test]
    fn words_that_only_sound_like_it_may_stand_anywhere() {
        let text = "f(\"Update the rule\", \"please SELECT one\") // SELECT 1";
        assert!(
            found(breaches, &[("src/notice.rs", text), ("src/notice/tests.rs", "\"SELECT 1\"")]).is_empty()
        );
    }
}
