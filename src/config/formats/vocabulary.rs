//! Owns the `words` of a format file: lists of plain words that patterns use by name, `{{down}}`.
//! Never looks into a mail.

use std::collections::BTreeMap;

use crate::alert::Expression;
use crate::config::mistake::suggestion;
use crate::config::table::Table;

/// What the patterns of a file are made with.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// The word lists, each as the alternatives of a pattern.
    lists: BTreeMap<String, String>,
    /// Patterns are compiled when they are first searched for: tests have shown that they can be.
    later: bool,
}

impl Vocabulary {
    /// `[words]`: a list of words under each name.
    pub(super) fn read(root: &Table<'_>, later: bool) -> Self {
        let nothing = Self { lists: BTreeMap::new(), later };
        let Some(table) = root.table("words", "[words]") else { return nothing };
        let alternatives = |words: &[String]| format!("(?:{})", words.join("|"));
        let lists = table.free_words().into_iter().map(|(name, words)| {
            // An empty word would be found everywhere.
            if words.is_empty() || words.iter().any(|word| word.text.trim().is_empty()) {
                table.reading.say(&name.span, format!("`{}` must be a list of words", name.text));
            }
            let words: Vec<String> = words.iter().map(|word| whole_word(&word.text)).collect();
            (name.text, alternatives(&words))
        });
        Self { lists: lists.collect(), later }
    }

    /// A pattern ready to use, with the lists in the place of their names. The error says what is wrong with it.
    pub(super) fn expression(&self, pattern: &str) -> Result<Expression, String> {
        self.plain(&self.spelled_out(pattern)?)
    }

    /// A pattern ready to use as it stands. The error says what is wrong with it.
    pub(super) fn plain(&self, pattern: &str) -> Result<Expression, String> {
        if self.later { Ok(Expression::later(pattern)) } else { Expression::new(pattern) }
    }

    /// A pattern with the lists in the place of their names. The error says what is wrong with it.
    fn spelled_out(&self, pattern: &str) -> Result<String, String> {
        let mut spelled = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, behind) = after.split_once("}}").ok_or("a `{{` without its `}}`")?;
            let list = self.lists.get(name).ok_or_else(|| {
                let near = suggestion(name, self.lists.keys().map(String::as_str));
                format!("[words] has no `{name}`{near}")
            })?;
            spelled.push_str(before);
            spelled.push_str(list);
            rest = behind;
        }
        spelled.push_str(rest);
        Ok(spelled)
    }
}

/// A word as a pattern: with its ends where its script marks them, and any blanks within.
fn whole_word(word: &str) -> String {
    let parts: Vec<String> = word.split_whitespace().map(regex::escape).collect();
    let end = |c: Option<char>| if c.is_some_and(ends_at_blanks) { r"\b" } else { "" };
    [end(word.chars().next()), &parts.join(r"\s+"), end(word.chars().next_back())].concat()
}

/// Whether words of a letter's script stand between blanks. From Thai on, most don't.
fn ends_at_blanks(c: char) -> bool {
    c.is_alphanumeric() && c < '\u{e00}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_where_their_script_has_blanks() {
        assert_eq!(whole_word("not ok!"), r"\bnot\s+ok!");
        assert_eq!(whole_word("障害"), "障害");
    }

    #[test]
    fn a_pattern_names_lists_of_words() {
        let lists = BTreeMap::from([("down".to_owned(), "(?:down|失敗)".to_owned())]);
        let words = Vocabulary { lists, later: false };
        assert_eq!(words.spelled_out("^{{down}}: \\d{2}").unwrap(), "^(?:down|失敗): \\d{2}");
        assert_eq!(words.spelled_out("{{dwn}}").unwrap_err(), "[words] has no `dwn`; did you mean `down`?");
        assert_eq!(words.spelled_out("{{down").unwrap_err(), "a `{{` without its `}}`");
    }
}
