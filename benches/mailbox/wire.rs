//! The servers of the wire tests.

#![expect(dead_code, reason = "the tests ask more of these servers")]

#[path = "../../tests/it/wire/certificate.rs"]
mod certificate;
#[path = "../../tests/it/wire/client.rs"]
mod client;
#[path = "../../tests/it/wire/dovecot.rs"]
pub mod dovecot;
#[path = "../../tests/it/wire/imap.rs"]
mod imap;
#[path = "../../tests/it/wire/machine.rs"]
mod machine;
#[path = "../../tests/it/wire/mails.rs"]
pub mod mails;
#[path = "../../tests/it/wire/relay.rs"]
pub mod relay;
#[path = "../../tests/it/wire/wait.rs"]
mod wait;

pub use wait::{until, wait_for};
