//! A person's mail program: IMAP over TLS, one command after the other.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// One untagged response.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// All of it but the literal.
    pub text: String,
    /// What was sent as a literal; empty without one.
    pub literal: Vec<u8>,
}

/// A session in which somebody is logged in.
pub struct Session {
    stream: BufReader<StreamOwned<ClientConnection, TcpStream>>,
}

impl Session {
    /// Logs in over TLS from the first byte. All passwords are `secret`.
    pub fn log_in(port: u16, ca: &Path, user: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .set_nodelay(true)
            .and_then(|()| stream.set_read_timeout(Some(Duration::from_secs(60))))
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
        let tls = ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
        let mut session = Self { stream: BufReader::new(StreamOwned::new(tls, stream)) };
        session.response();
        session.say(&format!("LOGIN \"{user}\" secret"));
        session
    }

    /// Says a command, which has to be answered OK, and gives what else the server says meanwhile.
    pub fn say(&mut self, command: &str) -> Vec<Response> {
        self.write(format!("a {command}\r\n").as_bytes());
        self.result(command)
    }

    /// Puts a mail with CRLF into a folder.
    pub fn append(&mut self, folder: &str, mail: &[u8]) {
        self.append_with(folder, "", mail);
    }

    /// The same with the day on which it is said to have arrived, `1-Nov-2026`.
    pub fn append_of(&mut self, day: &str, folder: &str, mail: &[u8]) {
        self.append_with(folder, &format!(" \"{day:0>11} 12:00:00 +0000\""), mail);
    }

    fn append_with(&mut self, folder: &str, date: &str, mail: &[u8]) {
        let command = format!("APPEND \"{folder}\"{date} {{{}}}", mail.len());
        self.write(format!("a {command}\r\n").as_bytes());
        assert!(self.response().text.starts_with('+'), "{command}");
        self.write(mail);
        self.write(b"\r\n");
        self.result(&command);
    }

    fn write(&mut self, bytes: &[u8]) {
        let stream = self.stream.get_mut();
        stream.write_all(bytes).and_then(|()| stream.flush()).unwrap();
    }

    fn result(&mut self, command: &str) -> Vec<Response> {
        let mut responses = Vec::new();
        loop {
            let response = self.response();
            if let Some(result) = response.text.strip_prefix("a ") {
                assert!(result.starts_with("OK"), "{command}: {result}");
                return responses;
            }
            responses.push(response);
        }
    }

    /// A line, or the lines around a literal (RFC 3501, 4.3) joined.
    fn response(&mut self) -> Response {
        let mut response = Response { text: String::new(), literal: Vec::new() };
        loop {
            let mut line = String::new();
            assert!(self.stream.read_line(&mut line).unwrap() > 0, "the connection was closed");
            response.text.push_str(line.trim_end());
            let length = line.trim_end().strip_suffix('}').and_then(|line| line.rsplit_once('{'));
            let Some((_, length)) = length else { return response };
            response.literal.resize(length.parse().unwrap(), 0);
            self.stream.read_exact(&mut response.literal).unwrap();
        }
    }
}
