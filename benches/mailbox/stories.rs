//! What happens in an incident mailbox: troubles, talk about them, and all that else comes.

use data_encoding::BASE64;
use encoding_rs::ISO_2022_JP;

use super::alerts::{SERVICES, Trouble};
use super::mail::{Head, Mail, mail};
use super::random::Random;
use super::text;

/// The first of January 2026 in Japan.
const BEGINNING: i64 = 1_767_193_200;
/// Half a year.
const DURATION: u64 = 181 * 24 * 3600;
/// In how many troubles there is a mail of about a megabyte.
const LARGE: u64 = 200;

const PEOPLE: [&str; 6] = [
    "Aya Kato <kato@example.com>",
    "Ken Sato <sato@example.com>",
    "mori@example.com",
    "Ueda <ueda@client-a.example.jp>",
    "\"Jane Doe\" <jane@client-b.example.com>",
    "ops@partner.example.jp",
];

/// So many mails in the order in which they came, the same ones at every run.
pub fn mailbox(count: usize) -> Vec<Mail> {
    let mut random = Random(1);
    let mut mails = Vec::with_capacity(count + 30);
    for number in 0.. {
        if mails.len() >= count {
            break;
        }
        let at = BEGINNING + random.below(DURATION) as i64;
        match random.below(100) {
            0..42 => trouble(&mut random, number, at, &mut mails),
            42..64 => discussion(&mut random, at, &mut mails),
            _ => mails.push(other(&mut random, at)),
        }
    }
    mails.truncate(count);
    mails.sort_by(|one, other| (one.at, &one.id).cmp(&(other.at, &other.id)));
    mails
}

/// A trouble from its first alert to the recovery, with repeats and with what people say meanwhile.
fn trouble(random: &mut Random, number: u64, since: i64, mails: &mut Vec<Mail>) {
    let trouble = Trouble { service: random.below(SERVICES), since, number: 90_000 + number };
    let first = trouble.alert(random, true, trouble.since);
    let mut now = since;
    if random.chance(60) {
        replies(random, &first, random_count(number, 3), mails);
    }
    mails.push(first);
    for _ in 0..random.below(4) {
        now += 300 + random.below(3000) as i64;
        mails.push(trouble.alert(random, true, now));
    }
    if random.chance(95) {
        now += 60 + random.below(3000) as i64;
        mails.push(trouble.alert(random, false, now));
    }
    if number.is_multiple_of(LARGE) {
        let parts = [text::plain(&text::sentences(random, 3)), text::attachment(random, 750_000)];
        let body = text::multipart("mixed", random, &parts);
        mails.push(said(random, now, None, String::new(), body));
    }
}

fn random_count(number: u64, most: u64) -> u64 {
    number % most + 1
}

/// A question and its answers.
fn discussion(random: &mut Random, at: i64, mails: &mut Vec<Mail>) {
    let text = text::sentences(random, 6);
    let first = match random.below(4) {
        0 => iso2022jp(random, at),
        1 => {
            let subject = text::subject("受注処理の障害について");
            let body = text::plain(&text::japanese(random, 8));
            said(random, at, Some(subject), String::new(), body)
        }
        2 => {
            let body = text::multipart("alternative", random, &[text::plain(&text), text::html(&text)]);
            said(random, at, None, String::new(), body)
        }
        _ => said(random, at, None, String::new(), text::plain(&text)),
    };
    let count = 1 + random.below(6);
    replies(random, &first, count, mails);
    mails.push(first);
}

/// Answers, each to the one before it, which it quotes with all that was quoted there.
fn replies(random: &mut Random, first: &Mail, count: u64, mails: &mut Vec<Mail>) {
    let (mut now, mut references, mut last) = (first.at, first.id.clone(), first.id.clone());
    let subject = match first.subject.starts_with("Re: ") {
        true => first.subject.clone(),
        false => format!("Re: {}", first.subject),
    };
    let mut before = text::sentences(random, 4);
    for _ in 0..count {
        now += 60 + random.below(4000) as i64;
        let more = format!("In-Reply-To: {last}\nReferences: {}\n", references.replace(' ', "\n "));
        if random.chance(10) {
            let more = format!("{more}Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n");
            let body = text::plain("I am out of the office until Monday.\n");
            mails.push(said(random, now, Some(format!("Automatic reply: {}", first.subject)), more, body));
            continue;
        }
        let words = match random.chance(30) {
            true => text::japanese(random, 3),
            false => text::sentences(random, 3),
        };
        let text =
            format!("{words}\nOn Mon, 2 Mar 2026 at 01:04, Aya Kato wrote:\n{}", text::quoted(&before));
        let body = match random.chance(60) {
            true => text::multipart("alternative", random, &[text::plain(&text), text::html(&text)]),
            false => text::plain(&text),
        };
        let reply = said(random, now, Some(subject.clone()), more, body);
        references = format!("{references} {}", reply.id);
        last.clone_from(&reply.id);
        before = text;
        mails.push(reply);
    }
}

/// What belongs to no incident: reports with graphs, newsletters, mail of HTML alone.
fn other(random: &mut Random, at: i64) -> Mail {
    match random.below(5) {
        0 | 1 => {
            let parts = [
                text::plain(&text::sentences(random, 5)),
                text::attachment(random, 30_000 + (at % 100_000) as usize),
            ];
            let body = text::multipart("mixed", random, &parts);
            said(random, at, None, String::new(), body)
        }
        2 | 3 => {
            let text = text::sentences(random, 60);
            let body = text::multipart("alternative", random, &[text::plain(&text), text::html(&text)]);
            let more = "List-Id: <weekly.news.example.com>\nList-Unsubscribe: <mailto:leave@news.example.com>\nPrecedence: bulk\n";
            let subject = format!("This week: {}", text::sentence(random));
            let head = Head { at, from: "Weekly <weekly@news.example.com>", subject, more: more.into() };
            mail(random, head, body)
        }
        _ => {
            let text = text::sentences(random, 30);
            said(random, at, None, String::new(), text::html(&text))
        }
    }
}

/// Japanese as it was written before UTF-8, and still is.
fn iso2022jp(random: &mut Random, at: i64) -> Mail {
    let encoded = |text: &str| ISO_2022_JP.encode(text).0.into_owned();
    let mut body =
        b"Content-Type: text/plain; charset=iso-2022-jp\nContent-Transfer-Encoding: 7bit\n\n".to_vec();
    body.extend(encoded(&text::japanese(random, 10)));
    let subject = format!("=?ISO-2022-JP?B?{}?=", BASE64.encode(&encoded("基幹システムの障害の件")));
    said(random, at, Some(subject), String::new(), body)
}

/// A mail of somebody, about something when no subject is given.
fn said(
    random: &mut Random,
    at: i64,
    subject: Option<String>,
    more: String,
    body: impl Into<Vec<u8>>,
) -> Mail {
    let from = random.pick(&PEOPLE);
    let subject = subject.unwrap_or_else(|| text::sentence(random));
    mail(random, Head { at, from, subject, more }, body)
}
