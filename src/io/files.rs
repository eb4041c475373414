//! Owns bringing firebell.toml, `rules/` beside it and the key file from disk.
//! Never judges what they say: `config` does.
//! On failure every file that can't be read is a mistake like any other.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::{key_file, secrets};
use crate::config::mistake::Mistake;
use crate::config::remote::{After, Mailbox, Remote, Secret, Source};
use crate::config::{self, Calendars, Config, Files};
use crate::token::Keys;

/// What is said of a font that is listed and isn't there.
const NO_FONT: &str = "this font can't be read; take it out of `gateway.fonts`, and mails have no pictures";

/// What files of templates end in.
const TEMPLATES: [&str; 3] = ["html", "toml", "txt"];

/// A configuration from disk.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it means. All its paths are found from where firebell.toml lies.
    pub config: Config,
    /// Why the book has the rehearsal keys and not the site's own; None when it has the site's. Whoever
    /// sends mail has to refuse with this.
    pub no_key: Option<Mistake>,
}

/// Reads a configuration. The error holds every mistake, unreadable files among them; trouble with the key
/// file is none (everything but sending works without) and stands in [`Loaded::no_key`].
pub fn load(path: &Path, rehearsal: Keys) -> Result<Loaded, Vec<Mistake>> {
    load_with_rules(path, &path.parent().unwrap_or(Path::new("")).join("rules"), rehearsal)
}

/// Reads firebell.toml with the rules of another directory than the one beside it.
pub fn load_with_rules(path: &Path, rules: &Path, rehearsal: Keys) -> Result<Loaded, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let main = main_file(path, &mut mistakes);
    let files = Files {
        calendars: calendars(path, &main.1, &mut mistakes),
        main,
        rules: read_all(rules, "toml", &mut mistakes),
        formats: read_all(&rules.join("alerts"), "toml", &mut mistakes),
        lists: read_all(&rules.join("lists"), "txt", &mut mistakes),
        templates: templates(path, &mut mistakes),
    };
    understood(path, &files, mistakes, rehearsal)
}

/// The site's templates. Other files in their folder are nobody's.
fn templates(path: &Path, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
    let folder = path.parent().unwrap_or(Path::new("")).join("templates");
    TEMPLATES.iter().flat_map(|extension| read_all(&folder, extension, mistakes)).collect()
}

/// Reads firebell.toml alone, with the built-in rules. For whoever looks at incidents or answers one: a rule with a
/// mistake in it, at three in the morning, is nothing to them.
pub fn load_without_rules(path: &Path, rehearsal: Keys) -> Result<Loaded, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let lists = path.parent().unwrap_or(Path::new("")).join("rules/lists");
    let main = main_file(path, &mut mistakes);
    let files = Files {
        calendars: calendars(path, &main.1, &mut mistakes),
        main,
        // On-call schedules know holidays.
        lists: read_all(&lists, "txt", &mut mistakes),
        templates: templates(path, &mut mistakes),
        ..Files::default()
    };
    match understood(path, &files, mistakes.clone(), rehearsal.clone()) {
        // Nor is a template with a mistake in it.
        Err(_) => understood(path, &Files { templates: Vec::new(), ..files }, mistakes, rehearsal),
        understood => understood,
    }
}

/// The calendars that firebell.toml names, each a file or a folder of them, found from where it lies.
fn calendars(path: &Path, text: &str, mistakes: &mut Vec<Mistake>) -> Calendars {
    let home = path.parent().unwrap_or(Path::new(""));
    let named = config::calendars_named(text).into_iter().map(|name| {
        let place = PathBuf::from(secrets::located(&name, home));
        let files = match place.is_dir() {
            true => read_all(&place, "ics", mistakes),
            false => read(&place, "", mistakes).into_iter().collect(),
        };
        (name, files)
    });
    named.collect()
}

/// The same for looking at them.
fn calendar_files(path: &Path) -> Vec<PathBuf> {
    let home = path.parent().unwrap_or(Path::new(""));
    let text = fs::read_to_string(path).unwrap_or_default();
    let named = if text.contains("calendar") { config::calendars_named(&text) } else { Vec::new() };
    let files = named.iter().flat_map(|name| {
        let place = PathBuf::from(secrets::located(name, home));
        if place.is_dir() { listed(&place, "ics").unwrap_or_default() } else { vec![place] }
    });
    files.collect()
}

fn main_file(path: &Path, mistakes: &mut Vec<Mistake>) -> (String, String) {
    read(path, "; `firebell init` writes one", mistakes).unwrap_or_default()
}

fn understood(
    path: &Path,
    files: &Files,
    mistakes: Vec<Mistake>,
    rehearsal: Keys,
) -> Result<Loaded, Vec<Mistake>> {
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let home = path.parent().unwrap_or(Path::new(""));
    let mut config = config::read(files, rehearsal)?;
    locate(&mut config, &|path| secrets::located(path, home));
    for font in &config.fonts {
        let bytes =
            fs::read(font).map_err(|error| vec![about(font.as_str(), format!("{NO_FONT}: {error}"))])?;
        config.book.fonts.push(Arc::new(bytes));
    }
    let no_key = match keys(config.key_file.as_deref(), path) {
        Ok(keys) => {
            config.book.keys = keys;
            None
        }
        Err(mistake) => Some(mistake),
    };
    Ok(Loaded { config, no_key })
}

/// Makes every path of a configuration one that can be opened.
fn locate(config: &mut Config, located: &dyn Fn(&str) -> String) {
    config.data = located(&config.data);
    config.key_file = config.key_file.as_deref().map(located);
    for font in &mut config.fonts {
        *font = located(font);
    }
    for mailbox in &mut config.mailboxes {
        match mailbox {
            Mailbox { source: Source::Imap { server, .. }, .. } => locate_secrets(server, located),
            Mailbox { source: Source::Maildir(directory), after, .. } => {
                *directory = located(directory);
                if let After::Move(to) = after {
                    *to = located(to);
                }
            }
            Mailbox { source: Source::Listen(_), .. } => {}
        }
    }
    if let Some(relay) = &mut config.relay {
        locate_secrets(&mut relay.server, located);
    }
}

fn locate_secrets(server: &mut Remote, located: &dyn Fn(&str) -> String) {
    server.ca_file = server.ca_file.as_deref().map(located);
    if let Some(Secret::File(file) | Secret::Grant(file)) = &mut server.password {
        *file = located(file);
    }
}

/// How the files of a configuration look from outside: when each was written, and its size in bytes.
pub type Look = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Looks at firebell.toml, at the calendars that it names, and at all that is read from `rules/` and `templates/` beside it. What can't be looked at is not there.
pub fn look(path: &Path) -> Look {
    let rules = path.parent().unwrap_or(Path::new("")).join("rules");
    let templates = path.parent().unwrap_or(Path::new("")).join("templates");
    let folders = [(rules.clone(), "toml"), (rules.join("alerts"), "toml"), (rules.join("lists"), "txt")];
    let folders: Vec<_> =
        folders.into_iter().chain(TEMPLATES.map(|extension| (templates.clone(), extension))).collect();
    let listed = folders.iter().flat_map(|(folder, extension)| listed(folder, extension).unwrap_or_default());
    let look = |path: PathBuf| {
        let file = fs::metadata(&path).ok()?;
        Some((path, (file.modified().ok(), file.len())))
    };
    std::iter::once(path.to_owned()).chain(listed).chain(calendar_files(path)).filter_map(look).collect()
}

/// A mistake about a file as a whole.
fn about(file: impl Into<String>, text: impl Into<String>) -> Mistake {
    Mistake { file: file.into(), line: 0, text: text.into() }
}

/// Name and text of a file.
fn read(path: &Path, advice: &str, mistakes: &mut Vec<Mistake>) -> Option<(String, String)> {
    let name = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => Some((name, text)),
        Err(error) => {
            mistakes.push(about(name, format!("can't be read: {error}{advice}")));
            None
        }
    }
}

/// The files of a directory with an extension, in the order of their names; none when there is no such directory.
fn read_all(directory: &Path, extension: &str, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
    let paths = match listed(directory, extension) {
        Ok(paths) => paths,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            mistakes.push(about(directory.display().to_string(), format!("can't be listed: {error}")));
            Vec::new()
        }
    };
    paths.iter().filter_map(|path| read(path, "", mistakes)).collect()
}

/// The paths of these files.
fn listed(directory: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(directory)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|other| other == extension) && !is_hidden(path));
    paths.sort();
    Ok(paths)
}

/// Editors leave `.#site.toml` behind.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

/// The site's keys.
fn keys(file: Option<&str>, main: &Path) -> Result<Keys, Mistake> {
    let Some(file) = file else {
        let text = format!("no `key_file` under [security]: mail can't be sent; {}", key_file::MAKE);
        return Err(about(main.display().to_string(), text));
    };
    key_file::read(file)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const MAIN: &str = "[gateway]\naddress = \"incidents@example.com\"\noperator = \"infra\"\n\
        [[person]]\nid = \"kato\"\naddresses = [\"kato@example.com\"]\n\
        [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n";

    fn site(more: &str, key: Option<(&str, u32)>) -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let main = home.path().join("firebell.toml");
        fs::write(&main, format!("{MAIN}{more}")).unwrap();
        if let Some((text, mode)) = key {
            fs::write(home.path().join("key"), text).unwrap();
            fs::set_permissions(home.path().join("key"), fs::Permissions::from_mode(mode)).unwrap();
        }
        (home, main)
    }

    fn load_it(main: &Path) -> Loaded {
        load(main, Keys::new(vec![0; 32])).unwrap()
    }

    #[test]
    fn a_missing_file_says_how_to_make_one() {
        let mistakes = load(Path::new("/nowhere/firebell.toml"), Keys::new(Vec::new())).unwrap_err();
        let told = mistakes.first().unwrap().to_string();
        assert!(told.starts_with("/nowhere/firebell.toml: can't be read: "), "{told}");
        assert!(told.ends_with("`firebell init` writes one"), "{told}");
        assert_eq!(mistakes.len(), 1);
    }

    #[test]
    fn rules_beside_the_file_are_read_in_order_of_their_names() {
        let (home, main) = site("", None);
        fs::create_dir_all(home.path().join("rules/alerts")).unwrap();
        for name in ["d", "a", "e", "b", "c", ".#a"] {
            let rule = format!(
                "[[rule]]\nname = \"{name}\"\nwhen = {{ subject = \"{name}\" }}\nthen = {{ action = \"hold\" }}\n"
            );
            fs::write(home.path().join(format!("rules/{name}.toml")), rule).unwrap();
        }
        fs::write(home.path().join("rules/notes.txt"), "not a rule").unwrap();
        let names: Vec<String> =
            load_it(&main).config.book.rules.iter().map(|rule| rule.name.clone()).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn a_list_with_a_file_of_its_own_is_found_by_its_name() {
        let (home, main) = site("", None);
        fs::create_dir_all(home.path().join("rules/lists")).unwrap();
        fs::write(home.path().join("rules/lists/vip.txt"), "# who pays\n\nKato@example.com # Kato\n")
            .unwrap();
        fs::write(home.path().join("rules/lists/vip.txt~"), "somebody@example.com\n").unwrap();
        let rule = "rule = [{ name = \"vip\", when = { from = { list = \"vip\" } }, then = { action = \"hold\" } }]\n";
        fs::write(home.path().join("rules/site.toml"), rule).unwrap();
        let book = load_it(&main).config.book;
        let held = |from: &str| {
            let message = crate::message::read(format!("From: {from}\r\nSubject: x\r\n\r\nx\r\n").as_bytes());
            let now = jiff::Timestamp::UNIX_EPOCH;
            crate::rules::classify(&book.rules, &book.directory, &message, None, now).rule.is_some()
        };
        assert!(held("kato@example.com"));
        assert!(!held("somebody@example.com"));
    }

    #[test]
    fn every_path_is_found_from_where_the_file_lies() {
        let key = "k".repeat(32) + "\n";
        let more = "[security]\nkey_file = \"key\"\n\
            [[mailbox]]\nimap = \"imaps://me@host\"\npassword_file = \"imap.password\"\nca_file = \"ca.pem\"\n\
            after = { move_to = \"Handled\" }\n\
            [[mailbox]]\nmaildir = \"mail\"\nafter = { move_to = \"handled\" }\n\
            [[mailbox]]\nmaildir = \"/var/mail/others\"\n\
            [relay]\nsmtp = \"submission://me@host\"\npassword_file = \"/run/relay\"\nca_file = \"ca.pem\"\n";
        let (home, main) = site(more, Some((&key, 0o600)));
        let loaded = load_it(&main);
        assert_eq!(loaded.no_key, None);
        let at = |path: &str| home.path().join(path).display().to_string();
        assert_eq!(loaded.config.data, at("data"));
        assert_eq!(loaded.config.key_file, Some(at("key")));
        let [imap, maildir, others] = loaded.config.mailboxes.as_slice() else { panic!("three mailboxes") };
        let Source::Imap { server, .. } = &imap.source else { panic!("IMAP") };
        assert_eq!(server.password, Some(Secret::File(at("imap.password"))));
        assert_eq!(server.ca_file, Some(at("ca.pem")));
        assert_eq!(imap.after, After::Move("Handled".into()));
        assert_eq!(
            (&maildir.source, &maildir.after),
            (&Source::Maildir(at("mail")), &After::Move(at("handled")))
        );
        assert_eq!(others.source, Source::Maildir("/var/mail/others".into()));
        let relay = loaded.config.relay.unwrap().server;
        assert_eq!(
            (relay.password, relay.ca_file),
            (Some(Secret::File("/run/relay".into())), Some(at("ca.pem")))
        );
    }

    #[test]
    fn a_key_that_is_missing_open_or_short_is_no_key() {
        let long = "k".repeat(32);
        let long = long.as_str();
        let configured = "[security]\nkey_file = \"key\"\n";
        let cases = [
            ("", None, "no `key_file`"),
            (configured, None, "can't be read"),
            (configured, Some((long, 0o640)), "may be read by others"),
            (configured, Some(("short", 0o600)), "at least 32 characters"),
        ];
        for (more, key, words) in cases {
            let (_home, main) = site(more, key);
            let told = load_it(&main).no_key.unwrap().to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}
