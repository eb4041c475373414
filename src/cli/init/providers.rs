//! Owns where the mail of a domain is usually read and handed over: what is offered, never what is believed.

/// Domains of a provider, its server for reading (IMAP, port 993) and the one for sending (submission, port 587).
const PROVIDERS: [(&[&str], &str, &str); 5] = [
    (&["gmail.com", "googlemail.com"], "imap.gmail.com", "smtp.gmail.com"),
    (
        &["outlook.com", "hotmail.com", "live.com", "office365.com", "onmicrosoft.com"],
        "outlook.office365.com",
        "smtp.office365.com",
    ),
    (&["icloud.com", "me.com", "mac.com"], "imap.mail.me.com", "smtp.mail.me.com"),
    (&["fastmail.com", "fastmail.fm"], "imap.fastmail.com", "smtp.fastmail.com"),
    (&["yahoo.com"], "imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
];

/// The server where the mail of a domain is read.
pub(super) fn imap(domain: &str) -> String {
    let known = |domains: &[&str]| {
        domains
            .iter()
            .any(|known| domain.strip_suffix(known).is_some_and(|d| d.is_empty() || d.ends_with('.')))
    };
    let provider = PROVIDERS.iter().find(|(domains, ..)| known(domains));
    provider.map_or_else(|| format!("imap.{domain}"), |(_, imap, _)| (*imap).to_owned())
}

/// The server that takes the mails of those who read theirs at `imap`. A company at a provider has a domain of its
/// own there, so it is the server that tells the provider.
pub(super) fn smtp(imap: &str) -> String {
    let provider = PROVIDERS.iter().find(|(_, known, _)| *known == imap);
    match (provider, imap.strip_prefix("imap.")) {
        (Some((.., smtp)), _) => (*smtp).to_owned(),
        (None, Some(domain)) => format!("smtp.{domain}"),
        (None, None) => imap.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_known_by_its_domains_and_its_server() {
        for (domain, reads, sends) in [
            ("gmail.com", "imap.gmail.com", "smtp.gmail.com"),
            ("contoso.onmicrosoft.com", "outlook.office365.com", "smtp.office365.com"),
            ("example.com", "imap.example.com", "smtp.example.com"),
            ("notgmail.com", "imap.notgmail.com", "smtp.notgmail.com"),
        ] {
            assert_eq!((imap(domain).as_str(), smtp(&imap(domain)).as_str()), (reads, sends));
        }
        assert_eq!(smtp("mail.example.com"), "mail.example.com");
    }
}
