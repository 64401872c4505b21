//! Which answers are compressed on the way out.

use axum::{
    body::HttpBody,
    extract::Request,
    http::{self, header},
    middleware::Next,
    response::Response,
};
use tower_http::compression::predicate::{DefaultPredicate, Predicate};

/// Paths whose bytes are compressed already, or are hashed by the client as they come.
const NEVER: [&str; 4] = ["/api/data/", "/api/objects/", "/cli/wheel/", "/cli/download"];

/// Answers below this gain nothing.
const SMALLEST: u64 = 1024;

#[derive(Clone, Copy)]
struct Leave;

/// Marks the answers to leave alone; stands inside the compression layer.
pub async fn mark(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let leave = NEVER.iter().any(|prefix| path.starts_with(prefix));
    let mut response = next.run(request).await;
    if leave {
        response.extensions_mut().insert(Leave);
    }
    response
}

/// For `CompressionLayer::compress_when`.
#[derive(Clone)]
pub struct Worthwhile;

impl Predicate for Worthwhile {
    fn should_compress<B: HttpBody>(&self, response: &http::Response<B>) -> bool {
        let headers = response.headers();
        let media = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
            ["image/png", "image/jpeg", "video/", "audio/", "font/woff", "application/zip", "application/gzip"]
                .iter()
                .any(|packed| kind.starts_with(packed))
        });
        response.extensions().get::<Leave>().is_none()
            && !media
            // A range is of the bytes as they are stored.
            && !headers.contains_key(header::CONTENT_RANGE)
            && response.body().size_hint().exact().is_none_or(|size| size >= SMALLEST)
            && DefaultPredicate::new().should_compress(response)
    }
}
