//! Owns the tests of `alert::read` on whole mails: they need formats, and formats are read here.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{parse, shipped};
use crate::alert::{Alert, Format, State, read};
use crate::config::mistake::Source;
use crate::directory::Address;
use crate::message::{Forward, ForwardedHow, Headers, Mailbox, Message};

/// A mail from header fields and a text, without anything the MIME reader would find out.
fn sample(headers: &[(&str, &str)], text: &str) -> Message {
    let value = |name: &str| headers.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    let mailbox = |address: &str| Mailbox { name: String::new(), address: Address::new(address) };
    let subject = value("Subject").unwrap_or_default().to_owned();
    Message {
        message_id: "1@example.com".to_owned(),
        content_hash: String::new(),
        date: value("Date").map(|date| jiff::fmt::rfc2822::parse(date).unwrap()),
        from: value("From").map(mailbox).into_iter().collect(),
        recipients: Vec::new(),
        base_subject: subject.clone(),
        subject,
        is_reply: false,
        references: Vec::new(),
        text: text.to_owned(),
        reply_text: text.to_owned(),
        quoted_text: String::new(),
        html: None,
        forwarded: None,
        automatic: None,
        invitation: None,
        bounce: None,
        headers: headers.iter().copied().collect(),
        attachments: Vec::new(),
        defects: Vec::new(),
        size: text.len(),
    }
}

fn formats() -> &'static [Format] {
    static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| {
        shipped().iter().map(|(file, text)| parse(Source { file, text }).unwrap()).collect()
    });
    &FORMATS
}

const DOWN: &str = "***** Nagios *****\n\nNotification Type: PROBLEM\nHost: gw1\nState: DOWN\n";

fn nagios() -> Message {
    let headers = [("From", "Nagios@Mon.example.jp"), ("Subject", "** PROBLEM Host Alert: gw1 is DOWN **")];
    sample(&headers, DOWN)
}

/// Somebody's mail that forwards [`nagios`].
fn forwarding() -> Message {
    let mut outer = sample(&[("From", "kato@example.com"), ("Subject", "Fwd: please look")], "please look");
    let inner = nagios();
    outer.forwarded = Some(Forward {
        from: inner.from.first().cloned(),
        date: None,
        subject: inner.subject,
        text: inner.text,
        html: None,
        how: ForwardedHow::Inline,
        headers: Headers::default(),
        to: Vec::new(),
        forwarded: None,
    });
    outer
}

#[test]
fn an_alert_has_the_address_of_its_sender_and_what_the_mail_does_not_say_is_missing() {
    let expected = Alert {
        format: "nagios".to_owned(),
        source: "nagios@mon.example.jp".to_owned(),
        key: "gw1".to_owned(),
        reference: None,
        state: State::Firing,
        severity: Some("critical".to_owned()),
        host: Some("gw1".to_owned()),
        service: None,
        since: None,
        link: None,
    };
    assert_eq!(read(&nagios(), formats()), [expected]);
}

#[test]
fn a_forwarded_alert_is_the_monitors_and_not_the_persons_who_forwards_it() {
    assert_eq!(read(&forwarding(), formats()), read(&nagios(), formats()));
}

#[test]
fn a_forwarded_alert_without_an_author_has_no_source() {
    let mut outer = forwarding();
    outer.forwarded.as_mut().unwrap().from = None;
    assert_eq!(read(&outer, formats())[0].source, "");
}

#[test]
fn an_alert_that_forwards_something_unknown_is_read_itself() {
    let mut outer = nagios();
    let mut other = forwarding().forwarded.unwrap();
    other.subject = "minutes of the meeting".to_owned();
    outer.forwarded = Some(other);
    assert_eq!(read(&outer, formats())[0].key, "gw1");
}

#[test]
fn two_authors_are_no_source() {
    let mut mail = nagios();
    mail.from.push(Mailbox { name: String::new(), address: Address::new("eve@example.com") });
    assert_eq!(read(&mail, formats())[0].source, "");
}

#[test]
fn a_persons_mail_is_no_alert() {
    let mail = sample(&[("From", "kato@example.com"), ("Subject", "Re: lunch")], "Host: the usual place");
    assert_eq!(read(&mail, formats()), []);
}

#[test]
fn a_recognised_mail_without_a_key_is_left_to_the_next_format() {
    let text = "name = 'a'\nrecognise.all = { subject = 'x' }\nread = { text = '(?<key>never)' }";
    let other = "name = 'b'\nrecognise.all = { subject = 'x' }\nread = { subject = '(?<key>x)' }";
    let formats: Vec<Format> =
        [text, other].iter().map(|text| parse(Source { file: "a.toml", text }).unwrap()).collect();
    assert_eq!(read(&sample(&[("Subject", "x")], ""), &formats)[0].format, "b");
}

#[test]
fn a_mail_is_recognised_by_all_of_all_and_one_of_any() {
    let text = "name = 'a'\nread = { subject = '(?<key>x)' }\n[recognise]\nall = [{ subject = 'x' }, { text = '1' }]\n\
        any = [{ from = '^ <a@' }, { header = 'X-Mailer', value = 'M' }]";
    let formats = [parse(Source { file: "a.toml", text }).unwrap()];
    let is_read = |from: &str, mailer: &str, text: &str| {
        !read(&sample(&[("Subject", "x"), ("From", from), ("x-mailer", mailer)], text), &formats).is_empty()
    };
    assert!(is_read("a@example.com", "", "1"));
    assert!(is_read("b@example.com", "M", "1"));
    assert!(!is_read("b@example.com", "", "1"));
    assert!(!is_read("a@example.com", "M", "2"));
}

#[test]
fn captured_values_are_one_clean_line_of_bounded_length() {
    let text = "name = 'a'\nrecognise.all = { subject = 'x' }\nread = { text = '(?s)(?<key>.*)' }";
    let formats = [parse(Source { file: "a.toml", text }).unwrap()];
    let mail = sample(&[("Subject", "x")], "  a\u{1b}[2J\r\nb\u{a0} c\0");
    assert_eq!(read(&mail, &formats)[0].key, "a [2J b c");
    let long = sample(&[("Subject", "x")], &"é".repeat(2_000_000));
    assert_eq!(read(&long, &formats)[0].key.chars().count(), 1000);
}

#[test]
fn a_link_that_no_browser_should_open_is_left_out() {
    let text = "name = 'a'\nrecognise.all = { subject = 'x' }\nread = { text = '(?<key>k)(?<link>.*)' }";
    let formats = [parse(Source { file: "a.toml", text }).unwrap()];
    let link = |body: &str| read(&sample(&[("Subject", "x")], body), &formats)[0].link.clone();
    assert_eq!(link("kjavascript:alert(1)"), None);
    assert_eq!(link("khttps://a.example/").as_deref(), Some("https://a.example/"));
}

/// What one format reads of a mail.
fn read_by(format: &str, headers: &[(&str, &str)], text: &str) -> Vec<Alert> {
    let text_of = format!("name = 'a'\n{format}");
    let formats = [parse(Source { file: "a.toml", text: &text_of }).unwrap()];
    read(&sample(headers, text), &formats)
}

#[test]
fn a_label_may_have_several_names_and_stand_beside_or_above_its_value() {
    let format = "recognise.all = { subject = 'x' }\nread = { lines = { key = ['Host', 'ホスト'] } }";
    let key = |text: &str| read_by(format, &[("Subject", "x")], text)[0].key.clone();
    for text in [
        "Host: web1",
        "> * **Host:** web1",
        "ホスト：web1",
        "Host | web1",
        "a\nHost\n\nweb1\nb",
        "Host: | web1",
    ] {
        assert_eq!(key(text), "web1", "{text}");
    }
    let none = |text: &str| read_by(format, &[("Subject", "x")], text);
    assert_eq!(none("Hostname: web1"), []);
    assert_eq!(none("Host:\nAddress: 192.0.2.1"), []);
}

#[test]
fn a_subject_is_tried_without_the_tags_that_others_put_in_front() {
    let format = "recognise.all = { subject = '^Down: ' }\nread = { subject = '^Down: (?<key>.+)' }";
    let keys = |subject: &str| read_by(format, &[("Subject", subject)], "").len();
    assert_eq!(keys("[ops] 【社外】[EXTERNAL] Down: a"), 1);
    assert_eq!(keys("[a] [b] [c] [d] Down: a"), 0);
    assert_eq!(keys("Re: Down: a"), 0);
}

#[test]
fn a_match_can_set_captures_and_what_is_captured_can_lose_parts() {
    let format = "recognise.all = { subject = 'x' }\nwords = { numbers = ['7', '8 9'] }\nread = [\n\
        { subject = 'x', set = { state = 'good' } },\n{ subject = '^(?<key>.+)$', without = '{{numbers}}' }]\n\
        state = { resolved = 'good' }";
    let alert = read_by(format, &[("Subject", "- x 7 y 8  9 17 -")], "").remove(0);
    assert_eq!((alert.key.as_str(), alert.state), ("x y 17", State::Resolved));
}

#[test]
fn a_json_text_is_read_by_paths() {
    let format = "recognise.all = { json = 'a.kind', value = '^disk$' }\n\
        read = { json = { key = ['b.c', 'a.list.1.id'] } }";
    let text = "{\"a\": {\"kind\": \"disk\", \"list\": [{}, {\"id\": 7}]}}\n-- \nfooter";
    assert_eq!(read_by(format, &[], text)[0].key, "7");
    assert_eq!(read_by(format, &[], "{\"a\": {\"kind\": \"cpu\"}}"), []);
}

#[test]
fn a_mail_is_no_products_when_something_speaks_against_it() {
    let format = "recognise.all = { subject = 'x' }\nrecognise.none = { kind = '^person reply$' }\n\
        read = { subject = '(?<key>x)' }";
    let headers = [("Subject", "x")];
    assert_eq!(read_by(format, &headers, "").len(), 1);
    let formats = [parse(Source { file: "a.toml", text: &format!("name = 'a'\n{format}") }).unwrap()];
    let mut reply = sample(&headers, "");
    reply.is_reply = true;
    assert_eq!(read(&reply, &formats), []);
}

#[test]
fn a_fallback_is_asked_when_no_other_format_finds_an_alert_in_any_of_the_mails() {
    let fallback =
        "name = 'a'\nfallback = true\nrecognise.all = { subject = '.' }\nread = { subject = '(?<key>.+)' }";
    let formats: Vec<Format> =
        [fallback, shipped().iter().find(|(file, _)| *file == "nagios.toml").unwrap().1]
            .iter()
            .map(|text| parse(Source { file: "a.toml", text }).unwrap())
            .collect();
    let mut outer = nagios();
    let mut inner = forwarding().forwarded.unwrap();
    inner.subject = "something else".to_owned();
    outer.forwarded = Some(inner);
    assert_eq!(read(&outer, &formats)[0].format, "nagios");
    assert_eq!(read(&sample(&[("Subject", "y")], ""), &formats)[0].format, "a");
}

#[test]
fn the_innermost_forward_comes_first() {
    let mut outer = forwarding();
    let inner = outer.forwarded.take().unwrap();
    let between = Forward { subject: "FYI".to_owned(), forwarded: Some(Box::new(inner.clone())), ..inner };
    outer.forwarded = Some(between);
    assert_eq!(read(&outer, formats())[0].key, "gw1");
}

proptest! {
    #[test]
    fn no_mail_makes_reading_fail(subject in any::<String>(), text in any::<String>(), pick in 0..8_usize) {
        let subjects = ["** PROBLEM Host Alert: a is B **", "Problem: x", "[FIRING:1] x", "ALARM: \"x"];
        let subject = subjects.get(pick).map_or(subject, |&known| known.to_owned());
        let heads = ["Notification Type: A\n", "Original problem ID: 1\n", "Labels\nalertname = ", "Alarm Details:\n- Alarm Arn: "];
        let mut mail = sample(&[("Subject", &subject), ("In-Reply-To", &text)], &text);
        mail.html = Some(text.clone());
        mail.text.insert_str(0, heads.get(pick).copied().unwrap_or_default());
        for alert in read(&mail, formats()) {
            prop_assert!(!alert.key.is_empty());
        }
    }
}
