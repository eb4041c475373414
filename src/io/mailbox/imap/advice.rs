//! Owns what servers' words mean and what people can do about them: tables, by provider.
//! Never shows a password.

use super::error::{Error, GREETING};
use crate::io::provider::Provider;

/// What servers say when the same may work later (RFC 5530, 3; the rest from Dovecot, Gmail and Exchange).
const PASSING: [&str; 6] =
    ["[unavailable]", "[inuse]", "[overquota]", "temporar", "try again", "server busy"];

/// What they say when less is to be asked of them: Gmail's and Exchange's words too. Some forget it only after a day.
const THROTTLED: [&str; 8] = [
    "[limit]",
    "[throttled]",
    "throttl",
    "too many simultaneous",
    "too many connections",
    "bandwidth limit",
    "rate limit",
    "exceeded command",
];

/// What servers say of a mail that is no longer there (RFC 5530, 3; the words are Exchange's).
const GONE: [&str; 2] = ["[expungeissued]", "no longer exist"];

/// What a person has to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The account or the password is wrong.
    Password,
    /// The password is right, and has expired.
    Expired,
    /// The server thinks that others can listen.
    Privacy,
    /// The account may not enter this mailbox.
    Mailbox,
    /// The server takes no passwords.
    NoPasswords,
    /// The token is not enough.
    Token,
    /// The server takes no tokens.
    NoTokens,
    /// The server encrypts nothing.
    NoStartTls,
    /// What answers is no IMAP server.
    NoImap,
    /// The folder is not there.
    Folder,
    /// The folder is there, and not for us.
    Rights,
}

/// By words in the server's answer; the first that fits.
const SIGNS: [(&str, Cause); 9] = [
    ("[privacyrequired]", Cause::Privacy),
    ("plaintext authentication disallowed", Cause::Privacy),
    ("[expired]", Cause::Expired),
    ("authenticated but not connected", Cause::Mailbox),
    ("[authorizationfailed]", Cause::Mailbox),
    ("[noperm]", Cause::Rights),
    ("permission denied", Cause::Rights),
    ("[trycreate]", Cause::Folder),
    ("[nonexistent]", Cause::Folder),
];

/// What to do; none for the provider means the advice for every one.
const ADVICE: [(&[Cause], Option<Provider>, &str); 17] = [
    (
        &[Cause::Password],
        Some(Provider::Google),
        "Google takes an app password here, not the account's own (or a consent: `firebell init --oauth google`): switch on 2-Step Verification, make one at \
         https://myaccount.google.com/apppasswords and write it into the password file; in Workspace an administrator \
         must allow app passwords and IMAP; the mailbox is `imaps://ACCOUNT@gmail.com@imap.gmail.com/INBOX`, with the \
         whole address of the account",
    ),
    (
        &[Cause::Password, Cause::NoPasswords],
        Some(Provider::Microsoft),
        "Microsoft 365 takes no passwords over IMAP any more (basic authentication is off): `firebell init \
         --oauth microsoft` gets a consent instead, or let a rule of that mailbox forward to firebell's own listener \
         (`listen`)",
    ),
    (
        &[Cause::Token],
        Some(Provider::Google),
        "the token must be for this very account and for the scope `https://mail.google.com/` (narrower ones don't open \
         IMAP); in Workspace an administrator must allow IMAP and this app",
    ),
    (
        &[Cause::Token],
        Some(Provider::Microsoft),
        "the token must be for this mailbox and for `https://outlook.office.com/IMAP.AccessAsUser.All` (a person's) or \
         `https://outlook.office365.com/.default` with `IMAP.AccessAsApp` (an app's, which also needs \
         `New-ServicePrincipal` and `Add-MailboxPermission` in Exchange Online); IMAP must be on for the mailbox: \
         `Set-CASMailbox MAILBOX -ImapEnabled $true`",
    ),
    (&[Cause::Token], None, "look at the account, and for which account and scope the token was made"),
    (
        &[Cause::NoTokens],
        None,
        "the server knows neither OAUTHBEARER nor XOAUTH2: write `password_file` instead, or let it allow one of them \
         (Dovecot: `auth_mechanisms = oauthbearer xoauth2`)",
    ),
    (
        &[Cause::Password],
        None,
        "look at the account (with or without `@domain`, as the provider says) and at the password in the password file \
         or variable; on a Dovecot of your own `doveadm auth test ACCOUNT` says whether they fit",
    ),
    (
        &[Cause::Expired],
        None,
        "the password has expired: set a new one at the provider and in the password file",
    ),
    (
        &[Cause::Privacy],
        None,
        "the server takes the connection for unencrypted, as behind a proxy that does TLS for it: connect to the server \
         itself, or tell it to trust the proxy (Dovecot: `login_trusted_networks`, or `disable_plaintext_auth = no`)",
    ),
    (
        &[Cause::Mailbox],
        Some(Provider::Microsoft),
        "the log-in is right, but the account may not open this mailbox over IMAP: it has no licence, IMAP is off for \
         it, or it is a shared mailbox; an administrator of Exchange can say; or forward from it to firebell's own \
         listener (`listen`)",
    ),
    (
        &[Cause::Mailbox],
        None,
        "the log-in is right, but the account has no mailbox there: ask who runs the server",
    ),
    (
        &[Cause::NoPasswords],
        None,
        "the server offers neither AUTH=PLAIN nor LOGIN, even encrypted: let it allow one of them (Dovecot: \
         `auth_mechanisms = plain`), or deliver to firebell's own listener (`listen`)",
    ),
    (
        &[Cause::NoStartTls],
        None,
        "write `imaps://` with the port that speaks TLS from the first byte, usually 993; firebell sends no password \
         in the clear",
    ),
    (
        &[Cause::NoImap],
        None,
        "look at host and port: IMAP's usual ports are 993 (`imaps://`) and 143 (`imap://`)",
    ),
    (
        &[Cause::Folder],
        Some(Provider::Google),
        "a label is a folder of its own name, and Gmail's own folders are named as in `[Gmail]/All Mail`, in the \
         account's language; `firebell check --connect` lists them",
    ),
    (
        &[Cause::Folder],
        None,
        "write the folder with the server's own separator, `INBOX/Handled` or `INBOX.Handled`; firebell makes no \
         folders; `firebell check --connect` lists those that are there",
    ),
    (
        &[Cause::Rights],
        None,
        "the account lacks rights on the folder: it must be able to read and to change flags",
    ),
];

/// Whether a refusal in these words may be none later.
pub(super) fn is_passing(words: &str) -> bool {
    says(words, &PASSING) || is_throttled(words)
}

/// Whether a refusal or a farewell in these words asks for longer rests.
pub(super) fn is_throttled(words: &str) -> bool {
    says(words, &THROTTLED)
}

/// Whether a refusal in these words means that the account has no room.
pub(super) fn is_full(words: &str) -> bool {
    says(words, &["[overquota]"])
}

/// Whether a refusal in these words means that the mail is no longer there.
pub(super) fn is_gone(words: &str) -> bool {
    says(words, &GONE)
}

/// What to do about an error of a server at this host.
pub(super) fn find(error: &Error, host: &str) -> Option<&'static str> {
    let (cause, provider) = (cause(error)?, Provider::of(host));
    let fits = |to: Option<Provider>| to.is_none_or(|to| to == provider);
    ADVICE.iter().find(|(of, to, _)| of.contains(&cause) && fits(*to)).map(|(_, _, advice)| *advice)
}

fn says(words: &str, any: &[&str]) -> bool {
    let words = words.to_ascii_lowercase();
    any.iter().any(|sign| words.contains(sign))
}

fn cause(error: &Error) -> Option<Cause> {
    let (words, otherwise) = match error {
        Error::LoginRefused(words) => (words.as_str(), Some(Cause::Password)),
        Error::NoSuchFolder { words, .. } => (words.as_str(), Some(Cause::Folder)),
        Error::Refused { words, .. } => (words.as_str(), None),
        Error::TokenRefused { words, .. } => (words.as_str(), Some(Cause::Token)),
        Error::LoginDisabled => ("", Some(Cause::NoPasswords)),
        Error::NoTokens => ("", Some(Cause::NoTokens)),
        Error::NoStartTls => ("", Some(Cause::NoStartTls)),
        Error::Unreadable { command: GREETING, .. } => ("", Some(Cause::NoImap)),
        Error::Net(_)
        | Error::NoToken(_)
        | Error::Lost(_)
        | Error::Silent { .. }
        | Error::Unreadable { .. }
        | Error::TooLarge { .. } => return None,
    };
    SIGNS.iter().find(|(sign, _)| says(words, &[sign])).map(|(_, cause)| *cause).or(otherwise)
}
