//! Arrow to JSON.
