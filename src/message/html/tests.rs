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

#[test]
fn cells_of_many_lines_are_read_one_after_the_other() {
    let html = "<table><tr><td><p>News</p><p>A story</p></td><td><p>Weather</p><p>Rain</p></td></tr></table>";
    assert_eq!(to_text(html), "News\n\nA story\n\nWeather\n\nRain");
    assert_eq!(to_text("<table><tr><td>Log</td><td>a<br>b</td></tr></table>"), "Log | a\nb");
    assert_eq!(
        to_text("<table><tr><th>State:</th><td><div><b>DO</b>WN<br></div></td><td></td></tr></table>"),
        "State: DOWN"
    );
    let nested = "<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>";
    assert_eq!(to_text(nested), "a | b\nc");
}

#[test]
fn what_is_no_item_of_a_list_is_not_lost() {
    assert_eq!(to_text("<ol><li>a</li><ol><li>b</li></ol><li>c</li></ol>"), "1. a\n   1. b\n2. c");
    for html in
        ["<ol><p>a</p></ol>", "<dl>a</dl>", "<ul>a</ul>", "<center>a</center>", "<table>a<tr></tr></table>"]
    {
        assert!(to_text(html).contains('a'), "{html}");
    }
    assert_eq!(to_text("a<hr>b<center>c</center>d<section>e</section>"), "a\nb\nc\nd\ne");
}

/// Fault 127.
#[test]
fn what_styles_hide_is_left_out() {
    for hidden in [
        "display:none",
        "visibility: hidden",
        "font-size:0px",
        "mso-hide:all",
        "opacity:0.0",
        "max-height:0;overflow:hidden",
        "DISPLAY: NONE !important",
    ] {
        let html = format!("<div style=\"{hidden}\">preview<div>more</div></div><p>Down</p>");
        assert_eq!(to_text(&html), "Down", "{hidden}");
    }
    assert_eq!(
        to_text("<td style='font-size:0'><div style='font-size:13px'>seen</div>gone</td>"),
        "seen\ngone"
    );
    let cell =
        "<table><tr><td style='font-size:0'><div style='font-size:13px'>seen</div>gone</td></tr></table>";
    assert_eq!(to_text(cell), "seen");
    assert_eq!(
        to_text(
            "<title>a</title><style>b</style><script>c</script><p hidden>d</p>e<span class='preheader'>f</span>"
        ),
        "e"
    );
}

#[test]
fn what_only_looks_hidden_is_seen() {
    assert_eq!(to_text("<p style='display:none'>all there is</p>"), "all there is");
    assert_eq!(to_text("<p style='font-size:0.9em;line-height:0;max-height:0'>seen</p>"), "seen");
    assert_eq!(to_text("<a href='https://example.com' style='mso-hide:all'>Acknowledge</a>"), "Acknowledge");
    assert_eq!(
        to_text("<table class='preheader'><tr><td>View in browser</td></tr></table>"),
        "View in browser"
    );
}

#[test]
fn an_attribution_in_any_language_is_quoted_and_answers_between_quotes_are_not() {
    let html = "<div>igen</div><div class='gmail_quote'><div class='gmail_attr'>Kata az alábbit közölte<br></div>\
        <blockquote class='gmail_quote'><div>Megy?</div></blockquote><div>Megy.</div><blockquote>Biztos?</blockquote></div>";
    assert_eq!(to_text(html), "igen\n\n> Kata az alábbit közölte\n\n> Megy?\n\nMegy.\n\n> Biztos?");
}

#[test]
fn text_above_the_first_block_quote_of_a_container_is_quoted_with_it() {
    let html =
        "yes<div class='yahoo_quoted'>Xyz <i>abc</i><p>on some day</p><blockquote>Up?</blockquote></div>";
    assert_eq!(to_text(html), "yes\n\n> Xyz abc\n>\n> on some day\n\n> Up?");
}

#[test]
fn quotes_nest_and_an_indent_by_hand_is_none() {
    assert_eq!(to_text("<blockquote>a<blockquote>b</blockquote></blockquote>"), "> a\n>\n> > b");
    assert_eq!(
        to_text("<blockquote style='margin:0 0 0 40px;border:none'>indented</blockquote>"),
        "indented"
    );
    let deep = format!("{}words", "<blockquote>".repeat(100));
    assert_eq!(to_text(&deep), format!("{}words", "> ".repeat(MOST_QUOTES)));
}

#[test]
fn a_forward_in_a_quoting_container_is_no_quote() {
    let mark = "---------- Forwarded message ---------";
    let gmail =
        format!("look<div class='gmail_quote'><div class='gmail_attr'>{mark}<br>From: a</div>b</div>");
    assert_eq!(to_text(&gmail), format!("look\n{mark}\nFrom: a\nb"));
    let apple = "look<blockquote type='cite'><div>Begin forwarded message:</div><div>From: a</div><blockquote>b</blockquote></blockquote>";
    assert_eq!(to_text(apple), "look\nBegin forwarded message:\nFrom: a\n\n> b");
    let answered = "On 5 May 2026, Ken wrote:<blockquote type='cite'>Begin forwarded message:</blockquote>";
    assert_eq!(to_text(answered), "On 5 May 2026, Ken wrote:\n\n> Begin forwarded message:");
}

#[test]
fn outlooks_header_has_a_ruler_above_it() {
    let ruler = "_".repeat(32);
    for start in [
        "<div id='divRplyFwdMsg' dir='ltr'>",
        "<div id='x_divRplyFwdMsg'>",
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>",
        "<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>",
        "<div id='mail-editor-reference-message-container'><div id='divRplyFwdMsg'>",
        "<hr id='stopSpelling'><div>",
    ] {
        let html = format!("<p class=MsoNormal>ok</p>{start}<b>Frá:</b> Ari<br><b>Sent:</b> now</div>");
        let text = to_text(&html).replace("\n\n", "\n");
        assert_eq!(text, format!("ok\n{ruler}\nFrá: Ari\nSent: now"), "{start}");
    }
    assert_eq!(to_text("<div style='border-top:solid #ccc 1px'>Total: 5</div>"), "Total: 5");
    assert_eq!(to_text("ok<div id='appendonsend'></div>"), "ok");
}

#[test]
fn an_original_without_a_header_is_quoted() {
    let html = "ok<div id='mail-editor-reference-message-container'>It is down</div>";
    assert_eq!(to_text(html), "ok\n\n> It is down");
}

#[test]
fn a_signature_is_marked_unless_the_author_wrote_below_it() {
    let signature = "<div class='gmail_signature'>Ken<br>Ops</div>";
    assert_eq!(to_text(&format!("<div>ok</div>{signature}")), "ok\n-- \nKen\nOps");
    assert_eq!(to_text(&format!("<div>ok</div>--<br>{signature}")), "ok\n-- \nKen\nOps");
    assert_eq!(
        to_text(&format!("<div>ok</div>{signature}<blockquote>q</blockquote><p>more</p>")),
        "ok\n-- \nKen\nOps\n\n> q\n\nmore"
    );
    assert_eq!(to_text(&format!("<div>ok</div>{signature}<div>wait</div>")), "ok\nKen\nOps\nwait");
    assert_eq!(to_text("ok<pre class='moz-signature'>-- \nKen</pre>").trim(), "ok\n\n-- \nKen");
    assert_eq!(to_text("ok<div id='Signature'><br></div>").trim(), "ok");
}

#[test]
fn lines_are_where_outlook_and_gmail_show_them() {
    let lines = "<p class=MsoNormal>a</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>";
    assert_eq!(to_text(lines), "a\n\nb");
    assert_eq!(to_text("<div>a</div><div><br></div><div>b<br></div><div>c</div>"), "a\n\nb\nc");
    assert_eq!(to_text("<pre>a\n  b</pre>c"), "a\n  b\n\nc");
}

#[test]
fn a_source_too_big_for_a_document_keeps_its_quotes_and_loses_its_styles() {
    let html = format!(
        "<title>t</title><style>p {{}}</style>ack<blockquote>a &lt;b&gt;<blockquote>c</blockquote></blockquote><p>{}</p>",
        "word ".repeat(60_000)
    );
    let text = to_text(&html);
    assert!(text.starts_with("ack\n> a <b>\n> > c\n\nword word"), "{}", super::super::plain::clip(&text, 60));
}

#[test]
fn every_word_that_can_be_seen_is_in_the_text() {
    let pieces = [
        "<div>",
        "</div>",
        "<p class=MsoNormal>",
        "<blockquote>",
        "</blockquote>",
        "<td>",
        "</table>",
        "<ul><li>",
        "<ol>",
        "<table><tr><td>",
        "<tr>",
        "<dl>",
        "<div class=gmail_quote>",
        "<div class=gmail_attr>",
        "<div id=divRplyFwdMsg>",
        "<div class=gmail_signature>",
        "<div class=moz-forward-container>",
        "<pre>",
        "<br>",
        "<hr>",
        "&amp;",
        "</span>",
        "Begin forwarded message:<br>",
        "From: a<br>",
        "<div id=mail-editor-reference-message-container>",
    ];
    for first in pieces {
        for second in pieces {
            let html = format!("one {first} two {second} three</td></div> four {first} five");
            let text = to_text(&html);
            for word in ["one", "two", "three", "four", "five"] {
                assert!(text.contains(word), "{word} of {html}: {text}");
            }
        }
    }
}
