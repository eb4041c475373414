//! Tests of choosing and reading a mail's text.

use super::*;

fn read(raw: &[u8]) -> Content<'_> {
    let split = fields::split(raw);
    super::read(raw, split, &Fields::read(split.0))
}

#[track_caller]
fn check<'a>(raw: &'a str, text: &str, remark: &str) -> Content<'a> {
    let content = read(raw.as_bytes());
    assert_eq!(content.text, text);
    let said = content.remarks.iter().any(|words| words.contains(remark));
    assert!(if remark.is_empty() { content.remarks.is_empty() } else { said }, "{:?}", content.remarks);
    content
}

#[test]
fn the_plain_form_is_read_and_the_html_kept() {
    let raw = "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nack\n--b\nContent-Type: text/html\n\n<b>ack</b>\n--b--\n";
    let content = check(raw, "ack", "");
    assert_eq!(content.html.as_deref(), Some("<b>ack</b>"));
    assert!(content.attachments.is_empty());
}

#[test]
fn an_empty_plain_form_gives_way_to_html() {
    let raw = "Content-Type: multipart/alternative; boundary=b\n\n--b\n\n\n--b\nContent-Type: text/html\n\n<p>ack</p>\n--b--\n";
    check(raw, "ack", "");
}

#[test]
fn texts_between_pictures_are_all_read_and_named_texts_are_files() {
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: image/png; name=a.png\n\nx\n--b\n\n\
        two\n--b\nContent-Type: text/plain; name=log.txt\n\nlog\n--b--\n";
    let names: Vec<String> =
        check(raw, "one\n\ntwo", "").attachments.into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["a.png", "log.txt"]);
}

#[test]
fn a_named_text_that_is_to_be_shown_is_read() {
    let raw = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\nContent-Type: text/plain; name=two.txt\n\
        Content-Disposition: inline; filename=two.txt\n\ntwo\n--b--\n";
    check(raw, "one\n\ntwo", "");
}

#[test]
fn every_plain_form_of_an_alternative_is_read() {
    let raw = "Content-Type: multipart/alternative; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n";
    check(raw, "one\n\ntwo", "");
}

#[test]
fn broken_encodings_are_read_and_said() {
    check("Content-Transfer-Encoding: base64\n\nYW!Nr\n", "ack", "base64 is broken");
    check("Content-Transfer-Encoding: \"base64\" (RFC 2045)\n\nYWNr\n", "ack", "");
    check("Content-Transfer-Encoding: Quoted-Printable\n\nack =zz=3D\n", "ack =zz=", "broken escapes");
}

#[test]
fn a_wrong_charset_label_and_nul_characters_are_said() {
    check("Content-Type: text/plain; charset=iso-8859-1\n\n復旧しました\n", "復旧しました", "read as UTF-8");
    check("Content-Type: text/plain\n\na\0ck\n", "ack", "NUL");
}

#[test]
fn html_says_its_charset_itself_where_the_mail_does_not() {
    let mut raw = b"Content-Type: text/html\n\n<meta charset=\"koi8-r\">".to_vec();
    raw.extend(encoding_rs::KOI8_R.encode("сервер").0.iter());
    assert_eq!(read(&raw).text, "сервер");
}

#[test]
fn an_invitation_alone_is_the_text() {
    let raw = "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n\
        SUMMARY:Review\nDTSTART:20260505T010000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let content = check(raw, "Calendar: invitation\nTitle: Review\nWhen: 2026-05-05 01:00 (UTC)", "");
    assert_eq!(content.invitation.map(|it| it.method).as_deref(), Some("REQUEST"));
}

#[test]
fn types_that_are_none_are_text() {
    for kind in
        ["text", "text/", "plain", "text/plain; charset", "; charset=utf-8", "rubbish", "text/x-unknown"]
    {
        let raw = format!("Content-Type: {kind}\n\nack\n");
        let remark = if kind.contains("t/") && kind != "text/" { "" } else { "it was read as text" };
        check(&raw, "ack", if kind == "text/" { "" } else { remark });
    }
}

#[test]
fn words_under_a_base64_label_are_read_and_said() {
    let raw = "Content-Transfer-Encoding: base64\n\nThe server is down.\nPlease look.\n";
    check(raw, "The server is down.\nPlease look.", "says that it is base64");
}

#[test]
fn a_uuencoded_file_stays_in_the_text_and_is_said() {
    let raw = "A: b\n\nsee below\nbegin 644 log.txt\n#0V%T\n`\nend\n";
    check(raw, "see below\nbegin 644 log.txt\n#0V%T\n`\nend", "uuencode");
    check("A: b\n\nbegin 10 minutes earlier", "begin 10 minutes earlier", "");
}

/// Fault 131.
#[test]
fn what_is_sealed_is_said() {
    let signed = "Content-Type: multipart/signed; boundary=b\n\n--b\n\nack\n--b\nContent-Type: application/pgp-signature\n\n\
        x\n--b--\n";
    check(signed, "ack", "is signed; its text was read");
    check("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx\n", "", "is encrypted");
    let named = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nack\n--b\nContent-Type: application/octet-stream; \
        name=winmail.dat\n\nx\n--b--\n";
    check(named, "ack", "winmail.dat");
}

#[test]
fn text_past_the_limit_is_cut_and_said() {
    let raw = ["A: b\n\n".to_owned(), "word ".repeat(500_000)].concat();
    let content = read(raw.as_bytes());
    assert!(content.text.len() <= LONGEST_TEXT && content.text.len() > LONGEST_TEXT - 10);
    assert_eq!(content.remarks.len(), 1);
}
