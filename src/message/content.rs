//! Owns a mail's body: which parts are its text, what is attached, what a report carries.
//! Never reads attached mails; they are handed on as bytes.

use mail_parser::parsers::MessageStream;
use mail_parser::{
    ContentType, GetHeader, HeaderName, HeaderValue, Message as Parsed, MessageParser, MessagePart,
    MimeHeaders, PartType,
};

use super::limits::{DEEPEST_NESTING, MOST_PARTS, without_nested_types};
use super::plain::{clip, lines, one_line};
use super::vocabulary::PLACEHOLDERS;
use super::{Attachment, charset, flowed, html, transfer, words};

/// Longest text that is read, in bytes. Nobody reads more at night, and every later step takes time by its length.
const LONGEST_TEXT: usize = 1024 * 1024;

/// Longest plain part that may only send its reader to the HTML part, in bytes.
const LONGEST_PLACEHOLDER: usize = 500;

/// A body as read.
#[derive(Default)]
pub(super) struct Content {
    /// The text, from text/plain, else from HTML.
    pub(super) text: String,
    /// Source of the HTML parts.
    pub(super) html: Option<String>,
    /// What is attached.
    pub(super) attachments: Vec<Attachment>,
    /// The first attached mail, or the returned one of a report: whole, or its header block.
    pub(super) attached: Option<Vec<u8>>,
    /// A message/delivery-status part (RFC 3464, 2).
    pub(super) delivery_status: Option<String>,
    /// multipart/report's `report-type` (RFC 6522), lower case; empty for a report without.
    pub(super) report_type: Option<String>,
    /// What was odd or can't be read.
    pub(super) remarks: Vec<String>,
}

/// Reads the body of a mail that is within the limits. `raw` is the whole mail.
pub(super) fn read(raw: &[u8]) -> Content {
    let masked = without_nested_types(raw);
    let parser = MessageParser::new().with_mime_headers();
    let Some(parsed) = parser.parse(&masked) else {
        return Content { text: lines(&charset::guess(raw)), ..Content::default() };
    };
    if parsed.parts.len() > MOST_PARTS || depth(&parsed) > DEEPEST_NESTING {
        let why = format!("has more than {MOST_PARTS} parts or nests deeper than {DEEPEST_NESTING}");
        return Content { remarks: vec![why + ": only its header was read"], ..Content::default() };
    }
    let parts: Vec<Part<'_>> = parsed.parts.iter().map(|part| Part::new(raw, part)).collect();
    let chosen = |ids: &[u32]| -> Vec<&Part<'_>> {
        ids.iter().filter_map(|id| parts.get(usize::try_from(*id).ok()?)).collect()
    };
    let mut content = Content::default();
    bodies(&mut content, &chosen(&parsed.text_body), &chosen(&parsed.html_body));
    content.attachments = chosen(&parsed.attachments).into_iter().filter_map(Part::attachment).collect();
    report(&mut content, &parts);
    content.remarks.extend(parts.iter().filter_map(Part::remark).collect::<std::collections::BTreeSet<_>>());
    content
}

fn bodies(content: &mut Content, texts: &[&Part<'_>], htmls: &[&Part<'_>]) {
    let html: Vec<String> = htmls.iter().filter(|part| part.is_html()).map(|part| part.text()).collect();
    let mut text: Vec<String> =
        texts.iter().map(|part| part.plain()).filter(|text| !text.is_empty()).collect();
    if text.is_empty() || !html.is_empty() && text.iter().all(|text| is_placeholder(text)) {
        let shown: Vec<String> = html.iter().map(|html| lines(&html::to_text(html))).collect();
        text = if shown.iter().all(String::is_empty) { text } else { shown };
    }
    let text = text.join("\n\n");
    content.text = lines(clip(&text, LONGEST_TEXT));
    if text.len() > LONGEST_TEXT {
        content.remarks.push(format!("only the first {LONGEST_TEXT} bytes of its text were read"));
    }
    content.html = (!html.is_empty()).then(|| html.join("\n"));
}

/// Whether a plain part only says that the mail is in HTML.
fn is_placeholder(text: &str) -> bool {
    text.len() <= LONGEST_PLACEHOLDER && {
        let lower = text.to_lowercase();
        PLACEHOLDERS.iter().flat_map(|(_, phrases)| *phrases).any(|phrase| lower.contains(phrase))
    }
}

fn report(content: &mut Content, parts: &[Part<'_>]) {
    let root = parts.first().and_then(|part| part.kind.as_ref());
    content.report_type = root
        .filter(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("report"))
        .map(|kind| kind.attribute("report-type").unwrap_or_default().trim().to_ascii_lowercase());
    let first = |names: &[&str]| parts.iter().find(|part| names.contains(&part.media_type().as_str()));
    let status = ["message/delivery-status", "message/global-delivery-status", "message/xdelivery-status"];
    content.delivery_status = first(&status).map(|part| lines(&charset::decode("", &part.bytes())));
    content.attached = first(&["message/rfc822", "message/global"])
        .or_else(|| first(&["text/rfc822-headers", "message/rfc822-headers", "message/global-headers"]))
        .map(Part::bytes);
}

/// How deep multiparts nest. A parent stands before its children.
fn depth(parsed: &Parsed<'_>) -> usize {
    let mut depths = vec![0usize; parsed.parts.len()];
    for (at, part) in parsed.parts.iter().enumerate() {
        let PartType::Multipart(children) = &part.body else { continue };
        let below = depths.get(at).map_or(0, |depth| depth + 1);
        for child in children.iter().filter_map(|id| usize::try_from(*id).ok()) {
            if let Some(depth) = depths.get_mut(child) {
                *depth = below;
            }
        }
    }
    depths.into_iter().max().unwrap_or(0)
}

/// A MIME part: where the parser found it, read from the original bytes.
struct Part<'a> {
    raw: &'a [u8],
    part: &'a MessagePart<'a>,
    kind: Option<ContentType<'a>>,
}

impl<'a> Part<'a> {
    fn new(raw: &'a [u8], part: &'a MessagePart<'a>) -> Self {
        let kind = structured(raw, part, &HeaderName::ContentType);
        Self { raw, part, kind }
    }

    fn media_type(&self) -> String {
        match &self.kind {
            Some(kind) => format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()),
            None => "text/plain".to_owned(),
        }
    }

    fn is_html(&self) -> bool {
        matches!(self.part.body, PartType::Html(_))
    }

    /// The content, transfer encoding undone.
    fn bytes(&self) -> Vec<u8> {
        let offset = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        let raw =
            self.raw.get(offset(self.part.offset_body)..offset(self.part.offset_end)).unwrap_or_default();
        let encoding = self.part.content_transfer_encoding().unwrap_or_default().trim().to_ascii_lowercase();
        match encoding.as_str() {
            "base64" => transfer::base64(raw),
            "quoted-printable" => transfer::quoted_printable(raw),
            _ => raw.to_vec(),
        }
    }

    fn text(&self) -> String {
        let label = self.kind.as_ref().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
        charset::decode(label, &self.bytes())
    }

    /// Whether an attribute of the Content-Type has this value.
    fn says(&self, attribute: &str, value: &str) -> bool {
        let said = self.kind.as_ref().and_then(|kind| kind.attribute(attribute));
        said.is_some_and(|said| said.trim().eq_ignore_ascii_case(value))
    }

    /// The part as plain text; empty for one that isn't text.
    fn plain(&self) -> String {
        match self.part.body {
            PartType::Html(_) => lines(&html::to_text(&self.text())),
            PartType::Text(_) if self.says("format", "flowed") => {
                flowed::unflow(&lines(&self.text()), self.says("delsp", "yes"))
            }
            PartType::Text(_) => lines(&self.text()),
            _ => String::new(),
        }
    }

    fn attachment(&self) -> Option<Attachment> {
        let disposition = structured(self.raw, self.part, &HeaderName::ContentDisposition);
        let named = |of: &Option<ContentType<'_>>, attribute| {
            of.as_ref()
                .and_then(|it| it.attribute(attribute))
                .map(|name| one_line(&words::decode(name.as_bytes())))
        };
        let name = named(&disposition, "filename").or_else(|| named(&self.kind, "name")).unwrap_or_default();
        let is_file = disposition.is_some_and(|it| it.is_attachment()) || !name.is_empty();
        match self.part.body {
            PartType::Multipart(_) => None,
            // The other form of the text.
            PartType::Text(_) | PartType::Html(_) if !is_file => None,
            _ => Some(Attachment { name, media_type: self.media_type(), size: self.bytes().len() }),
        }
    }

    /// What a person should know of a part that we don't read.
    fn remark(&self) -> Option<String> {
        let words = match self.media_type().as_str() {
            "text/calendar" => "carries a calendar invitation, which was not read",
            "multipart/signed" => "is signed; the signature was not checked",
            "multipart/encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                "is encrypted or sealed; what is inside was not read"
            }
            "application/ms-tnef" | "application/vnd.ms-tnef" => "carries a winmail.dat, which was not read",
            _ => return None,
        };
        Some(words.to_owned())
    }
}

/// A structured MIME field from the original bytes.
fn structured(raw: &[u8], part: &MessagePart<'_>, name: &HeaderName<'_>) -> Option<ContentType<'static>> {
    let header = part.headers.header(name.clone())?;
    let range = usize::try_from(header.offset_start).ok()?..usize::try_from(header.offset_end).ok()?;
    let line = [raw.get(range)?, b"\n"].concat();
    match MessageStream::new(&line).parse_content_type().into_owned() {
        HeaderValue::ContentType(kind) => Some(kind),
        _ => None,
    }
}
