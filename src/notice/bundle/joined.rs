//! Owns what becomes of several mails in one: their texts and bodies one below the other, and what their headers say.
//! Each is one of ours, so nothing in it is hostile.

use crate::book::Book;
use crate::directory::Address;
use crate::document::{self, Tone};
use crate::message::Message;
use crate::token::{HOPS, Hop};

/// What stands in full stays below this, in bytes: Gmail shows 102 KB.
const LONGEST: usize = 60_000;

/// To whom a mail that stood alone was to be answered.
pub(super) fn reply_to(mail: &Message) -> Option<(String, Address)> {
    let (name, rest) = mail.header("Reply-To")?.rsplit_once('<')?;
    let (address, _) = rest.split_once('>')?;
    Some((name.trim().trim_matches('"').to_owned(), Address::new(address)))
}

/// Other firebells that told of any of them.
pub(super) fn told_by(book: &Book, mails: &[Message]) -> Vec<Hop> {
    let named = mails.iter().filter_map(|mail| mail.header(HOPS));
    let mut all: Vec<Hop> = Vec::new();
    for hop in named.flat_map(Hop::named).filter(|hop| hop.address() != book.address) {
        if !all.contains(&hop) {
            all.push(hop);
        }
    }
    all
}

/// The newest, as many as stand in full.
pub(super) fn in_full(mails: &[Message]) -> &[Message] {
    let mut left = LONGEST;
    let fits = |mail: &&Message| {
        let size = mail.html.as_ref().map_or(0, String::len).max(mail.text.len());
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    };
    let count = mails.iter().rev().take_while(fits).count();
    mails.split_at_checked(mails.len() - count).map_or(mails, |(_, newest)| newest)
}

/// The list, and below it each text with what stands under it; the last of those is the signature.
pub(super) fn with_texts(list: &str, mails: &[Message]) -> String {
    let parted = |text: &'_ str| -> (String, String) {
        let (text, signature) = text.rsplit_once("\n-- \n").unwrap_or((text, ""));
        (text.trim_end().trim_end_matches("\n--").trim_end().to_owned(), signature.trim_end().to_owned())
    };
    let line = "_".repeat(60);
    let one_thread = of_one_thread(mails);
    let mut text = parted(list).0;
    for (place, mail) in mails.iter().enumerate() {
        let subject = if one_thread { String::new() } else { format!("{}\n\n", mail.subject) };
        let (said, signature) = parted(&mail.text);
        let mark = if place + 1 == mails.len() { "-- \n" } else { "" };
        text.push_str(&format!("\n\n{line}\n{subject}{said}\n\n{mark}{signature}"));
    }
    text.push('\n');
    text
}

/// The list, and below it what stands in the body of each.
pub(super) fn with_bodies(list: &str, mails: &[Message]) -> String {
    let inside = |mail: &Message| {
        let html = mail.html.as_deref().unwrap_or_default();
        let (_, rest) = html.split_once("<body").and_then(|(_, rest)| rest.split_once('>'))?;
        rest.rsplit_once("</body>").map(|(inside, _)| format!("{}{inside}", heading(mail, mails)))
    };
    let bodies: Vec<String> = mails.iter().filter_map(inside).collect();
    let (before, after) = list.rsplit_once("</body>").unwrap_or((list, ""));
    let end = if after.is_empty() { String::new() } else { format!("</body>{after}") };
    format!("{before}{}{end}", bodies.concat())
}

/// Of which thread a mail is, where they are of several.
fn heading(mail: &Message, mails: &[Message]) -> String {
    if of_one_thread(mails) {
        return String::new();
    }
    let subject = mail.subject.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let ink = document::INKS.iter().find(|ink| ink.tone == Tone::Quiet).map_or("", |ink| ink.light);
    format!(
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td align=\"center\" \
         style=\"padding:16px 12px 0\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"max-width:640px;font-family:sans-serif\"><tr><td class=\"quiet\" align=\"left\" \
         style=\"border-top:1px solid #8a919b;padding:12px 0 0;color:{ink};font-size:14px;line-height:20px\">{subject}</td></tr>\
         </table></td></tr></table>"
    )
}

fn of_one_thread(mails: &[Message]) -> bool {
    mails.iter().all(|mail| Some(&mail.subject) == mails.last().map(|last| &last.subject))
}
