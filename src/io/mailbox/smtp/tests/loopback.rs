//! Owns the listener's life over real connections: how many, and how it ends.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpStream, tcp};
use tokio::sync::oneshot;

use super::*;

/// A client on loopback that reads one reply at a time.
struct Client {
    hears: BufReader<tcp::OwnedReadHalf>,
    says: tcp::OwnedWriteHalf,
}

impl Client {
    async fn new(port: u16) -> Self {
        let (hears, says) = TcpStream::connect(("127.0.0.1", port)).await.unwrap().into_split();
        Self { hears: BufReader::new(hears), says }
    }

    async fn hear(&mut self) -> String {
        let mut line = String::new();
        self.hears.read_line(&mut line).await.unwrap();
        line.trim_end().to_owned()
    }

    async fn say(&mut self, line: &str) -> String {
        self.says.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.hear().await
    }
}

/// A listener on loopback: its port, what it kept, how to stop it, and its end.
async fn listener(limits: Limits) -> (u16, Kept, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let kept = Kept::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = oneshot::channel();
    let served = serve(listener, mailbox(), limits, keep(&kept), async {
        let _ = stopped.await;
    });
    (port, kept, stop, tokio::spawn(served))
}

#[tokio::test]
async fn after_the_stop_begun_mails_are_finished_and_nothing_new_begins() {
    let (port, kept, stop, end) = listener(small()).await;
    let (mut busy, mut quiet) = (Client::new(port).await, Client::new(port).await);
    assert!(busy.hear().await.starts_with("220") && quiet.hear().await.starts_with("220"));
    busy.say("HELO x").await;
    assert_eq!(busy.say("MAIL FROM:<>").await, "250 2.1.0 Ok");

    stop.send(()).unwrap();
    assert_eq!(quiet.hear().await, "421 4.3.2 Shutting down, try again later");
    assert_eq!(quiet.hear().await, "");
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());

    assert_eq!(busy.say("RCPT TO:<incidents@example.com>").await, "250 2.1.5 Ok");
    assert!(busy.say("DATA").await.starts_with("354"));
    assert_eq!(busy.say("late\r\n.").await, "250 2.0.0 Stored");
    assert_eq!(busy.hear().await, "421 4.3.2 Shutting down, try again later");
    end.await.unwrap();
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn after_the_stop_a_begun_mail_that_does_not_end_is_cut() {
    let (port, kept, stop, end) = listener(Limits { grace: Duration::ZERO, ..small() }).await;
    let mut client = Client::new(port).await;
    client.hear().await;
    client.say("HELO x").await;
    client.say("MAIL FROM:<>").await;
    stop.send(()).unwrap();
    end.await.unwrap();
    assert_eq!(client.hear().await, "");
    assert!(kept.lock().unwrap().is_empty());
}

#[tokio::test]
async fn one_connection_too_many_is_sent_away_and_may_come_when_another_has_gone() {
    let (port, _, _stop, _) = listener(Limits { connections: 1, ..small() }).await;
    let mut first = Client::new(port).await;
    assert!(first.hear().await.starts_with("220"));
    let mut second = Client::new(port).await;
    assert_eq!(second.hear().await, "421 4.3.2 Too many connections, try again later");
    assert_eq!(first.say("QUIT").await, "221 2.0.0 Bye");
    assert_eq!(first.hear().await, "");
    // The listener may hear of the end a moment after we do.
    let third = loop {
        let mut third = Client::new(port).await;
        let heard = third.hear().await;
        if !heard.starts_with("421") {
            break heard;
        }
    };
    assert!(third.starts_with("220"));
}
