//! Owns the compiled form of a format file: how to know a product's mails and where its facts stand.
//! Never reads TOML (`config::formats` does) and never sees a mail.

use std::collections::{BTreeMap, BTreeSet};

use crate::alert::{Expression, State, Template, Times};
use crate::message::{ForwardedHow, Mailbox};
use jiff::Zoned;

/// How the mails of one monitoring product are read: one file of `rules/alerts`.
#[derive(Debug, Clone)]
pub struct Format {
    /// Name of the product, `nagios`; part of every fingerprint.
    pub name: String,
    /// How to know its mails.
    pub recognise: Recognise,
    /// Asked only about mails of which no other format finds an alert.
    pub fallback: bool,
    /// Where captures come from, in order: the first that captures a name wins.
    pub readings: Vec<Reader>,
    /// How a mail with several alerts is cut up. None: a mail is one alert.
    pub blocks: Option<Blocks>,
    /// How lists of `name = value` are read.
    pub labels: Option<Labels>,
    /// What the product's words for states mean.
    pub words: Words,
    /// States that it never mails: of some troubles nobody hears that they are over.
    pub never: Vec<State>,
    /// Words for severities that all products share, by the product's own word in lower case. A word that isn't
    /// here stays as it is.
    pub severities: BTreeMap<String, String>,
    /// What an alert's fields are made of.
    pub fields: Fields,
    /// How it writes times.
    pub times: Times,
    /// Mails with what must come out: the file's own tests.
    pub tests: Vec<Example>,
}

/// What makes a mail one of this product's. All lists must be satisfied; an empty one is.
#[derive(Debug, Clone, Default)]
pub struct Recognise {
    /// Each of these must match.
    pub all: Vec<Pattern>,
    /// At least one of these must match.
    pub any: Vec<Pattern>,
    /// None of these may match.
    pub none: Vec<Pattern>,
}

impl Recognise {
    /// Puts those patterns first that look at little: most mails are told from a product's by their subject.
    pub fn in_order_of_cost(mut self) -> Self {
        for patterns in [&mut self.all, &mut self.any, &mut self.none] {
            patterns.sort_by_key(|pattern| pattern.place.cost());
        }
        self
    }
}

/// Where captures come from.
#[derive(Debug, Clone)]
pub struct Reader {
    /// What must match; its named groups are captures.
    pub pattern: Pattern,
    /// Captures that a match gives besides, with their values.
    pub set: Vec<(String, String)>,
    /// What is cut out of the captured values.
    pub without: Vec<Expression>,
}

/// A regular expression and where it looks.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Where it looks.
    pub place: Place,
    /// What it looks for; its named groups are captures.
    pub regex: Expression,
}

/// A part of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The author as `Name <address>`.
    From,
    /// The subject; where it doesn't match as it stands, without one after the other of the tags in brackets in
    /// front that lists and mail servers add.
    Subject,
    /// What kind of mail it is: `person`, the word of [`crate::message::AutomaticKind`], or `forwarded` for what
    /// another mail forwards; then ` reply` where it answers a mail.
    Kind,
    /// The text, each line without blanks around it. Of a mail with blocks: the block, then what stands above all blocks.
    Text,
    /// The source of the HTML part.
    Html,
    /// All values of a header field.
    Header(String),
    /// Subject and text, one below the other.
    Anywhere,
    /// A value in the JSON object that begins the text: names, and numbers in lists, with dots between.
    Json(String),
}

impl Place {
    /// Whether it is never more than a few lines.
    pub fn is_cheap(&self) -> bool {
        self.cost() <= 2
    }

    /// How much is to be searched, roughly: the less, the earlier.
    fn cost(&self) -> u8 {
        match self {
            Self::From | Self::Kind => 0,
            Self::Subject => 1,
            Self::Header(_) => 2,
            Self::Json(_) => 3,
            Self::Text | Self::Anywhere => 4,
            Self::Html => 5,
        }
    }
}

/// How a mail with several alerts is cut up.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// A line that matches begins an alert.
    pub start: Expression,
    /// The captures of a line that matches hold for all blocks below it, until the next such line.
    pub section: Option<Expression>,
}

/// How lists of `name = value` are read. Each becomes a capture `label.NAME`; all of them together become
/// `labels`: `a=1,b=2`, sorted by name.
#[derive(Debug, Clone)]
pub struct Labels {
    /// One label, with the groups `name` and `value`.
    pub line: Expression,
    /// The list begins below such a line. None: at the first line.
    pub from: Option<Expression>,
    /// The list ends at such a line. None: at the last.
    pub until: Option<Expression>,
    /// Names left out of `labels`, because they don't tell one trouble from another.
    pub omit: BTreeSet<String>,
}

/// What the product's words for states mean.
#[derive(Debug, Clone)]
pub struct Words {
    /// By word in lower case.
    pub known: BTreeMap<String, State>,
    /// What any other word means, and none at all.
    pub otherwise: State,
}

impl Words {
    /// The state that a word stands for.
    pub fn state(&self, word: Option<&str>) -> State {
        word.and_then(|word| self.known.get(&word.to_lowercase())).copied().unwrap_or(self.otherwise)
    }
}

/// What an alert's fields are made of: of each list the first template whose names were all captured.
#[derive(Debug, Clone)]
pub struct Fields {
    /// What the same trouble has in common. A mail without it is no alert.
    pub key: Vec<Template>,
    /// What the product calls this very trouble, by which later mails may name it instead.
    pub reference: Vec<Template>,
    /// The word that [`Words`] explains.
    pub state: Vec<Template>,
    /// How bad it is: a word that `severities` may know.
    pub severity: Vec<Template>,
    /// Host name.
    pub host: Vec<Template>,
    /// Service or check.
    pub service: Vec<Template>,
    /// A time, as [`Times`] reads it; the first that can be read.
    pub since: Vec<Template>,
    /// Where to look; http and https only.
    pub link: Vec<Template>,
}

/// A mail with what must come out of it.
#[derive(Debug, Clone)]
pub struct Example {
    /// Where it stands in its file, counted from 1.
    pub line: usize,
    /// The author.
    pub from: Option<Mailbox>,
    /// The Date.
    pub date: Option<Zoned>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The source of the HTML part.
    pub html: Option<String>,
    /// Other header fields.
    pub headers: Vec<(String, String)>,
    /// How a colleague forwards it. None: it comes by itself.
    pub forwarded: Option<ForwardedHow>,
    /// For each alert the fields that matter, by their names in [`crate::alert::Alert`]; an empty word means that there is none.
    pub expect: Vec<BTreeMap<String, String>>,
}
