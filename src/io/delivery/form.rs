//! Owns the form in which a mail can be sent: its bytes, its addresses, what it asks of the relay.
//! Never repairs a mail: its bytes were frozen when it was composed, so a fault in them is a bug of ours.

use lettre::Address as Path;

use super::session::Offers;
use super::verdict::unsendable;
use super::{Outcome, Outgoing};
use crate::directory::Address;

/// A mail in which nothing stands in the way of sending it.
pub(super) struct Ready<'a> {
    /// The reverse path; `None` is the null one.
    from: Option<Path>,
    /// The forward path.
    to: Path,
    /// By what a report about it can be told from others.
    id: &'a str,
    /// The mail without its last line end.
    pub(super) content: &'a [u8],
}

impl<'a> Ready<'a> {
    pub(super) fn new(mail: Outgoing<'a>) -> Result<Self, Outcome> {
        if let Some(fault) = fault(mail.bytes) {
            return Err(unsendable(fault));
        }
        Ok(Self {
            from: mail.from.map(path).transpose()?,
            to: path(mail.to)?,
            id: mail.id,
            content: mail.bytes.strip_suffix(b"\r\n").unwrap_or(mail.bytes),
        })
    }

    /// The MAIL command, with what has to be asked for, if the relay offers it.
    pub(super) fn mail(&self, relay: &Offers) -> Result<String, Outcome> {
        let mut command = match &self.from {
            Some(from) => format!("MAIL FROM:<{from}>"),
            None => "MAIL FROM:<>".to_owned(),
        };
        let plain = |path: &Path| AsRef::<str>::as_ref(path).is_ascii();
        if !(plain(&self.to) && self.from.as_ref().is_none_or(plain)) {
            if !relay.has("SMTPUTF8") {
                return Err(unsendable("the relay takes no non-ASCII addresses (it offers no SMTPUTF8)"));
            }
            command.push_str(" SMTPUTF8");
        }
        if !self.content.is_ascii() {
            if !relay.has("8BITMIME") {
                return Err(unsendable("the relay takes no 8-bit mail (it offers no 8BITMIME)"));
            }
            command.push_str(" BODY=8BITMIME");
        }
        if let Some(size) = relay.parameters("SIZE").filter(|_| !self.content.is_empty()) {
            // RFC 1870, 6: told before the content is sent in vain. No limit is 0 or none.
            let limit = size.first().and_then(|limit| limit.parse::<usize>().ok()).filter(|limit| *limit > 0);
            let ours = self.content.len() + 2;
            if let Some(limit) = limit.filter(|limit| ours > *limit) {
                let reason = format!("the mail has {ours} bytes, and the relay takes {limit} at most");
                return Err(Outcome::Failed { reason, status: Some("5.3.4".to_owned()) });
            }
            command.push_str(&format!(" SIZE={ours}"));
        }
        if self.wants_reports(relay) {
            // Of the mail only its header comes back (RFC 3461, 4.3); long ids are no ENVID (4.4).
            command.push_str(" RET=HDRS");
            let id = xtext(self.id);
            if !id.is_empty() && id.len() <= LONGEST_ID {
                command.push_str(&format!(" ENVID={id}"));
            }
        }
        Ok(command)
    }

    /// The RCPT command. Where the relay can tell, it is to tell of failure and of delay, and of nothing else.
    pub(super) fn rcpt(&self, relay: &Offers) -> String {
        let mut command = format!("RCPT TO:<{}>", self.to);
        if self.wants_reports(relay) {
            command.push_str(" NOTIFY=FAILURE,DELAY");
            let to: &str = self.to.as_ref();
            // Others would have to be written as UTF-8 (RFC 6533, 3).
            if to.is_ascii() {
                command.push_str(&format!(" ORCPT=rfc822;{}", xtext(to)));
            }
        }
        command
    }

    /// Whether reports are asked for: there is somewhere to send them, and the relay knows how (RFC 3461).
    fn wants_reports(&self, relay: &Offers) -> bool {
        self.from.is_some() && relay.has("DSN")
    }
}

/// A value as parameters have it: what is not plain is written as `+` and two digits (RFC 3461, 4).
fn xtext(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_graphic() && !b"+=".contains(byte);
    let byte = |byte: u8| if plain(&byte) { char::from(byte).to_string() } else { format!("+{byte:02X}") };
    text.bytes().map(byte).collect()
}

/// Longest ENVID (RFC 3461, 4.4).
const LONGEST_ID: usize = 100;

/// What forbids to send these bytes. A bare CR or LF could end the mail early at a careless server
/// (SMTP smuggling, CVE-2023-51764); relays cut or refuse NUL and longer lines.
fn fault(bytes: &[u8]) -> Option<String> {
    let fault = |what: &str, number: usize| {
        Some(format!("bug in firebell: {what} in line {number} of the mail; it was not sent"))
    };
    for (index, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let text = match line.strip_suffix(b"\r\n") {
            Some(text) => text,
            None if line.ends_with(b"\n") => return fault("a line feed without carriage return", index + 1),
            None => line,
        };
        if text.contains(&b'\r') {
            return fault("a carriage return without line feed", index + 1);
        }
        if text.contains(&0) {
            return fault("a NUL byte", index + 1);
        }
        if text.len() > LONGEST_LINE {
            return fault("more than 998 bytes", index + 1);
        }
    }
    None
}

/// The address as a forward or reverse path (RFC 5321, 4.1.2). Non-ASCII ones pass here and need SMTPUTF8.
fn path(address: &Address) -> Result<Path, Outcome> {
    let spelt = address.as_str();
    let in_ascii = spelt.replace(|c: char| !c.is_ascii() && !c.is_control() && !c.is_whitespace(), "x");
    Some(spelt)
        .filter(|_| Address::new(&in_ascii).is_deliverable())
        .and_then(|spelt| spelt.parse().ok())
        .ok_or_else(|| unsendable(format!("{spelt:?} is not an address that mail can be sent to")))
}

/// Longest line in bytes without its CRLF (RFC 5322, 2.1.1).
const LONGEST_LINE: usize = 998;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_of_whole_lines_has_no_fault() {
        let longest = "x".repeat(998);
        assert_eq!(fault(format!("Subject: x\r\n\r\n.\r\n{longest}\r\n").as_bytes()), None);
        assert_eq!(fault(b""), None);
        assert_eq!(fault(b"no line end"), None);
    }

    #[test]
    fn bare_line_ends_nul_and_long_lines_are_faults_and_their_line_is_named() {
        let long = "x".repeat(999);
        for (bytes, what) in [
            ("a\r\nb\n.\nc\r\n", "a line feed without carriage return in line 2"),
            ("a\r\n\r\nb\n", "a line feed without carriage return in line 3"),
            ("a\rb\r\n", "a carriage return without line feed in line 1"),
            ("a\r\r\n", "a carriage return without line feed in line 1"),
            ("a\r", "a carriage return without line feed in line 1"),
            ("a\r\n\0\r\n", "a NUL byte in line 2"),
            (&long, "more than 998 bytes in line 1"),
        ] {
            let fault = fault(bytes.as_bytes()).unwrap();
            assert_eq!(fault, format!("bug in firebell: {what} of the mail; it was not sent"));
        }
    }

    #[test]
    fn addresses_that_could_break_out_of_a_command_are_no_paths() {
        for text in [
            "kato",
            "@example.com",
            "kato@",
            "ka to@example.com",
            "kato@example.com>\r\nDATA",
            "\"a b\"@example.com",
            "kato\u{85}@example.com",
            "k>@example.com",
        ] {
            assert!(path(&Address::new(text)).is_err(), "{text:?}");
        }
        for text in ["kato@example.com", "incidents+42-k3f9@example.com", "加藤@example.jp"] {
            assert_eq!(path(&Address::new(text)).unwrap().to_string(), text);
        }
    }
}
