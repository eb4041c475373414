//! Mails as they come to people on duty: an alert and an answer in plain text, an answer with HTML beside it, HTML alone,
//! Japanese.

use data_encoding::BASE64_MIME;
use encoding_rs::{EUC_JP, SHIFT_JIS};

const HEAD: &str = "Return-Path: <kato@example.com>\r\nDelivered-To: incidents@example.com\r\n\
    Received: from mx.example.com (mx.example.com [192.0.2.7])\r\n\tby mail.example.com (Postfix) with ESMTPS id 4F2A\r\n\t\
    for <incidents@example.com>; Tue, 24 Nov 2026 10:21:07 +0900 (JST)\r\n\
    Received: from out.example.com (out.example.com [192.0.2.9])\r\n\tby mx.example.com (Postfix) with ESMTPS id 11C9\r\n\t\
    for <incidents@example.com>; Tue, 24 Nov 2026 10:21:05 +0900 (JST)\r\n\
    Authentication-Results: mx.example.com; dkim=pass header.d=example.com; spf=pass; dmarc=pass\r\n\
    From: \"Kato, Ren\" <kato@example.com>\r\nTo: incidents@example.com, Ops <ops@example.com>\r\nCc: Mika <mika@example.com>\r\n\
    Date: Tue, 24 Nov 2026 10:21:04 +0900\r\nMessage-ID: <4f2a.11c9@mail.example.com>\r\n\
    User-Agent: Mozilla Thunderbird\r\nMIME-Version: 1.0\r\n";
const ANSWERS: &str = "In-Reply-To: <inc.42.3.kato@firebell.example.com>\r\n\
    References: <inc.42.1.kato@firebell.example.com>\r\n <inc.42.3.kato@firebell.example.com>\r\n";
const WORDS: &str = "The connection pool of db02 was full at 03:12: 200 of 200 in use, 41 waiting.\r\n\
    We raised the limit and restarted the workers one by one.\r\n\r\n\
    - web01 answers again since 03:40\r\n- the queue is down to 12 jobs\r\n\r\n";
const JAPANESE: &str = "お疲れ様です。加藤です。\r\n3時12分にデータベースの接続数が上限に達しました。\r\n\
    上限を上げ、ワーカーを順に再起動しています。\r\nサーバー web01 は3時40分から応答しています。\r\n\r\n";

/// A kind of mail.
pub struct Kind {
    pub name: &'static str,
    pub mails: Vec<Vec<u8>>,
}

/// All kinds.
pub fn kinds() -> Vec<Kind> {
    let kind = |name, one: &dyn Fn(usize) -> Vec<u8>| Kind { name, mails: (1..=20).map(one).collect() };
    vec![
        kind("plain text, alert", &|n| plain("DOWN: db02 pool", "", &WORDS.repeat(n))),
        kind("plain text, answer", &|n| plain("Re: db02 pool", ANSWERS, &answer(n))),
        kind("multipart, answer", &multipart),
        kind("HTML alone", &|n| mail("Re: db02 pool", ANSWERS, &format!("{HTML_HEAD}{}", html(n)))),
        kind("Japanese, ISO-2022-JP", &|n| {
            let head =
                "Content-Type: text/plain; charset=iso-2022-jp\r\nContent-Transfer-Encoding: 7bit\r\n\r\n";
            let subject = "=?iso-2022-jp?B?GyRCPmMzMhsoQg==?=";
            [mail(subject, "", head), iso_2022_jp(&JAPANESE.repeat(n))].concat()
        }),
        kind("Japanese, Shift_JIS in base64", &|n| {
            let head = "Content-Type: text/plain; charset=cp932\r\nContent-Transfer-Encoding: base64\r\n\r\n";
            let text = BASE64_MIME.encode(&SHIFT_JIS.encode(&JAPANESE.repeat(n)).0);
            mail("=?cp932?B?j+GKUQ==?=", "", &format!("{head}{text}"))
        }),
    ]
}

fn mail(subject: &str, more: &str, rest: &str) -> Vec<u8> {
    format!("{HEAD}Subject: {subject}\r\n{more}{rest}").into_bytes()
}

fn plain(subject: &str, more: &str, text: &str) -> Vec<u8> {
    let head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    mail(subject, more, &format!("{head}{text}"))
}

fn answer(n: usize) -> String {
    let quoted: String = WORDS.repeat(n).lines().map(|line| format!("> {line}\r\n")).collect();
    format!(
        "ack\r\n{WORDS}\r\nOn Tue, 24 Nov 2026 at 10:02, Mika <mika@example.com> wrote:\r\n{quoted}-- \r\nRen Kato\r\n"
    )
}

const HTML_HEAD: &str = "Content-Type: text/html; charset=utf-8\r\n\r\n";

fn html(n: usize) -> String {
    let lines: String =
        WORDS.repeat(n).lines().map(|line| format!("<div style=\"margin:0\">{line}</div>\r\n")).collect();
    format!(
        "<html><head><style>p {{ margin: 0 }}</style></head><body><p>ack</p>{lines}\
        <table><tr><td>Host</td><td>db02</td></tr></table><blockquote>{lines}</blockquote></body></html>\r\n"
    )
}

fn multipart(n: usize) -> Vec<u8> {
    let text = answer(n);
    let both = format!(
        "Content-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n--b1\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b1\r\n{HTML_HEAD}{}\r\n--b1--\r\n",
        html(n)
    );
    mail("Re: db02 pool", ANSWERS, &both)
}

/// ISO-2022-JP by way of EUC-JP, which has the same characters with the eighth bit set.
fn iso_2022_jp(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for run in EUC_JP.encode(text).0.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        if run.is_ascii() {
            out.extend_from_slice(run);
        } else {
            out.extend_from_slice(b"\x1b$B");
            out.extend(run.iter().map(|byte| byte & 0x7f));
            out.extend_from_slice(b"\x1b(B");
        }
    }
    out
}
