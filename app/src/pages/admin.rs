//! What only admins open.

pub mod access;
pub mod group;
pub mod tables;
pub mod users;
