//! What every mail's HTML keeps to, so that Gmail, Outlook's Word engine, Apple Mail and phones show it alike, in the light
//! and in the dark. Judged by the mails and papers that are kept in `tests/`.

mod colour;
mod page;

use std::fs;
use std::path::{Path, PathBuf};

use html5ever::ParseOpts;
use html5ever::tendril::TendrilSink;
use html5ever::tokenizer::TokenizerOpts;

use firebell::document::{self, Answer, Document, Item, Part, Section, Tone};
use firebell::templates::Templates;
use page::{Page, Piece};

/// Gmail cuts off what is longer than 102 KB.
const LONGEST: usize = 100 * 1024;
/// What text needs to stand out from its ground (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;
/// What some program or other ignores, or shows as something else; or what is loaded from elsewhere.
const FORBIDDEN_STYLES: [&str; 9] =
    ["float", "flex", "grid", "position", "background-image", "url(", "calc(", "var(", "@import"];
const FORBIDDEN_ELEMENTS: [&str; 12] = [
    "script", "link", "form", "input", "button", "video", "audio", "iframe", "object", "svg", "picture",
    "base",
];

/// Everything that is wrong with a mail.
fn mistakes(html: &str, text: &str) -> Vec<String> {
    let page = Page::read(html);
    let mut found = ill_formed(html);
    found.extend(page.mistakes.iter().cloned());
    if html.len() > LONGEST {
        found.push(format!("{} bytes are too many for Gmail", html.len()));
    }
    found.extend(page.elements.iter().flat_map(of_element));
    for needed in ["lang=\"", "charset=\"utf-8\"", "name=\"color-scheme\"", "name=\"viewport\"", "<title>"] {
        if !html.contains(needed) {
            found.push(format!("{needed} is missing"));
        }
    }
    match page.pieces.first() {
        Some(first) if first.hidden && !first.text.trim().is_empty() => {}
        _ => found.push("nothing is there for a list of mails to show beside the subject".to_owned()),
    }
    found.extend(page.pieces.iter().filter(|piece| !piece.hidden).flat_map(of_colours));
    let (told, shown) = (words(&without_links(text)), words(&page.shown()));
    if let Some(at) = (0..told.len().max(shown.len())).find(|at| told.get(*at) != shown.get(*at)) {
        let around =
            |words: &[String]| words.iter().skip(at.saturating_sub(3)).take(8).cloned().collect::<Vec<_>>();
        found.push(format!("the text says {:?} where the HTML says {:?}", around(&told), around(&shown)));
    }
    found
}

/// What a browser's parser finds.
fn ill_formed(html: &str) -> Vec<String> {
    let tokenizer = TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() };
    let options = ParseOpts { tokenizer, ..ParseOpts::default() };
    let dom = html5ever::parse_document(html2text::RcDom::default(), options).one(html);
    dom.errors.borrow().iter().map(|error| format!("the parser says: {error}")).collect()
}

fn of_element(element: &page::Element) -> Vec<String> {
    let page::Element { name, attributes, .. } = element;
    let get = |name: &str| attributes.get(name).map(String::as_str).unwrap_or_default();
    let mut found = Vec::new();
    let mut wrong = |what: String| found.push(format!("<{name}>: {what}"));
    if FORBIDDEN_ELEMENTS.contains(&name.as_str()) {
        wrong("not every mail program has it".to_owned());
    }
    for style in FORBIDDEN_STYLES.iter().filter(|style| get("style").contains(**style)) {
        wrong(format!("the style {style} is not for mails"));
    }
    let needed: &[&str] = match name.as_str() {
        "table" => &["width", "cellpadding", "cellspacing", "border"],
        "img" => &["width", "height", "alt", "src"],
        "a" => &["href"],
        _ => &[],
    };
    for attribute in needed.iter().filter(|attribute| get(attribute).is_empty()) {
        wrong(format!("{attribute} is missing"));
    }
    if name == "a" && !get("href").starts_with("mailto:") {
        wrong(format!("leads to {}", get("href")));
    }
    if name == "img" && !get("src").starts_with("cid:") {
        wrong(format!("is loaded from {}", get("src")));
    }
    if attributes.contains_key("background") || attributes.keys().any(|name| name.starts_with("on")) {
        wrong("has an attribute that mail programs take out".to_owned());
    }
    found
}

fn of_colours(piece: &Piece) -> Vec<String> {
    let start: String = piece.text.trim().chars().take(30).collect();
    let of = |scheme: &str, ink: &str, ground: &str| {
        let contrast = colour::contrast(ink, ground);
        (contrast < CONTRAST).then(|| format!("\"{start}\" has a contrast of {contrast:.1} in the {scheme}"))
    };
    of("light", &piece.light.0, &piece.light.1)
        .into_iter()
        .chain(of("dark", &piece.dark.0, &piece.dark.1))
        .collect()
}

/// The text without addresses of links: HTML keeps them in attributes.
fn without_links(text: &str) -> String {
    text.lines().filter(|line| !line.trim().starts_with("<mailto:")).map(|line| format!("{line}\n")).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The HTML files in a folder of the tests, and their texts.
fn pages(folder: &str) -> Vec<(PathBuf, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "html"));
    files.sort();
    let read = |path: PathBuf| {
        let (html, text) =
            (fs::read_to_string(&path).unwrap(), fs::read_to_string(path.with_extension("txt")));
        (path, html, text.unwrap_or_default())
    };
    files.into_iter().map(read).collect()
}

fn judge(folder: &str, text_of: fn(&str) -> &str) {
    let pages = pages(folder);
    assert!(!pages.is_empty(), "{folder}");
    let wrong: Vec<String> = pages
        .iter()
        .flat_map(|(path, html, text)| {
            let name = path.file_name().unwrap_or_default().display().to_string();
            mistakes(html, text_of(text))
                .into_iter()
                .map(move |mistake| format!("{folder}/{name}: {mistake}\n"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn every_mail_s_html_holds_and_says_what_its_text_says() {
    // Above the text stand the headers.
    for folder in ["mails/en", "mails/ja"] {
        judge(folder, |file| file.split_once("\n\n").map_or("", |(_, text)| text));
    }
}

#[test]
fn every_digest_s_and_report_s_html_holds_and_says_what_its_text_says() {
    for folder in ["papers/night", "papers/report", "papers/silent"] {
        judge(folder, |file| file);
    }
}

/// What the kept papers don't have: pictures, for which there is no font, and all parts in one page.
#[test]
fn a_page_with_every_part_that_there_is_holds_too() {
    let item = Item {
        mark: "OPEN".to_owned(),
        tone: Tone::Bad,
        title: "INC-1".to_owned(),
        lines: vec!["a\nb".to_owned()],
    };
    let answer = Answer {
        word: "ack".to_owned(),
        meaning: "I have it".to_owned(),
        link: "mailto:incidents@example.com?body=ack".to_owned(),
    };
    let pair = ("Impact".to_owned(), "120 users".to_owned());
    let parts = vec![
        Part::Text { text: "One line\nand another".to_owned() },
        Part::Facts { rows: vec![pair] },
        Part::Items { items: vec![item] },
        Part::Table { head: vec!["Key".to_owned()], rows: vec![vec!["service-a".to_owned()]], whole: true },
        Part::Answers { answers: vec![answer] },
        Part::Picture {
            id: "period".to_owned(),
            alt: "Broken from 01:00 to 02:00".to_owned(),
            width: 600,
            height: 120,
        },
    ];
    let document = Document {
        language: "en",
        title: "Digest".to_owned(),
        preheader: "1 broken".to_owned(),
        lead: vec!["As of 09:00 JST".to_owned()],
        sections: vec![Section { heading: "Now".to_owned(), parts }],
        footer: vec!["Example Operations".to_owned()],
    };
    let templates = Templates::default();
    let (html, text) = (document::html(&document, &templates), document::text(&document, &templates));
    assert_eq!(mistakes(&html, &text), Vec::<String>::new());
    assert!(html.contains("<img "), "{html}");
}

/// A page with nothing wrong, and the same with one thing changed.
fn changed(from: &str, to: &str) -> Vec<String> {
    let page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>It</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
        <style>@media (prefers-color-scheme: dark) { .ground { background-color: #16181c !important; } \
        .plain { color: #e6e8eb !important; } }</style></head>\
        <body class=\"ground\" style=\"background-color:#ffffff\"><div style=\"display:none\">soon</div>\
        <table class=\"plain\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"color:#1f2328\">\
        <tr><td>It works<br><a href=\"mailto:a@example.com\" class=\"plain\" style=\"color:#1f2328\">yes</a>\
        <img src=\"cid:x\" width=\"1\" height=\"1\" alt=\"a bar\"></td></tr></table></body></html>";
    assert!(from.is_empty() || page.contains(from), "{from}");
    mistakes(
        &if from.is_empty() { page.to_owned() } else { page.replacen(from, to, 1) },
        "It works: yes.\n <mailto:a@x>\na bar",
    )
}

#[test]
fn the_lint_finds_what_is_planted_and_nothing_else() {
    assert_eq!(changed("", ""), Vec::<String>::new());
    let planted = [
        ("<td>", "<td style=\"float:left\">"),
        ("<td>", "<td style=\"background-image:x\">"),
        ("<td>", "<td><script>x</script>"),
        ("cid:x", "https://example.com/x.png"),
        ("mailto:a", "https://a"),
        (" alt=\"a bar\"", ""),
        ("<img src=\"cid:x\" width=\"1\"", "<img src=\"cid:x\""),
        (" cellpadding=\"0\"", ""),
        ("#1f2328", "#999999"),
        ("#e6e8eb", "#555555"),
        (" class=\"plain\" style=\"color:#1f2328\">yes", " style=\"color:#1f2328\">yes"),
        ("<div style=\"display:none\">soon</div>", ""),
        ("It works", "It broke"),
        ("</td></tr></table>", "</td></tr>"),
        ("<b", "<b class=\"a\" class=\"b\""),
        ("It works", "It&nbsp works"),
    ];
    for (from, to) in planted {
        assert!(!changed(from, to).is_empty(), "{from} -> {to}");
    }
}
