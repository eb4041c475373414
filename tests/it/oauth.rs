//! `firebell init --oauth` as people run it, against a pretended provider on loopback.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

/// Runs `init --oauth` in a folder while a provider answers one question after the other; and what it was asked.
fn consented(
    folder: &std::path::Path,
    provider: &str,
    typed: &str,
    answers: &[(u16, &str)],
) -> (Output, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = format!("http://{}/", listener.local_addr().unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_firebell"))
        .args(["init", "--oauth", provider, "--authority", &authority])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let asked = answers.iter().map(|(status, body)| one(&listener, *status, body)).collect();
    (child.wait_with_output().unwrap(), asked)
}

fn one(listener: &TcpListener, status: u16, body: &str) -> String {
    let (stream, _) = listener.accept().unwrap();
    let mut stream = BufReader::new(stream);
    let (mut question, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        if let Some(rest) = line.strip_prefix("POST ") {
            question = rest.split(' ').next().unwrap().to_owned();
        }
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = number.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut form = vec![0; length];
    stream.read_exact(&mut form).unwrap();
    let answer = format!("HTTP/1.1 {status} Somehow\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    stream.get_mut().write_all(answer.as_bytes()).unwrap();
    format!("{question} {}", String::from_utf8(form).unwrap())
}

const CODE: &str = r#"{"device_code":"d","user_code":"ABCD-EFGH","verification_uri":"https://example.com/device","expires_in":900,"interval":0}"#;
const GIVEN: &str = r#"{"access_token":"s3cret-a","expires_in":3599,"refresh_token":"s3cret-r"}"#;

#[test]
fn a_code_typed_elsewhere_becomes_a_file_for_its_owner_alone_and_the_same_again_renews_it() {
    let home = tempfile::tempdir().unwrap();
    let pending = (400, r#"{"error":"authorization_pending"}"#);
    let answers = [(200, CODE), pending, (200, GIVEN)];
    let (output, asked) = consented(home.path(), "microsoft", "the-app\nexample.com\n", &answers);
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}");
    for words in [
        "https://example.com/device",
        "ABCD-EFGH",
        "Written: microsoft.oauth",
        "oauth_file = \"microsoft.oauth\"",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("s3cret"), "{told}");
    assert!(
        asked[0].starts_with("/example.com/oauth2/v2.0/devicecode client_id=the-app&scope="),
        "{asked:?}"
    );
    let file = home.path().join("microsoft.oauth");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written.contains("refresh_token = \"s3cret-r\"") && written.contains("client_id = \"the-app\""),
        "{written}"
    );

    // The app is known by the file, which says also where to ask.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let here = format!("http://{}/t/token", listener.local_addr().unwrap());
    let moved = written.lines().map(|line| match line.starts_with("token_url") {
        true => format!("token_url = \"{here}\"\n"),
        false => format!("{line}\n"),
    });
    fs::write(&file, moved.collect::<String>()).unwrap();
    let again = Command::new(env!("CARGO_BIN_EXE_firebell"))
        .args(["init", "--oauth", "microsoft"])
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(one(&listener, 200, CODE).starts_with("/t/devicecode client_id=the-app"));
    one(&listener, 200, &GIVEN.replace("s3cret-r", "s3cret-2"));
    assert!(again.wait_with_output().unwrap().status.success());
    assert!(fs::read_to_string(&file).unwrap().contains("refresh_token = \"s3cret-2\""));
}

#[test]
fn an_app_of_its_own_is_tried_before_anything_is_written() {
    let home = tempfile::tempdir().unwrap();
    let refused =
        r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}"#;
    let typed = "the-app\nexample.com\ns3cret-app\n";
    let (output, _) = consented(home.path(), "microsoft-app", typed, &[(401, refused)]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("not its ID") && !told.contains("s3cret"), "{told}");
    assert!(!home.path().join("microsoft.oauth").exists());

    let (output, asked) =
        consented(home.path(), "microsoft-app", typed, &[(200, r#"{"access_token":"s3cret-a"}"#)]);
    assert!(output.status.success());
    assert!(asked[0].contains("grant_type=client_credentials"), "{asked:?}");
    let written = fs::read_to_string(home.path().join("microsoft.oauth")).unwrap();
    assert!(
        written.contains("client_secret = \"s3cret-app\"") && !written.contains("refresh_token ="),
        "{written}"
    );
}
