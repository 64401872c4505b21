//! The REST door: a handler extracts, calls one use case, answers.

pub mod access;
pub mod auth;
pub mod catalog;
pub mod cli;
pub mod data;
pub mod docs;
pub mod grants;
pub mod groups;
pub mod health;
pub mod jobs;
pub mod links;
pub mod me;
pub mod memberships;
pub mod metrics;
pub mod query;
pub mod sync;
pub mod tables;
pub mod tokens;
pub mod uploads;
pub mod users;
