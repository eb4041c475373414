//! Owns a mail's body: which parts are its text, what is attached, what a report carries.
//! Never reads attached mails; they are handed on as bytes.

use std::borrow::Cow;

use super::fields::{self, Fields};
use super::limits::LONGEST_TEXT;
use super::parts::{self, Part};
use super::plain::{clip, lines, one_line};
use super::vocabulary::PLACEHOLDERS;
use super::{Attachment, Invitation, calendar, charset, flowed, html, sealed};

/// Longest HTML source that is read, in bytes; the markup is most of it.
const LONGEST_SOURCE: usize = 4 * 1024 * 1024;

/// Longest plain part that may only send its reader to the HTML part, in bytes.
const LONGEST_PLACEHOLDER: usize = 500;

/// A body as read.
#[derive(Default)]
pub(super) struct Content<'a> {
    /// The text, from text/plain, else from HTML.
    pub(super) text: String,
    /// Source of the HTML parts.
    pub(super) html: Option<String>,
    /// What is attached.
    pub(super) attachments: Vec<Attachment>,
    /// The first attached mail, or the returned one of a report: whole, or its header block.
    pub(super) attached: Option<Cow<'a, [u8]>>,
    /// A message/delivery-status part (RFC 3464, 2).
    pub(super) delivery_status: Option<String>,
    /// multipart/report's `report-type` (RFC 6522), lower case; empty for a report without.
    pub(super) report_type: Option<String>,
    /// The first event of a calendar that it carries.
    pub(super) invitation: Option<Invitation>,
    /// What was odd or can't be read.
    pub(super) remarks: Vec<String>,
}

impl Content<'_> {
    fn remark(&mut self, words: impl Into<String>) {
        let words = words.into();
        if !self.remarks.contains(&words) {
            self.remarks.push(words);
        }
    }
}

/// Reads the body of a mail that is within the limits. `raw` is the whole mail, `fields` its header.
pub(super) fn read<'a>(raw: &'a [u8], split: (&'a [u8], &'a [u8]), fields: &Fields) -> Content<'a> {
    let (parts, odd) = parts::read(raw, split, fields);
    if let [whole] = parts.as_slice()
        && let Some((inner, words)) = sealed::opened(whole)
    {
        return signed(&inner, words);
    }
    of(&parts, odd)
}

/// Reads what has no header at all.
pub(super) fn headless(raw: &[u8]) -> Content<'static> {
    let read = charset::read("", raw.get(..LONGEST_TEXT).unwrap_or(raw));
    let mut content = Content { text: lines(&read.text), ..Content::default() };
    read.odd.into_iter().for_each(|words| content.remark(words));
    if raw.len() > LONGEST_TEXT {
        content.remark(format!("only the first {LONGEST_TEXT} bytes of its text were read"));
    }
    content
}

/// Reads the mail inside a signature; one inside another is not opened.
fn signed(inner: &[u8], words: &str) -> Content<'static> {
    let split = fields::split(inner);
    let (parts, odd) = parts::read(inner, split, &Fields::read(split.0));
    let read = of(&parts, odd);
    let attached = read.attached.map(|mail| Cow::Owned(mail.into_owned()));
    let mut content = Content { attached, ..read };
    content.remark(words);
    content
}

fn of<'a>(parts: &[Part<'a>], odd: Vec<&'static str>) -> Content<'a> {
    let chosen = bodies(parts, 0, &mut true);
    let mut content = Content::default();
    odd.into_iter().for_each(|words| content.remark(words));
    read_bodies(&mut content, parts, &chosen);
    let is_body = |at: &usize| chosen.text.contains(at) || chosen.html.contains(at);
    let others = parts.iter().enumerate().filter(|(at, _)| !is_body(at)).map(|(_, part)| part);
    content.attachments = others.filter_map(attachment).collect();
    report(&mut content, parts);
    if parts.iter().any(|part| part.is_mistyped) {
        content.remark("names a type of content that is none; it was read as text");
    }
    parts.iter().filter_map(sealed::remark).for_each(|words| content.remark(words));
    invitation(&mut content, parts);
    content
}

/// The places of the parts that are the mail's text.
#[derive(Default)]
struct Bodies {
    /// As plain text: those that are, and HTML where there is no plain form of it.
    text: Vec<usize>,
    /// As HTML.
    html: Vec<usize>,
}

/// Chooses as a mail program does (RFC 2046, 5.1.4; RFC 8621, 4.1.4). Nesting is within the limits.
fn bodies(parts: &[Part<'_>], at: usize, first: &mut bool) -> Bodies {
    let Some(part) = parts.get(at) else { return Bodies::default() };
    if part.children.is_empty() {
        let is_text = is_text(part) && (at == 0 || !is_file(part, *first));
        *first &= !is_text;
        let html = if is_text && is_html(part) { vec![at] } else { Vec::new() };
        return Bodies { text: if is_text { vec![at] } else { Vec::new() }, html };
    }
    let mut below: Vec<Bodies> = Vec::new();
    let at_first = *first;
    let is_alternative = part.media_type() == "multipart/alternative";
    for child in &part.children {
        // Each form of an alternative is a first one.
        let mut own = if is_alternative { at_first } else { *first };
        below.push(bodies(parts, *child, &mut own));
        *first &= own;
    }
    if !is_alternative {
        let text = below.iter().flat_map(|bodies| bodies.text.clone()).collect();
        return Bodies { text, html: below.into_iter().flat_map(|bodies| bodies.html).collect() };
    }
    let written = |bodies: &&Bodies| {
        let mut of = bodies.text.iter().filter_map(|at| parts.get(*at));
        of.any(|part| !is_html(part) && !part.body.trim_ascii().is_empty())
    };
    let mut text: Vec<usize> = below.iter().filter(written).flat_map(|bodies| bodies.text.clone()).collect();
    if text.is_empty() {
        let last = below.iter().rev().find(|bodies| !bodies.text.is_empty());
        text = last.map(|bodies| bodies.text.clone()).unwrap_or_default();
    }
    let html = below.into_iter().rev().map(|bodies| bodies.html).find(|html| !html.is_empty());
    Bodies { text, html: html.unwrap_or_default() }
}

/// What is written for people. A calendar or a returned header block is text by its type only.
fn is_text(part: &Part<'_>) -> bool {
    const OTHERS: [&str; 8] = [
        "text/calendar",
        "text/csv",
        "text/directory",
        "text/rfc822-headers",
        "text/vcard",
        "text/x-amp-html",
        "text/x-vcalendar",
        "text/x-vcard",
    ];
    part.media_type().starts_with("text/") && !OTHERS.contains(&part.media_type())
}

fn is_html(part: &Part<'_>) -> bool {
    part.media_type() == "text/html"
}

/// Whether a text is a file: its disposition says so (RFC 2183), else its name. Some programs give even the first one,
/// the letter itself, a name.
fn is_file(part: &Part<'_>, first: bool) -> bool {
    match part.disposition.as_ref().map(|it| it.value.as_str()) {
        Some("inline") => false,
        Some(said) if said.starts_with("attachment") => true,
        _ => !first && !part.name().is_empty(),
    }
}

fn attachment(part: &Part<'_>) -> Option<Attachment> {
    if part.media_type().starts_with("multipart/") || is_text(part) && !is_file(part, false) {
        return None;
    }
    let media_type = one_line(clip(part.media_type(), 200));
    Some(Attachment { name: part.name(), media_type, size: part.size() })
}

fn read_bodies(content: &mut Content<'_>, parts: &[Part<'_>], chosen: &Bodies) {
    let (mut sources, mut texts) = (Vec::new(), Vec::new());
    let mut left = LONGEST_SOURCE;
    for part in chosen.html.iter().filter_map(|at| parts.get(*at)) {
        let source = text(content, part, left);
        if source.len() >= left {
            content.remark(format!("only the first {LONGEST_SOURCE} bytes of its HTML were read"));
        }
        left = left.saturating_sub(source.len());
        sources.push(source);
    }
    let mut left = LONGEST_TEXT;
    for at in &chosen.text {
        let Some(part) = parts.get(*at) else { continue };
        let source = chosen.html.iter().position(|other| other == at).and_then(|at| sources.get(at));
        let plain = match source {
            Some(source) => html::to_text(source),
            None if is_html(part) => html::to_text(&text(content, part, LONGEST_SOURCE)),
            None => text(content, part, left + 1),
        };
        if plain.len() > left {
            content.remark(format!("only the first {LONGEST_TEXT} bytes of its text were read"));
        }
        let mut plain = lines(clip(&plain, left));
        if source.is_none() && part.says("format", "flowed") {
            plain = flowed::unflow(&plain, part.says("delsp", "yes"));
        }
        left = left.saturating_sub(plain.len());
        texts.extend(Some(plain).filter(|plain| !plain.is_empty()));
    }
    if !sources.is_empty() && texts.iter().all(|text| is_placeholder(text)) {
        let shown = sources.iter().map(|source| lines(clip(&html::to_text(source), LONGEST_TEXT)));
        let shown: Vec<String> = shown.filter(|text| !text.is_empty()).collect();
        texts = if shown.is_empty() { texts } else { shown };
    }
    let several = texts.len() > 1;
    let text = if several { texts.join("\n\n") } else { texts.pop().unwrap_or_default() };
    let (text, sealed) = sealed::without_armor(text);
    content.text = if several || sealed.is_some() { lines(clip(&text, LONGEST_TEXT)) } else { text };
    sealed.into_iter().for_each(|words| content.remark(words));
    content.html = (!sources.is_empty()).then(|| sources.join("\n"));
}

/// Whether a plain part only says that the mail is in HTML.
fn is_placeholder(text: &str) -> bool {
    text.len() <= LONGEST_PLACEHOLDER && {
        let lower = text.to_lowercase();
        PLACEHOLDERS.iter().flat_map(|(_, phrases)| *phrases).any(|phrase| lower.contains(phrase))
    }
}

/// At most so many bytes of a part, as text.
fn text(content: &mut Content<'_>, part: &Part<'_>, most: usize) -> String {
    let (bytes, odd) = part.content(most);
    odd.into_iter().for_each(|words| content.remark(words));
    let label = part.kind.text("charset").unwrap_or_default();
    let label = if label.is_empty() && is_html(part) { html_label(&bytes) } else { label };
    let read = charset::read(&label, &bytes);
    read.odd.into_iter().for_each(|words| content.remark(words));
    if read.text.contains('\0') {
        content.remark("holds NUL characters; they were left out");
    }
    if read.text.contains("begin") && read.text.lines().any(begins_uuencode) {
        content.remark("holds a file in its text (uuencode); it was left there");
    }
    read.text
}

/// `begin 644 name`, below which a file follows in the text as programs of old attached one (POSIX, uuencode).
fn begins_uuencode(line: &str) -> bool {
    let rest = line.strip_prefix("begin ").or_else(|| line.strip_prefix("begin-base64 "));
    let mode = rest.and_then(|rest| rest.split_once(' '));
    mode.is_some_and(|(mode, name)| {
        (3..=4).contains(&mode.len())
            && mode.bytes().all(|digit| (b'0'..=b'7').contains(&digit))
            && !name.is_empty()
    })
}

/// What an HTML page says of its charset itself: `<meta charset="…">`, `content="text/html; charset=…"`.
fn html_label(source: &[u8]) -> String {
    let head = String::from_utf8_lossy(source.get(..2_048).unwrap_or(source)).to_ascii_lowercase();
    let behind = head.split_once("charset=").map(|(_, behind)| behind.trim_start_matches(['"', '\'']));
    behind
        .and_then(|behind| behind.split(['"', '\'', '>', ';', ' ', '/']).next())
        .unwrap_or_default()
        .to_owned()
}

fn report<'a>(content: &mut Content<'a>, parts: &[Part<'a>]) {
    let root = parts.first().filter(|part| part.media_type() == "multipart/report");
    content.report_type =
        root.map(|part| part.kind.text("report-type").unwrap_or_default().trim().to_ascii_lowercase());
    let first = |names: &[&str]| parts.iter().find(|part| names.contains(&part.media_type()));
    let status = ["message/delivery-status", "message/global-delivery-status", "message/xdelivery-status"];
    content.delivery_status =
        first(&status).map(|part| lines(&charset::decode("", &part.content(LONGEST_TEXT).0)));
    content.attached = first(&["message/rfc822", "message/global"])
        .or_else(|| first(&["text/rfc822-headers", "message/rfc822-headers", "message/global-headers"]))
        .map(|part| part.content(usize::MAX).0);
}

/// What a calendar part says; where it is all there is, that is the text.
fn invitation(content: &mut Content<'_>, parts: &[Part<'_>]) {
    let is_calendar = |part: &&Part<'_>| matches!(part.media_type(), "text/calendar" | "application/ics");
    let Some(part) = parts.iter().find(is_calendar) else { return };
    let label = part.kind.text("charset").unwrap_or_else(|| "utf-8".to_owned());
    let source = charset::decode(&label, &part.content(LONGEST_TEXT).0);
    content.invitation = calendar::read(&source, &part.kind.text("method").unwrap_or_default());
    match &content.invitation {
        None => content.remark("carries a calendar entry that can't be read; it was kept as an attachment"),
        Some(invitation) if content.text.is_empty() => content.text = lines(&invitation.text()),
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests;
