//! Owns the last look at a client's mail before it enters the outbox: its finished bytes, decoded, hold nothing of what
//! only the house may know, and nothing of another client. A client's mail is made of client-visible facts alone
//! ([`super::client`]); this is the second lock, for the day on which a template or a field lets something through.
//! Never changes a mail. On a hit it says what it found, and the mail is held.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Addr, HeaderValue, MessageParser, PartType};

use super::{Notice, Owed, wording};
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Party, PartyId, Person};
use crate::incident::Incident;
use crate::templates::Product;

/// A word of fewer characters means nothing by itself.
const LONG_WORD: usize = 6;
/// A word with a digit in it, `web01`, means something sooner.
const LONG_NAME: usize = 5;
/// A run of characters without blanks between words (Japanese) means something from this length on.
const LONG_RUN: usize = 6;
/// Names, keys and addresses of fewer characters would be found everywhere.
const LONG_PHRASE: usize = 4;
/// Most words or phrases that are named to whoever must mend it.
const MOST_NAMED: usize = 5;

/// What stands between the figures of a date.
const DATE_MARKS: [char; 6] = ['年', '月', '日', '時', '分', '秒'];

/// Header fields that firebell makes of ids and constants: what their words say is no text.
const STRUCTURAL: [&str; 15] = [
    "content-id",
    "reply-to",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "auto-submitted",
    "x-auto-response-suppress",
    "x-firebell-loop",
    "list-id",
    "importance",
];

/// All words that stand in client templates: whoever reads one has read them.
static OF_TEMPLATES: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| wording::client_sources().iter().flat_map(|text| set(text)).collect());

/// All words that stand in clients' reports by themselves.
static OF_REPORTS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| wording::sources_of(Product::Report).iter().flat_map(|text| set(text)).collect());

/// All words that stand in clients' digests by themselves.
static OF_DIGESTS: LazyLock<BTreeSet<String>> =
    LazyLock::new(|| wording::sources_of(Product::Digest).iter().flat_map(|text| set(text)).collect());

/// The markup of a mail as it stands: a colleague who is called Meta is not named by it.
static OF_LAYOUT: LazyLock<String> = LazyLock::new(|| plain(include_str!("words/mail.html")));

/// What must not stand in a mail.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Secrets {
    /// Words that mean something alone.
    words: BTreeSet<String>,
    /// Names, addresses, keys, sentences: secret as they stand.
    phrases: BTreeSet<String>,
}

/// What stands in a client's mail and must not; nothing for a mail that may be sent. `present` are internal texts at
/// hand that the incident doesn't keep.
pub fn leaks(
    book: &Book,
    incident: &Incident,
    owed: &Owed,
    notice: &Notice,
    present: &[&str],
) -> Vec<String> {
    let Audience::Client(client) = &notice.audience else { return Vec::new() };
    let known = known_to(book, incident, client);
    let mut told = known.clone();
    let written = owed.details.written.as_deref().unwrap_or_default();
    told.extend(set(written));
    let mut secrets = of_the_house(book, incident, &told);
    for text in present.iter().chain([&owed.details.text.as_str()]) {
        secrets.add(text, &told);
    }
    // What somebody writes to a client is their word, unless it names another client.
    secrets.phrases.retain(|phrase| !plain(written).contains(phrase.as_str()));
    secrets.phrases.extend(of_others(book, client, &known));
    found(&secrets, &notice.bytes)
}

/// The same for a report: `fields` are what people wrote into it. Their words are theirs to say; names and addresses of
/// colleagues, keys of alerts and other clients are not.
pub fn leaks_of_report(
    book: &Book,
    incident: &Incident,
    client: &PartyId,
    fields: &str,
    bytes: &[u8],
) -> Vec<String> {
    let known = known_to(book, incident, client);
    let mut told = known.clone();
    told.extend(OF_REPORTS.iter().cloned());
    let keys: BTreeSet<String> = incident.keys.keys().map(|key| plain(key)).collect();
    let mut secrets = of_the_house(book, incident, &told.iter().cloned().chain(set(fields)).collect());
    // The names that people write, though every word of them stands in a field.
    for phrase in of_the_house(book, incident, &told).phrases {
        if !keys.contains(&phrase) && phrase != plain(&incident.title) {
            secrets.phrases.insert(phrase);
        }
    }
    secrets.phrases.extend(of_others(book, client, &known));
    found(&secrets, bytes)
}

/// What must not stand in a client's digest: internal text of these incidents, and other clients. `names` is what the
/// client calls what is or was broken.
pub fn secrets_of_digest<'a>(
    book: &Book,
    incidents: impl Iterator<Item = &'a Incident>,
    client: &PartyId,
) -> Secrets {
    let incidents: Vec<&Incident> = incidents.collect();
    let mut known = OF_DIGESTS.clone();
    for incident in incidents.iter().filter(|incident| incident.clients.contains(client)) {
        known.extend(known_to(book, incident, client));
    }
    let mut secrets = Secrets { phrases: of_others(book, client, &known), ..Secrets::default() };
    for incident in incidents {
        let of_it = of_the_house(book, incident, &known);
        secrets.words.extend(of_it.words);
        secrets.phrases.extend(of_it.phrases);
    }
    secrets
}

/// What of it stands in a client's digest, read as a mail program reads it.
pub fn leaks_of_digest(secrets: &Secrets, bytes: &[u8]) -> Vec<String> {
    found(secrets, bytes)
}

/// The names and addresses of other clients that a text for this one must not hold.
pub fn other_clients(book: &Book, incident: &Incident, client: &PartyId, text: &str) -> Vec<String> {
    let secrets = of_others(book, client, &known_to(book, incident, client));
    let text = plain(text);
    secrets.into_iter().filter(|name| text.contains(name.as_str())).take(MOST_NAMED).collect()
}

/// The words that a client may know: of its own name and people, of the service, of the gateway, of the templates.
fn known_to(book: &Book, incident: &Incident, client: &PartyId) -> BTreeSet<String> {
    let mut known = OF_TEMPLATES.clone();
    let own = book.templates.client_words().iter();
    known.extend(own.flat_map(|text| set(&wording::without_placeholders(text))));
    let mut may = |text: &str| known.extend(set(text));
    [incident.name_for(client), &book.name, book.address.as_str(), &book.tag].into_iter().for_each(&mut may);
    if let Some(party) = book.directory.parties.get(client) {
        may(&party.name);
        for person in people(book, party) {
            may(&person.name);
            person.addresses.iter().for_each(|address| may(address.as_str()));
        }
    }
    known
}

fn people<'a>(book: &'a Book, party: &'a Party) -> impl Iterator<Item = &'a Person> {
    party.people.iter().filter_map(|person| book.directory.people.get(person))
}

fn of_the_house(book: &Book, incident: &Incident, known: &BTreeSet<String>) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.add(&incident.title, known);
    secrets.add(&incident.report, known);
    incident.notes.iter().for_each(|note| secrets.add(note, known));
    incident.waiting.mails.iter().for_each(|mail| secrets.add(&mail.letter.text, known));
    for key in incident.keys.keys() {
        secrets.add(key, known);
        secrets.phrase(key, known);
    }
    secrets.phrase(&incident.title, known);
    for person in book.directory.people.values().filter(|person| book.directory.is_internal(&person.id)) {
        secrets.phrase(&person.name, known);
        person.addresses.iter().for_each(|address| secrets.phrase(address.as_str(), known));
    }
    secrets
}

fn of_others(book: &Book, client: &PartyId, known: &BTreeSet<String>) -> BTreeSet<String> {
    let mut secrets = Secrets::default();
    for party in book.directory.parties.values().filter(|party| party.external && &party.id != client) {
        secrets.phrase(&party.name, known);
        for person in people(book, party) {
            secrets.phrase(&person.name, known);
            person.addresses.iter().for_each(|address| secrets.phrase(address.as_str(), known));
        }
    }
    secrets.phrases
}

impl Secrets {
    /// The meaningful words of a text, but for those that the client knows.
    fn add(&mut self, text: &str, known: &BTreeSet<String>) {
        let telling = |word: &String| means_something(word.as_str()) && !known.contains(word);
        self.words.extend(words(&plain(text)).filter(telling));
    }

    /// A text as it stands, unless the client knows all its words.
    fn phrase(&mut self, text: &str, known: &BTreeSet<String>) {
        let text = plain(text);
        if text.chars().count() >= LONG_PHRASE && words(&text).any(|word| !known.contains(&word)) {
            self.phrases.insert(text);
        }
    }
}

fn means_something(word: &str) -> bool {
    let length = word.chars().count();
    // Every mail has dates in it, and so have people's notes: `11月24日`.
    if word.chars().all(|c| c.is_ascii_digit() || DATE_MARKS.contains(&c)) {
        return false;
    }
    if !word.is_ascii() {
        return length >= LONG_RUN;
    }
    length >= LONG_WORD || length >= LONG_NAME && word.contains(|c: char| c.is_ascii_digit())
}

/// Text in the one form in which it is compared: lower case, one blank where there are some.
fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn set(text: &str) -> BTreeSet<String> {
    words(&plain(text)).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned)
}

/// What of it stands in these bytes, read as a mail program reads them.
fn found(secrets: &Secrets, bytes: &[u8]) -> Vec<String> {
    let (text, whole) = decoded(bytes);
    let shown: BTreeSet<String> = words(&text).collect();
    let stands = |word: &&String| if word.is_ascii() { shown.contains(*word) } else { text.contains(*word) };
    let words = secrets.words.iter().filter(stands);
    let phrases = secrets.phrases.iter().filter(|phrase| {
        let of_layout = OF_LAYOUT.contains(phrase.as_str());
        text.contains(phrase.as_str()) || !of_layout && whole.contains(phrase.as_str())
    });
    words.chain(phrases).take(MOST_NAMED).cloned().collect()
}

/// What a mail shows, and all that it holds besides: decoded, in the form in which it is compared.
fn decoded(bytes: &[u8]) -> (String, String) {
    let (mut shown, mut whole) = (String::new(), String::from_utf8_lossy(bytes).into_owned());
    let Some(mail) = MessageParser::default().parse(bytes) else { return (plain(&whole), plain(&whole)) };
    for header in mail.headers().iter().filter(|header| !is_structural(header.name())) {
        shown.push_str(&in_header(header.value()));
    }
    for part in &mail.parts {
        match &part.body {
            PartType::Text(text) => shown.push_str(text),
            PartType::Html(html) => {
                shown.push_str(&html_to_text(html));
                whole.push_str(html);
            }
            _ => {}
        }
        shown.push(' ');
    }
    whole.push_str(&shown);
    (plain(&shown), plain(&whole))
}

fn in_header(value: &HeaderValue<'_>) -> String {
    match value {
        HeaderValue::Text(text) => format!("{text} "),
        HeaderValue::TextList(texts) => texts.iter().map(|text| format!("{text} ")).collect(),
        HeaderValue::Address(addresses) => {
            let both = |one: &Addr<'_>| {
                [&one.name, &one.address].into_iter().flatten().map(|it| format!("{it} ")).collect::<String>()
            };
            addresses.iter().map(both).collect()
        }
        _ => String::new(),
    }
}

fn is_structural(name: &str) -> bool {
    STRUCTURAL.iter().any(|known| name.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: Example Operations <incidents@example.com>\r\n\
        Subject: =?utf-8?B?44K144O844OT44K5IHdlYjAxLmRi?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        The connec=\r\ntion pool is =E6=B7=B7=E9=9B=91=E3=81=97=E3=81=A6=E3=81=84=E3=81=BE=E3=81=99\r\n\
        --b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        PHAgc3R5bGU9ImJvcmRlcjowIj5LYXRvJiN4MjA7UmVuPC9wPg==\r\n--b--\r\n";

    fn hits(text: &str, phrase: &str) -> Vec<String> {
        let mut secrets = Secrets::default();
        secrets.add(text, &set("service a pool"));
        secrets.phrase(phrase, &set("service a"));
        found(&secrets, MAIL.as_bytes())
    }

    #[test]
    fn internal_text_is_found_in_every_part_and_through_every_encoding() {
        assert_eq!(hits("see web01.db", ""), ["web01"]);
        assert_eq!(hits("The CONNECTION is gone", ""), ["connection"]);
        assert_eq!(hits("混雑しています", ""), ["混雑しています"]);
        assert_eq!(hits("", "Kato Ren"), ["kato ren"]);
    }

    #[test]
    fn short_words_what_the_client_knows_and_the_mail_s_own_form_are_no_secrets() {
        let harmless = "pool a is it me; the border, multipart, alternative, base64, quoted-printable";
        assert!(hits(harmless, "Service A").is_empty(), "{:?}", hits(harmless, "Service A"));
    }

    #[test]
    fn a_date_and_the_mail_s_own_markup_are_nobody_s_secret() {
        for harmless in ["11月24日", "2026年11月24日 03時15分", "24 Nov 2026, 03:15:00"] {
            let mut secrets = Secrets::default();
            secrets.add(harmless, &BTreeSet::new());
            assert!(secrets.words.is_empty(), "{harmless}: {:?}", secrets.words);
        }
        let html = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<meta name=x><p>It works, says ";
        let said = |name: &str| {
            let mut secrets = Secrets::default();
            secrets.phrase("Meta", &BTreeSet::new());
            found(&secrets, format!("{html}{name}</p>").as_bytes())
        };
        assert!(said("nobody").is_empty());
        assert_eq!(said("Meta"), ["meta"]);
    }

    #[test]
    fn words_of_client_templates_are_known_and_what_is_filled_in_is_not() {
        assert!(OF_TEMPLATES.contains("normally") && OF_TEMPLATES.contains("answer"));
        assert!(
            !OF_TEMPLATES.contains("public") && !OF_TEMPLATES.contains("name"),
            "placeholders are left out"
        );
    }
}
