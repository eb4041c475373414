//! firebell, an email-driven incident coordination gateway.
//!
//! People mail and are mailed; nobody is left believing what is no longer true.
//!
//! # The way of a mail
//!
//! ```text
//! io::mailbox → io::store → message → alert, thread → rules → incident → notice → io::store → outbox → io::delivery
//!                                         └───────── gateway::step ─────────┘
//! ```
//!
//! Mail comes in, is understood, changes an incident, and mail goes out. The middle is one pure function,
//! [`gateway::step`]: what is known, what came, and the time → what changes. Only facts and mails leave it. Timers are
//! asked for ([`incident::decide::next_due`]), never set. All state is in the store; the loops of [`io::daemon`] share
//! nothing else, and each may die between any two commits.
//!
//! # A walk through
//!
//! A monitor mails the shared mailbox at 03:00. [`io::mailbox::imap`] hears of it, and [`io::daemon::fetch`] has
//! [`io::store::mailboxes`] commit the raw mail and how far the mailbox was read; only then is it moved there. (Mail to
//! firebell's own listener, [`io::mailbox::smtp`], is answered with 250 once it is committed.) The step loop claims it,
//! and [`message::read`] makes a [`message::Message`] of it on a thread with a big stack. [`gateway::question`] says
//! what must be known: the alert's key. The store answers with INC-1, which recovered at 02:00.
//! [`incident::decide::alert`] says what that means: `Recurred`, occurrence 2. [`incident::apply`] makes the incident
//! that follows: the acknowledgement is void, a new run is due now. [`notice::owed`] lists the mails that each event
//! owes, [`notice::render`] freezes their bytes. Incident, events and notices are committed together. The delivery loop
//! claims the notices, [`outbox::superseded`] asks whether they are still true, and [`io::delivery::smtp`] hands each
//! over once. What the relay said comes back as one more input: `Told`, by which [`told`] knows what each party
//! believes. A quarter of an hour later the incident is due: the client still believes "works again", and is told
//! otherwise.
//!
//! # Laws
//!
//! Each says what is absent, and each is checked by `tests/it/tidy.rs` or a lint:
//!
//! 1. Nothing above `io` reads a clock, a file, a socket, the environment or random numbers. `now` comes in as the last
//!    argument.
//! 2. A module uses only modules listed above it here.
//! 3. An incident changes only through [`incident::apply`], which takes no [`book::Book`]; stored state equals the replay
//!    of its timeline. What belongs to no incident has the [`house`] log, by the same rule.
//! 4. Nothing is sent that isn't in the outbox; nothing enters the outbox without its cause.
//! 5. A mail is answered for only after the store has it.
//! 6. No state outside the database.
//! 7. The core has no `async`, no `Result` except where text is parsed, no trait with one implementor.
//! 8. Files aim at 150 lines, wall at 400; functions aim at 20, wall at 60.

// Who is who, and who may know what.
pub mod directory;
pub mod audience;
pub mod paths;
// The way of a mail, pure. A module may use those above it.
pub mod message;
pub mod alert;
pub mod quiet;
pub mod rules;
pub mod oncall;
pub mod escalation;
pub mod timetable;
pub mod expectation;
pub mod self_test;
pub mod limits;
pub mod templates;
pub mod document;
pub mod picture;
pub mod told;
pub mod command;
pub mod token;
pub mod book;
pub mod incident;
pub mod house;
pub mod rights;
pub mod thread;
pub mod notice;
pub mod outbox;
pub mod erasure;
// Readings of timelines.
pub mod chronicle;
pub mod report;
pub mod digest;
pub mod gateway;
// What was written → what it means.
pub mod config;
// The edges: all I/O, and nothing but I/O.
pub mod io;
// Transcripts: the gateway in a pretended world.
pub mod rehearsal;
// What people type.
pub mod cli;
