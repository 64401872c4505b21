//! Runs `da` as people do, against a server that speaks the real wire format.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod support;

mod auth;
mod catalog;
mod hostile;
mod query;
mod root;
mod setup;
mod status;
mod sync;
mod update;
mod views;
