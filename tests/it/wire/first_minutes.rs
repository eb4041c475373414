//! The mistakes of the first ten minutes, made on a real mailbox and a real relay: each gets words that say what to type.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tempfile::TempDir;

use super::dovecot::Dovecot;
use super::postfix::Postfix;
use super::relay::Relay;
use super::site::firebell;

/// What is configured besides mailbox and relay.
const REST: &str = r#"
gateway = { address = "incidents@example.com", operator = "infra" }
security.key_file = "firebell.key"
party = [{ id = "infra", people = ["kato"] }]
person = [{ id = "kato", addresses = ["kato@example.com"] }]
"#;

/// A folder with a configuration that works, and what makes it wrong.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new(mailbox: &str, relay: &str) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        site.write("firebell.toml", &format!("{REST}\n[mailbox]\n{mailbox}\n[relay]\n{relay}\n"));
        site.write("firebell.key", "a key of at least thirty-two characters\n");
        site.write("password", "secret\n");
        site.write("wrong", "not it\n");
        site
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// What `check` says with these flags, and its exit code.
    fn check(&self, flags: &[&str]) -> (String, Option<i32>) {
        let output = firebell(self.folder.path()).arg("check").args(flags).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (String::from_utf8(text).unwrap(), output.status.code())
    }
}

fn imap(port: u16, more: &str) -> String {
    format!("imap = \"imaps://incidents%40example.com@localhost:{port}/INBOX\"\n{more}")
}

fn trusted(ca: &Path) -> String {
    format!("password_file = \"password\"\nca_file = \"{}\"", ca.display())
}

fn submission(port: u16, more: &str) -> String {
    format!("smtp = \"submission://incidents@example.com@localhost:{port}\"\n{more}")
}

/// Checks one after the other: a mailbox, a relay, and what must be said of them.
fn each_is_told(cases: &[(String, String, &[&str])]) {
    for (mailbox, relay, words) in cases {
        let (told, code) = Site::new(mailbox, relay).check(&["--connect"]);
        assert_eq!(code, Some(1), "{mailbox}\n{relay}\n{told}");
        for words in *words {
            assert!(told.contains(words), "{words:?} is not said of\n{mailbox}\n{relay}\n{told}");
        }
    }
}

#[test]
fn a_site_that_works_is_told_so_and_its_plus_addresses_arrive() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    dovecot.create_folder("incidents@example.com", "Handled");
    let (imap_ca, relay_ca) = (trusted(&dovecot.ca_file()), trusted(&postfix.ca_file()));
    let mailbox = imap(dovecot.imaps, &format!("after = {{ move_to = \"Handled\" }}\n{imap_ca}"));
    let site = Site::new(&mailbox, &submission(postfix.submission, &relay_ca));
    let (told, code) = site.check(&["--connect", "--send"]);
    assert_eq!(code, Some(0), "{told}");
    for words in [
        "logged in as incidents@example.com, TLS, Dovecot",
        "IDLE: the server tells of new mails at once",
        "MOVE: handled mails are moved in one step",
        "the folder Handled is there",
        "INBOX has 0 mails",
        "logged in as incidents@example.com, encrypted",
        "plus addressing: it takes mail for incidents+check@example.com",
        "mails may have",
        "it arrived in INBOX after",
    ] {
        assert!(told.contains(words), "{words:?} is not said in\n{told}");
    }
    assert!(!told.contains("secret"), "{told}");
}

#[test]
fn what_is_wrong_with_a_mailbox_is_told_with_what_to_type() {
    let dovecot = Dovecot::start();
    dovecot.create_folder("incidents@example.com", "Incidents");
    let relay = Relay::start();
    let relay = || format!("smtp = \"smtp://127.0.0.1:{}\"", relay.port);
    let ca = trusted(&dovecot.ca_file());
    let wrong = ca.replace("\"password\"", "\"wrong\"");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = |scheme: &str, port: u16, folder: &str| {
        format!("imap = \"{scheme}://incidents%40example.com@localhost:{port}/{folder}\"\n{ca}")
    };
    each_is_told(&[
        (imap(dovecot.imaps, &wrong), relay(), &["the server refuses the log-in", "password"]),
        (imap(nobody, &ca), relay(), &["993"]),
        (url("imaps", dovecot.imap, "INBOX"), relay(), &["imap://"]),
        (url("imap", dovecot.imaps, "INBOX"), relay(), &["imaps://"]),
        (url("imaps", dovecot.imaps, "Incidnets"), relay(), &["Incidnets", "did you mean `Incidents`?"]),
        (
            imap(dovecot.imaps, "password_file = \"password\""),
            relay(),
            &["certificate", "openssl s_client -connect localhost:", "ca_file = "],
        ),
        (
            imap(dovecot.imaps, &format!("after = {{ move_to = \"Handled\" }}\n{ca}")),
            relay(),
            &["there is no folder Handled", "make it in a mail program"],
        ),
        (
            imap(dovecot.imaps, &ca).replace("localhost", "imap.example.invalid"),
            relay(),
            &["imap.example.invalid"],
        ),
    ]);
}

#[test]
fn what_is_wrong_with_a_relay_is_told_with_what_to_type() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let mailbox = || imap(dovecot.imaps, &trusted(&dovecot.ca_file()));
    let ca = trusted(&postfix.ca_file());
    let wrong = ca.replace("\"password\"", "\"wrong\"");
    let plain = Relay::start();
    plain.refuse("incidents+check@example.com", "550 5.1.1 <incidents+check@example.com>: User unknown");
    let without_starttls = Relay::start();
    let implicit =
        format!("smtp = \"submissions://incidents@example.com@localhost:{}\"\n{ca}", postfix.submission);
    each_is_told(&[
        (mailbox(), submission(postfix.submission, &wrong), &["535", "password"]),
        (mailbox(), implicit, &["submission://"]),
        (mailbox(), submission(postfix.submissions, &ca), &["submissions://"]),
        (
            mailbox(),
            submission(postfix.submission, "password_file = \"password\""),
            &["certificate", "ca_file = "],
        ),
        (mailbox(), submission(without_starttls.port, &ca), &["STARTTLS"]),
        (
            mailbox(),
            format!("smtp = \"smtp://127.0.0.1:{}\"", plain.port),
            &["no plus addressing", "User unknown", "recipient_delimiter"],
        ),
    ]);
}

#[test]
fn a_certificate_that_was_signed_by_nobody_but_itself_is_taken_once_it_is_named() {
    let dovecot = Dovecot::start();
    let relay = Relay::start();
    let relay = format!("smtp = \"smtp://127.0.0.1:{}\"", relay.port);
    let more = format!(
        "password_file = \"password\"\nca_file = \"{}\"",
        dovecot.ca_file().with_file_name("cert.pem").display()
    );
    let (told, code) = Site::new(&imap(dovecot.imaps, &more), &relay).check(&["--connect"]);
    assert_eq!(code, Some(0), "{told}");
}

#[test]
fn a_party_without_people_is_told_before_anybody_is_connected_to() {
    let site = Site::new("listen = \"127.0.0.1:2525\"", "smtp = \"smtp://127.0.0.1:25\"");
    let file = site.folder.path().join("firebell.toml");
    let text = fs::read_to_string(&file).unwrap().replace("people = [\"kato\"]", "people = []");
    fs::write(file, text).unwrap();
    let (told, code) = site.check(&["--connect"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("people = ["), "{told}");
}
