//! Several mailboxes of one firebell: two folders of an account, a Maildir, and its own listener.

use std::fs;

use super::crash;
use super::dovecot::Dovecot;
use super::mails::{self, GATEWAY};
use super::relay::Relay;
use super::site::Site;

#[test]
fn mails_of_all_mailboxes_are_taken_and_each_mailbox_keeps_its_own_place() {
    let (dovecot, relay) = (Dovecot::start(), Relay::start());
    dovecot.create_folder(GATEWAY, "Alerts");
    let imap = |folder: &str| dovecot.as_mailbox("imaps", folder).replace("mailbox.", "");
    let mailboxes = format!(
        "[[mailbox]]\n{}[[mailbox]]\n{}after = \"flag\"\n[[mailbox]]\nmaildir = \"mail\"\n[[mailbox]]\nlisten = \"127.0.0.1:0\"\n",
        imap("INBOX"),
        imap("Alerts"),
    );
    let relays = format!("[relay]\nsmtp = \"smtp://127.0.0.1:{}\"\n", relay.port);
    let site = Site::of_servers("", "");
    let file = site.path().join("firebell.toml");
    let rest = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{rest}\n{mailboxes}{relays}")).unwrap();
    for name in ["new", "cur", "tmp"] {
        fs::create_dir_all(site.path().join("mail").join(name)).unwrap();
    }
    let gateway = site.start();
    for opened in ["/INBOX: open", "/Alerts: open", "mail: open"] {
        gateway.says(opened);
    }
    dovecot.append(GATEWAY, "INBOX", &mails::alert("svc-inbox"));
    dovecot.append(GATEWAY, "Alerts", &mails::alert("svc-alerts"));
    fs::write(site.path().join("mail/tmp/1.a"), mails::alert("svc-maildir")).unwrap();
    fs::rename(site.path().join("mail/tmp/1.a"), site.path().join("mail/new/1.a")).unwrap();
    gateway.take("nagios@mon.example.com", &mails::alert("svc-listener"));
    crash::settles(&site, &relay, 4);
    gateway.kill();
    dovecot.append(GATEWAY, "Alerts", &mails::alert("svc-later"));
    let _gateway = site.start();
    crash::settles(&site, &relay, 5);
    assert_eq!(dovecot.flags(GATEWAY, "INBOX"), [[""; 0]]);
}
