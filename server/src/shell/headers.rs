//! Headers that depend on what is answered: pages are fenced in, sign-in is never stored.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// For pages without a policy of their own, such as the API's documentation.
pub const PLAIN_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     object-src 'none'; base-uri 'self'; frame-ancestors 'none'";

/// Whether the installation has a name in the DNS, and so TLS in front.
#[derive(Clone, Copy, Debug)]
pub struct Strict(pub bool);

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Adds what the response's kind asks for, and overwrites nothing.
pub async fn layer(State(strict): State<Strict>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let secret = path.starts_with("/auth/");
    let personal = secret || path.starts_with("/api/") || path.starts_with("/console/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if strict.0 {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    let html = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if html {
        set(headers, header::X_FRAME_OPTIONS, "DENY");
        if secret {
            // The address holds a token: nobody is told it, whatever the page itself asks for.
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        set(headers, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
        set(headers, header::CONTENT_SECURITY_POLICY, PLAIN_POLICY);
        set(headers, PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()");
    }
    if secret || html {
        // After signing out, the way back shows nothing.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else if personal {
        // What somebody may see depends on who they are: a shared cache must not keep it.
        set(headers, header::CACHE_CONTROL, "private, no-cache");
    }
    response
}
