//! What a mail shows of a document, in every program and in the dark.

use html5ever::tokenizer::{BufferQueue, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::layout::{DARK, INKS, LIGHT};
use super::*;
use crate::templates::{Page, Templates, variables};

fn document() -> Document {
    let item = |mark: &str, tone| Item {
        mark: mark.to_owned(),
        tone,
        title: format!("INC-1 <b>web01</b> & {mark}"),
        lines: vec!["since 03:00 JST\nand on".to_owned()],
    };
    let tones = [Tone::Plain, Tone::Bad, Tone::Warn, Tone::Good, Tone::Quiet];
    let parts = vec![
        Part::Text { text: "One line\nand another".to_owned() },
        Part::Facts { rows: vec![("Impact".to_owned(), "120 users".to_owned())] },
        Part::Items { items: tones.iter().map(|tone| item(&format!("MARK {tone:?}"), *tone)).collect() },
        Part::Table {
            head: vec!["Key".to_owned(), "Alerts".to_owned()],
            rows: vec![vec!["service-a|web01".to_owned(), "12".to_owned()]],
            whole: true,
        },
        Part::Picture {
            id: "time".to_owned(),
            alt: "What was broken when".to_owned(),
            width: 600,
            height: 120,
        },
    ];
    Document {
        language: "en",
        title: "Digest {{ 7 * 7 }}".to_owned(),
        preheader: "2 broken now".to_owned(),
        lead: vec!["As of 09:00 JST".to_owned()],
        sections: vec![Section { heading: "Right now".to_owned(), parts }],
        footer: vec!["Example Operations".to_owned()],
    }
}

/// What a site's pages are told they can name is what they are given.
#[test]
fn the_values_of_a_document_s_pages_are_those_that_are_documented() {
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let answer = Answer { word: String::new(), meaning: String::new(), link: String::new() };
    let mut document = document();
    document.sections[0].parts.insert(4, Part::Answers { answers: vec![answer] });
    let given = serde_json::to_value(document).unwrap();
    let told = serde_json::to_value(&variables::of_page(Page::DocumentHtml)["document"].sample).unwrap();
    assert_eq!(keys(&given), keys(&told));
    let parts = |of: &serde_json::Value| of["sections"][0]["parts"].as_array().unwrap().clone();
    for (given, told) in parts(&given).iter().zip(parts(&told)) {
        assert_eq!((keys(given), &given["kind"]), (keys(&told), &told["kind"]));
    }
    assert_eq!(parts(&given).len(), parts(&told).len());
}

/// All that a reader of a document is told.
fn words(document: &Document) -> Vec<String> {
    let of_item = |item: &Item| {
        let mut words = vec![item.mark.clone(), item.title.clone()];
        words.extend(item.lines.iter().flat_map(|line| line.lines().map(str::to_owned)));
        words
    };
    let of_part = |part: &Part| match part {
        Part::Text { text } => text.lines().map(str::to_owned).collect(),
        Part::Facts { rows } => rows.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect(),
        Part::Items { items } => items.iter().flat_map(of_item).collect(),
        Part::Table { head, rows, .. } => head.iter().chain(rows.iter().flatten()).cloned().collect(),
        Part::Answers { answers } => {
            answers.iter().flat_map(|it| [it.word.clone(), it.meaning.clone()]).collect()
        }
        Part::Picture { alt, .. } => vec![alt.clone()],
    };
    let mut words = vec![document.title.clone()];
    words.extend(document.lead.clone());
    for section in &document.sections {
        words.push(section.heading.clone());
        words.extend(section.parts.iter().flat_map(of_part));
    }
    words.extend(document.footer.clone());
    words
}

fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(colour.get(at..at + 2).unwrap(), 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn both_layouts_can_be_filled() {
    let built_in = Templates::default();
    for filled in [text(&document(), &built_in), html(&document(), &built_in)] {
        assert!(filled.contains("MARK Warn"), "{filled}");
    }
}

#[test]
fn every_ink_stands_out_from_its_ground_in_light_and_dark() {
    for ink in INKS {
        assert!(contrast(ink.light, LIGHT) >= 4.5, "{:?} {}", ink.tone, contrast(ink.light, LIGHT));
        assert!(contrast(ink.dark, DARK) >= 4.5, "{:?} {}", ink.tone, contrast(ink.dark, DARK));
    }
}

#[test]
fn text_and_html_say_the_same_whole_and_in_order() {
    let document = document();
    let (text, html) = (text(&document, &Templates::default()), html(&document, &Templates::default()));
    let seen = crate::message::read(
        format!("From: a@example.com\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}").as_bytes(),
    );
    let seen = seen.reply_text.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words(&document) {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&word), "{word}\n{text}");
        let drawn = word == "What was broken when" && html.contains("alt=\"What was broken when\"");
        assert!(drawn || seen.contains(&word), "{word}\n{seen}");
    }
}

#[test]
fn what_a_stranger_wrote_is_shown_and_never_obeyed() {
    let html = html(&document(), &Templates::default());
    assert!(
        html.contains("&lt;b&gt;web01&lt;&#x2f;b&gt; &amp; MARK") || html.contains("&lt;b&gt;web01"),
        "{html}"
    );
    assert!(html.contains("Digest {{ 7 * 7 }}"), "{html}");
}

#[test]
fn the_html_keeps_to_what_every_mail_program_shows() {
    let html = html(&document(), &Templates::default());
    assert!(!html.is_empty());
    for word in ["float", "flex", "grid", "background-image", "url(", "http:", "https:", "<script", "<link"] {
        assert!(!html.contains(word), "{word}\n{html}");
    }
    for image in html.split("<img ").skip(1) {
        let image = image.split('>').next().unwrap();
        for attribute in ["src=\"cid:", "width=\"", "height=\"", "alt=\""] {
            assert!(image.contains(attribute), "{image}");
        }
    }
    let tables = html.matches("<table ").count();
    assert_eq!(tables, html.matches(" cellspacing=\"0\"").count());
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("name=\"color-scheme\""));
    assert!(html.find("2 broken now").unwrap() < html.find("<h1").unwrap(), "the preheader comes first");
}

/// The mistakes that a browser's tokenizer finds.
#[derive(Default)]
struct Mistakes(std::cell::RefCell<Vec<String>>);

impl TokenSink for Mistakes {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        if let Token::ParseError(error) = token {
            self.0.borrow_mut().push(format!("{line}: {error}"));
        }
        TokenSinkResult::Continue
    }
}

#[test]
fn a_browser_s_tokenizer_finds_no_mistake_in_the_html_and_every_tag_is_closed() {
    let html = html(&document(), &Templates::default());
    let input = BufferQueue::default();
    input.push_back(html.as_str().into());
    let tokenizer =
        Tokenizer::new(Mistakes::default(), TokenizerOpts { exact_errors: true, ..Default::default() });
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    assert_eq!(*tokenizer.sink.0.borrow(), Vec::<String>::new());
    for tag in ["table", "tr", "td", "th", "b", "h1", "h2", "div", "body", "html"] {
        let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}\n{html}");
    }
}
