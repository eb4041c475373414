//! Owns lines: which font has which letter, how wide it is, and where a text goes on in the next line.

use std::ops::Range;
use std::sync::Arc;

use ttf_parser::Face;

/// The fonts of a site, in their order: the first that has a letter gives it.
pub(super) struct Fonts<'a> {
    pub(super) data: Vec<Arc<Vec<u8>>>,
    faces: Vec<Face<'a>>,
}

/// A letter as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    pub(super) id: u16,
    /// Where it stands in the text of its run.
    pub(super) range: Range<usize>,
    /// How wide it is, in sizes of its letters.
    pub(super) advance: f32,
}

/// Letters of one font.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Run {
    pub(super) font: usize,
    pub(super) text: String,
    pub(super) glyphs: Vec<Glyph>,
}

impl Run {
    pub(super) fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

impl<'a> Fonts<'a> {
    /// None without any, or with one that is none.
    pub(super) fn read(data: &'a [Arc<Vec<u8>>]) -> Option<Self> {
        let faces = data.iter().map(|data| Face::parse(data, 0).ok()).collect::<Option<Vec<_>>>()?;
        (!faces.is_empty()).then(|| Self { data: data.to_vec(), faces })
    }

    /// The font that has a letter, its number there, and its width. What none has is shown as the first one shows it.
    fn letter(&self, letter: char) -> (usize, u16, f32) {
        let has = |(font, face): (usize, &Face<'_>)| Some((font, face.glyph_index(letter)?));
        let (font, id) = self.faces.iter().enumerate().find_map(has).unwrap_or((0, ttf_parser::GlyphId(0)));
        let advance = self.faces.get(font).map_or(0.0, |face| {
            f32::from(face.glyph_hor_advance(id).unwrap_or(0)) / f32::from(face.units_per_em().max(1))
        });
        (font, id.0, advance)
    }

    /// A text in one line.
    pub(super) fn runs(&self, text: &str) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for letter in text.chars() {
            let (font, id, advance) = self.letter(letter);
            if runs.last().is_none_or(|run| run.font != font) {
                runs.push(Run { font, ..Run::default() });
            }
            if let Some(run) = runs.last_mut() {
                let start = run.text.len();
                run.text.push(letter);
                run.glyphs.push(Glyph { id, range: start..run.text.len(), advance });
            }
        }
        runs
    }
}

/// A text in lines of at most this width, in sizes of its letters. Its own lines stay lines; words are kept whole where they
/// fit, Japanese goes on anywhere but before or behind what must not be parted.
pub(super) fn fit(fonts: &Fonts<'_>, text: &str, width: f32) -> Vec<Vec<Run>> {
    text.split('\n').flat_map(|line| broken(fonts, line, width)).map(|line| fonts.runs(&line)).collect()
}

fn broken(fonts: &Fonts<'_>, text: &str, width: f32) -> Vec<String> {
    let (mut lines, mut line, mut taken) = (Vec::new(), String::new(), 0.0);
    for piece in pieces(text) {
        let wide: f32 = piece.chars().map(|letter| fonts.letter(letter).2).sum();
        let shown: f32 = piece.trim_end().chars().map(|letter| fonts.letter(letter).2).sum();
        if taken + shown > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            taken = 0.0;
        }
        // A word longer than a line is parted anywhere.
        for letter in piece.chars() {
            let wide = fonts.letter(letter).2;
            if shown > width && taken + wide > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                taken = 0.0;
            }
            line.push(letter);
            taken += if shown > width { wide } else { 0.0 };
        }
        taken += if shown > width { 0.0 } else { wide };
    }
    lines.push(line.trim_end().to_owned());
    lines
}

/// What is never parted: words with the blanks behind them, letters of Japanese with the marks that belong to them (UAX #14).
fn pieces(text: &str) -> Vec<&str> {
    let mut start = 0;
    let piece = |(end, _)| text.get(std::mem::replace(&mut start, end)..end);
    unicode_linebreak::linebreaks(text).filter_map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words_and_japanese_letters_and_never_before_a_stop() {
        assert_eq!(pieces("a pool  is"), ["a ", "pool  ", "is"]);
        assert_eq!(pieces("接続。\u{ff08}再\u{ff09}A1"), ["接", "続。", "\u{ff08}再\u{ff09}", "A1"]);
        assert_eq!(pieces(""), [""; 0]);
    }
}
