//! The use cases against a real data directory, without doors: rights, and what survives concurrency.

mod access;
mod admins;
mod support;
mod tokens;
