//! Which other origins a browser may call us from.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The listed origins.
#[derive(Clone, Debug)]
pub struct Cors(Arc<Vec<HeaderValue>>);

const METHODS: HeaderValue = HeaderValue::from_static("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");

impl Cors {
    /// Takes a comma-separated list. `*` cannot be combined with credentials and is dropped.
    #[must_use]
    pub fn new(list: &str) -> Self {
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        let origins = origins.filter(|origin| {
            let usable = *origin != "*";
            if !usable {
                tracing::warn!("CORS_ORIGINS=* is ignored: it would let any site act as the person signed in");
            }
            usable
        });
        Self(Arc::new(origins.filter_map(|origin| HeaderValue::from_str(origin).ok()).collect()))
    }

    /// Whether an origin is on the list.
    #[must_use]
    pub fn lists(&self, origin: &HeaderValue) -> bool {
        self.0.contains(origin)
    }
}

/// Answers preflights and marks the answers to listed origins.
pub async fn layer(State(cors): State<Cors>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if preflight { preflight_answer(&cors, &origin, request.headers()) } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if cors.lists(&origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    response
}

fn preflight_answer(cors: &Cors, origin: &HeaderValue, asked: &HeaderMap) -> Response {
    if !cors.lists(origin) {
        return (StatusCode::BAD_REQUEST, "Disallowed CORS origin").into_response();
    }
    let mut response = (StatusCode::OK, "OK").into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    if let Some(wanted) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}
