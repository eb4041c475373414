//! Owns how much stands in an element, and so which rows of a table are one line: `Host | web01`.
//! Never lays out tables: rows that don't fit on a line are read cell after cell.

use super::page::{Flow, Page};
use super::products::Role;

/// How much stands in a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Lines of text: none, one, or two for more.
    pub(super) lines: u8,
    /// Line ends or blocks are in it.
    breaks: bool,
    /// Blocks with text are in it.
    blocks: bool,
    /// Its text ends in a colon.
    pub(super) colon: bool,
}

/// The extents of all nodes.
pub(super) fn measure(page: &Page) -> Vec<Extent> {
    let mut extents = vec![Extent::default(); page.nodes.len()];
    for at in (0..page.nodes.len()).rev() {
        let extent = extent(page, at, &extents);
        if let Some(place) = extents.get_mut(at) {
            *place = extent;
        }
    }
    extents
}

fn extent(page: &Page, at: usize, extents: &[Extent]) -> Extent {
    let Some(node) = page.get(at) else { return Extent::default() };
    if node.flow == Flow::Text {
        let colon = node.words.trim_end().ends_with([':', '：']);
        return Extent { lines: u8::from(node.has_words()), colon, ..Extent::default() };
    }
    let mut whole = Extent { breaks: node.flow == Flow::Break, ..Extent::default() };
    let mut open = false;
    for child in page.children(at) {
        let (Some(part), Some(node)) = (extents.get(child), page.get(child)) else { continue };
        let apart = node.flow == Flow::Block || part.breaks;
        let joins = open && !apart && part.lines > 0;
        whole.lines = (whole.lines + part.lines - u8::from(joins)).min(2);
        whole.breaks |= apart;
        whole.blocks |= part.blocks || node.flow == Flow::Block && part.lines > 0;
        open = !apart && (open || part.lines > 0);
        whole.colon = if part.lines > 0 { part.colon } else { whole.colon };
    }
    let own_lines = node.is(&["blockquote", "dl", "li", "ol", "pre", "ul"]) || node.role != Role::Plain;
    let many = node.is(&["tr"]) && filled(page, at, extents).nth(1).is_some();
    if whole.lines > 0 && (own_lines || many) {
        whole.lines = 2;
    }
    whole
}

fn filled(page: &Page, row: usize, extents: &[Extent]) -> impl Iterator<Item = usize> {
    page.children(row).filter(|cell| extents.get(*cell).is_some_and(|extent| extent.lines > 0))
}

/// Whether a row is one line: more than one cell has text, and none but the last has more than a line of it.
pub(super) fn is_line(page: &Page, row: usize, extents: &[Extent]) -> bool {
    let cells: Vec<Extent> =
        filled(page, row, extents).filter_map(|cell| extents.get(cell).copied()).collect();
    let Some((last, others)) = cells.split_last() else { return false };
    !others.is_empty() && others.iter().all(|cell| cell.lines == 1) && (last.lines == 1 || !last.blocks)
}
