//! Tests of unwrapping inline and attached forwards.

use super::*;

fn read(text: &str, prefix: Option<Prefix>) -> Option<(Forward, usize)> {
    inline(&Lines::of(text), prefix, &TimeZone::UTC).map(|found| (found.forward, found.above))
}

#[test]
fn a_gmail_forward_is_unwrapped() {
    let text = "look\n\n---------- Forwarded message ---------\nFrom: Mon <mon@example.com>\nDate: Thu, Mar 24, 2016 at 5:17 PM\n\
        Subject: Down\nTo: <ops@example.com>\n\n\nweb01 is down\n";
    let (forward, above) = read(text, None).expect("a forward");
    assert_eq!(
        forward.from.map(|from| (from.name, from.address.to_string())),
        Some(("Mon".into(), "mon@example.com".into()))
    );
    assert_eq!(forward.date.map(|date| date.to_string()).as_deref(), Some("2016-03-24T17:17:00+00:00[UTC]"));
    assert_eq!((forward.subject.as_str(), forward.text.as_str(), above), ("Down", "web01 is down", 2));
}

#[test]
fn apples_quoted_forward_is_unwrapped() {
    let text = "Begin forwarded message:\n\n> From: \"Mon\" <mon@example.com>\n> Subject: Down\n> Date: 5 May 2026 10:21:00 +0900\n\
        > To: ops@example.com\n> \n> web01\n> is down";
    let (forward, _) = read(text, None).expect("a forward");
    assert_eq!((forward.subject.as_str(), forward.text.as_str()), ("Down", "web01\nis down"));
    assert_eq!(forward.from.map(|from| from.name).as_deref(), Some("Mon"));
}

#[test]
fn a_forward_that_is_quoted_whole_is_unwrapped() {
    let text = "look\n\n> Begin forwarded message:\n>\n> From: mon@example.com\n> Subject: Down\n> To: b@example.com\n>\n> web01";
    assert!(read(text, Some(Prefix::Reply)).is_none());
    let (forward, above) = read(text, Some(Prefix::Forward)).expect("a forward");
    assert_eq!((forward.subject.as_str(), forward.text.as_str(), above), ("Down", "web01", 2));
}

#[test]
fn an_original_is_a_forward_only_under_a_forward_subject() {
    let text = "FYI\n\n-----Original Message-----\nFrom: Mon [mailto:mon@example.com]\nSent: Tuesday, May 5, 2026 10:21 AM\n\
        To: ops\nSubject: Down\n\nweb01";
    assert!(read(text, Some(Prefix::Reply)).is_none());
    let (forward, _) = read(text, Some(Prefix::Forward)).expect("a forward");
    assert_eq!(forward.from.map(|from| from.address.to_string()).as_deref(), Some("mon@example.com"));
    assert_eq!(forward.text, "web01");
}

#[test]
fn a_forward_within_a_quoted_original_is_not_this_mails() {
    let text = "ok\n\nOn 5 May 2026, Ken wrote:\nlook\n---------- Forwarded message ---------\nFrom: a@example.com\nTo: b\nSubject: c\n\nd";
    assert!(read(text, Some(Prefix::Reply)).is_none());
}

#[test]
fn japanese_forwards_are_unwrapped() {
    let text = "確認お願いします。\n\n---------- 転送メッセージ ----------\n差出人: 監視 <mon@example.jp>\n日付: 2026年5月11日(月) 21:28\n\
        件名: 障害発生\n宛先: <ops@example.jp>\n\nweb01 が応答しません";
    let (forward, _) = read(text, None).expect("a forward");
    assert_eq!(forward.date.map(|date| date.datetime().to_string()).as_deref(), Some("2026-05-11T21:28:00"));
    assert_eq!((forward.subject.as_str(), forward.text.as_str()), ("障害発生", "web01 が応答しません"));
}

#[test]
fn a_mail_within_a_forwarded_mail_stays_reachable() {
    let inner = "---------- Forwarded message ---------\nFrom: Mon <mon@example.com>\nDate: 5 May 2026 10:21 GMT+2\nSubject: Down\nTo: Ken <ken@example.com>, emi@example.com\n\nweb01";
    let text = format!(
        "see\n\n---------- Forwarded message ---------\nFrom: Ken <ken@example.com>\nSubject: Fwd: Down\n\nlook\n\n{inner}"
    );
    let (forward, _) = read(&text, Some(Prefix::Forward)).expect("a forward");
    let inner = forward.forwarded.expect("a forward within");
    assert_eq!((inner.subject.as_str(), inner.text.as_str()), ("Down", "web01"));
    assert_eq!(
        inner.to.iter().map(|to| to.address.as_str()).collect::<Vec<_>>(),
        ["ken@example.com", "emi@example.com"]
    );
    assert_eq!(inner.date.map(|date| date.to_string()).as_deref(), Some("2026-05-05T10:21:00+02:00[+02:00]"));
    let raw = format!("From: ken@example.com\nSubject: Fwd: Down\n\n{text}");
    assert!(attached(raw.as_bytes()).forwarded.is_some_and(|forward| forward.forwarded.is_some()));
}
