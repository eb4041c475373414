//! Owns templates: the words and pages that all mails, digests and reports are made of. Those built in, and those with
//! which the site replaces them. Templates are data, and what they are filled with is only ever a value: nothing in a mail
//! is evaluated. The two sides have words of their own, and never share one.
//! On failure of a site's template the built-in one takes its place, and the fault is kept for the operator.

mod built_in;
mod fault;
mod own;
mod pages;
mod phrases;
#[cfg(test)]
mod tests;
pub mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use minijinja::value::Serde;
use minijinja::{Environment, Error, Value};
use serde::Serialize;

use crate::directory::Language;

pub use built_in::{FILES, File, Kind};
pub use fault::{Fault, Place};
use own::Own;
pub use pages::Page;
pub use phrases::Phrases;

/// No text of a template is longer than this, in bytes.
const LONGEST: usize = 4 << 20;

/// For whom words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The house's own people.
    Inner,
    /// Clients.
    Client,
}

/// What words are part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Product {
    /// Mails about incidents and about firebell itself.
    Mail,
    /// Digests.
    Digest,
    /// Reports.
    Report,
}

/// Words that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set {
    /// What they are part of.
    pub product: Product,
    /// For whom.
    pub side: Side,
    /// Their language.
    pub language: Language,
}

/// All templates. [`Templates::default`] are those built in.
#[derive(Debug, Default)]
pub struct Templates {
    words: BTreeMap<Set, Own>,
    pages: BTreeMap<Page, Own>,
    /// What clients can read in the site's templates, as written.
    client_words: Vec<String>,
    /// What went wrong since somebody asked. No decision rests on it: it is what the log is elsewhere, kept until the
    /// step that noticed can write it down.
    faults: Mutex<BTreeSet<Fault>>,
}

impl Templates {
    /// Puts a site's words in the place of the built-in ones of that name. The error is a template that can't be read.
    pub fn replace(&mut self, set: Set, name: &str, place: Place, text: &str) -> Result<(), Fault> {
        let own = self.words.entry(set).or_insert_with(Own::words);
        own.add(name, place, text)?;
        if set.side == Side::Client {
            self.client_words.push(text.to_owned());
        }
        Ok(())
    }

    /// The same for a page.
    pub fn replace_page(&mut self, page: Page, place: Place, text: &str) -> Result<(), Fault> {
        let mut own = Own::pages();
        own.add(page.name(), place, text)?;
        self.pages.insert(page, own);
        if page == Page::MailHtml {
            self.client_words.push(text.to_owned());
        }
        Ok(())
    }

    /// What clients can read in the site's own templates, whatever is filled in.
    pub fn client_words(&self) -> &[String] {
        &self.client_words
    }

    /// Words with their values. What can't be filled shows its name, so that a mistake never loses a mail.
    pub fn fill(&self, set: Set, name: &str, values: &impl Serialize) -> String {
        let values = Value::from(Serde(values));
        let own = self.words.get(&set).and_then(|own| self.filled(own, name, &values));
        let filled =
            own.or_else(|| built_in::words(set).get_template(name).and_then(|it| it.render(&values)).ok());
        let filled = filled.unwrap_or_else(|| name.to_owned());
        #[cfg(test)]
        let filled = altered::altered(set, name, filled);
        filled
    }

    /// A page with its values. None where the built-in one can't be filled, which is a bug.
    pub fn page(&self, page: Page, values: &Value) -> Option<String> {
        let own = self.pages.get(&page).and_then(|own| self.filled(own, page.name(), values));
        own.or_else(|| pages::BUILT_IN.get_template(page.name()).and_then(|it| it.render(values)).ok())
    }

    /// What a site's template says; None where there is none, or it fails, which is kept.
    fn filled(&self, own: &Own, name: &str, values: &Value) -> Option<String> {
        let template = own.environment.get_template(name).ok()?;
        let filled = template.render(values).and_then(|filled| match filled.len() {
            0..=LONGEST => Ok(filled),
            _ => Err(Error::new(minijinja::ErrorKind::InvalidOperation, "its text becomes too long")),
        });
        match filled {
            Ok(filled) => Some(filled),
            Err(error) => {
                let fault = own.fault(name, &error);
                self.faults.lock().unwrap_or_else(PoisonError::into_inner).insert(fault);
                None
            }
        }
    }

    /// What went wrong since this was asked last, in the order of files.
    pub fn take_faults(&self) -> Vec<Fault> {
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *faults).into_iter().collect()
    }

    /// Words that belong together, to say one after the other.
    pub fn phrases(&self, product: Product, side: Side, language: Language) -> Phrases<'_> {
        Phrases { templates: self, set: Set { product, side, language } }
    }

    /// What the site's page names.
    pub fn names_in_page(&self, page: Page) -> BTreeSet<String> {
        self.pages.get(&page).map(|own| names_in(&own.environment, page.name())).unwrap_or_default()
    }

    /// What the site's words of this name name.
    pub fn names_in(&self, set: Set, name: &str) -> BTreeSet<String> {
        self.words.get(&set).map(|own| names_in(&own.environment, name)).unwrap_or_default()
    }
}

/// The names of all words of a set.
pub fn names(set: Set) -> BTreeSet<String> {
    built_in::words(set).templates().map(|(name, _)| name.to_owned()).collect()
}

/// What built-in words of this name can be filled with, in whichever language they use it.
pub fn variables_of(set: Set, name: &str) -> BTreeSet<String> {
    let languages = [Language::En, Language::Ja];
    let of = |language| names_in(built_in::words(Set { language, ..set }), name);
    languages.into_iter().flat_map(of).collect()
}

fn names_in(environment: &Environment<'static>, name: &str) -> BTreeSet<String> {
    let template = environment.get_template(name);
    template.map(|template| template.undeclared_variables(false).into_iter().collect()).unwrap_or_default()
}

/// Words that are changed on purpose, for tests that must notice.
#[cfg(test)]
pub(crate) mod altered {
    use std::cell::RefCell;

    use super::{Product, Set, Side};

    thread_local! {
        /// A client's words, and what they say besides.
        static LEAK: RefCell<Option<(Product, &'static str, String)>> = const { RefCell::new(None) };
    }

    /// From now on these words of clients name something more; None ends it.
    pub(crate) fn let_leak(leak: Option<(Product, &'static str, String)>) {
        LEAK.set(leak);
    }

    pub(super) fn altered(set: Set, name: &str, filled: String) -> String {
        LEAK.with_borrow(|leak| match leak {
            Some((product, words, more))
                if set.side == Side::Client && (set.product, name) == (*product, *words) =>
            {
                format!("{}\n\n{more}", filled.trim_end())
            }
            _ => filled,
        })
    }
}
