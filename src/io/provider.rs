//! Owns knowing who runs a server, by the end of its name.

/// Who runs a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Gmail and Workspace.
    Google,
    /// Microsoft 365 and Outlook.com.
    Microsoft,
    /// The rest, mostly Dovecot, Cyrus, Postfix and their like.
    Other,
}

/// Ends of host names.
const HOSTS: [(&str, Provider); 6] = [
    ("gmail.com", Provider::Google),
    ("googlemail.com", Provider::Google),
    ("google.com", Provider::Google),
    ("office365.com", Provider::Microsoft),
    ("outlook.com", Provider::Microsoft),
    ("office365.us", Provider::Microsoft),
];

impl Provider {
    /// Who runs the server of this name.
    pub fn of(host: &str) -> Self {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let within =
            |domain: &str| host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
        HOSTS.iter().find(|(domain, _)| within(domain)).map_or(Self::Other, |(_, provider)| *provider)
    }
}
