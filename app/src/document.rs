//! The HTML document around a page, and the pages that stand alone: errors.

use std::collections::BTreeMap;

use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

use crate::{App, ConsoleContext};

/// What is the same for every request to the console.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// What the installation calls itself.
    pub instance_name: String,
    /// Addresses of the built files.
    pub assets: Assets,
    /// Custom properties a theme sets, as `--primary` and its value; checked by configuration.
    pub theme: Vec<(String, String)>,
    /// A local demo: says so on every page.
    pub is_demo: bool,
}

/// Addresses of the built files, fingerprints included.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    /// The style sheet.
    pub style: String,
    /// The glue that loads the wasm; empty leaves the pages as the server sent them.
    pub script: String,
    /// The wasm.
    pub wasm: String,
    /// The icon of tab and bookmark.
    pub icon: String,
}

impl Assets {
    /// The files of `site/manifest.json`: logical name to file name, both below the site's root.
    #[must_use]
    pub fn from_manifest(manifest: &BTreeMap<String, String>) -> Self {
        let find = |name: &str| manifest.get(name).map(|file| format!("/{file}")).unwrap_or_default();
        Self {
            style: find("static/site.css"),
            script: find("pkg/agnes.js"),
            wasm: find("pkg/agnes_bg.wasm"),
            icon: find("static/icon.svg"),
        }
    }
}

/// Before the first paint: the theme somebody chose on this machine.
const THEME: &str =
    "try{const t=localStorage.getItem('agnes-theme');if(t)document.documentElement.dataset.theme=t}catch{}";

/// The document of every page.
pub(crate) fn document(context: &ConsoleContext) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let site = context.site.clone();
    let Assets { style, script, wasm, icon } = site.assets.clone();
    let load = format!("import init,{{hydrate}} from '{script}';await init({{module_or_path:'{wasm}'}});hydrate();");
    let is_alive = !script.is_empty() && !wasm.is_empty();
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="stylesheet" href=style />
                <link rel="icon" href=icon />
                {theme_style(&site.theme).map(|css| view! { <style nonce=nonce.clone()>{css}</style> })}
                <script nonce=nonce.clone()>{THEME}</script>
                {is_alive
                    .then(|| {
                        view! {
                            <link rel="modulepreload" href=script />
                            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" />
                            <script type="module" nonce=nonce>
                                {load}
                            </script>
                        }
                    })}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The theme as a style sheet; nothing that could be more than a value of a custom property.
fn theme_style(theme: &[(String, String)]) -> Option<String> {
    let is_name =
        |name: &str| name.starts_with("--") && name[2..].chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_value = |value: &str| !value.contains(['{', '}', ';', '<', '>', '\\']) && !value.contains("url(");
    let lines: Vec<String> = theme
        .iter()
        .filter(|(name, value)| is_name(name) && is_value(value))
        .map(|(name, value)| format!("{name}:{value}"))
        .collect();
    (!lines.is_empty()).then(|| format!(":root{{{}}}", lines.join(";")))
}

/// A whole page for an error outside of any page: what happened and where to go on.
#[must_use]
pub fn render_error_page(site: &Site, status: u16, detail: &str, request_id: Option<&str>) -> String {
    let (title, advice) = error_words(status);
    let owner = Owner::new();
    let detail = detail.to_owned();
    let request_id = request_id.map(str::to_owned);
    let Assets { style, icon, .. } = site.assets.clone();
    let page_title = format!("{title} — {}", site.instance_name);
    let name = site.instance_name.clone();
    let html = owner.with(|| {
        view! {
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{page_title}</title>
                    <link rel="stylesheet" href=style />
                    <link rel="icon" href=icon />
                </head>
                <body>
                    <main class="alone">
                        <p class="alone-name">{name}</p>
                        <div class="card">
                            <p class="muted num">{format!("Error {status}")}</p>
                            <h1>{title}</h1>
                            <p>{detail}</p>
                            <p class="muted">{advice}</p>
                            {request_id.map(|id| view! { <p class="muted">"Request " <code>{id}</code></p> })}
                            <p class="row">
                                <a class="button primary" href="/dashboard">
                                    "Go to home"
                                </a>
                                <a class="button" href="/catalog">
                                    "Open the catalog"
                                </a>
                            </p>
                        </div>
                    </main>
                </body>
            </html>
        }
        .to_html()
    });
    format!("<!DOCTYPE html>{html}")
}

fn error_words(status: u16) -> (&'static str, &'static str) {
    match status {
        401 => ("Sign in to go on", "Your session may have ended. Nothing was changed."),
        403 => ("This is not open to you", "An admin of this instance can give you access."),
        404 => ("There is nothing here", "The address may be old, or the thing was removed."),
        503 => ("Busy for a moment", "Try again in a few seconds."),
        _ => ("Something broke on our side", "Nothing you did. It is in the log under the request below."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_page_escapes_what_it_repeats() {
        let site = Site { instance_name: "<b>x</b>".into(), ..Site::default() };
        let html = render_error_page(&site, 404, "<script>alert(1)</script>", Some("abc"));
        assert!(!html.contains("<script>") && !html.contains("<b>x"), "{html}");
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains("abc"));
    }

    #[test]
    fn a_theme_cannot_leave_its_declaration() {
        let theme = |value: &str| theme_style(&[("--primary".to_owned(), value.to_owned())]);
        assert_eq!(theme("#ff0000").as_deref(), Some(":root{--primary:#ff0000}"));
        assert_eq!(theme("red;} body{display:none"), None);
        assert_eq!(theme("url(https://evil.example)"), None);
    }
}
