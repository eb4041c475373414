//! Owns the ways in: raw mail as it came, with the envelope where there is one.
//! Never reads a mail's content; what it means is the core's business.

pub mod imap;
pub mod maildir;
pub mod smtp;
