//! One id per request: in every log line, in the answer, and where an error is reported.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

/// The header the id travels in, both ways.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// An id from outside is short, or it is not taken over.
const MAX_LENGTH: usize = 64;

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request being answered, as a request extension.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The id of the request this task answers.
#[must_use]
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

fn acceptable(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_LENGTH
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Names the request, logs one line about it, and sends the name back.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| acceptable(text))
        .map_or_else(|| uuid::Uuid::new_v4().simple().to_string(), ToOwned::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // The path only: a query may hold a one-time link.
    let path = request.uri().path().to_owned();
    // At the highest level, so that no filter takes the id out of a line.
    let span = tracing::error_span!("request", request_id = %id, %method, path = %path);
    let started = std::time::Instant::now();
    let answer = async {
        let response = next.run(request).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = response.status().as_u16();
        metrics::counter!("agnes_http_requests_total", "method" => method.to_string(), "status" => status.to_string())
            .increment(1);
        metrics::histogram!("agnes_http_request_seconds").record(started.elapsed().as_secs_f64());
        tracing::info!(status, duration_ms, "Answered {method} {path}");
        response
    };
    let mut response = CURRENT.scope(id.clone(), answer.instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::acceptable;

    #[test]
    fn only_short_plain_ids_are_taken_over() {
        for (text, expected) in [
            ("0af7651916cd43dd8448eb211c80319c", true),
            ("a-B-9", true),
            ("", false),
            ("a b", false),
            ("a\nb", false),
            ("{\"a\":1}", false),
        ] {
            assert_eq!(acceptable(text), expected, "{text:?}");
        }
        assert!(acceptable(&"a".repeat(64)) && !acceptable(&"a".repeat(65)));
    }
}
