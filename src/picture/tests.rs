//! What a picture shows.

use super::*;

fn at(minutes: i64) -> Timestamp {
    "2026-11-22T16:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minutes)
}

fn chart(label: &str) -> Chart {
    Chart {
        from: at(0),
        to: at(240),
        zone: TimeZone::get("Asia/Tokyo").unwrap(),
        language: Language::En,
        rows: vec![Row {
            label: label.to_owned(),
            bars: vec![(at(0), at(60), Bar::Broken), (at(120), at(135), Bar::Deceived)],
            marks: vec![(at(0), Mark::Detected), (at(8), Mark::Acknowledged)],
        }],
        legend: vec![(Bar::Deceived, "believed that it worked".to_owned())],
    }
}

#[test]
fn hours_are_the_reader_s() {
    let drawn = svg(&chart("Service A"));
    assert!(drawn.contains(">01:00<") && drawn.contains(">03:00<"), "{drawn}");
}

#[test]
fn days_are_written_as_in_the_reader_s_language() {
    let over_midnight = |language| svg(&Chart { from: at(-180), language, ..chart("Service A") });
    assert!(over_midnight(Language::En).contains(">23 Nov<"));
    assert!(over_midnight(Language::Ja).contains(">11月23日<"));
}

#[test]
fn what_a_stranger_wrote_is_text_in_it() {
    let drawn = svg(&chart("<script>\u{0}&\"a very long label indeed"));
    assert!(drawn.contains("&lt;script&gt;&amp;&quot;") && !drawn.contains("<script"), "{drawn}");
    assert!(Tree::from_str(&drawn, &Options::default()).is_ok());
}

#[test]
fn bars_differ_without_their_colours() {
    let drawn = svg(&chart("Service A"));
    assert!(drawn.contains("url(#false)"), "{drawn}");
}

#[test]
fn without_a_font_there_is_no_picture() {
    assert_eq!(png(&chart("Service A"), &[]), None);
}
