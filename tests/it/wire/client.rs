//! A mail client that speaks SMTP line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::mails;

/// A connection; whatever goes wrong with it is an error's text.
pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    /// Connects and says EHLO.
    pub fn connect(port: u16) -> Result<Self, String> {
        Self::greeted(port, "EHLO client.example.com")
    }

    /// Connects and says LHLO: the same language to a server that puts mail into mailboxes (RFC 2033).
    pub fn lmtp(port: u16) -> Result<Self, String> {
        Self::greeted(port, "LHLO client.example.com")
    }

    fn greeted(port: u16, hello: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(("127.0.0.1", port)).map_err(|error| error.to_string())?;
        stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(Duration::from_secs(60))))
            .unwrap();
        let mut client = Self { stream: BufReader::new(stream) };
        client.reply()?;
        client.say(hello)?;
        Ok(client)
    }

    /// Sends one line and gives the reply.
    pub fn say(&mut self, line: &str) -> Result<String, String> {
        self.write(format!("{line}\r\n").as_bytes())?;
        self.reply()
    }

    /// Sends one mail to the gateway, with CRLF and stuffed dots; the last reply, that to the content if it got so far.
    pub fn mail(&mut self, from: &str, to: &str, mail: &[u8]) -> Result<String, String> {
        for line in [format!("MAIL FROM:<{from}>"), format!("RCPT TO:<{to}>"), "DATA".to_owned()] {
            let reply = self.say(&line)?;
            if !reply.starts_with(['2', '3']) {
                return Ok(reply);
            }
        }
        let mut content = Vec::with_capacity(mail.len() + 100);
        for line in mails::with_crlf(mail).split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                content.push(b'.');
            }
            content.extend_from_slice(line);
        }
        content.extend_from_slice(b".\r\n");
        self.write(&content)?;
        self.reply()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.stream.get_mut().write_all(bytes).map_err(|error| error.to_string())
    }

    /// The last line of the reply.
    fn reply(&mut self) -> Result<String, String> {
        loop {
            let mut line = String::new();
            match self.stream.read_line(&mut line) {
                Ok(0) => return Err("the connection was closed".to_owned()),
                Ok(_) if line.as_bytes().get(3) == Some(&b'-') => {}
                Ok(_) => return Ok(line.trim_end().to_owned()),
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}
