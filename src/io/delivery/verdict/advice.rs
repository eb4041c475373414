//! Owns what to type or to do when a relay takes no mail from us, by what it said.

use super::Reply;
use crate::io::provider::Provider;

/// What relays say at the log-in (the beginning of the code, words in the text), and what helps. The first row that
/// matches counts.
const AT_LOG_IN: [(&str, &str, &str); 8] = [
    (
        "",
        "smtpclientauthentication is disabled",
        "switch on \"Authenticated SMTP\" for this mailbox in the Microsoft 365 admin center (Users, Mail, Manage email \
         apps), and for the organisation in Exchange (https://aka.ms/smtp_auth_disabled)",
    ),
    (
        "",
        "5.7.139",
        "Microsoft 365 refuses this log-in: look at user and password, and whether security defaults or a policy forbid \
         SMTP with a password for this account; `firebell init --oauth microsoft` gets a consent instead",
    ),
    ("", "application-specific password", APP_PASSWORD),
    ("535", "google", APP_PASSWORD),
    ("535", "gsmtp", APP_PASSWORD),
    ("534", "", APP_PASSWORD),
    (
        "535",
        "",
        "look at the relay's user and password; an account with a second factor needs an app password",
    ),
    ("53", "", STARTTLS),
];

const APP_PASSWORD: &str = "Gmail and others take no account password here: turn on 2-Step Verification, make an app \
     password (https://myaccount.google.com/apppasswords) and put it where the password is kept";

const STARTTLS: &str = "the relay wants encryption first: write `submission://` with port 587 (STARTTLS) or \
     `submissions://` with port 465";

const LOG_IN: &str = "the relay wants a log-in: write `user` and `password_file` under [relay]";

/// What helps against a refused log-in, where that can be said.
pub(super) fn at_log_in(reply: &Reply) -> Option<String> {
    let text = reply.text().to_ascii_lowercase();
    let fits = |code: &str, words: &str| reply.code.starts_with(code) && text.contains(words);
    let row = AT_LOG_IN.iter().find(|(code, words, _)| fits(code, words))?;
    Some(row.2.to_owned())
}

/// What helps when a relay takes no mail from whom it doesn't know.
pub(super) fn without_log_in(reply: &Reply) -> String {
    let encryption = reply.text().to_ascii_lowercase().contains("starttls");
    if encryption { STARTTLS } else { LOG_IN }.to_owned()
}

/// What helps when a relay refuses a token; none for a refusal that may pass by itself.
pub(in crate::io::delivery) fn for_token(host: &str, reply: &Reply) -> Option<String> {
    let of_mailbox = reply.text().to_ascii_lowercase().contains("smtpclientauthentication is disabled");
    if of_mailbox {
        return at_log_in(reply);
    }
    let advice = match Provider::of(host) {
        Provider::Google => {
            "the token must be for this very account and for the scope `https://mail.google.com/`; in Workspace an \
             administrator must allow this app"
        }
        Provider::Microsoft => {
            "the token must be for this mailbox and for `https://outlook.office.com/SMTP.Send` (a person's) or \
             `https://outlook.office365.com/.default` with `SMTP.SendAsApp` (an app's); \"Authenticated SMTP\" must be on \
             for the mailbox: `Set-CASMailbox MAILBOX -SmtpClientAuthenticationDisabled $false`"
        }
        Provider::Other => "look at the user, and for which account and scope the token was made",
    };
    reply.code.starts_with('5').then(|| advice.to_owned())
}
