//! Real worker processes over real files.

mod bounds;
mod cells;
mod publish;
mod sandbox;
mod statements;
mod support;
