//! Owns the bytes of one connection: command lines and mail content in, replies out, each with its wait.
//! Never understands a command.
//! On failure returns the network's error; the connection is of no use then.

use std::io;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use super::Limits;
use super::body::Body;

/// Longest command line taken, in bytes. RFC 5321, 4.5.3.1.4 demands 512 and more for each extension.
const LONGEST_LINE: usize = 2048;

/// A connection seen as lines and contents.
pub(super) struct Wire<'a, S> {
    stream: BufReader<S>,
    limits: &'a Limits,
}

/// What came instead of, or as, a command.
pub(super) enum Line {
    /// A line with its line end.
    Command(Vec<u8>),
    /// A line longer than any command; it has been skipped.
    TooLong,
    /// No whole line in time.
    Silence,
    /// The client is gone.
    Closed,
}

/// What came as a mail's content.
pub(super) enum Content {
    /// The head given, and all that came up to the final dot.
    Whole(Vec<u8>),
    /// More than allowed came up to the final dot; it has been skipped.
    TooLarge,
    /// No final dot in time.
    Silence,
    /// The client is gone before the final dot.
    Closed,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Wire<'a, S> {
    pub(super) fn new(stream: S, limits: &'a Limits) -> Self {
        Self { stream: BufReader::with_capacity(16 << 10, stream), limits }
    }

    /// Sends one reply in one piece; several lines in it are already in SMTP's form.
    pub(super) async fn say(&mut self, reply: &str) -> io::Result<()> {
        // A reply may quote what others wrote: no line of it can be anything but ours.
        let bytes: Vec<u8> =
            reply.split("\r\n").flat_map(|line| line.bytes().map(printable).chain(*b"\r\n")).collect();
        let sending = async {
            self.stream.write_all(&bytes).await?;
            self.stream.flush().await
        };
        timeout(self.limits.command, sending).await?
    }

    /// Sends the last reply and ends the connection.
    pub(super) async fn close(&mut self, reply: &str) -> io::Result<()> {
        self.say(reply).await?;
        self.stream.shutdown().await
    }

    /// Waits for the next command line.
    pub(super) async fn line(&mut self) -> io::Result<Line> {
        timeout(self.limits.command, self.read_line()).await.unwrap_or(Ok(Line::Silence))
    }

    async fn read_line(&mut self) -> io::Result<Line> {
        let mut line = Vec::new();
        let mut too_long = false;
        loop {
            let arrived = self.stream.fill_buf().await?;
            if arrived.is_empty() {
                return Ok(Line::Closed);
            }
            let end = arrived.iter().position(|&byte| byte == b'\n');
            let taken = end.map_or(arrived.len(), |end| end + 1);
            too_long |= line.len() + taken > LONGEST_LINE;
            if !too_long {
                line.extend(arrived.iter().take(taken));
            }
            self.stream.consume(taken);
            if end.is_some() {
                return Ok(if too_long { Line::TooLong } else { Line::Command(line) });
            }
        }
    }

    /// Waits for a mail's content, which is put below `head`.
    pub(super) async fn content(&mut self, head: Vec<u8>) -> io::Result<Content> {
        timeout(self.limits.data, self.read_content(head)).await.unwrap_or(Ok(Content::Silence))
    }

    async fn read_content(&mut self, head: Vec<u8>) -> io::Result<Content> {
        let mut body = Body::new(head, self.limits.size);
        loop {
            let arrived = self.stream.fill_buf().await?;
            if arrived.is_empty() {
                return Ok(Content::Closed);
            }
            let (end, all) = (body.take_in(arrived), arrived.len());
            self.stream.consume(end.unwrap_or(all));
            if end.is_some() {
                return Ok(body.whole().map_or(Content::TooLarge, Content::Whole));
            }
        }
    }
}

fn printable(byte: u8) -> u8 {
    if byte.is_ascii_graphic() || byte == b' ' { byte } else { b'?' }
}
