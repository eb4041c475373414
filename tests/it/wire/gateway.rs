//! A running `firebell run`, killed by its number when it is dropped.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use super::client::Client;
use super::mails::GATEWAY;
use super::site::firebell;
use super::{until, wait_for};

/// The process.
pub struct Gateway {
    /// Where it takes mail.
    pub port: u16,
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Gateway {
    /// Starts it, whatever comes of that.
    pub fn spawn(folder: &Path) -> Self {
        Self::of(firebell(folder).arg("run"))
    }

    /// Starts it as it is called here, whatever comes of that.
    pub fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (log, lines) =
            (Arc::new(Mutex::new(String::new())), BufReader::new(child.stderr.take().unwrap()));
        let writing = log.clone();
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                writing.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        Self { port: 0, child, log }
    }

    /// Starts it, and returns once it says where it takes mail.
    pub fn start(folder: &Path) -> Self {
        Self::spawn(folder).taking_mail()
    }

    /// Returns once it says where it takes mail.
    pub fn taking_mail(mut self) -> Self {
        self.port = wait_for("firebell to take mail", || {
            let log = self.log();
            assert!(self.child.try_wait().unwrap().is_none(), "firebell did not start: {log}");
            let (_, rest) = log.split_once("firebell takes mail for incidents@example.com on 127.0.0.1:")?;
            rest.split_once(|c: char| !c.is_ascii_digit())?.0.parse().ok()
        });
        self
    }

    /// Starts it, and returns once it has opened its mailbox.
    pub fn open(folder: &Path) -> Self {
        let mut gateway = Self::spawn(folder);
        until("firebell to open its mailbox", || {
            let log = gateway.log();
            assert!(gateway.child.try_wait().unwrap().is_none(), "firebell did not start: {log}");
            log.contains(": open, ")
        });
        gateway
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Returns once it has logged this.
    pub fn says(&self, words: &str) {
        until(&format!("{words:?} in the log"), || self.log().contains(words));
    }

    /// Sends it a mail, which it has to take.
    pub fn take(&self, from: &str, mail: &[u8]) {
        self.take_at(GATEWAY, from, mail);
    }

    /// Sends it a mail at a reply address.
    pub fn take_at(&self, to: &str, from: &str, mail: &[u8]) {
        let reply = Client::connect(self.port).unwrap().mail(from, to, mail).unwrap();
        assert!(reply.starts_with("250 "), "{reply}");
    }

    /// Sends it a signal, `TERM` or `HUP`.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Kills it with SIGKILL: it has no chance to tidy up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for it to end by itself.
    pub fn end(&mut self) -> ExitStatus {
        wait_for("firebell to end", || self.child.try_wait().unwrap())
    }
}

impl Drop for Gateway {
    #[expect(clippy::print_stderr, reason = "a test that fails shows what firebell had to say")]
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("--- what firebell logged:\n{}", self.log());
        }
    }
}
