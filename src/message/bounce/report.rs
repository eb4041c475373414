//! Owns the fields of a delivery report (RFC 3464, 2): per-recipient groups, whole ones and broken ones.
//! Never reads a server's free words.

use super::{LONGEST_DIAGNOSTIC, MOST_RECIPIENTS, status};
use crate::directory::Address;
use crate::message::BouncedRecipient;
use crate::message::fields::Fields;
use crate::message::plain::clip;

/// What a delivery-status part says.
#[derive(Default)]
pub(super) struct Report {
    /// Of whom.
    pub(super) recipients: Vec<BouncedRecipient>,
    /// A group without a recipient, as some gateways write: it is about those whom the words name.
    pub(super) nameless: Option<BouncedRecipient>,
}

/// Reads the groups of a delivery-status part.
pub(super) fn read(text: &str) -> Report {
    let mut report = Report::default();
    for group in groups(text) {
        let group = Fields::read(group.as_bytes());
        if report.recipients.len() >= MOST_RECIPIENTS {
            break;
        }
        match address(&group) {
            Some(address) => report.recipients.push(recipient(&group, address)),
            None if ["Action", "Status", "Diagnostic-Code"].iter().any(|name| group.text(name).is_some()) => {
                nameless(&mut report, recipient(&group, Address::new("")));
            }
            None => {}
        }
    }
    report
}

/// A blank line too many has cut a group in two, or there is only the second half.
fn nameless(report: &mut Report, found: BouncedRecipient) {
    match report.recipients.last_mut() {
        Some(last) if last.diagnostic.is_empty() && last.status == status::undefined("failed") => {
            *last = BouncedRecipient { address: last.address.clone(), ..found };
        }
        Some(_) => {}
        None => report.nameless = Some(found),
    }
}

/// The report's fields where its parts were lost and it stands in the text itself.
pub(super) fn inside(text: &str) -> Option<&str> {
    let (mut at, mut group) = (0, 0);
    for line in clip(text, 256 * 1024).split_inclusive('\n') {
        if line.trim().is_empty() {
            group = at + line.len();
        }
        if begins(line, "final-recipient:") || begins(line, "original-recipient:") {
            let rest = text.get(group..)?;
            let end = ["\n--", "\nContent-Type:", "\nReceived:", "\nReturn-Path:"].into_iter();
            let end = end.filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
            return rest.get(..end);
        }
        at += line.len();
    }
    None
}

fn begins(line: &str, name: &str) -> bool {
    line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// Groups end at a blank line, or, where that was lost, where a recipient field comes again.
fn groups(text: &str) -> impl Iterator<Item = String> {
    let (mut groups, mut group) = (Vec::new(), String::new());
    let mut seen = (false, false);
    for line in text.lines() {
        let (original, last) = (begins(line, "original-recipient:"), begins(line, "final-recipient:"));
        if line.trim().is_empty() || original && seen.0 || last && seen.1 {
            groups.push(std::mem::take(&mut group));
            seen = (false, false);
        }
        seen = (seen.0 || original, seen.1 || last);
        group.push_str(line);
        group.push('\n');
    }
    groups.push(group);
    groups.into_iter().filter(|group| !group.trim().is_empty())
}

/// Final-Recipient; where that is a file or a program, or missing, the address that the mail was sent to.
fn address(group: &Fields) -> Option<Address> {
    let read = |name| typed(group, name).map(|value| bare(&value));
    let found = ["Final-Recipient", "Original-Recipient", "X-Actual-Recipient"].map(read);
    let mut found = found.into_iter().flatten();
    let first = found.next()?;
    Some(if first.is_deliverable() { first } else { found.find(Address::is_deliverable).unwrap_or(first) })
}

/// Out of angle brackets, without an obsolete route (RFC 5321, F.2), unescaped.
fn bare(value: &str) -> Address {
    let inside = value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inside, _)| inside);
    let address = inside.unwrap_or(value).trim_matches(['<', '>', '"', ' ']);
    let routed = address.strip_prefix('@').and_then(|route| route.split_once(':'));
    Address::new(routed.map_or(address, |(_, address)| address))
}

fn recipient(group: &Fields, address: Address) -> BouncedRecipient {
    let diagnostic = typed(group, "Diagnostic-Code").unwrap_or_default();
    let written = group.text("Status").unwrap_or_default();
    let told = status::enhanced(&written).or_else(|| status::reply_code(&written));
    let said = status::enhanced(&diagnostic);
    let action = group.text("Action").and_then(|action| known_action(&action));
    // The reporting server's own status is often only the class, or that time ran out; the remote one knew more.
    let status = match (told, said) {
        (Some(told), Some(said)) if told.ends_with(".0.0") || told == "4.4.7" => Some(said),
        (told, said) => told.or(said),
    };
    let status = status.or_else(|| status::reply_code(&diagnostic));
    let action = action.unwrap_or_else(|| status::action(status.as_deref().unwrap_or_default())).to_owned();
    BouncedRecipient {
        address,
        status: status.unwrap_or_else(|| status::undefined(&action).to_owned()),
        action,
        diagnostic: clip(&diagnostic, LONGEST_DIAGNOSTIC).to_owned(),
    }
}

/// RFC 3464, 2.3.3, and what is written for it.
fn known_action(value: &str) -> Option<&'static str> {
    let word = value.split([' ', ';', '(']).next().unwrap_or_default().to_lowercase();
    let known = [
        ("fail", "failed"),
        ("expired", "failed"),
        ("error", "failed"),
        ("delay", "delayed"),
        ("deliver", "delivered"),
        ("relay", "relayed"),
        ("expan", "expanded"),
    ];
    known.into_iter().find(|(start, _)| word.starts_with(start)).map(|(_, action)| action)
}

/// A value behind its type: `rfc822; a@b`, `smtp; 550 no such user` (RFC 3464, 2.1.2).
fn typed(group: &Fields, name: &str) -> Option<String> {
    let value = group.text(name)?;
    let is_type = |word: &str| word.len() <= 30 && !word.trim().contains([' ', '@']);
    let untyped =
        value.split_once(';').filter(|(kind, _)| is_type(kind)).map(|(_, value)| value.trim().to_owned());
    untyped.or(Some(value)).filter(|value| !value.is_empty())
}
