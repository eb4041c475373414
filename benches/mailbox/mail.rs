//! A mail as it lies in the shared mailbox: with the headers that servers put above it.

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};

use super::random::Random;

/// The shared mailbox.
pub const GATEWAY: &str = "incidents@example.com";

/// A mail and when it came, in seconds since 1970.
pub struct Mail {
    pub at: i64,
    pub id: String,
    pub subject: String,
    pub bytes: Vec<u8>,
}

/// What a mail says about itself.
pub struct Head<'a> {
    pub at: i64,
    pub from: &'a str,
    /// As it is written in the mail: encoded where it isn't ASCII.
    pub subject: String,
    /// More header lines, each with its end.
    pub more: String,
}

/// Puts a mail together; `body` begins with the headers of its content.
pub fn mail(random: &mut Random, head: Head<'_>, body: impl Into<Vec<u8>>) -> Mail {
    let domain = head.from.rsplit_once('@').map_or("example.com", |(_, domain)| domain.trim_end_matches('>'));
    let id = format!("<{:016x}.{}@{domain}>", random.number(), head.at);
    let received = |by: &str, from: &str, queue: u64| {
        format!(
            "Received: from {from} ({from} [192.0.2.{}])\n\tby {by} (Postfix) with ESMTPS id {queue:012X}\n\t\
             for <{GATEWAY}>; {}\n",
            queue % 250,
            date(head.at)
        )
    };
    let mut text = format!("Return-Path: <{}>\nDelivered-To: {GATEWAY}\n", head.from);
    text += &received("mail.example.com", "mx.example.com", random.below(1 << 48));
    text += &received("mx.example.com", &format!("out.{domain}"), random.below(1 << 48));
    text += "Authentication-Results: mx.example.com; dkim=pass header.d=example.com; spf=pass; dmarc=pass\n";
    text += &format!(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d={domain}; s=mail;\n\tt={};\n",
        head.at
    );
    text += "\th=From:To:Subject:Date:Message-ID:References;\n";
    text += &format!("\tb={}\n", super::text::base64(&random.bytes(256)).trim_end().replace('\n', "\n\t "));
    text +=
        &format!("From: {}\nTo: {GATEWAY}\nSubject: {}\nDate: {}\n", head.from, head.subject, date(head.at));
    text += &format!("Message-ID: {id}\n{}MIME-Version: 1.0\n", head.more);
    let mut bytes = text.into_bytes();
    bytes.extend(body.into());
    Mail { at: head.at, id, subject: head.subject, bytes }
}

/// A time as a Date header has it (RFC 5322, 3.3), in Japan.
pub fn date(at: i64) -> String {
    zoned(at, 9).strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}

/// A time in a zone so many hours east of Greenwich.
pub fn zoned(at: i64, hours: i8) -> jiff::Zoned {
    Timestamp::from_second(at).unwrap().to_zoned(TimeZone::fixed(tz::offset(hours)))
}
