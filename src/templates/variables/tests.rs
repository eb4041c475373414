//! What holds of samples and of what is told about them.

use super::*;
use crate::directory::Language;
use crate::templates::{FILES, Kind, names};

fn all() -> Vec<(Set, String)> {
    let mut all = Vec::new();
    for file in FILES.iter() {
        if let Kind::Words(set) = file.kind {
            all.extend(names(set).into_iter().map(|name| (set, name)));
        }
    }
    all
}

#[test]
fn every_built_in_template_can_be_filled_with_the_samples_and_names_nothing_else() {
    for (set, name) in all() {
        let (whole, _) = samples(&of(set, &name));
        let named = variables_of(set, &name);
        for variable in &named {
            assert!(
                whole.contains_key(variable.as_str()),
                "{set:?} {name}: `{variable}` is not in variables.toml"
            );
        }
        assert!(built_in::can_fill(set, &name, &whole), "{set:?} {name}: {whole:?}");
    }
}

#[test]
fn every_value_that_is_told_of_is_named_by_some_built_in_template_or_part_of_a_view() {
    let mut used: BTreeSet<*const Variable> = BTreeSet::new();
    for (set, name) in all() {
        used.extend(of(set, &name).into_values().map(std::ptr::from_ref));
    }
    for page in [Page::MailHtml, Page::DocumentHtml] {
        used.extend(of_page(page).into_values().map(std::ptr::from_ref));
    }
    for (section, variables) in SECTIONS.iter() {
        for (name, variable) in variables {
            assert!(used.contains(&std::ptr::from_ref(variable)), "{section}: {name}");
        }
    }
}

#[test]
fn pages_can_be_filled_with_the_samples_and_with_nothing_to_show() {
    for page in [Page::MailText, Page::MailHtml, Page::DocumentText, Page::DocumentHtml] {
        let mut own = Templates::default();
        let file = FILES.iter().find(|file| file.kind == Kind::Page(page)).unwrap();
        let place = crate::templates::Place { file: file.name.to_owned(), line: 1 };
        own.replace_page(page, place, file.text).unwrap();
        assert_eq!(rehearsed_page(&own, page), []);
        assert_eq!(unknown_in_page(&own, page), BTreeSet::new());
    }
}

fn own(name: &str, text: &str) -> (Templates, Set) {
    let set = Set { product: Product::Mail, side: Side::Inner, language: Language::En };
    let mut templates = Templates::default();
    let place = crate::templates::Place { file: "templates/mail.inner.en.toml".to_owned(), line: 3 };
    templates.replace(set, name, place, text).unwrap();
    (templates, set)
}

#[test]
fn what_is_not_always_there_has_to_be_asked_for_unless_it_always_is_in_that_mail() {
    let careless = |name: &str, text: &str| {
        let (templates, set) = own(name, text);
        rehearsed(&templates, set, name).len()
    };
    assert_eq!(careless("closed", "Closed\n\n{{ question }}"), 1);
    assert_eq!(careless("closed", "Closed\n\n{% if question %}{{ question }}{% endif %}"), 0);
    // The built-in text names it without asking: there it always is.
    assert_eq!(careless("closed", "Closed by {{ actor }}"), 0);
    assert_eq!(careless("page", "{{ late.at }}"), 1);
    assert_eq!(careless("page", "{% if late %}{{ late.at }}{% endif %}"), 0);
    // In the branch that is taken only while nobody is named.
    assert_eq!(careless("phrases.more", "{% if count %}{% else %}{{ nobody.x }}{% endif %}"), 1);
}

#[test]
fn what_nobody_gives_a_template_is_known_beforehand() {
    let (templates, set) = own("page", "{{ titel }} {% for i in range(2) %}{{ i }}{% endfor %} {{ title }}");
    assert_eq!(unknown(&templates, set, "page"), BTreeSet::from(["titel".to_owned()]));
}
