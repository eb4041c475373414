//! Owns `firebell init`: asks what a site is, and writes its first configuration.
//! Never overwrites a file, never writes a configuration that `check` refuses, never takes a password as an argument.

mod asking;
mod draft;
mod oauth;
mod passwords;
mod people;
mod place;
mod providers;
mod templates;
#[cfg(test)]
mod tests;
mod texts;
mod unit;
mod written;

use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use super::output::{self, NAME, paint};
use super::{End, Failure, site};
use crate::io::key_file;
use asking::Asking;
use draft::{Draft, Question};
use passwords::{Password, Passwords};
use written::NewFile;

/// Asks a few questions and writes firebell.toml, rules/site.toml, the key and the files for passwords
///
/// Enter takes what stands in brackets. Every question has a flag; those whose flag is given are not asked. A file that
/// is there already is never overwritten: nothing is written at all then.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:  firebell init
          firebell init --oauth microsoft
          firebell init --systemd > /etc/systemd/system/firebell.service
          firebell init --yes --address incidents@example.com --person 'Kato Ren <kato@example.com>'

Next:     `firebell check --connect` says whether mailbox and relay can be reached, `firebell run` starts.")]
pub(super) struct Arguments {
    /// Address of the shared mailbox
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Its name in From
    #[arg(long)]
    name: Option<String>,
    /// Where it is read: imaps://USER@HOST/FOLDER, the path of a Maildir, or `listen`
    #[arg(long, value_name = "URL|DIR|listen")]
    mailbox: Option<String>,
    /// The server that takes our mails: submission://USER@HOST or smtp://HOST
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// A file that holds the password of mailbox and relay
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Name of the time zone, Asia/Tokyo
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Language: en or ja
    #[arg(long)]
    language: Option<String>,
    /// Somebody who is mailed about incidents; may be said again
    #[arg(long, value_name = "NAME <ADDRESS>")]
    person: Vec<String>,
    /// A client to be told, with its contact
    #[arg(long, value_name = "NAME <ADDRESS>")]
    client: Option<String>,
    /// What the client uses, as it calls it
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Print a unit for systemd instead, with the program and the configuration where they are now
    #[arg(long)]
    systemd: bool,
    /// Ask nothing: take what is offered for all that is not said
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    oauth: oauth::Arguments,
    /// Ask and write nothing else: write all built-in templates into this folder, for whoever wants to replace some
    #[arg(long, value_name = "DIR", exclusive = true)]
    templates: Option<PathBuf>,
}

/// Asks, writes, and says what comes next.
pub(super) fn run(config: Option<&Path>, arguments: &Arguments) -> Result<End, Failure> {
    if let Some(provider) = arguments.oauth.oauth {
        return oauth::run(config, provider, &arguments.oauth);
    }
    if arguments.systemd {
        output::print(&unit::text(config))?;
        return Ok(End::Done);
    }
    if let Some(folder) = &arguments.templates {
        return templates::run(folder);
    }
    let main = config.unwrap_or(Path::new(site::DEFAULT));
    let home = main.parent().unwrap_or(Path::new(""));
    // Before anybody answers questions in vain.
    let certain = [main.to_owned(), home.join("rules/site.toml"), home.join("firebell.key")];
    written::refuse_to_overwrite(certain.iter().map(PathBuf::as_path))?;
    let mut asking = Asking {
        answers: &mut io::stdin().lock(),
        words: &mut anstream::stderr().lock(),
        at_terminal: io::stdin().is_terminal(),
    };
    if !arguments.yes {
        asking.say("Enter takes what stands in brackets. Nothing is written before the last answer.\n\n")?;
    }
    let (draft, passwords) = answered(arguments, Draft::new(domain(), zone(), arguments.yes), &mut asking)?;
    let [main, rules, key] = certain;
    let mut files = texts(&draft, main, rules)?;
    let text = key_file::make().map_err(Failure::Impossible)? + "\n";
    files.push(NewFile { path: key, text, secret: true, what: "signs reply addresses: keep it" });
    files.extend(passwords.into_iter().map(|password| password.file(home)));
    written::make(&files)?;
    output::print(&account(&files, config))?;
    Ok(End::Done)
}

/// All answers, and the passwords that go into files of their own.
fn answered(
    arguments: &Arguments,
    mut draft: Draft,
    asking: &mut Asking<'_>,
) -> Result<(Draft, Vec<Password>), Failure> {
    let mut passwords = Passwords::new(arguments.password_file.as_deref())?;
    for (question, flag) in [(Question::Address, &arguments.address), (Question::Name, &arguments.name)] {
        draft = settled(draft, question, flag.as_deref(), asking)?;
    }
    draft = settled(draft, Question::Mailbox, arguments.mailbox.as_deref(), asking)?;
    passwords.of_mailbox(&mut draft, asking)?;
    draft = settled(draft, Question::Relay, arguments.relay.as_deref(), asking)?;
    passwords.of_relay(&mut draft, asking)?;
    let (zone, language) = (&arguments.time_zone, &arguments.language);
    for (question, flag) in [(Question::TimeZone, zone), (Question::Language, language)] {
        draft = settled(draft, question, flag.as_deref(), asking)?;
    }
    for person in &arguments.person {
        draft = given(&draft, Question::Person, person)?;
    }
    if !draft.has_people() && !draft.yes {
        draft = asking.ask_people(draft)?;
    }
    draft = match &arguments.client {
        Some(client) => given(&draft, Question::Client, client)?,
        None if draft.yes => draft,
        None => asking.ask_client(draft)?,
    };
    if draft.has_client() {
        draft = settled(draft, Question::Service, arguments.service.as_deref(), asking)?;
    }
    Ok((draft, passwords.written))
}

/// What a flag says, or else what is answered; with `--yes` what is offered.
fn settled(
    draft: Draft,
    question: Question,
    flag: Option<&str>,
    asking: &mut Asking<'_>,
) -> Result<Draft, Failure> {
    match flag {
        Some(text) => given(&draft, question, text),
        None if draft.yes => Ok(draft),
        None => asking.ask(draft, question),
    }
}

fn given(draft: &Draft, question: Question, text: &str) -> Result<Draft, Failure> {
    draft.with(question, text).map_err(|why| asking::refused(question, &why))
}

/// The configuration, judged once more as it will stand there.
fn texts(draft: &Draft, main: PathBuf, rules: PathBuf) -> Result<Vec<NewFile>, Failure> {
    draft.config().map_err(Failure::Impossible)?;
    let site = draft.site();
    let file = |path, text, what| NewFile { path, text, secret: false, what };
    Ok(vec![
        file(main, texts::main(&site), "mailbox, relay, people; its comments say what else there is"),
        file(rules, texts::rules(&site), "what becomes of which mail, with tests"),
    ])
}

/// What was written, and what to do now.
fn account(files: &[NewFile], config: Option<&Path>) -> String {
    let names: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let lines = files.iter().zip(&names).map(|(file, name)| format!("  {name:<width$}  {}\n", file.what));
    let config = config.map(|path| format!(" --config {}", path.display())).unwrap_or_default();
    format!(
        "{}\n{}\n{}\n  firebell check --connect{config}\n  firebell run{config}\n",
        paint(NAME, "Written:"),
        lines.collect::<String>(),
        paint(NAME, "Next:")
    )
}

/// The domain of this machine's mail, as Debian keeps it, or of its name.
fn domain() -> String {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default().trim().to_owned();
    let (mail, host) = (read("/etc/mailname"), read("/etc/hostname"));
    let of_host = host.split_once('.').map_or("", |(_, domain)| domain);
    let usable = |domain: &&str| crate::directory::Address::new(&format!("a@{domain}")).is_deliverable();
    let found = [mail.as_str(), of_host].into_iter().filter(|domain| domain.contains('.')).find(usable);
    found.unwrap_or("example.com").to_owned()
}

/// The zone of this machine, where it has a name.
fn zone() -> String {
    let machine = TimeZone::try_system().ok();
    let name = machine.as_ref().and_then(TimeZone::iana_name).filter(|name| TimeZone::get(name).is_ok());
    name.unwrap_or("UTC").to_owned()
}
