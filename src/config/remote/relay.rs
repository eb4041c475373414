//! Owns `[relay]`: the server that takes our mail, and how much of it at a time.

use jiff::SignedDuration;

use super::protocol::SMTP;
use super::server::server;
use super::url::{self, Url};
use super::{FallbackRelay, RelayAddress};
use crate::config::table::Table;
use crate::config::values;

/// Connections when nothing is said: enough for a page to many, few enough for every provider.
const CONNECTIONS: u32 = 4;
/// Most connections: providers refuse more from one client (Postfix's `smtpd_client_connection_count_limit` is 50).
const MOST_CONNECTIONS: u32 = 20;
/// Highest rate that can be asked for, in mails a minute.
const MOST_PER_MINUTE: u32 = 100_000;
/// How long the first relay must not have taken a mail before the second gets it.
const AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Reads it; none when there is no `[relay]`.
pub(in crate::config) fn relay(root: &Table<'_>) -> Option<RelayAddress> {
    let table = root.table("relay", "[relay]")?;
    if !table.has("smtp") {
        let text = "[relay] needs `smtp`: write `smtp = \"submission://USER@HOST\"`, or \
                    `smtp = \"smtp://127.0.0.1:25\"` for a server in the house that asks for no log-in";
        table.reading.say(&table.span, text);
    }
    let server = server(&table, &SMTP, table.read("smtp", smtp_url));
    let connections = table.number("connections", 1..=MOST_CONNECTIONS).unwrap_or(CONNECTIONS);
    let per_minute = table.number("per_minute", 1..=MOST_PER_MINUTE);
    let fallback = table.table("fallback", "[relay.fallback]").and_then(fallback);
    table.end();
    let (server, _) = server?;
    Some(RelayAddress {
        server,
        connections: usize::try_from(connections).unwrap_or(1),
        per_minute,
        fallback,
    })
}

fn fallback(table: Table<'_>) -> Option<FallbackRelay> {
    if !table.has("smtp") {
        let text =
            "[relay.fallback] needs `smtp`: another server, such as `smtp = \"submission://USER@HOST\"`";
        table.reading.say(&table.span, text);
    }
    let server = server(&table, &SMTP, table.read("smtp", smtp_url));
    let after = table.read("after", values::duration).unwrap_or(AFTER);
    table.end();
    Some(FallbackRelay { server: server?.0, after })
}

fn smtp_url(text: &str) -> Result<Url, String> {
    let url = url::read(&SMTP, text)?;
    match url.path.is_empty() {
        true => Ok(url),
        false => Err(format!("nothing follows the host of a relay: leave `/{}` out", url.path)),
    }
}
