//! Owns the other ways to a person beside mail: programs of the site that ring a phone, and the second path by which the
//! operator hears what mail may not bring.
//! Never starts a program.

use jiff::SignedDuration;

use crate::directory::{Address, PersonId};

/// What stands for the relay where a notice goes to a program (RFC 2606, 2: no such domain is ever given to anybody).
const NOWHERE: &str = "notify.invalid";
/// The name of the second path's program.
const FALLBACK: &str = "fallback";

/// A program that tells somebody in its own way, `[[notify]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Name in the configuration.
    pub id: String,
    /// The program and its arguments; no shell reads them.
    pub command: Vec<String>,
    /// It is ended after this.
    pub timeout: SignedDuration,
    /// Whose pages go this way too.
    pub people: Vec<PersonId>,
}

/// The second path to the operator, `[fallback]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    /// An address, by the same relay.
    pub address: Option<Address>,
    /// A program.
    pub hook: Option<Hook>,
    /// How long the relay must be out of reach before it is used.
    pub after: SignedDuration,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paths {
    /// In the order written.
    pub hooks: Vec<Hook>,
    /// None where the operator has mail alone.
    pub fallback: Option<Fallback>,
    /// How long a page waits for the relay before it goes by the second one; None where there is none.
    pub second_relay: Option<SignedDuration>,
}

impl Hook {
    /// The program of the second path.
    pub fn of_fallback(command: Vec<String>, timeout: SignedDuration) -> Self {
        Self { id: FALLBACK.to_owned(), command, timeout, people: Vec::new() }
    }

    /// Where a notice goes that this program is to tell.
    pub fn address(&self) -> Address {
        Address::new(&format!("{}@{NOWHERE}", self.id))
    }
}

impl Paths {
    /// The programs that tell somebody of a page.
    pub fn of<'a>(&'a self, person: &'a PersonId) -> impl Iterator<Item = &'a Hook> {
        self.hooks.iter().filter(move |hook| hook.people.contains(person))
    }

    /// Where the operator's second path leads.
    pub fn second(&self) -> Vec<Address> {
        let Some(fallback) = &self.fallback else { return Vec::new() };
        fallback.address.iter().cloned().chain(fallback.hook.as_ref().map(Hook::address)).collect()
    }

    /// The program to which an address stands.
    pub fn hook(&self, to: &Address) -> Option<&Hook> {
        let of_fallback = self.fallback.as_ref().and_then(|fallback| fallback.hook.as_ref());
        self.hooks.iter().chain(of_fallback).find(|hook| hook.address() == *to)
    }

    /// The name of the program to which an address stands, whether or not there still is one.
    pub fn name_in(to: &Address) -> Option<&str> {
        (to.domain() == NOWHERE).then(|| to.local())
    }
}
