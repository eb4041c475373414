//! Owns the command line: what can be asked for, and how an asking ends. One file per command.
//! Never decides anything about incidents: commands load, call the core and the store, and print.

mod act;
mod backup;
mod check;
mod demo;
mod digest;
mod erase;
mod explain;
mod held;
mod import;
mod incidents;
mod init;
mod key;
mod log;
#[cfg(test)]
mod night;
mod outbox;
mod output;
mod paper;
mod rehearse;
mod report;
mod run;
mod show;
mod site;
mod who;
mod why;

use std::io;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::config::mistake::Mistake;
use crate::io::store;

/// Coordinates incidents by mail: nobody is left believing what is no longer true.
///
/// People only reply to incident mails, forward alerts to the mailbox and read digests. These commands are for
/// whoever runs firebell.
#[derive(Debug, Parser)]
#[command(name = "firebell", version, arg_required_else_help = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// The configuration; `rules/` beside it is read too [default: firebell.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What is asked for.
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Start here:  firebell demo                 the main job in 20 seconds; needs no configuration
Then:        firebell explain alert.eml    how a mail of yours is read
             firebell init                 writes a configuration; check it with `firebell check`
             firebell run                  and it works

Exit codes: 0 done, 1 found something wrong, 2 could not do it.";

/// The commands, in the order in which one comes to need them.
#[derive(Debug, Subcommand)]
enum Command {
    /// Play the night for which firebell was made; needs no set-up
    Demo(demo::Arguments),
    /// Ask a few questions and write a first configuration
    Init(init::Arguments),
    /// Show how mails are read, placed and classified, and who would be told
    Explain(explain::Arguments),
    /// Read the configuration and say everything that is wrong with it
    Check(check::Arguments),
    /// Give the site a new key, or name those it has
    Key(key::Arguments),
    /// Take mail in, work on it, send what is owed
    Run(run::Arguments),
    /// Bring in the mails of the past: an mbox, a Maildir, a folder of .eml files
    Import(import::Arguments),
    /// Play a conversation and print what firebell does
    Rehearse(rehearse::Arguments),
    /// List incidents, those that nobody has first
    Incidents(incidents::Arguments),
    /// Show one incident: its facts, what every party believes, its timeline
    Show(show::Arguments),
    /// Say of each mail of an incident which facts led to it, and what became of it
    Why(why::Arguments),
    /// Give commands to an incident without a mail, for when mail itself is down
    Do(act::Arguments),
    /// Write the account of an incident, for the house or for a client, and pack its mails as evidence
    Report(report::Arguments),
    /// Show what a digest would say, without sending it
    Digest(digest::Arguments),
    /// List the mails that wait to be sent
    Outbox(outbox::Arguments),
    /// List the mails that wait until somebody says where they belong
    Held(held::Arguments),
    /// Say who is on call now, at another time, or all week
    Who(who::Arguments),
    /// Copy the store into a file, while firebell runs
    Backup(backup::Arguments),
    /// Take a person out of all that is kept
    Erase(erase::Arguments),
    /// List what belongs to no incident: unmatched, ignored and held mail, trouble of firebell itself
    Log(log::Arguments),
}

/// How a command ended that could do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All is well.
    Done,
    /// It found something wrong, and said so.
    Wrong,
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// `check` found mistakes.
    #[error("{}", told(.0))]
    Found(Vec<Mistake>),
    /// The configuration can't be used.
    #[error("{}", told(.0))]
    Mistakes(Vec<Mistake>),
    /// The store failed.
    #[error("error: {0}")]
    Store(#[from] store::Error),
    /// There is no such thing, or not yet; says what to do.
    #[error("error: {0}")]
    Impossible(String),
    /// Standard output can't be written.
    #[error("error: can't write the output: {0}")]
    Output(#[from] io::Error),
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Found(_) => 1,
            Self::Mistakes(_) | Self::Store(_) | Self::Impossible(_) | Self::Output(_) => 2,
        }
    }

    /// Whoever read the output has seen enough: `firebell log | head`.
    pub fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn told(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Does what is asked for.
pub fn run(cli: Cli) -> Result<End, Failure> {
    let config = cli.config.as_deref();
    match cli.command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Init(arguments) => init::run(config, &arguments),
        Command::Key(arguments) => key::run(config, &arguments),
        Command::Run(arguments) => run::run(config, &arguments),
        Command::Import(arguments) => import::run(config, &arguments),
        Command::Rehearse(arguments) => rehearse::run(config, &arguments),
        Command::Explain(arguments) => explain::run(config, &arguments),
        Command::Check(arguments) => check::run(config, &arguments),
        Command::Incidents(arguments) => incidents::run(config, &arguments),
        Command::Show(arguments) => show::run(config, &arguments),
        Command::Why(arguments) => why::run(config, &arguments),
        Command::Report(arguments) => report::run(config, &arguments),
        Command::Digest(arguments) => digest::run(config, &arguments),
        Command::Do(arguments) => act::run(config, &arguments),
        Command::Outbox(arguments) => outbox::run(config, &arguments),
        Command::Held(arguments) => held::run(config, &arguments),
        Command::Who(arguments) => who::run(config, &arguments),
        Command::Backup(arguments) => backup::run(config, &arguments),
        Command::Erase(arguments) => erase::run(config, &arguments),
        Command::Log(arguments) => log::run(config, &arguments),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn every_command_s_help_has_an_example_and_says_what_comes_next() {
        let mut cli = Cli::command();
        cli.build();
        for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("firebell ") && help.contains("Next:"), "{}", command.get_name());
        }
        cli.debug_assert();
    }
}
