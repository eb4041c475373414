//! Tests of what lines are taken for.

use super::super::vocabulary::Label;
use super::block::block;
use super::block::labelled;
use super::*;

fn kinds(text: &str) -> Vec<Kind> {
    classify(&text.lines().collect::<Vec<_>>())
}

#[test]
fn emphasis_of_a_label_is_no_part_of_the_value_and_stars_of_the_value_are() {
    for line in [
        "Subject: ** PROBLEM **",
        "*Subject:* ** PROBLEM **",
        "**Subject:** ** PROBLEM **",
        "*Subject*: ** PROBLEM **",
    ] {
        assert_eq!(labelled(line), Some((Label::Subject, "** PROBLEM **")), "{line}");
    }
}

#[test]
fn attribution_lines_of_many_languages_are_known() {
    for line in [
        "On Tue, May 5, 2026 at 4:22 PM, Ken Sato <ken@example.jp> wrote:",
        "Le 5 mai 2026 à 10:21, Ken Sato <ken@example.jp> a écrit :",
        "Am 05.05.2026 um 10:21 schrieb Ken Sato:",
        "Il giorno 5 maggio 2026 10:21, Ken Sato <ken@example.jp> ha scritto:",
        "El mar, 5 may 2026 a las 10:21, Ken Sato (<ken@example.jp>) escribió:",
        "Em ter., 5 de mai. de 2026 às 10:21, Ken Sato <ken@example.jp> escreveu:",
        "Op di 5 mei 2026 om 10:21 schreef Ken Sato <ken@example.jp>:",
        "W dniu 2026-05-05 o 10:21, Ken Sato pisze:",
        "вт, 5 мая 2026 г. в 10:21, Ken Sato <ken@example.jp>:",
        "2026年5月5日(火) 10:21 佐藤健 <ken@example.jp>:",
        "2026/05/05 10:21、佐藤健 <ken@example.jp>のメール:",
        "2026年5月5日 10:21、佐藤さんは書きました：",
        "2026년 5월 5일 (화) 오전 10:21, Ken <ken@example.jp>님이 작성:",
        "在 2026年5月5日 10:21，Ken <ken@example.jp> 写道：",
    ] {
        assert_eq!(kinds(line), [Kind::Attribution], "{line}");
    }
}

#[test]
fn a_wrapped_attribution_is_one() {
    let text = "ok\n\nOn Tue, May 5, 2026 at 4:22 PM, Ken Sato\n<ken@example.jp>\nwrote:\n> a";
    use Kind::{Attribution, Blank, Quote, Text};
    assert_eq!(kinds(text), [Text, Blank, Attribution, Attribution, Attribution, Quote]);
    assert_eq!(kinds("On May 5, 2026,\nat 10:18,\nKen <ken@example.jp> wrote:"), [Attribution; 3]);
    let japanese = "了解\n2026年5月5日(火) 10:21 佐藤健 <\nken@example.jp>:";
    assert_eq!(kinds(japanese), [Text, Attribution, Attribution]);
}

#[test]
fn ordinary_sentences_are_no_attributions() {
    for line in [
        "On your remote host you can run:",
        "One question:",
        "He wrote it down",
        "At 03:12 the disk filled up.",
        "We checked the following:",
        "On it",
        "Am 5. geht es los:",
        "See https://example.com/a:",
    ] {
        assert_eq!(kinds(line), [Kind::Text], "{line}");
    }
    assert_eq!(
        kinds("On the host run:\na\nOn 5 May 2026 Ken wrote:"),
        [Kind::Text, Kind::Text, Kind::Attribution]
    );
}

#[test]
fn header_blocks_are_known_with_their_fields() {
    let lines = [
        "*From:* Ken <ken@example.jp>",
        "*Sent:* Monday",
        "*To:* a@example.jp; b@example.jp;",
        " c@example.jp",
        "*Subject:* Down",
        "It is down",
    ];
    assert_eq!(block(&lines, 2), Some(5));
    assert!(block(&["差出人: 佐藤", "送信日時: 2026年5月5日", "宛先: 運用", "件名: 障害"], 2).is_some());
    assert!(block(&["From: the shop", "we hear nothing"], 1).is_none());
}

#[test]
fn the_broken_end_of_a_quoted_line_belongs_to_the_quote() {
    let long = format!("> {}", "long words ".repeat(6));
    assert_eq!(kinds(&format!("{long}\nand its end\n>")), [Kind::Quote; 3]);
    assert_eq!(kinds("> Is it up?\nyes\n> And b?")[1], Kind::Text);
}

#[test]
fn separators_need_dashes_or_a_colon() {
    use Kind::{Forwarded, Original, Text};
    assert_eq!(kinds("-----Original Message-----\n-----元のメッセージ-----"), [Original, Original]);
    assert_eq!(
        kinds("---------- Forwarded message ---------\nBegin forwarded message:"),
        [Forwarded, Forwarded]
    );
    assert_eq!(kinds("---------- 転送メッセージ ----------\n転送されたメッセージ："), [Forwarded, Forwarded]);
    assert_eq!(kinds("original message\n- forwarded message lost"), [Text, Text]);
}

#[test]
fn attributions_without_an_address_are_known_by_verb_and_date() {
    for line in [
        "Den 2026-05-05 kl. 10:21, skrev Ken Sato:",
        "Den 05.05.2026 kl. 10.21 skrev Ken Sato:",
        "Ken Sato kirjoitti 5.5.2026 klo 10.21:",
        "W dniu 5.05.2026 o 10:21, Ken Sato pisze:",
        "Dne 05. 05. 26 v 10:21 Ken Sato napsal(a):",
        "Dňa 5. 5. 2026 o 10:21 Ken Sato napísal(a):",
        "2026. 05. 05. 10:21 keltezéssel, Ken Sato írta:",
        "La 05.05.2026 10:21, Ken Sato a scris:",
        "05.05.2026 10:21, Ken Sato пишет:",
        "05.05.26 10:21, Ken Sato пише:",
        "На 5.05.2026 г. в 10:21, Ken Sato написа:",
        "Στις 5/5/2026 10:21, ο/η Ken Sato έγραψε:",
        "5.05.2026 10:21 tarihinde Ken Sato yazdı:",
        "2026-05-05 오전 10:21에 Ken Sato 이(가) 쓴 글:",
        "Ken Sato 於 2026/5/5 上午 10:21 寫道:",
        "ב-05/05/2026 10:21, Ken Sato כתב:",
        "في 05/05/2026 10:21 ص، كتب Ken Sato:",
        "Vào 10:21 ngày 05/05/2026, Ken Sato đã viết:",
        "Pada 05/05/2026 10:21, Ken Sato menulis:",
        "(2026/05/05 10:21), 佐藤さんは書きました：",
        "Ken Sato <ken@example.jp> ezt írta (időpont: 2026. máj. 5., K, 10:21):",
        "po 5. 5. 2026 v 10:21 odesílatel Ken Sato <ken@example.jp> napsal:",
        "2026年11月22日(日) 10:00 Kato <kato@example.jp>：",
    ] {
        assert_eq!(kinds(line), [Kind::Attribution], "{line}");
    }
}

#[test]
fn right_above_a_quote_less_tells_an_attribution() {
    for line in ["Ken Sato wrote:", "佐藤さんは書きました:", "Zitat von ken@example.jp:", "Ken, 5 May 2026:"]
    {
        assert_eq!(kinds(&format!("{line}\n> a")), [Kind::Attribution, Kind::Quote], "{line}");
        assert_eq!(kinds(&format!("{line}\na")).get(1), Some(&Kind::Text), "{line}");
    }
    assert_eq!(kinds("We checked:\n> a"), [Kind::Text, Kind::Quote]);
}

#[test]
fn what_a_customer_said_is_no_attribution() {
    for line in [
        "At 03:12 the customer wrote that web01 is slow:",
        "Contact ops@example.com at 10:21:",
        "He wrote it down on 5 May 2026:",
        "From 10:00 the following hosts are down:",
    ] {
        assert_eq!(kinds(line), [Kind::Text], "{line}");
    }
}

#[test]
fn header_blocks_of_other_languages_are_known_below_outlooks_ruler() {
    use Kind::{Block, Text};
    let ruler = "_".repeat(32);
    let text = format!("{ruler}\nOo: Ken <ken@example.jp>\nAa: 5 May 2026\nUu: ops\nEe: Down\n\nDown");
    assert_eq!(kinds(&text).get(..6), Some([Text, Block, Block, Block, Block, Kind::Blank].as_slice()));
    assert_eq!(kinds(&format!("{ruler}\nCPU: 5\nRAM: 6\nDisk: 7")), [Text; 4]);
    assert_eq!(kinds("From: 10:00\nTo: 12:00\nDate: 5 May 2026\nSubject: maintenance"), [Text; 4]);
}

#[test]
fn a_notes_header_without_colons_is_known() {
    let text = "To\nops@example.com\ncc\n\nSubject\nRe: Down\n\nIt is down";
    assert_eq!(kinds(text).iter().filter(|kind| **kind == Kind::Block).count(), 6);
}

#[test]
fn lines_between_fences_are_the_authors() {
    assert_eq!(kinds("```\n> select 1;\n```\n> quote"), [Kind::Text, Kind::Text, Kind::Text, Kind::Quote]);
    assert_eq!(kinds("##- Please type your reply above this line -##"), [Kind::Original]);
}
