//! Owns what one line of the log looks like.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::config::log::LogFormat;
use crate::incident::words::one_line;

/// Longest text of a line, in characters: whatever a server says, a line stays one that can be read.
const LONGEST: usize = 2000;

/// One line.
#[derive(Debug)]
pub(super) struct Line {
    at: Timestamp,
    level: Level,
    text: String,
    fields: Map<String, Value>,
}

impl Line {
    pub(super) fn of(event: &Event<'_>, at: Timestamp) -> Self {
        let mut line = Self { at, level: *event.metadata().level(), text: String::new(), fields: Map::new() };
        event.record(&mut line);
        line.text = cut(&one_line(&line.text));
        line
    }

    /// That lines were lost.
    pub(super) fn lost(lines: u64, at: Timestamp) -> Self {
        let text = format!("{lines} lines of the log were lost: whoever reads it was too slow");
        let fields = [("lost".to_owned(), lines.into())].into_iter().collect();
        Self { at, level: Level::WARN, text, fields }
    }

    /// As it is written, with its end.
    pub(super) fn written(&self, format: LogFormat) -> String {
        let Self { at, level, text, .. } = self;
        match format {
            LogFormat::Plain => format!("{at:.3} {level:>5} {text}\n"),
            LogFormat::Journald => format!("<{}>{text}\n", priority(*level)),
            LogFormat::Json => self.json(),
        }
    }

    fn json(&self) -> String {
        let mut object = Map::new();
        object.insert("time".to_owned(), format!("{:.3}", self.at).into());
        object.insert("level".to_owned(), self.level.as_str().to_ascii_lowercase().into());
        object.insert("text".to_owned(), self.text.clone().into());
        object.extend(self.fields.clone());
        format!("{}\n", Value::Object(object))
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.text),
            // What happened, as data.
            "fact" => {
                if let Ok(Value::Object(fact)) = serde_json::from_str(value) {
                    self.fields.extend(fact);
                }
            }
            name => {
                self.fields.insert(name.to_owned(), cut(&one_line(value)).into());
            }
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.record_str(field, &text);
    }
}

/// Priorities of syslog (RFC 5424, 6.2.1), as systemd reads them in front of a line.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

fn cut(text: &str) -> String {
    let mut start: String = text.chars().take(LONGEST).collect();
    if start.len() < text.len() {
        start.push_str(" …");
    }
    start
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt as _};

    use super::*;

    fn line(level: Level, text: &str) -> Line {
        let fields = serde_json::from_str(r#"{"incident":"INC-1"}"#).unwrap();
        Line { at: Timestamp::UNIX_EPOCH, level, text: text.to_owned(), fields }
    }

    #[test]
    fn a_line_is_for_people_for_the_journal_or_for_programs() {
        let line = line(Level::WARN, "the relay \"x\" is gone");
        assert_eq!(
            line.written(LogFormat::Plain),
            "1970-01-01T00:00:00.000Z  WARN the relay \"x\" is gone\n"
        );
        assert_eq!(line.written(LogFormat::Journald), "<4>the relay \"x\" is gone\n");
        let json: Value = serde_json::from_str(&line.written(LogFormat::Json)).unwrap();
        assert_eq!(json["text"], "the relay \"x\" is gone");
        assert_eq!((&json["level"], &json["incident"]), (&"warn".into(), &"INC-1".into()));
    }

    #[test]
    fn nothing_that_is_logged_begins_a_line_steers_a_terminal_or_turns_round() {
        let forged = "gone\r\n<0>forged\u{1b}[2J\u{9b}31m\u{202e}\u{2028}\u{2066}\0x";
        let queue = Arc::new(Mutex::new(String::new()));
        let told = tracing_subscriber::registry().with(Told(queue.clone()));
        tracing::subscriber::with_default(told, || tracing::warn!(why = forged, "{forged}"));
        let told = queue.lock().unwrap().clone();
        assert_eq!(told.lines().count(), 3, "{told:?}");
        let steers = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{2028}\u{2066}".contains(c));
        assert!(!told.contains(steers) && told.contains("gone <0>forged"), "{told:?}");
    }

    /// Keeps every line in its three forms.
    struct Told(Arc<Mutex<String>>);

    impl<S: tracing::Subscriber> Layer<S> for Told {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let line = Line::of(event, Timestamp::UNIX_EPOCH);
            for form in [LogFormat::Plain, LogFormat::Journald, LogFormat::Json] {
                self.0.lock().unwrap().push_str(&line.written(form));
            }
        }
    }

    #[test]
    fn a_line_without_end_is_cut() {
        assert_eq!(cut(&"x".repeat(9000)).chars().count(), LONGEST + 2);
        assert_eq!(cut("short"), "short");
    }
}
