//! Owns asking a web server one question: a form is posted (RFC 9112), over TLS, and a short answer read.
//! Never follows a redirection, never keeps a connection, never reads more than a short answer.
//! On failure says what is wrong in one printable line.

mod answer;

use std::net::IpAddr;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::net::{self, Server, Trust, line};
use crate::config::remote::Security;
pub use answer::Answer;

/// How long the lookup, the connection and the handshake may take each, and then question and answer.
const WAIT: Duration = Duration::from_secs(20);
/// Longest answer, in bytes.
const LONGEST: usize = 256 << 10;
/// What stands in a form as it is (application/x-www-form-urlencoded, WHATWG URL, 5.2).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*');

/// An address on the web.
#[derive(Debug, Clone)]
pub struct Endpoint {
    server: Server,
    /// Path and query, with the first `/`.
    path: String,
}

impl Endpoint {
    /// Reads `https://host:port/path`. In the clear it may only be this very machine. The error says what to write.
    pub fn read(url: &str, trust: Trust) -> Result<Self, String> {
        let wrong = || format!("`{}` is no address: write `https://HOST/PATH`", line(url));
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (security, usual) = match scheme {
            "https" => (Security::Tls, 443),
            "http" => (Security::Plain, 80),
            _ => return Err(wrong()),
        };
        let (host, port) = match authority.rsplit_once(':').filter(|_| !authority.ends_with(']')) {
            Some((host, port)) => (host, port.parse().map_err(|_| wrong())?),
            None => (authority, usual),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
        if host.is_empty() || !host.chars().all(plain) || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong());
        }
        let here = host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        if security == Security::Plain && !here {
            return Err(format!("`{}` is not encrypted: write `https://`", line(url)));
        }
        Ok(Self { server: Server { host, port, security, trust }, path: format!("/{path}") })
    }

    /// The host's name, for people.
    pub fn host(&self) -> &str {
        &self.server.host
    }
}

/// Posts a form and reads the answer, whatever its status. The error is one printable line, and holds nothing of the form.
pub async fn post(to: &Endpoint, form: &[(&str, &str)]) -> Result<Answer, String> {
    let stream = net::connect(&to.server, WAIT).await.map_err(|trouble| trouble.to_string())?;
    let asked = timeout(WAIT, exchange(stream, to, form)).await;
    asked
        .unwrap_or_else(|_| Err(format!("no answer for {} s", WAIT.as_secs())))
        .map_err(|why| line(&format!("{}: {why}", to.server)))
}

async fn exchange<S>(mut stream: S, to: &Endpoint, form: &[(&str, &str)]) -> Result<Answer, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let words = |error: std::io::Error| error.to_string();
    let question = question(to, &encoded(form));
    stream.write_all(question.as_bytes()).await.map_err(words)?;
    stream.flush().await.map_err(words)?;
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = match stream.read(&mut piece).await {
            Ok(read) => read,
            // Many servers hang up without saying so in TLS; whether anything is missing the answer itself tells.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(words(error)),
        };
        bytes.extend_from_slice(piece.get(..read).unwrap_or_default());
        if let Some(answer) = answer::read(&bytes, read == 0)? {
            return Ok(answer);
        }
        if bytes.len() > LONGEST {
            return Err("an answer without end".to_owned());
        }
    }
}

fn question(to: &Endpoint, body: &str) -> String {
    let Server { host, port, .. } = &to.server;
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    format!(
        "POST {} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: firebell/{}\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        to.path,
        env!("CARGO_PKG_VERSION"),
        body.len()
    )
}

/// A form's fields, as they stand in a question's body or behind the `?` of an address.
pub fn encoded(form: &[(&str, &str)]) -> String {
    let text = |text| utf8_percent_encode(text, FORM);
    let fields: Vec<String> =
        form.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect();
    fields.join("&")
}

#[cfg(test)]
pub(in crate::io) mod tests;
