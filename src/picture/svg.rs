//! Owns how a chart is drawn. On a ground of its own, so that it can be read in dark mode too.

use jiff::{SignedDuration, Timestamp};

use super::{Bar, Chart, MOST_ROWS, Mark, Row, WIDTH};
use crate::directory::Language;

/// Pixels: the column of labels, the height of a row and of its bar, the line of hours, the line of one legend.
const LABELS: f64 = 150.0;
const ROW: f64 = 30.0;
const BAR: f64 = 16.0;
const AXIS: f64 = 26.0;
const LEGEND: f64 = 20.0;
const MARGIN: f64 = 10.0;
/// Most characters of a label.
const LONGEST_LABEL: usize = 18;
/// Steps between the times under a chart, in minutes; the first that gives few enough is taken.
const STEPS: [i64; 10] = [5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880];
/// Most times under a chart.
const MOST_TICKS: i64 = 8;

/// The height at which a chart is shown, in pixels.
pub fn height(chart: &Chart) -> u32 {
    let rows = chart.rows.len().min(MOST_ROWS) as f64;
    (MARGIN * 2.0 + rows * ROW + AXIS + chart.legend.len().div_ceil(2) as f64 * LEGEND) as u32
}

/// The chart as SVG.
pub fn svg(chart: &Chart) -> String {
    let (width, height) = (WIDTH, height(chart));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\">{PATTERNS}\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"#ffffff\" stroke=\"#c5cad1\"/>",
        width - 1,
        height - 1
    );
    ticks(chart, &mut out);
    let mut y = MARGIN;
    for row in chart.rows.iter().take(MOST_ROWS) {
        self::row(chart, row, y, &mut out);
        y += ROW;
    }
    legend(chart, y + AXIS, &mut out);
    out.push_str("</svg>");
    out
}

/// Hatches say what colours say.
const PATTERNS: &str = "<defs>\
    <pattern id=\"false\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
    <rect width=\"6\" height=\"6\" fill=\"#ffdad6\"/><rect width=\"3\" height=\"6\" fill=\"#b3261e\"/></pattern>\
    <pattern id=\"behind\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
    <rect width=\"6\" height=\"6\" fill=\"#fff3d6\"/><circle cx=\"3\" cy=\"3\" r=\"1.4\" fill=\"#8a5200\"/></pattern>\
    <pattern id=\"down\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
    <rect width=\"6\" height=\"6\" fill=\"#ffe0a3\"/><rect width=\"6\" height=\"1.5\" y=\"2\" fill=\"#8a5200\"/></pattern>\
    </defs>";

fn fill(bar: Bar) -> (&'static str, &'static str) {
    match bar {
        Bar::Broken => ("#7a1c16", "#7a1c16"),
        Bar::Impaired => ("#c9772b", "#8a5200"),
        Bar::ToldDown => ("url(#down)", "#8a5200"),
        Bar::ToldWorking => ("#d9f0e1", "#1a6b3c"),
        Bar::Deceived => ("url(#false)", "#b3261e"),
        Bar::Behind => ("url(#behind)", "#8a5200"),
    }
}

/// Where a time stands.
fn x(chart: &Chart, at: Timestamp) -> f64 {
    let whole = chart.to.duration_since(chart.from).as_secs().max(1) as f64;
    let part = at.duration_since(chart.from).as_secs() as f64;
    LABELS + (part / whole).clamp(0.0, 1.0) * (f64::from(WIDTH) - LABELS - MARGIN)
}

fn row(chart: &Chart, row: &Row, y: f64, out: &mut String) {
    let label = shortened(&row.label);
    out.push_str(&format!(
        "<text x=\"{MARGIN}\" y=\"{:.1}\" fill=\"#1f2328\">{}</text>",
        y + BAR,
        escaped(&label)
    ));
    let top = y + (ROW - BAR) / 2.0 - 3.0;
    for (from, to, bar) in &row.bars {
        let (left, right) = (x(chart, *from), x(chart, *to));
        let (fill, stroke) = fill(*bar);
        out.push_str(&format!(
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{BAR}\" fill=\"{fill}\" stroke=\"{stroke}\"/>",
            (right - left).max(2.0)
        ));
    }
    for (at, mark) in &row.marks {
        out.push_str(&self::mark(x(chart, *at), top, *mark));
    }
}

/// A triangle above, a dot on, a line below.
fn mark(x: f64, top: f64, mark: Mark) -> String {
    match mark {
        Mark::Detected => {
            format!("<path d=\"M{:.1} {:.1} h10 l-5 7 z\" fill=\"#1f2328\"/>", x - 5.0, top - 6.0)
        }
        Mark::Acknowledged => format!(
            "<circle cx=\"{x:.1}\" cy=\"{:.1}\" r=\"5\" fill=\"#ffffff\" stroke=\"#1f2328\" stroke-width=\"2\"/>",
            top + BAR / 2.0
        ),
        Mark::Told => {
            format!("<path d=\"M{x:.1} {:.1} v8\" stroke=\"#1f2328\" stroke-width=\"2\"/>", top + BAR - 2.0)
        }
    }
}

/// Lines at full steps of civil time, with the hour, or the day where a day begins.
fn ticks(chart: &Chart, out: &mut String) {
    let minutes = (chart.to.duration_since(chart.from).as_secs() / 60).max(1);
    let step = STEPS.into_iter().find(|step| minutes / step <= MOST_TICKS).unwrap_or(minutes / MOST_TICKS);
    let start = chart.from.to_zoned(chart.zone.clone());
    let Ok(midnight) = start.start_of_day() else { return };
    let bottom = MARGIN + chart.rows.len().min(MOST_ROWS) as f64 * ROW;
    let since = start.duration_since(&midnight).as_secs() / 60;
    let first = midnight.timestamp() + SignedDuration::from_mins(up(since, step));
    let mut at = first;
    while at <= chart.to {
        let (x, civil) = (x(chart, at), at.to_zoned(chart.zone.clone()));
        let format = match (civil.hour() == 0 && civil.minute() == 0, chart.language) {
            (false, _) => "%H:%M",
            (true, Language::En) => "%-d %b",
            (true, Language::Ja) => "%-m月%-d日",
        };
        out.push_str(&format!(
            "<path d=\"M{x:.1} {MARGIN} V{bottom:.1}\" stroke=\"#dfe3e8\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" fill=\"#57606a\" font-size=\"12\" text-anchor=\"middle\">{}</text>",
            bottom + 16.0,
            civil.strftime(format)
        ));
        at += SignedDuration::from_mins(step);
    }
}

/// Rounded up to full steps.
fn up(minutes: i64, step: i64) -> i64 {
    (minutes + step - 1).div_euclid(step) * step
}

fn legend(chart: &Chart, top: f64, out: &mut String) {
    for (index, (bar, words)) in chart.legend.iter().enumerate() {
        let left = if index % 2 == 0 { MARGIN } else { f64::from(WIDTH) / 2.0 };
        let y = top + (index / 2) as f64 * LEGEND;
        let (fill, stroke) = fill(*bar);
        out.push_str(&format!(
            "<rect x=\"{left}\" y=\"{y:.1}\" width=\"18\" height=\"12\" fill=\"{fill}\" stroke=\"{stroke}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#1f2328\" font-size=\"12\">{}</text>",
            left + 26.0,
            y + 11.0,
            escaped(words)
        ));
    }
}

fn shortened(label: &str) -> String {
    let mut short: String = label.chars().take(LONGEST_LABEL).collect();
    if short.len() < label.len() {
        short.push('…');
    }
    short
}

/// Text in XML; what XML can't hold is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        match c {
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}
