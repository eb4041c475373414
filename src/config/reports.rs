//! Owns `[report]`: of which incidents a report is drafted by itself, and which days are no working days.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use super::lists::Lists;
use super::reading::Reading;
use super::table::Table;
use super::values;
use crate::directory::Severity;

/// The list of days that is meant where none is named.
const HOLIDAYS: &str = "holidays";

/// `[report]` as meant.
#[derive(Debug)]
pub(super) struct Reports {
    /// The lowest severity of which a draft is written without anybody's asking.
    pub(super) drafted_from: Severity,
    /// Days on which nobody works.
    pub(super) holidays: Arc<BTreeSet<Date>>,
}

impl Reports {
    /// Reads it. All of it has a default.
    pub(super) fn read(root: &Table<'_>, lists: &Lists, reading: &Reading<'_>) -> Self {
        let table = root.table("report", "[report]");
        let drafted_from = table.as_ref().and_then(|table| table.read("drafted_from", values::severity));
        let named = table.as_ref().and_then(|table| table.word("except"));
        let holidays = match named {
            Some(word) => lists.dates(reading, &word),
            None => Some(lists.days_called(HOLIDAYS)),
        };
        if let Some(table) = table {
            table.end();
        }
        Self { drafted_from: drafted_from.unwrap_or(Severity::Sev3), holidays: holidays.unwrap_or_default() }
    }
}
