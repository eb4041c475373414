//! Owns the stream under the SMTP client.
//! Never alters what is sent.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream whose incoming bytes are made ASCII. Replies should be (RFC 5321, 4.2), but relays answer in
/// Latin-1 or Shift_JIS too, which lettre takes for a broken connection: a mail that was accepted with such
/// words would be sent again and again.
#[derive(Debug)]
pub(super) struct AsciiReplies<S> {
    stream: S,
}

impl<S> AsciiReplies<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for AsciiReplies<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        for byte in buf.filled_mut().iter_mut().skip(before).filter(|byte| !byte.is_ascii()) {
            *byte = b'?';
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for AsciiReplies<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S> AsyncTokioStream for AsciiReplies<S>
where
    S: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug,
{
    /// Asked for by nobody on our way through lettre.
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
