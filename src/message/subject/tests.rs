//! Tests of base subjects.

use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(subject: &str, expected: &str, prefix: Option<Prefix>) {
    assert_eq!(base(subject), (expected.to_owned(), prefix), "{subject}");
}

#[test]
fn reply_prefixes_of_many_languages_and_forms_fall_away() {
    for subject in [
        "Re: Disk full",
        "RE : Disk full",
        "AW: Re: Disk full",
        "Re[2]: Disk full",
        "SV(3): Disk full",
        "Re^2: Disk full",
        "返信: Disk full",
        "Ｒｅ：Disk full",
        "回复：Disk full",
        "Re: [ops] Re: Disk full",
        "Re: Fwd: Disk full",
        "Re*3: Disk full",
        "Re (2): Disk full",
        "Re\u{a0}: Disk full",
        "***SPAM*** Antw: [ops] RES: Disk full",
        "Odp: Vá: YNT: SV: Disk full",
        "رد: Disk full",
        "답장：Disk full",
        "Re: (ops:00123) Disk full",
    ] {
        check(subject, "Disk full", Some(Prefix::Reply));
    }
}

#[test]
fn forward_prefixes_and_wrappers_fall_away() {
    for subject in [
        "Fwd: Disk full",
        "WG: AW: Disk full",
        "転送: Disk full",
        "[Fwd: Disk full]",
        "TR: Disk full (fwd)",
        "Disk full (fwd)",
        "(Fwd) Disk full",
        "[EXT] Re: Disk full".replace("Re:", "İLT:").as_str(),
        "إعادة توجيه: Disk full",
        "Fwd: [Fwd: Disk full]",
        "[ops] 转发：回复：Disk full",
        "ＦＷ：Disk full",
    ] {
        check(subject, "Disk full", Some(Prefix::Forward));
    }
    check("VS: Disk full", "Disk full", Some(Prefix::Either));
}

#[test]
fn list_tags_and_our_own_tags_fall_away() {
    check("[ops] Re: [INC-42-K7] Disk full", "Disk full", Some(Prefix::Reply));
    check("Disk full (fwd) [INC-42-K7] (fwd)", "Disk full", Some(Prefix::Forward));
    check("Re: Disk full (fwd)", "Disk full", Some(Prefix::Reply));
    for subject in [
        "[EXT] Disk full",
        "***SPAM*** Disk full",
        "*** EXTERNAL *** [Ticket#20260505] Disk full",
        "{Spam?} Disk full",
        "(ops:00123) Disk full",
        "[ops-ml:00123] Disk full",
    ] {
        check(subject, "Disk full", None);
    }
}

#[test]
fn what_is_left_is_never_nothing_but_a_tag() {
    check("[alerts]", "[alerts]", None);
    check("Re: [alerts]", "[alerts]", Some(Prefix::Reply));
    check("Re:", "", Some(Prefix::Reply));
}

#[test]
fn ordinary_words_with_a_colon_stay() {
    for subject in [
        "Error: Disk full",
        "web01: down",
        "Ref: 12",
        "Disk full",
        "REVIEW: a",
        "Reading list: b",
        "Forward the port 80",
        "Re Disk full",
        "** PROBLEM alert: web01 is DOWN **",
        "(2) left",
        "Ende: 5",
        "【障害】web01",
        "{a}",
        "[Fwd: open",
    ] {
        check(subject, subject, None);
    }
}

#[test]
fn case_stays_as_written() {
    check("RE: Web01 DOWN", "Web01 DOWN", Some(Prefix::Reply));
}
#[test]
fn tables_are_sorted_and_lower_case() {
    for table in [REPLY, FORWARD] {
        assert!(table.iter().map(|(language, _)| language).is_sorted());
        let words: Vec<&str> = table.iter().flat_map(|(_, words)| words.split('|')).collect();
        assert!(words.iter().all(|word| word.to_lowercase() == **word && word.len() < LONGEST_PREFIX));
    }
}

/// Pieces of which real and hostile subjects consist, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Re:",
        "RE ：",
        "Fwd:",
        "[Fwd: ",
        "]",
        "[ops]",
        "[INC-42-K7]",
        "(fwd)",
        "(Fwd)",
        " ",
        "  ",
        "[",
        "{",
        "}",
        "**",
        "SPAM",
        "(ops:00123)",
        "Disk",
        "full",
        "VS:",
        "Re[2]:",
        "転送:",
        ":",
        "[INC-",
        "42-K7]",
        "\u{a0}",
        "é",
        "*",
    ]);
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn a_base_is_its_own_base(subject in pieces()) {
        let (once, _) = base(&subject);
        prop_assert_eq!(base(&once), (once, None));
    }

    #[test]
    fn any_text_has_a_base_that_is_its_own(subject in any::<String>()) {
        let (once, _) = base(&subject);
        prop_assert_eq!(base(&once), (once, None));
    }
}
