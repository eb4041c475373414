//! Owns the tests of format files: the shipped ones, and what their mistakes are called.

use std::collections::BTreeMap;

use super::*;
use crate::alert::{self, Example, State};
use crate::message::ForwardedHow;

fn mistakes(text: &str) -> Vec<String> {
    parse(Source { file: "x.toml", text }).unwrap_err().iter().map(Mistake::to_string).collect()
}

#[test]
fn every_shipped_format_has_tests_and_passes_them_beside_all_others() {
    let formats: Vec<Format> = shipped()
        .iter()
        .map(|(file, text)| parse(Source { file, text }).unwrap_or_else(|m| panic!("{m:#?}")))
        .collect();
    for format in &formats {
        assert!(!format.tests.is_empty(), "{} has no tests", format.name);
        assert_eq!(alert::check(format, &formats), Vec::<String>::new(), "{}", format.name);
    }
}

#[test]
fn every_shipped_format_is_tried_on_firing_recovery_a_forward_and_a_near_miss() {
    let untried = |(file, text): &(&'static str, &str)| {
        let untried = untried(&parse(Source { file, text }).unwrap());
        (!untried.is_empty()).then_some((*file, untried))
    };
    assert_eq!(shipped().iter().filter_map(untried).collect::<Vec<_>>(), []);
}

/// What of a format no test of it tries: firing and resolved as the product mails them, unless it never does; every other
/// state for which it has words; a forward; a mail that looks nearly like one of its own.
fn untried(format: &Format) -> Vec<&'static str> {
    let has = |of: &dyn Fn(&Example) -> bool| format.tests.iter().any(of);
    let says = |alert: &BTreeMap<String, String>, state: State| {
        alert.get("state").is_some_and(|word| word == state.word())
    };
    let expects = |state: State| {
        has(&|test| test.forwarded.is_none() && test.expect.iter().any(|alert| says(alert, state)))
    };
    let mut untried = Vec::new();
    for state in State::ALL {
        let known = format.words.known.values().any(|other| *other == state);
        let needed = match state {
            State::Firing | State::Resolved => !format.never.contains(&state),
            State::Flapping => known,
            State::Acknowledged | State::Info => false,
        };
        if needed && !expects(state) {
            untried.push(state.word());
        }
    }
    if !has(&|test| test.forwarded == Some(ForwardedHow::Inline) && !test.expect.is_empty()) {
        untried.push("forwarded");
    }
    if !has(&|test| test.expect.is_empty()) {
        untried.push("near miss");
    }
    untried
}

#[test]
fn a_format_whose_tests_leave_something_out_is_told_what() {
    let text = "name = 'a'\nrecognise.all = { subject = 'x' }\nread = { subject = '(?<key>x)' }\n\
        [[test]]\nmail = { subject = 'x', forwarded = 'inline' }\nexpect = { state = 'firing' }\n";
    let format = parse(Source { file: "a.toml", text }).unwrap();
    assert_eq!(untried(&format), ["firing", "resolved", "near miss"]);
    let text = format!(
        "never = ['resolved']\n{text}[[test]]\nmail = {{ subject = 'x' }}\nexpect = {{ state = 'firing' }}\n"
    );
    let format = parse(Source { file: "a.toml", text: &text }).unwrap();
    assert_eq!(untried(&format), ["near miss"]);
}

#[test]
fn every_built_in_format_is_the_file_with_the_same_groups_and_nothing_in_it_fails_later() {
    assert_eq!(built_in().len(), shipped().len());
    for ((name, built_in), (file, text)) in built_in().iter().zip(shipped()) {
        let format = table::file(Source { file, text }, |root| format(root, true)).0.flatten().unwrap();
        assert_eq!((*name, built_in.readings.len()), (format.name.as_str(), format.readings.len()));
        let recognise = &format.recognise;
        let patterns = [&recognise.all, &recognise.any, &recognise.none].into_iter().flatten();
        let blocks = format.blocks.iter().flat_map(|blocks| [Some(&blocks.start), blocks.section.as_ref()]);
        let labels = format.labels.iter();
        let labels = labels.flat_map(|it| [Some(&it.line), it.from.as_ref(), it.until.as_ref()]);
        let all = patterns.chain(format.readings.iter().map(|reader| &reader.pattern)).map(|it| &it.regex);
        let all = all.chain(blocks.chain(labels).flatten());
        for expression in all.chain(format.readings.iter().flat_map(|reader| &reader.without)) {
            let names: Vec<String> = expression.names().into_iter().map(str::to_owned).collect();
            assert!(expression.ready().is_some(), "{file}: {expression:?}");
            assert_eq!(names, expression.names(), "{file}: {expression:?}");
        }
    }
}

#[test]
fn an_alert_that_is_attached_to_a_colleagues_mail_reads_like_the_original() {
    let formats: Vec<Format> =
        shipped().iter().map(|(file, text)| parse(Source { file, text }).unwrap()).collect();
    for format in &formats {
        let mut attached = format.clone();
        attached.tests.retain(|test| test.forwarded.is_none() && !test.expect.is_empty());
        attached.tests.iter_mut().for_each(|test| test.forwarded = Some(ForwardedHow::Attached));
        assert_eq!(alert::check(&attached, &formats), Vec::<String>::new(), "{}", format.name);
    }
}

#[test]
fn the_shipped_formats_are_sorted_and_named_after_their_files() {
    assert!(shipped().is_sorted_by_key(|(file, _)| *file));
    for (file, text) in shipped() {
        let format = parse(Source { file, text }).unwrap();
        assert_eq!(format!("{}.toml", format.name), *file);
        assert!(
            text.contains("# Source: ") && text.to_lowercase().contains("verified: "),
            "{file} names its source"
        );
    }
}

/// A file in which nearly everything is wrong.
const WRONG: &str = r#"name = "Foo"
colour = "red"

[recognise]
all = [{ subject = '(' }, { subject = 'a', text = 'b' }, { header = "X-Mailer" }]
any = [{ sbject = 'a', value = 'b' }, "a"]

[[read]]
subject = '(?<host>\S+) is (?<state>\S+)'
[[read]]
text = 'nothing named'
[[read]]
lines = { "a b" = "Host" }

[blocks]
section = '^=='

[labels]
line = '(?<name>.)'

[state]
firing = ["down", 3]
resolved = "Down"
fireing = "x"
otherwise = "fine"

[alert]
key = ["{hst}/{host}", "{host"]
severty = "x"

[time]
formats = ["%H:%M"]
zone = "Tokyo"

[[test]]
mail = { subject = "x", date = "today" }
expect = { state = "fired", hots = "a" }
[[test]]
mial = { }
"#;

#[test]
fn all_mistakes_are_told_at_once_each_with_its_line() {
    let expected = [
        "x.toml:1: `name` must be lower-case letters, digits and `-`, such as `nagios`",
        "x.toml:2: unknown key `colour` in this file; known: name, words, recognise, fallback, read, blocks, labels, state, never, severity, alert, time, test",
        "x.toml:5: `(` is no pattern: unclosed group",
        "x.toml:5: a pattern looks in one place: from, subject, kind, text, html, anywhere, header, json",
        "x.toml:5: `header` is a field's name and needs `value`, the pattern for what it says",
        "x.toml:6: a pattern looks in one place: from, subject, kind, text, html, anywhere, header, json",
        "x.toml:6: unknown key `sbject` in `any`; did you mean `subject`?",
        "x.toml:6: `any` must be a table, not text",
        "x.toml:10: this pattern reads nothing: name a group, `(?<host>…)`",
        "x.toml:13: `a b` can't be the name of a capture: letters, digits and `_` only",
        "x.toml:15: [blocks] needs `start`",
        "x.toml:18: `line` needs the group `(?<value>…)`",
        "x.toml:22: `firing` must be text in quotes, not a number",
        "x.toml:23: `Down` is firing already",
        "x.toml:24: unknown key `fireing` in [state]; did you mean `firing`?",
        "x.toml:25: unknown state `fine`; known: firing, resolved, acknowledged, flapping, info",
        "x.toml:28: nothing captures `hst`; did you mean `host`?",
        "x.toml:28: `{host`: a `{` without its `}`",
        "x.toml:29: unknown key `severty` in [alert]; did you mean `severity`?",
        "x.toml:32: `%H:%M` can't be used: `00:00` names no instant: a format needs year, month, day, hour and minute",
        "x.toml:33: `Tokyo` is no offset; write one such as `+09:00`",
        "x.toml:36: `date` is written as in a mail: `Sun, 1 Mar 2026 09:00:00 +0900`",
        "x.toml:37: unknown key `hots` in `expect`; did you mean `host`?",
        "x.toml:37: unknown state `fired`; known: firing, resolved, acknowledged, flapping, info",
        "x.toml:38: [[test]] needs `mail`",
        "x.toml:38: [[test]] needs `expect`",
        "x.toml:39: unknown key `mial` in [[test]]; did you mean `mail`?",
    ];
    let found = parse(Source { file: "x.toml", text: WRONG }).unwrap_err();
    assert!(found.is_sorted_by_key(|mistake| mistake.line));
    let mut actual = mistakes(WRONG);
    let mut expected = expected.map(str::to_owned).to_vec();
    actual.sort();
    expected.sort();
    assert_eq!(actual, expected);
}

#[test]
fn what_a_file_lacks_is_told_without_a_line() {
    assert_eq!(
        mistakes(""),
        [
            "x.toml: `name` is missing",
            "x.toml: `[recognise]` is missing: how are this product's mails known?",
            "x.toml: `[alert]` needs `key`: what have all mails about one trouble in common?",
        ]
    );
    assert_eq!(
        mistakes("name = 'a'\nread = { text = '(?<key>x)' }\n[recognise]\n"),
        ["x.toml:3: `[recognise]` needs `all` or `any`: empty, it would take every mail"]
    );
}

#[test]
fn toml_that_cannot_be_read_is_a_mistake_with_its_line() {
    let found = mistakes("name = 'a'\nname = \n");
    assert!(found.first().is_some_and(|text| text.starts_with("x.toml:2: ")), "{found:?}");
}

/// Fault 129.
#[test]
fn a_pattern_that_would_take_too_much_memory_is_refused() {
    let text = r"name = 'a'
recognise.all = { text = '(\w{500}){500}' }
read = { text = '(?<key>x)' }";
    assert!(
        mistakes(text)[0].starts_with(r"x.toml:2: `(\w{500}){500}` is no pattern: "),
        "{:?}",
        mistakes(text)
    );
}

#[test]
fn mistakes_of_words_severities_and_readers_are_told() {
    let text = "name = 'a'\nrecognise.all = { subject = '{{dwn}}' }\nwords = { down = ['ab'], up = [] }\n\
        read = [{ lines = { e = [] } }, { subject = '(?<key>x)', without = '{{down' }, { json = 'a.b' }, { lines = { 'c d' = ['x', 'y'] } }]\n\
        [severity]\ncritical = 'P1'\nerror = 'p1'\nbad = 'P2'\n[[test]]\nmail = { forwarded = 'twice' }\nexpect = []\n";
    let mut expected = [
        "x.toml:2: `{{dwn}}` is no pattern: [words] has no `dwn`; did you mean `down`?",
        "x.toml:3: `up` must be a list of words",
        "x.toml:4: `e` says nothing of where it stands",
        "x.toml:4: `{{down` is no pattern: a `{{` without its `}}`",
        "x.toml:4: `json` is a path and needs `value`, the pattern for what stands there",
        "x.toml:4: `c d` can't be the name of a capture: letters, digits and `_` only",
        "x.toml:7: `p1` is critical already",
        "x.toml:8: unknown key `bad` in [severity]; known: critical, error, warning, info",
        "x.toml:10: unknown forwarded `twice`; known: inline, attached",
    ];
    let mut found = mistakes(text);
    expected.sort_unstable();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_state_that_a_product_never_mails_has_no_words() {
    let text = "name = 'a'\nrecognise.all = { subject = 'x' }\nread = { subject = '(?<key>x)' }\n\
        state = { resolved = 'fine' }\nnever = ['firing', 'resolved', 'over', 'flapping']\n";
    assert_eq!(
        mistakes(text),
        [
            "x.toml:5: any word that `[state]` doesn't list means `firing`: say `otherwise`",
            "x.toml:5: `[state]` has words for `resolved` all the same",
            "x.toml:5: unknown state `over`; known: firing, resolved, acknowledged, flapping, info",
        ]
    );
}

#[test]
fn a_failing_test_says_what_is_expected_and_where() {
    let text = "name = 'a'\nrecognise.all = { subject = 'x' }\nread = { subject = '(?<key>x)' }\n\
        [[test]]\nmail = { subject = 'x' }\nexpect = { key = 'y', host = '', service = 's' }\n\
        [[test]]\nmail = { subject = 'z' }\nexpect = { key = 'z' }\n";
    let format = parse(Source { file: "a.toml", text }).unwrap();
    assert_eq!(
        alert::check(&format, std::slice::from_ref(&format)),
        [
            "line 4: alert 1: key is `x`, expected `y`",
            "line 4: alert 1: service is missing, expected `s`",
            "line 7: 0 alerts, expected 1",
        ]
    );
}

#[test]
fn a_mail_that_another_format_takes_fails_the_test() {
    let text = "name = 'b'\nrecognise.all = { subject = 'x' }\nread = { subject = '(?<key>x)' }\n\
        [[test]]\nmail = { subject = 'x' }\nexpect = { key = 'x' }\n";
    let format = parse(Source { file: "b.toml", text }).unwrap();
    let greedy = Format { name: "a".to_owned(), ..format.clone() };
    assert_eq!(alert::check(&format, &[greedy, format.clone()]), ["line 4: the format `a` takes this mail"]);
}
