//! How values look: text, tables, JSON, CSV.

pub mod cells;
pub mod csv;
pub mod json;
pub mod size;
pub mod table;
pub mod text;
