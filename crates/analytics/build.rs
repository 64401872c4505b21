//! Lets `agnes-worker` find libduckdb with an empty environment: at the place it was linked from,
//! or beside itself.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    if let Ok(dir) = std::env::var("DUCKDB_LIB_DIR")
        && let Ok(dir) = std::path::absolute(&dir)
    {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", dir.display());
    }
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN");
}
