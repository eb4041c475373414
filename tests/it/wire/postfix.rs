//! A Postfix of the tests' own, which is a site's mail server in front of a Dovecot.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;

use tempfile::TempDir;

use super::dovecot::Dovecot;
use super::{certificate, machine, soak, wait_for};

/// Makes what Postfix wants to find in `$1`, and becomes its first process. Who is killed with SIGKILL leaves that one
/// behind; it ends by itself after `$2` seconds.
const START: &str = r#"
set -e
cd "$1"
mkdir -p queue/pid
for name in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    mkdir -p -m 700 "queue/$name"
done
mkdir -p -m 710 queue/public
mkdir -p -m 730 queue/maildrop
mkdir -p -m 700 data
chown root queue ./*.cf ./*.pem
chown postfix queue/* data
chown root queue/pid
chgrp postdrop queue/public queue/maildrop
exec "$(postconf -d -h daemon_directory)/master" -c "$1" -s -e "$2"
"#;

/// So long it lives, in seconds, beside what a soak takes.
const LIVES: u64 = 1800;

/// Ends the process that `START` became, which somebody still has to wait for.
const STOP: &str = r#"kill "$(cat "$1/queue/pid/master.pid")""#;

/// A server that runs. It goes when it is dropped.
///
/// What it takes for anybody lies in Dovecot, user = whole address. Mail for refused.example.com is refused, mail for
/// gone.example.com comes back to its sender.
pub struct Postfix {
    /// Takes mail for example.com from everybody, as from other mail servers: TCP port at 127.0.0.1.
    pub smtp: u16,
    /// Takes mail for everybody after STARTTLS and a log-in as any of Dovecot's users, at `localhost`.
    pub submission: u16,
    /// The same with TLS from the first byte.
    pub submissions: u16,
    folder: TempDir,
    child: Option<Child>,
}

impl Postfix {
    /// Starts one that hands all mail to this Dovecot, and asks it who may log in.
    pub fn start(dovecot: &Dovecot) -> Self {
        machine::needs_root();
        let folder = machine::folder("postfix.");
        certificate::write(folder.path());
        let mut postfix = Self { smtp: 0, submission: 0, submissions: 0, folder, child: None };
        // A port that was free may not be any more.
        while !postfix.launched(dovecot) {}
        postfix
    }

    /// Starts the processes on free ports, and returns true once they listen; false when somebody took a port.
    fn launched(&mut self, dovecot: &Dovecot) -> bool {
        [self.smtp, self.submission, self.submissions] = machine::free_ports();
        self.configure("main.cf", include_str!("postfix.cf"), dovecot);
        self.configure("master.cf", include_str!("postfix.master.cf"), dovecot);
        let mut command = machine::as_root(
            START,
            &[self.path("").to_str().unwrap().trim_end_matches('/'), &(LIVES + soak::seconds()).to_string()],
        );
        let error = fs::File::create(self.path("stderr")).unwrap();
        let mut child = command.stdout(Stdio::null()).stderr(error).spawn().unwrap();
        let listens = wait_for("Postfix to listen", || {
            if child.try_wait().unwrap().is_some() {
                let log = self.log() + &fs::read_to_string(self.path("stderr")).unwrap();
                assert!(log.contains("Address already in use"), "Postfix did not start: {log}");
                return Some(false);
            }
            let listens = || TcpStream::connect(("127.0.0.1", self.smtp)).is_ok();
            (self.log().contains("daemon started") && listens()).then_some(true)
        });
        self.child = listens.then_some(child);
        listens
    }

    fn configure(&self, name: &str, text: &str, dovecot: &Dovecot) {
        let text = text
            .replace("FOLDER", &self.folder.path().display().to_string())
            .replace("SMTP_PORT", &self.smtp.to_string())
            .replace("SUBMISSION_PORT", &self.submission.to_string())
            .replace("SUBMISSIONS_PORT", &self.submissions.to_string())
            .replace("LMTP_PORT", &dovecot.lmtp.to_string())
            .replace("AUTH_SOCKET", &dovecot.auth_socket().display().to_string());
        // A start that failed may have left it to root.
        let _ = fs::remove_file(self.path(name));
        fs::write(self.path(name), text).unwrap();
    }

    /// Whether all that it took has been delivered, or has come back.
    pub fn queue_is_empty(&self) -> bool {
        let find = r#"cd "$1" && find maildrop incoming active deferred hold -type f"#;
        machine::succeeds(&mut machine::as_root(find, &[self.path("queue").to_str().unwrap()])).is_empty()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The relay as a site's configuration has it: `submission` (STARTTLS) or `submissions` (TLS from the first byte).
    pub fn as_relay(&self, scheme: &str) -> String {
        let port = if scheme == "submissions" { self.submissions } else { self.submission };
        format!(
            "relay.smtp = \"{scheme}://incidents@example.com@localhost:{port}\"\n\
             relay.password_file = \"password\"\nrelay.ca_file = \"{}\"\n",
            self.ca_file().display()
        )
    }

    /// Where the certificate lies of whom to trust.
    pub fn ca_file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Postfix {
    #[expect(clippy::print_stderr, reason = "a test that fails shows what Postfix had to say")]
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            run(STOP, self.folder.path());
            let _ = child.wait();
        }
        if thread::panicking() {
            eprintln!("--- what Postfix logged:\n{}", self.log());
        }
        if !machine::is_root() {
            run(r#"rm -r "$1"/*"#, self.folder.path());
        }
    }
}

/// Runs a script as root on a folder; whatever comes of it, no second panic.
fn run(script: &str, folder: &Path) {
    let _ = machine::as_root(script, &[folder.to_str().unwrap_or_default()]).output();
}
