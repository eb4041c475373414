//! Which mails are delivery reports, and what is read of them.

use super::*;

fn bounce(fields: &str, content: Content) -> Option<Bounce> {
    read(&Fields::read(fields.as_bytes()), &content).map(|(bounce, _)| bounce)
}

#[test]
fn every_recipient_of_a_report_is_read() {
    let status = "Reporting-MTA: dns; mx.example.com\n\nOriginal-Recipient: rfc822;A@example.com\nFinal-Recipient: RFC822; <b@example.com>\n\
        Action: Failed\nStatus: 5.1.1 (no such user)\nDiagnostic-Code: smtp; 550 5.1.1 <b@example.com>:\n  unknown; ask admin\n\n\
        Final-Recipient: rfc822; c@example.com\nAction: delayed\nStatus: 4.4.1";
    let content = Content { delivery_status: Some(status.to_owned()), ..Content::default() };
    let recipients = bounce("", content).map(|bounce| bounce.recipients).unwrap_or_default();
    let told: Vec<_> =
        recipients.iter().map(|r| (r.address.as_str(), r.action.as_str(), r.status.as_str())).collect();
    assert_eq!(told, [("b@example.com", "failed", "5.1.1"), ("c@example.com", "delayed", "4.4.1")]);
    assert_eq!(recipients[0].diagnostic, "550 5.1.1 <b@example.com>:  unknown; ask admin");
}

#[test]
fn exims_recipients_are_read() {
    let text = "A message could not be delivered.\n\n  a@example.com\n    550 5.7.1 rejected\n".to_owned();
    let found =
        bounce("X-Failed-Recipients: a@example.com, b@example.com\n", Content { text, ..Content::default() });
    let recipients = found.expect("a bounce").recipients;
    assert_eq!(recipients[0].status, "5.7.1");
    assert_eq!(recipients[0].diagnostic, "550 5.7.1 rejected");
    assert_eq!(recipients[1].address.as_str(), "b@example.com");
}

#[test]
fn a_servers_own_words_need_a_server_and_the_words() {
    let content =
        || Content { text: "<a@example.com>:\nno such user (5.1.1)".to_owned(), ..Content::default() };
    assert!(bounce("From: MAILER-DAEMON@example.com\nSubject: failure notice\n", content()).is_some());
    assert!(bounce("From: ken@example.com\nSubject: Re: failure notice\n", content()).is_none());
    assert!(bounce("From: postmaster@example.com\nSubject: Maintenance\n", content()).is_none());
}

#[test]
fn the_returned_mail_is_named() {
    let attached = Some(b"Subject: x\nMessage-ID: <our.1@example.com>\n\nbody".to_vec().into());
    let content = Content { attached, report_type: Some("delivery-status".to_owned()), ..Content::default() };
    let id = bounce("", content).and_then(|bounce| bounce.original_message_id);
    assert_eq!(id.as_deref(), Some("our.1@example.com"));
}

fn told(fields: &str, text: &str) -> Vec<(String, String, String)> {
    let found = bounce(fields, Content { text: text.to_owned(), ..Content::default() });
    let recipients = found.map(|bounce| bounce.recipients).unwrap_or_default();
    recipients.into_iter().map(|one| (one.address.to_string(), one.action, one.status)).collect()
}

fn row(address: &str, action: &str, status: &str) -> (String, String, String) {
    (address.to_owned(), action.to_owned(), status.to_owned())
}

#[test]
fn a_mail_that_a_person_wrote_about_a_report_is_none() {
    let text = "Is this yours?\n\nThis is the mail system at host mx.example.com.\n\n<a@example.com>: 550 no such user";
    let person = "Return-Path: <ken@example.com>\nFrom: Ken <ken@example.com>\n";
    assert!(told(&format!("{person}Subject: Fwd: Undelivered Mail Returned to Sender\n"), text).is_empty());
    assert!(told(&format!("{person}Subject: what is this\n"), text).is_empty());
    let status = Some("Final-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1".to_owned());
    let content = Content { delivery_status: status, ..Content::default() };
    assert!(bounce(&format!("{person}Subject: WG: Undeliverable: x\n"), content).is_none());
}

#[test]
fn an_alert_with_the_null_return_path_is_none() {
    let alert = "Return-Path: <>\nFrom: alert@example.com\nSubject: PROBLEM: mail queue on mx1\n";
    assert!(
        bounce(
            alert,
            Content { text: "Security alert: queue has 512 mails".to_owned(), ..Content::default() }
        )
        .is_none()
    );
}

#[test]
fn receipts_and_complaints_are_never_failures() {
    for kind in ["disposition-notification", "feedback-report"] {
        let content = Content {
            report_type: Some(kind.to_owned()),
            text: "Your message was not delivered to <a@example.com>".to_owned(),
            ..Content::default()
        };
        assert!(bounce("From: MAILER-DAEMON@example.com\nSubject: Undeliverable: x\n", content).is_none());
    }
}

#[test]
fn what_is_told_of_each_recipient_is_its_own() {
    let text = "Hi. This is the qmail-send program at mx.example.com.\n\n<a@example.com>:\nRemote host said: 552 5.2.2 full\n\n\
        <b@example.com>:\nRemote host said: 550 no such user\n\n--- Below this line is a copy of the message.\n\nTo: c@example.com";
    assert_eq!(
        told("From: MAILER-DAEMON@mx.example.com\nSubject: failure notice\n", text),
        [row("a@example.com", "failed", "5.2.2"), row("b@example.com", "failed", "5.1.1")]
    );
}

#[test]
fn a_server_that_goes_on_trying_has_not_failed() {
    let text = "Delivery to the following recipient has been delayed:\n\n     a@example.com\n\nMessage will be retried for 2 more day(s)";
    let fields = "From: Mail Delivery Subsystem <mailer-daemon@example.com>\nSubject: Delivery Status Notification (Delay)\n";
    assert_eq!(told(fields, text), [row("a@example.com", "delayed", "4.0.0")]);
}

#[test]
fn the_sender_and_the_help_desk_are_no_recipients() {
    let text = "A message sent by\n\n  <ours@example.jp>\n\ncould not be delivered. Recipient: <a@example.com>\n\
        MAIL FROM:<ours@example.jp>\nFor assistance, contact <help@example.com>.";
    let fields = "From: Mail Delivery System <Mailer-Daemon@mx.example.com>\nTo: ours@example.jp\nSubject: Mail failure\n";
    assert_eq!(told(fields, text), [row("a@example.com", "failed", "5.0.0")]);
}

#[test]
fn a_report_whose_parts_were_lost_is_read_from_the_text() {
    let text = "This is the mail system at host mx.example.com.\n\n--b\nContent-Type: message/delivery-status\n\n\
        Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.7.1\n\n--b";
    let fields = "From: MAILER-DAEMON\nSubject: Undelivered Mail Returned to Sender\n";
    assert_eq!(told(fields, text), [row("a@example.com", "failed", "5.7.1")]);
}

#[test]
fn where_nobody_is_named_the_returned_mail_says_to_whom_it_went() {
    let attached = Some(b"To: a@example.com\nMessage-ID: <our.1@example.jp>\n\nbody".to_vec().into());
    let content =
        Content { attached, text: "Your message could not be delivered.".to_owned(), ..Content::default() };
    let found =
        bounce("From: postmaster@example.com\nSubject: Undeliverable: x\n", content).expect("a bounce");
    assert_eq!(found.recipients[0].address.as_str(), "a@example.com");
}
