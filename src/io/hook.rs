//! Owns starting a site's program that tells somebody of a page: no shell, a clean environment, JSON on its standard input.
//! Never gives it a reply address or anything else by which one could act in somebody's name.
//! On failure, or when it takes too long, says why; then it and whatever it started are ended.

use std::process::Stdio;
use std::time::Duration;

use serde::Serialize;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::store::outbox::Claimed;
use crate::book::Book;
use crate::incident::NoticeKind;
use crate::notice;
use crate::outbox::Attempt;
use crate::paths::Hook;

/// Where programs that it starts itself are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What the program reads: one object, one line.
#[derive(Debug, Serialize)]
struct Told<'a> {
    incident: Option<String>,
    also: Vec<String>,
    page: bool,
    subject: &'a str,
    summary: &'a str,
    person: &'a str,
    name: String,
}

/// Runs it once for a notice, and waits for its end.
pub async fn run(book: &Book, hook: &Hook, mail: &Claimed) -> Attempt {
    let failed = |why: String| Attempt::Failed(format!("{}: {why}", hook.id));
    let told = Told {
        incident: (mail.incident != crate::house::HOUSE).then(|| notice::label(book, mail.incident)),
        also: mail.others().map(|other| notice::label(book, other.incident)).collect(),
        page: matches!(mail.kind, NoticeKind::Page { .. }),
        subject: untagged(&mail.subject),
        summary: &mail.summary,
        person: mail.person.as_str(),
        name: notice::name(book, &mail.person),
    };
    let Ok(told) = serde_json::to_string(&told) else { return failed("bug: nothing to tell".to_owned()) };
    let Some((program, arguments)) = hook.command.split_first() else {
        return failed("no program is configured".to_owned());
    };
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("PATH", PATH).env("LANG", "C.UTF-8");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // A group of its own, so that all of it can be ended.
    let child = command.process_group(0).kill_on_drop(true).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => return failed(format!("{program} can't be started: {error}")),
    };
    let group = child.id();
    let timeout = Duration::try_from(hook.timeout).unwrap_or_default();
    match tokio::time::timeout(timeout, finish(&mut child, told)).await {
        Ok(Ok(status)) if status.success() => Attempt::Delivered,
        Ok(Ok(status)) => failed(format!("{program} failed ({status})")),
        Ok(Err(error)) => failed(format!("{program}: {error}")),
        Err(_) => {
            end(group).await;
            let _ = child.kill().await;
            failed(format!("{program} took longer than {} s and was ended", timeout.as_secs()))
        }
    }
}

async fn finish(child: &mut Child, told: String) -> std::io::Result<std::process::ExitStatus> {
    if let Some(mut input) = child.stdin.take() {
        // A program that reads nothing is fine: it may know all it needs.
        let _ = input.write_all(format!("{told}\n").as_bytes()).await;
    }
    child.wait().await
}

/// Ends a program and whatever it started. The number of the group is all that the shell reads.
pub(super) async fn end(group: Option<u32>) {
    let Some(group) = group else { return };
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", &format!("kill -s KILL -- -{group}")]).env_clear();
    let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().await;
}

/// Without the tag, whose check characters let a mail in.
fn untagged(subject: &str) -> &str {
    subject.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(subject, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::audience::Audience;
    use crate::directory::{Address, PersonId};
    use crate::escalation::Position;
    use crate::outbox::pace::Lane;
    use crate::rehearsal;

    fn page() -> Claimed {
        Claimed {
            id: 1,
            fence: 1,
            attempts: 1,
            queued_at: jiff::Timestamp::UNIX_EPOCH,
            message_id: "secret-id@example.com".to_owned(),
            from: None,
            to: Address::new("phone@notify.invalid"),
            bytes: b"Reply-To: incidents+1-secret@example.com".to_vec(),
            kind: NoticeKind::Page { run: 1, at: Position { round: 0, step: 0 } },
            incident: 1,
            audience: Audience::Inner,
            number: 2,
            person: PersonId::new("kato"),
            belief: None,
            lane: Lane::Page,
            doubtful: false,
            paid_until: jiff::Timestamp::UNIX_EPOCH,
            pays: false,
            parts: Vec::new(),
            subject: "[INC-1-HC] Service A is \"down\"; $(reboot)".to_owned(),
            summary: "page, step 1".to_owned(),
        }
    }

    async fn ran(script: &str, timeout: i64) -> Attempt {
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        let timeout = SignedDuration::from_millis(timeout);
        let hook = Hook { id: "phone".to_owned(), command, timeout, people: Vec::new() };
        run(&rehearsal::standard_cast().unwrap(), &hook, &page()).await
    }

    #[tokio::test]
    async fn a_program_reads_what_is_wrong_and_no_token_and_has_a_clean_environment() {
        let folder = tempfile::tempdir().unwrap();
        let (told, environment) = (folder.path().join("told"), folder.path().join("environment"));
        let script = format!("cat > {}; env > {}", told.display(), environment.display());
        assert_eq!(ran(&script, 60_000).await, Attempt::Delivered);
        let told = std::fs::read_to_string(told).unwrap();
        let expected = r#"{"incident":"INC-1","also":[],"page":true,"subject":"Service A is \"down\"; $(reboot)","summary":"page, step 1","person":"kato","name":"Kato Ren"}"#;
        assert_eq!(told, format!("{expected}\n"));
        let environment = std::fs::read_to_string(environment).unwrap();
        let known = ["PATH=", "LANG=", "PWD=", "SHLVL=", "_=", "OLDPWD="];
        for line in environment.lines() {
            assert!(known.iter().any(|name| line.starts_with(name)), "{line}");
        }
    }

    #[tokio::test]
    async fn a_program_that_fails_or_is_not_there_counts_as_a_bounce() {
        let why = |attempt| match attempt {
            Attempt::Failed(why) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(why(ran("exit 3", 60_000).await), "phone: /bin/sh failed (exit status: 3)");
        let hook = Hook {
            id: "phone".to_owned(),
            command: vec!["/nonexistent/ring".to_owned()],
            timeout: SignedDuration::from_secs(5),
            people: Vec::new(),
        };
        let attempt = run(&rehearsal::standard_cast().unwrap(), &hook, &page()).await;
        assert!(why(attempt).contains("/nonexistent/ring can't be started"));
    }

    #[tokio::test]
    async fn a_program_that_takes_too_long_is_ended_with_whatever_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let (fifo, pid) = (folder.path().join("fifo"), folder.path().join("pid"));
        // The one that it starts holds the pipe open: whoever reads it comes to its end only once that one is ended too.
        let script = format!(
            "mkfifo {0}; (exec sleep 600 > {0}) & echo $! > {1}; sleep 600",
            fifo.display(),
            pid.display()
        );
        let reader = async {
            while !fifo.exists() {
                tokio::task::yield_now().await;
            }
            let path = fifo.clone();
            tokio::task::spawn_blocking(move || std::fs::read(path)).await.unwrap().unwrap()
        };
        let (attempt, read) = tokio::join!(ran(&script, 500), reader);
        assert!(matches!(&attempt, Attempt::Failed(why) if why.contains("was ended")), "{attempt:?}");
        assert!(read.is_empty());
    }
}
