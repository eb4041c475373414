//! Conversations with servers that play a script: what they say, and what we make of it.

mod errors;
mod fetching;
mod folders;
mod idling;
mod login;
mod opening;
mod settling;
mod tokens;
mod trouble;

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader, DuplexStream, duplex,
};

use super::*;

/// A session whose server plays the script line by line: it expects `C: ` with the tag before it, `C+ ` as it stands,
/// says `S: ` with `$` for the last tag, waits so many seconds at `wait `, hangs up at `hang up`, says nothing more at `silence`. At the end of the script
/// nothing more may be said to it. What it says comes in pieces of a few bytes.
async fn talk<T>(script: &str, client: impl AsyncFnOnce(&mut Session<DuplexStream>) -> T) -> T {
    let (ours, theirs) = duplex(7);
    let mut session = Session::over(ours, Timeouts::default());
    let client = async {
        let answer = client(&mut session).await;
        drop(session);
        answer
    };
    tokio::join!(client, serve(theirs, script)).0
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, script: &str) {
    let mut stream = BufReader::new(stream);
    if play(&mut stream, script).await {
        assert_eq!(line(&mut stream).await, "", "after the end of {script}");
    }
}

/// Plays the script; false when the server is to hang up.
async fn play(stream: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>, script: &str) -> bool {
    let mut tag = String::new();
    for step in script.lines().map(str::trim_start).filter(|step| !step.is_empty()) {
        match (step, step.split_at_checked(3)) {
            ("hang up", _) => return false,
            ("silence", _) => break,
            (wait, _) if wait.starts_with("wait ") => {
                let seconds = wait.split(' ').nth(1).and_then(|seconds| seconds.parse().ok()).unwrap();
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            (_, Some(("C: ", wanted))) => {
                let line = line(stream).await;
                let (first, command) = line.split_once(' ').unwrap_or((&line, ""));
                assert_eq!(command, wanted, "in {script}");
                tag = first.to_owned();
            }
            (_, Some(("C+ ", wanted))) => assert_eq!(line(stream).await, wanted, "in {script}"),
            (_, Some(("S: ", said))) => {
                let said = said.replace('$', &tag) + "\r\n";
                // Who has heard enough may be gone.
                let _ = stream.write_all(said.as_bytes()).await;
            }
            _ => panic!("no step of a script: {step}"),
        }
    }
    true
}

/// The next line, empty when the client is gone.
async fn line(stream: &mut BufReader<impl AsyncRead + Unpin>) -> String {
    let mut line = String::new();
    let _ = stream.read_line(&mut line).await;
    line.trim_end_matches("\r\n").to_owned()
}
