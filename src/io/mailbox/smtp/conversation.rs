//! Owns the commands of SMTP (RFC 5321, 4.1.1): what each means now, and what is answered.
//! Never touches the network: a line in, what to do next out.

use smtp_proto::{MAIL_BODY_7BIT, MAIL_BODY_8BITMIME, MAIL_SMTPUTF8, MailFrom, RcptTo, Request};

use super::{Accept, Envelope, Limits};
use crate::directory::Address;

/// What is known of one client.
pub(super) struct Conversation<'a> {
    accept: &'a Accept,
    limits: &'a Limits,
    greeted: bool,
    transaction: Option<Envelope>,
    bad: u32,
}

/// What to do about a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Say this and wait for the next command.
    Reply(String),
    /// Say this and end the connection.
    Close(String),
    /// Take a mail's content; the transaction is over, whatever becomes of it.
    Data(Envelope),
}

type Parsed<'a> = Request<std::borrow::Cow<'a, str>>;

impl<'a> Conversation<'a> {
    pub(super) fn new(accept: &'a Accept, limits: &'a Limits) -> Self {
        Self { accept, limits, greeted: false, transaction: None, bad: 0 }
    }

    /// Whether a mail has been announced and not yet ended.
    pub(super) fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Forgets what was refused: the client has brought a mail after all.
    pub(super) fn forgive(&mut self) {
        self.bad = 0;
    }

    /// Understands one command line, its line end included.
    pub(super) fn hear(&mut self, line: &[u8]) -> Next {
        match text(line) {
            // A browser on the same host can be made to post SMTP commands to us as the body of a form.
            Some(text) if ["GET ", "POST ", "CONNECT "].iter().any(|verb| text.starts_with(verb)) => {
                Next::Close("421 4.7.0 This is SMTP".to_owned())
            }
            Some(_) => match Request::parse(&mut line.iter()) {
                Ok(request) => self.obey(request),
                Err(error) => self.refuse(complaint(&error)),
            },
            None => self.refuse("500 5.5.2 Commands are UTF-8 without control characters"),
        }
    }

    /// Refuses what came. Who is refused too often is sent away.
    pub(super) fn refuse(&mut self, reply: &str) -> Next {
        self.bad = self.bad.saturating_add(1);
        if self.bad > self.limits.bad_commands {
            return Next::Close("421 4.7.0 Too many errors".to_owned());
        }
        Next::Reply(reply.to_owned())
    }

    fn obey(&mut self, request: Parsed<'_>) -> Next {
        match request {
            Request::Ehlo { .. } => self.greet(extensions(self.accept.host(), self.limits.size)),
            Request::Helo { .. } => self.greet(format!("250 {}", self.accept.host())),
            Request::Mail { from } => self.begin(&from),
            Request::Rcpt { to } => self.add(&to),
            Request::Data => self.data(),
            Request::Rset => {
                self.transaction = None;
                reply("250 2.0.0 Ok")
            }
            Request::Noop { .. } => reply("250 2.0.0 Ok"),
            Request::Vrfy { .. } => reply("252 2.0.0 Can't say, but will take mail for the mailbox"),
            Request::Help { .. } => reply("214 2.0.0 EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP"),
            Request::Quit => Next::Close("221 2.0.0 Bye".to_owned()),
            Request::Lhlo { .. }
            | Request::Bdat { .. }
            | Request::Auth { .. }
            | Request::Expn { .. }
            | Request::Etrn { .. }
            | Request::Atrn { .. }
            | Request::Burl { .. }
            | Request::StartTls => self.refuse("502 5.5.1 Not offered here"),
        }
    }

    /// EHLO and HELO end a transaction as RSET does (RFC 5321, 4.1.4).
    fn greet(&mut self, answer: String) -> Next {
        self.greeted = true;
        self.transaction = None;
        Next::Reply(answer)
    }

    fn begin(&mut self, from: &MailFrom<std::borrow::Cow<'_, str>>) -> Next {
        if !self.greeted {
            return self.refuse("503 5.5.1 EHLO first");
        }
        if self.transaction.is_some() {
            return self.refuse("503 5.5.1 A mail has already begun");
        }
        let offered = MailFrom {
            address: from.address.clone(),
            flags: from.flags & (MAIL_BODY_7BIT | MAIL_BODY_8BITMIME | MAIL_SMTPUTF8),
            size: from.size,
            ..MailFrom::default()
        };
        if *from != offered {
            return self.refuse("555 5.5.4 Parameter not offered here");
        }
        if from.size > self.limits.size {
            return self.refuse("552 5.3.4 Mail too large");
        }
        let sender = match from.address.as_ref() {
            "" => None,
            path => match mailbox(path) {
                Some(address) => Some(address),
                None => return self.refuse("553 5.1.7 Address not understood"),
            },
        };
        self.transaction = Some(Envelope { from: sender, recipients: Vec::new() });
        reply("250 2.1.0 Ok")
    }

    fn add(&mut self, to: &RcptTo<std::borrow::Cow<'_, str>>) -> Next {
        let Some(envelope) = &mut self.transaction else {
            return self.refuse("503 5.5.1 MAIL first");
        };
        if *to != (RcptTo { address: to.address.clone(), ..RcptTo::default() }) {
            return self.refuse("555 5.5.4 Parameter not offered here");
        }
        let Some(address) = mailbox(&to.address) else {
            return self.refuse("553 5.1.3 Address not understood");
        };
        if !self.accept.takes(&address) {
            return self.refuse("550 5.1.1 No such mailbox here, and no relaying");
        }
        if envelope.recipients.contains(&address) {
            return reply("250 2.1.5 Ok");
        }
        if envelope.recipients.len() >= self.limits.recipients {
            return reply("452 4.5.3 Too many recipients");
        }
        envelope.recipients.push(address);
        reply("250 2.1.5 Ok")
    }

    fn data(&mut self) -> Next {
        match self.transaction.take_if(|envelope| !envelope.recipients.is_empty()) {
            Some(envelope) => Next::Data(envelope),
            None if self.in_transaction() => self.refuse("554 5.5.1 No valid recipients"),
            None => self.refuse("503 5.5.1 MAIL first"),
        }
    }
}

fn reply(words: &str) -> Next {
    Next::Reply(words.to_owned())
}

/// Each of these is kept: PIPELINING (RFC 2920), since unread input stays in the buffer; SIZE (RFC 1870);
/// 8BITMIME (RFC 6152) and SMTPUTF8 (RFC 6531), since bytes are kept as they come; and
/// ENHANCEDSTATUSCODES (RFC 2034), since every later 2xx, 4xx and 5xx carries one.
fn extensions(host: &str, size: usize) -> String {
    format!(
        "250-{host}\r\n250-PIPELINING\r\n250-SIZE {size}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES"
    )
}

/// The command as text without its line end; `None` when no command looks like this.
fn text(line: &[u8]) -> Option<&str> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    std::str::from_utf8(line).ok().filter(|text| !text.contains(char::is_control))
}

/// A path as an address. The parser has taken quotes away already, so what needed them, and what would
/// make a header line of ours ambiguous, is not an address here.
fn mailbox(path: &str) -> Option<Address> {
    let odd = |c: char| c.is_whitespace() || "<>()[]:;,\\\"".contains(c);
    let address = Address::new(path);
    let whole = !address.local().is_empty() && !address.domain().is_empty();
    (whole && path.contains('@') && !path.contains(odd)).then_some(address)
}

fn complaint(error: &smtp_proto::Error) -> &'static str {
    use smtp_proto::Error;
    match error {
        Error::UnknownCommand => "500 5.5.2 Command not known",
        Error::InvalidSenderAddress => "501 5.1.7 Address not understood",
        Error::InvalidRecipientAddress => "501 5.1.3 Address not understood",
        Error::UnsupportedParameter { .. } => "555 5.5.4 Parameter not offered here",
        Error::SyntaxError { .. }
        | Error::InvalidParameter { .. }
        | Error::NeedsMoreData { .. }
        | Error::ResponseTooLong
        | Error::InvalidResponse { .. } => "501 5.5.4 Command not understood",
    }
}
