//! Owns `firebell check`: everything that is wrong with a configuration, or what it means.

mod connect;
mod findings;
mod on_call;
mod round_trip;

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::output::{self, NAME, QUIET, WARNING, WELL, fact, paint};
use super::{End, Failure, site};
use crate::alert;
use crate::config::mistake::Mistake;
use crate::config::remote::{Mailbox, Remote, Secret, Security, Source};
use crate::config::{Config, checks};
use crate::directory::{Party, Service};
use crate::incident::words::one_line;
use crate::io::clock::Clock;
use crate::io::files::Loaded;
use crate::io::{key_file, secrets};

/// `firebell check`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell check --config /etc/firebell/firebell.toml
          firebell check --connect

Reads firebell.toml, rules/*.toml, rules/alerts/*.toml and templates/*, says every mistake at once with its file and line, and
runs the [[test]]s beside the rules and alert formats. With --connect it also logs in to mailbox and relay, says what
they can do, and what to type where something is wrong; nothing is changed there. A running firebell is not touched.

Next:     `firebell explain FILE` shows what these rules make of a mail of yours.")]
pub(super) struct Arguments {
    /// Log in to mailbox and relay too, and say what they can do
    #[arg(long)]
    connect: bool,
    /// Also send one mail from the gateway to a plus address of its own, and wait for it up to a minute
    #[arg(long, requires = "connect")]
    send: bool,
}

/// Checks it.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    let path = config.unwrap_or(Path::new(site::DEFAULT));
    let loaded = match (site::load(config), File::open(path)) {
        (Err(Failure::Mistakes(mistakes)), Ok(_)) => return Err(Failure::Found(mistakes)),
        (loaded, _) => loaded?,
    };
    let failures = failures(&loaded.config);
    if !failures.is_empty() {
        return Err(Failure::Found(failures));
    }
    output::remark(&warnings(&loaded))?;
    output::print(&account(&path.display().to_string(), &loaded))?;
    if !arguments.connect {
        return Ok(End::Done);
    }
    let found = connect::run(&loaded, arguments.send)?;
    for findings in &found {
        output::print(&format!("\n{}", findings.text()))?;
    }
    Ok(if found.iter().any(findings::Findings::is_wrong) { End::Wrong } else { End::Done })
}

/// The tests that fail: those of the rules, then those of the formats.
fn failures(config: &Config) -> Vec<Mistake> {
    let book = &config.book;
    let of_formats = book.formats.iter().flat_map(|format| {
        let mistake = |text| Mistake { file: format!("rules/alerts/{}.toml", format.name), line: 0, text };
        alert::check(format, &book.formats).into_iter().map(mistake)
    });
    checks::failures(book).into_iter().chain(of_formats).collect()
}

/// What works, but not as one may think.
fn warnings(loaded: &Loaded) -> String {
    let mut warnings = Vec::new();
    if let Some(mistake) = &loaded.no_key {
        warnings.push(format!(
            "{mistake}\n  `(umask 077; head -c 32 /dev/urandom | base64 > firebell.key)` writes one; \
             name it with `key_file = \"firebell.key\"` under [security]"
        ));
    }
    let config = &loaded.config;
    warnings.extend(old_key(loaded, Clock::World.now()));
    warnings.extend(on_call::warnings(&config.book, Clock::World.now()));
    let with_clients = |service: &&Service| !service.clients.is_empty();
    let services: Vec<&Service> = config.book.directory.services.values().filter(with_clients).collect();
    if config.book.monitors.is_empty() && !services.is_empty() {
        let names: Vec<&str> = services.iter().map(|service| service.id.as_str()).collect();
        warnings.push(format!(
            "no `monitors` under [security]: when an alert says that {} is down, clients hear nothing before somebody \
             acknowledges; list the addresses that your alerts come from",
            names.join(" or ")
        ));
    }
    if config.mailboxes.is_empty() {
        warnings.push(
            "no [mailbox]: `firebell run` takes no mail in; write `imap = \"imaps://USER@HOST/INBOX\"` or \
             `listen = \"127.0.0.1:2525\"`"
                .to_owned(),
        );
    }
    if config.relay.is_none() {
        warnings.push(
            "no [relay]: `firebell run` can't send; write `smtp = \"submission://USER@HOST\"` or \
             `smtp = \"smtp://localhost:25\"`"
                .to_owned(),
        );
    }
    warnings.extend(passwords(config).filter_map(|secret| Some(secrets::proof(secret).err()?.to_string())));
    warnings.iter().map(|warning| format!("{} {warning}\n", paint(WARNING, "warning:"))).collect()
}

/// A key is worth replacing after this time.
const OLD: SignedDuration = SignedDuration::from_hours(365 * 24);

/// That the key has signed for long.
fn old_key(loaded: &Loaded, now: Timestamp) -> Option<String> {
    let file = loaded.config.key_file.as_ref().filter(|_| loaded.no_key.is_none())?;
    let since = key_file::since(file, &loaded.config.book.keys)?;
    let age = now.duration_since(since);
    let days = age.as_hours() / 24;
    (age > OLD)
        .then(|| format!("{file}: the key signs for {days} days now; `firebell key rotate` makes a new one"))
}

/// Where the passwords are that the configuration names.
fn passwords(config: &Config) -> impl Iterator<Item = &Secret> {
    let of_mailboxes = config.mailboxes.iter().filter_map(|mailbox| match &mailbox.source {
        Source::Imap { server, .. } => server.password.as_ref(),
        Source::Listen(_) | Source::Maildir(_) => None,
    });
    of_mailboxes.chain(config.relay.iter().filter_map(|relay| relay.server.password.as_ref()))
}

/// A server in words: `imap.example.com port 993 (TLS) as incidents`.
fn server(remote: &Remote) -> String {
    let security = match remote.security {
        Security::Plain => "no TLS",
        Security::StartTls => "STARTTLS",
        Security::Tls => "TLS",
    };
    let user = remote.user.as_ref().map(|user| format!(" as {}", one_line(user))).unwrap_or_default();
    format!("{} port {} ({security}){user}", remote.host, remote.port)
}

/// A mailbox in words.
fn mailbox(mailbox: &Mailbox) -> String {
    match &mailbox.source {
        Source::Listen(address) => format!("whoever connects to {address}"),
        Source::Imap { server: remote, folder } => format!("{} in {}", one_line(folder), server(remote)),
        Source::Maildir(directory) => format!("the Maildir {}", one_line(directory)),
    }
}

/// What was found, in a few lines.
fn account(path: &str, loaded: &Loaded) -> String {
    let (config, book) = (&loaded.config, &loaded.config.book);
    let directory = &book.directory;
    let (clients, teams): (Vec<&Party>, Vec<&Party>) =
        directory.parties.values().partition(|party| party.external);
    let names =
        |parties: &[&Party]| parties.iter().map(|party| party.id.to_string()).collect::<Vec<_>>().join(", ");
    let services: Vec<&str> = directory.services.keys().map(|id| id.as_str()).collect();
    let formats: Vec<&str> = book.formats.iter().map(|format| format.name.as_str()).collect();
    let relay = config.relay.as_ref().map_or("none".to_owned(), |relay| server(&relay.server));
    let mailboxes = match config.mailboxes.as_slice() {
        [] => vec!["nowhere".to_owned()],
        mailboxes => mailboxes.iter().map(mailbox).collect(),
    };
    let mut text = format!("{}: {}\n", paint(NAME, path), paint(WELL, "no mistakes"));
    let counted =
        |count: usize, what: &str| if count == 0 { "none".to_owned() } else { format!("{count}: {what}") };
    let tests = |count: usize| paint(QUIET, &format!("(tests passed: {count})"));
    let format_tests = book.formats.iter().map(|format| format.tests.len()).sum();
    let key = config.key_file.clone().filter(|_| loaded.no_key.is_none());
    let one = |value: String| vec![value];
    for (heading, values) in [
        ("Address", one(format!("{} ({})", book.address, book.name))),
        ("People", one(directory.people.len().to_string())),
        ("Teams", one(counted(teams.len(), &names(&teams)))),
        ("Clients", one(counted(clients.len(), &names(&clients)))),
        ("Services", one(counted(services.len(), &services.join(", ")))),
        ("Rules", one(format!("{} {}", book.rules.len(), tests(book.rule_tests.len())))),
        ("Formats", one(format!("{} {}", counted(formats.len(), &formats.join(", ")), tests(format_tests)))),
        ("Mail from", mailboxes),
        ("Relay", one(relay)),
        ("Key", one(key.unwrap_or("none".to_owned()))),
        ("Store", one(site::store_path(config).display().to_string())),
    ] {
        let _ = text.write_str(&fact(heading, &values));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Files};
    use crate::token::Keys;

    const SITE: &str = "[gateway]\naddress = \"incidents@example.com\"\nname = \"Operations\"\noperator = \"infra\"\n\
        [[person]]\nid = \"kato\"\naddresses = [\"kato@example.com\"]\n\
        [[person]]\nid = \"sato\"\naddresses = [\"sato@client-a.example.jp\"]\n\
        [[party]]\nid = \"infra\"\npeople = [\"kato\"]\n\
        [[party]]\nid = \"client-a\"\nexternal = true\npeople = [\"sato\"]\nowner = \"infra\"\n\
        [[service]]\nid = \"service-a\"\npublic_name = \"Service A\"\nresponders = [\"infra\"]\nclients = [\"client-a\"]\n";

    fn loaded(more: &str) -> Loaded {
        let main = ("firebell.toml".to_owned(), format!("{SITE}{more}"));
        let config = config::read(&Files { main, ..Files::default() }, Keys::for_rehearsal()).unwrap();
        Loaded { config, no_key: None }
    }

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn what_a_configuration_means_is_said_in_a_few_lines() {
        let text = plain(&account(
            "firebell.toml",
            &loaded("[mailbox]\nlisten = \"127.0.0.1:2525\"\n[relay]\nsmtp = \"smtp://relay.example.com\"\n"),
        ));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "firebell.toml: no mistakes");
        assert_eq!(lines[1], "  Address      incidents@example.com (Operations)");
        assert_eq!(lines[3], "  Teams        1: infra");
        assert_eq!(lines[4], "  Clients      1: client-a");
        assert!(
            text.contains(
                "\n  Mail from    whoever connects to 127.0.0.1:2525\n  Relay        relay.example.com port 25 (no TLS)\n"
            ),
            "{text}"
        );
        assert_eq!(lines.len(), 12);
    }

    #[test]
    fn what_will_not_work_is_a_warning() {
        let no_key = Mistake { file: "firebell.toml".to_owned(), line: 0, text: "no `key_file`".to_owned() };
        let told = plain(&warnings(&Loaded { no_key: Some(no_key), ..loaded("") }));
        for words in ["(umask 077; ", "no `monitors`", "service-a is down", "no [mailbox]", "no [relay]"] {
            assert!(told.contains(words), "{told}");
        }
        let whole = "[mailbox]\nlisten = \"127.0.0.1:2525\"\n[relay]\nsmtp = \"smtp://a\"\n\
            [security]\nmonitors = [\"@mon.example.com\"]\n";
        assert_eq!(warnings(&loaded(whole)), "");
    }

    #[test]
    fn a_key_of_more_than_a_year_is_a_warning() {
        let keys = Keys::new(vec![1; 32])
            .with_earlier(vec![0; 32], "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
        let mut loaded = loaded("");
        (loaded.config.book.keys, loaded.config.key_file) = (keys, Some("firebell.key".to_owned()));
        let told = |now: &str| old_key(&loaded, now.parse().unwrap());
        assert_eq!(told("2026-12-31T00:00:00Z"), None);
        let words = "firebell.key: the key signs for 366 days now; `firebell key rotate` makes a new one";
        assert_eq!(told("2027-01-02T00:00:00Z").as_deref(), Some(words));
    }

    #[test]
    fn a_password_that_can_t_be_read_is_a_warning() {
        let told = plain(&warnings(&loaded(
            "[mailbox]\nimap = \"imaps://me@host\"\npassword_file = \"/nowhere/imap.password\"\n\
             [relay]\nsmtp = \"submission://me@host\"\npassword_env = \"FIREBELL_NOT_SET\"\n\
             [security]\nmonitors = [\"@mon.example.com\"]\n",
        )));
        assert!(told.starts_with("warning: /nowhere/imap.password: can't be read"), "{told}");
        assert!(told.contains("warning: $FIREBELL_NOT_SET: is not set"), "{told}");
        assert_eq!(told.lines().count(), 2);
    }

    #[test]
    fn the_tests_of_the_shipped_formats_and_rules_pass() {
        assert_eq!(failures(&loaded("").config), []);
    }
}
