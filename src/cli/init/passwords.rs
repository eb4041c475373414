//! Owns the passwords of mailbox and relay: in which files they are, and which are asked for.
//! Never writes one anywhere but into a file for its owner alone.

use std::fs;
use std::path::Path;

use super::asking::Asking;
use super::draft::Draft;
use super::written::NewFile;
use crate::cli::Failure;
use crate::config::remote::Remote;

/// A password that gets a file of its own.
pub(super) struct Password {
    /// Name of the file, beside firebell.toml.
    pub(super) name: &'static str,
    /// Empty when it is to be written there later.
    pub(super) text: String,
}

impl Password {
    /// The file with it.
    pub(super) fn file(self, home: &Path) -> NewFile {
        let (what, text) = match self.text.is_empty() {
            true => ("empty yet: write the password into it", self.text),
            false => ("the password, for nobody else to read", self.text + "\n"),
        };
        NewFile { path: home.join(self.name), text, secret: true, what }
    }
}

/// Those of a site.
pub(super) struct Passwords {
    /// The file that holds them already.
    file: Option<String>,
    /// Those that get files of their own.
    pub(super) written: Vec<Password>,
}

impl Passwords {
    /// A file that is named must be there. Its path then holds wherever firebell.toml lies.
    pub(super) fn new(file: Option<&Path>) -> Result<Self, Failure> {
        let found = |file: &Path| {
            let path = fs::canonicalize(file).map_err(|error| {
                Failure::Impossible(format!("--password-file {}: {error}", file.display()))
            })?;
            Ok::<_, Failure>(path.display().to_string())
        };
        Ok(Self { file: file.map(found).transpose()?, written: Vec::new() })
    }

    /// The mailbox's, where somebody logs in there.
    pub(super) fn of_mailbox(&mut self, draft: &mut Draft, asking: &mut Asking<'_>) -> Result<(), Failure> {
        let Some(server) = draft.mailbox_server() else { return Ok(()) };
        if let Some(file) = &self.file {
            draft.mailbox_password.clone_from(file);
            return Ok(());
        }
        let text = asked(draft, &server, "empty to write it later", asking)?;
        self.written.push(Password { name: "imap.password", text });
        Ok(())
    }

    /// The relay's: the mailbox's where that is the same account and nothing else is said.
    pub(super) fn of_relay(&mut self, draft: &mut Draft, asking: &mut Asking<'_>) -> Result<(), Failure> {
        let Some(server) = draft.relay_server() else { return Ok(()) };
        if let Some(file) = &self.file {
            draft.relay_password.clone_from(file);
            return Ok(());
        }
        let same = draft.mailbox_server().is_some_and(|mailbox| mailbox.user == server.user);
        let empty = if same { "empty for the same as the mailbox's" } else { "empty to write it later" };
        let text = asked(draft, &server, empty, asking)?;
        if same && text.is_empty() {
            draft.relay_password.clone_from(&draft.mailbox_password);
            return Ok(());
        }
        self.written.push(Password { name: "relay.password", text });
        Ok(())
    }
}

/// What is answered; with `--yes` nothing is asked.
fn asked(draft: &Draft, server: &Remote, empty: &str, asking: &mut Asking<'_>) -> Result<String, Failure> {
    match draft.yes {
        true => Ok(String::new()),
        false => asking.password(&format!("Password at {} (not shown; {empty}): ", server.host)),
    }
}
