//! What holds of all templates, whatever they say.

use super::*;

/// All sets of words.
pub(super) fn sets() -> BTreeSet<Set> {
    let set = |file: &File| match file.kind {
        Kind::Words(set) => Some(set),
        Kind::Page(_) => None,
    };
    FILES.iter().filter_map(set).collect()
}

#[test]
fn both_languages_have_the_same_words() {
    for set in sets().into_iter().filter(|set| set.language == Language::En) {
        let english = names(set);
        assert!(english.len() > 7, "{set:?}: {english:?}");
        assert_eq!(english, names(Set { language: Language::Ja, ..set }), "{set:?}");
    }
}

#[test]
fn every_file_of_words_can_be_read_whole() {
    for set in sets() {
        let of_it = FILES.iter().filter(|file| file.kind == Kind::Words(set));
        let written: Vec<String> =
            of_it.flat_map(|file| built_in::entries(file.text)).map(|(name, _)| name).collect();
        let read = names(set);
        assert_eq!(
            read.len(),
            written.len(),
            "{set:?}: a template with a mistake in it, or the same name twice"
        );
    }
}

fn place() -> Place {
    Place { file: "templates/mail.client.en.toml".to_owned(), line: 7 }
}

const CLIENT: Set = Set { product: Product::Mail, side: Side::Client, language: Language::En };

fn with(name: &str, text: &str) -> Templates {
    let mut templates = Templates::default();
    templates.replace(CLIENT, name, place(), text).unwrap();
    templates
}

#[test]
fn the_site_s_words_take_the_place_of_the_built_in_ones_for_their_language_and_side_alone() {
    let templates = with("footer", "Yours, {{ gateway }}");
    let values = BTreeMap::from([("gateway", "Operations"), ("label", "INC-1")]);
    assert_eq!(templates.fill(CLIENT, "footer", &values), "Yours, Operations");
    for other in [Set { language: Language::Ja, ..CLIENT }, Set { product: Product::Digest, ..CLIENT }] {
        let built_in = Templates::default().fill(other, "footer", &values);
        assert_eq!(templates.fill(other, "footer", &values), built_in);
        assert_ne!(built_in, "Yours, Operations");
    }
    assert_eq!(templates.take_faults(), []);
}

#[test]
fn words_that_fail_give_way_to_the_built_in_ones_and_say_so_once() {
    let templates = with("footer", "Yours,\n{{ nobody }}");
    let values = BTreeMap::from([("gateway", "Operations")]);
    for _ in 0..2 {
        let filled = templates.fill(CLIENT, "footer", &values);
        assert_eq!(filled, Templates::default().fill(CLIENT, "footer", &values));
    }
    let faults: Vec<String> = templates.take_faults().iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        ["templates/mail.client.en.toml:8: footer: names a value that is not always there; put it between \
          {% if … %} and {% endif %}"]
    );
    assert_eq!(templates.take_faults(), []);
}

#[test]
fn words_that_never_end_or_grow_without_end_fail() {
    let long = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}";
    let templates = with("footer", long);
    let values = BTreeMap::from([("gateway", "Operations")]);
    assert_eq!(
        templates.fill(CLIENT, "footer", &values),
        Templates::default().fill(CLIENT, "footer", &values)
    );
    assert_eq!(templates.take_faults().len(), 1);
}

#[test]
fn what_a_mail_says_is_a_value_in_the_site_s_templates_too() {
    let templates = with("words", "News\n\n{{ written }}");
    let values = BTreeMap::from([("written", "{{ 7 * 7 }} {% for x in y %} <b>")]);
    assert_eq!(templates.fill(CLIENT, "words", &values), "News\n\n{{ 7 * 7 }} {% for x in y %} <b>");
}

#[test]
fn no_page_of_the_site_can_show_the_text_of_mails_unescaped() {
    let mut templates = Templates::default();
    let switched = templates.replace_page(
        Page::MailHtml,
        place(),
        "<p>\n{% autoescape false %}{{ x }}{% endautoescape %}",
    );
    assert_eq!(switched.unwrap_err().place.line, 8);
    templates.replace_page(Page::MailHtml, place(), "<p>{{ x }}").unwrap();
    let values = minijinja::context! { x => "<script>" };
    assert_eq!(templates.page(Page::MailHtml, &values).as_deref(), Some("<p>&lt;script&gt;"));
    for escape in ["{{ x|safe }}", "{% set y = x|safe %}{{ y }}", "{{ x|escape|safe }}"] {
        let added = templates.replace_page(Page::MailHtml, place(), escape);
        let filled = added.ok().and_then(|()| templates.page(Page::MailHtml, &values));
        assert!(!filled.unwrap_or_default().contains("<script>"), "{escape}");
    }
}
