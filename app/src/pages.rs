//! The pages, each named like its address.

pub mod admin;
pub mod catalog;
pub mod dashboard;
pub mod install;
pub mod link;
pub mod login;
pub mod missing;
pub mod setup;
pub mod tokens;
