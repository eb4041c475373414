//! Owns unwrapping a forwarded mail, attached or quoted inline. A mark of a mail program is enough for an inline one;
//! what else begins an original (`-----Original Message-----`, a header block, an attribution, `>`) is a forward only
//! below a subject that says so, else it is what a reply quotes.
//! Never looks for one in a report; its caller doesn't ask.

mod author;
mod block;
mod dates;
mod months;

use jiff::Zoned;
use jiff::tz::TimeZone;

use self::block::{Block, MOST_LINES};
use super::fields::{self, Fields};
use super::lines::{Kind, Lines, classify, marks, unquoted};
use super::plain::{lines, one_line};
use super::subject::{self, Prefix};
use super::vocabulary::Label;
use super::{Forward, ForwardedHow, Headers, Mailbox, content, limits, values};

/// How deep mails within forwarded mails are read. The outer ones of longer chains say the rest in their text.
const DEEPEST: usize = 4;
/// Most places of a text that are tried for a forward's beginning.
const MOST_PLACES: usize = 50;

/// Reads an attached mail, and what it forwards in turn.
pub(super) fn attached(raw: &[u8]) -> Forward {
    nested(raw, DEEPEST)
}

fn nested(raw: &[u8], deepest: usize) -> Forward {
    let raw = fields::top(raw);
    let (head, body) = fields::split(raw);
    let fields = Fields::read(head);
    let content = if limits::excess(raw, head).is_none() {
        content::read(raw, (head, body), &fields)
    } else {
        Default::default()
    };
    let subject = fields.text("Subject").unwrap_or_default();
    let date = fields.text("Date").and_then(|value| values::date(&value));
    let zone = date.as_ref().map_or(TimeZone::UTC, |date| date.time_zone().clone());
    let prefix = subject::base(&subject).1;
    let below = deepest.checked_sub(1).filter(|_| content.report_type.is_none());
    let forwarded = below.and_then(|deepest| match content.attached.as_deref() {
        Some(raw) => Some(nested(raw, deepest)),
        None => found(&Lines::of(&content.text), prefix, &zone, deepest).map(|found| found.forward),
    });
    Forward {
        from: fields.raw("From").flat_map(values::mailboxes).next(),
        to: fields.raw("To").flat_map(values::mailboxes).take(super::MOST_RECIPIENTS).collect(),
        date,
        subject,
        text: content.text,
        html: content.html,
        how: ForwardedHow::Attached,
        headers: fields.decoded(),
        forwarded: forwarded.map(Box::new),
    }
}

/// An inline forward within a text.
pub(super) struct Inline {
    /// The forwarded mail.
    pub(super) forward: Forward,
    /// How many of the text's lines stand above it.
    pub(super) above: usize,
    /// How many of the text's lines stand above or belong to it; the forwarder goes on below.
    pub(super) end: usize,
}

/// The inline forward of a text, where there is one. `zone` is where the forwarder wrote.
pub(super) fn inline(text: &Lines<'_>, prefix: Option<Prefix>, zone: &TimeZone) -> Option<Inline> {
    found(text, prefix, zone, DEEPEST)
}

fn found(text: &Lines<'_>, prefix: Option<Prefix>, zone: &TimeZone, deepest: usize) -> Option<Inline> {
    let reading = Reading { all: &text.all, kinds: &text.kinds, zone, prefix };
    let mut inline = reading.first()?;
    if let Some(deepest) = deepest.checked_sub(1) {
        let forward = &mut inline.forward;
        let prefix = subject::base(&forward.subject).1;
        let zone = forward.date.as_ref().map_or(zone.clone(), |date| date.time_zone().clone());
        let inner = found(&Lines::of(&forward.text), prefix, &zone, deepest);
        forward.forwarded = inner.map(|inner| Box::new(inner.forward));
    }
    Some(inline)
}

struct Reading<'a> {
    all: &'a [&'a str],
    kinds: &'a [Kind],
    zone: &'a TimeZone,
    prefix: Option<Prefix>,
}

/// Where a forward may begin.
struct Place {
    at: usize,
    kind: Kind,
    /// Lines of the mark, separator or attribution itself.
    length: usize,
}

impl<'a> Reading<'a> {
    fn first(&self) -> Option<Inline> {
        if !self.may_be_forward() {
            let at = self.kinds.iter().position(|kind| !matches!(kind, Kind::Text | Kind::Blank))?;
            let mark = self.mark(at).or_else(|| self.quoted_mark(at))?;
            return self.read(&mark);
        }
        let places = (0..self.all.len()).filter_map(|at| self.place(at));
        places.take(MOST_PLACES).find_map(|place| self.read(&place))
    }

    fn may_be_forward(&self) -> bool {
        matches!(self.prefix, Some(Prefix::Forward | Prefix::Either))
    }

    fn line(&self, at: usize) -> &'a str {
        self.all.get(at).copied().unwrap_or_default()
    }

    fn mark(&self, at: usize) -> Option<Place> {
        (self.kinds.get(at) == Some(&Kind::Forwarded)).then_some(Place {
            at,
            kind: Kind::Forwarded,
            length: 1,
        })
    }

    /// Apple Mail and kin quote their mark together with the mail. An answer quotes it too, and forwards nothing.
    fn quoted_mark(&self, at: usize) -> Option<Place> {
        let line = self.line(at);
        let is_mark = self.prefix != Some(Prefix::Reply) && is_quoted(line);
        let marked = is_mark && marks::after_mark(unquoted(line)).is_some();
        marked.then_some(Place { at, kind: Kind::Forwarded, length: 1 })
    }

    /// Whether a forward may begin on a line, below a subject that speaks of one.
    fn place(&self, at: usize) -> Option<Place> {
        let kinds = self.kinds;
        let kind = kinds.get(at).copied()?;
        if let Some(mark) = self.mark(at).or_else(|| self.quoted_mark(at)) {
            return Some(mark);
        }
        let above = at.checked_sub(1).and_then(|above| kinds.get(above).copied());
        let length = || kinds.iter().skip(at).take(MOST_LINES).take_while(|other| **other == kind).count();
        match kind {
            Kind::Original => Some(Place { at, kind, length: 1 }),
            Kind::Attribution if above != Some(kind) => Some(Place { at, kind, length: length() }),
            Kind::Quote if above != Some(kind) => Some(Place { at, kind, length: 0 }),
            Kind::Text | Kind::Block => {
                let begins = |at: usize| block::field(self.line(at)).is_some();
                let inside = at.checked_sub(1).is_some_and(begins);
                (begins(at) && !inside).then_some(Place { at, kind: Kind::Block, length: 0 })
            }
            _ => None,
        }
    }

    fn read(&self, place: &Place) -> Option<Inline> {
        let below = place.at + place.length;
        let filled = |at: &usize| !self.line(*at).trim().is_empty();
        let start = (below..self.all.len()).take(MOST_LINES).find(filled).unwrap_or(below);
        let quoted = is_quoted(self.line(if place.length == 0 { place.at } else { start }));
        let peel = |line: &'a str| if quoted { unquoted(line) } else { line };
        let window: Vec<&str> = self.all.iter().skip(below).take(MOST_LINES).map(|line| peel(line)).collect();
        let head = match place.kind {
            Kind::Attribution => self.attribution(place),
            kind => self.head(kind, &window, self.line(place.at)),
        }?;
        let begin = below + head.length;
        let (last, end) = self.end(begin, quoted);
        let text: Vec<&str> = self.all.get(begin..last)?.iter().map(|line| peel(line)).collect();
        let forward = Forward {
            from: head.from,
            to: head.to,
            date: head.date,
            subject: one_line(&head.subject),
            text: lines(&text.join("\n")),
            html: None,
            how: ForwardedHow::Inline,
            headers: Headers::default(),
            forwarded: None,
        };
        Some(Inline { forward, above: self.without_ruler(place.at), end })
    }

    /// Where the forwarded mail's text ends, and where the forwarder goes on.
    fn end(&self, below: usize, quoted: bool) -> (usize, usize) {
        let lines = self.all.get(below..).unwrap_or_default();
        let whole = (self.all.len(), self.all.len());
        if quoted {
            let end = below + lines.iter().rposition(|line| is_quoted(line)).map_or(0, |at| at + 1);
            return (end, end);
        }
        lines.iter().position(|line| marks::is_end(line)).map_or(whole, |at| (below + at, below + at + 1))
    }

    /// Up over the ruler that Outlook draws above the header block.
    fn without_ruler(&self, at: usize) -> usize {
        let drawn = |line: &&&str| line.trim().is_empty() || marks::is_ruler(line);
        let lines = self.all.iter().take(at).rev().take_while(drawn);
        let ruler = lines.enumerate().filter(|(_, line)| marks::is_ruler(line)).last();
        ruler.map_or(at, |(up, _)| at - up - 1)
    }

    fn head(&self, kind: Kind, window: &[&str], first: &str) -> Option<Head> {
        if kind != Kind::Forwarded {
            let start = window.iter().position(|line| !line.trim().is_empty())?;
            let block = block::read(window.get(start..)?);
            let from = author::of_field(block.value(Label::From)?);
            let enough = block.kinds() >= 3 || block.kinds() == 2 && from.is_some();
            let is_forward = self.prefix == Some(Prefix::Forward) || block.is_scandinavian;
            return (enough && is_forward).then(|| self.of_block(&block, start, &[]));
        }
        let first = if is_quoted(first) { unquoted(first) } else { first };
        let rest = marks::after_mark(first).unwrap_or_default();
        if block::field(rest).is_some() {
            let lines: Vec<&str> = std::iter::once(rest).chain(window.iter().copied()).collect();
            let mut head = self.of_block(&block::read(&lines), 0, &[]);
            head.length = head.length.saturating_sub(1);
            return Some(head);
        }
        let start = (0..window.len().min(MOST_PREAMBLE))
            .find(|at| window.get(*at).is_some_and(|line| block::field(line).is_some()));
        if let Some(start) = start {
            let block = block::read(window.get(start..)?);
            if block.kinds() >= 2 || block.value(Label::From).and_then(author::of_field).is_some() {
                return Some(self.of_block(&block, start, window.get(..start)?));
            }
        }
        self.below_mark(window)
    }

    /// A mark with an attribution below it, as Yandex writes, or with nothing but the text.
    fn below_mark(&self, window: &[&str]) -> Option<Head> {
        let start = window.iter().position(|line| !line.trim().is_empty())?;
        let few = window.get(start..(start + 4).min(window.len()))?;
        let length = classify(few).iter().take_while(|kind| **kind == Kind::Attribution).count();
        match few.get(..length) {
            Some([]) | None => Some(Head { length: start, ..Head::default() }),
            Some(lines) => Some(Head { length: start + length, ..self.attributed(&lines.join(" ")) }),
        }
    }

    fn attribution(&self, place: &Place) -> Option<Head> {
        let line = self.all.get(place.at..place.at + place.length)?.join(" ");
        let head = self.attributed(&line);
        (self.prefix == Some(Prefix::Forward) && head.from.is_some()).then_some(head)
    }

    fn attributed(&self, line: &str) -> Head {
        Head { from: author::of_attribution(line), date: dates::read(line, self.zone), ..Head::default() }
    }

    /// What a block says that begins below `start` lines; Notes writes the author above it.
    fn of_block(&self, block: &Block, start: usize, preamble: &[&str]) -> Head {
        let value = |label| block.value(label).unwrap_or_default();
        let above = || preamble.iter().find_map(|line| author::of_field(line));
        let from = match block.value(Label::From) {
            Some(value) => author::of_field(value),
            None => above(),
        };
        let date = match block.value(Label::Date) {
            Some(value) => dates::read(value, self.zone),
            None => preamble.iter().find_map(|line| dates::read(line, self.zone)),
        };
        let to = value(Label::To).split([',', ';', '；', '、']).take(super::MOST_RECIPIENTS);
        Head {
            from,
            to: to.filter_map(author::of_field).collect(),
            date,
            subject: value(Label::Subject).to_owned(),
            length: start + block.length,
        }
    }
}

/// Most lines between a mark and the header block: Notes wraps its mark, others draw a ruler.
const MOST_PREAMBLE: usize = 8;

/// What stands above a forwarded mail's text.
#[derive(Default)]
struct Head {
    from: Option<Mailbox>,
    to: Vec<Mailbox>,
    date: Option<Zoned>,
    subject: String,
    /// Lines it takes below the mark.
    length: usize,
}

fn is_quoted(line: &str) -> bool {
    line.trim_start().starts_with(['>', '＞'])
}

#[cfg(test)]
mod tests;
