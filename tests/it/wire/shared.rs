//! A site on a mailbox that people read too: a Dovecot, and a relay that keeps what it takes.

use super::crash;
use super::dovecot::Dovecot;
use super::mails::{self, GATEWAY, header};
use super::relay::Relay;
use super::site::Site;
use super::until;

/// As a line of the configuration: what is in the mailbox at the first start is taken too.
pub const ALL: &str = "mailbox.start = \"2020-01-01\"\n";
/// As a line of the configuration: what firebell has is moved away.
pub const MOVE: &str = "mailbox.after = { move_to = \"Handled\" }\n";

/// The servers and the site.
pub struct Shared {
    pub dovecot: Dovecot,
    pub relay: Relay,
    pub site: Site,
}

impl Shared {
    /// The INBOX of a Dovecot that can do everything.
    pub fn new() -> Self {
        Self::with(Dovecot::start(), "")
    }

    /// The INBOX there, with more lines of configuration.
    pub fn with(dovecot: Dovecot, more: &str) -> Self {
        let relay = Relay::start();
        let mailbox = dovecot.as_mailbox("imaps", "INBOX") + more;
        let site = Site::of_servers(&mailbox, &format!("relay.smtp = \"smtp://127.0.0.1:{}\"\n", relay.port));
        Self { dovecot, relay, site }
    }

    /// An alert comes into the INBOX.
    pub fn append(&self, service: &str) {
        self.dovecot.append(GATEWAY, "INBOX", &mails::alert(service));
    }

    /// The services whose alerts lie in a folder.
    pub fn services_in(&self, folder: &str) -> Vec<String> {
        let mails = self.dovecot.mails(GATEWAY, folder);
        let id = |mail: &Vec<u8>| header(mail, "Message-ID");
        mails
            .iter()
            .map(|mail| id(mail).trim_start_matches('<').split("-PROBLEM").next().unwrap().into())
            .collect()
    }

    /// The flags of the mails in the INBOX.
    pub fn flags(&self) -> Vec<Vec<String>> {
        self.dovecot.flags(GATEWAY, "INBOX")
    }

    /// Returns once so many alerts are done with, each kept once and paged once.
    pub fn settles(&self, alerts: usize) {
        crash::settles(&self.site, &self.relay, alerts);
    }

    /// The same where the operator is told something beside.
    pub fn settles_and_is_told(&self, alerts: usize) {
        crash::settles_with(&self.site, &self.relay, alerts, 1);
    }

    /// Returns once so many mails are done with in the mailbox too.
    pub fn is_settled(&self, mails: usize) {
        let store = self.site.store();
        until("all mails to be settled in the mailbox", || {
            let arrivals = store.arrivals();
            arrivals.len() == mails && arrivals.iter().all(|arrival| arrival.settled)
        });
    }
}
