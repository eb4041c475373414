//! Owns HTML → text for what is too big or too deep to be built as a document: quotes are marked, what is no text is
//! left out, all else is read as it comes.
//! Never takes longer than by the length of the source.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use mail_parser::decoders::html::html_to_text;

use super::super::plain::clip;
use super::MOST_QUOTES;

/// A block quote begins or ends, alone on its line.
const QUOTE: &str = "\u{fdd3}";
const QUOTE_END: &str = "\u{fdd4}";

/// Most of a source that goes through the tokenizer, in bytes; it takes a tenth of a microsecond for each.
const MOST: usize = 4 * 1024 * 1024;

/// The text of HTML.
pub(super) fn to_text(html: &str) -> String {
    let near = clip(html, MOST);
    let end = if near.len() < html.len() { near.rfind('<').unwrap_or(near.len()) } else { near.len() };
    let (near, far) = html.split_at_checked(end).unwrap_or((html, ""));
    let source = BufferQueue::default();
    source.push_back(StrTendril::from_slice(near));
    let tokenizer = Tokenizer::new(Plain::default(), Default::default());
    // It stops for nothing but scripts, which are skipped.
    let _ = tokenizer.feed(&source);
    tokenizer.end();
    let text = quoted(&html_to_text(&tokenizer.sink.out.take()));
    if far.is_empty() { text } else { [text, html_to_text(far)].join("\n") }
}

/// The lines with `> ` before those between marks, and at most one blank line in a row.
fn quoted(text: &str) -> String {
    let mut depth = 0_usize;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        match line {
            QUOTE => depth += 1,
            QUOTE_END => depth = depth.saturating_sub(1),
            _ => {
                let line = format!("{}{line}", "> ".repeat(depth.min(MOST_QUOTES)));
                let blank = |line: &str| line.trim_matches(['>', ' ']).is_empty();
                if !blank(&line) || lines.last().is_some_and(|last| !blank(last)) {
                    lines.push(line.trim_end().to_owned());
                }
            }
        }
    }
    lines.join("\n")
}

/// Writes the source anew with nothing in it but text and line ends.
#[derive(Default)]
struct Plain {
    out: RefCell<String>,
    /// Within a style sheet and the like.
    unshown: Cell<bool>,
    /// Text stands on the line.
    written: Cell<bool>,
}

impl TokenSink for Plain {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => return self.tag(&tag),
            Token::CharacterTokens(text) if !self.unshown.get() => self.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Plain {
    fn text(&self, text: &str) {
        let mut out = self.out.borrow_mut();
        for c in text.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '&' => out.push_str("&amp;"),
                _ => out.push(c),
            }
        }
        self.written.set(self.written.get() || !text.trim().is_empty());
    }

    fn line_end(&self) {
        self.out.borrow_mut().push_str("<br>");
        self.written.set(false);
    }

    fn block(&self) {
        if self.written.get() {
            self.line_end();
        }
    }

    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let opens = tag.kind == TagKind::StartTag;
        let raw = match &*tag.name {
            "script" => Some(RawKind::ScriptData),
            "style" => Some(RawKind::Rawtext),
            "title" => Some(RawKind::Rcdata),
            _ => None,
        };
        match &*tag.name {
            "td" | "th" => self.out.borrow_mut().push(' '),
            "blockquote" => {
                self.block();
                self.out.borrow_mut().push_str(if opens { QUOTE } else { QUOTE_END });
                self.line_end();
            }
            "br" => self.line_end(),
            "dd" | "div" | "dt" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" | "ol" | "pre" | "table"
            | "tr" | "ul" => self.block(),
            "p" => {
                self.block();
                self.line_end();
            }
            _ => {}
        }
        self.unshown.set(raw.is_some() && opens);
        raw.filter(|_| opens).map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }
}
