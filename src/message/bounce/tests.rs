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
    let attached = Some(b"Subject: x\nMessage-ID: <our.1@example.com>\n\nbody".to_vec());
    let content = Content { attached, report_type: Some("delivery-status".to_owned()), ..Content::default() };
    let id = bounce("", content).and_then(|bounce| bounce.original_message_id);
    assert_eq!(id.as_deref(), Some("our.1@example.com"));
}
