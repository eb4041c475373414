//! Other people's programs on both sides: what sends alerts today, and a real relay.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use firebell::message;
use tempfile::TempDir;

use super::gateway::Gateway;
use super::machine::{free_ports, is_root, program, succeeds};
use super::mails::{self, GATEWAY};
use super::site::{Site, TEN_LINES};
use super::{until, wait_for};

/// An alert as a script writes it that knows nothing but Python's standard library.
const SMTPLIB: &str = r#"
import smtplib, sys
from email.message import EmailMessage
mail = EmailMessage()
mail["From"], mail["To"] = "nagios@mon.example.com", "incidents@example.com"
mail["Subject"] = "** PROBLEM Service Alert: web01/by-smtplib is CRITICAL **"
mail.set_content("Notification Type: PROBLEM\n\nService: by-smtplib\nHost: web01\nState: CRITICAL\n")
smtplib.SMTP("127.0.0.1", int(sys.argv[1])).send_message(mail)
"#;

/// The same from Japan: ISO-2022-JP, as encoded words above and as base64 below.
pub const JAPANESE: &str = r#"
import smtplib, sys
from email.charset import Charset, BASE64
from email.header import Header
from email.mime.text import MIMEText
charset = Charset("iso-2022-jp")
charset.body_encoding = BASE64
text = "Notification Type: PROBLEM\n\nService: 受注処理\nHost: 基幹01\nState: CRITICAL\n\n応答がありません。\n"
mail = MIMEText(text, "plain", charset)
mail["From"], mail["To"] = "nagios@mon.example.jp", "incidents@example.com"
mail["Subject"] = Header("** PROBLEM Service Alert: 基幹01/受注処理 is CRITICAL **", "iso-2022-jp")
assert "=?iso-2022-jp?b?" in mail.as_string() and "受" not in mail.as_string()
smtplib.SMTP("127.0.0.1", int(sys.argv[1])).send_message(mail)
"#;

/// Postfix's smtp-sink: a relay that nobody here wrote.
struct Sink {
    port: u16,
    folder: TempDir,
    child: Child,
}

impl Sink {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let [port] = free_ports();
        let mut command = program("smtp-sink");
        if is_root() {
            command.args(["-u", "nobody"]);
        }
        let template = folder.path().join("mail.").display().to_string();
        command.args(["-d", &template, &format!("127.0.0.1:{port}"), "100"]).current_dir(folder.path());
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        until("smtp-sink to listen", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { port, folder, child }
    }

    /// What it took, as files.
    fn mails(&self) -> Vec<Vec<u8>> {
        let files = fs::read_dir(self.folder.path()).unwrap();
        let paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        paths.iter().map(|path| fs::read(path).unwrap()).collect()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It ends at no other time.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends an alert with each program.
fn send_all(gateway: &Gateway, site: &Site) {
    let (port, server) = (gateway.port.to_string(), format!("127.0.0.1:{}", gateway.port));
    succeeds(program("python3").args(["-c", SMTPLIB, &port]));
    succeeds(program("python3").args(["-c", JAPANESE, &port]));
    let (from, to) = ("nagios@mon.example.com", GATEWAY);
    let subject = "Subject: ** PROBLEM Service Alert: web01/by-swaks is CRITICAL **";
    let body = r"Notification Type: PROBLEM\n\nService: by-swaks\nHost: web01\nState: CRITICAL\n";
    let swaks =
        ["--silent", "--server", &server, "--from", from, "--to", to, "--header", subject, "--body", body];
    succeeds(program("swaks").args(swaks));
    let file = site.path().join("alert.eml");
    fs::write(&file, mails::alert("by-smtp-source")).unwrap();
    succeeds(program("smtp-source").args(["-F", file.to_str().unwrap(), "-f", from, "-t", to, &server]));
}

#[test]
fn ten_lines_of_configuration_turn_alerts_of_smtplib_swaks_and_postfix_into_pages_at_a_real_relay() {
    assert_eq!(TEN_LINES.lines().filter(|line| !line.is_empty()).count(), 10);
    let sink = Sink::start();
    let site = Site::of_ten_lines(sink.port);
    let gateway = site.start();
    send_all(&gateway, &site);
    let expected = ["web01/by-smtplib", "基幹01/受注処理", "web01/by-swaks", "web01/by-smtp-source"];
    until("four pages delivered", || site.store().notices_in("delivered") == expected.len());

    let incidents = site.json(&["incidents", "--json"]);
    assert_eq!(incidents.len(), expected.len());
    for (number, key) in expected.iter().enumerate() {
        let shown = site.json(&["show", &format!("INC-{}", number + 1), "--json"]).remove(0);
        assert_eq!(shown["alerts"][0]["key"], format!("nagios:{key}"), "{shown}");
        let words = key.replace('/', " ");
        assert_eq!(shown["title"], format!("{words} critical"));
        assert_eq!(shown["status"], "open");
        let page = wait_for("its page in the sink", || {
            let mails = sink.mails();
            mails.into_iter().find(|mail| message::read(mail).subject.contains(&words))
        });
        let page_text = String::from_utf8_lossy(&page);
        assert!(page_text.contains("X-Rcpt-Args: <kato@example.com>"), "{page_text}");
        assert!(mails::header(&page, "Reply-To").contains("incidents+"), "{page_text}");
        // The bytes in the outbox are those that went out.
        let id = mails::header(&page, "Message-ID");
        let notice =
            site.store().notices().into_iter().find(|notice| id.contains(&notice.message_id)).unwrap();
        let sent = String::from_utf8(notice.bytes).unwrap().replace("\r\n", "\n");
        assert!(page_text.trim_end().ends_with(sent.trim_end()), "{page_text}\n=== is not\n{sent}");
    }
}
