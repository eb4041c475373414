//! Owns the house's laws as tests: the source is read as text, and every breach is named with its line.
//! Never knows the source tree's content: what it expects of a file follows from the file's path.

mod header;
mod incident;
mod order;
mod path;
mod shape;
mod size;
mod source;
mod sql;
mod unfinished;
mod world;

use std::fmt;
use std::path::Path;

use source::{File, Token};

/// The source as the laws see it.
pub struct Tree {
    /// Every .rs file under src/ and tests/.
    pub files: Vec<File>,
    /// Top modules as src/lib.rs lists them, then those of src/main.rs.
    pub order: Vec<String>,
}

/// A law that is broken, and where.
pub struct Breach {
    file: String,
    line: usize,
    words: String,
}

impl Breach {
    pub fn at(file: &File, line: usize, words: impl Into<String>) -> Self {
        Self { file: file.path.clone(), line, words: words.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.words)
    }
}

/// All laws that text can show.
const LAWS: [fn(&Tree) -> Vec<Breach>; 8] = [
    order::breaches,
    world::breaches,
    incident::breaches,
    shape::breaches,
    size::breaches,
    header::breaches,
    sql::breaches,
    unfinished::breaches,
];

impl Tree {
    /// A tree of these files, each with its path from the top of the repository and its text.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files: Vec<File> = files.into_iter().map(|(path, text)| File::new(path, text)).collect();
        let order = ["src/lib.rs", "src/main.rs"]
            .into_iter()
            .filter_map(|path| files.iter().find(|file| file.path == path))
            .flat_map(|file| order::declared(&file.code))
            .collect();
        Self { files, order }
    }

    /// Files of the crate's own code, each with the top module it belongs to. The two roots belong to none.
    pub fn modules(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().filter_map(|file| Some((file, file.module.first()?.as_str())))
    }

    /// Those of them that stand above `io`.
    pub fn core(&self) -> impl Iterator<Item = &File> {
        let edges = self.order.iter().skip_while(|module| *module != "io");
        let edges: Vec<&String> = edges.collect();
        self.modules().filter(move |(_, top)| !edges.iter().any(|edge| edge == top)).map(|(file, _)| file)
    }
}

/// Whether these tokens begin with the words of `pattern`, which are separated by blanks.
fn begins(tokens: &[Token], pattern: &str) -> bool {
    let mut tokens = tokens.iter();
    pattern.split(' ').all(|word| tokens.next().is_some_and(|token| token.text == word))
}

/// Lines on which `pattern` stands.
fn lines_with(tokens: &[Token], pattern: &str) -> Vec<usize> {
    let starts = (0..tokens.len()).filter_map(|start| tokens.get(start..));
    let found = starts.filter(|rest| begins(rest, pattern));
    found.filter_map(|rest| rest.first()).map(|token| token.line).collect()
}

/// Reads all .rs files below a directory, in the order of their names.
fn read(directory: &Path, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    let entries: Result<Vec<_>, _> = std::fs::read_dir(directory)?.collect();
    let mut paths: Vec<_> = entries?.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&path);
            files.push((name.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// What a law finds in planted text, each breach in its words.
fn found(law: fn(&Tree) -> Vec<Breach>, files: &[(&str, &str)]) -> Vec<String> {
    law(&Tree::new(files.iter().copied())).iter().map(Breach::to_string).collect()
}

#[test]
fn the_source_keeps_every_law() {
    let mut files = Vec::new();
    for directory in ["src", "tests"] {
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(directory), &mut files).unwrap();
    }
    let tree = Tree::new(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    assert!(tree.core().count() > 20, "the checker does not see the source");
    let breaches: Vec<String> =
        LAWS.iter().flat_map(|law| law(&tree)).map(|breach| breach.to_string()).collect();
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}
