//! Tests of turning HTML into text.

use super::*;

#[test]
fn table_cells_are_apart_and_rows_are_lines() {
    let html = "<table><tr><td>Host</td><td>web01</td></tr><tr><td>State</td><td>DOWN</td></tr></table>";
    assert_eq!(to_text(html).trim(), "Host | web01\nState | DOWN");
}

#[test]
fn line_breaks_links_and_lists_read_as_a_person_sees_them() {
    let html = "<p>Down<br>since <b>03:12</b> &amp; <a href='https://example.com/x'>see</a></p><p>Now:</p><ul><li>a<li>b</ul>";
    assert_eq!(to_text(html).trim(), "Down\nsince 03:12 & see\n\nNow:\n* a\n* b");
}

#[test]
fn quotes_are_marked() {
    let html = "<div>ack</div><div>On Monday Kato wrote:<blockquote>It is<br>down</blockquote></div>";
    assert_eq!(to_text(html).trim(), "ack\nOn Monday Kato wrote:\n\n> It is\n> down");
}

#[test]
fn a_ruler_of_the_authors_own_survives() {
    assert_eq!(to_text("<p>a</p><p>──────</p><p>b│c</p>").trim(), "a\n\n──────\n\nb│c");
}

#[test]
fn long_paragraphs_are_not_wrapped() {
    let words = "word ".repeat(200);
    assert_eq!(to_text(&format!("<p>{words}</p>")).trim(), words.trim());
}
