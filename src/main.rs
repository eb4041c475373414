//! Owns the way in and out of the program: arguments in, exit code out. The one place that prints an error.

use std::process::ExitCode;

use clap::Parser as _;
use firebell::cli::{self, Cli, End};

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(End::Done) => ExitCode::SUCCESS,
        Ok(End::Wrong) => ExitCode::from(1),
        Err(failure) if failure.is_closed_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("{failure}");
            ExitCode::from(failure.code())
        }
    }
}
