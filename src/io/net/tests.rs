//! Owns connections to pretended servers: which are believed, and the words for each trouble.

pub(crate) mod loopback;

use std::sync::Arc;

use rcgen::{BasicConstraints, IsCa, date_time_ymd};
use rustls::crypto::ring;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use loopback::{Certified, params};

const WAIT: Duration = Duration::from_secs(30);
const CA: IsCa = IsCa::Ca(BasicConstraints::Unconstrained);

fn server(host: &str, port: u16, security: Security, trust: &Trust) -> Server {
    Server { host: host.to_owned(), port, security, trust: trust.clone() }
}

/// Nobody is believed.
fn distrust() -> Trust {
    Trust::nobody().unwrap()
}

/// Connects to a server at 127.0.0.1 that shows this certificate; what it said, or the trouble and the advice.
async fn shown(certified: &Certified, security: Security, trust: &Trust) -> Result<String, (String, String)> {
    accepted(certified.acceptor(), security, trust).await
}

async fn accepted(
    acceptor: TlsAcceptor,
    security: Security,
    trust: &Trust,
) -> Result<String, (String, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = async {
        let (stream, _) = listener.accept().await.unwrap();
        if let Ok(mut stream) = acceptor.accept(stream).await {
            stream.write_all(b"hello").await.unwrap();
            stream.shutdown().await.unwrap();
        }
    };
    let connecting = async {
        let server = server("127.0.0.1", port, security, trust);
        let mut stream = connect(&server, WAIT).await?;
        if security == Security::StartTls {
            stream = stream.encrypt(&server, WAIT).await?;
        }
        assert!(stream.is_encrypted() && stream.is_local());
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        Ok(said)
    };
    let (_, result) = tokio::join!(serving, connecting);
    result.map_err(|trouble: Trouble| {
        let numbered = |text: &str| text.replace(&port.to_string(), "PORT");
        (numbered(&trouble.to_string()), numbered(&trouble.advice().unwrap()))
    })
}

async fn refused(certified: &Certified, trust: &Trust) -> (String, String) {
    shown(certified, Security::Tls, trust).await.unwrap_err()
}

#[tokio::test]
async fn a_server_whose_own_certificate_stands_in_the_file_is_believed() {
    for certified in
        [Certified::by_openssl("127.0.0.1"), Certified::itself(params(&["127.0.0.1"], IsCa::NoCa))]
    {
        let trust = Trust::new(Some(certified.pem.as_bytes())).unwrap();
        assert_eq!(shown(&certified, Security::Tls, &trust).await.unwrap(), "hello");
        assert_eq!(shown(&certified, Security::StartTls, &trust).await.unwrap(), "hello");
    }
}

#[tokio::test]
async fn whoever_shows_a_believed_certificate_must_have_its_key() {
    let certified = Certified::by_openssl("127.0.0.1");
    for version in rustls::ALL_VERSIONS {
        let genuine = certified.acceptor_of(&[version]);
        assert_eq!(accepted(genuine, Security::Tls, &certified.trust()).await.unwrap(), "hello");
        let stolen = certified.stolen().acceptor_of(&[version]);
        assert!(accepted(stolen, Security::Tls, &certified.trust()).await.is_err(), "{version:?}");
    }
}

#[tokio::test]
async fn a_server_whose_certificate_was_signed_by_an_own_ca_is_believed() {
    let authority = Certified::itself(params(&[], CA));
    let certified = Certified::by(&authority, &params(&["127.0.0.1"], IsCa::NoCa));
    let other = Certified::by_openssl("127.0.0.1");
    let file = format!("# ours\n{}\n{}", other.pem, authority.pem);
    let trust = Trust::new(Some(file.as_bytes())).unwrap();
    assert_eq!(shown(&certified, Security::Tls, &trust).await.unwrap(), "hello");
    assert_eq!(shown(&other, Security::Tls, &trust).await.unwrap(), "hello");
}

/// Fault 44.
#[tokio::test]
async fn a_certificate_by_nobody_known_says_how_to_make_it_known() {
    let other = Certified::by_openssl("127.0.0.1").trust();
    let authority = Certified::itself(params(&[], CA));
    let by_private_ca = Certified::by(&authority, &params(&["127.0.0.1"], IsCa::NoCa));
    for certified in [Certified::by_openssl("127.0.0.1"), by_private_ca] {
        let (what, advice) = refused(&certified, &other).await;
        assert_eq!(
            what,
            "the certificate of 127.0.0.1 port PORT is signed by nobody whom this machine trusts: self-signed, or by \
             a private CA"
        );
        assert!(
            advice.contains(
                "`openssl s_client -connect 127.0.0.1:PORT -showcerts </dev/null | openssl x509 -outform PEM > \
                 server.pem`; compare"
            ),
            "{advice}"
        );
        assert!(advice.ends_with("then write `ca_file = \"server.pem\"` beside the server"), "{advice}");
    }
}

#[test]
fn what_is_to_be_typed_for_starttls_follows_from_the_port() {
    for (port, words) in [
        (143, "-connect [::1]:143 -starttls imap -showcerts"),
        (587, "-connect [::1]:587 -starttls smtp -showcerts"),
        (40000, "-connect [::1]:40000 -starttls smtp -showcerts"),
    ] {
        let server = server("::1", port, Security::StartTls, &distrust());
        let error = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let advice = Trouble::handshake(&server, &io::Error::other(error)).advice().unwrap();
        assert!(advice.contains(words), "{advice}");
        assert_eq!(advice.contains("server.pem` (`imap` instead of"), port == 40000, "{advice}");
    }
}

/// Fault 44.
#[tokio::test]
async fn a_certificate_for_another_name_is_refused_even_if_it_stands_in_the_file() {
    let names = params(&["mail.example.com", "*.example.jp", "192.0.2.1"], CA);
    let certified = Certified::itself(names);
    let (what, advice) = refused(&certified, &certified.trust()).await;
    assert_eq!(
        what,
        "the certificate of 127.0.0.1 port PORT is not for 127.0.0.1 but for mail.example.com, *.example.jp, \
         192.0.2.1"
    );
    assert_eq!(
        advice,
        "write the host as the certificate names it: mail.example.com, *.example.jp, 192.0.2.1"
    );
    let nameless = Certified::itself(params(&[], CA));
    let (what, advice) = refused(&nameless, &nameless.trust()).await;
    assert!(what.ends_with("names no host in subjectAltName"), "{what}");
    assert!(advice.contains("-addext \"subjectAltName=IP:127.0.0.1\""), "{advice}");
}

/// Fault 44.
#[tokio::test]
async fn a_certificate_out_of_its_time_is_told_with_both_dates() {
    let authority = Certified::itself(params(&[], CA));
    let mut past = params(&["127.0.0.1"], IsCa::NoCa);
    past.not_after = date_time_ymd(2020, 3, 1);
    let (what, advice) = refused(&Certified::by(&authority, &past), &authority.trust()).await;
    assert!(what.contains("PORT expired on 2020-03-01; this machine's date is 20"), "{what}");
    assert!(advice.starts_with("renew it on the server"), "{advice}");
    let mut future = params(&["127.0.0.1"], IsCa::NoCa);
    future.not_before = date_time_ymd(3000, 3, 1);
    let (what, advice) = refused(&Certified::by(&authority, &future), &authority.trust()).await;
    assert!(what.contains("is valid from 3000-03-01 on; this machine's date is 20"), "{what}");
    assert!(advice.starts_with("set this machine's clock"), "{advice}");
}

#[tokio::test]
async fn a_machine_without_any_ca_is_told_so() {
    let (what, advice) = refused(&Certified::by_openssl("127.0.0.1"), &distrust()).await;
    assert!(what.ends_with("can't be verified: this machine has no CA certificates"), "{what}");
    assert_eq!(advice, "install them (package ca-certificates)");
}

/// Connects to a server at 127.0.0.1 that says these bytes, whatever it hears, and then closes.
async fn heard(says: &[u8], security: Security, known_port: u16) -> Trouble {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let saying = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(says).await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
    };
    let connecting = async {
        let here = server("127.0.0.1", port, Security::Plain, &distrust());
        let stream = connect(&here, WAIT).await.unwrap();
        assert!(!stream.is_encrypted());
        let usual = server("mail.example.com", known_port, security, &distrust());
        stream.encrypt(&usual, WAIT).await.unwrap_err()
    };
    tokio::join!(saying, connecting).1
}

#[tokio::test]
async fn a_server_that_speaks_plain_is_told_from_one_that_breaks_off() {
    for (port, advice) in [
        (143, "write `imap://mail.example.com:143` (STARTTLS), or `imaps://` with port 993"),
        (587, "write `submission://mail.example.com:587` (STARTTLS), or `submissions://` with port 465"),
    ] {
        let trouble = heard(b"* OK ready\r\n", Security::Tls, port).await;
        assert_eq!(
            trouble.to_string(),
            format!("mail.example.com port {port} does not speak TLS from the first byte")
        );
        assert_eq!(trouble.advice().unwrap(), advice);
    }
    let advice = heard(b"220 ready\r\n", Security::Tls, 40000).await.advice().unwrap();
    assert!(advice.contains("`imap://mail.example.com:40000` for a mailbox, `submission://"), "{advice}");
    let trouble = heard(b"220 ready\r\n", Security::StartTls, 587).await;
    assert!(trouble.to_string().ends_with("agreed to STARTTLS and then spoke no TLS"), "{trouble}");
    let trouble = heard(b"", Security::Tls, 993).await;
    assert!(trouble.to_string().contains("broke off the TLS handshake"), "{trouble}");
    // A TLS alert: protocol version.
    let trouble = heard(&[21, 3, 1, 0, 2, 2, 70], Security::Tls, 993).await;
    assert!(trouble.to_string().contains("have no kind of TLS in common"), "{trouble}");
}

#[tokio::test]
async fn where_nothing_listens_the_usual_ports_are_named() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let trouble = connect(&server("127.0.0.1", free, Security::Tls, &distrust()), WAIT).await.unwrap_err();
    assert_eq!(
        trouble.to_string(),
        format!("127.0.0.1 port {free} refused the connection: nothing listens there")
    );
    assert_eq!(
        trouble.advice().unwrap(),
        "usual ports are 993 (imaps://) and 143 (imap://) for a mailbox, 465 (submissions://), 587 (submission://) \
         and 25 (smtp://) for a relay"
    );
}

#[tokio::test]
async fn a_host_that_is_not_there_is_named() {
    let trouble =
        connect(&server("mail..example.com", 993, Security::Tls, &distrust()), WAIT).await.unwrap_err();
    assert!(trouble.to_string().starts_with("the host mail..example.com can't be found: "), "{trouble}");
    assert!(trouble.advice().unwrap().contains("`getent hosts mail..example.com`"));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_its_time_and_no_more() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = server("127.0.0.1", port, Security::Plain, &distrust());
    let stream = connect(&server, WAIT).await.unwrap();
    let trouble = stream.encrypt(&server, WAIT).await.unwrap_err();
    assert_eq!(trouble.to_string(), format!("no answer from 127.0.0.1 port {port} for 30 s"));
    assert!(trouble.advice().unwrap().contains("or the port wants TLS from the first byte"));
}

#[test]
fn a_file_without_certificates_is_told_what_is_wrong_with_it() {
    for (pem, words) in [
        ("", "holds no certificate"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n", "is no PEM file that can be read"),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "certificate 1 in it can't be read",
        ),
    ] {
        let told = Trust::new(Some(pem.as_bytes())).unwrap_err();
        assert!(told.starts_with(words), "{told}");
    }
}

#[test]
fn a_password_shows_itself_in_no_log() {
    let login =
        Login { user: "incidents@example.com".to_owned(), proof: Proof::Password(Password::new("geheim")) };
    assert_eq!(
        format!("{login:?} {:?}", distrust()),
        "Login { user: \"incidents@example.com\", proof: Password(Password(…)) } Trust(…)"
    );
    assert!(matches!(&login.proof, Proof::Password(password) if password.reveal() == "geheim"));
}
