//! Owns the mails that people and monitors of a transcript write.

use jiff::Timestamp;

use crate::book::Book;
use crate::directory::{Address, PersonId};

/// A mail to be written.
#[derive(Debug)]
pub struct Draft<'a> {
    /// Who people are.
    pub book: &'a Book,
    /// How many mails there were, this one included.
    pub number: usize,
    /// A person's id, a monitor's name, or an address.
    pub from: &'a str,
    /// Its subject, or what Nagios says.
    pub about: &'a str,
    /// Header fields that matter.
    pub headers: &'a [(String, String)],
    /// Its text.
    pub body: &'a [String],
    /// The mail that is answered.
    pub answers: Option<&'a Answered>,
    /// Its date.
    pub now: Timestamp,
}

/// A mail that somebody got, as far as an answer to it needs it.
#[derive(Debug, Clone)]
pub struct Answered {
    /// Its subject.
    pub subject: String,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// The mail itself.
    pub bytes: Vec<u8>,
}

/// The mail's bytes. Headers that the transcript doesn't name have values that don't matter.
pub fn write(draft: &Draft<'_>) -> Vec<u8> {
    let address = address(draft.book, draft.from);
    let (subject, body) = match (draft.answers, nagios(draft.from, draft.about)) {
        (Some(mail), _) => (format!("Re: {}", mail.subject), quoting(draft.body, mail)),
        (None, Some((subject, body))) => (subject, body),
        (None, None) => (draft.about.to_owned(), draft.body.join("\r\n")),
    };
    let date = date(draft.now.to_zoned(draft.book.zone.clone()));
    let checked =
        draft.book.authserv_id.as_ref().map_or_else(String::new, |server| {
            format!("{server}; dmarc=pass header.from={}", address.domain())
        });
    let mut fields = vec![
        ("Authentication-Results", checked),
        ("Received", format!("from {0} by mx.{0}; {date}", draft.book.address.domain())),
        ("From", format!("<{address}>")),
        ("To", draft.answers.map_or_else(|| draft.book.address.to_string(), reply_to)),
        ("Subject", subject),
        ("Message-ID", format!("<{}.{}>", draft.number, address)),
        ("Date", date),
    ];
    if let Some(mail) = draft.answers {
        fields.push(("In-Reply-To", format!("<{}>", mail.message_id)));
        fields.push(("References", format!("<{}>", mail.message_id)));
    }
    fields.push(("MIME-Version", "1.0".to_owned()));
    fields.push(("Content-Type", "text/plain; charset=utf-8".to_owned()));
    fields.push(("Content-Transfer-Encoding", "8bit".to_owned()));
    fields.retain(|(name, _)| !draft.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
    let given = draft.headers.iter().map(|(name, value)| (name.as_str(), value.clone()));
    let mut mail = String::new();
    for (name, value) in fields.into_iter().chain(given).filter(|(_, value)| !value.is_empty()) {
        mail.push_str(&format!("{name}: {value}\r\n"));
    }
    mail.push_str(&format!("\r\n{body}\r\n"));
    mail.into_bytes()
}

/// A person's first address; a monitor's; or the address itself.
pub fn address(book: &Book, from: &str) -> Address {
    let person = book.directory.people.get(&PersonId::new(from)).and_then(|person| person.addresses.first());
    match person {
        Some(address) => address.clone(),
        None if from.contains('@') => Address::new(from),
        None => Address::new(&format!("{from}@mon.example.com")),
    }
}

/// `CRITICAL service-a` or `OK service-a@web02` as Nagios Core's sample configuration mails it.
fn nagios(from: &str, about: &str) -> Option<(String, String)> {
    let (state, what) = about.split_once(' ').filter(|_| from == "nagios")?;
    let (service, host) = what.split_once('@').unwrap_or((what, "web01"));
    let kind = if state == "OK" { "RECOVERY" } else { "PROBLEM" };
    let subject = format!("** {kind} Service Alert: {host}/{service} is {state} **");
    let lines = [
        "***** Nagios *****".to_owned(),
        String::new(),
        format!("Notification Type: {kind}"),
        String::new(),
        format!("Service: {service}"),
        format!("Host: {host}"),
        "Address: 192.0.2.10".to_owned(),
        format!("State: {state}"),
        String::new(),
        "Additional Info:".to_owned(),
        String::new(),
        format!("{state} - as the check says"),
    ];
    Some((subject, lines.join("\r\n")))
}

/// An answer as mail programs write it: the new text above the old.
fn quoting(body: &[String], mail: &Answered) -> String {
    let new = body.join("\r\n");
    format!(
        "{new}\r\n\r\nOn Mon, 23 Nov 2026 at 01:00, Example Operations wrote:\r\n> {}\r\n> ack",
        mail.subject
    )
}

/// Where an answer to a mail goes: its Reply-To.
fn reply_to(mail: &Answered) -> String {
    let head = String::from_utf8_lossy(&mail.bytes).into_owned();
    let unfolded = head.replace("\r\n ", " ");
    let field = unfolded.lines().find_map(|line| line.strip_prefix("Reply-To: "));
    let address = field.and_then(|field| field.rsplit_once('<')).and_then(|(_, rest)| rest.split_once('>'));
    address.map_or_else(String::new, |(address, _)| address.to_owned())
}

fn date(at: jiff::Zoned) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
}
