//! Owns how a timeline reads: one event, one line, for whoever works on the incident.

mod joined;
mod telling;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::event::{Event, Fact};
use super::placed::Placed;
use super::{Actor, Incident, NoticeKind, Opening, Settled, Silence, doubt, rounds};
use crate::directory::{PartyId, PersonId};
use crate::told::NewsKind;

/// One line: `acknowledged by kato until 01:34`.
pub fn line(event: &Event, zone: &TimeZone) -> String {
    match &event.fact {
        Fact::Opened(opening) => opened(opening, zone),
        Fact::AlertRepeated { .. }
        | Fact::AlertJoined { .. }
        | Fact::AlertsTold { .. }
        | Fact::CameAgain { .. }
        | Fact::AlertNoted { .. }
        | Fact::KeyRecovered { .. } => alert(&event.fact, zone),
        Fact::Recovered { .. } | Fact::RecoveryWithdrawn { .. } | Fact::Recurred { .. } => turn(event, zone),
        Fact::Acknowledged { by, until } => format!("acknowledged by {by} until {}", clock(*until, zone)),
        Fact::AcknowledgementExpired { by } => format!("acknowledgement of {by} expired without news"),
        Fact::Confirmed { source } => format!("confirmed by {}: clients may be told", one_line(source)),
        Fact::SeverityRaised { to, rule, .. } => format!("raised to {to}{}", by_rule(rule.as_deref())),
        Fact::Escalated { .. }
        | Fact::StepPassed { .. }
        | Fact::EscalationWaits { .. }
        | Fact::Exhausted { .. } => escalation(&event.fact, zone),
        Fact::Resolved { by, anyway: false } => format!("resolved by {by}"),
        Fact::Resolved { by, anyway: true } => format!("resolved by {by}, though nothing had recovered"),
        Fact::Closed { by } => format!("closed by {by}"),
        Fact::ArchiveEnded => "closed: the archive in which it was found has nothing more".to_owned(),
        Fact::Noted { .. } => noted(&event.fact, zone),
        Fact::Held { .. } | Fact::HeldAsked { .. } | Fact::HeldSettled { .. } => held(&event.fact),
        Fact::Refused { by, line, why } => format!("refused {by}'s \"{}\": {why}", one_line(line)),
        Fact::MergedInto { number, by, said, .. } => {
            format!("goes on as incident {number}{}", joined::by(by, *said))
        }
        Fact::Absorbed(absorbed) => joined::took_in(absorbed, event.at, zone),
        Fact::Carried(carried) => super::carrying::line(carried, zone),
        Fact::MovedAway { .. }
        | Fact::MovedHere { .. }
        | Fact::MergeAsked { .. }
        | Fact::HeardThere { .. } => of_two(&event.fact),
        Fact::Telling(telling) => telling::line(telling, event, zone),
        Fact::Quiet(silence) => quiet(silence, zone),
        Fact::Arranged(arrangement) => super::arranged::line(arrangement),
        Fact::Judged(judged) => doubt::line(judged),
        Fact::Reporting(reporting) => super::reporting::line(reporting),
        Fact::Announced { client, news, next } => {
            let next = next.map(|next| format!(", next news {}", clock(next, zone))).unwrap_or_default();
            format!("{client}: {}{next}", news_words(*news))
        }
        Fact::Queued { .. } | Fact::Told { .. } | Fact::Undeliverable { .. } | Fact::Superseded { .. } => {
            mail(&event.fact)
        }
    }
}

fn of_two(fact: &Fact) -> String {
    match fact {
        Fact::MovedAway { to, by, mails, opened, .. } => {
            if *opened {
                format!("{by} parted {} from it: incident {to}", counted(*mails))
            } else {
                format!("{by} moved {} to incident {to}", counted(*mails))
            }
        }
        Fact::MovedHere { from, by, mails, text, .. } => {
            format!("{by} moved {} here from incident {from}: {}", counted(*mails), start(text))
        }
        Fact::MergeAsked { other, by, .. } => {
            format!("perhaps one with incident {other}: a mail of {by} belongs to both")
        }
        Fact::HeardThere { heard, told } => {
            let what = if *told { "only now has" } else { "never got" };
            format!("{} {what} a mail of incident {}: {}", heard.person, heard.incident, heard.belief)
        }
        _ => String::new(),
    }
}

fn quiet(silence: &Silence, zone: &TimeZone) -> String {
    match silence {
        Silence::Covered { key, quiet } => {
            format!(
                "{} is counted only until {} ({})",
                one_line(key),
                clock(quiet.until, zone),
                quiet.words()
            )
        }
        Silence::Uncovered { key } => {
            format!("{} is told again: nothing keeps it quiet any more", one_line(key))
        }
        Silence::Over { firing, .. } if firing.is_empty() => {
            "the quiet is over, and nothing fires".to_owned()
        }
        Silence::Over { firing, .. } => {
            format!("the quiet is over; still firing: {}", one_line(&firing.join(", ")))
        }
        Silence::Hushed { quiet } => {
            format!("nobody is paged until {} ({})", clock(quiet.until, zone), quiet.words())
        }
        Silence::Unheard { .. } => "no alert for 24 h: is it over?".to_owned(),
        Silence::Flaps { key } => format!("{} comes and goes: 5 changes within 20 min", one_line(key)),
        Silence::Steady { firing, .. } if firing.is_empty() => "steady for 20 min: nothing fires".to_owned(),
        Silence::Steady { firing, .. } => {
            format!("steady for 20 min, and firing: {}", one_line(&firing.join(", ")))
        }
        Silence::HushOver => "people are paged again".to_owned(),
    }
}

fn escalation(fact: &Fact, zone: &TimeZone) -> String {
    match fact {
        Fact::Escalated { run, position: at, told, .. } => {
            let round = if at.round > 0 { format!(", repetition {}", at.round) } else { String::new() };
            format!("run {run}, step {}{round}: {}", at.step + 1, people(told))
        }
        Fact::StepPassed { run, position: at, .. } => {
            format!("run {run}, step {} passes: not for this hour or severity", at.step + 1)
        }
        Fact::EscalationWaits { run, until } => {
            format!("run {run} waits until {}: its policy works at other hours", clock(*until, zone))
        }
        Fact::Exhausted { run, .. } => {
            format!("run {run} is at its end and nobody has it: the operator is told")
        }
        _ => String::new(),
    }
}

fn opened(opening: &Opening, zone: &TimeZone) -> String {
    let what = opening.service.as_ref().map_or(opening.title.as_str(), |_| opening.public_name.as_str());
    let previous = opening.previous.as_ref().map(|previous| {
        format!("; number {} within 7 days, the one before was {}", previous.times, previous.number)
    });
    let neighbour = opening.neighbour.as_ref().map(|neighbour| {
        let at = clock(neighbour.recovered_at, zone);
        format!(
            "; incident {} of the same service recovered at {at}: perhaps the same trouble",
            neighbour.number
        )
    });
    let (previous, neighbour) = (previous.unwrap_or_default(), neighbour.unwrap_or_default());
    let counted =
        |rule: &String| opening.counted.iter().fold(rule.clone(), |rule, count| rule + ", " + count);
    let rule = by_rule(opening.rule.as_ref().map(counted).as_deref());
    let tags: Vec<&str> = opening.tags.iter().map(String::as_str).collect();
    let tags = if tags.is_empty() { String::new() } else { format!(", tagged {}", tags.join(", ")) };
    let quiet = opening.quiet.as_ref();
    let quiet = quiet.map(|it| format!("; told to nobody until {} ({})", clock(it.until, zone), it.words()));
    let quiet = quiet.unwrap_or_default();
    let past = if opening.past { ", found in an archive" } else { "" };
    let others: Vec<String> = opening.origin.others.iter().map(|other| one_line(other.as_str())).collect();
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("; sent to {} too, who are not told", others.join(", "))
    };
    let parted =
        opening.parted_from.map(|from| format!(", parted from incident {from} by {}", actor(&opening.by)));
    let parted = parted.unwrap_or_default();
    let what = if parted.is_empty() { what } else { opening.title.as_str() };
    let what = one_line(what);
    format!(
        "opened: {}, {what}{rule}{tags}{past}{parted}{previous}{neighbour}{others}{quiet}",
        opening.severity
    )
}

fn alert(fact: &Fact, zone: &TimeZone) -> String {
    match fact {
        Fact::AlertRepeated { key } => format!("{} fires again: counted", one_line(key)),
        Fact::AlertJoined { key, again: false, .. } => format!("{} fires too", one_line(key)),
        Fact::AlertJoined { key, again: true, .. } => {
            format!("{} fires again after it had recovered", one_line(key))
        }
        Fact::AlertsTold { keys, more } => {
            let count = keys.len() as u64 + u64::from(*more);
            format!("{count} more alerts are told together")
        }
        Fact::CameAgain { key, silence, asks, .. } => {
            let asked = doubt::asked("the same trouble or a new one", *asks, zone);
            format!("{} came again after {} min of silence{asked}", one_line(key), silence / 60)
        }
        Fact::AlertNoted { key, state } => format!("{} is {state}: noted", one_line(key)),
        Fact::KeyRecovered { key, recovered, of } => {
            format!("{} recovered, {recovered} of {of} keys", one_line(key))
        }
        _ => String::new(),
    }
}

fn turn(event: &Event, zone: &TimeZone) -> String {
    match &event.fact {
        Fact::Recovered { by: Actor::Alerts, of, .. } => {
            let until = clock(event.at + super::PROVISIONAL, zone);
            format!("recovered ({of} of {of} keys); provisional until {until}")
        }
        Fact::Recovered { by, still_firing, .. } if still_firing.is_empty() => {
            format!("recovered, says {}", actor(by))
        }
        Fact::Recovered { by, still_firing, .. } => {
            format!("recovered, says {}; still firing: {}", actor(by), one_line(&still_firing.join(", ")))
        }
        Fact::RecoveryWithdrawn { believers, .. } => {
            format!("recovery withdrawn; acknowledgement void{}", false_since(believers, event.at, zone))
        }
        Fact::Recurred { occurrence, by, believers, doubt, began, .. } => {
            let unanswered = doubt.as_ref().is_some_and(|doubt| !doubt.answered);
            let by = match by.person() {
                Some(person) => format!(", says {person}"),
                None if unanswered => ", for nobody said that it is the old trouble".to_owned(),
                None => String::new(),
            };
            format!(
                "occurrence {occurrence}{by}; acknowledgement void{}",
                false_since(believers, event.at.min(*began), zone)
            )
        }
        _ => String::new(),
    }
}

fn false_since(believers: &[PartyId], at: Timestamp, zone: &TimeZone) -> String {
    match believers {
        [] => String::new(),
        [one] => format!("; {one} believes \"works again\", false since {}", clock(at, zone)),
        many => {
            let names: Vec<&str> = many.iter().map(PartyId::as_str).collect();
            format!("; {} believe \"works again\", false since {}", names.join(", "), clock(at, zone))
        }
    }
}

fn noted(fact: &Fact, zone: &TimeZone) -> String {
    let Fact::Noted { by, placed, text, automatic, asks, alike, crowd, .. } = fact else {
        return String::new();
    };
    let kind = if *automatic { "automatic note" } else { "note" };
    let machine = match (*alike, rounds::is_crowd(*crowd)) {
        (0, true) => ", one of many, told to nobody",
        (0, false) => "",
        (_, _) => ", a machine's by its words",
    };
    let asked = doubt::asked("is it broken again", *asks, zone);
    format!("{kind} by {} (by {}{machine}): {}{asked}", actor(by), placed_words(*placed), start(text))
}

/// The beginning of a text, on one line.
fn start(text: &str) -> String {
    let text = one_line(text);
    let start: String = text.chars().take(60).collect();
    let more = if start.len() < text.len() { " …" } else { "" };
    format!("{start}{more}")
}

fn counted(mails: u32) -> String {
    if mails == 1 { "1 mail".to_owned() } else { format!("{mails} mails") }
}

fn mail(fact: &Fact) -> String {
    match fact {
        Fact::Queued { audience, number, person, kind, .. } => {
            format!("mail {number} of the {audience} thread queued for {person}: {}", kind_words(kind))
        }
        Fact::Told { audience, number, person } => {
            format!("{person} has mail {number} of the {audience} thread")
        }
        Fact::Undeliverable { person, reason, .. } => {
            format!("{person} can't be reached: {}", one_line(reason))
        }
        Fact::Superseded { person, reason, .. } => {
            format!("mail for {person} superseded: {}", one_line(reason))
        }
        _ => String::new(),
    }
}

/// What kind of mail a notice is.
pub fn kind_words(kind: &NoticeKind) -> String {
    match kind {
        NoticeKind::Page { at, .. } if at.round == 0 => format!("page, step {}", at.step + 1),
        NoticeKind::Page { at, .. } => format!("page, step {}, repetition {}", at.step + 1, at.round),
        NoticeKind::Inform => "for information".to_owned(),
        NoticeKind::News(news) => news_words(*news).to_owned(),
        NoticeKind::ForClient(client) => format!("about {client}"),
        NoticeKind::Transcript => "transcript".to_owned(),
        NoticeKind::Report => "operator report".to_owned(),
        NoticeKind::Digest => "digest".to_owned(),
        NoticeKind::ReportDraft => "draft of the report".to_owned(),
        NoticeKind::ReportCopy => "report".to_owned(),
    }
}

/// What a client is told, in a few words.
pub fn news_words(news: NewsKind) -> &'static str {
    match news {
        NewsKind::Down => "holding line",
        NewsKind::StillDown => "still not working",
        NewsKind::DownAgain => "not working again, contrary to the last mail",
        NewsKind::Watching => "seems to work, being watched",
        NewsKind::Working => "works again",
        NewsKind::Resolved => "resolved",
        NewsKind::Words(_) => "our own words",
    }
}

/// The same with its times: `holding line, next news 01:45`, `works again since 02:00`.
pub fn news_line(news: NewsKind, next: Option<Timestamp>, incident: &Incident, zone: &TimeZone) -> String {
    let next = next.map(|next| format!(", next news {}", clock(next, zone))).unwrap_or_default();
    let since = incident.recovery().filter(|_| news == NewsKind::Working);
    let since = since.map(|recovery| format!(" since {}", clock(recovery.at, zone))).unwrap_or_default();
    format!("{}{since}{next}", news_words(news))
}

fn placed_words(placed: Placed) -> &'static str {
    match placed {
        Placed::Token => "reply address",
        Placed::MessageId => "Message-ID",
        Placed::References => "references",
        Placed::Tag => "subject tag",
        Placed::Subject => "subject",
        Placed::Key => "alert key",
        Placed::Taken => "somebody's hand",
        Placed::Operator => "command line",
    }
}

fn held(fact: &Fact) -> String {
    match fact {
        Fact::Held { letter } => {
            format!("held: \"{}\" from {}, who has no part in this", one_line(&letter.subject), letter.from)
        }
        Fact::HeldAsked { mails } => format!("asked about {} held mails", mails.len()),
        Fact::HeldSettled { mail, by, how } => settled(*mail, by, *how),
        _ => String::new(),
    }
}

/// What became of a held mail.
pub fn settled(mail: u32, by: &PersonId, how: Settled) -> String {
    match how {
        Settled::Taken(incident) => format!("held mail {mail} taken into incident {incident} by {by}"),
        Settled::Opened(incident) => format!("held mail {mail} opened incident {incident}, says {by}"),
        Settled::Ignored => format!("held mail {mail} ignored by {by}"),
    }
}

fn actor(actor: &Actor) -> String {
    match actor {
        Actor::Person(person) => person.to_string(),
        Actor::Stranger(address) if address.as_str().is_empty() => "several authors, or none".to_owned(),
        Actor::Stranger(address) => format!("{address}, who is not in the directory"),
        Actor::Alerts => "the alerts".to_owned(),
    }
}

fn by_rule(rule: Option<&str>) -> String {
    rule.map(|rule| format!(" (rule {rule})")).unwrap_or_default()
}

fn people(people: &[PersonId]) -> String {
    if people.is_empty() {
        return "nobody to page".to_owned();
    }
    people.iter().map(PersonId::as_str).collect::<Vec<_>>().join(", ")
}

/// A time of day, as timelines show it.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// Text of a mail on one line and without control characters: fit for a terminal, a log, a header.
pub fn one_line(text: &str) -> String {
    let shown = |c: char| if c.is_control() || is_bidi_control(c) { ' ' } else { c };
    text.chars().map(shown).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that make text read in another order than it is stored (Unicode Standard Annex 9).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}
