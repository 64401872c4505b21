//! What a person in a browser gets where a program gets a JSON error: the way to sign in, or a page.

use agnes_contract::error::Code;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{errors::Failed, shell::request_id, state::AppState};

/// Below these, errors are JSON whoever asks.
const API: [&str; 7] =
    ["/api/", "/auth/", "/cli/", "/marketplace.zip", "/marketplace.git", "/marketplace/", "/webhooks/"];

/// Everything but what cannot be misread inside a query value.
const NEXT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn is_api(path: &str) -> bool {
    API.iter().any(|prefix| path.starts_with(prefix)) || path == "/openapi.json" || path == "/metrics"
}

/// A browser opening a page names `text/html`; `*/*` alone is a program.
pub fn is_navigation(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/html")))
}

/// Where to sign in and come back to `uri`.
#[must_use]
pub fn sign_in(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    format!("/login?next={}", utf8_percent_encode(wanted, NEXT))
}

/// Turns a refused page into the sign-in page, and an error into a page.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let navigation = is_navigation(request.headers());
    let response = next.run(request).await;
    let Some(Failed(code)) = response.extensions().get::<Failed>().copied() else { return response };
    if is_api(uri.path()) {
        return response;
    }
    let reading = method == Method::GET || method == Method::HEAD;
    match (code.status(), reading, navigation) {
        (401, true, _) if !uri.path().starts_with("/console/") => redirect(&sign_in(&uri)),
        // A form sent without scripts: the page it stood on is where to go back to.
        (401, false, true) => redirect("/login"),
        (403 | 404 | 405 | 413 | 422 | 429 | 500.., _, true) => page(&state, response, code),
        _ => response,
    }
}

fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

fn page(state: &AppState, response: Response, code: Code) -> Response {
    let detail = match code.status() {
        403 => "Your account lacks the right for this page.",
        404 => "Nothing is at this address.",
        405 | 413 | 422 => "The request could not be taken as it was sent. Go back and try again.",
        429 => "Too many attempts. Wait a minute, then try again.",
        _ => "The request failed.",
    };
    let status = response.status();
    let id = request_id::current();
    let html = agnes_app::render_error_page(&state.console, status.as_u16(), detail, id.as_deref());
    let mut answer = (status, Html(html)).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_keeps_path_and_query() {
        let uri: Uri = "/catalog?q=a b&x=1".replace(' ', "%20").parse().unwrap();
        assert_eq!(sign_in(&uri), "/login?next=%2Fcatalog%3Fq%3Da%2520b%26x%3D1");
    }

    #[test]
    fn a_program_that_takes_anything_is_no_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, "*/*".parse().unwrap());
        assert!(!is_navigation(&headers));
        headers.insert(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8".parse().unwrap());
        assert!(is_navigation(&headers));
    }
}
