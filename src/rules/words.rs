//! Owns conditions in words: as they are written, and what there was instead.

use super::condition::{Condition, Field, Subject};

/// So much of a text is shown, in characters.
const SHOWN: usize = 60;

impl Field {
    /// Its key in rule files: `alert.host`.
    pub fn word(&self) -> String {
        match self {
            Self::From => "from".to_owned(),
            Self::To => "to".to_owned(),
            Self::Subject => "subject".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Header(name) => format!("header.{name}"),
            Self::ListId => "list_id".to_owned(),
            Self::AlertFormat => "alert.format".to_owned(),
            Self::AlertSource => "alert.source".to_owned(),
            Self::AlertKey => "alert.key".to_owned(),
            Self::AlertState => "alert.state".to_owned(),
            Self::AlertSeverity => "alert.severity".to_owned(),
            Self::AlertHost => "alert.host".to_owned(),
            Self::AlertService => "alert.service".to_owned(),
        }
    }
}

impl Condition {
    /// About as it is written in a rule.
    pub fn words(&self) -> String {
        let each =
            |inner: &[Self], between: &str| inner.iter().map(Self::words).collect::<Vec<_>>().join(between);
        match self {
            Self::All(inner) => each(inner, " and "),
            Self::Any(inner) => format!("any of ({})", each(inner, "; ")),
            Self::Not(inner) => format!("not ({})", inner.words()),
            Self::Match { field, pattern } => format!("{} = \"{}\"", field.word(), pattern.as_str()),
            Self::Among { field, list, .. } => format!("{} in the list {list}", field.word()),
            Self::AtLeast(bytes) => format!("size of at least {bytes} B"),
            Self::AtMost(bytes) => format!("size of at most {bytes} B"),
            Self::Time(window) => {
                let spans: Vec<&str> = window.spans.iter().map(|span| span.text.as_str()).collect();
                let zone = window.zone.iana_name().unwrap_or("UTC");
                format!("time within {} ({zone})", spans.join(", "))
            }
            Self::Person(person) => format!("person = \"{person}\""),
            Self::Party(party) => format!("party = \"{party}\""),
            Self::Known(wanted) => format!("known = {wanted}"),
            Self::Internal(wanted) => format!("internal = {wanted}"),
            Self::Automatic(wanted) => format!("automatic = {wanted}"),
            Self::IsAlert(wanted) => format!("is_alert = {wanted}"),
            Self::Forwarded(wanted) => format!("forwarded = {wanted}"),
        }
    }

    /// What there was in the place of what did not hold.
    pub(super) fn instead(&self, subject: &Subject<'_>) -> String {
        match self {
            Self::Match { field, .. } | Self::Among { field, .. } => match field.values(subject).first() {
                Some(value) => format!("but it is \"{}\"", shown(value)),
                None => "but there is none".to_owned(),
            },
            Self::Person(_) | Self::Party(_) | Self::Known(_) | Self::Internal(_) => {
                let author = subject.message.author().map(|author| author.address.to_string());
                format!("but it comes from {}", author.unwrap_or_else(|| "nobody".to_owned()))
            }
            Self::AtLeast(_) | Self::AtMost(_) => format!("but it has {} B", subject.message.size),
            Self::Time(window) => {
                let local = subject.now.to_zoned(window.zone.clone());
                format!("but it came on {}", local.strftime("%a %Y-%m-%d %H:%M"))
            }
            Self::Automatic(wanted) | Self::IsAlert(wanted) | Self::Forwarded(wanted) => {
                format!("but it is {}", if *wanted { "not" } else { "one" })
            }
            Self::All(_) => "but not all hold".to_owned(),
            Self::Any(_) => "but none holds".to_owned(),
            Self::Not(_) => "but that holds".to_owned(),
        }
    }
}

/// The beginning of a text.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
