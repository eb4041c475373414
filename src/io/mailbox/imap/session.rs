//! Owns one conversation with an IMAP server: commands under a deadline, each answered to its tag.
//! Never takes silence, NO, or the end of the connection for an answer.
//! On failure the session says at every further call that it is over, unless the server merely refused.

use std::time::Duration;

use imap_proto::{MailboxDatum, Response};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::Timeouts;
use super::capabilities::Capabilities;
use super::error::Error;
use super::reply::{End, Reply};
use super::wire::Wire;

/// Most bytes of literals in the answer to a command that fetches no mail.
pub(super) const SMALL: usize = 1 << 20;

/// A connection to a server. Whoever drops a call of it half-way (a `select!`, a deadline of their own) drops the
/// session with it: every further call fails with [`Error::Lost`], as nobody knows which answer would come next.
#[derive(Debug)]
pub struct Session<S> {
    wire: Wire<S>,
    pub(super) timeouts: Timeouts,
    pub(super) capabilities: Capabilities,
    commands: u32,
    /// A command is under way, or was when something went wrong.
    busy: bool,
    /// How many mails the selected folder has, as far as the server has said.
    pub(super) exists: u32,
    /// Something came into the folder since it was listed last.
    pub(super) news: bool,
}

/// What is sent for one command.
pub(super) struct Command<'a> {
    /// What it is called when something goes wrong: its verb, never an argument.
    pub(super) name: &'static str,
    /// What follows the tag, then what follows each of the server's invitations to go on.
    pub(super) parts: &'a [String],
    /// Most bytes of literals in one response to it.
    pub(super) largest: usize,
    /// How long it may take.
    pub(super) wait: Duration,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Session<S> {
    /// A session over a stream on which the server says nothing first.
    pub fn over(stream: S, timeouts: Timeouts) -> Self {
        Self {
            wire: Wire::new(stream),
            timeouts,
            capabilities: Capabilities::default(),
            commands: 0,
            busy: false,
            exists: 0,
            news: false,
        }
    }

    /// The stream again. What the server has sent beyond its last answer is dropped.
    pub(super) fn into_stream(self) -> S {
        self.wire.into_stream()
    }

    /// What the server can do, as it said after the log-in.
    pub fn can(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether no further command can be done: the connection ended, or an answer is missing.
    pub fn is_over(&self) -> bool {
        self.busy
    }

    /// Does a command that is answered by OK alone, and fails with [`Error::Refused`] otherwise.
    pub(super) async fn run(&mut self, name: &'static str, line: String) -> Result<(), Error> {
        self.run_parts(name, &[line]).await
    }

    /// The same for a command of several parts.
    pub(super) async fn run_parts(&mut self, name: &'static str, parts: &[String]) -> Result<(), Error> {
        match self.end_of(name, parts).await? {
            End::Ok => Ok(()),
            End::No(words) | End::Bad(words) => Err(Error::Refused { command: name, words }),
        }
    }

    /// Does a command whose data `hear` takes. Fails with [`Error::Refused`] unless the server says OK, and with
    /// [`Error::Unreadable`] when data came that can't be read: there might have been what was asked for.
    pub(super) async fn ask(
        &mut self,
        name: &'static str,
        line: String,
        hear: impl FnMut(&Reply<'_>),
    ) -> Result<(), Error> {
        let (parts, wait) = ([line], self.timeouts.command);
        self.ask_for(Command { name, parts: &parts, largest: SMALL, wait }, hear).await
    }

    /// The same for a command that goes through the whole folder.
    pub(super) async fn ask_long(
        &mut self,
        name: &'static str,
        line: String,
        hear: impl FnMut(&Reply<'_>),
    ) -> Result<(), Error> {
        let (parts, wait) = ([line], self.timeouts.body);
        self.ask_for(Command { name, parts: &parts, largest: SMALL, wait }, hear).await
    }

    /// The same with limits of the command's own.
    pub(super) async fn ask_for(
        &mut self,
        command: Command<'_>,
        mut hear: impl FnMut(&Reply<'_>),
    ) -> Result<(), Error> {
        let (name, mut lost) = (command.name, None);
        let end = self.exec(command, |reply| {
            if reply.is_lost() && lost.is_none() {
                lost = Some(reply.words());
            }
            hear(reply);
        });
        match (end.await?, lost) {
            (End::Ok, None) => Ok(()),
            (End::Ok, Some(words)) => Err(Error::unreadable(name, &words)),
            (End::No(words) | End::Bad(words), _) => Err(Error::Refused { command: name, words }),
        }
    }

    /// Does a command and says how it ended; only a connection that is over is an error.
    pub(super) async fn end_of(&mut self, name: &'static str, parts: &[String]) -> Result<End, Error> {
        let wait = self.timeouts.command;
        self.exec(Command { name, parts, largest: SMALL, wait }, |_| ()).await
    }

    /// The one way in which commands are done. `hear` gets every response, the tagged one last.
    async fn exec(&mut self, command: Command<'_>, hear: impl FnMut(&Reply<'_>)) -> Result<End, Error> {
        let (name, wait) = (command.name, command.wait);
        self.begin()?;
        let done = timeout(wait, self.converse(command, hear)).await;
        let end = done.unwrap_or(Err(Error::Silent { command: name, after: wait }))?;
        self.busy = false;
        Ok(end)
    }

    async fn converse(
        &mut self,
        command: Command<'_>,
        mut hear: impl FnMut(&Reply<'_>),
    ) -> Result<End, Error> {
        let mut parts = command.parts.iter();
        let first = parts.next().map_or("", String::as_str);
        let tag = self.send(command.name, first).await?;
        loop {
            let reply = self.hear(command.name, command.largest).await?;
            let (end, goes_on) = (reply.end_of(&tag), reply.goes_on());
            hear(&reply);
            match end {
                Some(end) => return Ok(end),
                None if goes_on => {
                    // A server that asks for more than there is gets told that there is none (RFC 9051, 6.2.2).
                    let part = parts.next().map_or("*", String::as_str);
                    self.say(command.name, part).await?;
                }
                None => (),
            }
        }
    }

    /// Claims the session for a command; whoever fails before [`Self::finish`] leaves it unusable.
    pub(super) fn begin(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.busy, true) {
            return Err(Error::Lost("an earlier command has no whole answer".to_owned()));
        }
        Ok(())
    }

    /// The command is answered to its tag.
    pub(super) fn finish(&mut self) {
        self.busy = false;
    }

    /// Sends a command and gives its tag.
    pub(super) async fn send(&mut self, name: &'static str, line: &str) -> Result<String, Error> {
        self.commands += 1;
        let tag = format!("F{}", self.commands);
        self.say(name, &format!("{tag} {line}")).await?;
        Ok(tag)
    }

    /// Sends one line.
    pub(super) async fn say(&mut self, name: &'static str, line: &str) -> Result<(), Error> {
        let sent = self.wire.send(format!("{line}\r\n").as_bytes()).await;
        sent.map_err(|broken| Error::broken(name, SMALL, broken))
    }

    /// The next response. What it says of the selected folder is noted, an alert is logged, a farewell is an error.
    pub(super) async fn hear(&mut self, name: &'static str, largest: usize) -> Result<Reply<'_>, Error> {
        let raw = self.wire.response(largest).await.map_err(|broken| Error::broken(name, largest, broken))?;
        let reply = Reply::read(raw);
        match &reply.parsed {
            Some(Response::MailboxData(MailboxDatum::Exists(count))) => {
                self.news |= *count > self.exists;
                self.exists = *count;
            }
            Some(Response::Expunge(_)) => self.exists = self.exists.saturating_sub(1),
            _ => (),
        }
        if let Some(alert) = reply.alert() {
            tracing::warn!("the mail server says: {alert}");
        }
        match reply.bye() {
            Some(words) if name != "LOGOUT" => Err(Error::Lost(words)),
            _ => Ok(reply),
        }
    }

    /// Asks whether the connection still stands, and lets the server tell what is new. Fails when it does not.
    pub async fn noop(&mut self) -> Result<(), Error> {
        self.run("NOOP", "NOOP".to_owned()).await
    }

    /// Says good-bye. Whether the server hears it is no matter.
    pub async fn logout(mut self) {
        let (parts, wait) = (["LOGOUT".to_owned()], self.timeouts.done);
        let _ = self.exec(Command { name: "LOGOUT", parts: &parts, largest: SMALL, wait }, |_| ()).await;
    }
}
