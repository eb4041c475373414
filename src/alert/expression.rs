//! Owns the regular expressions of formats. Those of shipped formats are compiled when a mail first needs them: most
//! are for products that a site doesn't have.
//! Never compiles one twice in a process, and never one larger than [`SIZE`].

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};

/// The bound that holds for each expression of all formats: 1 MiB.
const SIZE: usize = 1 << 20;

/// A regular expression. Copies share what was compiled.
#[derive(Debug, Clone)]
pub struct Expression {
    text: Arc<str>,
    compiled: Arc<OnceLock<Option<Regex>>>,
}

impl Expression {
    /// Compiles it now. The error is the engine's reason, on one line.
    pub fn new(text: &str) -> Result<Self, String> {
        let compiled = OnceLock::from(Some(compile(text)?));
        Ok(Self { text: text.into(), compiled: Arc::new(compiled) })
    }

    /// Compiles it when it is first searched for: a test must have shown that it is one. One that is none is found nowhere.
    pub fn later(text: &str) -> Self {
        Self { text: text.into(), compiled: Arc::default() }
    }

    /// The expression ready to search; None when it is none.
    pub fn ready(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text).ok()).as_ref()
    }

    /// Whether it is found in a text.
    pub fn is_in(&self, text: &str) -> bool {
        self.ready().is_some_and(|regex| regex.is_match(text))
    }

    /// The named groups where it is first found in a text.
    pub fn captures(&self, text: &str) -> Option<Vec<(String, String)>> {
        let regex = self.ready()?;
        let found = regex.captures(text)?;
        let named = regex.capture_names().flatten();
        Some(
            named.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned()))).collect(),
        )
    }

    /// A text with a blank in the place of each match.
    pub fn cut_from(&self, text: &str) -> String {
        self.ready().map_or_else(|| text.to_owned(), |regex| regex.replace_all(text, " ").into_owned())
    }

    /// The names of its groups, without compiling it.
    pub fn names(&self) -> Vec<&str> {
        match self.compiled.get() {
            Some(compiled) => compiled.iter().flat_map(Regex::capture_names).flatten().collect(),
            None => self.names_as_written().collect(),
        }
    }

    /// Good enough for what tests have compared with what was compiled.
    fn names_as_written(&self) -> impl Iterator<Item = &str> {
        self.text.split("(?").skip(1).filter_map(|group| {
            let named = group.strip_prefix('<').or_else(|| group.strip_prefix("P<"))?;
            named.split_once('>').map(|(name, _)| name)
        })
    }
}

fn compile(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(SIZE).dfa_size_limit(SIZE).build().map_err(|error| {
        let shown = error.to_string();
        let reason = shown.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        reason.strip_prefix("error: ").unwrap_or(reason).to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_before_it_is_compiled() {
        let later = Expression::later(r"(?i)^(?<host>\S+) \((?P<state>up|(?:down))\)$");
        assert_eq!(later.names(), ["host", "state"]);
        assert!(later.compiled.get().is_none());
        let found = later.captures("web01 (UP)").unwrap();
        assert_eq!(later.names(), ["host", "state"]);
        assert_eq!(
            found,
            [("host", "web01"), ("state", "UP")].map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn copies_share_what_was_compiled() {
        let later = Expression::later("x");
        assert!(later.clone().is_in("axb"));
        assert!(later.compiled.get().is_some());
    }

    #[test]
    fn what_is_no_expression_is_refused_or_found_nowhere() {
        assert_eq!(Expression::new("(").unwrap_err(), "unclosed group");
        let later = Expression::later("(");
        assert!(!later.is_in("("));
        assert_eq!((later.captures("("), later.cut_from("(")), (None, "(".to_owned()));
    }
}
