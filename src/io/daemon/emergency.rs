//! Owns the one mail that does not come out of the outbox: that there is no outbox, because the store can't be written.
//! Never sends anything else, and nothing twice for one failure of the store.
//! On failure of this too, the log says so, and nobody else can be told.

use std::time::Duration;

use super::Daemon;
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{Address, Language, PersonId};
use crate::house::HOUSE;
use crate::incident::NoticeKind;
use crate::io::clock::moment;
use crate::io::delivery::{Outcome, Outgoing, smtp};
use crate::io::hook;
use crate::io::store::outbox::Claimed;
use crate::outbox::Attempt;
use crate::outbox::pace::Lane;
use crate::paths::Hook;

/// How long the store must be unable to write before the operator hears of it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the operator was told that the store can't write.
#[derive(Debug, Default)]
pub(super) struct Emergency {
    told: bool,
}

impl Emergency {
    /// After a minute in which the store could not write whoever can be reached is told; once, until it can.
    pub(super) async fn look(&mut self, daemon: &Daemon) {
        match daemon.writer.failing() {
            None => self.told = false,
            Some((since, why)) if !self.told && moment().duration_since(since) >= PATIENCE => {
                self.told = tell(daemon, &why).await;
            }
            Some(_) => {}
        }
    }
}

/// Tells everybody of the operator party, and the second path; true once anybody was reached.
async fn tell(daemon: &Daemon, why: &str) -> bool {
    let book = daemon.book();
    let party = book.directory.parties.get(&book.operator);
    let mut reached = false;
    for person in party.into_iter().flat_map(|party| &party.people) {
        let Some(known) = book.directory.people.get(person) else { continue };
        if let Some(address) = known.addresses.first() {
            reached |= mail(daemon, &book, address, known.language, why).await;
        }
        for hook in book.paths.of(person) {
            reached |= ring(&book, hook, person, why).await;
        }
    }
    if let Some(fallback) = &book.paths.fallback {
        if let Some(address) = &fallback.address {
            reached |= mail(daemon, &book, address, book.language, why).await;
        }
        if let Some(hook) = &fallback.hook {
            reached |= ring(&book, hook, &PersonId::new(book.operator.as_str()), why).await;
        }
    }
    if reached {
        tracing::warn!("the operator was told that the store can't be written");
    } else {
        tracing::error!("the store can't be written, and nobody could be told");
    }
    reached
}

async fn mail(daemon: &Daemon, book: &Book, to: &Address, language: Language, why: &str) -> bool {
    let bytes = written(book, to, language, why, daemon.clock.now());
    let outgoing = Outgoing { from: None, to, id: "", bytes: bytes.as_bytes() };
    matches!(smtp::deliver(&daemon.relay, outgoing).await, Outcome::Delivered { .. })
}

async fn ring(book: &Book, hook: &Hook, person: &PersonId, why: &str) -> bool {
    let [subject, _] = words(book.language, why);
    let told = Claimed {
        lane: Lane::Free,
        doubtful: false,
        paid_until: jiff::Timestamp::UNIX_EPOCH,
        pays: false,
        parts: Vec::new(),
        id: 0,
        fence: 0,
        attempts: 1,
        queued_at: jiff::Timestamp::UNIX_EPOCH,
        message_id: String::new(),
        from: None,
        to: hook.address(),
        bytes: Vec::new(),
        kind: NoticeKind::Report,
        incident: HOUSE,
        audience: Audience::Inner,
        number: 0,
        person: person.clone(),
        belief: None,
        subject,
        summary: why.to_owned(),
    };
    hook::run(book, hook, &told).await == Attempt::Delivered
}

fn written(book: &Book, to: &Address, language: Language, why: &str, now: jiff::Timestamp) -> String {
    let [subject, text] = words(language, why);
    let date = now.to_zoned(book.zone.clone()).strftime("%a, %d %b %Y %H:%M:%S %z");
    let encoded = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
    let body = encoded(&text);
    let body: Vec<&str> =
        body.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!(
        "From: <{from}>\r\nTo: <{to}>\r\nSubject: =?utf-8?b?{subject}?=\r\nDate: {date}\r\n\
         Message-ID: <store-{at}@{domain}>\r\nAuto-Submitted: auto-generated\r\nImportance: high\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n",
        from = book.address,
        subject = encoded(&subject),
        at = now.as_millisecond(),
        domain = book.address.domain(),
        body = body.join("\r\n"),
    )
}

/// Subject and text.
fn words(language: Language, why: &str) -> [String; 2] {
    match language {
        Language::En => [
            "firebell can't write its store: nobody is paged".to_owned(),
            format!(
                "firebell can't write its store, so it takes no mail and pages nobody:\n\n  {why}\n\n\
                 Mails stay in the mailbox, and are taken once it can write again. Look at the disk of the data directory: \
                 is it full, read-only or broken? Until then watch your monitors yourselves.\n"
            ),
        ],
        Language::Ja => [
            "firebell がデータを書き込めません: 呼び出しが止まっています".to_owned(),
            format!(
                "firebell がデータを書き込めないため、メールの取り込みと呼び出しが止まっています。\n\n  {why}\n\n\
                 届いたメールはメールボックスに残り、書き込めるようになりしだい取り込みます。データのあるディスクに空きがあるか、\
                 読み取り専用になっていないか、壊れていないかを確認してください。それまでは監視画面を直接ご覧ください。\n"
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message;

    #[test]
    fn what_is_said_without_a_store_can_be_read_in_both_languages() {
        let book = crate::rehearsal::standard_cast().unwrap();
        let to = Address::new("kato@example.com");
        for (language, word) in
            [(Language::En, "is it full"), (Language::Ja, "\u{30c7}\u{30a3}\u{30b9}\u{30af}")]
        {
            let mail = written(&book, &to, language, "database or disk is full", jiff::Timestamp::UNIX_EPOCH);
            assert!(mail.is_ascii() && mail.split("\r\n").all(|line| line.len() <= 300), "{mail}");
            let mail = message::read(mail.as_bytes());
            assert!(mail.text.contains(word) && mail.text.contains("database or disk is full"), "{mail:?}");
            assert!(mail.automatic.is_some(), "nobody's robot answers it");
        }
    }
}
