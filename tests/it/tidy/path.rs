//! Owns finding the paths (`crate::alert::read`) of a file, use lists taken apart.
//! Never asks what a path stands for.

use super::source::{File, Token};

/// One path.
#[derive(Debug, PartialEq, Eq)]
pub struct Path {
    /// Line of its last own piece: in a list the line of the entry.
    pub line: usize,
    /// Its words, as written.
    pub words: Vec<String>,
}

impl Path {
    /// Whether it begins with a path such as `std::fs`.
    pub fn begins(&self, path: &str) -> bool {
        let mut words = self.words.iter();
        path.split("::").all(|wanted| words.next().is_some_and(|word| word == wanted))
    }

    /// Whether it ends with a path such as `Instant::now`.
    pub fn ends(&self, path: &str) -> bool {
        let mut words = self.words.iter().rev();
        path.rsplit("::").all(|wanted| words.next().is_some_and(|word| word == wanted))
    }

    /// The path from the crate's root, for one that begins with `crate`, `self` or `super` in this file.
    pub fn inside(&self, file: &File) -> Option<Vec<String>> {
        let mut whole = match self.words.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => file.module.clone(),
            _ => return None,
        };
        for word in &self.words {
            match word.as_str() {
                "crate" | "self" => (),
                "super" => drop(whole.pop()),
                name => whole.push(name.to_owned()),
            }
        }
        Some(whole)
    }
}

/// All paths of the code, single words among them.
pub fn all(mut tokens: &[Token]) -> Vec<Path> {
    let mut paths = Vec::new();
    while let Some((first, tail)) = tokens.split_first() {
        tokens = if is_word(first) { tree(tokens, &[], &mut paths) } else { tail };
    }
    paths
}

/// Reads one path, or a use tree with all its branches. Returns what follows.
fn tree<'a>(mut tokens: &'a [Token], trunk: &[String], paths: &mut Vec<Path>) -> &'a [Token] {
    let mut words = trunk.to_vec();
    while let Some((token, tail)) = tokens.split_first() {
        if token.text == "{" {
            return branches(tail, &words, paths);
        }
        if !is_word(token) && token.text != "*" {
            return tail;
        }
        words.push(token.text.clone());
        match tail.split_first() {
            Some((mark, next)) if mark.text == "::" && next.first().is_some_and(continues) => tokens = next,
            _ => {
                paths.push(Path { line: token.line, words });
                return tail;
            }
        }
    }
    tokens
}

/// Reads the branches of a use tree up to its closing brace.
fn branches<'a>(mut tokens: &'a [Token], trunk: &[String], paths: &mut Vec<Path>) -> &'a [Token] {
    while let Some((token, tail)) = tokens.split_first() {
        tokens = match token.text.as_str() {
            "}" => return tail,
            "," => tail,
            // The new name is no path.
            "as" => tail.get(1..).unwrap_or_default(),
            _ => tree(tokens, trunk, paths),
        };
    }
    tokens
}

/// Whether a path goes on with this after `::`. A `<` ends it: type arguments are paths of their own.
fn continues(token: &Token) -> bool {
    is_word(token) || token.text == "{" || token.text == "*"
}

fn is_word(token: &Token) -> bool {
    token.text.starts_with(|first: char| first.is_alphanumeric() || first == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        all(&File::new("src/x.rs", text).all)
            .iter()
            .map(|path| format!("{} {}", path.line, path.words.join("::")))
            .collect()
    }

    #[test]
    fn lists_over_lines_are_taken_apart() {
        let text = "use crate::{\n    a,\n    b::{self, C as D, e::*},\n};\nf";
        assert_eq!(
            paths(text),
            ["1 use", "2 crate::a", "3 crate::b::self", "3 crate::b::C", "3 crate::b::e::*", "5 f"]
        );
    }

    #[test]
    fn type_arguments_end_a_path() {
        assert_eq!(paths("a::B::<c::D>::e(1)"), ["1 a::B", "1 c::D", "1 e", "1 1"]);
    }

    #[test]
    fn relative_paths_are_resolved() {
        let file =
            File::new("src/rules/title.rs", "super::super::notice::x; self::a; super::b; crate::c; std::d");
        let inside: Vec<_> =
            all(&file.code).iter().map(|path| path.inside(&file).map(|words| words.join("::"))).collect();
        let expected = ["notice::x", "rules::title::a", "rules::b", "c"].map(|path| Some(path.to_owned()));
        assert_eq!(inside, [expected.as_slice(), &[None]].concat());
    }
}
