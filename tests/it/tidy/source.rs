//! Owns cutting a Rust file into words, so that no law mistakes a comment or a string for code.
//! Never judges what it reads.

use std::sync::LazyLock;

use regex::Regex;

/// One word, mark or literal of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Line on which it begins, from 1.
    pub line: usize,
    /// A word, `::`, or one other mark. Literals begin with their quote, so that they equal no word.
    pub text: String,
}

/// A source file as the laws see it.
pub struct File {
    /// Path from the top of the repository, `src/rules/title.rs`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// Its module, `rules`, `title`; empty for src/lib.rs, src/main.rs and all that isn't in src/.
    pub module: Vec<String>,
    /// Everything but comments, blanks and lifetimes.
    pub all: Vec<Token>,
    /// The same without what is compiled for tests only.
    pub code: Vec<Token>,
    /// Comments.
    pub comments: Vec<Token>,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        let (all, comments) = lex(text);
        let code = if is_test(path) { Vec::new() } else { without_tests(&all) };
        Self { path: path.to_owned(), text: text.to_owned(), module: module(path), all, code, comments }
    }

    /// Whether it is compiled for tests only.
    pub fn is_test(&self) -> bool {
        is_test(&self.path)
    }
}

/// Files that hold tests and nothing else, by their names.
fn is_test(path: &str) -> bool {
    let Some(inside) = path.strip_prefix("src/") else { return true };
    inside.ends_with("_tests.rs") || inside.split('/').any(|part| part == "tests" || part == "tests.rs")
}

/// The module that a path stands for.
fn module(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("src/").and_then(|path| path.strip_suffix(".rs"));
    let inside = inside.filter(|name| !["lib", "main"].contains(name));
    inside.map(|name| name.split('/').map(str::to_owned).collect()).unwrap_or_default()
}

/// Tokens and comments of a text.
fn lex(text: &str) -> (Vec<Token>, Vec<Token>) {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r##"(?xs)
              (?<comment> //[^\n]* | /\*.*?\*/ )
            | (?<literal> [bc]?"(?:\\.|[^"\\])*" | b?'(?:\\u\{[^}]*\}|\\x..|\\.|[^\\'])'
                        | [bc]?r"[^"]*" | [bc]?r\#"(?s:.*?)"\# | [bc]?r\#\#"(?s:.*?)"\#\# )
            | (?<lifetime> '\w+ )
            | \w+ | :: | [^\s\w]"##,
        )
        .unwrap_or_else(|error| unreachable!("{error}"))
    });
    let (mut tokens, mut comments) = (Vec::new(), Vec::new());
    let (mut line, mut seen) = (1, 0);
    for found in TOKEN.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        line += text.get(seen..whole.start()).map_or(0, |between| between.matches('\n').count());
        seen = whole.start();
        let token = |text: &str| Token { line, text: text.to_owned() };
        if found.name("comment").is_some() {
            comments.push(token(whole.as_str()));
        } else if found.name("literal").is_some() {
            // Prefixes go: `b"x"` and `r"x"` begin with their quote like any other.
            tokens.push(token(whole.as_str().trim_start_matches(['b', 'c', 'r', '#'])));
        } else if found.name("lifetime").is_none() {
            tokens.push(token(whole.as_str()));
        }
    }
    (tokens, comments)
}

/// Leaves out every item under `#[cfg(test)]`.
fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut code = Vec::new();
    let mut rest = tokens;
    while let Some((first, tail)) = rest.split_first() {
        if super::begins(rest, "# [ cfg ( test ) ]") {
            rest = rest.get(end_of_item(rest)..).unwrap_or_default();
        } else {
            code.push(first.clone());
            rest = tail;
        }
    }
    code
}

/// How many tokens an item has, its attributes included: up to its `;` or the end of its block.
pub fn end_of_item(tokens: &[Token]) -> usize {
    let mut depth = 0;
    for (number, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" if depth == 1 => return number + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return number + 1,
            _ => (),
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(tokens: &[Token]) -> String {
        tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        let text = "a // b\n/* c\nd */ e(\"f // g\", r#\"h \"i\" j\"#, '\\'', b'\"', \"\\\"\") k";
        let file = File::new("src/x.rs", text);
        assert_eq!(words(&file.all), "a e ( \"f // g\" , \"h \"i\" j\"# , '\\'' , '\"' , \"\\\"\" ) k");
        assert_eq!(words(&file.comments), "// b /* c\nd */");
    }

    #[test]
    fn lifetimes_are_no_characters() {
        assert_eq!(
            words(&File::new("src/x.rs", "f::<'a, 'b>(&'static mut T, 'c')").all),
            "f :: < , > ( & mut T , 'c' )"
        );
    }

    #[test]
    fn every_token_knows_its_line() {
        let file = File::new("src/x.rs", "a\n\"b\n\"\n\nc /*\n*/ d");
        assert_eq!(file.all.iter().map(|token| token.line).collect::<Vec<_>>(), [1, 2, 5, 6]);
    }

    #[test]
    fn code_for_tests_is_left_out() {
        let text =
            "use a;\n#[cfg(test)]\nmod tests;\nfn b() {}\n#[cfg(test)]\n#[x]\nmod t { fn c([u8; 4]) {} } d";
        assert_eq!(words(&File::new("src/x.rs", text).code), "use a ; fn b ( ) { } d");
    }

    #[test]
    fn files_of_tests_have_no_code() {
        for path in ["tests/it/x.rs", "src/a/tests.rs", "src/a/reading_tests.rs", "src/a/tests/loopback.rs"] {
            assert!(File::new(path, "a").code.is_empty(), "{path}");
        }
        assert!(!File::new("src/attests.rs", "a").code.is_empty());
    }
}
