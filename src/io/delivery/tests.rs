//! Owns pretended relays, which do as they are told.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::config::remote::Security;
use crate::io::net::tests::loopback::Certified;
use crate::io::net::{Password, Proof, Trust};

/// Any stream.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Wire for S {}

pub(super) fn relay_at(port: u16) -> Relay {
    let trust = Trust::nobody().unwrap();
    Relay {
        server: Server { host: "127.0.0.1".to_owned(), port, security: Security::Plain, trust },
        hello: "firebell.example.com".to_owned(),
        login: None,
        timeouts: Timeouts::default(),
    }
}

pub(super) fn login() -> Option<Login> {
    Some(Login { user: "gate".to_owned(), proof: Proof::Password(Password::new("open sesame")) })
}

/// `gate`, `open sesame`, and both as PLAIN wants them.
pub(super) const USER: &str = "Z2F0ZQ==";
pub(super) const PASSWORD: &str = "b3BlbiBzZXNhbWU=";
pub(super) const BOTH: &str = "AGdhdGUAb3BlbiBzZXNhbWU=";

/// What a relay does when a line beginning so has come; the greeting answers to "". With `TLS ` before it only once the
/// connection is encrypted.
#[derive(Clone, Copy)]
pub(super) enum Act<'a> {
    Say(&'a str),
    /// After so many seconds.
    Late(u64, &'a str),
    Cut,
    Silence,
}
use Act::{Cut, Late, Say, Silence};

pub(super) type Script<'a> = &'a [(&'a str, Act<'a>)];

/// Plays a relay that does as told and otherwise as relays do; gives the lines it heard.
pub(super) async fn play(stream: impl Wire + 'static, script: Script<'_>) -> Vec<String> {
    play_with(Box::new(stream), None, script).await
}

/// Plays one that can STARTTLS.
pub(super) async fn play_with(
    stream: Box<dyn Wire>,
    acceptor: Option<&TlsAcceptor>,
    script: Script<'_>,
) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let mut heard: Vec<String> = Vec::new();
    let (mut in_content, mut encrypted) = (false, false);
    let mut line = String::new();
    loop {
        let told = script.iter().find(|(when, _)| match when.strip_prefix("TLS ") {
            Some(when) => encrypted && line.starts_with(when),
            None if *when == "." => in_content && line == ".\r\n",
            None if *when == "a line of the content" => in_content,
            None if when.is_empty() => line.is_empty(),
            None => !in_content && line.starts_with(when),
        });
        let reply = match told {
            Some((_, Say(reply))) => reply,
            Some((_, Late(seconds, reply))) => {
                tokio::time::sleep(Duration::from_secs(*seconds)).await;
                reply
            }
            Some((_, Cut)) => return heard,
            Some((_, Silence)) => "",
            None => usual(&line, in_content),
        };
        in_content = reply.starts_with("354") || (in_content && line != ".\r\n");
        if !reply.is_empty() && stream.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
            return heard;
        }
        if let Some(acceptor) = acceptor.filter(|_| line.starts_with("STARTTLS") && reply.starts_with("220"))
        {
            let Ok(inner) = acceptor.accept(stream.into_inner()).await else { return heard };
            stream = BufReader::new(Box::new(inner));
            encrypted = true;
        }
        stream.flush().await.ok();
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return heard;
        }
        heard.push(line.trim_end().to_owned());
    }
}

fn usual(line: &str, in_content: bool) -> &'static str {
    match line {
        ".\r\n" if in_content => "250 2.0.0 Ok: queued as 4f2",
        _ if in_content => "",
        "" => "220 relay.example.com",
        "DATA\r\n" => "354 go",
        "QUIT\r\n" => "221 bye",
        "STARTTLS\r\n" => "220 go",
        "AUTH LOGIN\r\n" => "334 VXNlcm5hbWU6",
        line if line.starts_with("AUTH PLAIN") => "235 2.7.0 in",
        line if line.starts_with("EHLO") => "250-relay.example.com\r\n250-8BITMIME\r\n250 SMTPUTF8",
        _ => "250 Ok",
    }
}

/// A relay at 127.0.0.1 as it is configured, for a pretended one that shows this certificate.
pub(super) async fn listen(certified: &Certified, security: Security) -> (TcpListener, Relay) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut relay = relay_at(listener.local_addr().unwrap().port());
    relay.server.security = security;
    relay.server.trust = certified.trust();
    (listener, relay)
}

/// Plays the next connection.
pub(super) async fn serve(listener: TcpListener, certified: &Certified, script: Script<'_>) -> Vec<String> {
    let (stream, _) = listener.accept().await.unwrap();
    play_with(Box::new(stream), Some(&certified.acceptor()), script).await
}

pub(super) fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Delivered { reply } => reply,
        Outcome::Deferred { reason }
        | Outcome::Doubtful { reason }
        | Outcome::Unavailable { reason, .. }
        | Outcome::Failed { reason, .. } => reason,
    }
}

/// What is advised about a relay that takes no mail at all, and why it takes none.
pub(super) fn unavailable(outcome: Outcome) -> (String, String) {
    match outcome {
        Outcome::Unavailable { reason, advice } => (reason, advice.unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}
