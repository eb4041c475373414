//! Mails as they are sent to the gateway, and what stands in those that it sends.

/// The address of the shared mailbox in all configurations here.
pub const GATEWAY: &str = "incidents@example.com";

/// A Nagios mail: `service` of web01 is down.
pub fn alert(service: &str) -> Vec<u8> {
    nagios(service, "PROBLEM", "CRITICAL")
}

/// A Nagios mail: `service` of web01 works again.
pub fn recovery(service: &str) -> Vec<u8> {
    nagios(service, "RECOVERY", "OK")
}

/// A Nagios mail as its shipped notification command writes it.
fn nagios(service: &str, event: &str, state: &str) -> Vec<u8> {
    let id: String = format!("{service}-{event}").chars().filter(char::is_ascii_graphic).collect();
    format!(
        "From: nagios@mon.example.com\nTo: {GATEWAY}\nMessage-ID: <{id}@mon.example.com>\n\
         Subject: ** {event} Service Alert: web01/{service} is {state} **\n\n\
         ***** Nagios *****\n\nNotification Type: {event}\n\nService: {service}\nHost: web01\n\
         Address: 192.0.2.10\nState: {state}\n\nAdditional Info:\n\n{state} - no answer within 10 s\n"
    )
    .into_bytes()
}

/// What a person answers to a mail of the gateway, from a mail program that quotes below.
pub fn answer(from: &str, to: &[u8], words: &str) -> Vec<u8> {
    let (reply_to, about) = (address(&header(to, "Reply-To")), header(to, "Message-ID"));
    let subject = header(to, "Subject");
    format!(
        "From: {from}\nTo: {reply_to}\nMessage-ID: <answer-{from}>\nIn-Reply-To: {about}\nReferences: {about}\n\
         Subject: Re: {subject}\n\n{words}\n\nOn Sun, 22 Nov 2026 at 01:00, Example wrote:\n> resolved\n> close\n"
    )
    .into_bytes()
}

/// A mail as it is on the wire: every line, the last one too, ends with CRLF.
pub fn with_crlf(mail: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(mail.len() + mail.len() / 32 + 2);
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        wire.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

/// A header of a mail, unfolded; empty when it isn't there.
pub fn header(mail: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(mail).replace("\r\n", "\n");
    let head = text.split("\n\n").next().unwrap_or_default().replace("\n ", " ").replace("\n\t", " ");
    let value = |line: &str| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    };
    head.lines().find_map(value).unwrap_or_default()
}

/// The bare address of `Name <address>`.
pub fn address(mailbox: &str) -> String {
    let bare = mailbox.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    bare.map_or(mailbox, |(address, _)| address).to_owned()
}
