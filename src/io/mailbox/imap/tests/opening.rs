//! The whole way over TCP and TLS to a server on loopback.

use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::io::net::tests::loopback::Certified;
use crate::io::net::{Password, Proof};

const IN: &str = r#"
    C: CAPABILITY
    S: * CAPABILITY IMAP4rev1
    S: $ OK
    C: LOGIN "incidents" "s3cret"
    S: $ OK
    C: CAPABILITY
    S: * CAPABILITY IMAP4rev1 IDLE
    S: $ OK"#;

/// What opening an account gives while the server does this with the connection.
async fn opened(
    security: Security,
    certified: &Certified,
    server: impl AsyncFnOnce(TcpStream),
) -> Result<Capabilities, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let account = Imap {
        server: Server { host: "127.0.0.1".to_owned(), port, security, trust: certified.trust() },
        login: Login { user: "incidents".to_owned(), proof: Proof::Password(Password::new("s3cret")) },
        timeouts: Timeouts::default(),
    };
    // In a task of its own, as the daemon has it.
    let opening = tokio::spawn(async move { open(&account).await.map(|session| session.can().clone()) });
    server(listener.accept().await.unwrap().0).await;
    opening.await.unwrap()
}

#[tokio::test]
async fn with_tls_nothing_is_said_before_the_certificate_is_believed() {
    let certified = Certified::by_openssl("127.0.0.1");
    let can = opened(Security::Tls, &certified, async |stream| {
        let stream = certified.acceptor().accept(stream).await.unwrap();
        serve(stream, &format!("S: * OK hello{IN}")).await;
    });
    assert!(can.await.unwrap().idle);

    let other = Certified::by_openssl("mail.example.com");
    let refused = opened(Security::Tls, &other, async |stream| {
        assert!(other.acceptor().accept(stream).await.is_err());
    });
    assert!(matches!(refused.await, Err(Error::Net(_))));
}

#[tokio::test]
async fn starttls_comes_before_the_password_even_where_no_encryption_is_asked_for() {
    let begin = "
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello
        C: CAPABILITY
        S: * CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR
        S: $ OK
        C: STARTTLS
        S: $ OK go";
    let certified = Certified::by_openssl("127.0.0.1");
    for security in [Security::StartTls, Security::Plain] {
        let can = opened(security, &certified, async |stream| {
            let mut stream = BufReader::new(stream);
            assert!(play(&mut stream, begin).await);
            let stream = certified.acceptor().accept(stream.into_inner()).await.unwrap();
            serve(stream, IN).await;
        });
        assert_eq!(can.await.unwrap().all, ["IMAP4REV1", "IDLE"]);
    }
}

#[tokio::test]
async fn a_server_that_refuses_encryption_gets_no_password() {
    let certified = Certified::by_openssl("127.0.0.1");
    let script = "S: * OK hello\nC: CAPABILITY\nS: * CAPABILITY IMAP4rev1\nS: $ OK";
    let refused = opened(Security::StartTls, &certified, async |stream| serve(stream, script).await);
    assert_eq!(refused.await, Err(Error::NoStartTls));
    let script = format!("{}\nC: STARTTLS\nS: $ NO not now", script.replace("rev1", "rev1 STARTTLS"));
    let refused = opened(Security::StartTls, &certified, async |stream| serve(stream, &script).await);
    assert!(matches!(refused.await, Err(Error::Refused { command: "STARTTLS", .. })));
}
