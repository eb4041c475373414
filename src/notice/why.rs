//! Owns how it reads why somebody was mailed: the facts that led to a mail, a line each. For the house alone.

use super::inner;
use super::people::phrase;
use super::when::Reader;
use crate::audience::Audience;
use crate::book::Book;
use crate::directory::{PersonId, Severity};
use crate::incident::words::{line, one_line};
use crate::incident::{Actor, Arranged, Arrangement, Event, Fact, Part, SentNotice, Silence, Telling};
use crate::quiet::{Quiet, Silencer};

/// How much of somebody's words is repeated, in characters.
const LONGEST_WORDS: usize = 60;

/// Why somebody was mailed.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The incident.
    pub incident: u64,
    /// The mail.
    pub mail: SentNotice,
    /// The facts that led to it, first cause first, and what became of it.
    pub facts: Vec<Event>,
}

/// It in words: a heading and a line for each fact.
pub(super) fn text(book: &Book, why: &Explained, reader: &Reader) -> String {
    let heading = phrase(
        reader,
        "because",
        &[
            ("mail", name_of(&why.mail)),
            ("to", inner::name(book, &why.mail.person)),
            ("at", reader.time(why.mail.queued_at)),
            ("label", inner::label(book, why.incident)),
        ],
    );
    let fact = |event: &Event| format!("{}  {}", reader.time(event.at), fact(book, event, reader));
    let itself = |event: &&Event| {
        matches!(&event.fact, Fact::Queued { audience, number, .. }
            if (audience, *number) == (&why.mail.audience, why.mail.number))
    };
    let facts = why.facts.iter().filter(|event| !itself(event));
    std::iter::once(heading).chain(facts.map(fact)).collect::<Vec<_>>().join("\n")
}

/// Its number in its thread, as it is typed: `7`, or `client-a/2`.
pub fn name_of(mail: &SentNotice) -> String {
    match &mail.audience {
        Audience::Inner => mail.number.to_string(),
        Audience::Client(client) => format!("{client}/{}", mail.number),
    }
}

/// A fact in the reader's language; what seldom leads to a mail is told as timelines tell it.
fn fact(book: &Book, event: &Event, reader: &Reader) -> String {
    match words(book, &event.fact, reader) {
        Some((name, values)) => phrase(reader, &format!("fact-{name}"), &values),
        None => line(event, &reader.zone),
    }
}

type Phrase = Option<(&'static str, Vec<(&'static str, String)>)>;

fn words(book: &Book, fact: &Fact, reader: &Reader) -> Phrase {
    let name = |person: &PersonId| inner::name(book, person);
    let by = |person: &PersonId| vec![("by", name(person))];
    let key = |key: &str| vec![("key", one_line(key))];
    let severity = |to: &Severity| vec![("to", to.to_string())];
    Some(match fact {
        Fact::Opened(opening) => {
            let rule = opening.rule.as_deref().map(one_line).unwrap_or_default();
            let what = vec![("title", one_line(&opening.title)), ("severity", opening.severity.to_string())];
            let who = ("by", opening.by.person().map(name).unwrap_or_default());
            ("opened", [what, vec![("rule", rule), who]].concat())
        }
        Fact::AlertJoined { key: it, .. } => ("alert", key(it)),
        Fact::CameAgain { key: it, silence, .. } => {
            let silence = reader.length(jiff::SignedDuration::from_secs(*silence));
            ("came-again", [key(it), vec![("silence", silence)]].concat())
        }
        Fact::Recovered { by: Actor::Person(person), .. } => ("recovered-by", by(person)),
        Fact::Recovered { .. } => ("recovered", Vec::new()),
        Fact::RecoveryWithdrawn { key: it, .. } => ("withdrawn", key(it)),
        Fact::Recurred { occurrence, .. } => ("recurred", vec![("occurrence", occurrence.to_string())]),
        Fact::Acknowledged { by: person, until } => {
            ("acknowledged", [by(person), vec![("until", reader.time(*until))]].concat())
        }
        Fact::AcknowledgementExpired { by: person } => ("expired", by(person)),
        Fact::SeverityRaised { to, .. } => ("raised", severity(to)),
        Fact::Escalated { position, told, .. } => {
            let who = told.iter().map(name).collect::<Vec<_>>().join(", ");
            ("paged", vec![("step", (position.step + 1).to_string()), ("who", who)])
        }
        Fact::Exhausted { .. } => ("exhausted", Vec::new()),
        Fact::Resolved { by: person, .. } => ("resolved", by(person)),
        Fact::Closed { by: person } => ("closed", by(person)),
        Fact::Noted { by: Actor::Person(person), text, .. } => {
            ("wrote", [by(person), vec![("text", inner::beginning(&one_line(text), LONGEST_WORDS))]].concat())
        }
        Fact::Arranged(arrangement) => return arranged(book, arrangement),
        Fact::Told { person, .. } => ("told", vec![("who", name(person))]),
        Fact::Queued { person, number, .. } => {
            ("queued", vec![("who", name(person)), ("mail", number.to_string())])
        }
        Fact::Undeliverable { person, reason, .. } => {
            ("undeliverable", vec![("who", name(person)), ("reason", one_line(reason))])
        }
        Fact::Superseded { reason, .. } => ("superseded", vec![("reason", one_line(reason))]),
        Fact::Quiet(Silence::Hushed { quiet: Quiet { by: Silencer::Person(person), until, .. } }) => {
            ("hushed", [by(person), vec![("until", reader.time(*until))]].concat())
        }
        Fact::Telling(telling) => return told(book, telling, reader),
        Fact::Announced { client, news, .. } => {
            let news = inner::phrase(reader, &format!("news.{}", super::client::template(*news)), &[]);
            ("announced", vec![("client", inner::party_name(book, client)), ("news", news)])
        }
        _ => return None,
    })
}

fn arranged(book: &Book, arrangement: &Arrangement) -> Phrase {
    let by = ("by", inner::name(book, &arrangement.by));
    Some(match &arrangement.what {
        Arranged::Severity { to, .. } => ("severity", vec![by, ("to", to.to_string())]),
        Arranged::Owner { to } => ("owner", vec![by, ("who", inner::name(book, to))]),
        Arranged::Part { person, part } if *part == Part::Responder => {
            ("added", vec![by, ("who", inner::name(book, person))])
        }
        Arranged::PartyAdded { party, .. } => ("added", vec![by, ("who", inner::party_name(book, party))]),
        _ => return None,
    })
}

fn told(book: &Book, telling: &Telling, reader: &Reader) -> Phrase {
    let client = |client| ("client", inner::party_name(book, client));
    let by = |person| ("by", inner::name(book, person));
    Some(match telling {
        Telling::Said { client: to, by: who, .. } => ("said", vec![client(to), by(who)]),
        Telling::Drafted { client: to, draft } => {
            ("drafted", vec![client(to), ("number", draft.number.to_string())])
        }
        Telling::Nagged { client: to, next } => ("promised", vec![client(to), ("until", reader.time(*next))]),
        Telling::Climbed { client: to, since, .. } => {
            ("owed", vec![client(to), ("since", reader.time(*since))])
        }
        Telling::NoNeed { client: to, by: who, reason, .. } => {
            let reason = inner::beginning(&one_line(reason), LONGEST_WORDS);
            ("no-need", vec![client(to), by(who), ("reason", reason)])
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::message;
    use crate::rehearsal::Rehearsal;

    /// What the last transcript to a person says, when this is played.
    fn answer(story: &str, person: &str) -> String {
        let played = Rehearsal::new(story, None).unwrap().mails(Path::new(".")).unwrap();
        let last =
            played.iter().rev().find(|mail| mail.text == "transcript" && mail.person.as_str() == person);
        message::read(&last.expect("a transcript").bytes).text
    }

    #[test]
    fn whoever_asks_why_reads_the_chain_behind_the_mail_that_they_answer() {
        let story = "A page leads back to what began its run.\n\n\
            Mon 01:00 < nagios  CRITICAL service-a\n\
            Mon 01:02 < kato  re INC-1\n            ack\n\
            Mon 01:33 < kato  re INC-1\n            why\n            why 99\n\
            Mon 01:34 .\n";
        let text = answer(story, "kato");
        let chain = "why\n    Mail 7 of INC-1, queued for Kato Ren at 01:32 JST, because:\n    \
            01:00 JST  an alert opened it: Service A is down, SEV1 (rule service-a)\n    \
            01:02 JST  Kato Ren had it, until 01:32 JST\n    \
            01:32 JST  nothing was heard of Kato Ren, who had it: their acknowledgement was void\n    \
            01:32 JST  step 1 of the policy: Kato Ren\n    \
            01:32 JST  the mail server took it for Kato Ren\n";
        assert!(text.contains(chain), "{text}");
        assert!(text.contains("why 99\n    Not done: there is no such mail"), "{text}");
    }

    #[test]
    fn the_mail_of_an_incident_that_is_part_of_another_one_by_now_is_explained_by_its_own_timeline() {
        let story = "Both are one.\n\n\
            Mon 01:00 < nagios  CRITICAL service-a\n\
            Mon 01:01 < nagios  CRITICAL boiler\n\
            Mon 01:03 < kato  re INC-2\n            merge INC-1\n\
            Mon 01:04 < kato  re INC-2\n            why 1\n            why\n\
            Mon 01:05 .\n";
        let text = answer(story, "kato");
        assert!(text.contains("why 1\n    Mail 1 of INC-1, queued for Kato Ren at 01:00 JST"), "{text}");
        assert!(text.contains("why\n    Mail 1 of INC-2, queued for Kato Ren at 01:01 JST"), "{text}");
    }

    #[test]
    fn a_client_s_mail_is_explained_to_the_house_by_its_number_in_that_thread() {
        let story = "Why the client was told.\n\n\
            Mon 01:00 < nagios  CRITICAL service-a\n\
            Mon 01:20 < kato  re INC-1\n            why client-a/1\n            why client-b/1\n\
            Mon 01:21 .\n";
        let text = answer(story, "kato");
        let chain = "why client-a/1\n    Mail client-a/1 of INC-1, queued for Ueda Sora at 01:15 JST, because:\n    \
            01:00 JST  an alert opened it: Service A is down, SEV1 (rule service-a)\n";
        assert!(text.contains(chain), "{text}");
        assert!(text.contains("why client-b/1\n    Not done: there is no such mail"), "{text}");
    }

    #[test]
    fn who_in_an_incident_names_everybody_with_their_reasons() {
        let story = "Who is in it.\n\n\
            Mon 01:00 < nagios  CRITICAL service-a\n\
            Mon 01:02 < kato  re INC-1\n            who\n\
            Mon 01:03 .\n";
        let text = answer(story, "kato");
        let people = "In INC-1:\n    \
            Kato Ren: answers for it until somebody has it; mends it with Infrastructure; paged at 01:00 JST\n    \
            Sato Yui: mends it with Development; no mail so far\n    \
            Mori Aoi: answers for Client A; follows it with Sales\n    \
            Ueda Sora: reads for Client A\n";
        assert!(text.contains(people), "{text}");
    }
}
