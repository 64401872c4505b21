//! The pages, each named like its address.

pub mod dashboard;
pub mod link;
pub mod login;
pub mod missing;
pub mod setup;
