//! The console: pages rendered on the server and brought to life in the browser.
//!
//! A page works before its script arrives: real links, real forms, all state in the address.
//! Built twice: with `ssr` into the server, with `hydrate` into the wasm.

// Views are types, nested as deep as the page.
#![recursion_limit = "512"]

mod browser;
pub mod components;
mod done;
pub mod error;
mod frame;
pub mod pages;
mod query;
pub mod routes;
mod shortcuts;
pub mod words;

#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
mod document;
#[cfg(feature = "ssr")]
mod serve;

pub use routes::App;

#[cfg(feature = "ssr")]
pub use self::{
    backend::ConsoleContext,
    document::{Assets, Site, render_error_page},
    serve::{answer_server_function, page_paths, render_page, server_functions},
};

/// Takes over the page the server sent. Called once by the wasm.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
    browser::mark_hydrated();
}
