//! Owns the words of documents: phrases by name, filled with values. Phrases are data, and what they are filled with is only
//! ever a value: nothing in a mail is evaluated.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};

/// The phrases of one language and side.
#[derive(Debug)]
pub struct Phrases {
    environment: Environment<'static>,
}

impl Phrases {
    /// Reads a TOML file of phrases, `name = "text {{ value }}"`. What can't be read is missing, which tests see.
    pub fn new(text: &str) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, phrase) in toml::from_str::<BTreeMap<String, String>>(text).unwrap_or_default() {
            let _ = environment.add_template_owned(name, phrase);
        }
        Self { environment }
    }

    /// A phrase with its values. What is missing shows its name, so that a mistake in a phrase never loses a document.
    pub fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        let values: BTreeMap<&str, &str> = values.iter().copied().collect();
        let filled =
            self.environment.get_template(name).and_then(|phrase| phrase.render(Value::from(Serde(&values))));
        filled.map_or_else(|_| name.to_owned(), |filled| filled.trim().to_owned())
    }

    /// A phrase without values.
    pub fn word(&self, name: &str) -> String {
        self.say(name, &[])
    }

    /// The names of all phrases.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.environment.templates().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names
    }
}
