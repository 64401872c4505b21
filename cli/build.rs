//! Tells the executable where the DuckDB library may lie, relative to itself.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let origin = match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => "$ORIGIN",
        Ok("macos") => "@loader_path",
        _ => return,
    };
    // Beside it (target/dist), below the same prefix (a wheel, ~/.local), in cargo's target directory.
    for place in ["", "/../lib/agnes", "/../libduckdb"] {
        println!("cargo::rustc-link-arg-bins=-Wl,-rpath,{origin}{place}");
    }
}
