//! Owns the site's templates of one kind: what they may do, and where each of them stands.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, Value};

use super::fault::{Fault, Place};
use super::{built_in, pages};

/// How much a site's template may do: a thousand times what any built-in one does.
const FUEL: u64 = 2_000_000;

/// The site's templates.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) environment: Environment<'static>,
    places: BTreeMap<String, Place>,
}

impl Own {
    /// For words: they become text, which pages make safe to show.
    pub(super) fn words() -> Self {
        Self::new(built_in::environment())
    }

    /// For pages.
    pub(super) fn pages() -> Self {
        Self::new(pages::environment())
    }

    fn new(mut environment: Environment<'static>) -> Self {
        // With these a mail's text could write HTML into our mails.
        environment.remove_filter("safe");
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(something);
        Self { environment, places: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, name: &str, place: Place, text: &str) -> Result<(), Fault> {
        if let Some(line) = text.lines().position(switches_escaping) {
            let place = Place { line: place.line + line, ..place };
            let reason = "`autoescape` would let the text of mails write HTML; take it out".to_owned();
            return Err(Fault { place, template: name.to_owned(), reason });
        }
        let added = self.environment.add_template_owned(name.to_owned(), text.to_owned());
        added.map_err(|error| Fault::new(name, &place, &error))?;
        self.places.insert(name.to_owned(), place);
        Ok(())
    }

    pub(super) fn fault(&self, name: &str, error: &Error) -> Fault {
        let nowhere = Place { file: String::new(), line: 1 };
        Fault::new(name, self.places.get(name).unwrap_or(&nowhere), error)
    }
}

/// Whether a line has a tag that switches escaping off.
fn switches_escaping(line: &str) -> bool {
    line.contains("autoescape")
}

/// Writes a value; one that isn't there would be written as `none`.
pub(super) fn something(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    minijinja::escape_formatter(out, state, value)
}

/// Words are text, whatever they are called.
pub(super) fn plain(_: &str) -> AutoEscape {
    AutoEscape::None
}
