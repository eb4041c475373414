//! Owns an HTML mail's elements in the order in which they are read, with what each means.
//! Never changes the document.

use std::io::{Error, ErrorKind, Result, Write};

use html2text::{Comment, Document, Element, Handle, RcDom};
use html5ever::{Attribute, LocalName};

use super::products::{self, Role};
use super::sight::{self, Sight};

/// How much of a text is looked at, in bytes, and of an element, in nodes.
const GLANCE: usize = 400;
const GLANCE_NODES: usize = 200;

/// How a node stands among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Characters, or a picture with words.
    Text,
    /// A forced line end.
    Break,
    /// An element in the line.
    Inline,
    /// An element on lines of its own.
    Block,
}

/// A node that a reader sees.
pub(super) struct Node {
    /// Itself, in the document.
    pub(super) handle: Handle,
    /// The place of the element it stands in.
    pub(super) parent: usize,
    /// The place behind all that stands in it.
    pub(super) end: usize,
    /// The element's name; empty for a text.
    pub(super) name: LocalName,
    /// How it stands.
    pub(super) flow: Flow,
    /// What a mail program says with it.
    pub(super) role: Role,
    /// A block quote that only indents, or a paragraph without space around it.
    pub(super) plain: bool,
    /// The beginning of a text, white space folded.
    pub(super) words: String,
    /// The place of the block it stands in; a block's own.
    block: usize,
}

impl Node {
    pub(super) fn is(&self, names: &[&str]) -> bool {
        names.contains(&&*self.name)
    }

    pub(super) fn has_words(&self) -> bool {
        !self.words.trim().is_empty()
    }
}

/// The nodes of a document, parents first.
pub(super) struct Page {
    pub(super) nodes: Vec<Node>,
}

impl Page {
    /// Reads a document. Without `hides`, also what a reader doesn't see.
    pub(super) fn read(dom: &RcDom, hides: bool) -> Self {
        let mut page = Self { nodes: Vec::new() };
        let mut open = vec![(dom.document.clone(), 0, false)];
        while let Some((handle, parent, tiny)) = open.pop() {
            let Some(tiny) = page.add(&handle, parent, tiny, hides) else { continue };
            let at = page.nodes.len() - 1;
            open.extend(handle.children.borrow().iter().rev().map(|child| (child.clone(), at, tiny)));
        }
        let mut ends: Vec<usize> = (1..=page.nodes.len()).collect();
        for at in (1..ends.len()).rev() {
            let (Some(end), Some(node)) = (ends.get(at).copied(), page.nodes.get(at)) else { continue };
            if let Some(outer) = ends.get_mut(node.parent) {
                *outer = end.max(*outer);
            }
        }
        page.nodes.iter_mut().zip(ends).for_each(|(node, end)| node.end = end);
        page
    }

    /// Adds a node; the answer is whether the text in it is tiny, None for a node that isn't seen.
    fn add(&mut self, handle: &Handle, parent: usize, tiny: bool, hides: bool) -> Option<bool> {
        let at = self.nodes.len();
        let mut node = Node {
            handle: handle.clone(),
            parent,
            end: at + 1,
            name: LocalName::default(),
            flow: Flow::Block,
            role: Role::Plain,
            plain: false,
            words: String::new(),
            block: self.nodes.get(parent).map_or(at, |parent| parent.block),
        };
        let mut small = tiny;
        match handle.data {
            Document => {}
            Comment { .. } => return None,
            Element { ref name, ref attrs, .. } => {
                let lower = Attributes::of(&attrs.borrow());
                let value = |wanted: &str| lower.value(wanted);
                match sight::of(&name.local, value) {
                    Sight::Hidden if hides || sight::UNSHOWN.contains(&&*name.local) => return None,
                    Sight::Tiny => small = true,
                    Sight::Sized => small = false,
                    _ => {}
                }
                node.name = name.local.clone();
                node.flow = flow(&name.local);
                node.role = products::role(&name.local, value);
                let ruled = || &*name.local == "div" && value("style").is_some_and(products::is_ruled);
                if node.role == Role::Plain && ruled() {
                    node.role = Role::Ruled;
                }
                node.plain = match &*name.local {
                    "blockquote" => products::is_indent(value),
                    "p" => products::is_tight(value),
                    _ => false,
                };
                if node.flow == Flow::Text {
                    node.words = value("alt").unwrap_or_default().to_owned();
                }
            }
            _ if tiny && hides => return None,
            _ => {
                node.flow = Flow::Text;
                node.words = glance(handle);
            }
        }
        if node.flow == Flow::Block {
            node.block = at;
        }
        self.nodes.push(node);
        Some(small)
    }

    pub(super) fn get(&self, at: usize) -> Option<&Node> {
        self.nodes.get(at)
    }

    /// What stands in an element.
    pub(super) fn inside(&self, at: usize) -> &[Node] {
        let end = self.nodes.get(at).map_or(0, |node| node.end);
        self.nodes.get(at + 1..end).unwrap_or_default()
    }

    /// The places of an element's own nodes.
    pub(super) fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(at).map_or(0, |node| node.end);
        let next = move |child: usize| self.nodes.get(child).map_or(end, |node| node.end);
        std::iter::successors(Some(at + 1), move |child| Some(next(*child)))
            .take_while(move |child| *child < end)
    }

    /// The first line of text in an element.
    pub(super) fn first_line(&self, at: usize) -> String {
        let mut line = String::new();
        let mut block = None;
        for node in self.inside(at).iter().take(GLANCE_NODES) {
            let ends = node.flow == Flow::Break || block.is_some_and(|block| block != node.block);
            if block.is_some() && ends || line.len() > GLANCE {
                break;
            }
            line.push_str(&node.words);
            if node.has_words() {
                block = Some(node.block);
            }
        }
        line.trim().to_owned()
    }

    /// The text of some nodes on one line, its beginning.
    pub(super) fn text(nodes: &[Node]) -> String {
        let mut text = String::new();
        for node in nodes.iter().take(GLANCE_NODES) {
            if text.len() > GLANCE {
                break;
            }
            if node.flow != Flow::Text && node.flow != Flow::Inline {
                text.push(' ');
            }
            text.push_str(&node.words);
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An element's attributes, in lower case.
struct Attributes(Vec<(LocalName, String)>);

impl Attributes {
    fn of(attributes: &[Attribute]) -> Self {
        let lower = |one: &Attribute| (one.name.local.clone(), one.value.to_lowercase());
        Self(attributes.iter().map(lower).collect())
    }

    fn value(&self, wanted: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| &**name == wanted).map(|(_, value)| value.as_str())
    }
}

fn flow(name: &str) -> Flow {
    match name {
        "br" => Flow::Break,
        "img" => Flow::Text,
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "center" | "dd" | "details"
        | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2"
        | "h3" | "h4" | "h5" | "h6" | "header" | "hr" | "html" | "legend" | "li" | "main" | "nav" | "ol"
        | "option" | "p" | "pre" | "section" | "signature" | "summary" | "table" | "tbody" | "td"
        | "tfoot" | "th" | "thead" | "tr" | "ul" => Flow::Block,
        _ => Flow::Inline,
    }
}

/// The beginning of a text, white space folded. The document shows a text only in writing it out.
fn glance(handle: &Handle) -> String {
    let mut glance = Glance(Vec::new());
    // An error only says that there is more.
    let _ = handle.serialize(&mut glance);
    let text = String::from_utf8_lossy(&glance.0).into_owned();
    if !text.contains('&') {
        return text;
    }
    text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Takes a text's first bytes and folds its white space.
struct Glance(Vec<u8>);

impl Write for Glance {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        for byte in bytes {
            let space = byte.is_ascii_whitespace();
            if !space || self.0.last() != Some(&b' ') {
                self.0.push(if space { b' ' } else { *byte });
            }
            if self.0.len() > GLANCE {
                return Err(Error::from(ErrorKind::WriteZero));
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
