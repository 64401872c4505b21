//! The rules of the house that no compiler checks.

mod arrows;
mod files;
mod manifest;
mod metadata;

use std::path::Path;

/// The checkout these tests were built from.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
