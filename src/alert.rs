//! Owns what a monitoring mail says: [`read`] gives the [`Alert`]s of a mail by the formats in `rules/alerts`.
//! Never knows rules, people or incidents.

mod blocks;
mod check;
mod format;
mod mail;
mod reading;
mod template;
mod times;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::message::Message;

pub use check::check;
pub use format::{Blocks, Example, Fields, Format, Labels, Pattern, Place, Recognise, Words, pattern};
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
    /// Firing, resolved …
    pub state: State,
    /// The monitor's own word, `CRITICAL`.
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
}

/// The alerts of a mail, by the first format that recognises it and finds a key. What a mail forwards is read
/// first; the mail around it only when that is no alert. Empty when no format knows the mail.
pub fn read(message: &Message, formats: &[Format]) -> Vec<Alert> {
    let forwarded = message.forwarded.as_ref().map(|forward| mail::Mail::forwarded(message, forward));
    let alerts = forwarded.map(|mail| read_mail(&mail, formats)).unwrap_or_default();
    if alerts.is_empty() { read_mail(&mail::Mail::of(message), formats) } else { alerts }
}

/// The alerts of one mail as the formats see it.
fn read_mail(mail: &mail::Mail<'_>, formats: &[Format]) -> Vec<Alert> {
    let mut readings = formats
        .iter()
        .filter(|format| mail.is_recognised(format))
        .map(|format| reading::alerts(mail, format));
    readings.find(|alerts| !alerts.is_empty()).unwrap_or_default()
}
