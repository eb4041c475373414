//! Owns pictures of time: rows of bars over hours or days, as SVG and as PNG. What a colour says, a pattern says too.
//! Never knows what its rows are about. Without a font there is no picture.

mod svg;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::directory::Language;

pub use svg::{height, svg};

/// Width at which pictures are shown, in pixels.
pub const WIDTH: u32 = 600;
/// Pixels are drawn so many times as fine, for screens that show them so.
const FINE: f32 = 2.0;
/// Most rows of one picture.
pub const MOST_ROWS: usize = 24;

/// Rows over a stretch of time.
#[derive(Debug, Clone)]
pub struct Chart {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub to: Timestamp,
    /// The zone of the hours under it.
    pub zone: TimeZone,
    /// The language of its days.
    pub language: Language,
    /// The rows, from the top.
    pub rows: Vec<Row>,
    /// What the bars mean, for those that are there.
    pub legend: Vec<(Bar, String)>,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// What it is.
    pub label: String,
    /// Its bars.
    pub bars: Vec<(Timestamp, Timestamp, Bar)>,
    /// Moments in it.
    pub marks: Vec<(Timestamp, Mark)>,
}

/// What a bar says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    /// Broken, the worst kind.
    Broken,
    /// Broken, a lesser kind.
    Impaired,
    /// Told that it is broken, and so it is.
    ToldDown,
    /// Told that it works, and so it does.
    ToldWorking,
    /// Believing that it works while it is broken.
    Deceived,
    /// Believing that it is broken while it works.
    Behind,
}

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It was known.
    Detected,
    /// Somebody had it.
    Acknowledged,
    /// Somebody was told.
    Told,
}

/// The picture as PNG, twice as fine as it is shown. None without a font, or when it can't be drawn, which is a bug.
pub fn png(chart: &Chart, fonts: &[Arc<Vec<u8>>]) -> Option<Vec<u8>> {
    let mut options = Options::default();
    for font in fonts {
        options.fontdb_mut().load_font_data(font.to_vec());
    }
    let family = options.fontdb.faces().next()?.families.first()?.0.clone();
    options.fontdb_mut().set_sans_serif_family(family.clone());
    options.font_family = family;
    let tree = Tree::from_str(&svg(chart), &options).ok()?;
    let fine = |length: u32| length * FINE as u32;
    let mut pixels = Pixmap::new(fine(WIDTH), fine(height(chart)))?;
    resvg::render(&tree, Transform::from_scale(FINE, FINE), &mut pixels.as_mut());
    pixels.encode_png().ok()
}
