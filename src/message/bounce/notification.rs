//! Owns Amazon's notifications of what became of a mail: JSON in a mail of the Simple Notification Service.
//! Never reads anything else; what isn't such JSON is none.

use serde_json::Value;

use super::{LONGEST_DIAGNOSTIC, MOST_RECIPIENTS, status};
use crate::directory::Address;
use crate::message::fields::Fields;
use crate::message::plain::{clip, one_line};
use crate::message::{Bounce, BouncedRecipient, values};

/// A bounce or delivery notification. A complaint is neither.
pub(super) fn read(fields: &Fields, text: &str) -> Option<Bounce> {
    fields.text("X-Amz-Sns-Message-Id").filter(|_| text.starts_with('{'))?;
    let outer: Value = serde_json::from_str(&unfolded(text)).ok()?;
    let inner = outer.get("Message").and_then(Value::as_str).and_then(|text| serde_json::from_str(text).ok());
    let told = inner.unwrap_or(outer);
    let recipients = match told.get("notificationType").or_else(|| told.get("eventType"))?.as_str()? {
        "Bounce" => bounced(told.get("bounce")?),
        "Delivery" => delivered(told.get("delivery")?),
        "DeliveryDelay" => delayed(told.get("deliveryDelay")?),
        _ => return None,
    };
    Some(Bounce { recipients, original_message_id: original(told.get("mail")?) })
}

/// Long lines are folded as `!`, line end, space by some servers on the way; a footer begins at `--`.
fn unfolded(text: &str) -> String {
    let (mut json, mut folded) = (String::new(), false);
    for line in text.lines().take_while(|line| line.trim_end() != "--") {
        let line = if folded { line.strip_prefix(' ').unwrap_or(line) } else { line };
        let cut = line.strip_suffix('!');
        folded = cut.is_some();
        json.push_str(cut.unwrap_or(line));
    }
    json
}

fn bounced(bounce: &Value) -> Vec<BouncedRecipient> {
    let transient = word(bounce, "bounceType") == "Transient";
    let class = if transient { "4.0.0" } else { "5.0.0" };
    let listed = list(bounce, "bouncedRecipients");
    let made = listed.map(|one| {
        let diagnostic = word(one, "diagnosticCode");
        let diagnostic = diagnostic.split_once(';').map_or(diagnostic, |(_, said)| said.trim());
        let status = status::enhanced(word(one, "status")).or_else(|| status::enhanced(diagnostic));
        recipient(word(one, "emailAddress"), "failed", status.unwrap_or_else(|| class.to_owned()), diagnostic)
    });
    made.collect()
}

fn delivered(delivery: &Value) -> Vec<BouncedRecipient> {
    let response = word(delivery, "smtpResponse");
    let status = status::enhanced(response).unwrap_or_else(|| "2.0.0".to_owned());
    let listed = list(delivery, "recipients").filter_map(Value::as_str);
    listed.map(|address| recipient(address, "delivered", status.clone(), response)).collect()
}

fn delayed(delay: &Value) -> Vec<BouncedRecipient> {
    let listed = list(delay, "delayedRecipients");
    let made = listed.map(|one| {
        let diagnostic = word(one, "diagnosticCode");
        let status = status::enhanced(word(one, "status")).unwrap_or_else(|| "4.0.0".to_owned());
        recipient(word(one, "emailAddress"), "delayed", status, diagnostic)
    });
    made.collect()
}

fn recipient(address: &str, action: &str, status: String, diagnostic: &str) -> BouncedRecipient {
    let diagnostic = clip(&one_line(diagnostic), LONGEST_DIAGNOSTIC).to_owned();
    BouncedRecipient { address: Address::new(address), action: action.to_owned(), status, diagnostic }
}

/// The sender's own Message-ID where its header came along, else the one that Amazon gave the mail.
fn original(mail: &Value) -> Option<String> {
    let is_id = |field: &&Value| word(field, "name").eq_ignore_ascii_case("message-id");
    let own = list(mail, "headers").find(is_id).map(|field| word(field, "value"));
    let own = own.or_else(|| mail.get("commonHeaders").map(|common| word(common, "messageId")));
    own.and_then(values::message_id).or_else(|| values::message_id(word(mail, "messageId")))
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten().take(MOST_RECIPIENTS)
}
