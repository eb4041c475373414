//! Owns what stands for a mail program's containers in the text: `-- ` above a signature, Outlook's ruler above the
//! header of an original. They go through the renderer as characters that no text has (Unicode 23.7, noncharacters).
//! Never marks a signature below which the author goes on.

use super::super::lines::{Kind, classify};

/// Above a signature, alone on its line.
pub(super) const SIGNATURE: &str = "\u{fdd0}";
/// Below a signature.
pub(super) const SIGNATURE_END: &str = "\u{fdd1}";
/// Above the header of an original.
pub(super) const ORIGINAL: &str = "\u{fdd2}";

/// Drawn above the header of an original, as Outlook does it in plain text.
const RULER: &str = "________________________________";
/// Longest label of a header line, in characters.
const LONGEST_LABEL: usize = 30;

/// The rendered text with its marks replaced.
pub(super) fn resolve(text: &str) -> String {
    let mut marked = Marked::default();
    for line in text.lines().map(str::trim_end) {
        match line.trim_start() {
            SIGNATURE => marked.open = Some(marked.lines.len()),
            SIGNATURE_END => {
                let range = marked.open.take().map(|start| start..marked.lines.len());
                marked.signatures.extend(range.filter(|range| !range.is_empty()));
            }
            ORIGINAL => marked.originals.push(marked.lines.len()),
            _ => marked.lines.push(line),
        }
    }
    marked.into_text()
}

/// Whether a line is one of a header: `From: …`, in whatever language.
pub(super) fn is_labelled(line: &str) -> bool {
    let label = line.split_once([':', '：']).map(|(label, _)| label.trim());
    let is_word =
        |label: &str| !label.is_empty() && !label.contains(|c: char| c.is_ascii_digit() || c == '>');
    label.is_some_and(|label| is_word(label) && label.chars().count() <= LONGEST_LABEL)
}

#[derive(Default)]
struct Marked<'a> {
    lines: Vec<&'a str>,
    /// Where a signature began that is not yet ended.
    open: Option<usize>,
    signatures: Vec<std::ops::Range<usize>>,
    /// Lines above which an original's header may begin.
    originals: Vec<usize>,
}

impl<'a> Marked<'a> {
    fn into_text(self) -> String {
        let rulers = self.rulers();
        let delimiters = if self.signatures.is_empty() { Vec::new() } else { self.delimiters(&rulers) };
        let mut out: Vec<&str> = Vec::with_capacity(self.lines.len());
        let (mut rulers, mut delimiters) = (rulers.into_iter().peekable(), delimiters.into_iter().peekable());
        for (at, line) in self.lines.iter().enumerate() {
            if rulers.next_if_eq(&at).is_some() {
                out.push(RULER);
            }
            if delimiters.next_if_eq(&at).is_some() {
                let end = out.iter().rposition(|line| !is_blank(line)).map_or(0, |at| at + 1);
                let drawn = out.get(end.saturating_sub(1)).is_some_and(|line| is_dash(line));
                out.truncate(if drawn { end - 1 } else { out.len() });
                out.push("-- ");
                if is_dash(line) {
                    continue;
                }
            }
            out.push(line);
        }
        out.join("\n")
    }

    /// The lines above which a ruler is drawn.
    fn rulers(&self) -> Vec<usize> {
        let next = |at: &usize| {
            let below = self.lines.iter().skip(*at).take(4).position(|line| !is_blank(line))?;
            self.lines.get(at + below).filter(|line| is_labelled(line)).map(|_| at + below)
        };
        let mut rulers: Vec<usize> = self.originals.iter().filter_map(next).collect();
        rulers.dedup();
        rulers
    }

    /// The lines above which `-- ` is written: the first of each signature that nothing of the author's follows, up to
    /// the next quote or original.
    fn delimiters(&self, rulers: &[usize]) -> Vec<usize> {
        let mut kinds = classify(&self.lines);
        for range in &self.signatures {
            kinds.iter_mut().take(range.end).skip(range.start).for_each(|kind| *kind = Kind::Blank);
        }
        for at in rulers {
            if let Some(kind) = kinds.get_mut(*at) {
                *kind = Kind::Block;
            }
        }
        let mut written = false;
        let mut below = vec![false; kinds.len() + 1];
        for (kind, below) in kinds.iter().zip(&mut below).rev() {
            written = match kind {
                Kind::Text => true,
                Kind::Blank => written,
                _ => false,
            };
            *below = written;
        }
        let ends = self.signatures.iter().filter(|range| below.get(range.end) == Some(&false));
        let first = |range: std::ops::Range<usize>| {
            let skipped = self.lines.get(range.clone())?.iter().position(|line| !is_blank(line))?;
            Some(range.start + skipped)
        };
        ends.cloned().filter_map(first).collect()
    }
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn is_dash(line: &str) -> bool {
    matches!(line.trim(), "--" | "—")
}
