//! The server `agnes`: REST, the console's pages, and what stands around them.
//!
//! A door: it finds out who is calling, hands a checked request to one use case, and writes the answer down.
//! Rules are `agnes-service`'s.

pub mod command;
pub mod config;
pub mod demo;
pub mod router;
pub mod serve;

mod auth;
mod console;
mod dist;
mod errors;
mod extract;
mod files;
mod gate;
mod install;
mod logging;
mod ranges;
mod rest;
mod session;
mod shell;
mod site;
mod state;
mod throttling;
mod validation;

pub use gate::{Rule, Who};
