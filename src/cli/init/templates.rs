//! Owns writing out the built-in templates, for whoever wants to replace some.

use std::path::Path;

use super::super::output::{self, NAME, paint};
use super::super::{End, Failure};
use super::written::{self, NewFile};
use crate::templates::{FILES, variables};

/// The account of what each template can name.
const ACCOUNT: &str = "TEMPLATES.md";

/// Writes all of them into a folder, where none of them is yet.
pub(super) fn run(folder: &Path) -> Result<End, Failure> {
    let of = |name: &str, text: String| NewFile { path: folder.join(name), text, secret: false, what: "" };
    let mut files: Vec<NewFile> = FILES.iter().map(|file| of(file.name, file.text.to_owned())).collect();
    files.push(of(ACCOUNT, variables::account()));
    written::make(&files)?;
    output::print(&format!(
        "{} {} templates into {}, and {ACCOUNT}, which says what each can name.\n{} copy what you change, and no more, into \
         a file of the same name in the folder `templates` beside firebell.toml;\n  `firebell check` tries it out.\n",
        paint(NAME, "Written:"),
        FILES.len(),
        folder.display(),
        paint(NAME, "Next:"),
    ))?;
    Ok(End::Done)
}
