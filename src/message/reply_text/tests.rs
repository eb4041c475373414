//! Tests of splitting answers.

use super::*;

#[track_caller]
fn check(text: &str, reply: &str) -> String {
    let split = split(&Lines::of(text));
    assert_eq!(split.reply, reply, "of {text}");
    split.quoted
}

#[test]
fn an_answer_above_the_quote_is_all_there_is() {
    let quoted = check("ack\n\nOn 5 May 2026, Ken wrote:\n> It is down\n> since 3", "ack");
    assert_eq!(quoted, "On 5 May 2026, Ken wrote:\n> It is down\n> since 3");
}

#[test]
fn an_answer_below_the_quote_is_found() {
    check("On 5 May 2026, Ken wrote:\n> It is down\n\nI look at it.", "I look at it.");
}

#[test]
fn answers_between_quotes_keep_them() {
    check("> Is it up?\nyes\n> Since when?\n03:40", "> Is it up?\nyes\n> Since when?\n03:40");
    check("Hi,\nOn 5 May 2026, Ken wrote:\n> Is it up?\nyes\n> more", "Hi,\n> Is it up?\nyes");
}

#[test]
fn an_original_without_quote_marks_is_cut() {
    check("ack\n\n-----Original Message-----\nFrom: Ken\nSent: now\nTo: b\nSubject: c\n\nDown", "ack");
    check(
        "対応します\n\n________________________________\n差出人: 佐藤\n送信日時: 今\n宛先: 運用\n件名: 障害\n\n落ちた",
        "対応します",
    );
    check("ack\nAm 05.05.2026 um 10:21 schrieb Ken:\nEs ist aus", "ack");
}

#[test]
fn signatures_and_footers_are_cut() {
    check("ack\n-- \nKen Sato\nOps", "ack");
    check("ack\n--\nKen\n> quote", "ack");
    check("了解です\n\n━━━━━━━━━━\n佐藤 健\nTEL 03-0000-0000\n━━━━━━━━━━", "了解です");
    check("ack\n\nSent from my iPhone\n\nOn 5 May 2026, Ken wrote:\n> a", "ack");
    check("了解\n\niPhoneから送信", "了解");
}

#[test]
fn rulers_and_dashes_within_a_text_are_no_signature() {
    for text in
        ["Log:\n----------\nline a\nline b", "a\n* b\n- c", "--\nack", "----------\nweb@example.com failed"]
    {
        check(text, text);
    }
}

#[test]
fn where_nothing_new_is_left_all_is_kept() {
    for text in ["> only\n> a quote", "From: Ken\nSent: now\nTo: b\nSubject: c\n\nDown", "-- \nKen"] {
        check(text, text);
    }
}

#[test]
fn long_hostile_texts_take_no_long() {
    for line in [
        "--\n",
        "\n",
        "> a\n",
        "On 5 May\n",
        "From: a\n",
        "a:\n",
        "----------\n",
        "On 5 May 2026 wrote:\nx\n",
    ] {
        let text = line.repeat(200_000 / line.len());
        let split = split(&Lines::of(&text));
        assert!(split.reply.len() + split.quoted.len() <= text.len());
    }
}

#[test]
fn a_greeting_above_the_quoted_mail_does_not_make_the_answer_interleaved() {
    check("Hi Ken,\nOn 5 May 2026, Ken wrote:\n> It is down\n> again\n\nRestarted.", "Hi Ken,\n\nRestarted.");
    check("No.\nOn 5 May 2026, Ken wrote:\n> Is it up?\n\nNot yet.", "No.\n> Is it up?\n\nNot yet.");
}

#[test]
fn a_passage_picked_out_stays_above_its_answer() {
    check("> Is it up?\n\nyes", "> Is it up?\n\nyes");
}

#[test]
fn signatures_of_many_forms_are_cut() {
    for signature in [
        "---\nKen Sato\nOps",
        "—\nKen",
        "-Ken Sato",
        "— Ken Sato",
        "__\nKen\nken@example.jp",
        "◆◇◆━━━━━━━━━━━━\n株式会社サンプル\n佐藤 健\n━━━━━━━━━━━━",
        "＝＝＝＝＝＝＝＝\n佐藤\n〒100-0000 東京都\n＝＝＝＝＝＝＝＝",
        "****************\n佐藤\nE-mail: ken@example.jp\n****************",
        "━━━━ 株式会社サンプル ━━━━\n佐藤\n電話 03-0000-0000",
        "_______________________________________________\nops mailing list\nops@lists.example.com",
        "CONFIDENTIALITY NOTICE: this is for Ken only.\n\nAnd nobody else.",
        "________________________________\nDiese E-Mail enthält vertrauliche Informationen.",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "发自我的iPhone",
        "나의 iPhone에서 보냄",
        "Отправлено с iPhone",
        "Get Outlook for iOS<https://example.com/o>",
    ] {
        let quoted = check(&format!("On it.\n\n{signature}"), "On it.");
        assert_eq!(quoted, signature);
    }
}

#[test]
fn what_only_looks_like_a_signature_stays() {
    for text in [
        "Steps:\n\n- Restarted DB\n- Cleared cache",
        "Result\n\n- Done",
        "Log\n---\nweb01 failed at once.\nweb02 is fine.",
        "Log\n====================\n2026-05-05 10:21 mail to ops@example.com\n====================",
        "Best regards\nKen Sato",
    ] {
        check(text, text);
    }
}

#[test]
fn an_outlook_header_of_any_language_is_cut_with_its_ruler() {
    check(
        "Korjattu.\n\n________________________________\nLähettäjä: Ken <ken@example.jp>\nLähetetty: 5. toukokuuta 2026\n\
         Vastaanottaja: ops\nAihe: Down\n\nIt is down",
        "Korjattu.",
    );
}

#[test]
fn many_separators_above_a_quote_take_no_long() {
    let text = format!("{}> quote", "-----Original Message-----\n\n".repeat(30_000));
    assert_eq!(split(&Lines::of(&text)).reply, text);
}

#[test]
fn a_servers_warning_on_top_is_cut_and_advice_of_the_authors_is_not() {
    let warning =
        "ACHTUNG: Diese E-Mail stammt von außerhalb der Organisation.\nKlicken Sie nicht auf Links.";
    assert_eq!(check(&format!("{warning}\n\nLäuft wieder."), "Läuft wieder."), warning);
    for text in ["Do not click on links in the portal.\nIt is not ours.", "ack\nthis is an external email"] {
        check(text, text);
    }
}

#[test]
fn a_help_desks_own_words_below_its_line_are_kept_without_the_line() {
    let line = "##- Please type your reply above this line -##";
    check(&format!("{line}\n\nWe look at it."), "We look at it.");
    check(&format!("ack\n\n{line}\n\nWe look at it."), "ack");
}

#[test]
fn an_original_is_named_without_dashes_above_its_header_alone() {
    check("ack\n  Original Message  \nFrom: Ken\nSent: now\nTo: b\nSubject: c\n\nDown", "ack");
    check("The\nOriginal Message\nwas lost", "The\nOriginal Message\nwas lost");
}
