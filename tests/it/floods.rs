//! Floods of mail: whoever sends them, next to nothing goes out for it, and nothing of it is lost.

use std::collections::BTreeMap;

use firebell::incident::{Fact, Incident, NoticeKind};
use firebell::io::store::views;
use firebell::notice::Notice;
use jiff::{SignedDuration, Timestamp};

use super::gateways::{Gateway, start, trouble};

const US: &str = "incidents@example.com";
const KATO: &str = "kato@example.com";

/// One incident, and the page that kato got of it.
fn with_an_incident() -> (Gateway, Notice) {
    let mut gateway = Gateway::new(US, KATO, b"a key");
    let page = gateway.gets(&trouble(US), start()).notices.pop().unwrap();
    (gateway, page)
}

/// Mails, a fixed time apart; what went out for them, and when the last one came.
fn flood(
    gateway: &mut Gateway,
    count: u64,
    apart: SignedDuration,
    mail: impl Fn(u64) -> String,
) -> (Vec<Notice>, Timestamp) {
    let (mut sent, mut now) = (Vec::new(), start() + SignedDuration::from_mins(1));
    for number in 0..count {
        sent.extend(gateway.gets(mail(number).replace('\n', "\r\n").as_bytes(), now).notices);
        now += apart;
    }
    (sent, now)
}

fn by_recipient(sent: &[Notice]) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    let pages = |notice: &&Notice| matches!(notice.kind, NoticeKind::Page { .. });
    // Nobody acknowledges, so pages go on; they are not for the flood.
    sent.iter()
        .filter(|notice| !pages(notice))
        .for_each(|notice| *count.entry(notice.to.to_string()).or_default() += 1);
    count
}

fn notes(gateway: &Gateway) -> usize {
    let events = gateway.store.read(|store| views::events(store, 1)).unwrap();
    events.iter().filter(|event| matches!(event.fact, Fact::Noted { .. })).count()
}

/// Fault 99.
#[test]
fn five_thousand_mails_in_the_name_of_a_colleague_bring_them_twenty_answers_and_the_last_says_so() {
    let (mut gateway, page) = with_an_incident();
    let (sent, _) = flood(&mut gateway, 5_000, SignedDuration::from_millis(500), |number| {
        format!(
            "From: {KATO}\nTo: {US}\nSubject: Re: {}\nMessage-ID: <{number}@forged.example.net>\n\nstatus\n",
            page.subject
        )
    });
    assert_eq!(by_recipient(&sent), BTreeMap::from([(KATO.to_owned(), 20)]));
    let mut answers = sent.iter().filter(|notice| notice.kind == NoticeKind::Transcript);
    let last = String::from_utf8(answers.next_back().unwrap().bytes.clone()).unwrap();
    assert!(last.contains("last answer before"), "{last}");
    assert_eq!(gateway.incidents(), 1);
    // An hour later the real one is answered again.
    let later = start() + SignedDuration::from_hours(3);
    let real = format!(
        "From: {KATO}\r\nTo: {US}\r\nSubject: Re: {}\r\nMessage-ID: <real@example.com>\r\n\r\nstatus\r\n",
        page.subject
    );
    let sent = gateway.gets(real.as_bytes(), later).notices;
    assert!(sent.iter().any(|notice| notice.kind == NoticeKind::Transcript));
}

/// Fault 95.
#[test]
fn five_hundred_people_who_answer_all_through_a_list_are_one_thread_and_bring_next_to_no_mail() {
    let (mut gateway, _) = with_an_incident();
    let (sent, _) = flood(&mut gateway, 500, SignedDuration::from_secs(2), |number| {
        let (list, of) = ("<all.example.com>", number / 2);
        format!(
            "From: person{number}@example.com\nTo: all@example.com, {US}\nList-Id: {list}\n\
             Subject: Re: It is broken\nMessage-ID: <{number}@all>\nReferences: <1@elsewhere> <{of}@all>\n\n\
             Please take me off this list, says {number}.\n"
        )
    });
    assert_eq!((gateway.incidents(), notes(&gateway)), (1, 500));
    // Five of them, and that there are more.
    assert_eq!(by_recipient(&sent), BTreeMap::from([(KATO.to_owned(), 6)]));
    let incident: Incident = gateway.incident(1);
    assert!(incident.responders.len() + incident.engaged.len() < 5, "nobody of them takes part by that");
}

/// Fault 61.
#[test]
fn ten_thousand_bounces_of_mails_that_we_never_sent_are_counted_and_nothing_else() {
    let mut gateway = Gateway::new(US, KATO, b"a key");
    let (sent, _) = flood(&mut gateway, 10_000, SignedDuration::from_millis(60), |number| {
        format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx{}.example.net\nTo: {US}\nSubject: Undelivered Mail Returned to Sender\n\
             Message-ID: <{number}@mx.example.net>\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: text/plain\n\nIt could not be delivered.\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n\
             Final-Recipient: rfc822; nobody{number}@example.net\nAction: failed\nStatus: 5.1.1\n\n\
             --b\nContent-Type: message/rfc822\n\nMessage-ID: <1.{number}.{}@example.com>\nFrom: {US}\nSubject: Buy\n\nx\n--b--\n",
            number % 7,
            "a".repeat(26)
        )
    });
    assert_eq!((by_recipient(&sent), gateway.incidents()), (BTreeMap::new(), 0));
    assert_eq!(gateway.foreign_bounces(), 10_000);
}

/// Fault 100.
#[test]
fn a_mail_that_dozens_of_servers_passed_on_is_heard_and_not_obeyed_and_one_in_a_circle_is_held() {
    let (mut gateway, page) = with_an_incident();
    let read = firebell::message::read(&page.bytes);
    let to = read.header("Reply-To").unwrap().to_owned();
    let mut send = |hops: usize| {
        let received = "Received: from a.example.net by b.example.net; Mon, 23 Nov 2026 01:00:00 +0900\r\n";
        let mail = format!(
            "{}From: {KATO}\r\nTo: {to}\r\nSubject: Re: {}\r\nMessage-ID: <{hops}@example.com>\r\n\r\nstatus\r\n",
            received.repeat(hops),
            page.subject
        );
        let change = gateway.gets(mail.as_bytes(), start() + SignedDuration::from_mins(2));
        (change.notices.len(), serde_json::to_value(change.outcome.unwrap().what).unwrap())
    };
    assert_eq!(send(24), (1, "joined".into()), "answered");
    assert_eq!(send(25), (0, "joined".into()), "heard");
    assert_eq!(send(49), (0, "joined".into()));
    assert_eq!(send(50), (1, "held".into()), "the operator is asked");
}
