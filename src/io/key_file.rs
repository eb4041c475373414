//! Owns the file with the site's keys: its first line is the key that signs, as it stands; each further line an earlier one,
//! `retired 2026-11-22T01:00:00Z KEY`, the newest first.
//! Never shows a key.
//! On failure the file stays as it was, and the words say what to do.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use jiff::Timestamp;

use super::secrets;
use crate::config::mistake::Mistake;
use crate::token::{Keys, VERIFIES};

/// How a first key is made.
pub const MAKE: &str = "`head -c 32 /dev/urandom | base64` makes a key";
/// Random bytes of a new key.
const NEW: usize = 32;
/// Shortest key, in characters: 128 bits even when they are hexadecimal digits.
const SHORTEST: usize = 32;
/// How the line of an earlier key begins.
const RETIRED: &str = "retired ";

/// An earlier key and when another took its place.
type Earlier<'a> = (Timestamp, &'a str);

/// A new key.
pub fn make() -> Result<String, String> {
    let mut key = [0; NEW];
    getrandom::fill(&mut key).map_err(|error| format!("no random numbers: {error}"))?;
    Ok(BASE64.encode(&key))
}

/// Reads the keys.
pub fn read(file: &str) -> Result<Keys, Mistake> {
    let about = |text: String| Mistake { file: file.to_owned(), line: 0, text };
    let text = secrets::read(file).map_err(|why| about(why.with(MAKE)))?;
    let (current, earlier) =
        understood(&text).map_err(|(line, text)| Mistake { file: file.to_owned(), line, text })?;
    let keys = Keys::new(current.as_bytes().to_vec());
    Ok(earlier.into_iter().fold(keys, |keys, (at, key)| keys.with_earlier(key.as_bytes().to_vec(), at)))
}

/// The key that signs and the earlier ones, or the number of the line with a mistake and what it is.
fn understood(text: &str) -> Result<(&str, Vec<Earlier<'_>>), (usize, String)> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let long = |key: &str| key.chars().count() >= SHORTEST;
    let (_, current) = lines.find(|(_, line)| !line.is_empty()).unwrap_or_default();
    if !long(current) || current.starts_with(RETIRED) {
        return Err((
            0,
            format!("must begin with a line of at least {SHORTEST} characters, the key; {MAKE}"),
        ));
    }
    let mut earlier = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let read = line.strip_prefix(RETIRED).and_then(|rest| {
            let (at, key) = rest.trim_start().split_once(' ')?;
            Some((at.parse::<Timestamp>().ok()?, key.trim()))
        });
        match read {
            Some((at, key)) if long(key) => earlier.push((at, key)),
            _ => {
                let text = "one line holds the key; an earlier one is written \
                    `retired 2026-11-22T01:00:00Z KEY`, and `firebell key rotate` does that";
                return Err((number, text.to_owned()));
            }
        }
    }
    earlier.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok((current, earlier))
}

/// Since when the current key signs: since it took the place of another; else since the file was last written.
pub fn since(file: &str, keys: &Keys) -> Option<Timestamp> {
    let retired = keys.iter().find_map(|key| key.retired());
    let written = || Timestamp::try_from(fs::metadata(file).ok()?.modified().ok()?).ok();
    retired.or_else(written)
}

/// Puts a new key in the place of the current one, which goes on verifying. Those that don't any more are taken out. The
/// file is replaced whole, so that nobody ever reads half of it.
pub fn rotate(file: &str, new: &str, now: Timestamp) -> Result<(), Mistake> {
    let about = |text: String| Mistake { file: file.to_owned(), line: 0, text };
    let text = secrets::read(file).map_err(|why| about(why.with(MAKE)))?;
    let (current, mut earlier) =
        understood(&text).map_err(|(line, text)| Mistake { file: file.to_owned(), line, text })?;
    earlier.insert(0, (now, current));
    earlier.retain(|(retired, _)| now.duration_since(*retired) < VERIFIES);
    let earlier: String = earlier.iter().map(|(at, key)| format!("{RETIRED}{at:.0} {key}\n")).collect();
    // A link stays one: what it points to is replaced.
    let path = fs::canonicalize(file).map_err(|error| about(format!("can't be found: {error}")))?;
    replace(&path, &format!("{new}\n{earlier}"))
        .map_err(|error| about(format!("can't be replaced: {error}; the old key stays")))
}

/// Replaces a file whole, so that nobody ever reads half of it; it keeps its mode.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    for_its_owner_alone(&mut options);
    let mut file = options.open(&new)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.set_permissions(fs::metadata(path)?.permissions()))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // Half a file is none.
        let _ = fs::remove_file(&new);
    }
    written
}

/// A file opened so is nobody else's to read.
#[cfg(unix)]
pub fn for_its_owner_alone(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// Modes are a Unix notion.
#[cfg(not(unix))]
pub fn for_its_owner_alone(_: &mut OpenOptions) {}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use jiff::SignedDuration;

    use super::*;

    fn written(text: &str) -> (tempfile::TempDir, String) {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("key");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let name = file.display().to_string();
        (home, name)
    }

    fn now() -> Timestamp {
        "2026-11-22T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_new_key_takes_the_old_one_s_place_and_the_old_one_verifies_for_90_days() {
        let old = "an old key with blanks, as somebody typed it";
        let (home, file) = written(&format!("{old}\n"));
        let old_id = read(&file).unwrap().iter().next().unwrap().id();
        rotate(&file, &"n".repeat(40), now()).unwrap();
        let ids = |keys: &Keys| keys.iter().map(|key| key.id()).collect::<Vec<_>>();
        let keys = read(&file).unwrap();
        assert_eq!(ids(&keys).get(1), Some(&old_id));
        assert_eq!(since(&file, &keys), Some(now()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        rotate(&file, &"m".repeat(40), now() + SignedDuration::from_hours(1)).unwrap();
        assert_eq!(ids(&read(&file).unwrap()).get(2), Some(&old_id));
        rotate(&file, &"o".repeat(40), now() + VERIFIES).unwrap();
        assert_eq!(read(&file).unwrap().iter().count(), 3);
        assert!(!fs::read_to_string(&file).unwrap().contains(old));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_says_something_else_is_told_with_its_line() {
        let key = "k".repeat(32);
        for (text, line, words) in [
            (String::new(), 0, "at least 32 characters"),
            ("short".to_owned(), 0, "at least 32 characters"),
            (format!("retired 2026-11-22T01:00:00Z {key}"), 0, "must begin with"),
            (format!("{key}\n{key}"), 2, "one line holds the key"),
            (format!("{key}\nretired yesterday {key}"), 2, "firebell key rotate"),
            (format!("{key}\n\nretired 2026-11-22T01:00:00Z short"), 3, "firebell key rotate"),
        ] {
            let (_home, file) = written(&text);
            let mistake = read(&file).unwrap_err();
            assert!(mistake.line == line && mistake.text.contains(words), "{mistake}");
            assert!(!mistake.text.contains(&key), "{mistake}");
        }
    }
}
