//! Owns running a format file's own tests.
//! Never judges a format by anything else.

use std::collections::BTreeMap;

use super::{Alert, Example, Format, State, example, read};

/// What is wrong with a format by its own tests, each in words with its line: `line 40: alert 1: state is
/// resolved, expected firing`. `among` are all formats in the order in which mails meet them: a format that
/// takes another's mail fails that one's test.
pub fn check(format: &Format, among: &[Format]) -> Vec<String> {
    format.tests.iter().flat_map(|example| failures(format, example, among)).collect()
}

fn failures(format: &Format, example: &Example, among: &[Format]) -> Vec<String> {
    let alerts = read(&example::message(example), among);
    let taken = alerts.first().map(|alert| alert.format.as_str()).filter(|name| *name != format.name);
    let mut failures = Vec::new();
    if let Some(other) = taken {
        failures.push(format!("the format `{other}` takes this mail"));
    } else if alerts.len() != example.expect.len() {
        failures.push(format!("{} alerts, expected {}", alerts.len(), example.expect.len()));
    } else {
        for (number, (alert, expected)) in alerts.iter().zip(&example.expect).enumerate() {
            failures.extend(differences(alert, expected).map(|text| format!("alert {}: {text}", number + 1)));
        }
    }
    failures.into_iter().map(|text| format!("line {}: {text}", example.line)).collect()
}

fn differences(alert: &Alert, expected: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    expected.iter().filter_map(|(field, wanted)| {
        let actual = field_of(alert, field);
        let word = |text: &str| if text.is_empty() { "missing".to_owned() } else { format!("`{text}`") };
        (actual != *wanted).then(|| format!("{field} is {}, expected {}", word(&actual), word(wanted)))
    })
}

/// A field as a test writes it; empty when there is none.
fn field_of(alert: &Alert, field: &str) -> String {
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    match field {
        "state" => alert.state.word().to_owned(),
        "key" => alert.key.clone(),
        "reference" => optional(&alert.reference),
        "source" => alert.source.clone(),
        "severity" => optional(&alert.severity),
        "host" => optional(&alert.host),
        "service" => optional(&alert.service),
        "link" => optional(&alert.link),
        "since" => alert.since.map(|time| time.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

impl State {
    /// All states, in the order of the type.
    pub const ALL: [Self; 5] = [Self::Firing, Self::Resolved, Self::Acknowledged, Self::Flapping, Self::Info];

    /// The state as it is written in configuration and output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
            Self::Acknowledged => "acknowledged",
            Self::Flapping => "flapping",
            Self::Info => "info",
        }
    }
}
