//! Owns `[mailbox]`: where mail is taken from, from when on, and what becomes of it there.

use std::net::SocketAddr;

use jiff::civil::Date;

use super::protocol::IMAP;
use super::server::{refuse, refuse_all, server};
use super::url::{self, Url};
use super::{After, Junk, Mailbox, Source, Start};
use crate::config::reading::{Reading, Span};
use crate::config::table::Table;

/// The folder that every account has.
const INBOX: &str = "INBOX";
/// Kinds of mailboxes.
const KINDS: [&str; 3] = ["imap", "maildir", "listen"];

/// All of them. The same place a second time is a mistake: two readers of one folder would be in each other's way.
pub(in crate::config) fn mailboxes(root: &Table<'_>, reading: &Reading<'_>) -> Vec<Mailbox> {
    let mut found: Vec<(Mailbox, Span)> = Vec::new();
    for table in root.table_or_tables("mailbox", "[mailbox]") {
        let span =
            KINDS.iter().find(|kind| table.has(kind)).map_or(table.span.clone(), |key| table.place(key));
        let mailbox = mailbox(&table);
        table.end();
        let Some(mailbox) = mailbox else { continue };
        match found.iter().find(|(other, _)| same(&other.source, &mailbox.source)) {
            Some((_, first)) => {
                let line = reading.line(first);
                reading.say(&span, format!("this mailbox stands a second time; the first is in line {line}"));
            }
            None => found.push((mailbox, span)),
        }
    }
    found.into_iter().map(|(mailbox, _)| mailbox).collect()
}

fn mailbox(table: &Table<'_>) -> Option<Mailbox> {
    match KINDS.into_iter().filter(|kind| table.has(kind)).count() {
        0 => table.reading.say(
            &table.span,
            "[mailbox] needs one of `imap`, `maildir` and `listen`: write `imap = \"imaps://USER@HOST/INBOX\"`, \
             `maildir = \"/var/mail/incidents\"` or `listen = \"127.0.0.1:2525\"`",
        ),
        1 => {}
        _ => table.reading.say(
            &table.span,
            "`imap`, `maildir` and `listen` are three mailboxes: write a [[mailbox]] for each",
        ),
    }
    let source = source(table);
    let (after, start) = (after(table), table.date_or_word("start"));
    let start = start.and_then(|word| {
        read_start(&word.text).map_err(|why| table.reading.say(&word.span, format!("`start`: {why}"))).ok()
    });
    if let (Some(source), Some(After::Move(to))) = (&source, &after)
        && is_at(source, to)
    {
        let text = format!("`move_to = \"{to}\"` is where the mails are already: name another folder");
        table.reading.say(&table.place("after"), text);
    }
    let (after, start) = (after.unwrap_or(After::Leave), start.unwrap_or(Start::Now));
    let junk = junk(table, source.as_ref());
    Some(Mailbox { source: source?, after, start, junk })
}

/// The name of a folder, or `no`.
fn junk(table: &Table<'_>, source: Option<&Source>) -> Junk {
    if !table.has("imap") {
        refuse(table, "without `imap`", &["junk"]);
    }
    let Some(word) = table.word("junk") else { return Junk::Marked };
    match source {
        _ if word.text == "no" => Junk::Nowhere,
        Some(source) if is_at(source, &word.text) => {
            let text = format!("`junk = \"{}\"` is the folder that is read anyway: name another", word.text);
            table.reading.say(&word.span, text);
            Junk::Nowhere
        }
        _ => Junk::Folder(word.text),
    }
}

fn source(table: &Table<'_>) -> Option<Source> {
    let imap = if table.has("imap") {
        let server = server(table, &IMAP, table.read("imap", imap_url));
        server.map(|(server, folder)| Source::Imap { server, folder })
    } else {
        refuse_all(table, "without `imap`");
        None
    };
    let maildir = table.word("maildir").map(|word| Source::Maildir(word.text));
    if table.has("listen") {
        refuse(table, "with `listen`, where mail comes by itself", &["after", "start"]);
    }
    let listen = table.read("listen", listen).map(Source::Listen);
    imap.or(maildir).or(listen)
}

/// The server, with the name of the folder as its path.
fn imap_url(text: &str) -> Result<Url, String> {
    let url = url::read(&IMAP, text)?;
    let path = folder(&url.path, text)?;
    Ok(Url { path, ..url })
}

/// A folder's name as people read it.
fn folder(path: &str, text: &str) -> Result<String, String> {
    if path.ends_with('/') || path.starts_with('/') {
        return Err(format!(
            "the folder `{path}` begins or ends with a `/`: write `{}`",
            text.replace(path, path.trim_matches('/'))
        ));
    }
    let name = url::decoded(path)?;
    Ok(if name.is_empty() || name.eq_ignore_ascii_case(INBOX) { INBOX.to_owned() } else { name })
}

/// An address and port to listen at.
fn listen(text: &str) -> Result<String, String> {
    match text.parse::<SocketAddr>() {
        Ok(_) => Ok(text.to_owned()),
        Err(_) => Err(format!("`{text}` is no address and port; write `127.0.0.1:2525`")),
    }
}

/// `"leave"`, `"flag"` or `{ move_to = "Handled" }`.
fn after(table: &Table<'_>) -> Option<After> {
    if table.holds_table("after") {
        let moved = table.table("after", "`after`")?;
        let to = moved.required("move_to");
        moved.end();
        let to = to?;
        if table.has("imap") && to.text.trim_matches('/') != to.text {
            let text = format!("`move_to`: write `{}` without the `/` around it", to.text.trim_matches('/'));
            table.reading.say(&to.span, text);
            return None;
        }
        return Some(After::Move(to.text));
    }
    table.read("after", |text| match text {
        "leave" => Ok(After::Leave),
        "flag" => Ok(After::Flag),
        _ => Err(format!(
            "`{text}` is unknown; write `\"leave\"`, `\"flag\"` or `{{ move_to = \"Handled\" }}`"
        )),
    })
}

/// `now`, or a day.
fn read_start(text: &str) -> Result<Start, String> {
    if text == "now" {
        return Ok(Start::Now);
    }
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text);
    day.map(Start::Since)
        .ok_or_else(|| format!("`{text}` is no day; write `\"now\"` or a day such as `\"2026-11-01\"`"))
}

/// Whether a folder is the one that mail is read from.
fn is_at(source: &Source, to: &str) -> bool {
    match source {
        Source::Imap { folder, .. } => folder == to || (folder == INBOX && to.eq_ignore_ascii_case(INBOX)),
        Source::Maildir(directory) => trimmed(directory) == trimmed(to),
        Source::Listen(_) => false,
    }
}

/// Whether two mailboxes are one place, however it is entered.
fn same(one: &Source, other: &Source) -> bool {
    match (one, other) {
        (Source::Listen(one), Source::Listen(other)) => {
            one.parse::<SocketAddr>().ok() == other.parse::<SocketAddr>().ok()
        }
        (Source::Maildir(one), Source::Maildir(other)) => trimmed(one) == trimmed(other),
        (Source::Imap { server: one, folder }, Source::Imap { server: other, folder: other_folder }) => {
            (&one.host, one.port, &one.user, folder) == (&other.host, other.port, &other.user, other_folder)
        }
        _ => false,
    }
}

fn trimmed(directory: &str) -> &str {
    directory.trim_start_matches("./").trim_end_matches('/')
}
