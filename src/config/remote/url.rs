//! Owns how a server is written: `scheme://user@host:port/path` (RFC 3986, as far as mail needs it).
//! Never shows a password that somebody wrote into one.

use percent_encoding::percent_decode_str;

use super::Security;
use super::protocol::{FOREIGN, IMAP, Protocol, SMTP, Scheme};

/// A server as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url {
    /// Lower case; an IPv6 address without brackets.
    pub(super) host: String,
    /// TCP port.
    pub(super) port: u16,
    /// How the connection is encrypted.
    pub(super) security: Security,
    /// Who logs in.
    pub(super) user: Option<String>,
    /// What follows the `/` after the host, as written.
    pub(super) path: String,
}

/// Reads a server. The error says what to write.
pub(super) fn read(protocol: &Protocol, text: &str) -> Result<Url, String> {
    let text = text.trim();
    let (name, rest) = text.split_once("://").unwrap_or(("", text));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if holds_password(rest, authority) {
        return Err(format!(
            "a password doesn't belong in here: write `{}`, and the password alone into the file that \
             `password_file = \"{}\"` names (a `:` in a user's name is written `%3A`)",
            protocol.best(),
            protocol.password_file
        ));
    }
    let scheme = scheme(protocol, name, rest)?;
    let (user, server) =
        authority.rsplit_once('@').map_or((None, authority), |(user, server)| (Some(user), server));
    let user = user.filter(|user| !user.is_empty());
    let (host, port) = host_and_port(protocol, server)?;
    let port = port.unwrap_or(scheme.port);
    right_port(protocol, scheme, port, rest)?;
    right_user(protocol, scheme, user, rest)?;
    let user = user.map(decoded).transpose()?;
    Ok(Url { host, port, security: scheme.security, user, path: path.to_owned() })
}

/// Whether somebody wrote `user:password@`, also with a `/` in the password.
fn holds_password(rest: &str, authority: &str) -> bool {
    let (user, server) = authority.rsplit_once('@').unwrap_or(("", authority));
    let odd_port = server.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_err());
    let more = rest.strip_prefix(authority).is_some_and(|path| path.contains('@'));
    user.contains(':') || (odd_port && more)
}

fn scheme(protocol: &Protocol, name: &str, rest: &str) -> Result<Scheme, String> {
    let name = name.to_ascii_lowercase();
    if let Some(scheme) = protocol.scheme(&name) {
        return Ok(scheme);
    }
    if rest.is_empty() || rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("`{rest}` is no {}: write {}", protocol.what, protocol.forms()));
    }
    if name.is_empty() {
        let (_, port) = rest.split('/').next().unwrap_or_default().rsplit_once(':').unwrap_or_default();
        let by_port = protocol.schemes.iter().find(|scheme| port.parse() == Ok(scheme.port));
        let Some(scheme) = by_port.or(protocol.schemes.first()) else { return Err(protocol.forms()) };
        return Err(format!("`{rest}` doesn't say how to connect: write `{}`", scheme.before(rest)));
    }
    let ours = FOREIGN.iter().find(|(foreign, _)| *foreign == name);
    if let Some(scheme) = ours.and_then(|(_, ours)| protocol.scheme(ours)) {
        return Err(format!("`{name}://` is written `{}` here", scheme.before(rest)));
    }
    Err(format!("`{name}://` is no {}: write {}", protocol.what, protocol.forms()))
}

fn host_and_port(protocol: &Protocol, server: &str) -> Result<(String, Option<u16>), String> {
    let (host, port) = match server.rsplit_once(':').filter(|_| !server.ends_with(']')) {
        Some((host, port)) => (host, Some(port)),
        None => (server, None),
    };
    let number = |port: &str| port.parse::<u16>().ok().filter(|port| *port != 0);
    let port = match port {
        Some(port) => Some(number(port).ok_or_else(|| {
            format!("`{port}` is no port: write a number from 1 to 65535, or none for the usual one")
        })?),
        None => None,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '_';
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) if v6.parse::<std::net::Ipv6Addr>().is_ok() => Ok((v6.to_ascii_lowercase(), port)),
        None if !host.is_empty() && host.chars().all(plain) => Ok((host.to_ascii_lowercase(), port)),
        _ => Err(format!("`{host}` is no host: write {}", protocol.forms())),
    }
}

/// A port that everywhere speaks what another scheme means.
fn right_port(protocol: &Protocol, scheme: Scheme, port: u16, rest: &str) -> Result<(), String> {
    let of_port = |protocol: &Protocol| {
        protocol.schemes.iter().copied().find(|other| other.port == port && other.speaks.is_some())
    };
    if let Some(right) = of_port(protocol) {
        if right == scheme {
            return Ok(());
        }
        let speaks = right.speaks.unwrap_or_default();
        return Err(format!("port {port} speaks {speaks}: write `{}`", right.before(rest)));
    }
    match of_port(if protocol.what == IMAP.what { &SMTP } else { &IMAP }) {
        Some(other) => Err(format!(
            "port {port} is `{}://` and no {}: leave the port out, or write {}",
            other.name, protocol.what, scheme.port
        )),
        None => Ok(()),
    }
}

fn right_user(protocol: &Protocol, scheme: Scheme, user: Option<&str>, rest: &str) -> Result<(), String> {
    let name = scheme.name;
    match user {
        Some(_) if !scheme.log_in => Err(format!(
            "`{name}://` logs in nowhere: the password would go over an open connection; write \
             `submission://{rest}` (STARTTLS), or leave the user out"
        )),
        None if scheme.log_in => {
            let rest = rest.trim_start_matches('@');
            let without = protocol.schemes.iter().find(|other| !other.log_in);
            let without = without.map(|other| {
                format!("; a server in the house that asks for no log-in is `{}://{rest}`", other.name)
            });
            Err(format!(
                "says no user: write `{name}://USER@{rest}` with the account that logs in{}",
                without.unwrap_or_default()
            ))
        }
        _ => Ok(()),
    }
}

/// Undoes percent-encoding (RFC 3986, 2.1), strictly.
pub(super) fn decoded(text: &str) -> Result<String, String> {
    let whole = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if !text.split('%').skip(1).all(whole) {
        return Err(format!(
            "a `%` in `{text}` is followed by no two digits: a `%` itself is written `%25`, an `@` `%40`"
        ));
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| {
        format!("`{text}` is no UTF-8 once its `%` are read: write the letters themselves, without `%`")
    })?;
    if decoded.chars().any(char::is_control) {
        return Err(format!("`{text}` holds a control character: write it without"));
    }
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(host: &str, port: u16, security: Security, user: &str, path: &str) -> Url {
        let user = Some(user.to_owned()).filter(|user| !user.is_empty());
        Url { host: host.into(), port, security, user, path: path.into() }
    }

    #[test]
    fn a_server_is_a_scheme_a_user_a_host_and_a_port() {
        let imap = |text| read(&IMAP, text).unwrap();
        let smtp = |text| read(&SMTP, text).unwrap();
        assert_eq!(imap("imaps://me@Host"), url("host", 993, Security::Tls, "me", ""));
        assert_eq!(imap("IMAP://me@host/A/B"), url("host", 143, Security::StartTls, "me", "A/B"));
        let of_provider = url("imap.example.com", 993, Security::Tls, "incidents@example.com", "INBOX");
        assert_eq!(imap("imaps://incidents@example.com@imap.example.com/INBOX"), of_provider);
        assert_eq!(imap("imaps://incidents%40example.com@imap.example.com:993/INBOX"), of_provider);
        assert_eq!(imap("imaps://a%3Ab@[::1]:9993"), url("::1", 9993, Security::Tls, "a:b", ""));
        assert_eq!(smtp("submission://me@h"), url("h", 587, Security::StartTls, "me", ""));
        assert_eq!(smtp("submissions://me@h"), url("h", 465, Security::Tls, "me", ""));
        assert_eq!(smtp("submission://me@h:25"), url("h", 25, Security::StartTls, "me", ""));
        assert_eq!(smtp("smtp://127.0.0.1:2525/"), url("127.0.0.1", 2525, Security::Plain, "", ""));
        assert_eq!(smtp("smtp://[::1]:26"), url("::1", 26, Security::Plain, "", ""));
    }

    #[test]
    fn a_password_is_never_repeated() {
        for text in [
            "imaps://me:s3cret@host/INBOX",
            "me:s3cret@host",
            "imaps://me:s3/cret@host",
            "imaps://me@a.example:s3/cret@host",
            "smtp://me@a.example:s3cret@host",
            "https://me:s3cret@host",
        ] {
            for protocol in [&IMAP, &SMTP] {
                let told = read(protocol, text).unwrap_err();
                assert!(told.contains("password_file = \"") && !told.contains("s3"), "{told}");
            }
        }
        assert!(read(&IMAP, "imaps://me@host:993/a@b:c@d").is_ok());
        assert!(read(&IMAP, "imaps://host:993/a@b").unwrap_err().contains("says no user"));
    }

    #[test]
    fn what_is_no_server_is_none() {
        for text in ["", "imaps://", "imaps://me@", "imaps://me@:993", "imaps://me@h:0", "imaps://me@h:x"] {
            assert!(read(&IMAP, text).is_err(), "{text}");
        }
        for text in ["smtp://[::1", "smtp://a b", "smtp://日本.example.jp", "smtp://a:99999", "smtp://me@a"]
        {
            assert!(read(&SMTP, text).is_err(), "{text}");
        }
    }

    #[test]
    fn percent_signs_are_read_strictly() {
        assert_eq!(decoded("%E9%9A%9C%e5%AE%B3").as_deref(), Ok("障害"));
        assert_eq!(decoded("100%25").as_deref(), Ok("100%"));
        for wrong in ["100%", "%4", "%zz", "%+1", "%0A", "%FF", "a%"] {
            assert!(decoded(wrong).is_err(), "{wrong}");
        }
    }
}
