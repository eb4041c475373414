//! Owns a server with what it takes to enter it: address, password, certificates.

use super::protocol::Protocol;
use super::url::Url;
use super::{Remote, Secret};
use crate::config::paths::command;
use crate::config::table::Table;

/// Keys that only a server has.
const OF_SERVERS: [&str; 5] = ["password_file", "password_env", "oauth_file", "token_command", "ca_file"];

/// Ways to say how the account is entered, of which one is enough.
const WAYS: [&str; 4] = ["password_file", "password_env", "oauth_file", "token_command"];

/// Puts a server together from its address and the keys beside it.
pub(super) fn server(table: &Table<'_>, protocol: &Protocol, url: Option<Url>) -> Option<(Remote, String)> {
    let password = password(table, protocol);
    let ca_file = table.word("ca_file").map(|word| word.text);
    let url = url?;
    match (&url.user, &password) {
        (Some(user), None) if !WAYS.iter().chain(&["password"]).any(|key| table.has(key)) => {
            let text = format!(
                "needs the password of `{user}`: write `password_file = \"{}\"` and put it into that file, or name \
                 an environment variable with `password_env`",
                protocol.password_file
            );
            table.reading.say(&table.span, format!("the {} {text}", protocol.what));
            return None;
        }
        (None, _) => refuse(table, "without TLS and a user", &OF_SERVERS),
        _ => {}
    }
    let Url { host, port, security, user, path } = url;
    Some((Remote { host, port, security, user, password, ca_file }, path))
}

fn password(table: &Table<'_>, protocol: &Protocol) -> Option<Secret> {
    if table.has("password") {
        let text = format!(
            "a password doesn't belong in here: put it into a file that only firebell may read, and write \
             `password_file = \"{}\"`",
            protocol.password_file
        );
        table.reading.say(&table.place("password"), text);
    }
    let mut written = WAYS.iter().filter(|way| table.has(way));
    if let (Some(first), Some(second)) = (written.next(), written.next()) {
        let text = format!("`{first}` and `{second}` say the same: write one of them");
        table.reading.say(&table.place(second), text);
    }
    let file = table.word("password_file").map(|word| Secret::File(word.text));
    let variable = table.read("password_env", variable).map(Secret::Environment);
    let grant = table.word("oauth_file").map(|word| Secret::Grant(word.text));
    let command = command(table, "token_command", "/usr/local/bin/mail-token").map(Secret::Command);
    file.or(variable).or(grant).or(command)
}

/// The name of an environment variable.
fn variable(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !text.chars().all(plain) || text.starts_with(|c: char| c.is_ascii_digit()) {
        // What stands there may be the password itself.
        return Err(
            "must be the name of an environment variable, such as `FIREBELL_IMAP_PASSWORD`, and not \
                    the password"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

/// Says that some keys mean nothing here.
pub(super) fn refuse(table: &Table<'_>, here: &str, keys: &[&'static str]) {
    for key in keys.iter().filter(|key| table.has(key)) {
        table.reading.say(&table.place(key), format!("`{key}` means nothing {here}: leave it out"));
    }
}

/// Keys that mean nothing where there is no server.
pub(super) fn refuse_all(table: &Table<'_>, here: &str) {
    refuse(table, here, &OF_SERVERS);
}
