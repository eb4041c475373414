//! One hostile text in every place where a mail can carry text, on all its ways: into headers, into what people read, into logs,
//! into templates, into the names of files. It stays text.

use std::collections::BTreeSet;
use std::io::Cursor;

use data_encoding::BASE64;
use firebell::audience::Audience;
use firebell::book::Book;
use firebell::directory::{Language, PersonId};
use firebell::gateway::{Arrival, Change, Input};
use firebell::incident::{Status, words};
use firebell::io::evidence;
use firebell::io::log::facts::Shown;
use firebell::io::store::{self, Store, records, views, wake};
use firebell::message;
use firebell::notice::Notice;
use firebell::rehearsal;
use jiff::{SignedDuration, Timestamp};

/// Whatever somebody may try at once.
const HOSTILE: &str = "Gate\r\nBcc: noda@elsewhere.example.net\r\n\r\n<b onclick=\"x()\">bold</b>\u{1b}[2J\u{9b}31m\u{202e}gpj\u{2066}\
    \u{2028}\u{2029}\0 {{ 7919 * 7907 }} {% include 'secret' %} {title} ${7919*7907} %n%s '; DROP TABLE mail; -- ../../etc/passwd";

/// A firebell without mailbox and relay: mails are handed to it, and what it sends is kept here.
struct Gateway {
    book: Book,
    store: Store,
    now: Timestamp,
    sent: Vec<Notice>,
    lines: Vec<String>,
}

impl Gateway {
    fn new() -> Self {
        let mut book = rehearsal::standard_cast().unwrap();
        book.directory.people.get_mut(&PersonId::new("sato")).unwrap().language = Language::Ja;
        let now = "2026-11-22T16:00:00Z".parse().unwrap();
        Self { book, store: Store::in_memory().unwrap(), now, sent: Vec::new(), lines: Vec::new() }
    }

    fn work(&mut self, input: Input<'_>) -> Change {
        let (book, now) = (&self.book, self.now);
        let change = self.store.write(|connection| store::work(connection, book, input, now)).unwrap();
        self.sent.extend(change.notices.iter().cloned());
        self.lines.extend(change.events.iter().map(|(_, event)| words::line(event, &self.book.zone)));
        self.lines.extend(change.house_events.iter().map(|event| words::one_line(&event.fact.line())));
        self.lines.extend(change.events.iter().map(|(_, event)| Shown::of(event).json("INC-1")));
        self.lines.extend(change.house_events.iter().map(|event| Shown::of(event).words()));
        change
    }

    fn gets(&mut self, raw: &[u8]) -> Change {
        self.work(Input::Mail(&message::read(raw), Arrival::At(self.now)))
    }

    /// Half an hour, with all that falls due in it.
    fn passes(&mut self) {
        let until = self.now + SignedDuration::from_mins(30);
        while let Some(next) = self.store.read(wake::next_work).unwrap().filter(|next| *next <= until) {
            self.now = next;
            for number in self.store.read(|connection| wake::due(connection, 64, next)).unwrap() {
                self.work(Input::Due(number));
            }
        }
        self.now = until;
    }

    /// All that a hostile text can be in: a report by a colleague, an answer, an alert, a stranger's mails.
    fn plays(text: &str) -> Self {
        let mut gateway = Self::new();
        let word = format!("=?utf-8?b?{}?=", BASE64.encode(text.as_bytes()));
        // As some monitors write it, in the mail's bytes.
        let raw = text.replace(['\r', '\n', '\0'], " ");
        let mail = |from: &str, subject: &str, number: u32, more: &str, body: &str| {
            format!(
                "From: {word} <{from}>\r\nTo: incidents@example.com\r\nSubject: {subject}\r\n\
                 Message-ID: <{number}@mail.example.com>\r\n{more}Date: Mon, 23 Nov 2026 01:00:00 +0900\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n.\r\n..\r\na\rb\r\n{}\r\n",
                "y".repeat(5_000)
            )
            .into_bytes()
        };
        gateway.gets(&mail("kato@example.com", &word, 1, "", text));
        gateway.passes();
        let answer = "References: <1@mail.example.com>\r\n";
        gateway.gets(&mail("mori@example.com", &format!("Re: {word}"), 2, answer, text));
        gateway.gets(&mail("noda@elsewhere.example.net", &format!("Re: {word}"), 3, answer, text));
        gateway.gets(&mail("noda@elsewhere.example.net", &word, 4, "", text));
        let alert = "** PROBLEM Service Alert: web01/service-a is CRITICAL **";
        gateway.gets(&mail("nagios@mon.example.com", alert, 5, "", text));
        let alert = format!("** PROBLEM Service Alert: web01/disk {raw} is CRITICAL **");
        gateway.gets(&mail("nagios@mon.example.com", &alert, 6, "", text));
        gateway.passes();
        assert!(gateway.sent.len() > 5, "{:?}", gateway.lines);
        gateway
    }
}

/// The names of a mail's header fields.
fn fields(mail: &[u8]) -> BTreeSet<String> {
    let text = std::str::from_utf8(mail).unwrap();
    let (header, _) = text.split_once("\r\n\r\n").unwrap();
    let names = header.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    names.map(|line| line.split_once(':').unwrap().0.to_owned()).collect()
}

/// What a mail program shows of a mail: subject, names, text, HTML.
fn shown(mail: &[u8]) -> Vec<String> {
    let mail = mail_parser::MessageParser::default().parse(mail).unwrap();
    let names = mail.from().into_iter().chain(mail.reply_to()).flat_map(|list| list.iter());
    let names: Vec<String> = names.filter_map(|one| one.name().map(str::to_owned)).collect();
    let bodies = [mail.subject().map(str::to_owned), mail.body_text(0).map(Into::into)];
    bodies.into_iter().flatten().chain(mail.body_html(0).map(Into::into)).chain(names).collect()
}

/// Characters that steer a terminal, or make text read otherwise than it stands there.
fn steers(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Faults 62, 63 and 64.
#[test]
fn no_text_adds_a_field_a_recipient_or_a_broken_line_to_a_mail() {
    let (harmless, hostile) = (Gateway::plays("Gate is down"), Gateway::plays(HOSTILE));
    let known: BTreeSet<String> = harmless.sent.iter().flat_map(|notice| fields(&notice.bytes)).collect();
    for Notice { bytes, to, subject, .. } in &hostile.sent {
        assert!(bytes.is_ascii(), "{subject}");
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(fields(bytes).is_subset(&known), "{text}");
        let lines: Vec<&str> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])), "{text}");
        assert_eq!(message::read(bytes).recipients, std::slice::from_ref(to), "{text}");
    }
    let all: Vec<String> = hostile.sent.iter().flat_map(|notice| shown(&notice.bytes)).collect();
    let long = "y".repeat(100);
    assert!(all.iter().any(|text| text.contains("\n.\n")) || all.iter().any(|text| text.contains(&long)));
    let told: Vec<&Notice> =
        hostile.sent.iter().filter(|notice| notice.audience != Audience::Inner).collect();
    assert!(!told.is_empty());
    assert!(told.iter().flat_map(|notice| shown(&notice.bytes)).all(|text| !text.contains("DROP TABLE")));
    assert!(
        hostile.sent.iter().any(|notice| notice.person.as_str() == "sato"),
        "somebody reads Japanese: {:#?}",
        hostile.lines
    );
}

/// Fault 128.
#[test]
fn no_text_is_evaluated_or_becomes_markup_or_sql() {
    let gateway = Gateway::plays(HOSTILE);
    let all: Vec<String> = gateway.sent.iter().flat_map(|notice| shown(&notice.bytes)).collect();
    assert!(
        all.iter().any(|text| text.contains("{{ 7919 * 7907 }}") && text.contains("${7919*7907}")),
        "{all:?}"
    );
    for text in &all {
        assert!(!text.contains("62615533"), "{text}");
        assert!(!text.contains("<html") || !text.contains("<b onclick"), "{text}");
    }
    assert_eq!(
        gateway.store.read(views::incidents).unwrap().len(),
        2 + 1,
        "each is one incident, and all are there"
    );
}

/// Fault 128.
#[test]
fn no_text_begins_a_line_of_the_log_or_steers_a_terminal_or_turns_round() {
    let gateway = Gateway::plays(HOSTILE);
    assert!(gateway.lines.iter().any(|line| line.contains("DROP TABLE")), "{:?}", gateway.lines);
    for line in &gateway.lines {
        let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        assert!(!line.chars().any(|c| ends(c) || steers(c)), "{line:?}");
    }
    for text in gateway.sent.iter().flat_map(|notice| shown(&notice.bytes)) {
        let odd: Vec<char> = text.chars().filter(|c| steers(*c)).collect();
        assert!(odd.is_empty(), "{odd:?} in {text:?}");
    }
}

/// Fault 104.
#[test]
fn an_address_that_only_looks_like_a_colleague_s_is_a_stranger_s() {
    for (from, acknowledges) in [
        ("kato@example.com", true),
        ("k\u{430}to@example.com", false),
        ("kato@ex\u{430}mple.com", false),
        ("kato@xn--exmple-4nf.com", false),
        ("\"kato@example.com\" <noda@elsewhere.example.net>", false),
        ("kato\0@example.com", false),
    ] {
        let mut gateway = Gateway::new();
        gateway.gets(
            b"From: kato@example.com\r\nSubject: Gate\r\nMessage-ID: <1@mail.example.com>\r\n\r\nDown.\r\n",
        );
        gateway.passes();
        let page = gateway.sent.iter().find(|notice| notice.summary.starts_with("page")).unwrap().clone();
        let reply_to = message::read(&page.bytes).header("Reply-To").unwrap().to_owned();
        let answer = format!(
            "From: {from}\r\nTo: {reply_to}\r\nSubject: Re: Gate\r\nMessage-ID: <2@mail.example.com>\r\n\
             In-Reply-To: <{}>\r\n\r\nack\r\n",
            page.message_id
        );
        gateway.gets(answer.as_bytes());
        let status = gateway.store.read(views::incidents).unwrap()[0].status();
        assert_eq!(status == Status::Acknowledged, acknowledges, "{from:?}");
    }
}

#[test]
fn no_name_in_a_mail_becomes_a_path_in_the_evidence() {
    let mut gateway = Gateway::new();
    let raw = format!(
        "From: kato@example.com\r\nSubject: ../../etc/passwd\r\nMessage-ID: <../../1@mail.example.com>\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nDown.\r\n--b\r\n\
         Content-Type: text/plain; name=\"../../../etc/cron.d/x\"\r\n\
         Content-Disposition: attachment; filename=\"{}\"\r\n\r\nx\r\n--b--\r\n",
        "..\\..\\C:\\x/../../y"
    );
    gateway
        .store
        .write(|connection| store::inbound::deposit(connection, raw.as_bytes(), gateway.now))
        .unwrap();
    let lease = store::Lease { owner: "test".to_owned(), until: gateway.now + SignedDuration::from_mins(1) };
    let now = gateway.now;
    let claimed = gateway.store.write(|c| store::inbound::claim(c, &lease, 9, now)).unwrap();
    let (book, read) = (&gateway.book, message::read(raw.as_bytes()));
    gateway.store.write(|c| store::inbound::finish(c, book, &claimed[0], &read, now)).unwrap();
    let record = gateway.store.read(|c| records::one(c, 1)).unwrap().unwrap();
    let mails = gateway.store.read(|c| records::originals(c, 1)).unwrap();
    assert_eq!(mails.len(), 1);
    let zip = evidence::archive(book, &record, &mails, "the report").unwrap();
    let zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut sorted: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    sorted.sort_unstable();
    assert_eq!(sorted, ["index.txt", "mails/0001 2026-11-23 010000.eml", "report.txt", "timeline.txt"]);
}
