//! Owns `[log]`: in which form firebell says what it does.

use super::table::Table;

/// The form of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Time, level, words: for people.
    Plain,
    /// For systemd's journal, which knows the time: the level as `<6>` in front of the words (sd-daemon(3)).
    Journald,
    /// One JSON object a line.
    Json,
}

/// Names of the forms, as they are written.
pub const LOG_FORMATS: [(&str, LogFormat); 3] =
    [("plain", LogFormat::Plain), ("journald", LogFormat::Journald), ("json", LogFormat::Json)];

/// Reads `[log]`. None where it says nothing: the form is then that of whoever listens.
pub(super) fn format(root: &Table<'_>) -> Option<LogFormat> {
    let table = root.table("log", "[log]")?;
    let format = table.one_of("format", &LOG_FORMATS);
    table.end();
    format
}
