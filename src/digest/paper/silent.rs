//! Owns the line about a monitor that has fallen silent.

use jiff::SignedDuration;

use super::Pen;
use crate::alert::Silent;
use crate::incident::words::one_line;

/// `nagios (nagios@mon.example.com): last heard Mon 09:00, usually every 6 h`.
pub(super) fn line(pen: &Pen<'_>, it: &Silent) -> String {
    let source = format!("{} ({})", it.format, one_line(&it.address));
    let rhythm = pen.reader.length(SignedDuration::from_secs(it.rhythm));
    pen.say("silent-since", &[("source", &source), ("last", &pen.reader.past(it.last)), ("rhythm", &rhythm)])
}
