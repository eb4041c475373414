//! Owns the third law as far as text can see it: an incident changes only in `incident`.

use super::source::{File, Token, end_of_item};
use super::{Breach, Tree, begins, lines_with};

/// What may stand before its name in a path.
const WAYS: [&str; 4] = ["crate", "self", "super", "incident"];

pub fn breaches(tree: &Tree) -> Vec<Breach> {
    let elsewhere = tree.files.iter().filter(|file| file.module.first().is_none_or(|top| top != "incident"));
    elsewhere.flat_map(of_file).collect()
}

fn of_file(file: &File) -> Vec<Breach> {
    let code = without_paths(&file.code);
    let lent = ["& mut Incident", "impl Incident"].into_iter().flat_map(|words| lines_with(&code, words));
    let mut breaches: Vec<Breach> =
        lent.map(|line| Breach::at(file, line, "an incident changes only in `incident`")).collect();
    for (number, token) in code.iter().enumerate().filter(|(_, token)| token.text == "Incident") {
        let (before, after) = code.split_at_checked(number).unwrap_or_default();
        if is_owned(before) {
            breaches.push(Breach::at(file, token.line, "an incident changes only in `incident`"));
        }
        if is_literal(before, after) {
            breaches.push(Breach::at(file, token.line, "an incident is made only in `incident`"));
        }
    }
    breaches
}

/// Writes `crate::incident::Incident` and `super::Incident` as `Incident`. Other paths stay:
/// `Command::Incident` is another thing.
fn without_paths(code: &[Token]) -> Vec<Token> {
    let (mut short, mut rest) = (Vec::new(), code);
    while let Some((first, tail)) = rest.split_first() {
        rest = match tail.split_first() {
            Some((mark, next)) if mark.text == "::" && WAYS.contains(&first.text.as_str()) => next,
            _ => {
                short.push(first.clone());
                tail
            }
        };
    }
    short
}

/// Whether what stands before the type is `mut NAME:`.
fn is_owned(before: &[Token]) -> bool {
    matches!(before, [.., binding, _, colon] if binding.text == "mut" && colon.text == ":")
}

/// Whether a type name with what follows it makes a value: `Incident { … }` neither as the block after a
/// type nor as a pattern.
fn is_literal(before: &[Token], after: &[Token]) -> bool {
    let before = before.iter().rev().map(|token| token.text.as_str()).find(|text| *text != "&");
    if before.is_some_and(|text| ["::", ">", "impl", "for", "struct", "enum", "let"].contains(&text)) {
        return false;
    }
    if !begins(after, "Incident {") {
        return false;
    }
    let (whole, follows) = after.split_at_checked(end_of_item(after)).unwrap_or_default();
    let open = matches!(whole, [.., first, second, _] if first.text == "." && second.text == ".");
    !open && !follows.first().is_some_and(|next| ["=", ":"].contains(&next.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    fn of(text: &str) -> Vec<String> {
        found(breaches, &[("src/gateway/draft.rs", text)])
    }

    #[test]
    fn nobody_else_borrows_an_incident_to_change_it() {
        let wanted = ["src/gateway/draft.rs:2: an incident changes only in `incident`"];
        assert_eq!(of("\nfn f(known: &mut Incident) {}"), wanted);
        assert_eq!(of("\nfn f<'a>(known: &'a mut crate::incident::Incident) {}"), wanted);
        assert_eq!(of("\nfn f(mut known: Incident) {}"), wanted);
        assert_eq!(of("\nimpl Incident { fn f(&mut self) {} }"), wanted);
        assert!(of("fn f(known: Incident) {}").is_empty());
        assert!(of("fn f(known: &Incident, all: &mut Vec<Incident>) -> Incident { g() }").is_empty());
    }

    #[test]
    fn nobody_else_makes_an_incident() {
        let wanted = ["src/gateway/draft.rs:2: an incident is made only in `incident`"];
        assert_eq!(of("\nlet new = Incident { number, ..old };"), wanted);
        assert_eq!(of("\nf(&incident::Incident { number: 1 })"), wanted);
        assert_eq!(of("\nf(super::super::incident::Incident { number: 1 })"), wanted);
        assert!(of("fn f() -> crate::incident::Incident { g() }").is_empty());
        assert!(of("fn f<'a>() -> &'a Incident { g() } impl From<Incident> for X {}").is_empty());
        assert!(of("match x { Known::Incident { number } => f(number) }").is_empty());
    }

    #[test]
    fn an_incident_may_be_taken_apart() {
        assert!(of("let Incident { number, title } = known;").is_empty());
        assert!(of("match known { Some(Incident { number, .. }) => 1, Incident { title } => 2 }").is_empty());
    }

    #[test]
    fn its_own_module_and_tests_may() {
        let text = "fn f(known: &mut Incident) { Incident { number } }";
        assert!(found(breaches, &[("src/incident.rs", text), ("src/incident/apply.rs", text)]).is_empty());
        assert!(found(breaches, &[("src/gateway/tests.rs", text)]).is_empty());
        assert_eq!(found(breaches, &[("src/incidents.rs", text)]).len(), 2);
    }
}
