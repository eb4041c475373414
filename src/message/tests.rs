//! Tests of reading whole mails, those in `tests/corpus/` among them.

mod properties;

use proptest::prelude::*;

use super::*;

macro_rules! corpus {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/corpus/", $name, ".eml")).as_slice()
    };
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_japanese_outlook_reply_gives_only_its_new_text() {
    let mail = read(corpus!("outlook_reply_ja"));
    assert_eq!(mail.reply_text, "お疲れ様です。加藤です。\n対応します\nDBの接続数を確認しています。");
    assert!(mail.quoted_text.contains("株式会社サンプル") && mail.quoted_text.contains("差出人: firebell"));
    assert_eq!(mail.author().map(|author| author.name.as_str()), Some("加藤　諒"));
    assert_eq!((mail.base_subject.as_str(), mail.is_reply), ("ポータルが遅い", true));
    assert_eq!(mail.references, ["inc.42.3.kato@firebell.example.jp", "inc.42.1.kato@firebell.example.jp"]);
    let recipients: Vec<&str> = mail.recipients.iter().map(Address::as_str).collect();
    assert_eq!(recipients, ["incidents@example.jp", "ops@example.jp", "incidents+inc-42@example.jp"]);
    assert_eq!((mail.automatic, mail.forwarded, mail.bounce), (None, None, None));
    assert_eq!(mail.defects, none());
}

#[test]
fn iso_2022_jp_is_read_with_and_without_a_label() {
    for raw in [corpus!("iso2022jp_alert"), corpus!("iso2022jp_alert_unlabelled")] {
        let mail = read(raw);
        assert_eq!(mail.subject, "【障害】web01 が応答しません");
        assert_eq!(mail.author().map(|author| author.name.as_str()), Some("監視サーバー"));
        assert!(
            mail.text.ends_with("ホスト: web01\n状態: 停止 (CRITICAL)\n時刻: 2026/11/24 03:12"),
            "{}",
            mail.text
        );
        assert_eq!(mail.header("x-nothing"), None);
    }
}

#[test]
fn an_inline_forward_gives_the_monitors_mail_and_the_persons_words() {
    let mail = read(corpus!("gmail_forward"));
    assert_eq!(mail.reply_text, "Is anybody on this?");
    let forward = mail.forwarded.expect("a forward");
    assert_eq!(forward.from.map(|from| from.address.to_string()).as_deref(), Some("monitor@example.com"));
    assert_eq!(forward.subject, "[ALERT] disk full on db02");
    assert_eq!(forward.text, "Host: db02\nService: disk /var\nState: CRITICAL");
    assert_eq!(
        forward.date.map(|date| date.timestamp().to_string()).as_deref(),
        Some("2026-11-23T18:12:00Z")
    );
    assert_eq!((forward.how, mail.is_reply), (ForwardedHow::Inline, false));
}

#[test]
fn an_inline_forward_without_own_words_lends_its_words_to_nobody() {
    let raw = b"From: a@example.com\nSubject: Fwd: x\n\n---------- Forwarded message ---------\nFrom: b@example.com\n\
        Date: 5 May 2026 10:00:00 +0900\nSubject: x\n\nresolved\n";
    let mail = read(raw);
    assert_eq!(mail.reply_text, "");
    assert_eq!(mail.forwarded.map(|forward| forward.text).as_deref(), Some("resolved"));
}

#[test]
fn an_attached_forward_is_read_by_the_same_reader() {
    let mail = read(corpus!("attached_forward"));
    assert_eq!((mail.text.as_str(), mail.reply_text.as_str()), ("See attached.", "See attached."));
    let names: Vec<(&str, &str)> =
        mail.attachments.iter().map(|a| (a.name.as_str(), a.media_type.as_str())).collect();
    assert_eq!(names, [("alert.eml", "message/rfc822"), ("グラフ.pdf", "application/pdf")]);
    let forward = mail.forwarded.expect("a forward");
    assert_eq!((forward.how, forward.text.as_str()), (ForwardedHow::Attached, "Host: web01\nState: DOWN"));
    assert_eq!(forward.subject, "** PROBLEM Host Alert: web01 is DOWN **");
    assert_eq!(forward.headers.values("Message-ID").collect::<Vec<_>>(), ["<n.1@mon.example.com>"]);
}

#[test]
fn a_bounce_names_every_recipient_and_our_mail_and_forwards_nothing() {
    let mail = read(corpus!("postfix_bounce"));
    assert_eq!(mail.automatic.map(|automatic| automatic.kind), Some(AutomaticKind::Bounce));
    assert_eq!(mail.forwarded, None);
    let bounce = mail.bounce.expect("a bounce");
    assert_eq!(bounce.original_message_id.as_deref(), Some("inc.42.5.gone@firebell.example.jp"));
    let told: Vec<(&str, &str, &str)> = bounce
        .recipients
        .iter()
        .map(|r| (r.address.as_str(), r.action.as_str(), r.status.as_str()))
        .collect();
    assert_eq!(
        told,
        [("gone@client.example.com", "failed", "5.1.1"), ("slow@client.example.com", "delayed", "4.4.1")]
    );
}

#[test]
fn an_out_of_office_answer_is_one_by_header_and_subject() {
    let mail = read(corpus!("out_of_office"));
    let automatic = mail.automatic.expect("automatic");
    assert_eq!(automatic.kind, AutomaticKind::AutoReply);
    assert_eq!(automatic.evidence, "Auto-Submitted: auto-generated");
    assert_eq!(mail.text, "Ich bin bis zum 1.12. nicht im Büro. Später gern.");
}

#[test]
fn a_reply_below_the_quote_is_found() {
    let mail = read(corpus!("reply_below_quote"));
    assert_eq!(mail.reply_text, "recovered\nThe pool was exhausted; raised to 200.");
    assert_eq!(mail.references, ["inc.42.5.mika@firebell.example.jp"]);
}

#[test]
fn an_html_mail_is_read_as_text_and_trimmed() {
    let mail = read(corpus!("html_only_reply"));
    assert_eq!(mail.reply_text, "Läuft wieder.\nGrüße");
    assert!(mail.quoted_text.contains("Host | web01"), "{}", mail.quoted_text);
    assert!(mail.html.is_some_and(|html| html.contains("<td>web01</td>")));
    assert_eq!(mail.references, ["b@example.jp", "a@example.jp"]);
}

#[test]
fn interleaved_answers_stay_with_their_questions() {
    let mail = read(corpus!("interleaved_answers"));
    assert_eq!(mail.reply_text, "> DBは見ましたか?\nはい、正常です。\n> ネットワークは?\nこれから見ます。");
}

#[test]
fn a_mail_that_answers_nothing_is_not_trimmed() {
    let mail = read(b"From: a@example.com\nSubject: Down\n\nsee\n> log line\n-- \nA\n");
    assert_eq!((mail.reply_text.as_str(), mail.quoted_text.as_str()), ("see\n> log line\n-- \nA", ""));
}

/// Fault 132.
#[test]
fn any_bytes_are_a_mail_with_its_defects_named() {
    for raw in
        [b"".as_slice(), b"\x00\xff\xfe\x80garbage", b"hello\n\nworld", b"\n\n\n", b":\n:\n", b"Subject:\n\n"]
    {
        let mail = read(raw);
        assert!(!mail.defects.is_empty(), "{raw:?}");
        assert!(mail.message_id.ends_with("@content.invalid"));
        assert_eq!(mail.size, raw.len());
    }
    assert_eq!(read(b"hello\n\nworld").text, "hello\n\nworld");
}

/// Fault 122.
#[test]
fn forty_thousand_mails_within_mails_leave_the_outermost_header() {
    let raw = [
        b"From: a@example.com\r\nSubject: deep\r\n".to_vec(),
        b"Content-Type: message/rfc822\r\n\r\n".repeat(40_000),
    ]
    .concat();
    let mail = read(&raw);
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("deep", ""));
    assert_eq!(mail.attachments.len(), 1);
}

/// Fault 124.
#[test]
fn mails_hidden_in_base64_are_not_descended_into() {
    let inner = b"Content-Type: message/rfc822\r\n\r\n".repeat(40_000);
    let head =
        b"From: a@example.com\nContent-Type: MESSAGE/(x) rfc822\nContent-Transfer-Encoding: base64\n\n"
            .to_vec();
    let raw = [head, data_encoding::BASE64.encode(&inner).into_bytes()].concat();
    assert!(read(&raw).text.is_empty());
}

#[test]
fn a_copy_by_another_way_has_the_same_hash_and_another_text_has_not() {
    let mail = |received: &str, text: &str| {
        read(
            format!("Received: {received}\nFrom: a@example.com\nMessage-ID: <1@x>\nSubject: x\n\n{text}")
                .as_bytes(),
        )
        .content_hash
    };
    assert_eq!(mail("by a", "down"), mail("by b", "down"));
    assert_ne!(mail("by a", "down"), mail("by a", "up"));
}

#[test]
fn without_a_message_id_the_same_words_received_again_are_another_mail() {
    let id = |received: &str| {
        read(format!("Received: {received}\nFrom: a@example.com\nSubject: x\n\ndown").as_bytes()).message_id
    };
    assert_eq!(id("by a; 01:00"), id("by a; 01:00"));
    assert_ne!(id("by a; 01:00"), id("by a; 03:00"));
}

#[test]
fn names_and_subjects_are_one_harmless_line() {
    let mail = read(
        "From: \"a\u{202e}b\" <a@example.com>\nSubject: =?utf-8?q?x=0D=0Ay=1B[31m=E2=80=AE?=\n\nz".as_bytes(),
    );
    assert_eq!(mail.subject, "x  y [31m");
    assert_eq!(mail.from.first().map(|from| from.name.as_str()), Some("ab"));
}

/// Fault 104.
#[test]
fn two_senders_are_nobodys_word() {
    let mail = read(b"From: a@example.com\nFrom: b@example.com\nSubject: x\n\ny");
    assert_eq!((mail.from.len(), mail.author().is_none()), (2, true));
    assert!(mail.defects.iter().any(|defect| defect.contains("more than one sender")));
}

/// Fault 125.
#[test]
fn recipients_and_references_are_capped() {
    let list =
        |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<Vec<_>>().join(",\n ");
    let to = list(600, &|n| format!("p{n}@example.com"));
    let references = list(300, &|n| format!("<{n}@x>"));
    let mail = read(format!("To: {to}\nReferences: {references}\nIn-Reply-To: <299@x>\n\ny").as_bytes());
    assert_eq!((mail.recipients.len(), mail.references.len()), (500, 100));
    assert_eq!(mail.references.first().map(String::as_str), Some("299@x"));
    assert_eq!(mail.references.last().map(String::as_str), Some("200@x"));
}

/// Every non-blank line of the text is in one of the two halves, as often as it stands in the text.
fn halves_are_whole(mail: &Message) -> bool {
    let sorted = |texts: &[&str]| {
        let lines = texts
            .iter()
            .flat_map(|text| text.lines())
            .map(str::trim_end)
            .filter(|line| !line.trim().is_empty());
        let mut lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.sort();
        lines
    };
    sorted(&[&mail.text]) == sorted(&[&mail.reply_text, &mail.quoted_text])
}

/// Lines as they stand in real answers, in any order.
fn answer() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "",
        "ack",
        "> quoted",
        ">> deeper",
        "On 5 May 2026, Ken <k@example.jp> wrote:",
        "On 5 May 2026,",
        "wrote:",
        "-- ",
        "--",
        "-----Original Message-----",
        "From: Ken <k@example.jp>",
        "Sent: today",
        "To: a; b",
        "Subject: x",
        "Sent from my iPhone",
        "---------- Forwarded message ---------",
        "━━━━━━━━━━━━",
        "TEL 03-0000-0000",
        "差出人: 佐藤",
        "送信日時: 今",
        "件名: 障害",
        "2026年5月5日(火) 10:21 佐藤 <k@example.jp>:",
        "________________________________",
        "> From: Ken <k@example.jp>",
        "a b c",
    ]);
    prop::collection::vec(line, 0..25).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn no_line_of_an_answer_is_lost(text in answer(), subject in prop::sample::select(vec!["Re: x", "Fwd: x", "x"])) {
        let mail = read(format!("From: a@example.com\nSubject: {subject}\nReferences: <1@x>\n\n{text}").as_bytes());
        prop_assert!(halves_are_whole(&mail), "{:?} + {:?}", mail.reply_text, mail.quoted_text);
        prop_assert!(mail.forwarded.is_some() || mail.text.is_empty() || !mail.reply_text.trim().is_empty());
    }
}
