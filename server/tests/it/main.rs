//! The server as its clients meet it: real sockets, real files, real children.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails, helpers included")]

mod support;

mod access_matrix;
mod auth;
mod cli;
mod data;
mod demo;
mod groups;
mod malformed;
mod openapi;
mod queries;
mod rights;
mod shell;
mod sources;
mod tokens;
mod users;
