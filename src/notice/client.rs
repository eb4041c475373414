//! Owns what a client's mail is made of. [`ClientView`] holds what a client may know and nothing else: no title, no host,
//! no colleague, no alert. A client template can name only what stands here.

use jiff::Timestamp;
use serde::Serialize;

use super::when::Reader;
use super::wording::{self, Side, Text};
use crate::audience::{Audience, Belief};
use crate::book::Book;
use crate::directory::PartyId;
use crate::incident::{Incident, NoticeKind, SentNotice};
use crate::told::NewsKind;

/// All that a client's template can say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClientView {
    /// What the client calls the service.
    pub public_name: String,
    /// Since when it has been broken.
    pub since: String,
    /// Since when it has worked again.
    pub recovered: Option<String>,
    /// When the next mail comes.
    pub next: Option<String>,
    /// When the client was told that it works, if that is what they were told last.
    pub told_working: Option<String>,
    /// What somebody of the house wrote for this client.
    pub written: Option<String>,
    /// Somebody has taken it on, so that it may be said that work goes on.
    pub taken: bool,
    /// Somebody is being called.
    pub called: bool,
    /// The name under which firebell writes.
    pub gateway: String,
}

/// What a client may see of an incident.
pub fn view(
    book: &Book,
    incident: &Incident,
    client: &PartyId,
    (next, written): (Option<Timestamp>, Option<String>),
    reader: &Reader,
) -> ClientView {
    let told_working = incident.believes(&book.directory, client).filter(|it| it.belief != Belief::Down);
    ClientView {
        public_name: incident.name_for(client).to_owned(),
        since: reader.time(incident.broken_since()),
        recovered: recovered(incident, client).map(|at| reader.time(at)),
        next: next.map(|next| reader.time(next)),
        told_working: told_working.map(|statement| reader.time(statement.at)),
        written,
        taken: incident.acknowledged.is_some(),
        called: is_called(incident),
        gateway: book.name.clone(),
    }
}

/// Since when it works, unless the client was told after that that it doesn't: then something else of the same name was
/// broken, and this time would contradict what it read.
fn recovered(incident: &Incident, client: &PartyId) -> Option<Timestamp> {
    let at = incident.recovery()?.at;
    let audience = Audience::Client(client.clone());
    let denied = |sent: &SentNotice| {
        sent.audience == audience
            && sent.kind == NoticeKind::News(NewsKind::StillDown)
            && sent.queued_at >= at
            && !sent.superseded
    };
    (!incident.notices.iter().any(denied)).then_some(at)
}

/// Whether somebody was paged since it broke: where a policy waits for its hours nobody is, and a client is not told so.
fn is_called(incident: &Incident) -> bool {
    let run = incident.run.as_ref().map(|run| run.number);
    let of_run = |kind: &NoticeKind| matches!(kind, NoticeKind::Page { run: of, .. } if Some(*of) == run);
    incident.notices.iter().any(|sent| of_run(&sent.kind))
}

/// The text of the news.
pub fn text(news: NewsKind, view: &ClientView, reader: &Reader) -> Text {
    wording::text(reader, Side::Client, template(news), view)
}

/// The name of its template.
pub fn template(news: NewsKind) -> &'static str {
    match news {
        NewsKind::Down => "down",
        NewsKind::StillDown => "still-down",
        NewsKind::DownAgain => "down-again",
        NewsKind::Watching => "watching",
        NewsKind::Working => "working",
        NewsKind::Resolved => "resolved",
        NewsKind::Words(_) => "words",
    }
}

/// The subject of a client's thread, the same for every mail of an occurrence.
pub fn subject(view: &ClientView, reader: &Reader) -> String {
    wording::phrase(reader, Side::Client, "subject", view)
}

/// The last line.
pub fn footer(view: &ClientView, reader: &Reader) -> String {
    wording::phrase(reader, Side::Client, "footer", view)
}

/// Whether a mail goes to a client.
pub fn client_of(audience: &Audience) -> Option<&PartyId> {
    match audience {
        Audience::Inner => None,
        Audience::Client(party) => Some(party),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::tz::TimeZone;

    use super::*;
    use crate::directory::Language;
    use crate::templates::{Product, Set, variables};

    #[test]
    fn every_news_has_a_text_in_both_languages_that_names_the_service() {
        let view = ClientView {
            public_name: "Service A".to_owned(),
            since: "01:00 JST".to_owned(),
            recovered: Some("02:00 JST".to_owned()),
            next: Some("01:45 JST".to_owned()),
            told_working: Some("02:15 JST".to_owned()),
            written: Some("Service A is slow since 01:00 JST.\nWe look for the cause.".to_owned()),
            taken: true,
            called: true,
            gateway: "Operations".to_owned(),
        };
        let given = serde_json::to_value(&view).unwrap();
        let given: BTreeSet<&str> = given.as_object().unwrap().keys().map(String::as_str).collect();
        let set = Set { product: Product::Mail, side: Side::Client, language: Language::En };
        assert_eq!(given, variables::of(set, "down").into_keys().collect(), "what is documented");
        use NewsKind::{Down, DownAgain, Resolved, StillDown, Watching, Words, Working};
        for language in [Language::En, Language::Ja] {
            let reader = Reader::built_in(TimeZone::UTC, language, Timestamp::UNIX_EPOCH);
            for news in [Down, StillDown, DownAgain, Watching, Working, Resolved, Words(Belief::Down)] {
                let text = text(news, &view, &reader);
                let whole = format!("{} {}", text.headline, text.paragraphs.join(" "));
                assert!(whole.contains("Service A"), "{whole}");
                assert!(whole.contains("JST"), "{whole}");
                assert!(!text.paragraphs.is_empty() && !whole.contains("{{"), "{whole}");
            }
            assert!(text(DownAgain, &view, &reader).paragraphs.join(" ").contains("02:15 JST"));
            let nobody_has_it = ClientView { taken: false, ..view.clone() };
            let nobody_is_called = ClientView { called: false, ..nobody_has_it.clone() };
            for news in [Down, StillDown, DownAgain] {
                let texts = [&view, &nobody_has_it, &nobody_is_called].map(|view| text(news, view, &reader));
                assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2], "{texts:?}");
            }
        }
    }

    /// What was still said to be broken at 01:30 is not said at 01:58 to have worked since 01:10.
    #[test]
    fn a_recovery_that_waited_for_another_is_told_without_a_time_that_contradicts_what_was_read() {
        let story = include_str!(
            "../../tests/scenarios/two_troubles_of_one_name_work_again_for_a_client_together.txt"
        );
        let mails = crate::rehearsal::Rehearsal::new(story, None).unwrap();
        let mails = mails.mails(std::path::Path::new(".")).unwrap();
        let working = mails.iter().filter(|sent| sent.text == "working");
        let texts: Vec<String> = working.map(|sent| crate::message::read(&sent.bytes).text).collect();
        assert!(texts[0].contains("Service A is working again. It had not been"), "{}", texts[0]);
        assert!(!texts[0].contains("01:10"), "{}", texts[0]);
        assert!(texts[1].contains("working again since 01:43 JST"), "{}", texts[1]);
    }
}
