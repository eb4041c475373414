//! Owns how the operator reads what is wrong with firebell itself and around it.

use serde::Serialize;

use super::inner;
use super::when::Reader;
use crate::house::troubles::News;
use crate::incident::words::one_line;

/// All of it, as a template names it.
#[derive(Debug, Serialize)]
pub(super) struct TroublesView {
    /// Nothing in it goes on.
    over: bool,
    /// What it is about, in a few words.
    names: String,
    news: Vec<NewsView>,
}

#[derive(Debug, Serialize)]
struct NewsView {
    text: String,
    when: String,
    more: u64,
}

pub(super) fn view(news: &[News], reader: &Reader) -> TroublesView {
    let mut names: Vec<String> = Vec::new();
    for news in news {
        let name = inner::phrase(reader, &format!("troubles.{}-name", news.kind.name()), &[]);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let over = news.iter().all(News::is_over);
    TroublesView { over, names: names.join(", "), news: news.iter().map(|it| one(it, reader)).collect() }
}

fn one(news: &News, reader: &Reader) -> NewsView {
    let suffix = if news.is_end() { "-over" } else { "" };
    let values = [("of", one_line(&news.of)), ("reason", one_line(&news.reason))];
    let text = inner::phrase(reader, &format!("troubles.{}{suffix}", news.kind.name()), &values);
    let (since, until) =
        (reader.time(news.since), news.until.map(|until| reader.time(until)).unwrap_or_default());
    let until = if news.kind.passes() { String::new() } else { until };
    let times = if news.times > 1 { news.times.to_string() } else { String::new() };
    let happened = if news.kind.passes() { since.clone() } else { String::new() };
    let values = [("since", since), ("until", until), ("times", times), ("happened", happened)];
    NewsView { text, when: inner::phrase(reader, "troubles.when", &values), more: news.more }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::directory::Language;
    use crate::house::troubles::Kind;
    use crate::notice::wording::{self, Side};

    #[test]
    fn every_kind_of_trouble_has_its_words_in_every_language() {
        let at: Timestamp = "2026-11-23T01:00:00Z".parse().unwrap();
        for language in [Language::En, Language::Ja] {
            let zone = jiff::tz::TimeZone::UTC;
            let reader = Reader::built_in(zone, language, at);
            for kind in Kind::all() {
                for known in [false, true].into_iter().filter(|known| !(*known && kind.passes())) {
                    let until = (known || kind.passes()).then_some(at);
                    let (of, reason) = ("which".to_owned(), "{why}".to_owned());
                    let news = News { kind, of, reason, since: at, until, times: 2, known, more: 1 };
                    let text = wording::text(&reader, Side::Inner, "trouble", &view(&[news], &reader));
                    let text = format!("{}\n{}", text.headline, text.paragraphs.join("\n"));
                    assert!(!text.contains("troubles."), "{kind:?}: {text}");
                    assert_eq!(text.contains("{why}"), !known, "{text}");
                }
            }
        }
    }
}
