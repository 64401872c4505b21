//! Tells the executable where the DuckDB library may lie, relative to itself.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUCKDB_LIB_DIR");
    let origin = match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => "$ORIGIN",
        Ok("macos") => "@loader_path",
        _ => return,
    };
    // Beside it (target/dist), below the same prefix (a wheel, ~/.local), in cargo's target directory.
    for place in ["", "/../lib/agnes", "/../libduckdb"] {
        println!("cargo::rustc-link-arg-bins=-Wl,-rpath,{origin}{place}");
    }
    // A development build, and the tests, run wherever the library was when they were built.
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if let (false, Ok(folder)) = (release, std::env::var("DUCKDB_LIB_DIR"))
        && let Ok(folder) = std::fs::canonicalize(folder)
    {
        println!("cargo::rustc-link-arg=-Wl,-rpath,{}", folder.display());
    }
}
