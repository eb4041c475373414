//! A page's elements and its text, with the colours that each piece of it has in the light and in the dark.

use std::cell::RefCell;
use std::collections::BTreeMap;

use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// Elements without an end.
const VOID: [&str; 4] = ["br", "img", "meta", "hr"];

/// An element as it begins.
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
}

/// Some text, with its ink and its ground.
#[derive(Debug, Clone, Default)]
pub struct Piece {
    pub text: String,
    pub hidden: bool,
    pub light: (String, String),
    pub dark: (String, String),
}

#[derive(Default)]
pub struct Page {
    pub elements: Vec<Element>,
    pub pieces: Vec<Piece>,
    /// Elements that end where none began, or never.
    pub mistakes: Vec<String>,
    /// What is open now: the name, and how its text looks.
    open: Vec<(String, Piece)>,
    style: String,
    /// The text goes on: no tag came since its last part.
    goes_on: bool,
}

struct Sink(RefCell<Page>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        page.goes_on &= matches!(token, Token::CharacterTokens(_));
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => page.begin(&tag),
            Token::TagToken(tag) => page.end(&tag.name),
            Token::CharacterTokens(text) => page.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Page {
    pub fn read(html: &str) -> Self {
        let input = BufferQueue::default();
        input.push_back(html.into());
        let tokenizer = Tokenizer::new(Sink(RefCell::default()), TokenizerOpts::default());
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        let mut page = tokenizer.sink.0.into_inner();
        let open: Vec<String> = page.open.drain(..).map(|(name, _)| name).collect();
        page.mistakes.extend(open.iter().map(|name| format!("<{name}> never ends")));
        page
    }

    /// What a reader sees.
    pub fn shown(&self) -> String {
        self.pieces.iter().filter(|piece| !piece.hidden).map(|piece| format!("{} ", piece.text)).collect()
    }

    fn begin(&mut self, tag: &Tag) {
        let name = tag.name.to_string();
        let attributes: BTreeMap<String, String> =
            tag.attrs.iter().map(|it| (it.name.local.to_string(), it.value.to_string())).collect();
        let mut look = self.open.last().map(|(_, look)| look.clone()).unwrap_or_default();
        let get = |name: &str| attributes.get(name).cloned().unwrap_or_default();
        let style = get("style");
        look.hidden |=
            property(&style, "display") == Some("none") || ["head", "style", "title"].contains(&&*name);
        for (which, property_name) in [("ink", "color"), ("ground", "background-color")] {
            let Some(colour) = property(&style, property_name) else { continue };
            let in_the_dark =
                get("class").split(' ').find_map(|class| self.in_the_dark(class, property_name));
            // What nothing changes in the dark stays as it is.
            let in_the_dark = in_the_dark.unwrap_or_else(|| colour.to_owned());
            match which {
                "ink" => (look.light.0, look.dark.0) = (colour.to_owned(), in_the_dark),
                _ => (look.light.1, look.dark.1) = (colour.to_owned(), in_the_dark),
            }
        }
        if name == "img" {
            self.pieces.push(Piece { text: get("alt"), ..look.clone() });
        }
        if !VOID.contains(&&*name) {
            self.open.push((name.clone(), look));
        }
        self.elements.push(Element { name, attributes });
    }

    fn end(&mut self, name: &str) {
        match self.open.pop() {
            Some((open, _)) if open == name => {}
            other => self.mistakes.push(format!("</{name}> ends {:?}", other.map(|(name, _)| name))),
        }
    }

    fn text(&mut self, text: &str) {
        match self.open.last() {
            Some((name, _)) if name == "style" => self.style.push_str(text),
            Some((_, look)) if !self.open.iter().any(|(name, _)| name == "head") => {
                match self.pieces.last_mut().filter(|_| self.goes_on) {
                    Some(piece) => piece.text.push_str(text),
                    None if text.trim().is_empty() => return,
                    None => self.pieces.push(Piece { text: text.to_owned(), ..look.clone() }),
                }
                self.goes_on = true;
            }
            _ => {}
        }
    }

    /// `.quiet { color: #a3abb5 !important; }` of the style sheet for the dark.
    fn in_the_dark(&self, class: &str, name: &str) -> Option<String> {
        let (_, dark) = self.style.split_once("prefers-color-scheme: dark")?;
        let (_, rest) = dark.split_once(&format!(".{class} {{"))?;
        let (rule, _) = rest.split_once('}')?;
        property(rule, name).map(|value| value.trim_end_matches("!important").trim().to_owned())
    }
}

/// A property's value in a style.
fn property<'a>(style: &'a str, name: &str) -> Option<&'a str> {
    let pairs = style.split(';').filter_map(|pair| pair.split_once(':'));
    pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim()).next_back()
}
