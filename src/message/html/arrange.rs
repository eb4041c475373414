//! Owns giving an HTML mail's document the form in which it becomes text: what mail programs mark as quoted becomes a block
//! quote, signatures and the headers of originals get a mark, forwards stay as they are, rows of tables become lines.
//! Never loses a word that a reader sees. Takes time by the document's length, never by its depth.

use html2text::{Handle, RcDom, ns};
use html5ever::interface::{ElementFlags, NodeOrText, TreeSink};
use html5ever::{LocalName, QualName};

use super::super::lines::{self, Kind, classify};
use super::MOST_QUOTES;
use super::marks::{ORIGINAL, SIGNATURE, SIGNATURE_END, is_labelled};
use super::page::{Flow, Node, Page};
use super::products::Role;
use super::tables::{self, Extent};

/// How far back the line above a block quote is looked for, in nodes.
const ABOVE: usize = 20;

/// What becomes of an element itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// It stays.
    Keep,
    /// Another with lines of its own and nothing else takes its place.
    Block,
    /// What is in it takes its place.
    Splice,
    /// A table's row of one line.
    Row,
}

/// What is put around an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Quote,
    Signature,
    Original,
}

/// What becomes of a node.
#[derive(Debug, Clone, Copy)]
struct Shape {
    base: Base,
    around: Around,
    /// What stands in it before this place is quoted.
    lead: Option<usize>,
    /// Block quotes around its content.
    depth: usize,
}

impl Shape {
    const UNSHAPED: Self = Self { base: Base::Keep, around: Around::Nothing, lead: None, depth: 0 };
}

/// Changes a document. Without `hides`, also what a reader doesn't see becomes text.
pub(super) fn arrange(dom: &RcDom, hides: bool) {
    let page = Page::read(dom, hides);
    let extents = tables::measure(&page);
    let shapes = vec![Shape::UNSHAPED; page.nodes.len()];
    let mut plan = Plan { page, extents, shapes, settled: 0, flat: 0, old: false };
    plan.decide();
    plan.rebuild(dom);
}

struct Plan {
    page: Page,
    extents: Vec<Extent>,
    shapes: Vec<Shape>,
    /// Up to this place it is known what is quoted.
    settled: usize,
    /// Up to this place all stands on one line.
    flat: usize,
    /// The header of the original was seen: nothing below is the author's.
    old: bool,
}

impl Plan {
    fn decide(&mut self) {
        for at in 0..self.page.nodes.len() {
            let Some(node) = self.page.get(at) else { return };
            let (end, role, depth) = (node.end, node.role, self.shape(node.parent).depth);
            let quotable = node.is(&["blockquote"]) && !node.plain && depth < MOST_QUOTES;
            let mut base = self.base(at);
            let mut around = Around::Nothing;
            let open = at >= self.settled.max(self.flat) && !self.old;
            if open && quotable && self.forwards(at) {
                (base, self.settled) = (Base::Block, end);
            } else if open && !quotable && role != Role::Plain {
                around = self.around(at, role);
            }
            let quotes = base == Base::Keep && quotable || around == Around::Quote;
            if quotes {
                self.settled = self.settled.max(end);
            }
            if let Some(shape) = self.shapes.get_mut(at) {
                *shape = Shape { base, around, depth: depth + usize::from(quotes), ..*shape };
            }
        }
    }

    fn shape(&self, at: usize) -> Shape {
        self.shapes.get(at).copied().unwrap_or(Shape::UNSHAPED)
    }

    fn extent(&self, at: usize) -> Extent {
        self.extents.get(at).copied().unwrap_or_default()
    }

    /// What becomes of an element, whatever it means.
    fn base(&mut self, at: usize) -> Base {
        let Some(node) = self.page.get(at) else { return Base::Keep };
        if at < self.flat {
            return if node.flow == Flow::Text { Base::Keep } else { Base::Splice };
        }
        match &*node.name {
            "" => Base::Keep,
            "td" | "th" if self.shape(node.parent).base == Base::Row => {
                if self.extent(at).lines == 1 {
                    self.flat = node.end;
                }
                Base::Splice
            }
            "tr" if tables::is_line(&self.page, at, &self.extents) => Base::Row,
            "tbody" | "tfoot" | "thead" => Base::Splice,
            "blockquote" if node.plain || self.shape(node.parent).depth >= MOST_QUOTES => Base::Block,
            "p" if node.plain => Base::Block,
            _ if node.flow == Flow::Block && !node.is(&KNOWN) => Base::Block,
            _ => Base::Keep,
        }
    }

    /// What is put around an element for what a mail program says with it.
    fn around(&mut self, at: usize, role: Role) -> Around {
        let end = self.page.get(at).map_or(0, |node| node.end);
        let line = self.page.first_line(at);
        let labelled = is_labelled(&line);
        let forwards = role != Role::Signature && lines::marks::after_mark(&line).is_some();
        if role == Role::Forward || forwards {
            self.settled = end;
            return Around::Nothing;
        }
        let quoted = !line.is_empty();
        match role {
            Role::Original => {
                self.old = labelled;
                Around::Original
            }
            Role::Reference | Role::Ruled if labelled => {
                self.old = true;
                Around::Original
            }
            Role::Reference if quoted => Around::Quote,
            Role::Attribution if quoted && !is_attribution(self.page.inside(at)) => Around::Quote,
            Role::Quote if quoted => self.container(at),
            Role::Signature if quoted => {
                self.settled = end;
                Around::Signature
            }
            _ => Around::Nothing,
        }
    }

    /// A container of a quote. What stands above the first block quote in it is its attribution, in whatever language;
    /// what stands below may be an answer.
    fn container(&mut self, at: usize) -> Around {
        let inside = self.page.inside(at);
        let first = inside.iter().position(|node| node.is(&["blockquote"]) && !node.plain);
        let Some(length) = first else { return Around::Quote };
        let above = inside.get(..length).unwrap_or_default();
        let plain = is_attribution(above) || Page::text(above).is_empty();
        self.settled = at + 1 + length;
        let mut child = self.settled;
        while child > at && !plain {
            let parent = self.page.get(child).map_or(at, |node| node.parent);
            if let Some(shape) = self.shapes.get_mut(parent) {
                shape.lead = Some(child);
            }
            child = parent;
        }
        Around::Nothing
    }

    /// Whether a block quote holds a forwarded mail with its mark, and not the quote of an answer.
    fn forwards(&self, at: usize) -> bool {
        if lines::marks::after_mark(&self.page.first_line(at)).is_none() {
            return false;
        }
        let above = self.page.nodes.iter().take(at).rev().take(ABOVE).find(|node| node.has_words());
        above.is_none_or(|node| !node.words.trim_end().ends_with([':', '：']))
    }

    /// Puts the document together anew, what is inside first.
    fn rebuild(&self, dom: &RcDom) {
        let mut built: Vec<Vec<Handle>> = Vec::new();
        built.resize_with(self.page.nodes.len(), Vec::new);
        for at in (0..built.len()).rev() {
            let Some(node) = self.page.get(at) else { continue };
            // A node that is dropped takes those below it with it, wherever else they stand.
            node.handle.children.borrow_mut().clear();
            let children = self.children(dom, at, &mut built);
            let shape = self.shape(at);
            let inner = match shape.base {
                Base::Splice => children,
                _ if node.role == Role::Delimiter => vec![line(dom, "--")],
                _ if node.is(&["hr"]) => vec![element(dom, "br", Vec::new())],
                Base::Block | Base::Row => vec![element(dom, "div", children)],
                Base::Keep => {
                    *node.handle.children.borrow_mut() = children;
                    vec![node.handle.clone()]
                }
            };
            let whole = match shape.around {
                Around::Nothing => inner,
                Around::Quote => vec![element(dom, "blockquote", inner)],
                Around::Original => [vec![line(dom, ORIGINAL)], inner].concat(),
                Around::Signature => {
                    [vec![line(dom, SIGNATURE)], inner, vec![line(dom, SIGNATURE_END)]].concat()
                }
            };
            if let Some(place) = built.get_mut(at) {
                *place = whole;
            }
        }
    }

    /// What stands in an element.
    fn children(&self, dom: &RcDom, at: usize, built: &mut [Vec<Handle>]) -> Vec<Handle> {
        let shape = self.shape(at);
        let item = self.page.get(at).and_then(|node| match &*node.name {
            "dl" => Some("dd"),
            "ol" | "ul" => Some("li"),
            _ => None,
        });
        let mut children: Vec<Handle> = Vec::new();
        let mut separator = None;
        for child in self.page.children(at) {
            if shape.lead == Some(child) && !children.is_empty() {
                children = vec![element(dom, "blockquote", children)];
            }
            let mut parts = built.get_mut(child).map(std::mem::take).unwrap_or_default();
            let extent = self.extent(child);
            // The renderer drops what is no item.
            if let Some(item) = item.filter(|_| !self.page.get(child).is_some_and(is_item)) {
                match children.last() {
                    _ if extent.lines == 0 => {}
                    Some(item) => item.children.borrow_mut().extend(parts),
                    None => children.push(element(dom, item, parts)),
                }
                continue;
            }
            if shape.base == Base::Row && extent.lines > 0 {
                let before = separator.replace(if extent.colon { " " } else { " | " });
                children.extend(before.map(|text| written(dom, "span", text)));
            }
            children.append(&mut parts);
        }
        children
    }
}

/// Blocks that the renderer knows as such.
const KNOWN: [&str; 18] = [
    "blockquote",
    "body",
    "dd",
    "div",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "html",
    "li",
    "ol",
    "p",
    "pre",
    "ul",
];

fn is_item(node: &Node) -> bool {
    node.is(&["dd", "dt", "li"])
}

/// Whether some nodes are an attribution as the lines of plain mails know it.
fn is_attribution(nodes: &[Node]) -> bool {
    classify(&[Page::text(nodes).as_str(), "> "]).first() == Some(&Kind::Attribution)
}

fn element(dom: &RcDom, name: &str, children: Vec<Handle>) -> Handle {
    let name = QualName::new(None, ns!(html), LocalName::from(name));
    let element = dom.create_element(name, Vec::new(), ElementFlags::default());
    *element.children.borrow_mut() = children;
    element
}

fn written(dom: &RcDom, name: &str, text: &str) -> Handle {
    let element = element(dom, name, Vec::new());
    dom.append(&element, NodeOrText::AppendText(text.into()));
    element
}

/// A line of its own.
fn line(dom: &RcDom, text: &str) -> Handle {
    written(dom, "div", text)
}
