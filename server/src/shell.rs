//! What every request passes through before and after the routes.

pub mod client;
pub mod compression;
pub mod cors;
pub mod headers;
pub mod pages;
pub mod panics;
pub mod request_id;
pub mod slash;
