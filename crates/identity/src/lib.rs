//! Proving who somebody is: passwords, tokens, one-time secrets, and how often one may try.
//!
//! Usable and testable alone: nothing here knows the database's users or HTTP.
#![warn(missing_docs)]

pub mod next;
pub mod one_time;
pub mod password;
pub mod random;
pub mod secret;
pub mod throttle;
pub mod token;

pub use random::Random;
