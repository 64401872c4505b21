//! What the HTTP server calls: a page, a server function, and which of them there are.

use axum::{body::Body, response::IntoResponse as _};
use http::{HeaderValue, Method, Request, Response, header};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

use crate::{App, ConsoleContext, document::document};

/// Every page, as the server's router writes its path. Call it once at start: it also sets up
/// what rendering needs.
#[must_use]
pub fn page_paths() -> Vec<String> {
    leptos_axum::generate_route_list(App).into_iter().map(|route| route.path().to_owned()).collect()
}

/// Every server function: method and path.
#[must_use]
pub fn server_functions() -> Vec<(Method, &'static str)> {
    leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method, path)).collect()
}

/// The page for a request, whole, with its status and its content security policy.
pub async fn render_page(context: ConsoleContext, request: Request<Body>) -> Response<Body> {
    let shell = context.clone();
    let provide = move || {
        provide_context(context.clone());
        secure();
    };
    leptos_axum::render_app_async_with_context(provide, move || document(&shell))(request).await
}

/// The answer of the server function a request names.
pub async fn answer_server_function(context: ConsoleContext, request: Request<Body>) -> Response<Body> {
    let provide = move || {
        provide_context(context.clone());
        if let Some(response) = use_context::<ResponseOptions>() {
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    };
    leptos_axum::handle_server_fns_with_context(provide, request).await.into_response()
}

/// Scripts and styles only from here; inline ones only with this answer's nonce. Forms say where
/// they stood, to this origin and no other. The other headers of a page are the server's.
fn secure() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else { return };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    // With `no-referrer` a browser would not even say that a form is of this origin.
    response.insert_header(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
}
