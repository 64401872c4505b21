//! A home for `da` to live in, a server for it to talk to, and data.

mod data;
mod home;
mod server;
mod world;

pub use data::{jwt, orders, parquet};
pub use home::{Da, Home};
pub use server::TestServer;
pub use world::{Canned, Table, World};
