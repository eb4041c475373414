//! Mails as they come to people on duty: an alert and an answer in plain text, an answer with HTML beside it, HTML alone,
//! Japanese.

use data_encoding::BASE64_MIME;
use encoding_rs::{EUC_JP, SHIFT_JIS};

/// A signature of 2048 bits as it is folded in a header.
macro_rules! b64 {
    () => {
        concat!(
            "QmVpIHVucyBsw6R1ZnQgYWxsZXMgd2llZGVyLCBkaWUgTGVpdHVuZyBpc3QgZnJlaS4g\r\n QmVpIHVucyBsw6R1ZnQgYWxsZXMgd2llZGVyLCBkaWUgTGVpdHVuZyBpc3QgZnJlaS4g\r\n ",
            "QmVpIHVucyBsw6R1ZnQgYWxsZXMgd2llZGVyLCBkaWUgTGVpdHVuZyBpc3QgZnJlaS4g\r\n QmVpIHVucyBsw6R1ZnQgYWxsZXMgd2llZGVyLCBkaWUgTGVpdHVuZyBpc3QgZnJlaS4g\r\n ",
            "QmVpIHVucyBsw6R1ZnQgYWxsZXMgd2llZGVyLCBkaWUgTGVpdHVuZyBpc3QgZnJlaS4gQmVpIHVucw=="
        )
    };
}

/// The header of a mail that came over four servers and was signed on its way, as most do: 29 fields, 3.8 KB.
const HEAD: &str = concat!(
    "Return-Path: <kato@example.com>\r\nX-Original-To: incidents@example.com\r\nDelivered-To: incidents@example.com\r\n",
    "Received: from mx2.example.com (mx2.example.com [192.0.2.7])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)\r\n\t",
    " key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)\r\n\t(No client certificate requested)\r\n\t",
    "by mail.example.com (Postfix) with ESMTPS id 4F2A11C93E\r\n\tfor <incidents@example.com>; Tue, 24 Nov 2026 10:21:07 +0900 (JST)\r\n",
    "Received: from localhost (localhost [127.0.0.1])\r\n\tby mx2.example.com (Postfix) with ESMTP id 9A10D2F4\r\n\t",
    "for <incidents@example.com>; Tue, 24 Nov 2026 10:21:06 +0900 (JST)\r\nX-Virus-Scanned: by a filter at mx2.example.com\r\n",
    "X-Spam-Flag: NO\r\nX-Spam-Score: -2.098\r\nX-Spam-Level:\r\nX-Spam-Status: No, score=-2.098 tagged_above=-999 required=6.2\r\n\t",
    "tests=[BAYES_00=-1.9, DKIM_SIGNED=0.1, DKIM_VALID=-0.1,\r\n\tDKIM_VALID_AU=-0.1, HTML_MESSAGE=0.001, RCVD_IN_DNSWL_NONE=-0.0001]\r\n\t",
    "autolearn=ham autolearn_force=no\r\n",
    "Received: from out-17.example.net (out-17.example.net [192.0.2.9])\r\n\tby mx2.example.com (Postfix) with ESMTPS id 11C98B\r\n\t",
    "for <incidents@example.com>; Tue, 24 Nov 2026 10:21:05 +0900 (JST)\r\n",
    "Authentication-Results: mx2.example.com; dkim=pass (2048-bit key)\r\n\theader.d=example.com header.i=@example.com header.b=AbCdEf12;\r\n\t",
    "spf=pass smtp.mailfrom=kato@example.com; dmarc=pass (p=quarantine dis=none)\r\n\theader.from=example.com; arc=pass (i=1)\r\n",
    "ARC-Seal: i=1; a=rsa-sha256; s=arcselector9901; d=example.net; cv=none;\r\n b=",
    b64!(),
    "\r\n",
    "ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net;\r\n s=arcselector9901;\r\n h=From:Date:Subject:",
    "Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck;\r\n bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n b=",
    b64!(),
    "\r\n",
    "ARC-Authentication-Results: i=1; mx.example.net 1; spf=pass\r\n smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com;\r\n",
    " dkim=pass header.d=example.com; arc=none\r\n",
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=mail;\r\n\tt=1795483264; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\t",
    "h=From:To:Cc:Subject:Date:In-Reply-To:References:Message-ID;\r\n\tb=",
    b64!(),
    "\r\n",
    "Received: from laptop.example.com (unknown [198.51.100.23])\r\n\tby out-17.example.net (Postfix) with ESMTPSA id 77AE0412\r\n\t",
    "for <incidents@example.com>; Tue, 24 Nov 2026 10:21:05 +0900 (JST)\r\n",
    "From: \"Kato, Ren\" <kato@example.com>\r\nTo: incidents@example.com, Ops <ops@example.com>\r\nCc: Mika <mika@example.com>\r\n",
    "Date: Tue, 24 Nov 2026 10:21:04 +0900\r\nMessage-ID: <4f2a.11c9@mail.example.com>\r\nUser-Agent: Mozilla Thunderbird\r\n",
    "Content-Language: en-GB\r\nX-Priority: 3\r\nX-Mailer-Version: 140.5\r\nX-Originating-IP: [198.51.100.23]\r\n",
    "X-Report-Abuse: please mail abuse@example.net\r\nMIME-Version: 1.0\r\n"
);
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
