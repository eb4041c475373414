//! The main job from end to end: a real mailbox, a real relay, an alert, its page, the answer to it.

use firebell::message;

use super::client::Client;
use super::dovecot::Dovecot;
use super::machine::{program, succeeds};
use super::mails::{self, GATEWAY, address, header};
use super::postfix::Postfix;
use super::programs::JAPANESE;
use super::shared::{ALL, Shared};
use super::site::Site;
use super::{until, wait_for};

/// Who is paged.
const KATO: &str = "kato@example.com";

/// Another mail server hands over a mail.
fn send(postfix: &Postfix, from: &str, to: &str, mail: &[u8]) {
    let reply = Client::connect(postfix.smtp).unwrap().mail(from, to, mail).unwrap();
    assert!(reply.starts_with("250 "), "{reply}");
}

/// The mail in Kato's mailbox that has these words in its subject or in its text.
fn mail_for_kato(dovecot: &Dovecot, words: &str) -> Vec<u8> {
    wait_for(&format!("a mail to Kato that says {words:?}"), || {
        let has = |mail: &Vec<u8>| {
            let mail = message::read(mail);
            mail.subject.contains(words) || mail.reply_text.contains(words)
        };
        dovecot.mails(KATO, "INBOX").into_iter().find(has)
    })
}

/// An alert, its page, the answer to that, and what is answered.
fn alert_page_ack_and_transcript(imap: &str, smtp: &str) {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let site = Site::of_servers(&dovecot.as_mailbox(imap, "INBOX"), &postfix.as_relay(smtp));
    let gateway = site.open();
    send(&postfix, "nagios@mon.example.com", GATEWAY, &mails::alert("svc-a"));
    let page = mail_for_kato(&dovecot, "svc-a");
    assert_eq!(header(&page, "Importance"), "high");
    assert_eq!(site.incident()["status"], "open");
    assert!(postfix.log().contains("sasl_username=incidents@example.com"), "{}", postfix.log());

    let reply_to = address(&header(&page, "Reply-To"));
    assert!(reply_to.starts_with("incidents+"), "{reply_to}");
    send(&postfix, KATO, &reply_to, &mails::answer(KATO, &page, "ack"));
    until("the acknowledgement", || site.incident()["status"] == "acknowledged");
    assert_eq!(site.incident()["acknowledged_by"], "kato");
    let transcript = message::read(&mail_for_kato(&dovecot, "what became of your words")).reply_text;
    assert!(transcript.contains("ack\n"), "{transcript}");

    assert_eq!(dovecot.flags(GATEWAY, "INBOX"), vec![Vec::<String>::new(); 2], "nobody has read them");
    assert_eq!(site.store().mails().len(), 2);
    assert!(!gateway.log().contains("secret"), "a password in the log");
}

#[test]
fn an_alert_is_paged_and_the_answer_acknowledges_over_imaps_and_submission() {
    alert_page_ack_and_transcript("imaps", "submission");
}

#[test]
fn an_alert_is_paged_and_the_answer_acknowledges_with_tls_from_the_first_byte() {
    alert_page_ack_and_transcript("imaps", "submissions");
}

#[test]
fn an_alert_is_paged_and_the_answer_acknowledges_with_starttls() {
    alert_page_ack_and_transcript("imap", "submission");
}

#[test]
fn a_mail_of_two_megabytes_arrives_whole() {
    let shared = Shared::new();
    let _gateway = shared.site.open();
    let mut mail = mails::alert("svc-a");
    for line in 0..40_000 {
        mail.extend_from_slice(format!("{line:06} .{:=<50}\n", "").as_bytes());
    }
    assert!(mail.len() > 2 << 20);
    shared.dovecot.append(GATEWAY, "INBOX", &mail);
    shared.settles(1);
    assert!(shared.site.store().mails()[0].raw == mails::with_crlf(&mail), "it was changed on its way");
}

#[test]
fn an_alert_in_iso_2022_jp_is_read_out_of_a_folder_with_a_japanese_name() {
    let dovecot = Dovecot::start();
    let postfix = Postfix::start(&dovecot);
    let folder = "&lpxbsw-";
    dovecot.create_folder(GATEWAY, folder);
    let relay = postfix.as_relay("submission");
    let site = Site::of_servers(&(dovecot.as_mailbox("imaps", "障害") + ALL), &relay);
    let _gateway = site.open();
    succeeds(program("python3").args(["-c", JAPANESE, &postfix.smtp.to_string()]));
    until("the mail to arrive", || !dovecot.mails(GATEWAY, "INBOX").is_empty());
    assert!(site.store().mails().is_empty());
    dovecot.move_mail(GATEWAY, "INBOX", folder, 0);
    let page = mail_for_kato(&dovecot, "基幹01 受注処理 critical");
    assert!(message::read(&page).reply_text.contains("応答がありません"), "{:?}", message::read(&page));
    assert_eq!(site.incident()["alerts"][0]["key"], "nagios:基幹01/受注処理");
}
