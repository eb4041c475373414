//! What a link writes in the mail programs that people have, and what the layouts do with what a mail says.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;

use super::*;
use crate::command::{self, Command};
use crate::templates::variables;

fn reader(language: Language) -> Reader {
    Reader::built_in(TimeZone::UTC, language, Timestamp::UNIX_EPOCH)
}

/// What a site's pages are told they can name is what they are given.
#[test]
fn the_values_of_a_mail_s_pages_are_those_that_are_documented() {
    let answers = vec![reply(&reader(Language::En)).with("ack", "ack")];
    let given = serde_json::to_value(Body { answers, ..Body::default() }).unwrap();
    let told = &variables::of_page(Page::MailHtml)["mail"].sample;
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let told = serde_json::to_value(told).unwrap();
    assert_eq!(keys(&given), keys(&told));
    assert_eq!(keys(&given["answers"][0]), keys(&told["answers"][0]));
}

fn reply(reader: &Reader) -> Reply<'_> {
    Reply { to: "incidents+42-k3f9@example.com", subject: "[INC-42-K7] 【再発 2】A & B: 50% + x", reader }
}

#[test]
fn a_link_is_read_the_same_by_every_mail_program() {
    let link = mailto("incidents+42-k3f9@example.com", "[INC-42-K7] A & B", "no need: 50% + x?\nBye #1");
    assert_eq!(
        link,
        "mailto:incidents%2B42-k3f9@example.com?subject=Re%3A%20%5BINC-42-K7%5D%20A%20%26%20B\
         &body=no%20need%3A%2050%25%20%2B%20x%3F%0D%0ABye%20%231"
    );
}

#[test]
fn what_is_not_ascii_is_percent_encoded_utf_8() {
    let link = mailto("a@example.com", "障害", "対応中");
    assert!(link.is_ascii(), "{link}");
    assert!(link.ends_with("?subject=Re%3A%20%E9%9A%9C%E5%AE%B3&body=%E5%AF%BE%E5%BF%9C%E4%B8%AD"), "{link}");
}

/// As Gmail, iOS Mail and Outlook take a link apart: at `?`, `&` and `=`, then percent-decoded. Outlook takes a plus sign as
/// it is, Gmail on Android for a blank: there must be none.
#[test]
fn taken_apart_it_gives_the_address_the_subject_and_the_words() {
    let reader = reader(Language::Ja);
    let answer = reply(&reader).with("client: ", "client-words");
    assert!(!answer.link.contains(['+', ' ', '\n', '"', '<', '>', '\'', '#']), "{}", answer.link);
    let (to, fields) = answer.link.strip_prefix("mailto:").unwrap().split_once('?').unwrap();
    let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
    assert_eq!(decoded(to), "incidents+42-k3f9@example.com");
    let fields: Vec<(&str, String)> =
        fields.split('&').map(|field| field.split_once('=').unwrap()).map(|(k, v)| (k, decoded(v))).collect();
    assert_eq!(
        fields,
        [("subject", "Re: [INC-42-K7] 【再発 2】A & B: 50% + x".to_owned()), ("body", "お客様: ".to_owned())]
    );
}

#[test]
fn a_link_stands_whole_on_a_line_of_its_own_in_the_text_and_escaped_in_the_html() {
    let reader = reader(Language::En);
    let answers =
        vec![reply(&reader).with("approve 3", "approve"), reply(&reader).with("no need: ", "client-no-need")];
    let links: Vec<String> = answers.iter().map(|answer| answer.link.clone()).collect();
    let body = Body { headline: "<b>It</b> {{ 7 * 7 }}".to_owned(), answers, ..Body::default() };
    let (text, html) = forms(&body, Language::En, &Templates::default()).unwrap();
    for link in links {
        assert!(text.lines().any(|line| line == format!("  <{link}>")), "{text}");
        assert!(html.contains(&format!("href=\"{}\"", link.replace('&', "&amp;"))), "{html}");
    }
    assert!(text.contains("  no need: … - "), "{text}");
    assert!(
        html.contains("&lt;b&gt;It") && html.contains("{{ 7 * 7 }}") && !html.contains("<b>It"),
        "{html}"
    );
}

#[test]
fn words_in_japanese_do_what_the_english_ones_do() {
    let reader = reader(Language::Ja);
    let words = [
        "ack",
        "recovered",
        "resolved",
        "close",
        "reopen",
        "status",
        "help",
        "confirm",
        "approve 3",
        "reject 3",
        "merge INC-3",
        "take",
        "new",
        "ignore",
        "same",
        "noise",
    ];
    let said = |text: &str| -> Vec<Command> {
        command::read(text).commands.into_iter().map(|line| line.command).collect()
    };
    for word in words {
        let japanese = in_language(word, &reader);
        assert_ne!(japanese, word);
        assert_eq!(said(&japanese), said(word), "{japanese}");
        assert_eq!(said(&japanese).len(), 1, "{japanese}");
    }
    for word in ["client: ", "no need: "] {
        let japanese = in_language(word, &reader);
        assert_eq!(said(&format!("{japanese}x")), said(&format!("{word}x")), "{japanese}");
    }
    assert_eq!(in_language("nonsense 3", &reader), "nonsense 3");
}

#[test]
fn what_is_indented_stays_so_in_html() {
    let said = "ack\n    You have it\nand\nso on".to_owned();
    let body = Body { paragraphs: vec![said], ..Body::default() };
    let (text, html) = forms(&body, Language::En, &Templates::default()).unwrap();
    assert!(text.contains("ack\n    You have it\n"), "{text}");
    assert!(html.contains("ack<div style=\"margin-left:24px;padding-left:12px;text-indent:-12px\">You have it</div>and<br>so on"), "{html}");
}
