//! Owns what can stand before `://`: what it means, on which port it is spoken, how other programs call it.

use super::Security;

/// What is spoken with a server, and how that is written.
#[derive(Debug)]
pub(super) struct Protocol {
    /// What the server is to us.
    pub(super) what: &'static str,
    /// The best first.
    pub(super) schemes: &'static [Scheme],
    /// What follows the host where something does.
    path: &'static str,
    /// How the file with the password is called in advice.
    pub(super) password_file: &'static str,
}

/// What stands before `://`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scheme {
    /// `imaps`.
    pub(super) name: &'static str,
    /// What it means.
    pub(super) security: Security,
    /// The port when none is written.
    pub(super) port: u16,
    /// Whether somebody logs in there. Without TLS nobody does: the password would go over an open connection.
    pub(super) log_in: bool,
    /// What is spoken on that port, where that is the same everywhere.
    pub(super) speaks: Option<&'static str>,
}

/// Reading mail (RFC 8314, 3.2).
pub(super) const IMAP: Protocol = Protocol {
    what: "mailbox",
    schemes: &[
        Scheme { name: "imaps", security: Security::Tls, port: 993, log_in: true, speaks: Some(AT_ONCE) },
        Scheme { name: "imap", security: Security::StartTls, port: 143, log_in: true, speaks: Some(LATER) },
    ],
    path: "/INBOX",
    password_file: "imap.password",
};

/// Handing mail over (RFC 8314, 3.3; RFC 6409).
pub(super) const SMTP: Protocol = Protocol {
    what: "relay",
    schemes: &[
        Scheme {
            name: "submission",
            security: Security::StartTls,
            port: 587,
            log_in: true,
            speaks: Some(LATER),
        },
        Scheme {
            name: "submissions",
            security: Security::Tls,
            port: 465,
            log_in: true,
            speaks: Some(AT_ONCE),
        },
        Scheme { name: "smtp", security: Security::Plain, port: 25, log_in: false, speaks: None },
    ],
    path: "",
    password_file: "relay.password",
};

const AT_ONCE: &str = "TLS from the first byte";
const LATER: &str = "STARTTLS";

/// How other programs call ours.
pub(super) const FOREIGN: [(&str, &str); 9] = [
    ("imap+ssl", "imaps"),
    ("imap+tls", "imaps"),
    ("imap+starttls", "imap"),
    ("imap4", "imap"),
    ("smtps", "submissions"),
    ("smtp+ssl", "submissions"),
    ("smtp+tls", "submissions"),
    ("smtp+starttls", "submission"),
    ("submission+starttls", "submission"),
];

impl Protocol {
    /// All that can be written, for advice.
    pub(super) fn forms(&self) -> String {
        let form = |scheme: &Scheme| {
            let user = if scheme.log_in { "USER@" } else { "" };
            format!("`{}://{user}HOST{}` ({})", scheme.name, self.path, words(scheme.security))
        };
        self.schemes.iter().map(form).collect::<Vec<_>>().join(" or ")
    }

    /// The form that is best, for advice.
    pub(super) fn best(&self) -> String {
        let name = self.schemes.first().map_or("", |scheme| scheme.name);
        format!("{name}://USER@HOST{}", self.path)
    }

    /// The scheme of that name.
    pub(super) fn scheme(&self, name: &str) -> Option<Scheme> {
        self.schemes.iter().copied().find(|scheme| scheme.name == name)
    }
}

impl Scheme {
    /// The same server under this scheme.
    pub(super) fn before(&self, rest: &str) -> String {
        let user = if self.log_in && !rest.contains('@') { "USER@" } else { "" };
        format!("{}://{user}{rest}", self.name)
    }
}

fn words(security: Security) -> &'static str {
    match security {
        Security::Tls => AT_ONCE,
        Security::StartTls => LATER,
        Security::Plain => "no encryption, no log-in: within the house only",
    }
}
