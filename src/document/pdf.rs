//! Owns documents as PDF: what stands where on which page. Letters come from the fonts that the site names, and only those
//! that are used go along. Metadata are the title and the language, which the document shows anyway, and no time.
//! On failure there is no PDF, never a broken one.

mod lines;

use std::sync::Arc;

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::{Document, Image, Item, Part, Section};
use lines::{Fonts, Run, fit};

/// A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 56.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Where the lines of a page end; the number of the page stands below.
const BOTTOM: f32 = PAGE.1 - MARGIN;
const BODY: f32 = 10.0;
const SMALL: f32 = 8.5;
/// From one line to the next, in sizes of its letters.
const LEADING: f32 = 1.5;
/// The share of the width that names of facts and times of tables have.
const NAMES: f32 = 0.32;
const INDENT: f32 = 12.0;

/// What stands on a page.
enum Mark {
    /// A line of letters: its left end, its base, its size, and whether it is less important.
    Line(f32, f32, f32, bool, Vec<Run>),
    /// A rule across the page.
    Rule(f32),
    /// A picture: its top and height, and its place among the pictures.
    Picture(f32, f32, usize),
}

/// Pages in the making.
struct Pages<'a> {
    fonts: &'a Fonts<'a>,
    pages: Vec<Vec<Mark>>,
    at: f32,
}

/// The document as PDF; None without fonts.
pub fn pdf(document: &Document, images: &[Image], fonts: &[Arc<Vec<u8>>]) -> Option<Vec<u8>> {
    let fonts = Fonts::read(fonts)?;
    let mut pages = Pages { fonts: &fonts, pages: vec![Vec::new()], at: MARGIN };
    pages.whole(document, images);
    let faces =
        fonts.data.iter().map(|data| Font::new(Arc::clone(data).into(), 0)).collect::<Option<Vec<_>>>()?;
    let pictures = images
        .iter()
        .map(|image| krilla::image::Image::from_png(image.png.clone().into(), true).ok())
        .collect::<Option<Vec<_>>>()?;
    let mut pdf = krilla::Document::new();
    let count = pages.pages.len();
    for (number, marks) in (1..).zip(&pages.pages) {
        let mut page = pdf.start_page_with(PageSettings::from_wh(PAGE.0, PAGE.1)?);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, &faces, &pictures)?;
        }
        let number = fonts.runs(&format!("{number} / {count}"));
        draw(
            &mut surface,
            &Mark::Line(PAGE.0 / 2.0 - 12.0, PAGE.1 - MARGIN / 2.0, SMALL, true, number),
            &faces,
            &[],
        )?;
        surface.finish();
        page.finish();
    }
    let metadata = Metadata::new().title(document.title.clone()).language(document.language.to_owned());
    pdf.set_metadata(metadata);
    pdf.finish().ok()
}

fn draw(
    surface: &mut Surface<'_>,
    mark: &Mark,
    faces: &[Font],
    pictures: &[krilla::image::Image],
) -> Option<()> {
    match mark {
        Mark::Line(x, y, size, quiet, runs) => {
            let grey = if *quiet { 90 } else { 25 };
            surface
                .set_fill(Some(Fill { paint: rgb::Color::new(grey, grey, grey).into(), ..Fill::default() }));
            let mut x = *x;
            for run in runs {
                let glyphs: Vec<KrillaGlyph> = run
                    .glyphs
                    .iter()
                    .map(|glyph| KrillaGlyph {
                        glyph_id: GlyphId::new(u32::from(glyph.id)),
                        text_range: glyph.range.clone(),
                        x_advance: glyph.advance,
                        x_offset: 0.0,
                        y_offset: 0.0,
                        y_advance: 0.0,
                        location: None,
                    })
                    .collect();
                let font = faces.get(run.font)?.clone();
                surface.draw_glyphs(Point::from_xy(x, *y), &glyphs, font, &run.text, *size, false);
                x += run.width() * size;
            }
        }
        Mark::Rule(y) => {
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(MARGIN, *y, WIDTH, 0.5)?);
            surface.set_fill(Some(Fill { paint: rgb::Color::new(138, 145, 155).into(), ..Fill::default() }));
            surface.draw_path(&path.finish()?);
        }
        Mark::Picture(y, height, index) => {
            surface.push_transform(&Transform::from_translate(MARGIN, *y));
            surface.draw_image(pictures.get(*index)?.clone(), Size::from_wh(WIDTH, *height)?);
            surface.pop();
        }
    }
    Some(())
}

impl Pages<'_> {
    fn whole(&mut self, document: &Document, images: &[Image]) {
        self.text(&document.title, (0.0, WIDTH), 16.0, false);
        self.at += 4.0;
        for line in &document.lead {
            self.text(line, (0.0, WIDTH), SMALL, true);
        }
        for section in &document.sections {
            self.section(section, images);
        }
        self.at += 18.0;
        for line in &document.footer {
            self.text(line, (0.0, WIDTH), SMALL, true);
        }
    }

    fn section(&mut self, section: &Section, images: &[Image]) {
        self.at += 14.0;
        // A heading stands with what follows it.
        self.room_for(12.0 * LEADING + 2.0 * BODY * LEADING);
        self.text(&section.heading, (0.0, WIDTH), 12.0, false);
        self.mark(Mark::Rule(self.at - 1.0));
        self.at += 4.0;
        for part in &section.parts {
            self.part(part, images);
        }
    }

    fn part(&mut self, part: &Part, images: &[Image]) {
        match part {
            Part::Text { text } => self.text(text, (0.0, WIDTH), BODY, false),
            Part::Facts { rows } => {
                rows.iter().for_each(|(name, value)| self.row(&[name.clone(), value.clone()]));
            }
            Part::Items { items } => items.iter().for_each(|item| self.item(item)),
            Part::Table { head, rows, .. } => {
                self.row(head);
                rows.iter().for_each(|row| self.row(row));
            }
            Part::Picture { id, width, height, .. } => {
                let index = images.iter().position(|image| &image.id == id);
                if let Some(index) = index {
                    let height = WIDTH * *height as f32 / (*width).max(1) as f32;
                    self.at += 6.0;
                    self.room_for(height);
                    self.mark(Mark::Picture(self.at, height, index));
                    self.at += height + 6.0;
                }
            }
            // Nobody answers paper.
            Part::Answers { .. } => {}
        }
    }

    fn item(&mut self, item: &Item) {
        let title =
            if item.mark.is_empty() { item.title.clone() } else { format!("[{}] {}", item.mark, item.title) };
        self.text(&title, (0.0, WIDTH), BODY, false);
        item.lines.iter().for_each(|line| self.text(line, (INDENT, WIDTH - INDENT), BODY, false));
    }

    /// Cells side by side; the first is as wide as names are. What is too long for its cell goes on below.
    fn row(&mut self, cells: &[String]) {
        let rest = (WIDTH * (1.0 - NAMES)) / cells.len().saturating_sub(1).max(1) as f32;
        let mut left = 0.0;
        let mut columns = Vec::new();
        for (number, cell) in cells.iter().enumerate() {
            let width = if number == 0 { WIDTH * NAMES } else { rest };
            let lines = fit(self.fonts, cell, (width - 8.0) / BODY);
            columns.push((left, lines.into_iter()));
            left += width;
        }
        loop {
            let line: Vec<(f32, Vec<Run>)> =
                columns.iter_mut().filter_map(|(left, lines)| Some((*left, lines.next()?))).collect();
            if line.is_empty() {
                return;
            }
            self.room_for(BODY * LEADING);
            self.at += BODY * LEADING;
            for (left, runs) in line {
                self.mark(Mark::Line(MARGIN + left, self.at - BODY * 0.4, BODY, left == 0.0, runs));
            }
        }
    }

    fn text(&mut self, text: &str, (left, width): (f32, f32), size: f32, quiet: bool) {
        for runs in fit(self.fonts, text, width / size) {
            self.room_for(size * LEADING);
            self.at += size * LEADING;
            self.mark(Mark::Line(MARGIN + left, self.at - size * 0.4, size, quiet, runs));
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn room_for(&mut self, height: f32) {
        if self.at + height > BOTTOM && self.at > MARGIN {
            self.pages.push(Vec::new());
            self.at = MARGIN;
        }
    }
}
