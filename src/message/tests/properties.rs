//! What must hold for any mail: damaged, cut short, made of parts that never belonged together.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::message::{Message, read, subject};

/// All mails of the corpus.
static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
});

/// How often each word stands in these texts.
fn words<'a>(texts: &[&'a str]) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for word in texts.iter().flat_map(|text| text.split_whitespace()) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// A plain mail that answers nothing.
fn plain(text: &str) -> Message {
    read(format!("From: a@example.com\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}").as_bytes())
}

/// All that reading promises of any bytes.
fn promises(raw: &[u8]) -> Result<(), TestCaseError> {
    let mail = read(raw);
    prop_assert_eq!(words(&[&mail.text]), words(&[&mail.reply_text, &mail.quoted_text]), "a word is lost");
    prop_assert_eq!(format!("{mail:?}"), format!("{:?}", read(raw)), "read twice, it differs");
    let again = plain(&mail.reply_text).reply_text;
    prop_assert_eq!(&plain(&again).reply_text, &again, "what was trimmed is trimmed again");
    let (base, prefix) = subject::base(&mail.base_subject);
    prop_assert_eq!((&base, prefix), (&mail.base_subject, None), "a base subject has a base of its own");
    prop_assert_eq!(mail.size, raw.len());
    Ok(())
}

/// Field names, right and wrong.
const NAMES: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
    "Auto-Submitted",
    "Precedence",
    "List-Id",
    "Return-Path",
    "X-Failed-Recipients",
    "MIME-Version",
    "from",
    "SUBJECT",
    "",
];

/// Values that fields have in the mails of careful, careless and hostile senders.
const VALUES: &[&str] = &[
    "Ken <ken@example.com>",
    "=?utf-8?B?5Yqg6Jek?= <kato@example.jp>",
    "\"a, b\" <a@example.com>, c@example.com",
    "=?iso-2022-jp?B?GyRCMkNGIyEhTkobKEI=?=",
    "=?utf-8?Q?=E5=8A?= =?utf-8?Q?=A0?=",
    "=?x?y?z?=",
    "Re: Re: Fwd: x",
    "AW: WG: [ops] [INC-42-K7] x",
    "Re[2]: Re(3)：x (fwd)",
    "[fwd: Re: x]",
    "[INC-42-[INC-42-K7]K7] x",
    "Tue, 24 Nov 2026 03:31:07 +0900",
    "Tue, 99 Foo 99999 99:99:99 +9999",
    "<a@x> <b@x>,<c@x>",
    "<<>>",
    "auto-replied",
    "bulk",
    "<>",
    "7bit",
    "base64",
    "quoted-printable",
    "x-uuencode",
    "text/plain; charset=utf-8",
    "text/plain; charset=\"iso-2022-jp\"",
    "text/plain; charset=utf-7; format=flowed; delsp=yes",
    "text/html; charset=shift_jis",
    "multipart/mixed; boundary=b",
    "multipart/alternative; boundary=\"b\"",
    "multipart/report; report-type=delivery-status; boundary=b",
    "message/rfc822",
    "message/delivery-status",
    "application/ms-tnef",
    "attachment; filename*=utf-8''%E5%8A%A0",
    "ken\r\n folded\r\n\tagain",
    "\0",
    "",
];

fn field() -> impl Strategy<Value = String> {
    (select(NAMES), select(VALUES)).prop_map(|(name, value)| format!("{name}: {value}\r\n"))
}

/// Lines of bodies, boundaries and charsets among them.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<&[u8]> = vec![
        b"",
        b"ack",
        b"--b",
        b"--b--",
        b"--",
        b"-- ",
        b"> quoted",
        b">> deeper ",
        b"flowed ",
        b"=E5=8A=A0=",
        b"5Yqg6Jek",
        b"<div>a<blockquote>b</blockquote></div>",
        b"<p><p><table><td>",
        b"&lt;&amp;&#12354;&#x0;",
        b"\x1b$B2CF#\x1b(B",
        b"\x1b$B2C",
        b"\x89\xc1\x93\xa1",
        b"\xe5\x8a",
        b"\xff\xfe\x00a",
        b"\xef\xbb\xbfBOM",
        b"On Tue, Nov 24, 2026 at 3:20 AM Ken <ken@example.com> wrote:",
        b"-----Original Message-----",
        b"---------- Forwarded message ---------",
        b"From: Ken <ken@example.com>",
        b"Sent: today",
        b"To: a",
        b"Subject: x",
        b"Content-Type: text/plain",
        b"Final-Recipient: rfc822; a@example.com",
        b"Action: failed",
        b"Status: 5.1.1",
        b"________________________________",
        b"Sent from my iPhone",
        b"From ken@example.com Tue Nov 24 03:31:07 2026",
        b"begin 644 a.txt",
        b"\r\r",
        b"\t \xc2\xa0",
        b"\xe2\x80\xae\xe2\x80\x8b",
    ];
    select(lines).prop_map(<[u8]>::to_vec)
}

/// Mails put together from such fields and lines.
fn mail() -> impl Strategy<Value = Vec<u8>> {
    let fields = prop::collection::vec(field(), 0..10);
    let lines = prop::collection::vec(line(), 0..30);
    let ends = select(vec![b"\r\n".as_slice(), b"\n", b"\r"]);
    (fields, lines, ends)
        .prop_map(|(fields, lines, end)| [fields.concat().as_bytes(), b"\r\n", &lines.join(end)].concat())
}

/// What happens to mails on their way.
#[derive(Debug, Clone)]
enum Harm {
    /// One byte becomes another.
    Byte(Index, u8),
    /// The rest is missing.
    Cut(Index),
    /// A piece is missing.
    Gap(Index, Index),
    /// A piece comes twice.
    Twice(Index, Index),
    /// A piece of another mail gets in.
    Splice(Index, Index, Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<Index>;
    prop_oneof![
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Byte(at, byte)),
        1 => at().prop_map(Harm::Cut),
        1 => (at(), at()).prop_map(|(from, to)| Harm::Gap(from, to)),
        1 => (at(), at()).prop_map(|(from, to)| Harm::Twice(from, to)),
        2 => (at(), at(), at()).prop_map(|(other, from, at)| Harm::Splice(other, from, at)),
    ]
}

fn harmed(mut raw: Vec<u8>, harm: &Harm) -> Vec<u8> {
    let place = |index: &Index, raw: &[u8]| index.index(raw.len() + 1);
    let span = |from: &Index, to: &Index, raw: &[u8]| {
        let (from, to) = (place(from, raw), place(to, raw));
        from.min(to)..from.max(to)
    };
    match harm {
        Harm::Byte(at, byte) if !raw.is_empty() => {
            let at = at.index(raw.len());
            raw[at] = *byte;
        }
        Harm::Byte(..) => {}
        Harm::Cut(at) => raw.truncate(place(at, &raw)),
        Harm::Gap(from, to) => drop(raw.drain(span(from, to, &raw))),
        Harm::Twice(from, to) => {
            let piece = raw[span(from, to, &raw)].to_vec();
            raw.extend(piece);
        }
        Harm::Splice(other, from, at) => {
            let other = other.get(CORPUS.as_slice());
            let piece = other[place(from, other)..].iter().copied().take(400);
            let at = place(at, &raw);
            raw.splice(at..at, piece);
        }
    }
    raw
}

#[test]
fn every_mail_of_the_corpus_keeps_the_promises() {
    assert!(CORPUS.len() >= 10, "the corpus is missing");
    for raw in CORPUS.iter() {
        promises(raw).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn any_bytes_keep_the_promises(raw in prop::collection::vec(any::<u8>(), 0..2_000)) {
        promises(&raw)?;
    }

    #[test]
    fn mails_put_together_from_odd_pieces_keep_the_promises(raw in mail()) {
        promises(&raw)?;
    }

    #[test]
    fn mails_harmed_on_their_way_keep_the_promises(which in any::<Index>(), harms in prop::collection::vec(harm(), 1..6)) {
        promises(&harms.iter().fold(which.get(CORPUS.as_slice()).clone(), harmed))?;
    }

    #[test]
    fn an_answer_above_a_quote_is_read_without_it(which in any::<Index>(), own in "[a-z]{3,9}( [a-z]{1,9}){0,5}") {
        let original: &Vec<u8> = which.get(CORPUS.as_slice());
        let original = read(original).text;
        let quote: String = original.lines().map(|line| format!("> {line}\n")).collect();
        let mail = read(format!(
            "From: a@example.com\nSubject: Re: x\nReferences: <1@x>\nContent-Type: text/plain; charset=utf-8\n\n\
            {own}\n\nOn 24 Nov 2026, Ken <ken@example.com> wrote:\n{quote}"
        ).as_bytes());
        prop_assert_eq!(mail.reply_text, own);
    }
}
