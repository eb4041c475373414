//! Owns lines to and from a relay: commands, replies (RFC 5321, 4.2), the content and its dots.
//! Never sends two commands at once, and takes no reply on trust: lines and their number are bounded, and what isn't
//! printable ASCII (relays answer in Latin-1 and Shift_JIS too) becomes `?`.
//! On failure gives an `Outcome`; the dialogue is then of no more use.

use std::fmt::Display;
use std::time::Duration;

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::time::timeout;

use super::Outcome;
use super::verdict::{self, Step};

/// Longest line of a reply, in bytes. RFC 5321, 4.5.3.1.5 has 512; some are longer.
const LONGEST_LINE: u64 = 16 << 10;
/// How long the relay may take for each step of its goodbye.
const GOODBYE: Duration = Duration::from_secs(5);
/// Most lines of a reply.
const MOST_LINES: usize = 256;

/// What a reply asks for, by its first digit (RFC 5321, 4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 2yz: done.
    Done,
    /// 3yz: the rest is waited for.
    GoOn,
    /// 4yz and 5yz.
    Refused,
}

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The three digits.
    pub(super) code: String,
    /// What stands behind the code on each line, printable ASCII.
    pub(super) lines: Vec<String>,
}

impl Reply {
    pub(super) fn kind(&self) -> Kind {
        match self.code.bytes().next() {
            Some(b'2') => Kind::Done,
            Some(b'3') => Kind::GoOn,
            _ => Kind::Refused,
        }
    }

    /// The enhanced status code at the beginning of the text (RFC 2034, 4), `5.1.1`.
    pub(super) fn status(&self) -> Option<&str> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let parts: Vec<&str> = word.split('.').collect();
        let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let ["2" | "4" | "5", subject, detail] = parts.as_slice() else { return None };
        (number(subject) && number(detail)).then_some(word)
    }

    /// The text of all lines, an enhanced status code that stands on each of them said once.
    pub(super) fn text(&self) -> String {
        let status = self.status().unwrap_or_default();
        let mut lines = self.lines.iter().map(|line| line.trim());
        let first = lines.next();
        let others = lines.map(|line| line.strip_prefix(status).unwrap_or(line).trim_start());
        let said: Vec<&str> = first.into_iter().chain(others).filter(|line| !line.is_empty()).collect();
        said.join(" ")
    }

    /// All of it in one line of bounded length.
    pub(super) fn words(&self) -> String {
        verdict::line(&format!("{} {}", self.code, self.text()))
    }
}

/// A dialogue with a relay.
#[derive(Debug)]
pub(super) struct Dialogue<S> {
    stream: BufReader<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Dialogue<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// Waits for a reply, of whatever kind.
    pub(super) async fn hear(&mut self, step: Step, wait: Duration) -> Result<Reply, Outcome> {
        within(step, wait, self.reply()).await
    }

    /// Sends a command, a line without its end, and waits for a reply of this kind.
    pub(super) async fn ask(
        &mut self,
        step: Step,
        wait: Duration,
        command: &str,
        kind: Kind,
    ) -> Result<Reply, Outcome> {
        verdict::expect(step, kind, self.put(step, wait, command).await?)
    }

    /// The same for a reply of whatever kind.
    pub(super) async fn put(&mut self, step: Step, wait: Duration, command: &str) -> Result<Reply, Outcome> {
        let asking = async {
            self.say(format!("{command}\r\n").as_bytes()).await?;
            self.reply().await
        };
        within(step, wait, asking).await
    }

    /// Sends the content, whose lines end in CRLF and of which the last end is missing, and waits for its reply.
    pub(super) async fn content(&mut self, wait: Duration, content: &[u8]) -> Result<Reply, Outcome> {
        let sending = async {
            self.say(&stuffed(content)).await?;
            self.reply().await
        };
        verdict::expect(Step::Content, Kind::Done, within(Step::Content, wait, sending).await?)
    }

    /// Ends the dialogue with these commands, whether the relay agrees or not.
    pub(super) async fn part(&mut self, commands: &[&str]) {
        for command in commands {
            if self.ask(Step::Goodbye, GOODBYE, command, Kind::Done).await.is_err() {
                return;
            }
        }
    }

    /// The stream, if the relay has said no more than was asked of it. What it says before TLS begins would count as
    /// said within (CVE-2011-0411).
    pub(super) fn into_silent_stream(self) -> Option<S> {
        self.stream.buffer().is_empty().then(|| self.stream.into_inner())
    }

    async fn say(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.stream.write_all(bytes).await.map_err(words)?;
        self.stream.flush().await.map_err(words)
    }

    async fn reply(&mut self) -> Result<Reply, String> {
        let mut reply: Option<Reply> = None;
        for _ in 0..MOST_LINES {
            let line = self.line().await?;
            let Some((code, goes_on, text)) = parse(&line) else {
                return Err(format!("no SMTP reply: {line}"));
            };
            let reply = reply.get_or_insert_with(|| Reply { code: code.to_owned(), lines: Vec::new() });
            if reply.code != code {
                return Err(format!("a reply with the codes {} and {code}", reply.code));
            }
            reply.lines.push(text.to_owned());
            if !goes_on {
                return Ok(reply.clone());
            }
        }
        Err(format!("a reply of more than {MOST_LINES} lines"))
    }

    async fn line(&mut self) -> Result<String, String> {
        let mut bytes = Vec::new();
        (&mut self.stream).take(LONGEST_LINE).read_until(b'\n', &mut bytes).await.map_err(words)?;
        if !bytes.ends_with(b"\n") {
            return Err(match bytes.len() as u64 == LONGEST_LINE {
                true => "a line without end".to_owned(),
                false => "the relay closed the connection".to_owned(),
            });
        }
        let printable = |&byte: &u8| match byte {
            b'\t' => ' ',
            byte if byte.is_ascii_graphic() || byte == b' ' => char::from(byte),
            _ => '?',
        };
        let end = bytes.strip_suffix(b"\r\n").or(bytes.strip_suffix(b"\n")).unwrap_or(&bytes);
        Ok(end.iter().map(printable).collect())
    }
}

/// Code, whether another line follows, and text of a reply's line. The text may be missing (RFC 5321, 4.2).
fn parse(line: &str) -> Option<(&str, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let known = code.starts_with(['2', '3', '4', '5']) && code.bytes().all(|byte| byte.is_ascii_digit());
    let (goes_on, text) = match rest.strip_prefix('-') {
        Some(text) => (true, text),
        None if rest.is_empty() => (false, rest),
        None => (false, rest.strip_prefix(' ')?),
    };
    known.then_some((code, goes_on, text))
}

/// The content as it is sent: with another dot before every line that begins with one (RFC 5321, 4.5.2), its last line
/// end, and the final dot.
fn stuffed(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() + 64);
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b".") {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line);
    }
    bytes.extend_from_slice(b"\r\n.\r\n");
    bytes
}

fn words(error: impl Display) -> String {
    error.to_string()
}

/// Gives one step its time, and its trouble a meaning.
async fn within<T>(
    step: Step,
    wait: Duration,
    doing: impl Future<Output = Result<T, String>>,
) -> Result<T, Outcome> {
    match timeout(wait, doing).await {
        Ok(done) => done.map_err(|what| verdict::broken(step, &what)),
        Err(_) => Err(verdict::silence(step, wait)),
    }
}
