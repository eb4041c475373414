//! Owns a mail's parts (RFC 2046), as the MIME parser finds them: what each is, and its content with the transfer
//! encoding undone.
//! Never decides what is to be read.

use std::borrow::Cow;

use mail_parser::{MessageParser, MessagePart, PartType};

use super::fields::Fields;
use super::outline::Outline;
use super::params::Parameters;
use super::transfer;

/// A part of a mail; the first is the mail itself.
pub(super) struct Part<'a> {
    /// Content-Type.
    pub(super) kind: Parameters,
    /// Content-Disposition, where there is one.
    pub(super) disposition: Option<Parameters>,
    /// Content-Transfer-Encoding, lower case, without blanks and dashes.
    encoding: String,
    /// It says what it is, and that is no media type.
    pub(super) is_mistyped: bool,
    /// What stands below its header block, as it came.
    pub(super) body: &'a [u8],
    /// The parts of a multipart, by their places in the list.
    pub(super) children: Vec<usize>,
}

/// The parts of a mail, a parent before its children, and what was odd about them.
pub(super) fn read<'a>(
    raw: &'a [u8],
    (head, body): (&[u8], &'a [u8]),
    fields: &Fields,
) -> (Vec<Part<'a>>, Vec<&'static str>) {
    let kind = Parameters::content_type(fields);
    let outline = Outline::of(raw, (head, body), &kind);
    let mut root = Part::new(fields, kind, body, "text/plain");
    let mut odd = Vec::new();
    let parsed = outline.as_ref().and_then(|outline| {
        let parsed = MessageParser::new().with_mime_headers().parse(&outline.bytes)?;
        Some((outline, parsed))
    });
    let Some((outline, parsed)) = parsed else {
        root.without_parts(&mut odd);
        return (vec![root], odd);
    };
    odd.extend(&outline.odd);
    let mut found: Vec<Part<'a>> = Vec::with_capacity(parsed.parts.len());
    let mut parents = vec![0; parsed.parts.len()];
    for (at, part) in parsed.parts.iter().enumerate() {
        let parent = parents.get(at).and_then(|parent| found.get(*parent));
        let is_digest = parent.is_some_and(|parent| parent.media_type() == "multipart/digest");
        let default = if is_digest { "message/rfc822" } else { "text/plain" };
        let mut read = if at == 0 {
            Part::new(fields, Parameters::content_type(fields), body, default)
        } else {
            located(raw, outline, part, default)
        };
        let start = outline.original(offset(part.offset_body));
        match &part.body {
            PartType::Multipart(children) if !outline.partless.contains(&start) => {
                read.children = children.iter().map(|child| offset(*child)).collect();
                if !read.media_type().starts_with("multipart/") {
                    "multipart/mixed".clone_into(&mut read.kind.value);
                }
            }
            _ if outline.too_deep.contains(&start) => {
                "application/octet-stream".clone_into(&mut read.kind.value)
            }
            _ => read.without_parts(&mut odd),
        }
        for child in &read.children {
            if let Some(parent) = parents.get_mut(*child) {
                *parent = at;
            }
        }
        found.push(read);
    }
    (found, odd)
}

/// A part where the parser found it in the outline, read from the mail.
fn located<'a>(raw: &'a [u8], outline: &Outline, part: &MessagePart<'_>, default: &str) -> Part<'a> {
    let [header, body, end] =
        [part.offset_header, part.offset_body, part.offset_end].map(|at| outline.original(offset(at)));
    let head = raw.get(header..body).unwrap_or_default();
    let fields = Fields::read(head);
    let kind = Parameters::content_type(&fields);
    Part::new(&fields, kind, raw.get(body..end).unwrap_or_default(), default)
}

fn offset(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

impl<'a> Part<'a> {
    fn new(fields: &Fields, mut kind: Parameters, body: &'a [u8], default: &str) -> Self {
        // RFC 2045, 5.2: what says nothing, or nothing that is a type, is plain text.
        let is_mistyped = !kind.value.contains('/') && fields.raw("Content-Type").next().is_some();
        match kind.value.as_str() {
            "" => default.clone_into(&mut kind.value),
            "html" => "text/html".clone_into(&mut kind.value),
            other if !other.contains('/') || other == "text/" => "text/plain".clone_into(&mut kind.value),
            _ => {}
        }
        let encoding =
            fields.raw("Content-Transfer-Encoding").next().map(Parameters::read).unwrap_or_default();
        Self {
            kind,
            disposition: fields.raw("Content-Disposition").next().map(Parameters::read),
            is_mistyped,
            encoding: encoding.value.chars().filter(char::is_ascii_alphanumeric).collect(),
            body,
            children: Vec::new(),
        }
    }

    /// A multipart that has no parts is text.
    fn without_parts(&mut self, odd: &mut Vec<&'static str>) {
        if self.media_type().starts_with("multipart/") {
            odd.push("says that it has parts and has none; it was read as text");
            "text/plain".clone_into(&mut self.kind.value);
        }
    }

    /// The media type, lower case.
    pub(super) fn media_type(&self) -> &str {
        &self.kind.value
    }

    /// The name as a file, empty when it has none.
    pub(super) fn name(&self) -> String {
        let disposed = self.disposition.as_ref().and_then(|it| it.text("filename"));
        disposed.or_else(|| self.kind.text("name")).unwrap_or_default()
    }

    /// Whether a parameter of the Content-Type has this value.
    pub(super) fn says(&self, parameter: &str, value: &str) -> bool {
        self.kind.text(parameter).is_some_and(|said| said.trim().eq_ignore_ascii_case(value))
    }

    /// At most so many bytes of the content, transfer encoding undone, and what was odd about that.
    pub(super) fn content(&self, most: usize) -> (Cow<'a, [u8]>, Option<&'static str>) {
        let clipped = |most: usize| self.body.get(..most).unwrap_or(self.body);
        match self.encoding.as_str() {
            "base64" if !transfer::is_base64(self.body) => (Cow::Borrowed(clipped(most)), Some(NO_BASE64)),
            "base64" => {
                let undone = transfer::base64(clipped(most.saturating_mul(3) / 2));
                (Cow::Owned(undone.bytes), undone.odd.then_some(BROKEN_BASE64))
            }
            "quotedprintable" => {
                let undone = transfer::quoted_printable(clipped(most.saturating_mul(4)));
                (Cow::Owned(undone.bytes), undone.odd.then_some(BROKEN_ESCAPES))
            }
            _ => (Cow::Borrowed(clipped(most)), None),
        }
    }

    /// Size of the content in bytes; of quoted-printable, as it came.
    pub(super) fn size(&self) -> usize {
        if self.encoding == "base64" { transfer::base64_size(self.body) } else { self.body.len() }
    }
}

const NO_BASE64: &str = "says that it is base64, which it is not; it was read as it stands";
const BROKEN_BASE64: &str = "its base64 is broken; what could be read of it was";
const BROKEN_ESCAPES: &str = "its quoted-printable has broken escapes; they were left as they stand";
