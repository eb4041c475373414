//! Owns what is thrown at each reader besides that of mails: bytes in, and it ends without a panic. Used by the fuzz
//! targets and, with some hundred inputs of a fixed seed each, by the tests.

use std::time::Duration;

use firebell::command;
use firebell::config::remote::{After, Security};
use firebell::config::{self, Files};
use firebell::directory::Address;
use firebell::io::delivery::{self, Outgoing, Relay};
use firebell::io::mailbox::imap::{self, Session};
use firebell::io::mailbox::smtp::{self, Accept, Limits};
use firebell::io::net::{Server, Trust};
use firebell::message;
use firebell::rehearsal::Rehearsal;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// A reader.
pub type Reader = fn(&[u8]);

/// All of them, by name.
pub const READERS: [(&str, Reader); 9] = [
    ("commands", commands),
    ("configuration", configuration),
    ("rules", rules),
    ("calendar", calendar),
    ("transcript", transcript),
    ("authentication", authentication),
    ("imap", imap),
    ("smtp", smtp),
    ("relay", relay),
];

const SITE: &str = "gateway = { address = \"incidents@example.com\", operator = \"infra\" }\n\
    person = [{ id = \"kato\", name = \"Kato\", addresses = [\"kato@example.com\"] }]\n\
    party = [{ id = \"infra\", people = [\"kato\"] }]\n";

/// The reader called so.
pub fn reader(name: &str) -> Reader {
    READERS.iter().find(|(known, _)| *known == name).map(|(_, reader)| *reader).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a person writes at the top of an answer.
fn commands(bytes: &[u8]) {
    let said = command::read(&text(bytes));
    assert_eq!(format!("{said:?}"), format!("{:?}", command::read(&text(bytes))), "read twice, it differs");
}

/// A firebell.toml.
fn configuration(bytes: &[u8]) {
    told(&Files { main: ("firebell.toml".to_owned(), text(bytes)), ..Files::default() });
}

/// A file of rules, one of an alert format, and a list.
fn rules(bytes: &[u8]) {
    let main = ("firebell.toml".to_owned(), SITE.to_owned());
    let file = |name: &str| vec![(name.to_owned(), text(bytes))];
    told(&Files { main: main.clone(), rules: file("rules/site.toml"), ..Files::default() });
    told(&Files { main: main.clone(), formats: file("rules/alerts/a.toml"), ..Files::default() });
    told(&Files { main, lists: file("rules/lists/a.txt"), ..Files::default() });
}

/// A calendar of who is on call.
fn calendar(bytes: &[u8]) {
    let schedule = "[[schedule]]\nid = \"infra\"\ncalendar = \"a.ics\"\n";
    let main = ("firebell.toml".to_owned(), format!("{SITE}{schedule}"));
    let calendars = [("a.ics".to_owned(), vec![("a.ics".to_owned(), text(bytes))])].into();
    told(&Files { main, calendars, ..Files::default() });
}

/// Every mistake is a line that names its file.
fn told(files: &Files) {
    for line in config::told(files).lines() {
        assert!(!line.contains('\u{1b}'), "{line:?} steers a terminal");
    }
}

/// A conversation as text.
fn transcript(bytes: &[u8]) {
    let _ = Rehearsal::new(&text(bytes), None);
}

/// What the mail server says of an author.
fn authentication(bytes: &[u8]) {
    let field = text(bytes).replace(['\r', '\n'], "\r\n ");
    let raw =
        format!("Authentication-Results: {field}\r\nFrom: kato@example.com\r\nSubject: x\r\n\r\nack\r\n");
    let mail = message::read(raw.as_bytes());
    let _ = message::authentication::authentication(&mail, "mx.example.com");
}

/// An IMAP server that says this, whatever it is asked.
fn imap(bytes: &[u8]) {
    runtime().block_on(async {
        for ask in 0..5 {
            let (ours, mut theirs) = tokio::io::duplex(bytes.len() + 4096);
            theirs.write_all(bytes).await.unwrap();
            theirs.shutdown().await.unwrap();
            let mut session = Session::over(ours, imap::Timeouts::default());
            match ask {
                0 => drop(session.select("INBOX").await),
                1 => drop(session.list_after(0).await),
                2 => drop(session.fetch(1, Some(1 << 20)).await),
                3 => drop(session.idle(Duration::from_secs(1)).await),
                _ => drop(session.settle(1, &After::Flag, false).await),
            }
        }
    });
}

/// Somebody who says this to our listener.
fn smtp(bytes: &[u8]) {
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let accept = Accept::Mailbox(Address::new("incidents@example.com"));
        let limits = Limits { grace: Duration::ZERO, ..Limits::default() };
        let deposit = |_, _: Vec<u8>| async { Ok(()) };
        let serving = smtp::serve(listener, accept, limits, deposit, async {
            let _ = stopped.await;
        });
        let saying = async {
            let mut client = TcpStream::connect(at).await.unwrap();
            // It may have had enough.
            let _ = client.write_all(bytes).await;
            let _ = client.shutdown().await;
            let mut heard = Vec::new();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut client, &mut heard).await;
            let _ = stop.send(());
        };
        tokio::join!(serving, saying);
    });
}

/// A relay that says this, whatever it is told.
fn relay(bytes: &[u8]) {
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let trust = Trust::nobody().unwrap();
        let server = Server { host: "127.0.0.1".to_owned(), port, security: Security::Plain, trust };
        let timeouts = delivery::Timeouts::default();
        let relay = Relay { server, hello: "example.com".to_owned(), login: None, timeouts };
        let answering = async {
            let (mut client, _) = listener.accept().await.unwrap();
            let _ = client.write_all(bytes).await;
            let _ = client.shutdown().await;
            let mut heard = Vec::new();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut client, &mut heard).await;
        };
        let to = Address::new("kato@example.com");
        let mail = Outgoing { from: None, to: &to, id: "", bytes: b"Subject: x\r\n\r\nx\r\n" };
        tokio::join!(answering, delivery::smtp::deliver(&relay, mail));
    });
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
