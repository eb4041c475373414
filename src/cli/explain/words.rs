//! Owns the account of a mail for people. All that stands in it comes from strangers: every line is made fit for a
//! terminal.

use super::account::{Account, Placed, Verdict, Weighed};
use crate::alert::{Alert, State};
use crate::cli::output::{NAME, QUIET, WARNING, WELL, WRONG, fact, paint};
use crate::gateway::{Outcome, Placement};
use crate::incident;
use crate::incident::words::one_line;
use crate::message::{ForwardedHow, Mailbox};
use crate::rules::{Action, Near};

/// So much of a text is shown, in lines.
const LINES: usize = 12;
/// So much of what was left out: enough to see why.
const LEFT_OUT: usize = 3;
/// So many of a list.
const ENTRIES: usize = 20;

/// The account in words.
pub(super) fn text(account: &Account) -> String {
    let mut text = format!("{}\n", paint(NAME, &one_line(&account.file)));
    let mut add = |heading: &str, lines: &[String]| text.push_str(&fact(heading, lines));
    if !account.unreadable {
        add("From", &[account.from.as_ref().map_or("nobody".to_owned(), mailbox)]);
        add("Date", &[account.date.clone().unwrap_or("none".to_owned())]);
        add("Subject", &[one_line(&account.subject)]);
        add("Kind", &[kind(account)]);
        add("Forwards", &forwards(account));
        add("New text", &new_text(account));
        add("Left out", &left_out(account));
        add("Bounce", &bounce(account));
        add("Calendar", &invitation(account));
        add("Alerts", &first(account.alerts.iter().map(alert)));
        add("Commands", &first(account.commands.iter().map(|given| given.command.to_owned())));
        add("Rule", account.verdict.as_ref().map(verdict).as_slice());
        add("Asked", &first(account.candidates.iter().map(candidate)));
        add("Nearly", &account.near.iter().map(near).collect::<Vec<_>>());
        add("Outcome", account.placement.as_ref().map(|placed| outcome(placed, account)).as_slice());
        add("Would send", &would_send(account));
    }
    let defects = account.defects.iter().map(|defect| paint(WARNING, &one_line(defect)));
    add("Odd", &first(defects));
    text
}

fn mailbox(mailbox: &Mailbox) -> String {
    let (name, address) = (one_line(&mailbox.name), one_line(mailbox.address.as_str()));
    if name.is_empty() { address } else { format!("{name} <{address}>") }
}

fn kind(account: &Account) -> String {
    match &account.automatic {
        None if !account.alerts.is_empty() && account.forwarded.is_none() => "a monitor's mail".to_owned(),
        None => "a person's mail".to_owned(),
        Some(automatic) => format!("{} ({})", automatic.kind, one_line(&automatic.evidence)),
    }
}

fn forwards(account: &Account) -> Vec<String> {
    let Some(forwarded) = &account.forwarded else { return Vec::new() };
    let from = forwarded.from.as_ref().map_or("nobody".to_owned(), mailbox);
    let how = match (forwarded.how, &forwarded.file) {
        (ForwardedHow::Attached, Some(file)) => format!("attached as {}", one_line(file)),
        (ForwardedHow::Attached, None) => "attached".to_owned(),
        (ForwardedHow::Inline, _) => "inline, in what is left out of the new text".to_owned(),
    };
    let date = forwarded.date.as_ref().map(|date| format!(", {date}")).unwrap_or_default();
    vec![format!("\"{}\" from {from}{date} ({how})", one_line(&forwarded.subject))]
}

fn new_text(account: &Account) -> Vec<String> {
    let lines = excerpt(&account.reply_text, LINES);
    if lines.is_empty() { vec![paint(QUIET, "none")] } else { lines }
}

/// The beginning of a text, and how much more there is.
/// From where on, and what that line was taken for.
fn left_out(account: &Account) -> Vec<String> {
    let why = account.trimmed_for.map(|what| format!("from {what} on:"));
    why.into_iter().chain(excerpt(&account.quoted_text, LEFT_OUT)).collect()
}

fn excerpt(text: &str, most: usize) -> Vec<String> {
    more(text.lines().map(one_line).skip_while(String::is_empty).collect(), most, "lines")
}

fn first(entries: impl Iterator<Item = String>) -> Vec<String> {
    more(entries.collect(), ENTRIES, "of them")
}

fn more(mut lines: Vec<String>, most: usize, what: &str) -> Vec<String> {
    let hidden = lines.len().saturating_sub(most);
    lines.truncate(most);
    if hidden > 0 {
        lines.push(paint(QUIET, &format!("… {hidden} more {what}; --json shows all")));
    }
    lines
}

fn invitation(account: &Account) -> Vec<String> {
    let Some(invitation) = &account.invitation else { return Vec::new() };
    let place = if invitation.place.is_empty() { String::new() } else { format!(" in {}", invitation.place) };
    vec![format!("{}: \"{}\", {}{place}", invitation.what(), invitation.title, invitation.when)]
}

fn bounce(account: &Account) -> Vec<String> {
    let Some(bounce) = &account.bounce else { return Vec::new() };
    let about = bounce.original_message_id.as_deref().map_or("a mail it doesn't name".to_owned(), one_line);
    let recipients = bounce.recipients.iter().map(|recipient| {
        let words = [&recipient.action, &recipient.status, &recipient.diagnostic].map(|word| one_line(word));
        format!("{}: {}", one_line(recipient.address.as_str()), words.join(" ").trim())
    });
    let mut lines = vec![format!("about {about}")];
    lines.extend(first(recipients));
    lines
}

fn alert(alert: &Alert) -> String {
    let style = match alert.state {
        State::Firing => WRONG,
        State::Resolved => WELL,
        State::Acknowledged | State::Flapping | State::Info => WARNING,
    };
    let mut words = vec![paint(style, alert.state.word()), one_line(&alert.fingerprint())];
    let mut named = |name: &str, value: Option<String>| {
        words.extend(value.map(|value| format!("{name} {}", one_line(&value))));
    };
    named("severity", alert.severity.clone());
    named("host", alert.host.clone());
    named("service", alert.service.clone());
    named("since", alert.since.map(|since| since.to_string()));
    words.join(", ").replacen(", ", " ", 1)
}

fn verdict(verdict: &Verdict) -> String {
    let service = verdict.service.as_ref().map(|service| format!(", service {service}")).unwrap_or_default();
    let opening = match verdict.action {
        Action::Open => format!(", {}{service}, \"{}\"", verdict.severity, one_line(&verdict.title)),
        Action::Join | Action::Ignore | Action::Hold => service,
    };
    let at = paint(QUIET, &format!("({})", one_line(&verdict.at)));
    let tags: Vec<&str> = verdict.tags.iter().map(String::as_str).collect();
    let tags = if tags.is_empty() { String::new() } else { format!(", tagged {}", tags.join(", ")) };
    let quiet = verdict.quiet.as_ref();
    let quiet = quiet.map(|it| format!(", told to nobody until {:.0} ({})", it.until, one_line(&it.words())));
    let quiet = quiet.unwrap_or_default();
    let counted = verdict.counted.iter().map(|tally| format!(", rule {}: {}", tally.rule, tally.words()));
    let counted: String = counted.collect();
    format!("{} {at}: {}{opening}{tags}{quiet}{}", verdict.rule, verdict.action.word(), one_line(&counted))
}

/// A rule that nearly decided.
fn near(near: &Near) -> String {
    let at = paint(QUIET, &format!("({})", one_line(&near.at)));
    format!("{} {at}: {}", near.rule, one_line(&near.failed))
}

/// A clue and what it leads to; a mark before the one that decides.
fn candidate(weighed: &Weighed) -> String {
    let what = match weighed.by {
        incident::Placed::Token => "reply address",
        incident::Placed::MessageId => "signed Message-ID",
        incident::Placed::References => "Message-ID",
        incident::Placed::Tag => "subject tag",
        incident::Placed::Subject => "subject",
        incident::Placed::Key => "alert key",
        incident::Placed::Taken | incident::Placed::Operator => "hand",
    };
    let leads = weighed.incident.as_ref().map(|incident| format!("{}, ", paint(NAME, incident)));
    let (leads, mark) = (leads.unwrap_or_default(), if weighed.decides { "→ " } else { "" });
    format!("{mark}{what} {}: {leads}{}", one_line(&weighed.clue), weighed.because)
}

/// What becomes of it, and why.
fn outcome(placed: &Placed, account: &Account) -> String {
    let incident = placed.incident.as_deref().unwrap_or_default();
    let why = account.remark.as_deref().map(one_line);
    let because = |what: &str| why.as_ref().map_or(what.to_owned(), |why| format!("{what}: {why}"));
    match placed.what {
        Outcome::Opened => format!("opens {}", paint(NAME, incident)),
        Outcome::Joined if incident.is_empty() => {
            "is an answer to a report, and its commands are carried out".to_owned()
        }
        Outcome::Joined => format!("joins {}, {}", paint(NAME, incident), by(placed.by)),
        Outcome::Held if !incident.is_empty() => {
            format!("held: it names {incident}, but its sender has no part there; the owner is asked")
        }
        Outcome::Held => because("held for a person"),
        Outcome::Unmatched => because("kept and listed by `firebell log`"),
        Outcome::Ignored => because("kept, and nothing is done"),
        Outcome::Tested => because("is answered with all this"),
        Outcome::Duplicate => because("kept, and nothing is done"),
        Outcome::Bounce if !incident.is_empty() => format!("tells of a mail of {}", paint(NAME, incident)),
        Outcome::Bounce => because("kept, and nothing is done"),
    }
}

fn by(placement: Placement) -> &'static str {
    match placement {
        Placement::Token => "by the signed reply address it was sent to",
        Placement::MessageId => "because it answers a mail of ours",
        Placement::References => "because it refers to a mail that belongs there",
        Placement::Tag => "by the tag in its subject",
        Placement::Subject => "by its subject and sender",
        Placement::Key => "by the key of its alert",
        Placement::New
        | Placement::Held
        | Placement::Unmatched
        | Placement::Ignored
        | Placement::Duplicate => "",
    }
}

fn would_send(account: &Account) -> Vec<String> {
    let sent = account.would_send.iter();
    let lines: Vec<String> =
        sent.map(|sent| format!("{} ({}): {}", sent.to, sent.because, one_line(&sent.subject))).collect();
    if lines.is_empty() { vec![paint(QUIET, "nothing at once")] } else { first(lines.into_iter()) }
}
