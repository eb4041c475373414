//! Owns HTML → text: one line where a reader sees one, rows of tables on a line, quotes marked with `> `. What mail programs
//! mark as quoted, as the original's header and as signature is marked in the text too; what they hide is left out.
//! Never takes long: HTML that is too big or too deep goes through a simpler converter.

mod arrange;
mod drawing;
mod limits;
mod marks;
mod page;
mod products;
mod sight;
mod simple;
mod tables;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};

use html2text::config::with_decorator;
use mail_parser::decoders::html::html_to_text;

use drawing::Undecorated;
use limits::Way;

/// Deepest quoting that is marked.
const MOST_QUOTES: usize = 20;
/// Columns; wide enough that only absurd paragraphs are wrapped.
const WIDTH: usize = 10_000;

/// The text of an HTML part.
pub(super) fn to_text(html: &str) -> String {
    let text = match limits::way(html) {
        Way::Document => {
            let seen = render(html, true);
            // Better shown than lost: a mail of which nothing can be seen.
            let all = seen.filter(|text| !text.trim().is_empty()).or_else(|| render(html, false));
            all.unwrap_or_else(|| simple::to_text(html))
        }
        Way::Tokens => simple::to_text(html),
        Way::Bytes => html_to_text(html),
    };
    text.replace('\u{a0}', " ")
}

/// None where the parser or the renderer fails.
fn render(html: &str, hides: bool) -> Option<String> {
    let config = with_decorator(Undecorated).allow_width_overflow().link_footnotes(false);
    let rendering = AssertUnwindSafe(|| {
        let dom = config.parse_html(html.as_bytes())?;
        arrange::arrange(&dom, hides);
        config.render_to_string(config.dom_to_render_tree(&dom)?, WIDTH)
    });
    let text = catch_unwind(rendering).ok()?.ok()?;
    Some(marks::resolve(&text))
}
