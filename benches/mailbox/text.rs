//! What people and machines write, and how it is written into a mail.

use data_encoding::BASE64;

use super::random::Random;

const WORDS: [&str; 48] = [
    "the",
    "queue",
    "was",
    "full",
    "again",
    "after",
    "deploy",
    "we",
    "restarted",
    "worker",
    "three",
    "and",
    "latency",
    "went",
    "back",
    "to",
    "normal",
    "customers",
    "see",
    "errors",
    "on",
    "checkout",
    "database",
    "replica",
    "lags",
    "behind",
    "please",
    "look",
    "at",
    "graph",
    "from",
    "last",
    "night",
    "disk",
    "fills",
    "with",
    "logs",
    "nobody",
    "rotates",
    "them",
    "certificate",
    "expires",
    "tomorrow",
    "I",
    "will",
    "take",
    "care",
    "today",
];

const JAPANESE: [&str; 8] = [
    "お世話になっております。運用担当の加藤です。",
    "受注処理の応答が遅くなっています。",
    "データベースを再起動したところ、復旧しました。",
    "原因は調査中です。分かり次第ご連絡いたします。",
    "昨夜の障害について、経緯をまとめました。",
    "ディスクの空き容量が残り五パーセントです。",
    "至急ご確認をお願いいたします。",
    "夜間の対応、ありがとうございました。",
];

/// So many sentences, a line each.
pub fn sentences(random: &mut Random, count: u64) -> String {
    (0..count).map(|_| sentence(random) + "\n").collect()
}

/// One sentence.
pub fn sentence(random: &mut Random) -> String {
    let words: Vec<&str> = (0..6 + random.below(10)).map(|_| *random.pick(&WORDS)).collect();
    words.join(" ") + "."
}

/// So many sentences in Japanese, a line each.
pub fn japanese(random: &mut Random, count: u64) -> String {
    (0..count).map(|_| format!("{}\n", random.pick(&JAPANESE))).collect()
}

/// The text as somebody quotes it.
pub fn quoted(text: &str) -> String {
    text.lines().map(|line| format!("> {line}\n")).collect()
}

/// Base64 in lines of 76.
pub fn base64(bytes: &[u8]) -> String {
    bytes.chunks(57).map(|chunk| BASE64.encode(chunk) + "\n").collect()
}

/// A subject in UTF-8 as an encoded word (RFC 2047), where it needs one.
pub fn subject(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { format!("=?UTF-8?B?{}?=", BASE64.encode(text.as_bytes())) }
}

/// A text part in UTF-8, its own headers included.
pub fn plain(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}")
}

/// An HTML part whose markup is longer than its words, as mail programs write it.
pub fn html(text: &str) -> String {
    let paragraph = |line: &str| {
        format!(
            "<p class=\"MsoNormal\" style=\"margin:0;font-size:11pt;font-family:Calibri,sans-serif\"><span \
             lang=\"EN-GB\" style=\"color:#1f497d\">{}</span></p>\n",
            line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
        )
    };
    let paragraphs: String = text.lines().map(paragraph).collect();
    format!(
        "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}",
        base64(
            format!(
                "<html><head><style>p {{ margin: 0 }}</style></head><body>\n{paragraphs}</body></html>\n"
            )
            .as_bytes()
        )
    )
}

/// Several parts, `mixed` or `alternative`.
pub fn multipart(kind: &str, random: &mut Random, parts: &[String]) -> String {
    let boundary = format!("=_{:016x}", random.number());
    let parts: String = parts.iter().map(|part| format!("--{boundary}\n{part}\n")).collect();
    format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\n\n{parts}--{boundary}--\n")
}

/// A file of so many bytes.
pub fn attachment(random: &mut Random, bytes: usize) -> String {
    let name = format!("graph-{:04x}.png", random.below(65_536));
    format!(
        "Content-Type: image/png; name=\"{name}\"\nContent-Disposition: attachment; filename=\"{name}\"\n\
         Content-Transfer-Encoding: base64\n\n{}",
        base64(&random.bytes(bytes))
    )
}
