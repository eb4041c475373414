//! Owns what a monitoring mail says: [`read`] gives the [`Alert`]s of a mail by the formats in `rules/alerts`.
//! Never knows rules, people or incidents.

mod blocks;
mod check;
mod example;
mod expression;
mod format;
mod json;
mod mail;
mod reading;
mod source;
mod template;
mod times;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::message::Message;

pub use check::check;
pub use expression::Expression;
pub use format::{Blocks, Example, Fields, Format, Labels, Pattern, Place, Reader, Recognise, Words};
pub use source::{Silent, Source};
pub use template::Template;
pub use times::Times;

/// What a monitor says of the thing it watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is broken.
    Firing,
    /// It works again.
    Resolved,
    /// Somebody acknowledged it in the monitor.
    Acknowledged,
    /// It changes too fast to tell.
    Flapping,
    /// Nothing that changes an incident.
    Info,
}

/// One alert. A mail can carry several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Name of the format that read it, `nagios`.
    pub format: String,
    /// Who sent it: the sender's address, lower case.
    pub source: String,
    /// What the same trouble has in common, `web01/HTTP`. Prefixed with the format where it is stored: [`Alert::fingerprint`].
    pub key: String,
    /// What the product itself calls this very trouble, where later mails about it may name it by nothing else: an id.
    /// What comes again has another. Prefixed with the format where it is stored: [`Alert::named`].
    pub reference: Option<String>,
    /// Firing, resolved …
    pub state: State,
    /// `critical`, `error`, `warning` or `info` where the format knows the monitor's word, else that word.
    pub severity: Option<String>,
    /// Host name.
    pub host: Option<String>,
    /// Service or check.
    pub service: Option<String>,
    /// When the trouble began (or ended), by the monitor's clock.
    pub since: Option<Timestamp>,
    /// Where to look.
    pub link: Option<String>,
}

impl Alert {
    /// The key under which incidents know this alert: format and key.
    pub fn fingerprint(&self) -> String {
        format!("{}:{}", self.format, self.key)
    }

    /// Its reference as the store knows it: format and reference.
    pub fn named(&self) -> Option<String> {
        self.reference.as_ref().map(|reference| format!("{}:{reference}", self.format))
    }

    /// The same alert under the key that another with its reference had.
    pub fn under(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }
}

/// Most mails within mails that are looked at: a forward of a forward of a forward.
const DEEPEST: usize = 4;

/// The alerts of a mail, by the first format that recognises it and finds a key. What a mail forwards is read
/// first, the innermost before all; the mail around it only when that is no alert. Empty when no format knows the mail.
pub fn read(message: &Message, formats: &[Format]) -> Vec<Alert> {
    let forwards = std::iter::successors(message.forwarded.as_ref(), |forward| forward.forwarded.as_deref());
    let mut mails: Vec<mail::Mail<'_>> =
        forwards.take(DEEPEST).map(|forward| mail::Mail::forwarded(message, forward)).collect();
    mails.reverse();
    mails.push(mail::Mail::of(message));
    let found = |fallback| mails.iter().map(move |mail| read_mail(mail, formats, fallback));
    found(false).chain(found(true)).find(|alerts| !alerts.is_empty()).unwrap_or_default()
}

/// The alerts of one mail as the formats see it.
fn read_mail(mail: &mail::Mail<'_>, formats: &[Format], fallback: bool) -> Vec<Alert> {
    let mut readings = formats
        .iter()
        .filter(|format| format.fallback == fallback && mail.is_recognised(format))
        .map(|format| reading::alerts(mail, format));
    readings.find(|alerts| !alerts.is_empty()).unwrap_or_default()
}
