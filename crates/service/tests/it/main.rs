//! The use cases against a real data directory, without doors: rights, and what survives concurrency.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails, helpers included")]

mod access;
mod admins;
mod support;
mod tokens;
