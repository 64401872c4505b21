//! Real worker processes over real files.
#![expect(clippy::unwrap_used, reason = "in helpers of tests too, a failure is a panic")]

mod bounds;
mod cells;
mod publish;
mod sandbox;
mod statements;
mod support;
