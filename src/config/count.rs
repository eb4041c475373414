//! Owns `count` of a rule: how many of its mails must have come within a time.

use jiff::SignedDuration;

use super::table::Table;
use super::values;
use crate::rules::Count;
use crate::rules::count::{Each, LONGEST, MOST};

/// What `count` has to be.
const A_COUNT: &str = "a table such as { at_least = 5, within = \"10m\" }";

/// Why it stands nowhere but at the top.
const AT_THE_TOP: &str =
    "`count` stands at the top of `when`: it counts the mails for which all that stands beside it holds";

/// Why planned work has none.
const NOT_OF_WORK: &str =
    "`count` is for a [[rule]]: planned work covers every alert that its `when` holds for";

/// Reads the `count` of a `when`.
pub(super) fn count(when: &Table<'_>) -> Option<Count> {
    let table = when.table_or("count", "`count`", A_COUNT)?;
    for key in ["at_least", "within"].into_iter().filter(|key| !table.has(key)) {
        table.needs(key);
    }
    let at_least = table.number("at_least", 2..=MOST);
    let within = table.read("within", within);
    let each = table.one_of("each", &Each::WORDS);
    table.end();
    Some(Count { at_least: at_least?, within: within?, each: each.unwrap_or(Each::All) })
}

/// A `count` within `all`, `any` or `not`.
pub(super) fn not_within(inner: &Table<'_>) {
    inner.belongs_elsewhere("count", AT_THE_TOP);
}

/// A `count` of planned work.
pub(super) fn not_of_work(when: &Table<'_>) {
    when.belongs_elsewhere("count", NOT_OF_WORK);
}

fn within(text: &str) -> Result<SignedDuration, String> {
    let time = values::duration(text)?;
    if time.is_zero() {
        return Err(format!("`{text}` is over at once; write `10m`"));
    }
    if time > LONGEST { Err(format!("`{text}` is longer than 7 days")) } else { Ok(time) }
}
