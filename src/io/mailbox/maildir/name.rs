//! Owns the names of a Maildir's files: `UNIQUE:2,FLAGS` (<https://cr.yp.to/proto/maildir.html>).
//! Never takes two different names for one, whatever bytes they have.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;

use jiff::Timestamp;

/// What separates the unique part from the flags.
const INFO: &[u8] = b":2,";
/// The flag of a mail that somebody wants to find again.
const FLAGGED: u8 = b'F';

/// The name of a file in cur/.
pub(super) struct File {
    unique: Vec<u8>,
    flags: Vec<u8>,
}

/// The unique part of a file's name.
pub(super) fn unique(path: &Path) -> String {
    let mut text = String::new();
    for chunk in kept(path).unique.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("/{byte:02x}"));
        }
    }
    text
}

/// When a mail with this unique name was delivered: names begin with the seconds since 1970.
pub(super) fn seconds(unique: &str) -> Option<Timestamp> {
    Timestamp::from_second(unique.split('.').next()?.parse().ok()?).ok()
}

/// The name with its flags as they are; one from new/ has none.
pub(super) fn kept(path: &Path) -> File {
    let name = path.file_name().unwrap_or_default().as_bytes();
    let split = name.windows(INFO.len()).position(|bytes| bytes == INFO).unwrap_or(name.len());
    let (unique, info) = name.split_at_checked(split).unwrap_or((name, b""));
    File { unique: unique.to_vec(), flags: info.strip_prefix(INFO).unwrap_or_default().to_vec() }
}

/// The name with the flag F, in its place among the others: flags stand in ASCII order.
pub(super) fn flagged(path: &Path) -> File {
    let mut name = kept(path);
    if !name.flags.contains(&FLAGGED) {
        let place = name.flags.iter().position(|flag| *flag > FLAGGED || !flag.is_ascii_alphabetic());
        name.flags.insert(place.unwrap_or(name.flags.len()), FLAGGED);
    }
    name
}

impl File {
    /// The file's name; with a number other than 0 another mail's, as unique, for where this one is taken. The number
    /// stands before the first comma, after which some servers note the mail's size.
    pub(super) fn numbered(&self, number: usize) -> OsString {
        let comma = self.unique.iter().position(|byte| *byte == b',').unwrap_or(self.unique.len());
        let (unique, noted) = self.unique.split_at_checked(comma).unwrap_or((&self.unique, b""));
        let number = if number == 0 { String::new() } else { format!("-{number}") };
        OsString::from_vec([unique, number.as_bytes(), noted, INFO, &self.flags].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged_as(name: &str) -> String {
        flagged(Path::new(name)).numbered(0).into_string().unwrap()
    }

    #[test]
    fn the_flag_stands_in_its_place() {
        assert_eq!(flagged_as("1.a.host"), "1.a.host:2,F");
        assert_eq!(flagged_as("new/1.a.host:2,"), "1.a.host:2,F");
        assert_eq!(flagged_as("1.a.host:2,DRS"), "1.a.host:2,DFRS");
        assert_eq!(flagged_as("1.a.host:2,FS"), "1.a.host:2,FS");
        assert_eq!(flagged_as("1.a.host:2,Sab"), "1.a.host:2,FSab");
        assert_eq!(flagged_as("1.a.host,S=7:2,D,x"), "1.a.host,S=7:2,DF,x");
    }

    #[test]
    fn another_mail_s_name_keeps_what_is_noted_in_it() {
        let name = kept(Path::new("1.a.host,S=70,W=72:2,S")).numbered(3);
        assert_eq!(name, "1.a.host-3,S=70,W=72:2,S");
    }

    #[test]
    fn names_that_are_no_utf_8_stay_apart() {
        let of = |bytes: &[u8]| unique(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_eq!(of(b"1.\xe9.host:2,S"), "1./e9.host");
        assert_eq!(of(b"1.\xe8.host:2,S"), "1./e8.host");
        assert_eq!(of("1.é.host".as_bytes()), "1.é.host");
        assert_eq!(kept(Path::new(std::ffi::OsStr::from_bytes(b"\xff"))).numbered(0).as_bytes(), b"\xff:2,");
    }

    #[test]
    fn a_name_tells_when_the_mail_came() {
        let at = |name| seconds(name).map(Timestamp::as_second);
        assert_eq!(at("1767607200.M1P2.host"), Some(1_767_607_200));
        assert_eq!(at("mail.1"), None);
        assert_eq!(at("99999999999999.x"), None);
    }
}
