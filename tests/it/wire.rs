//! The real program on the wire: real clients and relays on ports of this computer, signals, kills.
//! Nothing here waits for a time: a state is looked for, often, until it is there.

mod certificate;
mod client;
mod commands;
mod crash;
mod dovecot;
mod first_minutes;
mod gateway;
mod hostile;
mod init;
mod imap;
mod machine;
mod mails;
mod operator;
mod postfix;
mod programs;
mod relay;
mod reply;
mod servers;
mod signals;
mod site;
mod store;
mod wait;

use wait::{until, wait_for};
