//! Owns the edges: all input and output, and nothing else.
//! Never decides anything about incidents.

pub mod clock;
pub mod provider;
pub mod log;
pub mod service;
pub mod disk;
pub mod net;
pub mod http;
pub mod secrets;
pub mod key_file;
pub mod files;
pub mod reading;
pub mod archive;
pub mod evidence;
pub mod store;
pub mod composing;
pub mod import;
pub mod hook;
pub mod oauth;
pub mod mailbox;
pub mod delivery;
pub mod daemon;
pub mod connections;
