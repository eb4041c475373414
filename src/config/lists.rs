//! Owns lists: `[lists]` of rule files and `rules/lists/NAME.txt`, and finding one by its name.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::mistake::{Mistake, Source, suggestion};
use super::reading::{Reading, Word};
use super::table::Table;

/// Every list of the site, by its name.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lists: BTreeMap<String, List>,
    used: RefCell<BTreeSet<String>>,
    /// Only lists that have files of their own can be meant.
    alone: bool,
}

/// One list.
#[derive(Debug)]
struct List {
    /// Each entry, and where it stands.
    entries: Vec<(String, String)>,
    file: String,
    line: usize,
    /// It has a file of its own, which other programs may write: it may lie there unused.
    alone: bool,
}

impl Lists {
    /// Those that have files of their own. What is wrong with them is told where all are read.
    pub(super) fn of_files(files: &[(String, String)]) -> Self {
        let mut lists = Self { alone: true, ..Self::default() };
        lists.add_files(files, &mut Vec::new());
        lists
    }

    /// Adds the lists that have files of their own: an entry a line, `#` begins a comment.
    pub(super) fn add_files(&mut self, files: &[(String, String)], mistakes: &mut Vec<Mistake>) {
        for (file, text) in files {
            let entry = |(number, line): (usize, &str)| {
                let entry = line.split_once('#').map_or(line, |(entry, _)| entry).trim();
                (!entry.is_empty()).then(|| (entry.to_owned(), format!("{file}:{}", number + 1)))
            };
            let entries = text.lines().enumerate().filter_map(entry).collect();
            let name = file.rsplit_once(['/', '\\']).map_or(file.as_str(), |(_, name)| name);
            let name = name.strip_suffix(".txt").unwrap_or(name);
            let list = List { entries, file: file.clone(), line: 0, alone: true };
            if let Some(first) = self.add(name, list) {
                mistakes.push(Source { file, text }.missing(first));
            }
        }
    }

    /// Adds the lists of a `[lists]`.
    pub(super) fn add_table(&mut self, table: &Table<'_>) {
        let reading = table.reading;
        for (name, entries) in table.free_lists() {
            let (file, line) = (reading.file().to_owned(), reading.line(&name.span));
            let at = |entry: Word| (entry.text, format!("{file}:{}", reading.line(&entry.span)));
            let entries = entries.into_iter().map(at).collect();
            if let Some(first) =
                self.add(&name.text, List { entries, file: file.clone(), line, alone: false })
            {
                reading.say(&name.span, first);
            }
        }
    }

    /// Adds one; the mistake when its name is taken.
    fn add(&mut self, name: &str, list: List) -> Option<String> {
        if let Some(first) = self.lists.get(name) {
            let at = if first.alone { first.file.clone() } else { format!("{}:{}", first.file, first.line) };
            return Some(format!("list `{name}` stands a second time; the first is {at}"));
        }
        self.lists.insert(name.to_owned(), list);
        None
    }

    fn find(&self, reading: &Reading<'_>, word: &Word) -> Option<&List> {
        let found = self.lists.get(&word.text);
        if found.is_none() {
            let near = match self.lists.is_empty() {
                true if self.alone => {
                    "; write a day a line, such as 2026-12-31, into rules/lists/NAME.txt".to_owned()
                }
                true => "; write it under [lists], or an entry a line into rules/lists/NAME.txt".to_owned(),
                false => suggestion(&word.text, self.lists.keys().map(String::as_str)),
            };
            reading.say(&word.span, format!("unknown list `{}`{near}", word.text));
        }
        self.used.borrow_mut().insert(word.text.clone());
        found
    }

    /// The entries of a list; None with a mistake when there is no such list.
    pub(super) fn entries(&self, reading: &Reading<'_>, word: &Word) -> Option<BTreeSet<String>> {
        Some(self.find(reading, word)?.entries.iter().map(|(entry, _)| entry.clone()).collect())
    }

    /// The entries of a list of days; None with a mistake for each that is none.
    pub(super) fn dates(&self, reading: &Reading<'_>, word: &Word) -> Option<Arc<BTreeSet<Date>>> {
        let (mut dates, list) = (BTreeSet::new(), self.find(reading, word)?);
        for (entry, at) in &list.entries {
            match entry.parse::<Date>() {
                Ok(date) => drop(dates.insert(date)),
                Err(_) => {
                    let text =
                        format!("`{entry}` in list `{}` ({at}) is no date; write `2026-12-31`", word.text);
                    reading.say(&word.span, text);
                }
            }
        }
        Some(Arc::new(dates))
    }

    /// The days in a list of that name, where there is one. What is no day in it is told by whoever names the list.
    pub(super) fn days_called(&self, name: &str) -> Arc<BTreeSet<Date>> {
        let entries = self.lists.get(name).into_iter().flat_map(|list| &list.entries);
        Arc::new(entries.filter_map(|(entry, _)| entry.parse().ok()).collect())
    }

    /// Lists under `[lists]` that no rule names: most likely a rule names another by mistake.
    pub(super) fn unused(&self) -> impl Iterator<Item = Mistake> {
        let used = self.used.borrow().clone();
        let unused = move |(name, list): &(&String, &List)| !list.alone && !used.contains(*name);
        self.lists.iter().filter(unused).map(|(name, list)| Mistake {
            file: list.file.clone(),
            line: list.line,
            text: format!("list `{name}` is used by no rule; write {{ list = \"{name}\" }} where it is meant, or remove it"),
        })
    }
}
