//! Tests of finding the parts of mails, broken ones above all.

use super::*;
use crate::message::parts::{self, Part};

/// Media type and content of each part, and what was odd.
fn parts(head: &str, body: &str) -> (Vec<(String, String)>, Vec<&'static str>) {
    let raw = format!("{head}\n{body}");
    let split = fields::split(raw.as_bytes());
    let (parts, odd) = parts::read(raw.as_bytes(), split, &Fields::read(head.as_bytes()));
    let told = |part: &Part<'_>| {
        let content = if part.children.is_empty() {
            String::from_utf8_lossy(part.body).into_owned()
        } else {
            String::new()
        };
        (part.media_type().to_owned(), content)
    };
    (parts.iter().map(told).collect(), odd)
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(kind, text)| ((*kind).to_owned(), (*text).to_owned())).collect()
}

const HEAD: &str = "Content-Type: multipart/mixed; boundary=\"a b\"\n";

#[test]
fn parts_are_what_stands_between_the_boundaries() {
    let (found, odd) =
        parts(HEAD, "preamble\n--a b\n\none\n--a b \nContent-Type: Text/HTML\n\n<p>\n\n--a b--\n\n");
    assert_eq!(found, pairs(&[("multipart/mixed", ""), ("text/plain", "one"), ("text/html", "<p>\n")]));
    assert!(odd.is_empty());
}

#[test]
fn parts_nest_and_an_outer_boundary_ends_inner_ones() {
    let inner =
        "--a b\nContent-Type: multipart/alternative; boundary=in\n\n--in\n\none\n--a b\n\ntwo\n--a b--";
    let (found, _) = parts(HEAD, inner);
    let kinds = pairs(&[
        ("multipart/mixed", ""),
        ("multipart/alternative", ""),
        ("text/plain", "one"),
        ("text/plain", "two"),
    ]);
    assert_eq!(found, kinds);
}

#[test]
fn a_boundary_that_another_begins_with_is_told_apart() {
    let head = "Content-Type: multipart/mixed; boundary=x\n";
    let (found, _) = parts(
        head,
        "--x\nContent-Type: multipart/mixed; boundary=xy\n\n--xy\n\none\n--xy--\n--x\n\ntwo\n--x--",
    );
    assert_eq!(found[2..], pairs(&[("text/plain", "one"), ("text/plain", "two")]));
}

#[test]
fn a_mail_that_is_cut_off_keeps_its_last_part() {
    let (found, odd) = parts(HEAD, "--a b\n\none\ntwo");
    assert_eq!(found[1..], pairs(&[("text/plain", "one\ntwo")]));
    assert_eq!(odd, ["ends before its last part does; what is there was read"]);
}

#[test]
fn a_missing_or_wrong_boundary_is_guessed_from_the_lines() {
    for head in ["Content-Type: multipart/mixed\n", "Content-Type: multipart/mixed; boundary=other\n"] {
        let (found, odd) =
            parts(head, "\n--real\nContent-Type: text/plain\n\none\n--real\n\ntwo\n--real--\n");
        assert_eq!(found[1..], pairs(&[("text/plain", "one"), ("text/plain", "two")]), "{head}");
        assert!(odd.iter().any(|words| words.contains("not separated as its header says")), "{odd:?}");
    }
}

#[test]
fn a_multipart_without_parts_is_text() {
    let (found, odd) = parts("Content-Type: multipart/mixed; boundary=b\n", "It is down\n-- \nKen");
    assert_eq!(found, pairs(&[("text/plain", "It is down\n-- \nKen")]));
    assert_eq!(odd.len(), 1);
}

#[test]
fn a_part_without_an_empty_line_below_its_header_keeps_its_text() {
    let (found, _) = parts(HEAD, "--a b\nContent-Type: text/plain\nIt is down\n--a b--");
    assert_eq!(found[1..], pairs(&[("text/plain", "It is down")]));
}

/// Fault 123.
#[test]
fn more_than_a_thousand_parts_and_deep_nesting_are_cut_and_said() {
    let (found, odd) = parts(HEAD, &"--a b\n\nx\n".repeat(1_500));
    assert_eq!(found.len(), 1_000);
    assert!(odd.iter().any(|words| words.contains("more than 1000 parts")));
    let nested: String =
        (0..50).map(|n| format!("--{n}\nContent-Type: multipart/mixed; boundary={}\n\n", n + 1)).collect();
    let (found, odd) = parts("Content-Type: multipart/mixed; boundary=0\n", &nested);
    assert_eq!(found.len(), DEEPEST_NESTING + 1);
    assert_eq!(found.last().map(|(kind, _)| kind.as_str()), Some("application/octet-stream"));
    assert!(odd.iter().any(|words| words.contains("nests deeper")), "{odd:?}");
}

#[test]
fn an_attached_mail_is_one_part() {
    let (found, _) = parts(
        "Content-Type: message/RFC822\n",
        "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n",
    );
    assert_eq!(found.len(), 1);
    let digest = "Content-Type: multipart/digest; boundary=d\n";
    assert_eq!(parts(digest, "--d\n\nSubject: x\n\ny\n--d--").0[1].0, "message/rfc822");
}

#[test]
fn a_part_that_does_not_end_before_its_parent_goes_on_ends_there() {
    let inner =
        "--a b\nContent-Type: multipart/alternative; boundary=in\n\n--in\n\none\n--a b\n\ntwo\n--a b--";
    let (_, odd) = parts(HEAD, inner);
    assert_eq!(odd.len(), 1, "{odd:?}");
}

#[test]
fn parts_are_found_that_the_header_says_nothing_of() {
    let body = "This is a multi-part message in MIME format.\n\n--x\nContent-Type: text/html\n\n<p>\n--x--\n";
    assert_eq!(parts("Subject: x\n", body).0[1..], pairs(&[("text/html", "<p>")]));
    let quoted = ["It came back:\n", body].concat();
    assert_eq!(parts("Subject: x\n", &quoted).0, pairs(&[("text/plain", &quoted)]));
}

#[test]
fn a_multipart_within_another_that_has_no_parts_is_text() {
    let body = "--a b\nContent-Type: multipart/alternative; boundary=none\n\nack\n--a b\n\ntwo\n--a b--\n";
    let (found, odd) = parts(HEAD, body);
    let texts: Vec<&str> =
        found.iter().map(|(_, text)| text.trim_end()).filter(|text| !text.is_empty()).collect();
    assert_eq!(texts, ["ack", "two"]);
    assert!(odd.iter().any(|words| words.contains("has none")), "{odd:?}");
}

#[test]
fn every_place_of_an_outline_leads_back_to_the_mail() {
    let body = "--a b\nContent-Type: multipart/mixed; boundary=in\nIt is\n--in\n\none\n--a b\n\ntwo\n";
    let raw = format!("{HEAD}\n{body}");
    let outline = Outline::of(
        raw.as_bytes(),
        fields::split(raw.as_bytes()),
        &Parameters::content_type(&Fields::read(HEAD.as_bytes())),
    )
    .unwrap();
    let places: Vec<usize> = (0..=outline.bytes.len()).map(|at| outline.original(at)).collect();
    assert!(places.is_sorted() && places.last() == Some(&raw.len()) && places[0] == 0, "{places:?}");
}

#[test]
fn text_behind_the_last_part_is_left_out_and_said() {
    let (found, odd) = parts(HEAD, "--a b\n\none\n--a b--\nops mailing list\n");
    assert_eq!(found[1..], pairs(&[("text/plain", "one")]));
    assert!(odd.iter().any(|words| words.contains("behind its last part")), "{odd:?}");
}
