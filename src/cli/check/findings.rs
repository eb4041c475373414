//! Owns what is found out about a mailbox or a relay, and how it is printed.

use crate::cli::output::{NAME, QUIET, WARNING, WELL, WRONG, paint};
use crate::incident::words::one_line;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// As it should be.
    Well,
    /// It works, but not as one may think.
    Odd,
    /// It doesn't work.
    Wrong,
    /// Neither well nor wrong.
    Known,
}

/// One thing that was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// How it is.
    pub(super) how: How,
    /// What it is.
    pub(super) what: String,
    /// What to type or to do next.
    pub(super) advice: Option<String>,
}

/// What was found out about one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Findings {
    name: String,
    found: Vec<Finding>,
}

impl Findings {
    /// Nothing yet, about this place.
    pub(super) fn about(name: impl Into<String>) -> Self {
        Self { name: name.into(), found: Vec::new() }
    }

    /// Adds what is as it should be.
    pub(super) fn well(&mut self, what: impl Into<String>) {
        self.found.push(Finding { how: How::Well, what: what.into(), advice: None });
    }

    /// Adds what is neither.
    pub(super) fn known(&mut self, what: impl Into<String>) {
        self.found.push(Finding { how: How::Known, what: what.into(), advice: None });
    }

    /// Adds what works otherwise than one may think.
    pub(super) fn odd(&mut self, what: impl Into<String>, advice: impl Into<String>) {
        self.found.push(Finding { how: How::Odd, what: what.into(), advice: Some(advice.into()) });
    }

    /// Adds what doesn't work.
    pub(super) fn wrong(&mut self, what: impl Into<String>, advice: Option<String>) {
        self.found.push(Finding { how: How::Wrong, what: what.into(), advice });
    }

    /// Whether anything doesn't work.
    pub(super) fn is_wrong(&self) -> bool {
        self.found.iter().any(|finding| finding.how == How::Wrong)
    }

    /// For people. Much of it are a server's words: each line is made fit for a terminal.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", paint(NAME, &one_line(&self.name)));
        for finding in &self.found {
            let (style, mark) = match finding.how {
                How::Well => (WELL, "ok"),
                How::Odd => (WARNING, "note"),
                How::Wrong => (WRONG, "wrong"),
                How::Known => (QUIET, "-"),
            };
            let mark = paint(style, &format!("{mark:>5}"));
            text.push_str(&format!("  {mark}  {}\n", one_line(&finding.what)));
            if let Some(advice) = &finding.advice {
                text.push_str(&format!("         {}\n", one_line(advice)));
            }
        }
        text
    }
}
