//! Questions to a pretended web server.

use proptest::prelude::*;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::io::net::tests::loopback::Certified;

/// A web server on this machine that answers one question after the other with these; and then what it was asked.
pub(in crate::io) struct Pretended {
    listener: TcpListener,
}

impl Pretended {
    pub(in crate::io) async fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    /// Its address with this path.
    pub(in crate::io) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listener.local_addr().unwrap())
    }

    /// The body of each question, its path before it: `/token a=b`.
    pub(in crate::io) async fn answering(&self, answers: &[String]) -> Vec<String> {
        let mut asked = Vec::new();
        for answer in answers {
            let (stream, _) = self.listener.accept().await.unwrap();
            asked.push(one(stream, answer).await);
        }
        asked
    }
}

async fn one(stream: impl AsyncRead + AsyncWrite + Unpin, answer: &str) -> String {
    let mut stream = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if let Some(rest) = line.strip_prefix("POST ") {
            path = rest.split(' ').next().unwrap().to_owned();
        }
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = number.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    // Whoever has heard enough may be gone.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.flush().await;
    format!("{path} {}", String::from_utf8(body).unwrap())
}

/// An answer of this status with this body.
pub(in crate::io) fn said(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} Somehow\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn nobody() -> Trust {
    Trust::nobody().unwrap()
}

#[tokio::test]
async fn a_form_is_posted_and_the_answer_read_however_it_is_framed() {
    for (answer, status, body) in [
        (said(200, "yes"), 200, "yes"),
        ("HTTP/1.1 400 No\r\n\r\nall to the end".to_owned(), 400, "all to the end"),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\ntransfer-encoding: Chunked\r\n\r\n3;x=y\r\nyes\r\nA\r\n, and more\r\n0\r\n\r\n"
                .to_owned(),
            200,
            "yes, and more",
        ),
    ] {
        let server = Pretended::new().await;
        let to = Endpoint::read(&server.url("/token?a=b"), nobody()).unwrap();
        let form = [("user", "a b&c=d+é"), ("empty", "")];
        let (answers, asked) = ([answer], post(&to, &form));
        let (asked, heard) = tokio::join!(asked, server.answering(&answers));
        assert_eq!(asked, Ok(Answer { status, body: body.to_owned() }));
        assert_eq!(heard, ["/token?a=b user=a%20b%26c%3Dd%2B%C3%A9&empty="]);
    }
}

#[tokio::test]
async fn half_an_answer_or_none_is_an_error_in_words() {
    for (answer, words) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", "breaks off"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal", "breaks off"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "unreadable pieces"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "breaks off"),
        ("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "no readable length"),
        ("220 mail.example.com ESMTP\r\n\r\n", "no web server"),
        ("", "breaks off"),
    ] {
        let server = Pretended::new().await;
        let to = Endpoint::read(&server.url("/"), nobody()).unwrap();
        let answers = [answer.to_owned()];
        let (asked, _) = tokio::join!(post(&to, &[("secret", "s3cret")]), server.answering(&answers));
        let why = asked.unwrap_err();
        assert!(why.contains(words) && !why.contains("s3cret"), "{why}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_kept() {
    let server = Pretended::new().await;
    let to = Endpoint::read(&server.url("/"), nobody()).unwrap();
    let answers = [format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(2 * LONGEST))];
    let (asked, _) = tokio::join!(post(&to, &[]), server.answering(&answers));
    assert!(asked.unwrap_err().ends_with("an answer without end"));
}

#[tokio::test]
async fn over_tls_the_certificate_must_be_the_hosts() {
    let certified = Certified::by_openssl("127.0.0.1");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/token", listener.local_addr().unwrap());
    let to = |trust| Endpoint::read(&url, trust).unwrap();
    let serving = async {
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(stream) = certified.acceptor().accept(stream).await {
                one(stream, &said(200, "yes")).await;
            }
        }
    };
    let asking = async {
        let known = post(&to(certified.trust()), &[]).await;
        assert_eq!(known.map(|answer| answer.body), Ok("yes".to_owned()));
        assert!(post(&to(nobody()), &[]).await.unwrap_err().contains("certificate"));
    };
    tokio::join!(serving, asking);
}

#[test]
fn what_is_no_address_or_not_encrypted_is_refused_with_what_to_write() {
    for (url, words) in [
        ("login.example.com/token", "https://HOST/PATH"),
        ("ftp://login.example.com/token", "https://HOST/PATH"),
        ("https://", "https://HOST/PATH"),
        ("https://a b/token", "https://HOST/PATH"),
        ("https://a:99999/token", "https://HOST/PATH"),
        ("https://a/tok en\r\nX: y", "https://HOST/PATH"),
        ("http://login.example.com/token", "write `https://`"),
        ("http://192.0.2.1/token", "write `https://`"),
    ] {
        let told = Endpoint::read(url, nobody()).unwrap_err();
        assert!(told.contains(words) && !told.contains('\n'), "{url}: {told}");
    }
    for url in [
        "https://login.example.com",
        "http://127.0.0.1:8080/token",
        "http://[::1]/token",
        "http://localhost/x",
    ] {
        assert!(Endpoint::read(url, nobody()).is_ok(), "{url}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_answer_or_an_error(bytes in "(HTTP/1\\.1 [0-9]{3}|Content-Length: [0-9]{1,20}|Transfer-Encoding: chunked|[0-9a-f]{0,3}|\r\n|[\\PC])*", ended: bool) {
        let _ = answer::read(bytes.as_bytes(), ended);
    }
}
