//! The console's entry point in the browser: takes over the page the server sent.

// The types of nested views are deep; laying out their futures takes more than the default.
#![recursion_limit = "512"]

/// Called once, by the loader in the page's head.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    agnes_app::hydrate();
}
