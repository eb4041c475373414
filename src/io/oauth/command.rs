//! Owns running the program that writes a token: no shell, a bounded time, a bounded output.
//! Never shows what it writes: its output is a secret, and its complaints may quote one.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use std::{env, io};

use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use super::{Issued, LONGEST, NoToken};
use crate::io::hook;

/// How long it may take: it may ask a server itself.
const TIMEOUT: Duration = Duration::from_secs(60);
/// A token is used so long, and then asked for again: how long it is really good only the program knows.
const LASTS: Duration = Duration::from_secs(10 * 60);
/// What of firebell's environment it sees: enough to find its own files, and no password of another server.
const ENVIRONMENT: [&str; 14] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TZ",
    "GNUPGHOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "XDG_RUNTIME_DIR",
    "CREDENTIALS_DIRECTORY",
    "STATE_DIRECTORY",
];

/// Runs it; the first line that it writes is the token.
pub(super) async fn run(command: &[String]) -> Result<Issued, NoToken> {
    run_within(command, TIMEOUT).await
}

pub(super) async fn run_within(command: &[String], timeout: Duration) -> Result<Issued, NoToken> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(failed("`token_command` is empty".to_owned(), "write the program and its arguments"));
    };
    let by_hand = "run it by hand as the user that firebell runs as: it says there what is wrong";
    let mut child = started(program, arguments)
        .map_err(|error| failed(format!("{program} can't be started: {error}"), "look at `token_command`"))?;
    let group = child.id();
    match tokio::time::timeout(timeout, finished(&mut child)).await {
        Ok(Ok((status, text))) if status.success() => {
            let line = text.lines().next().unwrap_or_default().trim();
            if line.is_empty() {
                return Err(failed(format!("{program} wrote no token"), by_hand));
            }
            Ok(Issued { text: line.to_owned(), lasts: LASTS })
        }
        Ok(Ok((status, _))) => Err(failed(format!("{program} failed ({status})"), by_hand)),
        Ok(Err(error)) => Err(failed(format!("{program}: {error}"), by_hand)),
        Err(_) => {
            hook::end(group).await;
            let _ = child.kill().await;
            Err(failed(format!("{program} took longer than {} s and was ended", timeout.as_secs()), by_hand))
        }
    }
}

fn started(program: &str, arguments: &[String]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear();
    command.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, env::var_os(name)?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    // A group of its own, so that all of it can be ended.
    command.process_group(0).kill_on_drop(true).spawn()
}

async fn finished(child: &mut Child) -> io::Result<(ExitStatus, String)> {
    let mut bytes = Vec::new();
    if let Some(mut output) = child.stdout.take() {
        (&mut output).take(LONGEST as u64 + 2).read_to_end(&mut bytes).await?;
        // What is more is not kept, but read: whoever writes is not to fail by it.
        tokio::io::copy(&mut output, &mut tokio::io::sink()).await?;
    }
    let status = child.wait().await?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    Ok((status, text))
}

/// What its author can mend, or time: who knows.
fn failed(words: String, advice: &str) -> NoToken {
    NoToken { words, advice: Some(advice.to_owned()), passing: false }
}
