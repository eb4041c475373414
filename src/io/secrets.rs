//! Owns reading secrets: passwords and keys, from files that nobody else may read or from the environment.
//! Never shows one.
//! On failure the words say how to write it.

use std::path::Path;
use std::{env, fs, io};

use super::net::{Password, Proof};
use super::oauth::Tokens;
use super::oauth::grant::Grant;
use crate::config::mistake::Mistake;
use crate::config::remote::Secret;

/// How a path begins that means a credential of the systemd unit (systemd.exec(5), `LoadCredential=`).
const CREDENTIALS: &str = "$CREDENTIALS_DIRECTORY/";
/// The variable in which systemd says where they are.
const DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// Why a file with a secret was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// It isn't there, or can't be opened.
    Unreadable(io::Error),
    /// It is only there in a systemd unit.
    NoCredentials,
    /// Others than its owner may read or write it. Holds the path.
    Open(String),
}

impl Unread {
    /// In words; `make` says how to write such a file.
    pub(super) fn with(&self, make: &str) -> String {
        match self {
            Self::Unreadable(error) => format!("can't be read: {error}; {make}"),
            Self::NoCredentials => {
                "can't be read: systemd alone sets `$CREDENTIALS_DIRECTORY`, for a unit with \
                 `LoadCredential=`"
                    .to_owned()
            }
            Self::Open(file) => {
                format!("may be read by others than its owner; `chmod 600 {file}` closes it")
            }
        }
    }
}

/// What opens an account: the password that is kept there, the first line, or tokens. The error is about the file or the
/// variable; whether tokens can be had shows only when one is asked for.
pub fn proof(secret: &Secret) -> Result<Proof, Mistake> {
    match secret {
        Secret::File(file) => in_file(file).map(Proof::Password),
        Secret::Environment(variable) => in_variable(variable).map(Proof::Password),
        Secret::Grant(file) => {
            let about = |text| Mistake { file: file.clone(), line: 0, text };
            Grant::read(file).map(|_| Proof::Tokens(Tokens::by_grant(file.clone()))).map_err(about)
        }
        Secret::Command(command) => Ok(Proof::Tokens(Tokens::by_command(command.clone()))),
    }
}

fn in_file(file: &str) -> Result<Password, Mistake> {
    let make = format!("`(umask 077; cat > {file})` writes it: type the password, Enter, Ctrl-D");
    let about = |text: String| Mistake { file: file.to_owned(), line: 0, text };
    let text = read(file).map_err(|why| about(why.with(&make)))?;
    first_line(&text).ok_or_else(|| about(format!("holds no password in its first line; {make}")))
}

fn in_variable(variable: &str) -> Result<Password, Mistake> {
    let text = env::var(variable).unwrap_or_default();
    first_line(&text).ok_or_else(|| Mistake {
        file: format!("${variable}"),
        line: 0,
        text: format!(
            "is not set, and should hold a password: `export {variable}`, or `Environment=` in the unit"
        ),
    })
}

fn first_line(text: &str) -> Option<Password> {
    let line = text.lines().next().filter(|line| !line.is_empty())?;
    Some(Password::new(line))
}

/// A file that nobody but its owner may read. systemd watches over its credentials itself, and their modes say little.
pub(super) fn read(file: &str) -> Result<String, Unread> {
    if file.starts_with(CREDENTIALS) {
        return Err(Unread::NoCredentials);
    }
    let text = fs::read_to_string(file).map_err(Unread::Unreadable)?;
    let of_systemd =
        env::var_os(DIRECTORY).is_some_and(|directory| Path::new(file).starts_with(Path::new(&directory)));
    if is_open(Path::new(file)) && !of_systemd {
        return Err(Unread::Open(file.to_owned()));
    }
    Ok(text)
}

/// A path as written, from where firebell.toml lies. Without systemd a credential stays as written: reading it will
/// say why it can't be.
pub(super) fn located(path: &str, home: &Path) -> String {
    within(path, home, env::var_os(DIRECTORY).as_deref().map(Path::new))
}

fn within(path: &str, home: &Path, credentials: Option<&Path>) -> String {
    match (path.strip_prefix(CREDENTIALS), credentials) {
        (Some(name), Some(directory)) => directory.join(name).display().to_string(),
        (Some(_), None) => path.to_owned(),
        (None, _) => home.join(path).display().to_string(),
    }
}

/// Whether others than the owner may read or write it.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

/// Modes are a Unix notion.
#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn password(secret: &Secret) -> Result<Password, Mistake> {
        proof(secret).map(|proof| match proof {
            Proof::Password(password) => password,
            Proof::Tokens(_) => panic!("tokens"),
        })
    }

    fn written(text: &str, mode: u32) -> (tempfile::TempDir, Secret) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("imap.password");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let secret = Secret::File(file.display().to_string());
        (home, secret)
    }

    #[test]
    fn a_password_is_the_first_line_with_all_its_spaces() {
        for (text, password_is) in
            [("s3cret\n", "s3cret"), (" two words \r\nnotes", " two words "), ("パスワード", "パスワード")]
        {
            let (_home, secret) = written(text, 0o600);
            let read = password(&secret).unwrap();
            assert_eq!(read.reveal(), password_is);
            assert!(!format!("{read:?}").contains(password_is));
        }
    }

    #[test]
    fn a_password_that_is_missing_open_or_empty_is_told_with_what_to_type() {
        for (text, mode, words) in [
            ("s3cret", 0o640, "`chmod 600 "),
            ("", 0o600, "holds no password"),
            ("\ns3cret", 0o600, "`(umask 077; cat > "),
        ] {
            let (_home, secret) = written(text, mode);
            let told = password(&secret).unwrap_err().to_string();
            assert!(told.contains(words) && !told.contains("s3cret"), "{told}");
        }
        let told = password(&Secret::File("/nowhere/imap.password".into())).unwrap_err().to_string();
        assert!(told.contains("can't be read") && told.contains("(umask 077; cat > /nowhere/imap"), "{told}");
        let told = password(&Secret::Environment("FIREBELL_NOT_SET".into())).unwrap_err().to_string();
        assert!(told.starts_with("$FIREBELL_NOT_SET: is not set"), "{told}");
    }

    #[test]
    fn a_credential_of_systemd_is_found_where_systemd_says() {
        let (home, units) = (Path::new("/etc/firebell"), Path::new("/run/credentials/firebell.service"));
        let imap = "$CREDENTIALS_DIRECTORY/imap";
        assert_eq!(within(imap, home, Some(units)), "/run/credentials/firebell.service/imap");
        assert_eq!(within("imap.password", home, Some(units)), "/etc/firebell/imap.password");
        assert_eq!(within("/run/imap", home, None), "/run/imap");
        assert_eq!(within(imap, home, None), imap);
        let told = password(&Secret::File(imap.into())).unwrap_err().to_string();
        assert!(told.contains("LoadCredential="), "{told}");
    }
}
