//! Owns what the site's mail server says of a mail's author: the `Authentication-Results` field (RFC 8601).
//! Only the topmost one of the configured server counts: whatever stands below may have come with the mail.
//! On failure (a field that is no such field, or one that says nothing of the author) nothing is shown. Linear.

use std::iter::Peekable;
use std::str::CharIndices;

use super::Message;
use crate::directory::Address;

/// What the server says of the author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// It is theirs: `dmarc=pass`, or `dkim=pass` by their domain.
    Pass,
    /// It is not: `dmarc=fail`.
    Fail,
    /// Nothing that could be used.
    Unknown,
}

/// Most results that are read of one field.
const MOST_RESULTS: usize = 50;

/// What the mail server with this authserv-id says of a mail's one author.
pub fn authentication(message: &Message, authserv_id: &str) -> Authentication {
    let Some(author) = message.author() else { return Authentication::Unknown };
    let fields =
        message.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Authentication-Results"));
    let read = fields.filter_map(|(_, value)| read(value));
    let topmost = read.into_iter().find(|results| results.server.eq_ignore_ascii_case(authserv_id));
    topmost.map_or(Authentication::Unknown, |results| judge(&results.all, &author.address))
}

/// The results of one field.
#[derive(Debug, PartialEq, Eq)]
struct Results {
    server: String,
    all: Vec<Outcome>,
}

/// One method's result, and the properties it names: `header.d` and `example.com`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    method: String,
    result: String,
    properties: Vec<(String, String)>,
}

impl Outcome {
    fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn judge(results: &[Outcome], author: &Address) -> Authentication {
    let domain = author.domain();
    let of = |method: &'static str| results.iter().filter(move |outcome| outcome.method == method);
    // What was checked must have been this author's domain.
    let theirs = |outcome: &&Outcome| {
        let of = |value: &str| {
            value.rsplit_once('@').map_or(value, |(_, domain)| domain).eq_ignore_ascii_case(domain)
        };
        outcome.property("header.from").is_none_or(of)
    };
    if domain.is_empty() {
        return Authentication::Unknown;
    }
    if of("dmarc").filter(theirs).any(|outcome| outcome.result == "fail") {
        return Authentication::Fail;
    }
    let signed = |outcome: &Outcome| {
        let by = outcome
            .property("header.d")
            .or_else(|| outcome.property("header.i")?.rsplit_once('@').map(|(_, by)| by));
        outcome.result == "pass" && by.is_some_and(|by| is_aligned(by, domain))
    };
    let passes = of("dmarc").filter(theirs).any(|outcome| outcome.result == "pass") || of("dkim").any(signed);
    if passes { Authentication::Pass } else { Authentication::Unknown }
}

/// Whether a signature by a domain speaks for an author of another: the same, or above it (RFC 7489, 3.1.1, without the
/// list of public suffixes: nobody signs for one).
fn is_aligned(by: &str, domain: &str) -> bool {
    let by = by.to_ascii_lowercase();
    by.contains('.') && (domain == by || domain.strip_suffix(&by).is_some_and(|rest| rest.ends_with('.')))
}

/// Reads a field: `mx.example.com 1; dmarc=pass (p=reject) header.from=example.com; dkim=pass header.d=example.com`.
fn read(value: &str) -> Option<Results> {
    let mut parts = tokens(value).into_iter();
    let mut server = None;
    for token in parts.by_ref() {
        match (token, &server) {
            (Token::Word(word), None) => server = Some(word),
            (Token::Word(_), Some(_)) => {}
            (Token::Semicolon, Some(_)) => break,
            (Token::Semicolon | Token::Equals, _) => return None,
        }
    }
    let mut results = Results { server: server?, all: Vec::new() };
    let (mut outcome, mut name, mut equals) = (Outcome::default(), String::new(), false);
    for token in parts.chain([Token::Semicolon]) {
        match token {
            Token::Semicolon => {
                let outcome = std::mem::take(&mut outcome);
                (name, equals) = (String::new(), false);
                if !outcome.method.is_empty() && results.all.len() < MOST_RESULTS {
                    results.all.push(outcome);
                }
            }
            Token::Equals => equals = !name.is_empty(),
            Token::Word(word) if equals => {
                outcome.take(std::mem::take(&mut name), word);
                equals = false;
            }
            // Comments and blanks may stand around the dot of `header . from`, and before a method's version.
            Token::Word(word) if word.starts_with(['.', '/']) || name.ends_with(['.', '/']) => {
                name.push_str(&word)
            }
            Token::Word(word) => name = word,
        }
    }
    Some(results)
}

impl Outcome {
    fn take(&mut self, name: String, value: String) {
        let name = name.to_ascii_lowercase();
        if self.method.is_empty() {
            self.method = name.split('/').next().unwrap_or_default().to_owned();
            self.result = value.to_ascii_lowercase();
        } else {
            self.properties.push((name, value));
        }
    }
}

enum Token {
    Word(String),
    Semicolon,
    Equals,
}

/// Words, semicolons and equals signs; comments and blanks between them are left out (RFC 5322, 3.2.2).
fn tokens(value: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut chars = value.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        let ends = c.is_whitespace() || matches!(c, ';' | '=' | '(' | '"');
        if ends && !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(&mut word)));
        }
        match c {
            ';' => tokens.push(Token::Semicolon),
            '=' => tokens.push(Token::Equals),
            '(' => comment(&mut chars),
            '"' => tokens.push(Token::Word(quoted(&mut chars))),
            c if c.is_whitespace() => {}
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        tokens.push(Token::Word(word));
    }
    tokens
}

/// Passes over a comment, and those within it. One that never ends hides the rest.
fn comment(chars: &mut Peekable<CharIndices<'_>>) {
    let mut depth = 1_usize;
    while let Some((_, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '(' => depth += 1,
            ')' if depth == 1 => return,
            ')' => depth -= 1,
            _ => {}
        }
    }
}

/// What stands in quotation marks.
fn quoted(chars: &mut Peekable<CharIndices<'_>>) -> String {
    let mut text = String::new();
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => break,
            '\\' => text.extend(chars.next().map(|(_, c)| c)),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(fields: &[&str]) -> Authentication {
        let mut mail = String::new();
        for field in fields {
            mail.push_str(&format!("Authentication-Results: {field}\r\n"));
        }
        mail.push_str("From: Kato Ren <kato@example.com>\r\nSubject: x\r\n\r\nack\r\n");
        authentication(&crate::message::read(mail.as_bytes()), "mx.example.com")
    }

    /// Fault 103.
    #[test]
    fn what_the_configured_server_says_of_the_author_counts() {
        use Authentication::{Fail, Pass, Unknown};
        for (field, expected) in [
            ("mx.example.com; dmarc=pass header.from=example.com", Pass),
            ("MX.example.com 1; spf=fail; dmarc=PASS (p=reject; sp=none) header.from=Example.com", Pass),
            ("mx.example.com; dkim=pass (2048-bit; x) header.d=example.com header.s=k", Pass),
            ("mx.example.com; dkim/1=pass reason=\"good; really\" header . i = @example.com", Pass),
            (
                "mx.example.com (a (nested \\) comment)) ; dkim=fail header.d=a.example; dkim=pass header.d=example.com",
                Pass,
            ),
            (
                "mx.example.com; dmarc=fail (p=none) header.from=example.com; dkim=pass header.d=other.example",
                Fail,
            ),
            ("mx.example.com; dmarc=fail header.from=example.com; dkim=pass header.d=example.com", Fail),
            ("mx.example.com; dmarc=pass header.from=elsewhere.example", Unknown),
            ("mx.example.com; dkim=pass header.d=elsewhere.example", Unknown),
            ("mx.example.com; dkim=pass header.d=com", Unknown),
            ("mx.example.com; dkim=pass header.d=ple.com", Unknown),
            ("mx.example.com; spf=pass smtp.mailfrom=kato@example.com", Unknown),
            ("mx.example.com; none", Unknown),
            ("mx.example.com; dmarc=none header.from=example.com", Unknown),
            ("mx.example.com; spf=pass (dmarc=pass) smtp.mailfrom=\"; dmarc=pass\"", Unknown),
            ("mx.example.com; x=(never ends dmarc=pass", Unknown),
            ("other.example.com; dmarc=pass header.from=example.com", Unknown),
            ("mx.example.com.evil.example; dmarc=pass header.from=example.com", Unknown),
            ("; dmarc=pass", Unknown),
            ("", Unknown),
        ] {
            assert_eq!(of(&[field]), expected, "{field}");
        }
    }

    /// Fault 103.
    #[test]
    fn only_the_topmost_field_of_the_server_counts() {
        let none = "mx.example.com; dmarc=none header.from=example.com";
        let pass = "mx.example.com; dmarc=pass header.from=example.com";
        assert_eq!(of(&[none, pass]), Authentication::Unknown);
        assert_eq!(of(&["other.example; dmarc=fail", pass, none]), Authentication::Pass);
    }

    /// Fault 104.
    #[test]
    fn several_authors_are_nobody() {
        let mail = "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n\
            From: kato@example.com\r\nFrom: mori@example.com\r\n\r\nack\r\n";
        let message = crate::message::read(mail.as_bytes());
        assert_eq!(authentication(&message, "mx.example.com"), Authentication::Unknown);
    }

    proptest! {
        /// Fault 103.
        #[test]
        fn no_field_is_too_odd(value in "[ -~\\\\\"();=.@日]{0,300}") {
            let _ = read(&value);
            let _ = read(&format!("mx.example.com;{value}"));
        }
    }
}
