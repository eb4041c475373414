//! Owns the account of one mail, and its names in JSON, which are stable (DESIGN 8).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Zoned};
use serde::Serialize;

use super::consequences::Consequences;
use crate::alert::Alert;
use crate::book::Book;
use crate::command::Line;
use crate::directory::{ServiceId, Severity};
use crate::gateway::{Outcome, Placement};
use crate::incident::words::kind_words;
use crate::incident::{self, NoticeKind};
use crate::message::{self, AutomaticKind, Bounce, ForwardedHow, Invitation, Mailbox, Message};
use crate::notice::{self, Notice};
use crate::rules::{self, Action, Near};
use crate::thread::{Candidate, Fate};

/// All that is told of one file.
#[derive(Debug, Default, Serialize)]
pub(super) struct Account {
    pub(super) file: String,
    pub(super) message_id: Option<String>,
    pub(super) date: Option<String>,
    pub(super) from: Option<Mailbox>,
    pub(super) subject: String,
    pub(super) base_subject: String,
    pub(super) reply_text: String,
    pub(super) quoted_text: String,
    pub(super) trimmed_at: Option<String>,
    #[serde(skip)]
    pub(super) trimmed_for: Option<&'static str>,
    pub(super) automatic: Option<Automatic>,
    pub(super) bounce: Option<Bounce>,
    pub(super) invitation: Option<Invitation>,
    pub(super) forwarded: Option<Forwarded>,
    pub(super) alerts: Vec<Alert>,
    pub(super) commands: Vec<Given>,
    pub(super) placement: Option<Placed>,
    pub(super) candidates: Vec<Weighed>,
    pub(super) verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) near: Vec<Near>,
    pub(super) would_send: Vec<Sent>,
    pub(super) defects: Vec<String>,
    /// What the house log would say.
    #[serde(skip)]
    pub(super) remark: Option<String>,
    /// There is no mail to tell of.
    #[serde(skip)]
    pub(super) unreadable: bool,
}

/// That a mail is no person's.
#[derive(Debug, Serialize)]
pub(super) struct Automatic {
    pub(super) kind: &'static str,
    pub(super) evidence: String,
}

/// A mail within the mail.
#[derive(Debug, Serialize)]
pub(super) struct Forwarded {
    pub(super) from: Option<Mailbox>,
    pub(super) date: Option<String>,
    pub(super) subject: String,
    pub(super) how: ForwardedHow,
    /// Name of the attachment that it was in.
    #[serde(skip)]
    pub(super) file: Option<String>,
}

/// A command as written, and its name.
#[derive(Debug, Serialize)]
pub(super) struct Given {
    pub(super) line: String,
    pub(super) command: &'static str,
}

/// Where the mail goes.
#[derive(Debug, Serialize)]
pub(super) struct Placed {
    pub(super) by: Placement,
    pub(super) incident: Option<String>,
    #[serde(skip)]
    pub(super) what: Outcome,
}

/// Something that could say where the mail belongs, and what came of it.
#[derive(Debug, Serialize)]
pub(super) struct Weighed {
    pub(super) by: incident::Placed,
    pub(super) clue: String,
    pub(super) incident: Option<String>,
    /// The first that decides; those after it were not needed.
    pub(super) decides: bool,
    pub(super) fate: &'static str,
    pub(super) because: String,
}

/// What the rules say.
#[derive(Debug, Serialize)]
pub(super) struct Verdict {
    pub(super) rule: String,
    pub(super) action: Action,
    pub(super) service: Option<ServiceId>,
    pub(super) severity: Severity,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) tags: BTreeSet<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) quiet: Option<crate::quiet::Quiet>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) counted: Vec<rules::Tally>,
    #[serde(skip)]
    pub(super) at: String,
    #[serde(skip)]
    pub(super) title: String,
}

/// A mail that would go out.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) because: String,
}

impl Account {
    /// Of a file in which no mail could be read.
    pub(super) fn unreadable(file: String, why: String) -> Self {
        Self { file, defects: vec![why], unreadable: true, ..Self::default() }
    }

    /// Of a mail and what would come of it.
    pub(super) fn of(book: &Book, file: String, message: &Message, consequences: Consequences) -> Self {
        Self {
            file,
            message_id: Some(message.message_id.clone()),
            date: message.date.as_ref().map(date),
            from: message.from.first().cloned(),
            subject: message.subject.clone(),
            base_subject: message.base_subject.clone(),
            reply_text: message.reply_text.trim_end().to_owned(),
            quoted_text: message.quoted_text.trim_end().to_owned(),
            trimmed_at: message.trimmed_at().map(str::to_owned),
            trimmed_for: message.trimmed_for(),
            automatic: automatic(message, consequences.own),
            bounce: message.bounce.clone(),
            invitation: message.invitation.clone(),
            forwarded: message.forwarded.as_ref().map(|forward| forwarded(forward, message)),
            commands: consequences.commands.into_iter().map(given).collect(),
            placement: consequences.outcome.map(|outcome| Placed {
                by: outcome.by,
                incident: outcome.incident.map(|number| notice::label(book, number)),
                what: outcome.what,
            }),
            candidates: weighed(book, consequences.candidates),
            verdict: consequences.verdict.and_then(verdict),
            near: consequences.near,
            would_send: consequences.notices.iter().map(sent).collect(),
            alerts: consequences.alerts,
            defects: message.defects.clone(),
            remark: consequences.remark,
            unreadable: false,
        }
    }
}

/// RFC 3339, with the offset in which it was written.
fn date(date: &Zoned) -> String {
    date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn automatic(message: &Message, own: bool) -> Option<Automatic> {
    if own {
        let evidence = "its Message-ID is signed with this site's key".to_owned();
        return Some(Automatic { kind: "own", evidence });
    }
    let found = message.automatic.as_ref()?;
    let kind = match found.kind {
        AutomaticKind::AutoReply => "auto-reply",
        AutomaticKind::SuspectedAutoReply => "suspected-auto-reply",
        AutomaticKind::Bounce => "bounce",
        AutomaticKind::List => "list",
        AutomaticKind::Receipt => "receipt",
        AutomaticKind::Generated => "auto-generated",
    };
    Some(Automatic { kind, evidence: found.evidence.clone() })
}

fn forwarded(forward: &message::Forward, message: &Message) -> Forwarded {
    let mails = message.attachments.iter().filter(|file| file.media_type == "message/rfc822");
    let attached = mails.filter(|_| forward.how == ForwardedHow::Attached).map(|file| file.name.clone());
    Forwarded {
        from: forward.from.clone(),
        date: forward.date.as_ref().map(date),
        subject: forward.subject.clone(),
        how: forward.how,
        file: attached.into_iter().find(|name| !name.is_empty()),
    }
}

fn given(line: Line) -> Given {
    let command = line.command.name();
    Given { line: line.line, command }
}

fn weighed(book: &Book, candidates: Vec<Candidate>) -> Vec<Weighed> {
    let mut decided = false;
    let one = |candidate: Candidate| {
        let (fate, number, because) = told(&candidate.fate);
        let is_last = !matches!(candidate.fate, Fate::Unsigned | Fate::Unknown);
        let decides = is_last && !decided;
        decided |= is_last;
        let incident = number.map(|number| notice::label(book, number));
        Weighed { by: candidate.by, clue: candidate.clue, incident, decides, fate, because }
    };
    candidates.into_iter().map(one).collect()
}

/// What came of a clue: in a word, the incident, and why.
fn told(fate: &Fate) -> (&'static str, Option<u64>, String) {
    match fate {
        Fate::Leads(place) => {
            let because = match (&place.granted, place.by) {
                (Some((audience, person, occurrence)), _) => {
                    format!("given to {person} in the {audience} thread of occurrence {occurrence}")
                }
                (None, incident::Placed::References) => "known there".to_owned(),
                (None, incident::Placed::Key) => "it is live".to_owned(),
                (None, _) => "the sender takes part there".to_owned(),
            };
            ("leads", Some(place.incident), because)
        }
        Fate::House(person) => ("house", None, format!("given to {person} with a report of the house")),
        Fate::NoPart(number) => ("no-part", Some(*number), "the sender has no part there".to_owned()),
        Fate::Ambiguous(count) => {
            ("ambiguous", None, format!("the sender takes part in {count} of this subject"))
        }
        Fate::Unsigned => {
            ("unsigned", None, "not signed with a key of this site that still verifies".to_owned())
        }
        Fate::Unknown => ("unknown", None, "not known here".to_owned()),
    }
}

/// None when no rule wants the mail.
fn verdict(verdict: rules::Verdict) -> Option<Verdict> {
    Some(Verdict {
        rule: verdict.rule?,
        action: verdict.action?,
        service: verdict.service,
        severity: verdict.severity,
        tags: verdict.tags,
        quiet: verdict.quiet,
        counted: verdict.counted,
        at: verdict.at.unwrap_or_default(),
        title: verdict.title,
    })
}

fn sent((notice, after): &(Notice, SignedDuration)) -> Sent {
    let kind = kind_words(&notice.kind);
    let because = match notice.kind {
        NoticeKind::Inform
        | NoticeKind::Report
        | NoticeKind::Digest
        | NoticeKind::ReportDraft
        | NoticeKind::ReportCopy => format!("{kind}: {}", notice.summary),
        _ => kind,
    };
    let wait = if after.is_zero() { String::new() } else { format!(", after {} s", after.as_secs()) };
    Sent { to: notice.to.to_string(), subject: notice.subject.clone(), because: because + &wait }
}
