//! Owns the texts that `init` writes: templates with what was answered put in, safe in TOML.

use std::sync::LazyLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::people::Named;

const MAIN: &str = "firebell.toml";
const RULES: &str = "site.toml";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    // A tag in a line of its own leaves no line.
    let mut lines = SyntaxConfig::builder();
    lines.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(lines.build().unwrap_or_default());
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("toml", |text: &str| toml::Value::from(text).to_string());
    // A mistake here would leave the texts empty, which every answer's judge refuses.
    let _ = environment.add_template(MAIN, include_str!("firebell.toml.jinja"));
    let _ = environment.add_template(RULES, include_str!("site.toml.jinja"));
    environment
});

/// All that the texts say.
#[derive(Debug, Serialize)]
pub(super) struct Site {
    pub(super) address: String,
    pub(super) plus: String,
    pub(super) name: String,
    pub(super) time_zone: String,
    pub(super) language: String,
    pub(super) mailbox: Mailbox,
    pub(super) relay: Relay,
    pub(super) people: Vec<Person>,
    pub(super) client: Option<Client>,
}

/// Where mail comes from.
#[derive(Debug, Serialize)]
pub(super) struct Mailbox {
    /// The key: `imap`, `maildir`, `listen`.
    pub(super) kind: &'static str,
    pub(super) at: String,
    pub(super) password_file: String,
}

/// Who takes our mail.
#[derive(Debug, Serialize)]
pub(super) struct Relay {
    pub(super) smtp: String,
    /// Empty where nobody logs in.
    pub(super) password_file: String,
}

/// Somebody of the house, or the contact of the client.
#[derive(Debug, Serialize)]
pub(super) struct Person {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) is_client: bool,
}

impl From<(Named, String)> for Person {
    fn from((Named { name, address }, id): (Named, String)) -> Self {
        Self { id, name, address, is_client: false }
    }
}

/// A client and what it uses.
#[derive(Debug, Serialize)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) name: String,
    /// Id of its person.
    pub(super) contact: String,
    pub(super) service: Service,
}

/// What can break.
#[derive(Debug, Serialize)]
pub(super) struct Service {
    pub(super) id: String,
    pub(super) name: String,
}

/// firebell.toml.
pub(super) fn main(site: &Site) -> String {
    rendered(MAIN, site)
}

/// rules/site.toml.
pub(super) fn rules(site: &Site) -> String {
    rendered(RULES, site)
}

fn rendered(name: &str, site: &Site) -> String {
    TEMPLATES
        .get_template(name)
        .and_then(|template| template.render(Value::from(Serde(site))))
        .unwrap_or_default()
}
