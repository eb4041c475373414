//! The real program on the wire: real clients and relays on ports of this computer, signals, kills.
//! Nothing here waits for a time: a state is looked for, often, until it is there.

mod after;
mod certificate;
mod client;
mod commands;
mod crash;
mod disk;
mod dovecot;
mod first_minutes;
mod first_start;
mod gateway;
mod hostile;
mod import;
mod logs;
mod init;
mod imap;
mod machine;
mod mailbox;
mod mailbox_crash;
mod mailbox_down;
mod maildir;
mod mailboxes;
mod mails;
mod operator;
mod postfix;
mod programs;
mod relay;
mod relay_down;
mod relay_limits;
mod renumbered;
mod reply;
mod restored;
mod second_path;
mod self_test;
mod servers;
mod shared;
mod shared_mailbox;
mod signals;
mod site;
mod soak;
mod store;
mod systemd;
mod wait;

use wait::{until, wait_for};
