//! Tests of dates as mail programs of many languages write them.

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let date = read(text, &TimeZone::UTC).map(|date| date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
    assert_eq!(date.as_deref(), Some(expected), "{text}");
}

#[test]
fn gmails_dates_are_read_in_every_language() {
    for text in [
        "Tue, May 5, 2026 at 6:05 PM",
        "Tue, 5 May 2026 at 18:05",
        "Di., 5. Mai 2026 um 18:05 Uhr",
        "mar. 5 mai 2026 à 18:05",
        "mar, 5 may 2026 a las 18:05",
        "ter., 5 de mai. de 2026 às 18:05",
        "mar 5 mag 2026 alle ore 18:05",
        "di 5 mei 2026 om 18:05",
        "tis 5 maj 2026 kl 18:05",
        "tir. 5. maj 2026 kl. 18.05",
        "ti 5. toukok. 2026 klo 18.05",
        "wt., 5 maj 2026 o 18:05",
        "út 5. 5. 2026 v 18:05",
        "2026. máj. 5., K, 18:05",
        "mar., 5 mai 2026 la 18:05",
        "вт, 5 мая 2026 г. в 18:05",
        "вт, 5 трав. 2026 р. о 18:05",
        "5 May 2026 Sal, 18:05 tarihinde şunu yazdı",
        "2026年5月5日(火) 18:05",
        "2026年5月5日周二 下午6:05",
        "2026. 5. 5. (화) 오후 6:05",
        "Th 3, 5 thg 5, 2026 vào lúc 18:05",
        "Τρί, 5 Μαΐ 2026 στις 6:05 μ.μ.",
    ] {
        check(text, "2026-05-05T18:05:00+00:00");
    }
}

#[test]
fn outlooks_dates_are_read_in_every_language() {
    for text in [
        "Tuesday, May 5, 2026 6:05 PM",
        "Tuesday, 5 May 2026 6:05 p.m.",
        "Dienstag, 5. Mai 2026 18:05",
        "mardi 5 mai 2026 18:05",
        "martes, 5 de mayo de 2026 18:05",
        "martedì 5 maggio 2026 18:05",
        "terça-feira, 5 de maio de 2026 18:05",
        "dinsdag 5 mei 2026 18:05",
        "den 5 maj 2026 18:05",
        "tiistai 5. toukokuuta 2026 18.05",
        "wtorek, 5 maja 2026 18:05",
        "úterý 5. května 2026 18:05",
        "2026. május 5., kedd 18:05",
        "вторник, 5 мая 2026 г. 18:05",
        "вівторок, 5 травня 2026 р. 18:05",
        "5 Mayıs 2026 Salı 18:05",
        "2026年5月5日 18:05",
        "2026年5月5日 星期二 18:05",
        "2026년 5월 5일 화요일 오후 6:05",
        "5/5/2026 6:05 PM",
        "05.05.2026 18:05",
        "5-5-2026 18:05",
        "2026/05/05 (火) 18:05",
        "05.05.26, 18:05",
        "5 May 26 18:05",
    ] {
        check(text, "2026-05-05T18:05:00+00:00");
    }
}

#[test]
fn a_zone_that_is_written_counts() {
    check("May 5, 2026 at 6:05:33 PM GMT+2", "2026-05-05T18:05:33+02:00");
    check("5 May 2026 18:05:33 GMT-07:00", "2026-05-05T18:05:33-07:00");
    check("5. Mai 2026 um 18:05:33 MESZ", "2026-05-05T18:05:33+02:00");
    check("2026年5月5日 18:05:33 JST", "2026-05-05T18:05:33+09:00");
    check("2026年5月5日 GMT+8 18:05:33", "2026-05-05T18:05:33+08:00");
    check("Tue, 5 May 2026 18:05:33 +0530", "2026-05-05T18:05:33+05:30");
    check("Tue, 5 May 2026 18:05:33 -0330 (NDT)", "2026-05-05T18:05:33-03:30");
    check("2026-05-05T18:05:33+09:00", "2026-05-05T18:05:33+09:00");
    check("Tuesday, May 5, 2026 6:05 PM (UTC+01:00)", "2026-05-05T18:05:00+01:00");
    check("Tue May  5 18:05:33 2026", "2026-05-05T18:05:33+00:00");
}

#[test]
fn noon_and_midnight_are_told_apart() {
    check("2026/05/05 12:01 AM", "2026-05-05T00:01:00+00:00");
    check("May 5, 2026, 12:01 PM", "2026-05-05T12:01:00+00:00");
    check("2026年5月5日 午前0時5分", "2026-05-05T00:05:00+00:00");
}

#[test]
fn the_month_comes_first_only_where_it_must() {
    check("12/25/2026 18:05", "2026-12-25T18:05:00+00:00");
    check("4/5/2026 6:05 PM", "2026-04-05T18:05:00+00:00");
    check("04/05/2026 18:05", "2026-05-04T18:05:00+00:00");
}

#[test]
fn attributions_hold_dates_too() {
    check("On 5 May 2026, at 18:05, Ken2 <ken2020@example.com> wrote:", "2026-05-05T18:05:00+00:00");
    check("Ken <k@example.com> skrev følgende den 05.05.2026 kl. 18:05:", "2026-05-05T18:05:00+00:00");
}

#[test]
fn what_is_no_date_is_none() {
    for text in [
        "",
        "soon",
        "18:05",
        "5 May 2026",
        "32 May 2026 18:05",
        "99/99/2026 18:05",
        "2026-13-05 18:05",
        "mar 18:05",
    ] {
        assert_eq!(read(text, &TimeZone::UTC), None, "{text}");
    }
}
